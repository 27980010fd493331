"""Who is away: what out-of-office replies said, until the person writes again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from .db import stamp

#: How long an absence without a last day is spoken of.
OPEN_ENDED = timedelta(days=7)


def add(
    conn: sqlite3.Connection,
    person_id: int,
    since: date | None,
    until: date | None,
    deputy: str,
    inbox_id: int,
    at: datetime,
) -> bool:
    """Keep an absence in the place of the one before; False where that one said the same."""
    said = (since.isoformat() if since else None, until.isoformat() if until else None, deputy)
    before = conn.execute(
        "select until, deputy from absence where person_id = ? and ended_at is null order by id desc limit 1",
        (person_id,),
    ).fetchone()
    if before and (before["until"], before["deputy"]) == said[1:]:
        return False
    end(conn, person_id, at)
    conn.execute(
        "insert into absence(person_id, since, until, deputy, inbox_id, seen_at) values (?, ?, ?, ?, ?, ?)",
        (person_id, *said, inbox_id, stamp(at)),
    )
    return True


def end(conn: sqlite3.Connection, person_id: int, at: datetime) -> bool:
    """The person is back, or says something else; True if there was an absence to end."""
    done = conn.execute(
        "update absence set ended_at = ? where person_id = ? and ended_at is null", (stamp(at), person_id)
    )
    return done.rowcount > 0


def until(conn: sqlite3.Connection, ids: Iterable[int], day: date) -> dict[int, date]:
    """The last day of their absence, of those of these people who are away on `day` and said until when."""
    wanted = sorted(set(ids))
    marks = ",".join("?" * len(wanted))
    rows = conn.execute(
        f"select person_id, until from absence where person_id in ({marks}) and ended_at is null and until >= ? "
        "and (since is null or since <= ?)",
        (*wanted, day.isoformat(), day.isoformat()),
    )
    return {row["person_id"]: date.fromisoformat(row["until"]) for row in rows}


def told(conn: sqlite3.Connection, day: date, now: datetime) -> list[sqlite3.Row]:
    """The absences of active people that a digest speaks of: person_id, until, deputy, seen_at; soonest back first."""
    return conn.execute(
        "select a.person_id, a.since, a.until, a.deputy, a.seen_at from absence a join person p on p.id = a.person_id "
        "where a.ended_at is null and p.active = 1 and (a.until >= ? or (a.until is null and a.seen_at >= ?)) "
        "order by coalesce(a.until, '9999'), a.id",
        (day.isoformat(), stamp(now - OPEN_ENDED)),
    ).fetchall()
