"""What speaks of which question: the conversations, letters and mails of a dossier, and the questions of each of them.

The base of what is handed out (`export`) and of what goes (`purge`). A letter or mail may speak of several dossiers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from .conversations import EXERCICES


@dataclass(frozen=True)
class Part:
    """A dossier, or one year of it."""

    dossier_id: int
    exercice: int | None = None

    @property
    def named(self) -> dict[str, int | None]:
        return {"dossier": self.dossier_id, "year": self.exercice, "years": EXERCICES}


QUESTIONS = "select id from question where dossier_id = :dossier and (:year is null or exercice = :year)"
_ANSWERS = f"select id from answer where question_id in ({QUESTIONS})"
_SUBJECTS = {
    "question": QUESTIONS,
    "version": _ANSWERS,
    "draft": f"select id from draft where question_id in ({QUESTIONS})",
    "exercice": "select :dossier * :years + exercice from question where dossier_id = :dossier "
    "and (:year is null or exercice = :year)",
}
CONVERSATIONS = " union ".join(
    f"select number from conversation where subject_kind = '{kind}' and subject_id in ({ids})"
    for kind, ids in _SUBJECTS.items()
)
LETTERS = f"""
select id from outbox where question_id in ({QUESTIONS})
union select outbox_id from letter_item where question_id in ({QUESTIONS})
union select receipt_id from deed where question_id in ({QUESTIONS}) and receipt_id is not null
union select outbox_id from plan where outbox_id is not null
  and deed_id in (select id from deed where question_id in ({QUESTIONS}))
union select outbox_id from reminder where question_id in ({QUESTIONS})
union select outbox_id from news where question_id in ({QUESTIONS}) and outbox_id is not null
union select id from outbox where conversation in ({CONVERSATIONS})"""
MAILS = f"""
select id from inbox where question_id in ({QUESTIONS})
union select inbox_id from answer where question_id in ({QUESTIONS}) and inbox_id is not null
union select inbox_id from answer_file where answer_id in ({_ANSWERS})
union select inbox_id from deed where question_id in ({QUESTIONS}) and inbox_id is not null
union select inbox_id from draft where question_id in ({QUESTIONS}) and inbox_id is not null
union select inbox_id from journal where question_id in ({QUESTIONS}) and inbox_id is not null
union select id from inbox where conversation in ({CONVERSATIONS})
union select id from inbox where conversation in
  (select number from conversation where subject_kind = 'letter' and subject_id in ({LETTERS}))
union select inbox_id from bounce where outbox_id in ({LETTERS}) and inbox_id is not null"""


def ids(conn: sqlite3.Connection, what: str, part: Part) -> list[int]:
    """What one of the queries above finds for a dossier, in order."""
    return [row[0] for row in conn.execute(f"select * from ({what}) order by 1", part.named)]


#: the questions that letter ? is about
_OF_LETTER = """
select question_id from outbox where id = :id
union select question_id from letter_item where outbox_id = :id
union select i.question_id from letter_item l join inbox i on i.id = l.inbox_id where l.outbox_id = :id
union select question_id from reminder where outbox_id = :id
union select question_id from news where outbox_id = :id"""
_OF_MAIL = """
select question_id from inbox where id = :id
union select question_id from deed where inbox_id = :id
union select question_id from answer where inbox_id = :id"""


def questions_of_letter(conn: sqlite3.Connection, id: int) -> set[int]:
    """The questions that a letter speaks of, as far as its rows say."""
    row = conn.execute("select conversation from outbox where id = ?", (id,)).fetchone()
    found = {r[0] for r in conn.execute(_OF_LETTER, {"id": id}) if r[0]}
    return found | (_of_conversation(conn, row["conversation"], id) if row else set())


def questions_of_mail(conn: sqlite3.Connection, id: int) -> set[int]:
    """The questions that a mail speaks of: those it did something to, and those of the letter that it answers."""
    row = conn.execute("select conversation from inbox where id = ?", (id,)).fetchone()
    found = {r[0] for r in conn.execute(_OF_MAIL, {"id": id}) if r[0]}
    for came_back in conn.execute("select outbox_id from bounce where inbox_id = ?", (id,)):
        found |= questions_of_letter(conn, came_back["outbox_id"])
    return found | (_of_conversation(conn, row["conversation"], 0) if row else set())


def _of_conversation(conn: sqlite3.Connection, number: int | None, letter: int) -> set[int]:
    """The questions of a conversation; `letter` is the one that was looked at already."""
    row = conn.execute("select * from conversation where number = ?", (number,)).fetchone() if number else None
    if row is None:
        return set()
    subject = (row["subject_id"],)
    if row["subject_kind"] == "letter":
        return questions_of_letter(conn, row["subject_id"]) if row["subject_id"] != letter else set()
    if row["subject_kind"] == "exercice":
        found = "select id from question where dossier_id = ? and exercice = ?"
        return {r[0] for r in conn.execute(found, divmod(row["subject_id"], EXERCICES))}
    queries = {
        "question": "select id from question where id = ?",
        "version": "select question_id from answer where id = ?",
        "draft": "select question_id from draft where id = ?",
    }
    query = queries.get(row["subject_kind"])
    return {r[0] for r in conn.execute(query, subject)} if query else set()


def dossiers_of(conn: sqlite3.Connection, question_ids: Iterable[int]) -> set[int]:
    """The dossiers of these questions."""
    found = set()
    for id in question_ids:
        row = conn.execute("select dossier_id from question where id = ?", (id,)).fetchone()
        found |= {row["dossier_id"]} if row else set()
    return found


def named(conn: sqlite3.Connection, words: Iterable[str]) -> set[int]:
    """The dossiers whose reference, or that of one of their questions, is among these words."""
    found = set()
    for word in {word.upper() for word in words}:
        row = conn.execute(
            "select dossier_id id from question where ref = ? union select id from dossier where ref = ?", (word, word)
        ).fetchone()
        found |= {row["id"]} if row else set()
    return found
