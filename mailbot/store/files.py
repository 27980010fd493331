"""The files of mails: their bytes stay in the mail they came with, and are kept apart where that mail was erased."""

from __future__ import annotations

import sqlite3

from ..mail.parse import part
from . import blobs


def content(conn: sqlite3.Connection, inbox_id: int, number: str, sha256: str) -> bytes:
    """The bytes of a file: part `number` of its mail, or what was kept of it. Raises KeyError where it was erased."""
    row = conn.execute("select sha256 from inbox where id = ? and erased_at is null", (inbox_id,)).fetchone()
    return part(blobs.get(conn, row["sha256"]), number) if row else blobs.get(conn, sha256)
