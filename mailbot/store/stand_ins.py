"""Absences that people declared, and who decides in their place meanwhile.

A row is open until it is withdrawn, another takes its place, or its last day is over (`ended_at`). The days are those
of the association; the instants say the same for comparing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ..domain.model import Person, StandIn
from . import people
from .db import moment, stamp


@dataclass(frozen=True)
class Declared:
    """An absence as its person declared it."""

    id: int
    person_id: int
    deputy: Person | None
    since: date
    until: date  #: its last day
    begins_at: datetime
    ends_at: datetime  #: the first instant after it
    open: bool


def add(
    conn: sqlite3.Connection,
    person_id: int,
    deputy_id: int | None,
    days: tuple[date, date],
    instants: tuple[datetime, datetime],
    inbox_id: int,
    at: datetime,
) -> int:
    """Keep an absence in the place of the one before; returns its id."""
    end(conn, person_id, at)
    cursor = conn.execute(
        "insert into stand_in(person_id, deputy_id, since, until, begins_at, ends_at, inbox_id, said_at) "
        "values (?, ?, ?, ?, ?, ?, ?, ?)",
        (person_id, deputy_id, *(d.isoformat() for d in days), *map(stamp, instants), inbox_id, stamp(at)),
    )
    return int(cursor.lastrowid or 0)


def end(conn: sqlite3.Connection, person_id: int, at: datetime) -> bool:
    """It is over, or withdrawn; True if there was one."""
    done = conn.execute(
        "update stand_in set ended_at = ? where person_id = ? and ended_at is null", (stamp(at), person_id)
    )
    return done.rowcount > 0


def get(conn: sqlite3.Connection, id: int) -> Declared | None:
    """The absence of that id, or None."""
    row = conn.execute("select * from stand_in where id = ?", (id,)).fetchone()
    return _declared(conn, row) if row else None


def of_person(conn: sqlite3.Connection, person_id: int) -> Declared | None:
    """The open absence of a person, now or to come, or None."""
    row = conn.execute(
        "select * from stand_in where person_id = ? and ended_at is null order by id desc limit 1", (person_id,)
    ).fetchone()
    return _declared(conn, row) if row else None


def _declared(conn: sqlite3.Connection, row: sqlite3.Row) -> Declared:
    return Declared(
        id=row["id"],
        person_id=row["person_id"],
        deputy=people.get(conn, row["deputy_id"]) if row["deputy_id"] else None,
        since=date.fromisoformat(row["since"]),
        until=date.fromisoformat(row["until"]),
        begins_at=moment(row["begins_at"]),
        ends_at=moment(row["ends_at"]),
        open=row["ended_at"] is None,
    )


def named_by(conn: sqlite3.Connection, person_id: int) -> tuple[StandIn, ...]:
    """Who decides in the place of that person, now or later."""
    rows = conn.execute(
        "select deputy_id, begins_at, ends_at from stand_in "
        "where person_id = ? and ended_at is null and deputy_id is not null",
        (person_id,),
    ).fetchall()
    return tuple(StandIn(people.get(conn, r["deputy_id"]), moment(r["begins_at"]), moment(r["ends_at"])) for r in rows)


def stood_for(conn: sqlite3.Connection, person_id: int, at: datetime) -> list[int]:
    """Ids of those in whose place a person decides then."""
    rows = conn.execute(
        "select person_id from stand_in where deputy_id = ? and ended_at is null and begins_at <= ? and ends_at > ?",
        (person_id, stamp(at), stamp(at)),
    )
    return [row["person_id"] for row in rows]


def told(conn: sqlite3.Connection, day: date) -> list[Declared]:
    """The absences that a digest of that day speaks of."""
    rows = conn.execute(
        "select * from stand_in where ended_at is null and until >= ? order by until, id", (day.isoformat(),)
    ).fetchall()
    return [_declared(conn, row) for row in rows]


def until(conn: sqlite3.Connection, ids: Iterable[int], day: date) -> dict[int, date]:
    """The last day of their absence, of those of these people who declared that they are away on `day`."""
    wanted = sorted(set(ids))
    marks = ",".join("?" * len(wanted))
    rows = conn.execute(
        f"select person_id, until from stand_in where person_id in ({marks}) and ended_at is null and since <= ? "
        "and until >= ?",
        (*wanted, day.isoformat(), day.isoformat()),
    )
    return {row["person_id"]: date.fromisoformat(row["until"]) for row in rows}


def away(conn: sqlite3.Connection, person_id: int, at: datetime) -> bool:
    """True while an absence that this person declared lasts."""
    row = conn.execute(
        "select 1 from stand_in where person_id = ? and ended_at is null and begins_at <= ? and ends_at > ? limit 1",
        (person_id, stamp(at), stamp(at)),
    ).fetchone()
    return row is not None


def began(conn: sqlite3.Connection, person_id: int, since: datetime) -> datetime | None:
    """When the oldest absence began that this person declared and that was not over at an instant; None for none."""
    row = conn.execute(
        "select min(begins_at) at from stand_in where person_id = ? and coalesce(ended_at, ends_at) >= ?",
        (person_id, stamp(since)),
    ).fetchone()
    return moment(row["at"]) if row["at"] else None


_TURNS = "ended_at is null and ((begun_at is null and begins_at <= ?) or ends_at <= ?)"


def turning(conn: sqlite3.Connection, now: datetime) -> list[Declared]:
    """The absences that have begun, or are over, since anybody looked."""
    rows = conn.execute(f"select * from stand_in where {_TURNS} order by id", (stamp(now), stamp(now))).fetchall()
    return [_declared(conn, row) for row in rows]


def turned(conn: sqlite3.Connection, id: int, over: bool, at: datetime) -> None:
    """What its beginning, or its end, brings about was done."""
    column = "ended_at" if over else "begun_at"
    conn.execute(f"update stand_in set {column} = ? where id = ?", (stamp(at), id))


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next one begins or is over."""
    row = conn.execute(
        "select min(case when begun_at is null then begins_at else ends_at end) at from stand_in where ended_at is null"
    ).fetchone()
    return moment(row["at"]) if row["at"] else None
