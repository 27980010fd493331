"""What staff do with held mail from a terminal, and why a message went where it went."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Any

from ..domain.model import Person
from ..errors import UsageError
from ..mail.quoting.lines import Kind
from ..store import blobs, inbox, outbox, questions
from .questions import find
from .reading import read
from .system import System
from .waiting import held

#: What became of the lines of each kind.
_KEPT = {Kind.TYPED: "taken as typed", Kind.ASIDE: "set aside", Kind.QUOTED: "taken for history"}


def inbox_line(conn: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    """One message, as `inbox list --json` prints it. `guess` is the question it is probably about."""
    guess = questions.get(conn, row["question_id"]).ref if row["question_id"] else None
    return {
        "id": row["id"],
        "at": row["received_at"],
        "from": row["sender"],
        "subject": row["subject"],
        "state": row["state"],
        "disposition": row["disposition"],
        "reason": row["reason"],
        "guess": guess,
    }


def why(conn: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    """The chain of decisions for a message, as `why --json` prints it."""
    names = ("matched_by", "trust", "rule", "command", "decision")
    letters = [f"{letter['kind']} to {letter['to_address']}" for letter in outbox.caused_by(conn, row["id"])]
    return {
        "id": row["id"],
        "state": row["state"],
        "disposition": row["disposition"],
        "reason": row["reason"],
        **{name: row[name] for name in names},
        "letters": letters,
    }


def cut(system: System, row: sqlite3.Row) -> list[str]:
    """In words, what became of the lines of a message and by which rule; nothing where its bytes are gone."""
    try:
        raw = blobs.get(system.store.conn, row["sha256"])
    except KeyError:
        return []
    reading = read(system, system.store.conn, raw, inbox.envelope(row))
    if reading.message is None:
        return [reading.screened.rule]
    counts = Counter[str]()
    for block in reading.split.blocks:
        counts[_KEPT[block.kind]] += sum(bool(line.strip()) for line in block.text.splitlines())
    told = [f"{count} {'line' if count == 1 else 'lines'} {kind}" for kind, count in counts.items() if count]
    return [*told, *reading.message.notes, *(f"cut by: {note}" for note in reading.split.notes)]


def assign(system: System, row: sqlite3.Row, ref: str, writer: Person | None = None) -> str:
    """File a held message as the answer to a question (held.assign); returns the state of the question.

    Raises UsageError where nobody's answer it can be, or a Refusal.
    """
    if row["state"] not in held.WAITS:
        raise UsageError(f"message {row['id']} is {row['state']}: only held or shunted mail is filed")
    with system.store.tx() as conn:
        return held.assign(system, conn, row, find(conn, ref), writer).state.value
