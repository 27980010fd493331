"""What staff do with held mail from a terminal, and why a message went where it went."""

from __future__ import annotations

import sqlite3
from typing import Any

from ..domain import access
from ..domain.model import Person
from ..errors import UsageError
from ..mail.parse import parse
from ..mail.reply import written
from ..mail.token import Purpose
from ..mail.trust import Trust
from ..store import blobs, conversations, deeds, inbox, outbox, people, questions
from . import grouping
from .job import build
from .questions import act, find
from .reading import our_words
from .system import System
from .target import Target


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


def assign(system: System, row: sqlite3.Row, ref: str, writer: Person | None = None) -> str:
    """File a held message as the answer to a question, under the rights of its sender or of `writer`.

    Returns the state of the question. Raises UsageError where nobody's answer it can be, or a Refusal.
    """
    if row["state"] not in ("held", "shunted"):
        raise UsageError(f"message {row['id']} is {row['state']}: only held or shunted mail is filed")
    raw = blobs.get(system.store.conn, row["sha256"])
    message = parse(raw, system.policy.limits)
    with system.store.tx() as conn:
        question = find(conn, ref)
        sender = writer or (people.by_email(conn, message.sender.address) if message.sender else None)
        if sender is None or not access.belongs(sender, access.Who.FIRM, question):
            raise UsageError("the sender may not answer this question: name whose answer it is with --as EMAIL")
        conversation = conversations.of(conn, Purpose.ANSWER, sender.id, "question", question.id)
        sent = our_words(conn, conversation, message)
        found = Target(conversation, "assigned", sender, Trust.TOKEN)
        job = build(system, conn, row, message, written(message, sent), found)
        command = access.answer(sender, question, job.written)
        above = deeds.newest(conn)
        decision = act(system, conn, question, command, job.act, job.cause)
        grouping.flush(system, conn, above)
        trace = {"reason": None, "command": "answer", "decision": "assigned", "question_id": question.id}
        inbox.finish(conn, row["id"], "done", system.now(), trace)
    return decision.question.state.value
