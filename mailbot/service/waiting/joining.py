"""« AJOUTER »: somebody whose answer was accepted is to join the firm; one of its experts says yes or no by reply."""

from __future__ import annotations

import sqlite3

from ...domain.model import Person, Question, Right, Role
from ...errors import Held, NotProven, OutOfTurn, Unclear
from ...letters.scene import Mail, Scene
from ...mail.token import Purpose
from ...mail.trust import Trust
from ...store import conversations, joinings, journal, people, questions
from ...store.joinings import Joining
from ..correspondence import Post, send
from ..job import Job
from ..understanding.intent import Intent

KIND = "joining"  #: of the subject of the conversation


def ask(job: Job, row: sqlite3.Row, waited: Job) -> None:
    """Add the writer of an accepted answer where an expert who is known for sure says so; else ask an expert.

    Somebody without a firm has no colleagues: nothing comes of it.
    """
    firm, sender = job.person.firm, waited.message.sender
    if firm is None or sender is None:
        return
    name = waited.author.partition(", ")[0]
    id = joinings.add(job.conn, firm.id, sender.address, name, row["id"], job.person.id, job.system.now())
    request = joinings.get(job.conn, id)
    if _may_add(job):
        _tell(job, "joined" if _added(job, request) else "not_joined", request)
        return
    question = _question(job.conn, row, waited)
    expert = _expert(job.conn, job.person, question)
    if expert:
        conversation = conversations.of(job.conn, Purpose.CONFIRM, expert.id, KIND, request.id)
        scene = _scene(job, request, expert, question)
        send(job.system, job.conn, Post("add_collaborator", expert, conversation), scene)


def _may_add(job: Job) -> bool:
    return job.person.role is Role.EXPERT and job.trust >= Trust.PROVEN and not job.person.shared


def _question(conn: sqlite3.Connection, row: sqlite3.Row, waited: Job) -> Question | None:
    ids = [row["question_id"], *(item.question_id for item in waited.items())]
    return next((questions.get(conn, id) for id in ids if id), None)


def _expert(conn: sqlite3.Connection, person: Person, question: Question | None) -> Person | None:
    """The dossier's expert, where he is of the firm and can be written to; else another of its experts."""
    assert person.firm is not None
    of_the_firm = [p for p in people.of_firm(conn, person.firm.id) if p.role is Role.EXPERT]
    of_the_firm.sort(key=lambda p: question is None or p.id != question.dossier.expert.id)
    return next((p for p in of_the_firm if not people.suspended(conn, p.id)), None)


def decide(job: Job, intent: Intent) -> str:
    """« OK » or « NON » of an expert to such a request. Raises Held for anybody else's word, NotProven where nothing
    proves that it is his, OutOfTurn where it was decided on."""
    assert job.conversation is not None
    request = joinings.get(job.conn, job.conversation.subject_id)
    if job.person.role is not Role.EXPERT or job.person.firm is None or job.person.firm.id != request.firm_id:
        raise Held("only an expert of the firm adds somebody to it")
    if not request.open:
        raise OutOfTurn("that request was decided on")
    if job.files:
        raise Unclear("a file, which would go nowhere", about="joining")
    if job.person.shared or job.trust < Trust.PROVEN:
        raise NotProven("to add somebody to a firm needs proven", shared=job.person.shared)
    if not intent.yes:
        joinings.decided(job.conn, request.id, job.person.id, job.system.now(), None)
        _tell(job, "not_wanted", request)
        return "not added"
    done = _added(job, request)
    _tell(job, "joined" if done else "not_joined", request)
    return "added" if done else "not added"


def _added(job: Job, request: Joining) -> bool:
    """Register the person; False for an address that we know already, of whichever firm: nobody is told which."""
    assert job.person.firm is not None
    if people.by_email(job.conn, request.email):
        joinings.decided(job.conn, request.id, job.person.id, job.system.now(), None)
        return False
    new = people.add(
        job.conn, request.email, request.name, Role.COLLABORATOR, job.person.firm, frozenset({Right.ANSWER})
    )
    joinings.decided(job.conn, request.id, job.person.id, job.system.now(), new.id)
    payload = {"email": new.email, "name": new.name, "firm": job.person.firm.code}
    journal.add(
        job.conn, job.system.now(), "collaborator_added", payload, person_id=job.person.id, inbox_id=job.inbox_id
    )
    return True


def _tell(job: Job, about: str, request: Joining) -> None:
    """Receipt a decision about a request to whoever took it."""
    conversation = conversations.of(job.conn, Purpose.MENU, job.person.id, "person", job.person.id)
    scene = _scene(job, request, job.person, None, about)
    send(job.system, job.conn, Post("notice", job.person, conversation, reply=True), scene, job.cause)


def _scene(job: Job, request: Joining, reader: Person, question: Question | None, about: str = "") -> Scene:
    now = job.system.now()
    mail = Mail(subject=job.message.subject, at=now, sender=request.email, name=request.name)
    return Scene(
        job.system.oga, now, reader, staff=(question.dossier.staff,) if question else (), about=about,
        by=people.get(job.conn, request.asked_by), mail=mail, word=question.ref if question else "",
    )  # fmt: skip
