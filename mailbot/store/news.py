"""What an author has yet to be told: answers that were handed over since his last letter."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from ..domain.model import News
from . import people, questions
from .db import moment, stamp


def add(
    conn: sqlite3.Connection, author_id: int, question_id: int, shown: int, sent: int, by: int, at: datetime
) -> None:
    """Version `shown` of the author was handed over as version `sent`."""
    conn.execute(
        "insert into news(person_id, question_id, shown, version, by_id, at) values (?, ?, ?, ?, ?, ?)",
        (author_id, question_id, shown, sent, by, stamp(at)),
    )


def untold(conn: sqlite3.Connection, person_id: int) -> tuple[News, ...]:
    """What this person does not know yet, oldest first."""
    rows = conn.execute(
        "select * from news where person_id = ? and outbox_id is null order by id", (person_id,)
    ).fetchall()
    return tuple(
        News(
            question=questions.get(conn, row["question_id"]),
            by=people.get(conn, row["by_id"]),
            at=moment(row["at"]),
            shown=questions.answer(conn, row["question_id"], row["shown"]),
            sent=questions.answer(conn, row["question_id"], row["version"]),
        )
        for row in rows
    )


def told(conn: sqlite3.Connection, person_id: int, question_ids: list[int], outbox_id: int) -> None:
    """This letter tells what is known of these questions."""
    conn.executemany(
        "update news set outbox_id = ? where person_id = ? and question_id = ? and outbox_id is null",
        [(outbox_id, person_id, id) for id in question_ids],
    )


def undone(conn: sqlite3.Connection, question_id: int, by: int, version: int) -> None:
    """The approval was taken back before the author was told."""
    conn.execute(
        "delete from news where question_id = ? and by_id = ? and version = ? and outbox_id is null",
        (question_id, by, version),
    )
