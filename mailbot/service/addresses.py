"""The reply addresses that people hold, for support and for tests that reply as they would."""

from __future__ import annotations

import sqlite3
from typing import Any

from ..domain.model import Person, Role
from ..errors import UsageError
from ..mail import token
from ..mail.token import Purpose
from ..store import conversations, outbox, questions
from .questions import find
from .system import System

#: The purposes that a letter of this version can have.
OFFERED = (
    Purpose.ANSWER, Purpose.APPROVE, Purpose.TREAT, Purpose.DOSSIER, Purpose.DIGEST, Purpose.SEVERAL, Purpose.MENU,
)  # fmt: skip


def address(system: System, ref: str, person: Person, purpose: Purpose) -> dict[str, Any]:
    """{"address", "page", "message_id"} of one person's conversation about a question. Raises UsageError."""
    with system.store.tx() as conn:
        kind, id = _subject(conn, ref, person, purpose)
        conversation = conversations.of(conn, purpose, person.id, kind, id)
        page = None
        if kind == "version":
            page = system.page(conversations.of(conn, Purpose.PAGE, person.id, kind, id).number) or None
        letter = outbox.last_of(conn, conversation.number)
    made = token.make(purpose, conversation.number, system.keys)
    return {
        "address": system.address(purpose, conversation.number),
        "page": page,
        "message_id": letter["message_id"] if letter else f"<{made}.0@{system.domain}>",
    }


def _subject(conn: sqlite3.Connection, ref: str, person: Person, purpose: Purpose) -> tuple[str, int]:
    if purpose is Purpose.MENU:
        return "person", person.id
    question = find(conn, ref)
    if purpose is Purpose.ANSWER:
        return "question", question.id
    if purpose is Purpose.DOSSIER:
        return "exercice", conversations.exercice(question.dossier.id, question.exercice)
    if purpose in (Purpose.DIGEST, Purpose.SEVERAL):
        newest = conversations.newest(conn, purpose, person.id)
        if newest is None:
            raise UsageError(f"{person.email} has no letter of that kind yet")
        return newest.subject_kind, newest.subject_id
    version = question.handed_over if person.role is Role.STAFF else question.waiting or question.version
    if not version:
        raise UsageError(f"{question.ref} has no answer to decide on yet")
    return "version", questions.answer(conn, question.id, version).id
