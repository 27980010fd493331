"""The world of the hostile cases, in a sandbox: a dossier and a question for each token, brought to its state."""

from __future__ import annotations

import base64
import csv
import json
import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.postoffice import PostOffice
from mailbot.demo.sandbox import Sandbox, configuration
from mailbot.domain import commands as c
from mailbot.domain.model import Channel, Outcome, Person, Written
from mailbot.domain.questions import Act
from mailbot.mail.token import Purpose
from mailbot.service import imports, questions
from mailbot.service.addresses import address
from mailbot.service.sheet import sheet
from mailbot.service.system import System
from mailbot.store import people
from mailbot.store import questions as kept
from tests.campaign import BEGINS

CASES = Path(__file__).parent / "cases"
BOT, STAFF = "reponse@oga.example", "gestion@oga.example"
TRUSTED, OTHERS = "127.0.0.1", "127.0.0.2"  #: two peers on loopback; only the first is our front server
TOKEN = re.compile(rb"(?<=[+.])[a-z0-9]{26}(?=[@.])", re.I)
BASE64 = re.compile(rb"(?:^[A-Za-z0-9+/]{4,76}={0,2}\r?\n)+", re.M)
#: sitecustomize.py of the service: see `_overheard`.
OVERHEAR = """
import pathlib, sys

def heard(event, args):
    if event == "socket.connect":
        where = args[1] if isinstance(args[1], tuple) else (args[1],)
    elif event == "socket.getaddrinfo":
        where = args[:1]
    else:
        return
    with open(asked, "a") as file:
        print(*where[:2], sep=":", file=file)

asked = pathlib.Path(__file__).with_name("asked")
sys.addaudithook(heard)
"""
OVER = timedelta(days=31)  #: how long ago the question of {E} was treated: its page lives for 30
RIGHTS = {
    "expert": ("expert", "", "oui"),
    "collaborateur-repondre-a-valider": ("collaborateur", "repondre", "oui"),
    "collaborateur-repondre-seul": ("collaborateur", "repondre_seul", "oui"),
    "collaborateur-sans-droit": ("collaborateur", "", "oui"),
    "revoque": ("collaborateur", "repondre", "non"),
}


def bytes_of(case: dict[str, Any]) -> bytes:
    """What a case sends: made when it is played, or a file beside the manifest."""
    return case["raw"] if "raw" in case else (CASES / (case.get("wire") or case["file"])).read_bytes()


@dataclass(frozen=True)
class Bound:
    """What stands in our world for a token of the cases."""

    ref: str
    address: str
    message_id: str
    page: str

    @property
    def token(self) -> str:
        return self.address.partition("+")[2].partition("@")[0]


@dataclass
class World:
    """One mailbot at work on the cases' campaign, and a second pair of eyes on its database."""

    here: Sandbox
    app: apps.App
    bound: dict[str, Bound] = field(default_factory=dict)

    @property
    def system(self) -> System:
        return self.app.system

    def sheet(self, ref: str) -> dict[str, Any]:
        found = sheet(self.system, ref)
        assert found is not None, ref
        return found

    def person(self, email: str) -> Person:
        found = people.by_email(self.system.store.conn, email)
        assert found is not None, email
        return found

    @cached_property
    def registered(self) -> set[str]:
        """Every address to which a letter may go."""
        return {row["email"] for row in self.system.store.conn.execute("select email from person")}

    def connections(self) -> list[str]:
        """What the service has asked the network for since it began, but for the host of its letters."""
        asked = self.here.folder / "audit" / "asked"
        lines = asked.read_text(encoding="utf-8").splitlines() if asked.exists() else []
        return [line for line in lines if line not in ("127.0.0.1", f"127.0.0.1:{self.here.office.port}")]

    def everybody_is_reached(self) -> None:
        """Forget what bounces did: each case is judged for itself."""
        with self.system.store.tx() as conn:
            conn.execute("update person set suspended_at = null, suspended_why = ''")

    def put_in(self, raw: bytes) -> bytes:
        """`raw` with our tokens, addresses and Message-IDs in place of those of the cases, their case kept; in
        base64 too."""
        return BASE64.sub(self._inside, self._plainly(raw))

    def _inside(self, found: re.Match[bytes]) -> bytes:
        try:
            plain = base64.b64decode(found[0], validate=False)
        except ValueError:
            return found[0]
        bound = self._plainly(plain)
        return found[0] if bound == plain else base64.encodebytes(bound).replace(b"\n", b"\r\n")

    def _plainly(self, raw: bytes) -> bytes:
        raw = re.sub(rb"<eccv\.([a-z0-9]{26})\.1@oga\.example>", self._message_id, raw, flags=re.I)
        raw = re.sub(rb"retour\+(?=[a-z0-9]{26}@)", b"reponse+", raw, flags=re.I)
        return TOKEN.sub(lambda found: self._token(found[0]), raw)

    def _message_id(self, found: re.Match[bytes]) -> bytes:
        known = self.bound.get(found[1].decode().lower())
        return known.message_id.encode() if known else found[0]

    def _token(self, found: bytes) -> bytes:
        known = self.bound.get(found.decode().lower())
        if known:
            ours = known.token
        else:
            near = next((b.token for t, b in self.bound.items() if t[:-1] == found.decode().lower()[:-1]), None)
            if near is None:
                return found
            ours = near[:-1] + ("a" if near[-1] != "a" else "b")  # one letter off there, one letter off here
        return (ours.upper() if found.isupper() else ours).encode()


