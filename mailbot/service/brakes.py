"""What keeps letters from leaving: a pause, typed by a person or put on by the outbox itself beyond letters_per_hour.

Mail is taken in and worked all the same. Alarm letters leave while paused, and are not counted.
"""

from __future__ import annotations

import logging
import sqlite3
from datetime import datetime, timedelta

from ..store import journal, outbox
from ..store.db import Store, moment, set_setting, setting, stamp
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
    log.warning("%s: %s", kind, reason)


def resume(system: System, skip: bool = False) -> int:
    """Let letters leave again; returns how many were due: they leave, confirmed, or with `skip` are passed over.

    letters_per_hour counts from here on: a person has looked.
    """
    now = system.now()
    with system.store.tx() as conn:
        reason = paused(system.store)
        count = skip_past(system, conn) if skip else outbox.confirm_due(conn, now)
        set_setting(conn, "paused", "")
        set_setting(conn, "counted_from", stamp(now))
        journal.add(conn, now, "resumed", {"reason": reason, "skipped" if skip else "due": count})
    log.warning("resumed: %s letters %s", count, "skipped" if skip else "due")
    return count


def skip_past(system: System, conn: sqlite3.Connection) -> int:
    """Pass over what was due before now; returns how many letters that were. They are failed: `outbox retry` sends
    one of them again."""
    return outbox.skip_due(conn, system.now(), SKIPPED)


def allowance(system: System) -> int:
    """How many letters that nobody confirmed may leave now."""
    limit, now = system.policy.letters_per_hour, system.now()
    begun = setting(system.store, "counted_from")
    since = max(now - HOUR, moment(begun)) if begun else now - HOUR
    return limit - outbox.count_unconfirmed(system.store.conn, since, limit)
