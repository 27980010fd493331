"""How fast mail comes in, by sender: a clock for each, which every mail moves on by its share of a minute (GCRA).

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
    """Count one mail of each of these; by how much the furthest clock was ahead of `now` before it: 0 for the first
    after a while, a minute and more where more came than may within a minute."""
    at = int(now.timestamp() * 1000)
    conn.execute(
        "delete from pace where sender in (select sender from pace where clock < ? limit ?)",
        (at - int(KEPT.total_seconds() * 1000), DROPPED),
    )
    clocks = [_advance(conn, sender, at) for sender in senders]
    return timedelta(milliseconds=max((clock - at for clock in clocks), default=0))


def _advance(conn: sqlite3.Connection, sender: Sender, at: int) -> int:
    name = hashlib.sha256(sender.name.encode("utf-8", "surrogateescape")).hexdigest()
    row = conn.execute("select clock from pace where sender = ?", (name,)).fetchone()
    clock = max(row["clock"] if row else at, at)
    conn.execute(
        "insert into pace(sender, clock) values (?, ?) on conflict(sender) do update set clock = excluded.clock",
        (name, clock + MINUTE // sender.per_minute),
    )
    return clock
