"""The common door: every command on a question, from whichever side, is decided, kept, journalled and told here."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..domain import commands as c
from ..domain import events as e
from ..domain.access import Who, asked, belongs
from ..domain.model import Person, Question
from ..domain.questions import Act, Decision, decide
from ..errors import UsageError
from ..store import journal, news, questions
from . import correspondence
from .correspondence import Cause
from .system import System

log = logging.getLogger("mailbot.questions")


def act(
    system: System,
    conn: sqlite3.Connection,
    question: Question,
    command: c.Command,
    doing: Act,
    cause: Cause | None = None,
) -> Decision:
    """Carry out one command inside the caller's transaction. Raises a Refusal, and then nothing was written."""
    decision = decide(question, command, doing)
    questions.save(conn, decision, cause.inbox_id if cause else None)
    for event in decision.events:
        _remember(conn, event, doing.at, cause)
        after = questions.get(conn, question.id)
        _note_news(conn, event, question, doing)
        correspondence.tell(system, conn, event, question, after, doing, cause)
        log.info("decided question=%s event=%s by=%s", question.id, event.name, event.by)
    return decision


def _remember(conn: sqlite3.Connection, event: e.Event, at: datetime, cause: Cause | None) -> None:
    payload = {k: v for k, v in asdict(event).items() if k not in ("question_id", "by", "version")}
    if isinstance(event, e.Asked | e.PassedOn):
        questions.ask(conn, event.question_id, event.to)
    if event.version:
        kept = questions.answer(conn, event.question_id, event.version)
        payload["answer_sha256"] = questions.fingerprint(kept)
    journal.add(
        conn,
        at,
        event.name,
        {k: _plain(v) for k, v in payload.items()},
        question_id=event.question_id,
        version=event.version,
        person_id=event.by,
        inbox_id=cause.inbox_id if cause else None,
    )


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return getattr(value, "value", list(value) if isinstance(value, tuple) else value)


def _note_news(conn: sqlite3.Connection, event: e.Event, before: Question, doing: Act) -> None:
    """The author of an answer that somebody else handed over is told in his next letter."""
    if isinstance(event, e.Approved | e.Amended) and before.answer and before.answer.by.id != event.by:
        news.add(conn, before.answer.by.id, before.id, before.version, event.version, event.by, doing.at)


def ask(
    system: System,
    ids: Iterable[int],
    by: Person | None = None,
    progress: Callable[[], None] | None = None,
    batch: int = 50,
) -> int:
    """Put drafts to their firms, `batch` questions a transaction; returns how many were asked.

    `by` is the member of staff who asks; by default the gestionnaire of each dossier.
    """
    waiting, count = list(ids), 0
    for start in range(0, len(waiting), batch):
        with system.store.tx() as conn:
            for id in waiting[start : start + batch]:
                question = questions.get(conn, id)
                people = asked(question, system.policy.everyone)
                doing = Act(by or question.dossier.staff, system.now())
                act(system, conn, question, c.Ask(tuple(p.id for p in people)), doing)
                count += 1
                if progress:
                    progress()
    return count


def find(conn: sqlite3.Connection, ref: str) -> Question:
    """The question of a public reference. Raises UsageError."""
    id = questions.id_of(conn, ref)
    if id is None:
        raise UsageError(f"no question {ref}: `mailbot show DOSSIER` lists the references of a dossier")
    return questions.get(conn, id)


def pass_on(question: Question, person: Person, note: str, colleagues: Iterable[Person]) -> c.PassOn:
    """Whom « Je n'ai pas ce dossier » hands the question to: the colleague it names, else nobody new while others
    keep it, else the expert."""
    able = (p for p in colleagues if p.id != person.id and belongs(p, Who.FIRM, question))
    named = [p for p in able if _named(p, note)]
    if len(named) == 1:
        return c.PassOn((named[0].id,), note)
    gone = {person.id, *(p.id for p in question.passed_on)}
    if any(p.id not in gone for p in question.asked):
        return c.PassOn((), note)
    expert = question.dossier.expert
    return c.PassOn(() if expert.id in gone else (expert.id,), note)


def _named(person: Person, note: str) -> bool:
    lower = note.lower()
    return person.name.lower() in lower or person.email in lower
