"""Nonces of pages: a form decides only with the nonce of a page that was shown, and each once."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from .db import stamp


def add(conn: sqlite3.Connection, value: str, conversation: int, version: int, shown: str, now: datetime) -> None:
    """Remember a nonce given out with a page that shows that version, and `shown`: a hash of all that it shows."""
    conn.execute(
        "insert into nonce(value, conversation, version, shown, made_at) values (?, ?, ?, ?, ?)",
        (value, conversation, version, shown, stamp(now)),
    )


def shown(conn: sqlite3.Connection, value: str, conversation: int) -> str | None:
    """What the page showed that gave out this nonce; None for one that is unknown, or another page's."""
    query = "select shown from nonce where value = ? and conversation = ?"
    row = conn.execute(query, (value, conversation)).fetchone()
    return row["shown"] if row else None


def use(conn: sqlite3.Connection, value: str, conversation: int, now: datetime) -> bool:
    """Take a nonce; True the first time, False where it is unknown, another page's, or used."""
    cursor = conn.execute(
        "update nonce set used_at = ? where value = ? and conversation = ? and used_at is null",
        (stamp(now), value, conversation),
    )
    return cursor.rowcount == 1
