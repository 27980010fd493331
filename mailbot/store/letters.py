"""What A, B, 1, 2 stand for in each letter with several items: frozen when it is written, good for ever."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from ..mail.token import Purpose


@dataclass(frozen=True)
class LetterItem:
    """One item of one letter."""

    label: str
    kind: str  #: question, version or held
    question_id: int | None = None
    version: int = 0
    inbox_id: int | None = None


def freeze(conn: sqlite3.Connection, outbox_id: int, items: list[LetterItem]) -> None:
    """Remember the items of a letter, in their order."""
    conn.executemany(
        "insert into letter_item(outbox_id, n, label, kind, question_id, version, inbox_id) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        [(outbox_id, n, i.label, i.kind, i.question_id, i.version, i.inbox_id) for n, i in enumerate(items, 1)],
    )


def items(conn: sqlite3.Connection, outbox_id: int) -> list[LetterItem]:
    """The items of a letter, in their order; none for a letter about one thing."""
    rows = conn.execute("select * from letter_item where outbox_id = ? order by n", (outbox_id,))
    return [LetterItem(r["label"], r["kind"], r["question_id"], r["version"], r["inbox_id"]) for r in rows]


def holding(conn: sqlite3.Connection, person_id: int, question_id: int, version: int) -> int | None:
    """The newest letter of a person that has a page and holds that version beside others; None where there is none."""
    row = conn.execute(
        "select c.subject_id from conversation c join letter_item i on i.outbox_id = c.subject_id "
        "where c.purpose = ? and c.person_id = ? and c.subject_kind = 'letter' and i.question_id = ? and i.version = ? "
        "order by c.subject_id desc limit 1",
        (int(Purpose.PAGE), person_id, question_id, version),
    ).fetchone()
    return row["subject_id"] if row else None
