"""Bytes by their hash: raw messages and documents, one copy of identical bytes."""

from __future__ import annotations

import hashlib
import sqlite3


def add(conn: sqlite3.Connection, data: bytes) -> str:
    """Keep `data`; return its SHA-256 in hex. Known bytes are not written again, unless they were erased."""
    sha256 = hashlib.sha256(data).hexdigest()
    conn.execute(
        "insert into blob(sha256, size, bytes) values (?, ?, ?) on conflict(sha256) do update "
        "set size = excluded.size, bytes = excluded.bytes, erased_at = null where blob.erased_at is not null",
        (sha256, len(data), data),
    )
    return sha256


def get(conn: sqlite3.Connection, sha256: str) -> bytes:
    """The bytes of that hash. Raises KeyError where they were erased."""
    row = conn.execute("select bytes from blob where sha256 = ? and erased_at is null", (sha256,)).fetchone()
    if row is None:
        raise KeyError(sha256)
    return bytes(row["bytes"])
