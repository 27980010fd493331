"""The page of a letter with several answers: a block and forms an answer, each posted to that answer's own page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ...domain.model import Person
from ...letters.scene import Item
from ...letters.several import about
from ...mail.token import Purpose
from ...store import conversations, letters, outbox, people, questions
from ...store.conversations import Conversation
from ...store.letters import LetterItem
from ..system import System
from .version import Page, page_of, page_token, waits_for, with_forms


@dataclass(frozen=True)
class LetterPage:
    """A page about the answers of one letter, for one person, each as its own page shows it."""

    token: str
    person: Person
    at: datetime  #: when the letter was written
    items: tuple[Page, ...]
    kind: str = "several"
    error: str = ""  #: a form was posted to the letter itself, which decides nothing

    @property
    def ref(self) -> str:
        """What a browser that nobody confirmed may read of it (service/pages/browsers.py: Gated)."""
        return about(tuple(Item(page.label, page.question) for page in self.items))


def letter_page(system: System, conn: sqlite3.Connection, conversation: Conversation) -> LetterPage | None:
    """The page of a letter, without a nonce; None once each of its answers is over, or no longer this person's."""
    person = people.get(conn, conversation.person_id)
    found = [_shown(system, conn, person, item) for item in _versions(conn, conversation.subject_id)]
    items = tuple(page for page in found if page)
    if not items:
        return None
    address = page_token(system, conn, person, "letter", conversation.subject_id)
    return LetterPage(address, person, outbox.written_at(conn, conversation.subject_id), items)


def _versions(conn: sqlite3.Connection, outbox_id: int) -> Iterator[tuple[LetterItem, int]]:
    """The items of a letter that are answers, with the ids of their questions."""
    for item in letters.items(conn, outbox_id):
        if item.version and item.question_id:
            yield item, item.question_id


def _shown(system: System, conn: sqlite3.Connection, person: Person, held: tuple[LetterItem, int]) -> Page | None:
    item, question_id = held
    answer = questions.answer(conn, question_id, item.version)
    page = page_of(system, conn, conversations.of(conn, Purpose.PAGE, person.id, "version", answer.id))
    return page and replace(page, label=item.label)


def with_all_forms(system: System, conn: sqlite3.Connection, page: LetterPage) -> LetterPage:
    """The page as it is shown: each answer with a nonce of its own, where it has a form."""
    return replace(page, items=tuple(with_forms(system, conn, item) for item in page.items))


def beside(system: System, conn: sqlite3.Connection, page: Page) -> Page:
    """The page of one answer with the way back: the newest letter that holds it, and what of it waits yet."""
    outbox_id = letters.holding(conn, page.person.id, page.question.id, page.answer.version)
    if outbox_id is None:
        return page
    rest = tuple(_rest(system, conn, page, outbox_id))
    return replace(page, letter=page_token(system, conn, page.person, "letter", outbox_id), rest=rest)


def _rest(system: System, conn: sqlite3.Connection, page: Page, outbox_id: int) -> Iterator[Item]:
    for item, question_id in _versions(conn, outbox_id):
        question = questions.get(conn, question_id)
        if question_id != page.question.id and waits_for(question, page.person, system.now()) == item.version:
            yield Item(item.label, question, questions.answer(conn, question_id, item.version))
