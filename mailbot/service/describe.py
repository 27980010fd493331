"""How a raw message is understood, as `mailbot read` prints it; nothing is stored and nothing sent."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..config.model import AnswersSection
from ..domain import access
from ..domain.model import File, Verdict
from ..errors import BadFile, NotProven, Refusal, Unreadable, WhichPerson
from ..mail import absence, bounce, language
from ..mail.disposition import Disposition, Own, Screened, nothing_typed, screen
from ..mail.envelope import Envelope
from ..mail.message import Address, InboundMessage, Split
from ..mail.mime import limits
from ..mail.parse import parse
from ..mail.reply import written
from ..mail.trust import Trust
from ..store import inbox, scans
from ..store.db import savepoint, stamp
from . import bounces, target, verdicts, work
from .handlers import handle, understand
from .job import Job, build, files
from .reading import Reading, read
from .refusals import REFUSALS
from .splitting.apart import taken_apart, with_files
from .splitting.lines import Labels
from .splitting.places import asked_in, refs_in
from .system import Policy, System
from .understanding.intent import Intent, Verb
from .waiting import held

_RETURN_PATH = re.compile(r"^return-path:[ \t]*<([^<>\s]*)>", re.I | re.M)
_DELIVERED = re.compile(r"^(?:delivered-to|x-original-to|envelope-to):[ \t]*<?([^<>\s]+@[^<>\s]+)", re.I | re.M)
_DATE = re.compile(r"^date:[ \t]*([^\r\n]+)", re.I | re.M)


def describe(raw: bytes, envelope: Envelope, sent: str = "", trust: str = "") -> dict[str, Any]:
    """A message as far as it is understood without a database. `sent` is the text of the letter it answers."""
    policy = Policy(ZoneInfo("UTC"), allowed_types=frozenset(AnswersSection().allowed_types))
    try:
        message = parse(raw, policy.limits)
    except Unreadable as error:
        return unread(f"unreadable: {error}")
    screened = screen(message, envelope, Own("", ""))
    split = written(message, sent)
    came = files(message, 0, policy, split=split)
    beside = [file for file in came if file.type != "message/rfc822"]  # a mail that was handed on is no answer
    if screened.disposition is Disposition.ACCEPT and not beside and (empty := nothing_typed(message, split)):
        screened = Screened(empty, "nothing typed")
    day = envelope.received_at.date()
    if screened.disposition is Disposition.ACCEPT:
        screened = _held_for_files(came) or screened
    found = _object(Reading(message, screened, split), came, trust or Trust.CLAIMED.name.lower(), day)
    if found["disposition"] == "accept":
        found["answers"] = _by_label(split, sent, came)
    return found


def envelope(raw: bytes, at: datetime | None, to: str | None = None) -> Envelope:
    """The envelope of a message in a file: as a mail server left it in Return-Path and Delivered-To (RFC 5321 §4.4).

    Without an instant it came when it says that it was written.
    """
    block = limits.head(raw).decode("utf-8", "replace")
    path = _RETURN_PATH.search(block)
    came_to = [to] if to else _DELIVERED.findall(block)
    return Envelope(path[1] if path else "unknown@invalid", tuple(came_to), at or _dated(block))


def _dated(block: str) -> datetime:
    now, found = datetime.now(UTC), _DATE.search(block)
    with suppress(ValueError, TypeError, OverflowError):
        written_at = parsedate_to_datetime(found[1]) if found else now
        return min(written_at if written_at.tzinfo else written_at.replace(tzinfo=UTC), now)
    return now


def _held_for_files(came: Sequence[File]) -> Screened | None:
    try:
        verdicts.hold(came, decides=False)
    except BadFile as bad:
        return Screened(Disposition.HOLD, str(bad))
    return None


def unread(reason: str) -> dict[str, Any]:
    """The same for what cannot be read: a person looks at it."""
    nobody = InboundMessage("", (), 0)
    screened = Screened(Disposition.HOLD, reason)
    return {**_object(Reading(nobody, screened), (), Trust.NONE.name.lower()), "notes": [reason]}


def _by_label(split: Split, sent: str, came: Sequence[File]) -> list[dict[str, Any]]:
    """What was written about each question of the letter; the whole of it where it asks one, or none is named."""
    if not split.text and not came:
        return []
    refs = refs_in(sent)
    whole = {"text": split.text, "files": [file.name for file in came if file.verdict is Verdict.OK]}
    if len(refs) < 2:
        return [{"question": next(iter(refs.values()), None), **whole}]
    asked = asked_in(sent)
    labels = Labels(list(refs), {one.ref: one.label for one in asked}, texts={one.label: one.text for one in asked})
    said = taken_apart(split, asked, labels, False)
    found, filed = with_files(said, [(file.name, file.part) for file in came], labels, False)
    if not found:
        return [{"question": None, **whole}]
    kept = [(file.name, one.label) for file, one in zip(came, filed, strict=True) if file.verdict is Verdict.OK]
    return [
        {
            "question": refs.get(part.label),
            "text": part.text,
            "files": [name for name, label in kept if label == part.label],
        }
        for part in found
    ]


def _object(reading: Reading, came: Sequence[File], trust: str, today: date = date.min) -> dict[str, Any]:
    message, split = reading.message or InboundMessage("", (), 0), reading.split
    sender = message.sender or Address("", "")
    disposition = reading.screened.disposition.value
    found = bounce.read(message) if disposition == "bounce" else None
    return {
        "disposition": disposition,
        "reason": reading.screened.rule,
        "text": split.text,
        "set_aside": split.set_aside,
        "answers": [],
        "language": language.guess(split.text),
        "from": {"name": sender.name, "address": sender.address},
        "trust": trust,
        "to": [a.address for a in message.to],
        "subject": message.subject,
        "date": message.date.isoformat() if message.date else None,
        "message_id": message.message_id,
        "in_reply_to": next(iter(message.in_reply_to), None),
        "references": list(message.references),
        "attachments": _attachments(message, came),
        "absence": _absence(message, today) if disposition == "auto" else None,
        "bounce": asdict(found) if found else None,
        "notes": [*message.notes, *split.notes],
    }


def _absence(message: InboundMessage, today: date) -> dict[str, Any] | None:
    found = absence.read(message, today)
    if found is None:
        return None
    iso = {name: day.isoformat() if day else None for name, day in (("since", found.since), ("until", found.until))}
    return {**iso, "deputy": found.deputy or None}


def _attachments(message: InboundMessage, came: Sequence[File]) -> list[dict[str, Any]]:
    """Every part that is no text. What stands among the files has their verdict; a logo is told as one."""
    verdicts = {file.part: file.verdict.value for file in came}
    return [
        {
            "part": a.part,
            "name": a.name,
            "type": a.type,
            "size": a.size,
            "sha256": a.sha256,
            "verdict": verdicts.get(a.part, Verdict.OK.value),
            "logo": a.part not in verdicts,
        }
        for a in message.attachments
    ]


def with_database(system: System, raw: bytes, envelope: Envelope, trust: str = "") -> dict[str, Any]:
    """The same, matched to conversation and person, with the commands that it would carry out; then undone."""
    reading = read(system, system.store.conn, raw, envelope)
    if reading.message is None:
        return {**unread(reading.screened.rule), "commands": []}
    came, day = files(reading.message, 0, system.policy, reading.scanned, reading.split), system.today().date()
    found = _object(reading, came, trust or Trust.NONE.name.lower(), day)
    found["commands"] = []
    if reading.screened.disposition is Disposition.BOUNCE:
        letter, _ = bounces.match(system, system.store.conn, reading.message, envelope)
        found["disposition"] = found["disposition"] if letter is not None else bounces.NOT_OURS["disposition"]
    if reading.screened.disposition in (Disposition.ACCEPT, Disposition.EMPTY, Disposition.FORWARD):
        with suppress(_Undo), system.store.tx() as conn:
            scans.keep(conn, reading.scanned, system.now())
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
    command: dict[str, Any] = {}
    job: Job | None = None
    try:
        where = target.find(system, conn, message, envelope)
        where = replace(where, trust=Trust[trust.upper()]) if trust else where
        found["trust"] = where.trust.name.lower()
        job = build(system, conn, _stand_in(system, conn, message, envelope), message, split, where)
        job.hold_for_files()
        job.hold_for_parts()
        pieces = work.parts(job)
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
            found["commands"] = [_not_done(job, command, refusal)]
    else:
        found["commands"] = [{**command, "outcome": "done"}]
    if found["commands"] and (split.text or _names(found)):
        found["answers"] = [{"question": found["commands"][0]["question"], "text": split.text, "files": _names(found)}]


def _tried(job: Job, kind: str) -> dict[str, Any]:
    """The command of one part of a reply, carried out and undone like the rest."""
    if kind == "held":
        action, sure = held.action(job.split.text), job.trust >= Trust.PROVEN
        outcome = "refuse" if not (job.of_staff and action) else "done" if sure else "confirm"
        return {"verb": "held_line", "question": None, "args": action, "text": job.split.text, "outcome": outcome}
    command: dict[str, Any] = {}
    try:
        with savepoint(job.conn):
            intent = understand(job)
            command = _command(job, intent)
            handle(job, intent)
    except Refusal as refusal:
        return _not_done(job, command, refusal)
    return {**command, "outcome": "done"}


def _not_done(job: Job, command: dict[str, Any], refusal: Refusal) -> dict[str, Any]:
    """What a refusal makes of a command: it waits for its confirmation, or is asked back."""
    if isinstance(refusal, NotProven) and not refusal.shared and command:
        return {**command, "outcome": "confirm"}
    return _asked_back(job, refusal)


def _part(job: Job) -> dict[str, Any]:
    names = [file.name for file in job.files if file.verdict is Verdict.OK]
    return {"question": _ref(job), "text": job.split.text, "files": names}


def _stand_in(system: System, conn: sqlite3.Connection, message: InboundMessage, envelope: Envelope) -> sqlite3.Row:
    """The inbox row that the message would have; undone with everything else."""
    (id,) = inbox.add(conn, b"", f"read {stamp(system.now())}", replace(envelope, recipients=("",)), message.message_id)
    row = inbox.get(conn, id)
    assert row is not None
    return row


def _names(found: dict[str, Any]) -> list[str]:
    return [a["name"] for a in found["attachments"] if a["verdict"] == Verdict.OK.value and not a["logo"]]


def _ref(job: Job) -> str | None:
    try:
        return job.question()[0].ref
    except Refusal:
        return None


def _asked_back(job: Job, refusal: Refusal) -> dict[str, Any]:
    about = getattr(refusal, "about", "") or type(refusal).__name__
    named = {"candidates": [p.email for p in refusal.candidates]} if isinstance(refusal, WhichPerson) else {}
    return {
        "verb": "ask_back",
        "question": _ref(job),
        "args": {"about": about, **named},
        "text": job.split.text,
        "outcome": "refuse",
    }


def _command(job: Job, intent: Intent) -> dict[str, Any]:
    verb = "absence" if intent.verb is Verb.STAND_IN else intent.verb.value
    if intent.verb is Verb.ANSWER:
        verb = type(access.answer(job.person, job.question()[0], job.written)).__name__.lower()
    ref = _ref(job)
    args = {"mode": "replace" if intent.replace else "add"} if verb == "add" else _args(intent, ref)
    return {"verb": verb, "question": ref, "args": args, "text": intent.text}


def _away(intent: Intent) -> dict[str, Any]:
    """The arguments of an absence: those that were said."""
    said = {"from": intent.since, "until": intent.until}
    named = {name: day.isoformat() for name, day in said.items() if day}
    return {**named, **({"deputy": intent.who} if intent.who else {})}


def _args(intent: Intent, ref: str | None) -> dict[str, Any]:
    makers: dict[Verb, dict[str, Any]] = {
        Verb.AMEND: {"mode": "replace" if intent.replace else "add"},
        Verb.SEND_BACK: {"comment": intent.text},
        Verb.POSTPONE: {"until": intent.until.isoformat() if intent.until else None, "question": ref},
        Verb.PASS_ON: {"question": ref},
        Verb.TREAT: {"outcome": intent.outcome.value if intent.outcome else None},
        Verb.ASK_AGAIN: {"comment": intent.text},
        Verb.OTHER_ADDRESS: {"email": intent.text, "action": "add" if intent.yes else "forget"},
        Verb.FORGET: {"numbers": list(intent.numbers) or "all"},
        Verb.CONFIRM: {"answer": "yes" if intent.yes else "no", **({"add": True} if intent.add else {})},
        Verb.ABSENCE: _away(intent),
        Verb.STAND_IN: _away(intent),
    }
    return makers.get(intent.verb, {})
