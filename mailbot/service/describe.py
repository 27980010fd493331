"""How a raw message is understood, as `mailbot read` prints it; nothing is stored and nothing sent."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from ..domain import access
from ..errors import Refusal, Unreadable
from ..mail import bounce
from ..mail.disposition import Disposition, Own, nothing_typed, screen
from ..mail.envelope import Envelope
from ..mail.message import Address, InboundMessage, Split
from ..mail.parse import Limits, parse
from ..mail.reply import written
from ..mail.trust import Trust
from ..store import inbox
from ..store.db import savepoint, stamp
from . import held, target
from .handlers import handle, understand
from .intent import Intent, Verb
from .job import Job, build
from .reading import read
from .refusals import REFUSALS
from .system import System
from .work import parts


def describe(
    raw: bytes, envelope: Envelope, sent: str = "", trust: str = "", limits: Limits = Limits()
) -> dict[str, Any]:
    """A message as far as it is understood without a database. `sent` is the text of the letter it answers."""
    try:
        message = parse(raw, limits)
    except Unreadable as error:
        return {"disposition": "hold", "reason": str(error), "text": "", "set_aside": "", "notes": [str(error)]}
    screened = screen(message, envelope, Own("", ""))
    split = written(message, sent)
    disposition = screened.disposition
    if disposition is Disposition.ACCEPT and not message.attachments:
        disposition = nothing_typed(message, split) or disposition
    return _object(message, split, disposition.value, screened.rule, trust or Trust.CLAIMED.name.lower())


def _object(message: InboundMessage, split: Split, disposition: str, reason: str, trust: str) -> dict[str, Any]:
    sender = message.sender or Address("", "")
    found = bounce.read(message) if disposition == "bounce" else None
    return {
        "disposition": disposition,
        "reason": reason,
        "text": split.text,
        "set_aside": split.set_aside,
        "answers": [],
        "language": "fr",
        "from": {"name": sender.name, "address": sender.address},
        "trust": trust,
        "to": [a.address for a in message.to],
        "subject": message.subject,
        "date": message.date.isoformat() if message.date else None,
        "message_id": message.message_id,
        "in_reply_to": next(iter(message.in_reply_to), None),
        "references": list(message.references),
        "attachments": [
            {"part": a.part, "name": a.name, "type": a.type, "size": a.size, "sha256": a.sha256, "verdict": "ok"}
            for a in message.attachments
        ],
        "absence": None,
        "bounce": found.__dict__ if found else None,
        "notes": [*message.notes, *split.notes],
    }


def with_database(system: System, raw: bytes, envelope: Envelope, trust: str = "") -> dict[str, Any]:
    """The same, matched to conversation and person, with the commands that it would carry out; then undone."""
    reading = read(system, system.store.conn, raw, envelope)
    if reading.message is None:
        return describe(raw, envelope)
    found = _object(
        reading.message, reading.split, reading.screened.disposition.value, reading.screened.rule, trust or "none"
    )
    found["commands"] = []
    if reading.screened.disposition in (Disposition.ACCEPT, Disposition.EMPTY, Disposition.FORWARD):
        with suppress(_Undo), system.store.tx() as conn:
            _try(system, conn, reading.message, reading.split, envelope, trust, found)
            raise _Undo
    return found


class _Undo(Exception):
    """Leaves the transaction in which a message was tried."""


def _try(
    system: System,
    conn: sqlite3.Connection,
    message: InboundMessage,
    split: Split,
    envelope: Envelope,
    trust: str,
    found: dict[str, Any],
) -> None:
    intent: Intent | None = None
    job: Job | None = None
    try:
        where = target.find(system, conn, message, envelope)
        where = replace(where, trust=Trust[trust.upper()]) if trust else where
        found["trust"] = where.trust.name.lower()
        job = build(system, conn, _stand_in(system, conn, message, envelope), message, split, where)
        found["attachments"] = _verdicts(found["attachments"], job)
        pieces = parts(job)
        if pieces:
            found["commands"] = [_tried(piece.job, piece.item.kind) for piece in pieces]
            found["answers"] = [_part(piece.job) for piece in pieces if piece.item.kind != "held"]
            return
        intent = understand(job)
        command = _command(job, intent)
        handle(job, intent)
    except Refusal as refusal:
        reply = REFUSALS[type(refusal)]
        found["disposition"] = "hold" if reply.state == "held" else found["disposition"]
        found["reason"] = str(refusal)
        if reply.letter and job:
            found["commands"] = [_asked_back(job, refusal)]
    else:
        found["commands"] = [{**command, "outcome": "done"}]
    if found["commands"] and split.text:
        found["answers"] = [{"question": found["commands"][0]["question"], "text": split.text, "files": _names(found)}]


def _tried(job: Job, kind: str) -> dict[str, Any]:
    """The command of one part of a reply, carried out and undone like the rest."""
    if kind == "held":
        action, allowed = held.action(job.split.text), job.of_staff and job.trust >= Trust.PROVEN
        outcome = "done" if allowed else "refuse"
        return {"verb": "held_line", "question": None, "args": action, "text": job.split.text, "outcome": outcome}
    try:
        with savepoint(job.conn):
            intent = understand(job)
            command = _command(job, intent)
            handle(job, intent)
    except Refusal as refusal:
        return _asked_back(job, refusal)
    return {**command, "outcome": "done"}


def _part(job: Job) -> dict[str, Any]:
    return {"question": _ref(job), "text": job.split.text, "files": [file.name for file in job.files]}


def _stand_in(system: System, conn: sqlite3.Connection, message: InboundMessage, envelope: Envelope) -> sqlite3.Row:
    """The inbox row that the message would have; undone with everything else."""
    (id,) = inbox.add(conn, b"", f"read {stamp(system.now())}", replace(envelope, recipients=("",)), message.message_id)
    row = inbox.get(conn, id)
    assert row is not None
    return row


def _names(found: dict[str, Any]) -> list[str]:
    return [a["name"] for a in found["attachments"] if a["verdict"] == "ok"]


def _verdicts(attachments: list[dict[str, Any]], job: Job) -> list[dict[str, Any]]:
    verdicts = {f.part: f.verdict.value for f in job.files}
    return [{**a, "verdict": verdicts.get(a["part"], a["verdict"])} for a in attachments]


def _ref(job: Job) -> str | None:
    try:
        return job.question()[0].ref
    except Refusal:
        return None


def _asked_back(job: Job, refusal: Refusal) -> dict[str, Any]:
    about = getattr(refusal, "about", "") or type(refusal).__name__
    return {
        "verb": "ask_back",
        "question": _ref(job),
        "args": {"about": about},
        "text": job.split.text,
        "outcome": "refuse",
    }


def _command(job: Job, intent: Intent) -> dict[str, Any]:
    verb = intent.verb.value
    if intent.verb is Verb.ANSWER:
        verb = type(access.answer(job.person, job.question()[0], job.written)).__name__.lower()
    return {"verb": verb, "question": _ref(job), "args": _args(intent), "text": intent.text}


def _args(intent: Intent) -> dict[str, Any]:
    makers: dict[Verb, dict[str, Any]] = {
        Verb.AMEND: {"mode": "replace" if intent.replace else "add"},
        Verb.SEND_BACK: {"comment": intent.text},
        Verb.POSTPONE: {"until": intent.until.isoformat() if isinstance(intent.until, date) else None},
        Verb.TREAT: {"outcome": intent.outcome.value if intent.outcome else None},
        Verb.ASK_AGAIN: {"comment": intent.text},
        Verb.CONFIRM: {"answer": "yes" if intent.yes else "no"},
    }
    return makers.get(intent.verb, {})
