"""A refusal becomes a letter, or silence: what was not done, why, and what can be said instead."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .. import errors as x
from ..domain.model import Answer, Person, Question
from ..letters.scene import Item, Scene
from ..mail.token import Purpose
from ..store import conversations, drafts, inbox, journal, outbox, people, questions
from ..store.conversations import Conversation
from ..store.db import moment
from ..store.letters import LetterItem
from .correspondence import Post, send
from .job import DECIDES, Job
from .pages import browsers
from .refusals import REFUSALS, Reply
from .understanding.intent import Verb
from .waiting import confirmation, joining

KINDS = ("clarification", "refusal", "approval_unclear", "not_your_answer", "unproven", "notice")


@dataclass(frozen=True)
class AskedBack:
    """What became of a refused mail."""

    state: str  #: of its inbox row
    letter: int | None  #: outbox id of the letter that asks back


def ask_back(job: Job, refusal: x.Refusal, verb: Verb | None) -> AskedBack:
    """Write the letter of a refusal. Words that were an answer and could not be filed wait for a person."""
    if isinstance(refusal, x.NotProven) and not refusal.shared:
        return AskedBack("held", confirmation.ask(job))
    reply = REFUSALS[type(refusal)]
    question, version = _question(job)
    held = reply.state == "held" or (isinstance(refusal, x.OutOfTurn) and verb is Verb.ANSWER)
    held = held or (isinstance(refusal, x.Unclear) and refusal.about == "no_conversation")
    held = held or (isinstance(refusal, x.Unclear) and refusal.about == "which" and job.purpose not in DECIDES)
    state = "held" if held else "done"
    if reply.letter is None or _enough(job, reply, question):
        return AskedBack(state, None)
    scene = _scene(job, refusal, question, version)
    post = _post(job, reply, refusal, question, version)
    return AskedBack(state, send(job.system, job.conn, post, scene, job.cause))


def _question(job: Job) -> tuple[Question | None, int]:
    try:
        return job.question()
    except x.Held:
        return None, 0


def _enough(job: Job, reply: Reply, question: Question | None) -> bool:
    """True where the writer was asked back often enough today: in this conversation, or about its question."""
    now = job.system.now()
    if reply.once_a_day:
        since = now.astimezone(job.system.policy.timezone).replace(hour=0, minute=0, second=0)
        return outbox.sent_today(job.conn, job.person.id, reply.letter or "", since)
    number = job.conversation.number if job.conversation else 0
    since = now - timedelta(days=1)
    about = question.id if question else 0
    asked = outbox.count_since(job.conn, job.person.id, number, about, KINDS, since)
    return asked >= job.system.policy.asks_back_per_day


def _scene(job: Job, refusal: x.Refusal, question: Question | None, version: int) -> Scene:
    scene = Scene(
        oga=job.system.oga,
        now=job.system.now(),
        to=job.person,
        question=question,
        answer=_shown(job, question, version),
        by=job.person,
        refusal=type(refusal).__name__,
        mail=job.cause.mail,
    )
    if isinstance(refusal, x.NotProven):
        return replace(scene, about="shared")
    if isinstance(refusal, x.Unclear):
        author = scene.answer.by if scene.answer else None
        about = _asked_about(job) or refusal.about
        return replace(_with_items(job, scene), about=about, draft=refusal.draft, author=author)
    if isinstance(refusal, x.NotYourAnswer):
        return replace(scene, about="together" if refusal.together else "")
    if isinstance(refusal, x.BadFile):
        return replace(scene, about="beside" if refusal.decision else "unsafe", files=refusal.files)
    if isinstance(refusal, x.NothingWritten):
        return replace(
            scene, about="refused" if refusal.refused else "empty", files=job.files if refusal.refused else ()
        )
    if isinstance(refusal, x.Sealed):
        return replace(scene, about="sealed")
    if isinstance(refusal, x.WhichPerson):
        return replace(scene, about="person", word=refusal.typed, passed_to=refusal.candidates)
    if isinstance(refusal, x.NotOffered):
        return replace(scene, word=job.repeated(refusal.word))
    if isinstance(refusal, x.TooLate):
        return replace(scene, until=refusal.latest)
    if isinstance(refusal, x.NotAllowed):
        return replace(scene, approver=refusal.who)
    if isinstance(refusal, x.VersionChanged) and question:
        return replace(scene, answer=_shown(job, question, 0))
    return _already(job, replace(scene, about="waited" if confirmation.asked_about(job) else ""), question)


DECIDING = ("approved", "amended", "sent_back", "submitted", "treated", "withdrawn", "asked_again")


def _already(job: Job, scene: Scene, question: Question | None) -> Scene:
    event, by, at = decided(job.conn, question)
    return replace(scene, decided=event, decided_by=by, decided_at=at) if event else scene


def decided(conn: sqlite3.Connection, question: Question | None) -> tuple[str, Person | None, datetime | None]:
    """Who decided before, and when: the last deciding row of the question's journal; "" where nobody did."""
    rows = journal.history(conn, question.id) if question else []
    last = next((row for row in reversed(rows) if row["event"] in DECIDING), None)
    if last is None:
        return "", None, None
    return last["event"], people.by_email(conn, last["by"] or ""), moment(last["at"])


