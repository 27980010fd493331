"""Works one accepted message from bytes to letters: read outside, then one transaction for everything it does."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ..errors import NoReader, Refusal, StoreBusy, Unclear
from ..mail.disposition import Disposition
from ..mail.token import Purpose
from ..store import blobs, blocked, deeds, inbox, scans
from ..store.db import savepoint
from . import automatic, bounces, grouping, several, target, weighing
from .alarm import raise_alarm
from .asking_back import ask_back
from .handlers import handle, understand
from .job import DECIDES, Job, build
from .reading import Reading, ahead, read
from .receipts import Untaken
from .system import System
from .target import Target
from .understanding.intent import Intent, speaks_of_the_mail
from .waiting import delegation, other_addresses, sealed

log = logging.getLogger("mailbot.work")


def work_all(system: System, stopping: Callable[[], bool] = lambda: False) -> int:
    """Work what is new, oldest first, until nothing is left or `stopping` says so; returns how many were worked."""
    count = 0
    while not stopping() and work_one(system):
        count += 1
    return count


def work_one(system: System) -> bool:
    """Work the oldest new message; False if there is none.

    The attempt is counted before anything is parsed: a message that kills the process waits for a person after
    three. Any other failure rolls everything back and shunts the message; its raw bytes stay.
    """
    if inbox.following(system.store.conn, 0) is None:
        return False
    system.reader.ready()
    with system.store.tx() as conn:
        row = inbox.claim(conn)
    if row is None:
        return False
    try:
        if row["attempts"] > inbox.STRIKES:
            raise RuntimeError(f"given up after {inbox.STRIKES} attempts")
        _work(system, row)
    except (StoreBusy, NoReader):
        with suppress(StoreBusy), system.store.tx() as conn:
            inbox.give_back(conn, row["id"])
        raise
    except Exception as error:
        log.exception("shunted inbox=%s", row["id"])
        _shunt(system, row, error)
        raise_alarm(
            system,
            "shunted",
            f"Our code failed on message {row['id']} ({type(error).__name__}). It is kept, and changed nothing.\n\n"
            f"Type `mailbot why {row['id']}`; after the cause is gone `mailbot inbox retry {row['id']}`.",
        )
    return True


def _shunt(system: System, row: sqlite3.Row, error: Exception) -> None:
    with system.store.tx() as conn:
        reason = f"{type(error).__name__}: {error}"[:500]
        inbox.finish(conn, row["id"], "shunted", system.now(), {"reason": reason})


def _work(system: System, row: sqlite3.Row) -> None:
    envelope = inbox.envelope(row)
    raw = blobs.get(system.store.conn, row["sha256"])
    reading = read(system, system.store.conn, raw, envelope)
    if following := inbox.following(system.store.conn, row["id"]):
        ahead(system, blobs.get(system.store.conn, following["sha256"]), inbox.envelope(following))
    with system.store.tx() as conn:
        scans.keep(conn, reading.scanned, system.now())
        state, trace = _settle(system, conn, row, reading)
        trace.update(_heading(reading))
        inbox.finish(conn, row["id"], state, system.now(), trace)
    log.info(
        "worked inbox=%s state=%s disposition=%s decision=%s",
        row["id"], state, trace["disposition"], trace.get("decision"),
    )  # fmt: skip


def _heading(reading: Reading) -> dict[str, Any]:
    message = reading.message
    sender = message.from_[0].address if message and message.from_ else None
    return {"subject": message.subject[:300] if message else None, "sender": sender}


def _settle(system: System, conn: sqlite3.Connection, row: sqlite3.Row, reading: Reading) -> tuple[str, dict[str, Any]]:
    """What becomes of the row, and the trace of how it came to that."""
    screened, message = reading.screened, reading.message
    trace: dict[str, Any] = {"disposition": screened.disposition.value, "rule": screened.rule}
    if message is None or screened.disposition in (Disposition.HOLD, Disposition.REJECT):
        more = sealed.answer(system, conn, row, message) if message and screened.rule == "encrypted" else {}
        return "held", {**trace, "reason": screened.rule, **more}
    if screened.disposition is Disposition.BOUNCE:
        return "done", {**trace, **bounces.record(system, conn, message, inbox.envelope(row), row["id"])}
    if screened.disposition is Disposition.AUTO:
        state, more = automatic.settle(system, conn, row, message, screened.rule, reading.split)
        return state, {**trace, **more}
    if screened.disposition is Disposition.LOOP:
        return "done", trace
    if message.sender and blocked.contains(conn, message.sender.address):
        return "closed", {**trace, "reason": "the address is blocked"}
    found: Target | None = None
    try:
        found = target.find(system, conn, message, inbox.envelope(row))
        trace.update(_matched(found))
        if found.conversation and inbox.copy_of(conn, row, found.conversation.number):
            return "done", {**trace, "decision": "copy"}
        if found.conversation and found.conversation.subject_kind == other_addresses.KIND:
            state, more = other_addresses.answered(system, conn, row, reading, found.conversation.subject_id)
            return state, {**trace, **more}
        job = build(system, conn, row, message, reading.split, found)
    except Refusal as refusal:
        state, more = delegation.someone_answered(system, conn, row, reading, found) if found else ("held", {})
        return state, {**trace, "disposition": "hold", "reason": str(refusal), **more}
    weighing.weigh(job)
    automatic.back(system, conn, found, reading.split)
    state, more = carry_out(system, conn, job)
    return state, {**trace, **more}


def carry_out(system: System, conn: sqlite3.Connection, job: Job) -> tuple[str, dict[str, Any]]:
    """Do what the mail asks, or ask back, with the letters that are due at once; (state of its row, trace)."""
    above = deeds.newest(conn)
    state, trace = _carry_out(job)
    grouping.flush(system, conn, above, _untaken(job))
    return state, trace


def _matched(found: Target) -> dict[str, Any]:
    return {
        "matched_by": found.matched_by or None,
        "trust": found.trust.name.lower(),
        "person_id": found.person.id if found.person else None,
        "conversation": found.conversation.number if found.conversation else None,
    }


def _carry_out(job: Job) -> tuple[str, dict[str, Any]]:
    """Do what the mail asks, or ask back. A refused command has changed nothing: it is undone to its beginning."""
    intent: Intent | None = None
    trace = _about(job)
    try:
        job.hold_for_files()
        job.hold_for_parts()
        with savepoint(job.conn):
            found = parts(job)
            if found:
                command, decision = "several", several.carry_out(job, found, _part)
            else:
                intent = understand(job)
                command, decision = intent.verb.value, handle(job, intent)
        done = {"command": command, "decision": decision, "written_sha256": job.fingerprint()}
        return "done", {**trace, **done}
    except Refusal as refusal:
        asked = ask_back(job, refusal, intent.verb if intent else None)
        return asked.state, {
            **trace,
            **({"disposition": "hold"} if asked.state == "held" else {}),
            "command": intent.verb.value if intent else "ask_back",
            "decision": type(refusal).__name__,
            "reason": str(refusal),
        }


def parts(job: Job) -> list[several.Piece]:
    """The parts of a reply to a letter with several questions; none where the mail is to be read as a whole."""
    if not job.items() or speaks_of_the_mail(job.split.text):
        return []
    try:
        return several.pieces(job)
    except Unclear:
        if job.purpose in DECIDES or understand(job).verb not in several.FOR_ALL:
            raise
        return several.for_all(job)


def _untaken(job: Job) -> Untaken:
    """What the receipt of this mail must say that nothing came of; of a digest it leaves at once."""
    kind = "decided" if job.purpose in DECIDES else "receipt"
    at_once = job.purpose is Purpose.DIGEST
    return Untaken(job.person, kind, tuple(job.untaken), job.cause, at_once, tuple(job.unplaced))


def _part(job: Job) -> str:
    """One part of a mail; refused, it has changed nothing."""
    with savepoint(job.conn):
        return handle(job, understand(job))


def _about(job: Job) -> dict[str, Any]:
    try:
        question, _ = job.question()
    except Refusal:
        return {}
    return {"question_id": question.id}
