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
) -> int:
    """Keep one bounce of one letter; returns its id."""
    cursor = conn.execute(
        "insert into bounce(outbox_id, person_id, inbox_id, status, permanent, at) values (?, ?, ?, ?, ?, ?)",
        (outbox_id, person_id, inbox_id, status, int(permanent), stamp(at)),
    )
    return int(cursor.lastrowid or 0)


def recent(conn: sqlite3.Connection, person_id: int, now: datetime) -> int:
    """How many bounces a person's letters had within WINDOW; a policy (5.7.x) is no fault of the address."""
    row = conn.execute(
        "select count(*) n from bounce where person_id = ? and at >= ? and status not like '5.7.%'",
        (person_id, stamp(now - WINDOW)),
    ).fetchone()
    return int(row["n"])


def noticed(conn: sqlite3.Connection, id: int, outbox_id: int | None) -> None:
    """The letter that told somebody else of a bounce."""
    conn.execute("update bounce set notice_id = ? where id = ?", (outbox_id, id))


def told(conn: sqlite3.Connection, person_id: int) -> int | None:
    """The id of the person who was told that this person's address is suspended; None where nobody was."""
    row = conn.execute(
        "select o.person_id id from bounce b join outbox o on o.id = b.notice_id where b.person_id = ? "
        "order by b.id desc limit 1",
        (person_id,),
    ).fetchone()
    return row["id"] if row else None


def refused(conn: sqlite3.Connection, since: datetime, limit: int) -> list[sqlite3.Row]:
    """Letters that came back since then and suspended nothing: kind, to_address, at, status; the newest first."""
    return conn.execute(
        "select o.kind, o.to_address, b.at, b.status from bounce b join outbox o on o.id = b.outbox_id "
        "left join person p on p.id = b.person_id where b.at >= ? and p.suspended_at is null "
        "order by b.at desc, b.id desc limit ?",
        (stamp(since), limit),
    ).fetchall()
