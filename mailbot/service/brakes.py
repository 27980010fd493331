"""What keeps letters from leaving: a pause, typed by a person or put on by the outbox itself beyond letters_per_hour.

Mail is taken in and worked all the same. Alarm letters leave while paused, and are not counted.
"""

from __future__ import annotations

import logging
import sqlite3
from datetime import datetime, timedelta

from ..store import journal, outbox
from ..store.db import Store, set_setting, setting
from . import reminders
from .system import System

log = logging.getLogger("mailbot.brakes")

HOUR = timedelta(hours=1)
SKIPPED = "skipped by resume --skip-past"  #: what `outbox list` says of a letter that was passed over


def paused(store: Store) -> str:
    """Why no letter leaves, "" where letters leave."""
    return setting(store, "paused")


def pause(system: System, reason: str) -> None:
    """No letter leaves from now on; one whose sending has begun still does."""
    with system.store.tx() as conn:
        stop(conn, system.now(), reason)


def stop(conn: sqlite3.Connection, at: datetime, reason: str, kind: str = "paused") -> None:
    """The same inside a transaction; `kind` is the journal's word for it."""
    set_setting(conn, "paused", reason)
    journal.add(conn, at, kind, {"reason": reason})
    log.info("%s: %s", kind, reason)


def resume(system: System, skip: bool = False) -> dict[str, int]:
    """Let letters leave again; returns how many were "due": they leave, confirmed. With `skip` what is past is passed
    over instead, as skip_past says.

    letters_per_hour counts from here on: a person has looked.
    """
    now = system.now()
    with system.store.tx() as conn:
        reason = paused(system.store)
        done = skip_past(system, conn) if skip else {"due": outbox.confirm_due(conn, now)}
        outbox.confirm_sent(conn, now - HOUR)
        set_setting(conn, "paused", "")
        journal.add(conn, now, "resumed", {"reason": reason, **done})
    log.info("resumed: %s", done)
    return done


def skip_past(system: System, conn: sqlite3.Connection) -> dict[str, int]:
    """Pass over what fell due before now; returns how many letters were "skipped", and for how many questions
    "reminders". Such a letter is failed: `outbox retry` sends it. A digest has no past: today's is written today."""
    return {
        "skipped": outbox.skip_due(conn, system.now(), SKIPPED),
        "reminders": reminders.skip_past(system, conn),
    }


def allowance(system: System) -> int:
    """How many letters that nobody confirmed may leave now."""
    limit = system.policy.letters_per_hour
    return limit - outbox.count_unconfirmed(system.store.conn, system.now() - HOUR, limit)
