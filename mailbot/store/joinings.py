"""Requests to add somebody to a firm, until one of its experts has said yes or no."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from .db import stamp


@dataclass(frozen=True)
class Joining:
    """One such request."""

    id: int
    firm_id: int
    email: str
    name: str
    inbox_id: int
    asked_by: int  #: id of the person
    open: bool


def add(
    conn: sqlite3.Connection, firm_id: int, email: str, name: str, inbox_id: int, asked_by: int, at: datetime
) -> int:
    """Keep a request; returns its id. One that waits for the same address is the same."""
    known = conn.execute(
        "select id from joining where firm_id = ? and email = ? and decided_at is null", (firm_id, email)
    ).fetchone()
    if known:
        return int(known["id"])
    cursor = conn.execute(
        "insert into joining(firm_id, email, name, inbox_id, asked_by_id, at) values (?, ?, ?, ?, ?, ?)",
        (firm_id, email, name, inbox_id, asked_by, stamp(at)),
    )
    return int(cursor.lastrowid or 0)


def get(conn: sqlite3.Connection, id: int) -> Joining:
    """The request of that id. Raises KeyError."""
    row = conn.execute("select * from joining where id = ?", (id,)).fetchone()
    if row is None:
        raise KeyError(id)
    return Joining(
        row["id"], row["firm_id"], row["email"], row["name"], row["inbox_id"], row["asked_by_id"],
        row["decided_at"] is None,
    )  # fmt: skip


def decided(conn: sqlite3.Connection, id: int, by: int, at: datetime, person_id: int | None) -> None:
    """An expert said yes, and that person was added, or no."""
    conn.execute(
        "update joining set decided_at = ?, decided_by_id = ?, person_id = ? where id = ?",
        (stamp(at), by, person_id, id),
    )
