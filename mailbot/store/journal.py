"""The journal: a chain of rows in which each names the hash of the one before.

row = (seq, at, kind, ids, payload_sha256, prev); the payload lies in a table of its own, so that it can be erased
and leave the chain whole.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from .db import stamp

GENESIS = "0" * 64


def add(
    conn: sqlite3.Connection,
    at: datetime,
    kind: str,
    payload: Mapping[str, Any],
    *,
    question_id: int | None = None,
    version: int = 0,
    person_id: int | None = None,
    inbox_id: int | None = None,
) -> None:
    """Append one row, inside the transaction of what it tells of."""
    body = json.dumps(payload, ensure_ascii=False, sort_keys=True)
    last = conn.execute("select seq, hash from journal order by seq desc limit 1").fetchone()
    seq, prev = (last["seq"] + 1, last["hash"]) if last else (1, GENESIS)
    row = (seq, stamp(at), kind, question_id, version, person_id, inbox_id, _sha256(body), prev)
    conn.execute(
        "insert into journal(seq, at, kind, question_id, version, person_id, inbox_id, payload_sha256, prev, hash) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, chain(row)),
    )
    conn.execute("insert into journal_payload(seq, payload) values (?, ?)", (seq, body))


def chain(row: tuple[Any, ...]) -> str:
    """The hash of a journal row, over all its other columns in their order."""
    return _sha256(json.dumps(row, ensure_ascii=False))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def faults(conn: sqlite3.Connection) -> Iterator[str]:
    """Walk the chain; one sentence for each row that does not fit."""
    prev, expected = GENESIS, 1
    for r in conn.execute(
        "select j.*, p.payload, p.erased_at from journal j left join journal_payload p on p.seq = j.seq order by j.seq"
    ):
        columns = ("seq", "at", "kind", "question_id", "version", "person_id", "inbox_id", "payload_sha256", "prev")
        if r["seq"] != expected:
            yield f"journal row {expected} is missing"
        if r["prev"] != prev or r["hash"] != chain(tuple(r[name] for name in columns)):
            yield f"journal row {r['seq']} was changed"
        if r["erased_at"] is None and (r["payload"] is None or _sha256(r["payload"]) != r["payload_sha256"]):
            yield f"payload of journal row {r['seq']} was changed"
        prev, expected = r["hash"], r["seq"] + 1


def length(conn: sqlite3.Connection) -> int:
    """How many rows there are."""
    return int(conn.execute("select coalesce(max(seq), 0) from journal").fetchone()[0])


def last_at(conn: sqlite3.Connection) -> str | None:
    """When the newest row was written, as the database writes it."""
    row = conn.execute("select at from journal order by seq desc limit 1").fetchone()
    return row["at"] if row else None


def head(conn: sqlite3.Connection) -> tuple[int, str]:
    """(number, hash) of the newest row; (0, "") before the first."""
    row = conn.execute("select seq, hash from journal order by seq desc limit 1").fetchone()
    return (row["seq"], row["hash"]) if row else (0, "")


def last_comment(conn: sqlite3.Connection, question_id: int) -> str:
    """The word with which a question was last sent back or asked again, "" where there was none."""
    row = conn.execute(
        "select p.payload from journal j join journal_payload p on p.seq = j.seq where j.question_id = ? "
        "and j.kind in ('sent_back', 'asked_again') order by j.seq desc limit 1",
        (question_id,),
    ).fetchone()
    return str(json.loads(row["payload"]).get("comment", "")) if row and row["payload"] else ""


def history(conn: sqlite3.Connection, question_id: int) -> list[dict[str, Any]]:
    """What happened to a question, oldest first, as `show QUESTION --json` tells it."""
    rows = conn.execute(
        "select j.at, j.kind, p.email, j.version, i.message_id, b.payload from journal j "
        "left join person p on p.id = j.person_id left join inbox i on i.id = j.inbox_id "
        "left join journal_payload b on b.seq = j.seq where j.question_id = ? order by j.seq",
        (question_id,),
    ).fetchall()
    return [
        {
            "at": r["at"],
            "event": r["kind"],
            "by": r["email"],
            "version": r["version"] or None,
            "message": r["message_id"],
            "instead_of": _instead_of(conn, r["kind"], r["payload"]),
        }
        for r in rows
    ]


def _instead_of(conn: sqlite3.Connection, kind: str, payload: str | None) -> str | None:
    """The address of the expert in whose place a stand-in decided; None where nobody stood in."""
    if kind not in ("approved", "amended", "sent_back") or not payload:
        return None
    id = json.loads(payload).get("instead_of")
    row = conn.execute("select email from person where id = ?", (id,)).fetchone() if id else None
    return row["email"] if row else None
