"""Writes our letters: gathers what a letter may speak of, renders it, and queues it with everything fixed.

Called inside the transaction of what happened, so that no state exists without its letters.
"""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..domain import events as e
from ..domain.access import answers_alone, approver, asked, of_the_firm
from ..domain.model import Answer, Channel, File, News, Person, Question, Role
from ..domain.questions import Act
from ..letters.render import render
from ..letters.scene import Mail, Scene
from ..letters.table import LETTERS, About, Row, To, When
from ..mail.message import Address, AttachedFile, OutgoingMessage
from ..mail.token import Purpose
from ..store import conversations, deeds, letters, news, outbox, people, questions
from ..store.conversations import Conversation
from ..store.letters import LetterItem
from . import restraint
from .system import System

log = logging.getLogger("mailbot.letters")

#: Kinds that answer a mail of the reader: no machine may answer them back (RFC 3834 §5).
AUTOMATIC = frozenset(
    "receipt decided clarification refusal unproven notice help approval_unclear digest alarm"
    " confirm_mail confirm_address addresses absence_noted confirm_code browsers".split()
)
#: Kinds that tell the reader which of his answers were handed over since his last letter.
TELLS_NEWS = frozenset(
    "question dossier receipt sent_back asked_again decided clarification reminder last_reminder".split()
)


@dataclass(frozen=True)
class Cause:
    """The mail that brought something about: where its reply belongs, and what to say of it."""

    inbox_id: int
    message_id: str
    mail: Mail
    conversation: Conversation | None = None
    file_announced: bool = False


@dataclass(frozen=True)
class Post:
    """One letter to be: its kind, its reader, and what a reply or its page would be about."""

    kind: str
    to: Person
    conversation: Conversation
    page: Conversation | None = None
    question: Question | None = None
    files: bool = False
    reply: bool = False  #: answers `cause`
    items: tuple[LetterItem, ...] = ()  #: what the labels of a letter with several items stand for
    root: str = ""  #: of the thread, where it is not the question's: « personne.mois »


def tell(system: System, conn: sqlite3.Connection, event: e.Event, scene: Scene, act: Act, cause: Cause | None) -> None:
    """Write the letters of one event that leave at once, as letters.table says; grouping.py writes the others."""
    assert scene.question is not None
    for row in LETTERS[type(event)]:
        if row.when is not When.NOW or (isinstance(event, e.Asked) and system.policy.dossier_letters):
            continue
        for reader in readers(conn, row, event, scene.question, act):
            post = post_of(conn, row, reader, scene.question)
            others = tuple(p for p in scene.question.asked if p.id != reader.id) if row.kind == "question" else ()
            send(system, conn, post, replace(scene, others=others), cause)


def readers(conn: sqlite3.Connection, row: Row, event: Any, q: Question, act: Act) -> tuple[Person, ...]:
    """Whom a letter of an event goes to."""
    if row.to is To.WRITER:
        return (act.by,) if act.channel is Channel.MAIL and act.by.id == event.by else ()
    if row.to is To.AUTHOR:
        author = people.get(conn, event.author)
        return (author,) if author.active and of_the_firm(author, q) else still_asked(conn, q)
    if row.to is To.PASSED_TO:
        return tuple(people.by_ids(conn, event.to).values())
    if row.to is To.APPROVER:
        return (approver(q, act.at),)
    if row.to is To.STAFF:
        return (q.dossier.staff,)
    return still_asked(conn, q)


def still_asked(conn: sqlite3.Connection, q: Question) -> tuple[Person, ...]:
    """Who has the question: those it was put to, as far as they are still of the dossier's firm; else those it would
    be put to now, who are then asked. A dossier may have moved to another firm since."""
    still = tuple(p for p in q.asked if p not in q.passed_on and p.active and of_the_firm(p, q))
    if still:
        return still
    now = tuple(p for p in asked(q) if p not in q.passed_on) or (q.dossier.expert,)
    questions.ask(conn, q.id, tuple(p.id for p in now))
    return now


def post_of(conn: sqlite3.Connection, row: Row, reader: Person, q: Question) -> Post:
    """The letter that a row of the table means, for one reader."""
    subject = _subject(row, q)
    purpose = Purpose.ANSWER if subject[0] == "question" and row.about is About.VERSION else row.purpose
    conversation = conversations.of(conn, purpose, reader.id, *subject)
    page = conversations.of(conn, Purpose.PAGE, reader.id, *subject) if row.page else None
    return Post(row.kind, reader, conversation, page, q, row.files, reply=row.to is To.WRITER)


def _subject(row: Row, q: Question) -> tuple[str, int]:
    if row.about is About.VERSION and q.answer:
        return "version", q.answer.id
    return "question", q.id


def scene_of(
    system: System,
    conn: sqlite3.Connection,
    event: Any,
    before: Question,
    after: Question,
    act: Act,
    cause: Cause | None,
) -> Scene:
    """What the letters of an event may speak of."""
    return Scene(
        oga=system.oga,
        now=act.at,
        to=act.by,
        question=after,
        answer=after.base if event.name == "asked_again" else after.answer,
        before=_before(conn, event, before, after),
        by=people.get(conn, event.by),
        author=_author(after, before.answer),
        event=event.undid if isinstance(event, e.Undone) else event.name,
        comment=getattr(event, "comment", "") or getattr(event, "note", ""),
        outcome=getattr(event, "outcome", None),
        instead_of=_instead_of(conn, event),
        until=getattr(event, "until", None) or getattr(event, "due", None),
        passed_to=tuple(people.by_ids(conn, event.to).values()) if isinstance(event, e.PassedOn) else (),
        about=event.name if event.name in ("withdrawn", "due_changed", "undone") else "",
        mail=cause.mail if cause else None,
        file_announced=cause.file_announced if cause else False,
    )


