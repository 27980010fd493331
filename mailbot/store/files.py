"""The files of mails: their bytes stay in the mail they came with, and are kept apart where that mail was erased."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import suppress

from ..mail.parse import part
from . import blobs


def content(conn: sqlite3.Connection, inbox_id: int, number: str, sha256: str) -> bytes:
    """The bytes of a file: part `number` of its mail, or what was kept of it. Raises KeyError where it was erased."""
    row = conn.execute("select sha256 from inbox where id = ? and erased_at is null", (inbox_id,)).fetchone()
    return part(blobs.get(conn, row["sha256"]), number) if row else blobs.get(conn, sha256)


def set_apart(conn: sqlite3.Connection, mails: Collection[int]) -> None:
    """Keep the files of these mails that something still names on their own: the mails are about to be erased."""
    marks = ",".join("?" * len(mails))
    union = " union ".join(
        f"select inbox_id, part, sha256 from {table} where inbox_id in ({marks})"
        for table in ("answer_file", "draft_file", "outbox_file")
    )
    for row in conn.execute(union, (*mails, *mails, *mails)).fetchall():
        with suppress(KeyError):
            blobs.add(conn, content(conn, row["inbox_id"], row["part"], row["sha256"]))