@contextmanager
def world(folder: Path, manifest: dict[str, Any]) -> Iterator[World]:
    """The world, its letters sent and `serve` running."""
    tokens = json.loads((CASES / "world.json").read_text(encoding="utf-8"))
    office = PostOffice()
    office.open()
    with closing(office):
        (folder / "config.toml").write_text(_config(office.port, manifest["policy"]), encoding="utf-8")
        config = load(folder / "config.toml", os.environ)
        apps.initialise(config, sandbox=True)
        made = World(Sandbox(folder, office), apps.build(config))
        made.app.clock.set(BEGINS)
        places = [
            *tokens["tokens"],
            *manifest.get("places", ()),
            *_unnamed(manifest, {t["token"] for t in (*tokens["tokens"], *manifest.get("places", ()))}),
            *_of_pages(),
        ]
        _import(made, folder, tokens["people"], places)
        _bring_to_states(made, places)
        try:
            with _overheard(folder):
                made.here.start()
            yield made
        finally:
            made.here.stop()
            made.system.store.close()


@contextmanager
def _overheard(folder: Path) -> Iterator[None]:
    """What is started meanwhile writes down every host that it, or a child of it, asks for or connects to."""
    audit = folder / "audit"
    audit.mkdir()
    (audit / "sitecustomize.py").write_text(OVERHEAR, encoding="utf-8")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(audit), before)))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


def _config(port: int, policy: dict[str, Any]) -> str:
    changes = {
        "address": json.dumps(BOT),
        "auth_results": '"id:mx.oga.example"',
        "phone": '""',
        "max_message_bytes": policy["max_message_bytes"],
        "max_parts": policy["max_parts"],
        "max_depth": policy["max_depth"],
        "max_headers": policy["max_headers"],
        "max_recipients": policy["max_rcpt"],
        "max_attachments": policy["max_attachments"],
        "allowed_types": json.dumps(policy["allowed_types"]),
        "trusted": f'["{TRUSTED}/32"]',
        "settle_minutes": 0,
        "longest_minutes": 0,
        "group_minutes": 0,
        "letters_per_hour": 100_000,
    }
    lines = configuration(port, 0).splitlines()
    for n, line in enumerate(lines):
        key = line.partition("=")[0].strip()
        if key in changes and "=" in line:
            lines[n] = f"{key} = {changes.pop(key)}"
    assert not changes, f"no such keys: {changes}"
    return "\n".join(lines) + "\n"


def _unnamed(manifest: dict[str, Any], known: set[str]) -> Iterator[dict[str, Any]]:
    """Places for tokens that only the cases name; one that is a letter off a known one stays unknown."""
    seen = {token[:-1] for token in known}
    for case in manifest["cases"]:
        raw = bytes_of(case)
        for found in TOKEN.finditer(raw + b" ".join(a.encode() for a in case["envelope"]["rcpt_to"] or ())):
            token = found[0].decode().lower()
            if token[:-1] in seen:
                continue
            seen.add(token[:-1])
            before = raw[: found.start()].lower()
            decides = before.rfind(b"<e.martin@") > before.rfind(b"<c.durand@")
            to = "e.martin@cabinet-a.example" if decides else "c.durand@cabinet-a.example"
            state = "awaiting_approval" if decides else "awaiting_answer"
            yield {"token": token, "state": state, "dossier": f"D9{len(seen):05d}", "to": to}