def _before(conn: sqlite3.Connection, event: e.Event, before: Question, after: Question) -> Answer | None:
    """What the answer was before the change that a letter shows, None where there is nothing to compare with."""
    if event.name in ("proposed", "added"):
        return before.base
    if event.name == "amended":
        return before.answer
    if event.name == "approved" and before.handed_over and after.answer and after.answer.addition:
        return questions.answer(conn, after.id, before.handed_over)
    return None


def _instead_of(conn: sqlite3.Connection, event: e.Event) -> Person | None:
    """The expert in whose place a stand-in decided."""
    id = getattr(event, "instead_of", 0)
    return people.get(conn, id) if id else None


def _author(after: Question, shown: Answer | None) -> Person | None:
    """Who wrote the answer: of an amended one the author of what the expert was shown."""
    if after.answer is None:
        return None
    amended = after.answer.approved_by is not None and after.answer.approved_by.id == after.answer.by.id
    return shown.by if shown and amended else after.answer.by


def send(system: System, conn: sqlite3.Connection, post: Post, scene: Scene, cause: Cause | None = None) -> int | None:
    """Render and queue one letter; returns its outbox id, or None where the address is suspended or left."""
    if people.suspended(conn, post.to.id) or not post.to.active:
        log.info("not written kind=%s person=%s: suspended or inactive", post.kind, post.to.id)
        return None
    if post.reply and cause and restraint.forbids(conn, cause.inbox_id, post.kind):
        log.info("not written kind=%s cause=%s: a machine may have written that mail", post.kind, cause.inbox_id)
        return None
    id = outbox.next_id(conn)
    untold = _news(conn, post, scene)
    files = _files(post, scene)
    scene = _for(system, post, scene, files, untold)
    letter = render(system.templates, post.kind, scene)
    message = OutgoingMessage(
        kind=post.kind,
        to=Address(post.to.name, post.to.email),
        from_=system.bot,
        reply_to=scene.reply_to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        date=scene.now,
        message_id=f"<{_token(scene.reply_to, system)}.{id}@{system.domain}>",
        in_reply_to=cause.message_id if cause and post.reply else "",
        references=_references(system, post, cause),
        automatic=post.kind in AUTOMATIC,
        seed=f"{id}.{post.conversation.number}",
        files=tuple(_attached(f) for f in files) if scene.attached else (),
    )
    outbox.add(
        conn,
        message,
        id=id,
        due_at=scene.now,
        person_id=post.to.id,
        conversation=post.conversation.number,
        question_id=post.question.id if post.question else None,
        version=scene.answer.version if scene.answer else 0,
        cause=cause.inbox_id if cause else None,
    )
    letters.freeze(conn, id, list(post.items))
    news.told(conn, post.to.id, [one.question.id for one in untold], id)
    log.info("queued outbox=%s kind=%s cause=%s", id, post.kind, cause.inbox_id if cause else None)
    return id


def _news(conn: sqlite3.Connection, post: Post, scene: Scene) -> tuple[News, ...]:
    """What the reader is told of his earlier answers: what can no longer be undone, of dossiers still of his firm."""
    untold = news.untold(conn, post.to.id) if post.kind in TELLS_NEWS else ()
    return tuple(one for one in untold if of_the_firm(post.to, one.question) and _final(conn, one, scene))


def _final(conn: sqlite3.Connection, one: News, scene: Scene) -> bool:
    last = deeds.last(conn, one.question.id)
    return last is None or last.by != one.by.id or (last.until is not None and last.until <= scene.now)


def _for(system: System, post: Post, scene: Scene, files: tuple[File, ...], untold: tuple[News, ...]) -> Scene:
    """The scene as this reader sees it."""
    q = post.question
    page = system.page(post.page.number) if post.page else ""
    small = sum(f.size for f in files) <= system.policy.mail_files_up_to
    return replace(
        scene,
        to=post.to,
        question=q,
        staff=scene.staff if q is None else () if post.to.role is Role.STAFF else (q.dossier.staff,),
        approver=scene.approver or (_approver(post.to, q, scene.now) if q else None),
        reply_to=system.address(post.conversation.purpose, post.conversation.number),
        page=page,
        attached=small or not page,
        news=untold,
    )


def _approver(reader: Person, q: Question, now: datetime) -> Person | None:
    return None if answers_alone(reader, q) or reader.role is Role.STAFF else approver(q, now)


def _files(post: Post, scene: Scene) -> tuple[File, ...]:
    """The files that travel with the letter, each once."""
    if not post.files:
        return ()
    shown = [item.answer for item in scene.items] or [scene.answer]
    return tuple({f.sha256 + f.name: f for answer in shown if answer for f in answer.kept_files}.values())


def _attached(file: File) -> AttachedFile:
    return AttachedFile(file.name, file.type, file.sha256, file.inbox_id, file.part)


def _token(address: str, system: System) -> str:
    return system.token_in(address)


def _references(system: System, post: Post, cause: Cause | None) -> tuple[str, ...]:
    """The thread: one root a question, then the mail that is answered (RFC 5322 §3.6.4)."""
    name = post.root or (f"{post.question.ref.lower()}.question" if post.question else "")
    root = (f"<{name}@{system.domain}>",) if name else ()
    return (*root, cause.message_id) if cause and post.reply and cause.message_id else root
