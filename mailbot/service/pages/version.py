"""The page of one version of an answer, for one person: where it stands now, and what may be done there."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ...domain.access import Who, belongs, of_the_firm
from ...domain.model import Answer, Person, Question, Role, State
from ...letters.scene import Item
from ...mail import token
from ...mail.token import Purpose
from ...store import conversations, deeds, journal, nonces, people, questions
from ...store.conversations import Conversation
from ...store.db import moment
from ..deeds import UNDOABLE, recall
from ..system import System
from ..undoing import DECISIONS

LIVES = timedelta(days=30)  #: after the question was treated or withdrawn, the page looks like an unknown one


@dataclass(frozen=True)
class Page:
    """A page about one version of an answer, for one person.

    `kind` is approve or treat while that version waits for the person, done once it was decided, changed where
    another version stands now.
    """

    kind: str
    token: str
    number: int  #: of its conversation
    person: Person
    question: Question  #: with the newest act on it (Question.last)
    answer: Answer  #: the version the page is about
    before: Answer | None = None  #: the version it adds to or changes
    sent: Answer | None = None  #: the version that the expert handed over instead
    label: str = ""  #: where the page of a letter shows it: A, B, or the number of the question
    nonce: str = ""
    box: bool = False  #: « J'ai lu la réponse » must be ticked: nothing else tells a person from a program
    history: tuple[dict[str, Any], ...] = ()
    error: str = ""  #: why a form was not taken: box, nonce, version, shown, text, outcome, …, or a refusal's name
    tried: str = ""  #: the decision of a form that was not taken
    typed: str = ""  #: what was typed in it
    decided: str = ""  #: the event that decided on this version, where one did
    decided_by: Person | None = None
    decided_moment: datetime | None = None
    undo: bool = False  #: the person may take the decision back, until `question.last.until`
    newer: str = ""  #: the token of the version that waits for this person instead
    letter: str = ""  #: the token of the newest letter that holds this version with others
    rest: tuple[Item, ...] = ()  #: the other answers of that letter that wait for the person

    @property
    def ref(self) -> str:
        """What a browser that nobody confirmed may read of it (service/pages/browsers.py: Gated)."""
        return self.question.ref

    @property
    def at(self) -> datetime:
        return self.answer.at


def opened(system: System, conn: sqlite3.Connection, text: str) -> Conversation | None:
    """The conversation of a page's token; None for anything else."""
    known = token.verify(text, system.keys)
    return conversations.get(conn, known[1]) if known and known[0] is Purpose.PAGE else None


def page_of(system: System, conn: sqlite3.Connection, conversation: Conversation) -> Page | None:
    """The page of a conversation about a version, without a nonce; None where it opens none (any more)."""
    person = people.get(conn, conversation.person_id)
    question_id, shown = questions.answer_by_id(conn, conversation.subject_id)
    question = questions.get(conn, question_id)
    history = _told(conn, question_id)
    concerned = person.role is Role.STAFF or of_the_firm(person, question)
    if not person.active or not concerned or _over(system, question, history):
        return None
    question = replace(question, last=deeds.last(conn, question_id))
    address = token.make(Purpose.PAGE, conversation.number, system.keys)
    page = Page("", address, conversation.number, person, question, shown, history=tuple(history))
    return _standing(system, conn, page)


def with_forms(system: System, conn: sqlite3.Connection, page: Page) -> Page:
    """The page as it is shown: with a fresh nonce where it has a form, and the way to what stands now."""
    page = replace(page, before=_before(system, conn, page))
    if page.kind == "changed":
        return replace(page, newer=_newer(system, conn, page))
    if page.kind == "done" and not page.undo:
        return page
    nonce = secrets.token_urlsafe(16)
    nonces.add(conn, nonce, page.number, page.answer.version, fingerprint(page), system.now())
    return replace(page, nonce=nonce, box=not system.policy.confirm_browser)


def fingerprint(page: Page) -> str:
    """SHA-256 over the words and files that the page shows: a form decides on these and on no others."""
    a = page.answer
    files = [(f.name, f.sha256, f.verdict.value) for f in a.files]
    shown = (page.question.text, a.version, a.text, a.set_aside, files)
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def page_token(system: System, conn: sqlite3.Connection, person: Person, kind: str, subject: int) -> str:
    """The token of a person's page about a version or letter."""
    return token.make(Purpose.PAGE, conversations.of(conn, Purpose.PAGE, person.id, kind, subject).number, system.keys)


