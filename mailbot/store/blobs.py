"""Bytes by their hash: raw messages and documents, one copy of identical bytes."""

from __future__ import annotations

import hashlib
import sqlite3


def add(conn: sqlite3.Connection, data: bytes) -> str:
    """Keep `data`; return its SHA-256 in hex. Known bytes are not written again."""
    sha256 = hashlib.sha256(data).hexdigest()
    conn.execute(
        "insert into blob(sha256, size, bytes) values (?, ?, ?) on conflict(sha256) do nothing",
        (sha256, len(data), data),
    )
    return sha256


def get(conn: sqlite3.Connection, sha256: str) -> bytes:
    """The bytes of that hash. Raises KeyError where they were erased."""
    row = conn.execute("select bytes from blob where sha256 = ?", (sha256,)).fetchone()
    if row is None:
        raise KeyError(sha256)
    return bytes(row["bytes"])
