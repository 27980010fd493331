"""What A, B, 1, 2 stand for in each letter with several items: frozen when it is written, good for ever."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


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
