"""Letters that came back, and the addresses that they suspend."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from .db import stamp

SOFT_LIMIT = 3  #: temporary failures within WINDOW that suspend an address
WINDOW = timedelta(days=7)


def add(
    conn: sqlite3.Connection,
    outbox_id: int,
    person_id: int | None,
    inbox_id: int,
    status: str,
    permanent: bool,
    at: datetime,
) -> None:
    """Keep one bounce of one letter."""
    conn.execute(
        "insert into bounce(outbox_id, person_id, inbox_id, status, permanent, at) values (?, ?, ?, ?, ?, ?)",
        (outbox_id, person_id, inbox_id, status, int(permanent), stamp(at)),
    )


def recent(conn: sqlite3.Connection, person_id: int, now: datetime) -> int:
    """How many bounces a person's letters had within WINDOW."""
    row = conn.execute(
        "select count(*) n from bounce where person_id = ? and at >= ?", (person_id, stamp(now - WINDOW))
    ).fetchone()
    return int(row["n"])
