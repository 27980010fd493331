"""Addresses whose mail is kept and not looked at."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from .db import stamp


def add(conn: sqlite3.Connection, address: str, by: int, at: datetime) -> None:
    """Look at no further mail of this address."""
    conn.execute(
        "insert into blocked(address, at, by_id) values (?, ?, ?) on conflict(address) do nothing",
        (address.lower(), stamp(at), by),
    )


def contains(conn: sqlite3.Connection, address: str) -> bool:
    """True for such an address."""
    row = conn.execute("select 1 from blocked where address = ?", (address.lower(),)).fetchone()
    return row is not None
