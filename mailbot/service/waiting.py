"""Mail that waits for the word of a person: WAITS is the index of what it may wait for, and of who goes on with it.

Whoever may say so is asked by one letter whose conversation is `confirm, person, held, inbox id`; the decision of the
inbox row (the name of its Refusal) says which of WAITS it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from ..domain.model import Question
from ..errors import Held, NotYourAnswer, OutOfTurn
from ..letters.scene import Scene
from ..mail.token import Purpose
from ..store import blobs, conversations, inbox
from ..store.conversations import Conversation
from ..store.db import savepoint
from .correspondence import Post, send
from .intent import Intent
from .job import Job


def decide(job: Job, intent: Intent) -> str:
    """Carry out what a person says of a mail that waits for him; returns the name of what happened. Raises OutOfTurn
    where it waits no more, Held for anybody else's word."""
    assert job.conversation is not None
    row = inbox.get(job.conn, job.conversation.subject_id)
    if row is None or row["state"] != "held" or row["decision"] not in WAITS:
        raise OutOfTurn("that mail waits no more")
    return WAITS[row["decision"]](job, intent, row)


def _not_your_answer(job: Job, intent: Intent, row: sqlite3.Row) -> str:
    """« OUI » makes a mail on which we were copied an answer; « NON » leaves it aside."""
    if row["person_id"] != job.person.id:
        raise Held("only the writer of a mail may say whether it is an answer")
    inbox.set_state(job.conn, row["id"], "done" if intent.yes else "closed")
    answered = conversations.get(job.conn, row["conversation"] or 0)
    letter = answered if row["question_id"] is None else None
    if not intent.yes:
        left_aside(job, None if letter else job.question()[0])
        return "left aside"
    return _answer(job, row["id"], blobs.get(job.conn, row["sha256"]), letter)


def left_aside(job: Job, question: Question | None) -> None:
    """Tell the one who said so that the mail changes nothing."""
    assert job.conversation is not None
    scene = Scene(
        job.system.oga, job.system.now(), job.person, question=question, about="left_aside", mail=job.cause.mail
    )
    post = Post("notice", job.person, job.conversation, question=question, reply=True)
    send(job.system, job.conn, post, scene, job.cause)


def _answer(job: Job, inbox_id: int, raw: bytes, letter: Conversation | None) -> str:
    """The words that waited are read as a reply to the question, or to the letter with several; who they went to no
    longer matters."""
    from . import several, work  # they build on this module; only this rare step looks back
    from .reading import reread

    if letter:
        waited = reread(job, inbox_id, raw, letter)
        return several.carry_out(waited, work.parts(waited), understood)
    question, _ = job.question()
    conversation = conversations.of(job.conn, Purpose.ANSWER, job.person.id, "question", question.id)
    return understood(reread(job, inbox_id, raw, conversation))


def understood(job: Job) -> str:
    """Carry out the words of a mail that waited: whom it went to, and what proved its writer, was settled by now."""
    from .handlers import HANDLERS, understand  # it builds on this module; only this rare step looks back

    with savepoint(job.conn):
        intent = understand(job)
        return HANDLERS[intent.verb](job, intent)


#: Decision of the inbox row -> who goes on with the mail.
WAITS: dict[str, Callable[[Job, Intent, sqlite3.Row], str]] = {
    NotYourAnswer.__name__: _not_your_answer,
}
