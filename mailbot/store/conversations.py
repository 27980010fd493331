"""Conversations: who may reply about what. Their number is what a token carries."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from ..mail.token import Purpose
from .db import first_id


@dataclass(frozen=True)
class Conversation:
    """One purpose, one person, one subject."""

    number: int
    purpose: Purpose
    person_id: int
    subject_kind: str  #: question, version, draft, held, person
    subject_id: int


def of(conn: sqlite3.Connection, purpose: Purpose, person_id: int, kind: str, subject_id: int) -> Conversation:
    """The conversation of that description; begun where there is none yet."""
    key = (int(purpose), person_id, kind, subject_id)
    row = conn.execute(
        "select number from conversation where purpose = ? and person_id = ? and subject_kind = ? and subject_id = ?",
        key,
    ).fetchone()
    number = row["number"] if row else _begin(conn, key)
    return Conversation(number, purpose, person_id, kind, subject_id)


def _begin(conn: sqlite3.Connection, key: tuple[int, int, str, int]) -> int:
    row = conn.execute("select coalesce(max(number), 0) + 1 as n from conversation").fetchone()
    number = max(int(row["n"]), first_id(conn, "conversation"))
    conn.execute(
        "insert into conversation(number, purpose, person_id, subject_kind, subject_id) values (?, ?, ?, ?, ?)",
        (number, *key),
    )
    return number


EXERCICES = 10_000  #: the subject of a dossier conversation is dossier id × this + year


def exercice(dossier_id: int, year: int) -> int:
    """The number that stands for a dossier in one year."""
    return dossier_id * EXERCICES + year


def newest(conn: sqlite3.Connection, purpose: Purpose, person_id: int) -> Conversation | None:
    """The newest conversation of a person for one purpose, or None."""
    row = conn.execute(
        "select number from conversation where purpose = ? and person_id = ? order by number desc limit 1",
        (int(purpose), person_id),
    ).fetchone()
    return get(conn, row["number"]) if row else None


def get(conn: sqlite3.Connection, number: int) -> Conversation | None:
    """The conversation of that number, or None: also for one about what was erased, as if it had never been."""
    row = conn.execute("select * from conversation where number = ? and subject_kind <> 'erased'", (number,)).fetchone()
    if row is None:
        return None
    return Conversation(
        row["number"], Purpose(row["purpose"]), row["person_id"], row["subject_kind"], row["subject_id"]
    )
