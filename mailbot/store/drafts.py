"""Words of an expert that decided nothing yet: kept until he says OK or NON to them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ..domain.model import File, Verdict, Written
from .db import stamp


@dataclass(frozen=True)
class Draft:
    """What would be added to version `version` of the answer to a question."""

    id: int
    question_id: int
    version: int
    written: Written


def add(conn: sqlite3.Connection, question_id: int, version: int, written: Written, inbox_id: int, at: datetime) -> int:
    """Keep such words; returns the id of the draft."""
    cursor = conn.execute(
        "insert into draft(question_id, version, added, set_aside, inbox_id, at) values (?, ?, ?, ?, ?, ?)",
        (question_id, version, written.text, written.set_aside, inbox_id, stamp(at)),
    )
    id = int(cursor.lastrowid or 0)
    conn.executemany(
        "insert into draft_file(draft_id, n, name, type, size, sha256, inbox_id, part, verdict, why) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (id, n, f.name, f.type, f.size, f.sha256, f.inbox_id, f.part, f.verdict.value, f.why)
            for n, f in enumerate(written.files, 1)
        ],
    )
    return id


def get(conn: sqlite3.Connection, id: int) -> Draft:
    """The draft of that id. Raises KeyError."""
    row = conn.execute("select * from draft where id = ?", (id,)).fetchone()
    if row is None:
        raise KeyError(id)
    files = tuple(
        File(f["name"], f["type"], f["size"], f["sha256"], f["part"], f["inbox_id"], Verdict(f["verdict"]), f["why"])
        for f in conn.execute("select * from draft_file where draft_id = ? order by n", (id,))
    )
    return Draft(row["id"], row["question_id"], row["version"], Written(row["added"], row["set_aside"], files))
