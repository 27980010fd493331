"""The other addresses from which people write. Letters go to the registered one only."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from .db import moment, stamp


@dataclass(frozen=True)
class OtherAddress:
    """An address that its owner named, and that has answered for itself or not yet."""

    id: int
    person_id: int
    email: str
    asked_at: datetime
    confirmed: bool
    ended: bool


def add(conn: sqlite3.Connection, person_id: int, email: str, inbox_id: int, at: datetime) -> OtherAddress:
    """Keep an address until it answers; what waited for it before waits no more."""
    conn.execute(
        "update person_address set ended_at = ? where email = ? and confirmed_at is null and ended_at is null",
        (stamp(at), email),
    )
    cursor = conn.execute(
        "insert into person_address(person_id, email, inbox_id, asked_at) values (?, ?, ?, ?)",
        (person_id, email, inbox_id, stamp(at)),
    )
    found = get(conn, int(cursor.lastrowid or 0))
    assert found is not None
    return found


def get(conn: sqlite3.Connection, id: int) -> OtherAddress | None:
    """The one of that id, or None."""
    row = conn.execute("select * from person_address where id = ?", (id,)).fetchone()
    return _address(row) if row else None


def _address(row: sqlite3.Row) -> OtherAddress:
    return OtherAddress(
        row["id"], row["person_id"], row["email"], moment(row["asked_at"]),
        row["confirmed_at"] is not None, row["ended_at"] is not None,
    )  # fmt: skip


def confirm(conn: sqlite3.Connection, id: int, at: datetime) -> None:
    """It answered: mail from it is its owner's from now on."""
    conn.execute("update person_address set confirmed_at = ? where id = ?", (stamp(at), id))


def end(conn: sqlite3.Connection, person_id: int, email: str, at: datetime) -> bool:
    """Take an address off a person, whether it had answered or not; False where there was none."""
    cursor = conn.execute(
        "update person_address set ended_at = ? where person_id = ? and email = ? and ended_at is null",
        (stamp(at), person_id, email),
    )
    return cursor.rowcount > 0


def of_person(conn: sqlite3.Connection, person_id: int) -> list[str]:
    """The addresses of a person that answered, by name."""
    rows = conn.execute(
        "select email from person_address where person_id = ? and confirmed_at is not null and ended_at is null "
        "order by email",
        (person_id,),
    )
    return [row["email"] for row in rows]


def asked_since(conn: sqlite3.Connection, email: str, since: datetime) -> bool:
    """True if a letter was written to that address since then, whoever had named it."""
    row = conn.execute(
        "select 1 from person_address where email = ? and asked_at >= ? limit 1", (email, stamp(since))
    ).fetchone()
    return row is not None


def count_asked(conn: sqlite3.Connection, person_id: int, since: datetime) -> int:
    """How many addresses a person named since then."""
    row = conn.execute(
        "select count(*) n from person_address where person_id = ? and asked_at >= ?", (person_id, stamp(since))
    ).fetchone()
    return int(row["n"])