def _of_pages() -> Iterator[dict[str, Any]]:
    """An answer for each case of the page; the first version of each is not the one that waits. {E} is over since
    31 days."""
    for n, case in enumerate(json.loads((CASES / "http_cases.json").read_text(encoding="utf-8"))):
        text = "<script>alert(1)</script>" if "{X}" in case["path"] else "Et le justificatif suit."
        state = "over" if "{E}" in case["path"] else "awaiting_approval"
        place = {"token": f"http:{case['name']}", "state": state, "dossier": f"D8{n:05d}"}
        yield {**place, "to": "e.martin@cabinet-a.example", "more": text}


def _import(made: World, folder: Path, persons: dict[str, Any], places: list[dict[str, Any]]) -> None:
    sheets: dict[str, list[tuple[str, ...]]] = {
        "cabinets": [("cabinet", "nom"), ("A", "Cabinet A"), ("B", "Cabinet B")],
        "personnes": [
            ("email", "nom", "role", "cabinet", "droits", "actif"),
            (STAFF, "Mireille Anguelu", "gestionnaire", "", "", "oui"),
        ],
        "dossiers": [("dossier", "adherent", "profession", "cabinet", "expert", "collaborateurs", "gestionnaire")],
        "questions": [("dossier", "exercice", "code", "question", "parametres", "piece_attendue", "echeance")],
    }
    for one in persons.values():
        role, rights, active = RIGHTS[one["role"]]
        sheets["personnes"].append((one["email"], one["name"], role, one["cabinet"], rights, active))
    for place in places:
        who = ("e.martin@cabinet-a.example", "c.durand@cabinet-a.example", STAFF)
        sheets["dossiers"].append((place["dossier"], "Zoé Exemple", "Médecin", "A", *who))
        asked = "Merci de justifier le montant de la ligne AG."
        sheets["questions"].append((place["dossier"], "2025", "FOR-01", asked, "", "", "2030-12-31"))
    for name, rows in sheets.items():
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    files = [folder / f"{name}.csv" for name in sheets]
    imports.import_files(made.system.store, files, made.app.config.questions.catalogue, made.system.now())
    questions.ask(made.system, kept.drafts(made.system.store.conn, None))


def _bring_to_states(made: World, places: list[dict[str, Any]]) -> None:
    """Answers to approve, and questions that are over; then every letter leaves and each token gets ours."""
    for place in places:
        ref = f"{place['dossier']}-2025-1"
        if place["state"] != "awaiting_answer":
            _do(made, ref, "c.durand@cabinet-a.example", c.Propose(Written("Le montant porté ligne AG est exact.")))
        if "more" in place:
            _do(made, ref, "c.durand@cabinet-a.example", c.Propose(Written(place["more"])))
        if place["state"] in ("treated", "over"):
            ago = OVER if place["state"] == "over" else timedelta(0)
            waiting = questions.find(made.system.store.conn, ref).waiting
            _do(made, ref, "e.martin@cabinet-a.example", c.Approve(waiting), ago)
            _do(made, ref, STAFF, c.Treat(Outcome.SATISFACTORY), ago)
    out = apps.sender(made.app.config)
    apps.tick(made.app, out)
    out.close()
    for place in places:
        purpose = Purpose.APPROVE if place["state"] in ("awaiting_approval", "over") else Purpose.ANSWER
        ref, who = f"{place['dossier']}-2025-1", made.person(place["to"])
        found = address(made.system, ref, who, purpose)
        made.bound[place["token"]] = Bound(ref, found["address"], found["message_id"], found["page"] or "")


def _do(made: World, ref: str, email: str, command: c.Command, ago: timedelta = timedelta(0)) -> None:
    at = made.system.now() - ago
    system = replace(made.system, now=lambda: at)
    with system.store.tx() as conn:
        question = questions.find(conn, ref)
        questions.act(system, conn, question, command, Act(made.person(email), at, Channel.CLI))
