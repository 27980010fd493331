"""Sends what is due. A letter is marked sent only after the host said 250: a repeat carries the same bytes."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from ..mail.backoff import Outcome, Result, next_try
from ..mail.compose import compose
from ..mail.message import AttachedFile
from ..mail.token import Purpose
from ..maillog import redacted, told
from ..store import files as kept
from ..store import outbox
from . import brakes, reminders
from .alarm import raise_alarm
from .system import System

log = logging.getLogger("mailbot.delivery")

Send = Callable[[str, str, bytes], Outcome]
"""Hands one message to the host: (reverse-path, recipient, bytes) -> what it said."""


def deliver_due(system: System, send: Send, connections: int = 1) -> dict[str, int]:
    """Send every letter whose time has come and that no brake holds; returns how many were sent, deferred, failed."""
    tally = {"sent": 0, "deferred": 0, "failed": 0}
    now = system.now()
    done: set[int] = set()
    with ThreadPoolExecutor(connections, "mailbot-send") as pool:
        while rows := _batch(system, now, done):
            done.update(row["id"] for row in rows)
            for state in pool.map(lambda row: _deliver(system, send, row), rows):
                if state:
                    tally[state] += 1
    return tally


def _batch(system: System, now: datetime, done: set[int]) -> list[sqlite3.Row]:
    """What may leave next. Letters that nobody confirmed leave as far as letters_per_hour goes; where it goes no
    further the outbox pauses itself, and only alarms leave."""
    if not brakes.paused(system.store):
        rows = [row for row in outbox.due(system.store.conn, now) if row["id"] not in done]
        unconfirmed = [row["id"] for row in rows if not row["confirmed"]]
        left = brakes.allowance(system) if unconfirmed else 0
        if left > 0 or not unconfirmed:
            beyond = set(unconfirmed[left:])
            return [row for row in rows if row["id"] not in beyond]
        _brake(system)
    return [row for row in outbox.due_alarms(system.store.conn, system.now()) if row["id"] not in done]


def _brake(system: System) -> None:
    limit = system.policy.letters_per_hour
    brakes.pause(system, f"{limit} letters that nobody confirmed left within an hour ([limits] letters_per_hour)")
    raise_alarm(
        system,
        "paused",
        f"{limit} letters that nobody confirmed have left within an hour, and more are due: letters no longer leave. "
        "Mail is taken in and worked as before.\n\nLook at `mailbot outbox list --all`, then type `mailbot resume`.",
    )


def _deliver(system: System, send: Send, row: sqlite3.Row) -> str:
    """One try. Its beginning is on the disk before the host hears of it: what cannot be recorded is not sent at each
    tick again, and a process that dies meanwhile tries again only at the next time. "": a pause came between, the
    letter waits no more, or it is a reminder that may not leave now."""
    attempts = row["attempts"] + 1
    again = next_try(attempts, system.now(), str(row["id"]))
    with system.store.tx() as conn:
        if row["kind"] != outbox.ALARM and brakes.paused(system.store):
            return ""
        if not outbox.waits(conn, row["id"], row["attempts"]) or not reminders.may_leave(system, conn, row):
            return ""
        if not outbox.begin(conn, row["id"], attempts, again or system.now()):
            return ""
    data = b""
    try:
        data = bytes_of(system, row)
        outcome = send(_reverse_path(system, row["id"]), row["to_address"], data)
    except Exception as error:
        log.exception("deferred outbox=%s", row["id"])
        outcome = Outcome(Result.DEFERRED, 0, told(error))
    return _record(system, row, outcome, attempts, again, data)


def bytes_of(system: System, row: sqlite3.Row) -> bytes:
    """A letter as it leaves, the same each time. Raises KeyError where a file that it carries was erased."""
    message = outbox.message(system.store.conn, row, system.bot)
    return compose(message, _files(system, message.files))


def _record(
    system: System, row: sqlite3.Row, outcome: Outcome, attempts: int, again: datetime | None, data: bytes
) -> str:
    deferred = outcome.kind is Result.DEFERRED and again is not None
    state = "sent" if outcome.kind is Result.SENT else "deferred" if deferred else "failed"
    with system.store.tx() as conn:
        outbox.record(conn, row["id"], state, f"{outcome.code} {redacted(outcome.text)}", system.now(), data)
    log.info("%s outbox=%s code=%s attempts=%s", state, row["id"], outcome.code, attempts)
    return state


def _reverse_path(system: System, outbox_id: int) -> str:
    """A reverse-path of its own for each letter (VERP), so that its bounce names it; or the bot's address."""
    return system.address(Purpose.BOUNCE, outbox_id) if system.policy.verp else system.bot.address


def _files(system: System, files: Iterable[AttachedFile]) -> dict[str, bytes]:
    """The bytes of the files a letter carries, by hash, taken out of the messages they came with. Raises KeyError."""
    return {file.sha256: kept.content(system.store.conn, file.inbox_id, file.part, file.sha256) for file in files}
