"""Letters that wait before they leave: approvals until an expert's colleagues are done, others until nobody can undo.

A row waits while `due_at` is set. Its letter was written where `outbox_id` is set; else it was called off.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from .db import moment, stamp


@dataclass(frozen=True)
class Plan:
    """One such letter, or one answer in it."""

    id: int
    kind: str  #: approval or to_treat
    person_id: int
    question_id: int
    version: int
    deed_id: int
    event: str
    at: datetime
    due_at: datetime


def _plan(row: sqlite3.Row) -> Plan:
    return Plan(
        row["id"],
        row["kind"],
        row["person_id"],
        row["question_id"],
        row["version"],
        row["deed_id"],
        row["event"],
        moment(row["at"]),
        moment(row["due_at"]),
    )


def add(
    conn: sqlite3.Connection,
    kind: str,
    person_id: int,
    question_id: int,
    version: int,
    deed_id: int,
    event: str,
    at: datetime,
    due_at: datetime,
) -> None:
    """Plan a letter."""
    conn.execute(
        "insert into plan(kind, person_id, question_id, version, deed_id, event, at, due_at) "
        "values (?, ?, ?, ?, ?, ?, ?, ?)",
        (kind, person_id, question_id, version, deed_id, event, stamp(at), stamp(due_at)),
    )


def due(conn: sqlite3.Connection, now: datetime) -> list[Plan]:
    """What falls due by `now`, oldest first."""
    rows = conn.execute(
        "select * from plan where due_at is not null and due_at <= ? order by due_at, id", (stamp(now),)
    )
    return [_plan(row) for row in rows]


def of_deeds(conn: sqlite3.Connection, above: int) -> list[Plan]:
    """What the deeds above that id brought about and waits."""
    rows = conn.execute("select * from plan where deed_id > ? and due_at is not null order by deed_id, id", (above,))
    return [_plan(row) for row in rows]


def of_person(conn: sqlite3.Connection, kind: str, person_id: int) -> list[Plan]:
    """What waits for a person, oldest first."""
    rows = conn.execute(
        "select * from plan where kind = ? and person_id = ? and due_at is not null order by id", (kind, person_id)
    )
    return [_plan(row) for row in rows]


def move(conn: sqlite3.Connection, ids: list[int], due_at: datetime) -> None:
    """They leave at `due_at` instead."""
    conn.executemany("update plan set due_at = ? where id = ?", [(stamp(due_at), id) for id in ids])


def done(conn: sqlite3.Connection, ids: list[int], outbox_id: int | None) -> None:
    """Their letter was written; None: it is not needed."""
    conn.executemany("update plan set due_at = null, outbox_id = ? where id = ?", [(outbox_id, id) for id in ids])


def call_off(conn: sqlite3.Connection, deed_id: int) -> None:
    """What this deed would have brought about is not written."""
    conn.execute("update plan set due_at = null where deed_id = ? and due_at is not null", (deed_id,))


def shown(conn: sqlite3.Connection, person_id: int, question_id: int, version: int) -> int | None:
    """The letter that already showed this version to a person, as an outbox id; None where none did."""
    row = conn.execute(
        "select outbox_id from plan where person_id = ? and kind = 'approval' and question_id = ? and version = ? "
        "and outbox_id is not null order by id desc limit 1",
        (person_id, question_id, version),
    ).fetchone()
    return row["outbox_id"] if row else None


def known(conn: sqlite3.Connection, person_id: int, question_id: int, version: int, kind: str = "approval") -> bool:
    """True if a letter of that kind showed this version to a person, or one that will is planned."""
    row = conn.execute(
        "select 1 from plan where person_id = ? and kind = ? and question_id = ? and version = ? "
        "and (outbox_id is not null or due_at is not null) limit 1",
        (person_id, kind, question_id, version),
    ).fetchone()
    return row is not None


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next one falls due."""
    row = conn.execute("select min(due_at) at from plan where due_at is not null").fetchone()
    return moment(row["at"]) if row["at"] else None
