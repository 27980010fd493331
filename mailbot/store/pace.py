"""How fast mail comes in, by sender: a clock for each that runs ahead of ours while more comes than may (GCRA).

A sender is a hash of an address: nothing here says who writes to us. What is an hour old is dropped on the way.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = 60_000  #: milliseconds, in which clocks are kept
KEPT = timedelta(hours=1)
DROPPED = 5  #: old clocks that go with each mail


@dataclass(frozen=True)
class Sender:
    """Somebody whose mail is counted."""

    name: str
    per_minute: int


def ahead(conn: sqlite3.Connection, senders: Iterable[Sender], now: datetime) -> timedelta:
    """Count one mail of each of these; how far the clock that is furthest ahead runs ahead of `now`, 0 where all keep
    to their number a minute. A sender may send a minute's mails at once."""
    at = int(now.timestamp() * 1000)
    conn.execute(
        "delete from pace where sender in (select sender from pace where clock < ? limit ?)",
        (at - int(KEPT.total_seconds() * 1000), DROPPED),
    )
    clocks = [_advance(conn, sender, at) for sender in senders]
    return timedelta(milliseconds=max(0, *(clock - at for clock in clocks)) if clocks else 0)


def _advance(conn: sqlite3.Connection, sender: Sender, at: int) -> int:
    name = hashlib.sha256(sender.name.encode("utf-8", "surrogateescape")).hexdigest()
    row = conn.execute("select clock from pace where sender = ?", (name,)).fetchone()
    clock = max(row["clock"] if row else 0, at - MINUTE) + MINUTE // sender.per_minute
    conn.execute(
        "insert into pace(sender, clock) values (?, ?) on conflict(sender) do update set clock = excluded.clock",
        (name, clock),
    )
    return clock
