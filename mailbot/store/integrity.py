"""Whether the database still holds what was written into it: one sentence for each thing that does not fit."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from . import files as kept
from . import questions

#: tables whose rows name a file by the mail it came with, its part there, and its hash
FILES = ("answer_file", "draft_file", "outbox_file")
#: tables whose rows may be erased, and what they are
ERASED = {"dossier": "dossiers", "question": "questions", "answer": "answers", "inbox": "mails", "outbox": "letters",
          "person": "people"}  # fmt: skip


def database(conn: sqlite3.Connection) -> Iterator[str]:
    """What SQLite itself finds: pages, indexes, and rows that name what is not there."""
    yield from (f"database: {row[0]}" for row in conn.execute("pragma integrity_check") if row[0] != "ok")
    for row in conn.execute("pragma foreign_key_check"):
        yield f"database: row {row[1]} of {row[0]} names a row of {row[2]} that is not there"


def bytes_kept(conn: sqlite3.Connection) -> Iterator[str]:
    """Raw mails and documents: each has the hash that it is kept under."""
    for row in conn.execute("select sha256, size, cast(bytes as blob) as bytes from blob where erased_at is null"):
        if len(row["bytes"]) != row["size"] or hashlib.sha256(row["bytes"]).hexdigest() != row["sha256"]:
            yield f"mail or document {row['sha256'][:16]} was changed"


def answers(conn: sqlite3.Connection) -> Iterator[str]:
    """Each version has the fingerprint that was taken of it, and that the journal names."""
    rows = conn.execute(
        "select a.question_id, a.version, a.sha256, q.ref from answer a join question q on q.id = a.question_id "
        "where a.erased_at is null"
    )
    for row in rows:
        if _fingerprint(conn, row) != row["sha256"]:
            yield f"answer {row['ref']} version {row['version']} was changed"
    named = conn.execute(
        "select j.seq, p.payload, a.sha256, q.ref, j.version from journal j join journal_payload p on p.seq = j.seq "
        "join question q on q.id = j.question_id "
        "left join answer a on a.question_id = j.question_id and a.version = j.version "
        "where j.version > 0 and p.erased_at is null"
    )
    for row in named:
        said = _said(row["payload"])
        if said and said != row["sha256"]:
            yield f"answer {row['ref']} version {row['version']} is not the one of journal row {row['seq']}"


def _fingerprint(conn: sqlite3.Connection, row: sqlite3.Row) -> str:
    """Of a version as it stands; "" where it can no longer be read."""
    try:
        return questions.fingerprint(questions.answer(conn, row["question_id"], row["version"]))
    except (KeyError, ValueError):
        return ""


def _said(payload: str) -> Any:
    try:
        found = json.loads(payload)
    except ValueError:
        return None  # the journal's own check names it
    return found.get("answer_sha256") if isinstance(found, dict) else None


def files(conn: sqlite3.Connection) -> Iterator[str]:
    """The files of answers and letters can be taken out of the mail they came with, and are what they were."""
    union = " union ".join(f"select inbox_id, part, sha256, name from {table}" for table in FILES)
    for row in conn.execute(union):
        try:
            data = kept.content(conn, row["inbox_id"], row["part"], row["sha256"])
        except KeyError:
            yield f"file {row['name']!r} is not in mail {row['inbox_id']}"
            continue
        if hashlib.sha256(data).hexdigest() != row["sha256"]:
            yield f"file {row['name']!r} of mail {row['inbox_id']} was changed"


def erased(conn: sqlite3.Connection) -> Iterator[str]:
    """What was erased on purpose: no fault. Rows of the journal that went together share a line."""
    rows = conn.execute("select seq, erased_at, erased_why from journal_payload where erased_at is not null order by 1")
    for _, group in groupby(enumerate(rows), lambda one: (one[1]["seq"] - one[0], *one[1][1:])):
        together = [row for _, row in group]
        yield _gone(together[0], together[-1]["seq"])
    for table, what in ERASED.items():
        for row in conn.execute(
            f"select substr(erased_at, 1, 10) day, count(*) n from {table} where erased_at is not null group by 1 "
            "order by 1"
        ):
            yield f"{row['n']} {what}: effacé le {row['day']}"


def _gone(first: sqlite3.Row, last: int) -> str:
    rows = f"row {first['seq']}" if last == first["seq"] else f"rows {first['seq']}-{last}"
    why = f" : {first['erased_why']}" if first["erased_why"] else ""
    return f"journal {rows}: effacé le {first['erased_at'][:10]}{why}"


def counts(conn: sqlite3.Connection) -> dict[str, int]:
    """How much was looked at."""
    union = " union ".join(f"select inbox_id, part, sha256, name from {table}" for table in FILES)
    asked = {
        "journal rows": "select count(*) from journal",
        "mails and documents": "select count(*) from blob",
        "answers": "select count(*) from answer",
        "files": f"select count(*) from ({union})",
    }
    return {what: int(conn.execute(sql).fetchone()[0]) for what, sql in asked.items()}