def waits_for(question: Question, person: Person, now: datetime) -> int:
    """The version that waits for this person's decision now, 0 for none."""
    if person.role is Role.STAFF:
        return question.handed_over if question.state is State.SUBMITTED else 0
    return question.waiting if belongs(person, Who.APPROVER, question, now) else 0


def _newer(system: System, conn: sqlite3.Connection, page: Page) -> str:
    version = waits_for(page.question, page.person, system.now())
    if not version:
        return ""
    return page_token(system, conn, page.person, "version", questions.answer(conn, page.question.id, version).id)


def _before(system: System, conn: sqlite3.Connection, page: Page) -> Answer | None:
    """What the answer was before this version was written onto it; None for a first one."""
    deed = deeds.of_version(conn, page.question.id, page.answer.version)
    return recall(system, conn, deed).before if deed else None


def _told(conn: sqlite3.Connection, question_id: int) -> list[dict[str, Any]]:
    """The history of a question, with names and times for people."""
    rows = journal.history(conn, question_id)
    known = {email: people.by_email(conn, email) for row in rows for email in (row["by"], row["instead_of"]) if email}
    names = {email: person.name for email, person in known.items() if person}
    return [
        {
            **row,
            "name": names.get(row["by"], ""),
            "for_name": names.get(row["instead_of"], ""),
            "moment": moment(row["at"]),
        }
        for row in rows
    ]


def _over(system: System, question: Question, history: list[dict[str, Any]]) -> bool:
    if question.state not in (State.TREATED, State.WITHDRAWN):
        return False
    closed = [h["at"] for h in history if h["event"] in ("treated", "withdrawn")]
    limit = (system.now() - LIVES).strftime("%Y-%m-%dT%H:%M:%SZ")
    return bool(closed) and closed[-1] < limit


def _standing(system: System, conn: sqlite3.Connection, page: Page) -> Page:
    """Which of the four pages it is now."""
    if waits_for(page.question, page.person, system.now()) == page.answer.version:
        return replace(page, kind="treat" if page.person.role is Role.STAFF else "approve")
    deciding = _decision(page)
    if deciding is None:
        return replace(page, kind="changed")
    return replace(
        page,
        kind="done",
        decided=deciding["event"],
        decided_by=people.by_email(conn, deciding["by"] or ""),
        decided_moment=deciding["moment"],
        sent=_sent(conn, page, deciding),
        undo=_may_undo(page, system.now()),
    )


def _sent(conn: sqlite3.Connection, page: Page, deciding: dict[str, Any]) -> Answer | None:
    amended = deciding["event"] == "amended"
    return questions.answer(conn, page.question.id, deciding["version"]) if amended else None


def _may_undo(page: Page, now: datetime) -> bool:
    """True while this person may take back what he decided on this version."""
    last = page.question.last
    if last is None or last.by != page.person.id or last.event not in DECISIONS:
        return False
    return last.before.waiting == page.answer.version and (last.until is None or now < last.until)


DECIDING = {
    Role.STAFF: ("treated", "asked_again", "withdrawn"),
    Role.EXPERT: ("approved", "amended", "sent_back", "submitted", "treated", "withdrawn", "asked_again"),
}


def _decision(page: Page) -> dict[str, Any] | None:
    """The journal's row that decided on this version: the first deciding one since it was written."""
    words = DECIDING.get(page.person.role, DECIDING[Role.EXPERT])
    seen = False
    for row in _still_true(page.history):
        seen = seen or row["version"] == page.answer.version
        if seen and row["event"] in words:
            return row
        if seen and row["event"] == "proposed" and row["version"] != page.answer.version:
            return None
    return None


def _still_true(history: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """The history without the acts that were taken back."""
    kept: list[dict[str, Any]] = []
    for row in history:
        if row["event"] != "undone":
            kept.append(row)
            continue
        acts = [r for r in kept if r["event"] in UNDOABLE and r["version"] == row["version"]]
        kept = [r for r in kept if r is not acts[-1]] if acts else kept
    return kept
