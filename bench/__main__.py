"""Prints the figures: median, minimum and maximum over a few rounds, each in a fresh sandbox."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click

from bench.client import Mail, send
from bench.workload import Place, replies
from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.sandbox import SAMPLE, Sandbox, sandbox
from mailbot.gateways import smtp_in
from mailbot.mail.token import Purpose
from mailbot.service.addresses import address
from mailbot.service.questions import find
from mailbot.service.work import work_all
from mailbot.store import outbox

BACKLOG, COUNT = 1_000, 300


def _app(here: Sandbox) -> apps.App:
    return apps.build(load(here.folder / "config.toml", os.environ))


def _places(here: Sandbox) -> list[Place]:
    """Who replies, to which address, and the letter that is answered: one place an asked question."""
    app = _app(here)
    conn, places = app.system.store.conn, []
    for row in conn.execute("select ref from question where state = 'asked' order by ref").fetchall():
        question = find(conn, row["ref"])
        writer = question.asked[0]
        where = address(app.system, question.ref, writer, Purpose.ANSWER)["address"]
        letter = next(x for x in outbox.of_question(conn, question.id) if x["to_address"] == writer.email)
        places.append(Place(writer.email, where, letter["text"], letter["message_id"]))
    app.system.store.close()
    return places


def ours(folder: Path, count: int) -> tuple[float, float]:
    """Replies a second that mailbot accepts, then works: the first `count` of the workload, in a fresh sandbox."""
    with sandbox(folder) as here:
        here.run("ask", "--yes")
        return _accepted(here, list(replies(_places(here), count))), _worked(here)


def _round(folder: Path) -> dict[str, float]:
    with sandbox(folder) as here:
        here.run("ask", "--yes")
        places = _places(here)
        mails = list(replies(places, 2 * COUNT + BACKLOG))
        figures = {"accepted/s, 1 connection": _accepted(here, mails[:COUNT])}
        figures["worked/s to the queued letter"] = _worked(here)
        _accepted(here, mails[2 * COUNT :])
        begin = time.perf_counter()
        here.start()
        figures["start to ready, s"] = time.perf_counter() - begin
        waits = sorted(send(here.smtp_port, mails[COUNT : 2 * COUNT]))
        assert here.inbox("new") > 0, "the backlog was gone before the last reply came in"
        figures[f"accepted/s while a backlog of {BACKLOG} is worked"] = COUNT / sum(waits)
        figures["wait for the 250 meanwhile, p50 ms"] = statistics.median(waits) * 1000
        figures["wait for the 250 meanwhile, p99 ms"] = waits[int(COUNT * 0.99)] * 1000
    with sandbox(folder / "big") as here:
        here.run("ask", "--yes")
        here.start()
        figures["one 25 MB reply, peak RSS MB"] = _big(here, _places(here))
    with sandbox(folder / "asked") as here:
        figures["3,000 questions queued by ask, s"] = _asked(here)
    return figures


def _asked(here: Sandbox) -> float:
    """Seconds that `ask` takes for 3,000 questions in letters of one each."""
    refs = [line.partition(",")[0] for line in (SAMPLE / "dossiers.csv").read_text().splitlines()[1:]]
    rows = [f"{refs[n % len(refs)]},2025,,Question numéro {n} : merci d'en donner le détail.,,," for n in range(3_000)]
    header = "dossier,exercice,code,question,parametres,piece_attendue,echeance"
    (here.folder / "questions.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    here.run("import", str(here.folder / "questions.csv"))
    begin = time.perf_counter()
    here.run("ask", "--yes")
    return time.perf_counter() - begin


def _big(here: Sandbox, places: list[Place]) -> float:
    sender, recipient = places[0].sender, places[0].recipient
    head = f"From: {sender}\r\nTo: {recipient}\r\nSubject: Re\r\nMessage-ID: <big@x>\r\nMIME-Version: 1.0\r\n"
    head += (
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nVoici.\r\n--b\r\n'
    )
    head += "Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = head.encode() + b"JVBERi0xLjQK" * 6 + b"\r\n" + (b"QUJD" * 19 + b"\r\n") * 320_000 + b"--b--\r\n"
    send(here.smtp_port, [(sender, recipient, raw)])
    assert here.process is not None
    deadline = time.monotonic() + 60
    while not here.inbox("done"):
        assert time.monotonic() < deadline, "the reply of 25 MB was not worked"
    status = Path(f"/proc/{here.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def _accepted(here: Sandbox, mails: list[Mail]) -> float:
    """Replies a second that the listener keeps (250 after the commit) on one connection; nothing else runs."""
    app = _app(here)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(smtp_in.start(apps.door(app, lambda: None), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    rate = len(mails) / sum(_in_a_process(server.port, mails))
    asyncio.run_coroutine_threadsafe(server.close(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    app.system.store.close()
    return rate


def _in_a_process(port: int, mails: list[Mail]) -> list[float]:
    """The same client in a process of its own, so that it does not share our interpreter."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(int).result()
        return pool.submit(send, port, mails).result()


def _worked(here: Sandbox) -> float:
    """Replies a second that one thread works from raw bytes to the queued letter, of those that still wait."""
    app = _app(here)
    begin = time.perf_counter()
    done = work_all(app.system)
    rate = done / (time.perf_counter() - begin)
    answers = app.system.store.conn.execute("select count(*) from inbox where command = 'answer' and state = 'done'")
    assert answers.fetchone()[0] == done, "a reply was not taken as an answer"
    app.system.store.close()
    return rate


@click.command()
@click.option("--rounds", default=3, show_default=True)
def main(rounds: int) -> None:
    """Print the figures."""
    rows: dict[str, list[float]] = {}
    for n in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for name, value in _round(Path(folder)).items():
                rows.setdefault(name, []).append(value)
        click.echo(f"round {n + 1} of {rounds}", err=True)
    show: Callable[[float], str] = lambda value: f"{value:10.2f}"  # noqa: E731
    click.echo(f"{'':48}{'median':>10}{'min':>10}{'max':>10}")
    for name, values in rows.items():
        click.echo(f"{name:48}{show(statistics.median(values))}{show(min(values))}{show(max(values))}")


if __name__ == "__main__":
    main()
