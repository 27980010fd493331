"""Mail that waits for the word of a person: WAITS is the index of what it may wait for, and of who goes on with it.

Whoever may say so is asked by one letter whose conversation is `confirm, person, held, inbox id`; the decision of the
inbox row (the name of its Refusal) says which of WAITS it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace

from ...domain.model import Question
from ...errors import Held, NotYourAnswer, OutOfTurn, SomeoneAnswered, Unclear
from ...letters.scene import Scene
from ...mail.token import Purpose
from ...store import blobs, conversations, inbox, questions
from ...store.conversations import Conversation
from ...store.db import savepoint
from ..correspondence import Post, send
from ..job import Job
from ..pages import by_mail as browsers_by_mail
from ..understanding.intent import Intent
from . import confirmation, joining


def decide(job: Job, intent: Intent) -> str:
    """Carry out what a person says of a mail that waits for him; returns the name of what happened. Raises OutOfTurn
    where it waits no more, Held for anybody else's word."""
    assert job.conversation is not None
    if browsers_by_mail.about_a_code(job):
        return browsers_by_mail.disown(job)
    if job.conversation.subject_kind == joining.KIND:
        return joining.decide(job, intent)
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


def _someone_answered(job: Job, intent: Intent, row: sqlite3.Row) -> str:
    """« ACCEPTER » makes a stranger's words the answer of whoever says so, under his own rights; « AJOUTER » also asks
    for their writer to join the firm; « REFUSER » drops them. A colleague who was handed the letter may say so too."""
    if job.files:
        raise Unclear("a file, which would go nowhere", about="someone")
    question = questions.get(job.conn, row["question_id"]) if row["question_id"] else None
    if not intent.yes:
        inbox.set_state(job.conn, row["id"], "closed")
        left_aside(job, question, "refused")
        return "refused"
    inbox.set_state(job.conn, row["id"], "done")
    answered = conversations.get(job.conn, row["conversation"])
    assert answered is not None
    waited = reread_of_another(job, row["id"], blobs.get(job.conn, row["sha256"]), answered, question)
    _carried_out(waited, several=question is None)
    if intent.add:
        joining.ask(job, row, waited)
    return "accepted"


def _carried_out(waited: Job, several: bool) -> str:
    """The words of a mail that waited do what they say, as a reply to one question or to a letter with several."""
    from .. import several as many
    from .. import work  # they build on this module; only this rare step looks back

    return many.carry_out(waited, work.parts(waited), understood) if several else understood(waited)


def left_aside(job: Job, question: Question | None, about: str = "left_aside") -> None:
    """Tell the one who said so that the mail changes nothing."""
    assert job.conversation is not None
    scene = Scene(job.system.oga, job.system.now(), job.person, question=question, about=about, mail=job.cause.mail)
    post = Post("notice", job.person, job.conversation, question=question, reply=True)
    send(job.system, job.conn, post, scene, job.cause)


def _answer(job: Job, inbox_id: int, raw: bytes, letter: Conversation | None) -> str:
    """The words that waited are read as a reply to the question, or to the letter with several; who they went to no
    longer matters."""
    from ..reading import reread  # it builds on this module; only this rare step looks back

    if letter:
        return _carried_out(reread(job, inbox_id, raw, letter), several=True)
    question, _ = job.question()
    conversation = conversations.of(job.conn, Purpose.ANSWER, job.person.id, "question", question.id)
    return _carried_out(reread(job, inbox_id, raw, conversation), several=False)


def reread_of_another(job: Job, inbox_id: int, raw: bytes, answered: Conversation, question: Question | None) -> Job:
    """The job of a stranger's mail in the hands of whoever makes it his own: cut as it was shown to him, with its
    writer's name beside it, and about his own copy of the question."""
    from .. import reading
    from . import delegation  # they build on this module; only this rare step looks back

    waited = reading.reread(job, inbox_id, raw, answered)
    kind, subject = ("question", question.id) if question else (answered.subject_kind, answered.subject_id)
    purpose = Purpose.ANSWER if question else answered.purpose
    own = conversations.of(job.conn, purpose, job.person.id, kind, subject)
    return replace(waited, conversation=own, author=delegation.author(job.conn, job.person, waited.message))


def understood(job: Job) -> str:
    """Carry out the words of a mail that waited: whom it went to, and what proved its writer, was settled by now."""
    from ..handlers import HANDLERS, understand  # it builds on this module; only this rare step looks back

    with savepoint(job.conn):
        intent = understand(job)
        return HANDLERS[intent.verb](job, intent)


#: Decision of the inbox row -> who goes on with the mail.
WAITS: dict[str, Callable[[Job, Intent, sqlite3.Row], str]] = {
    NotYourAnswer.__name__: _not_your_answer,
    SomeoneAnswered.__name__: _someone_answered,
    confirmation.DECISION: confirmation.decide,
}