def _with_items(job: Job, scene: Scene) -> Scene:
    """The scene with what the labels of the letter stand for, where it holds several questions."""
    return replace(scene, items=tuple(_item(job, i) for i in job.items() if i.question_id))


def _item(job: Job, item: LetterItem) -> Item:
    assert item.question_id is not None
    question = questions.get(job.conn, item.question_id)
    shown = questions.answer(job.conn, question.id, item.version) if item.version else None
    return Item(item.label, question, shown, author=shown.by if shown else None)


def _shown(job: Job, question: Question | None, version: int) -> Answer | None:
    if question is None or not question.version:
        return None
    return questions.answer(job.conn, question.id, version or question.version)


def _post(job: Job, reply: Reply, refusal: x.Refusal, question: Question | None, version: int) -> Post:
    kind, conversation = reply.letter or "", _own(job)
    if job.purpose is Purpose.APPROVE and isinstance(refusal, x.Unclear) and refusal.about != "which":
        kind, conversation = "approval_unclear", _draft(job, refusal, question, version) or conversation
    elif job.purpose is Purpose.CONFIRM and isinstance(refusal, x.Unclear) and not _asked_about(job):
        kind = "not_your_answer"
    elif isinstance(refusal, x.NotYourAnswer):
        conversation = conversations.of(job.conn, Purpose.CONFIRM, job.person.id, "held", job.inbox_id)
    return Post(kind, job.person, conversation, _page(job, question, version), question, reply=True)


def _asked_about(job: Job) -> str:
    """What a letter asked that was answered by neither of its words, where a clarification names them again."""
    c = job.conversation
    if c is None or c.purpose is not Purpose.CONFIRM:
        return ""
    if c.subject_kind in (browsers.KIND, joining.KIND):
        return c.subject_kind
    if confirmation.asked_about(job):
        return confirmation.KIND
    row = inbox.get(job.conn, c.subject_id)
    return "someone" if row is not None and row["decision"] == x.SomeoneAnswered.__name__ else ""


def _own(job: Job) -> Conversation:
    """The conversation that was replied in, as the writer's own: a colleague gets a token of his own."""
    c = job.conversation
    if c is None:
        return conversations.of(job.conn, Purpose.MENU, job.person.id, "person", job.person.id)
    return conversations.of(job.conn, c.purpose, job.person.id, c.subject_kind, c.subject_id)


def _draft(job: Job, refusal: x.Unclear, question: Question | None, version: int) -> Conversation | None:
    """Keep words that decided nothing, so that « OK » can add them and « NON » send the answer back with them."""
    if question is None or not (refusal.draft or job.files):
        return None
    written = replace(job.written, text=refusal.draft)
    id = drafts.add(job.conn, question.id, version, written, job.inbox_id, job.system.now())
    return conversations.of(job.conn, Purpose.APPROVE, job.person.id, "draft", id)


def _page(job: Job, question: Question | None, version: int) -> Conversation | None:
    """The page that decides on the version in question, for those letters that offer it."""
    c = job.conversation
    if c and c.subject_kind == "letter" and any(item.version for item in job.items()):
        return conversations.of(job.conn, Purpose.PAGE, job.person.id, "letter", c.subject_id)
    if question is None or not version or job.purpose not in (Purpose.APPROVE, Purpose.TREAT):
        return None
    shown = questions.answer(job.conn, question.id, version)
    return conversations.of(job.conn, Purpose.PAGE, job.person.id, "version", shown.id)
