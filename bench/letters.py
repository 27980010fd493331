"""Letters that go out: how fast they are written, and how fast they leave."""

from __future__ import annotations

import time
from pathlib import Path

from mailbot import app as apps
from mailbot.demo.sandbox import SAMPLE, Sandbox, sandbox
from mailbot.gateways.smtp_out import Host, Sender
from mailbot.letters.render import render
from mailbot.service.delivery import deliver_due
from mailbot.service.samples import scenes

from .incoming import application
from .settings import at_once
from .sink import sink

QUESTIONS = 3_000
CONNECTIONS = 2


def figures(folder: Path) -> dict[str, float]:
    """All of this file, in a fresh sandbox."""
    with sandbox(folder / "letters") as here:
        at_once(here.folder)
        seconds = _asked(here)
        app = application(here)
        found = {
            f"{QUESTIONS:,} questions queued by ask [s]": seconds,
            "letters rendered, every kind alike [1/s]": _rendered(app),
            f"letters sent, {CONNECTIONS} connections [1/s]": _sent(app),
        }
        app.system.store.close()
    return found


def _asked(here: Sandbox) -> float:
    """Seconds that `ask` takes for the questions, in letters of one each."""
    refs = [line.partition(",")[0] for line in (SAMPLE / "dossiers.csv").read_text().splitlines()[1:]]
    rows = [
        f"{refs[n % len(refs)]},2025,,Question numéro {n} : merci d'en donner le détail.,,," for n in range(QUESTIONS)
    ]
    header = "dossier,exercice,code,question,parametres,piece_attendue,echeance"
    (here.folder / "questions.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    here.run("import", str(here.folder / "questions.csv"))
    begin = time.perf_counter()
    here.run("ask", "--yes")
    return time.perf_counter() - begin


def _rendered(app: apps.App) -> float:
    """Letters a second that are rendered, each kind and variant once; the first time compiles the templates."""
    every = list(scenes(app.system.oga))
    for kind, scene in every:
        render(app.system.templates, kind, scene)
    begin = time.perf_counter()
    for kind, scene in every:
        render(app.system.templates, kind, scene)
    return len(every) / (time.perf_counter() - begin)


def _sent(app: apps.App) -> float:
    """Letters a second from the outbox to a host on loopback, each recorded before and after."""
    with sink() as port:
        out = Sender(Host(host="127.0.0.1", port=port, security="none", connections=CONNECTIONS))
        begin = time.perf_counter()
        found = deliver_due(app.system, out.send, CONNECTIONS)
        seconds = time.perf_counter() - begin
        out.close()
    assert found["sent"] >= QUESTIONS and not found["deferred"] + found["failed"], f"letters did not leave: {found}"
    return found["sent"] / seconds
