"""What the evidence file of a dossier is made of, as rows, one at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def one_moment(conn: sqlite3.Connection) -> Iterator[None]:
    """Everything that is read inside is of the same moment; writers go on meanwhile."""
    conn.execute("begin")
    try:
        yield
    finally:
        conn.execute("rollback")


def letter(conn: sqlite3.Connection, id: int) -> sqlite3.Row:
    """A letter, with the reference of its question. Raises KeyError."""
    row: sqlite3.Row | None = conn.execute(
        "select o.*, q.ref from outbox o left join question q on q.id = o.question_id where o.id = ?", (id,)
    ).fetchone()
    if row is None:
        raise KeyError(id)
    return row


def mail(conn: sqlite3.Connection, id: int) -> sqlite3.Row:
    """A mail, with who wrote it and the reference of its question. Raises KeyError."""
    row: sqlite3.Row | None = conn.execute(
        "select i.*, q.ref, p.name as person, p.email from inbox i left join question q on q.id = i.question_id "
        "left join person p on p.id = i.person_id where i.id = ?",
        (id,),
    ).fetchone()
    if row is None:
        raise KeyError(id)
    return row


def parts_of_letter(conn: sqlite3.Connection, id: int, dossier_id: int) -> list[str]:
    """The references of a dossier's questions that a letter holds, as its labels name them."""
    rows = conn.execute(
        "select distinct q.ref from letter_item l join question q on q.id = l.question_id "
        "where l.outbox_id = ? and q.dossier_id = ? union select q.ref from reminder r join question q "
        "on q.id = r.question_id where r.outbox_id = ? and q.dossier_id = ? union select q.ref from outbox o "
        "join question q on q.id = o.question_id where o.id = ? and q.dossier_id = ? order by 1",
        (id, dossier_id) * 3,
    )
    return [row["ref"] for row in rows]


def parts_of_mail(conn: sqlite3.Connection, id: int, dossier_id: int) -> list[str]:
    """The references of a dossier's questions to which a mail did something."""
    rows = conn.execute(
        "select distinct q.ref from deed d join question q on q.id = d.question_id where d.inbox_id = ? "
        "and q.dossier_id = ? union select q.ref from answer a join question q on q.id = a.question_id "
        "where a.inbox_id = ? and q.dossier_id = ? order by 1",
        (id, dossier_id) * 2,
    )
    return [row["ref"] for row in rows]


def answer_rows(conn: sqlite3.Connection, question_id: int) -> dict[int, sqlite3.Row]:
    """Version -> its row: the hash that was taken of it, the mail it came with, when it was erased."""
    rows = conn.execute("select version, sha256, inbox_id, erased_at from answer where question_id = ?", (question_id,))
    return {row["version"]: row for row in rows}


def documents(conn: sqlite3.Connection, dossier_id: int) -> list[sqlite3.Row]:
    """The documents of a dossier, by year and kind."""
    return conn.execute(
        "select exercice, kind, name, sha256, added_at from document where dossier_id = ? order by exercice, kind",
        (dossier_id,),
    ).fetchall()


def questions(conn: sqlite3.Connection, dossier_id: int) -> list[int]:
    """The questions of a dossier that were asked or withdrawn, in order."""
    rows = conn.execute(
        "select id from question where dossier_id = ? and state <> 'draft' order by exercice, number", (dossier_id,)
    )
    return [row["id"] for row in rows]


COLUMNS = ("seq", "at", "kind", "question_id", "version", "person_id", "inbox_id", "payload_sha256", "prev", "hash")


def segment(conn: sqlite3.Connection, dossier_id: int) -> Iterator[dict[str, Any]]:
    """The rows of the journal from the first to the last that tells of a dossier: of its own all columns and the
    payload, of what lies between them number and hash only."""
    rows = conn.execute(
        "with own as (select j.seq from question q join journal j on j.question_id = q.id where q.dossier_id = ?) "
        "select j.*, p.payload, p.erased_at, p.erased_why, j.seq in (select seq from own) as own from journal j "
        "left join journal_payload p on p.seq = j.seq where j.seq between (select min(seq) from own) "
        "and (select max(seq) from own) order by j.seq",
        (dossier_id,),
    )
    for row in rows:
        if not row["own"]:
            yield {"seq": row["seq"], "hash": row["hash"]}
            continue
        erased = {"erased_at": row["erased_at"], "erased_why": row["erased_why"]} if row["erased_at"] else {}
        yield {**{name: row[name] for name in COLUMNS}, "payload": row["payload"], **erased}


def history(conn: sqlite3.Connection, question_id: int) -> list[sqlite3.Row]:
    """What happened to a question, oldest first, with who did it."""
    return conn.execute(
        "select j.seq, j.at, j.kind, j.version, j.inbox_id, j.hash, p.name, p.email, y.payload, y.erased_at "
        "from journal j left join person p on p.id = j.person_id left join journal_payload y on y.seq = j.seq "
        "where j.question_id = ? order by j.seq",
        (question_id,),
    ).fetchall()
