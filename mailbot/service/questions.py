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
from ..domain.access import Who, approver, asked, belongs
from ..domain.model import Channel, Person, Question, State
from ..domain.questions import Act, Decision, decide
from ..errors import UsageError
from ..store import deeds as kept_deeds
from ..store import journal, news, plans, questions
from . import correspondence, dossier_letter, grouping, reminders
from .correspondence import Cause
from .deeds import keep, undo
from .system import System

log = logging.getLogger("mailbot.questions")


HANDS_OVER = frozenset({"submitted", "approved", "amended", "added"})


def act(
    system: System,
    conn: sqlite3.Connection,
    question: Question,
    command: c.Command,
    doing: Act,
    cause: Cause | None = None,
) -> Decision:
    """Carry out one command inside the caller's transaction. Raises a Refusal, and then nothing was written.

    Of a command by mail the letters that may wait are written by the caller, once the whole mail is worked
    (grouping.flush); an Undo needs `question.last`.
    """
    above = kept_deeds.newest(conn)
    decision = decide(question, command, doing)
    questions.save(conn, decision, cause.inbox_id if cause else None)
    if isinstance(command, c.Undo):
        _take_back(conn, question, doing.at)
    after = question
    for event in decision.events:
        _remember(conn, event, doing.at, cause)
        after = questions.get(conn, question.id)
        _note_news(conn, event, question, doing)
        scene = correspondence.scene_of(system, conn, event, question, after, doing, cause)
        correspondence.tell(system, conn, event, scene, doing, cause)
        wrote = decision.new_answer is not None and event is decision.events[0]
        keep(system, conn, event, question, scene, doing, cause, wrote)
        log.info("decided question=%s event=%s by=%s", question.id, event.name, event.by)
    reminders.plan(system, conn, after)
    if doing.channel is not Channel.MAIL:
        grouping.flush(system, conn, above)
    return decision


def _take_back(conn: sqlite3.Connection, question: Question, at: datetime) -> None:
    """The newest act on a question is undone: its version, its approval, its letters that have not left."""
    assert question.last is not None
    done = kept_deeds.get(conn, question.last.id)
    undo(conn, done, at)
    questions.undo(conn, question.id, done.version, done.wrote, at)
    news.undone(conn, question.id, done.person_id, done.version)
    _show_again(conn, questions.get(conn, question.id), at)


def _show_again(conn: sqlite3.Connection, question: Question, at: datetime) -> None:
    """An answer that was decided before its approval letter left, and waits again, has its letter yet to come; so has
    one that was handed over, where staff were to be told of what came on top of it."""
    expert = approver(question, at).id
    wrote = kept_deeds.of_version(conn, question.id, question.waiting) if question.waiting else None
    if wrote and not plans.known(conn, expert, question.id, question.waiting):
        plans.add(conn, "approval", expert, question.id, question.waiting, wrote.id, wrote.event, at, at)
    staff, over = question.dossier.staff.id, question.handed_over
    last = kept_deeds.last(conn, question.id)
    handed_over = question.state is State.SUBMITTED and last and last.version == over and last.event in HANDS_OVER
    if last and handed_over and not plans.known(conn, staff, question.id, over, "to_treat"):
        plans.add(conn, "to_treat", staff, question.id, over, last.id, last.event, at, at)


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
    while waiting:
        with system.store.tx() as conn:
            for group in _portion(system, conn, waiting, batch):
                for question in group:
                    people = asked(question, system.policy.everyone)
                    doing = Act(by or question.dossier.staff, system.now())
                    act(system, conn, question, c.Ask(tuple(p.id for p in people)), doing)
                    count += 1
                    if progress:
                        progress()
                if system.policy.dossier_letters:
                    dossier_letter.write(system, conn, [questions.get(conn, q.id) for q in group])
    return count


def letters(system: System, ids: Iterable[int]) -> int:
    """How many letters asking these questions takes."""
    conn, found = system.store.conn, set()
    for id in ids:
        q = questions.get(conn, id)
        about = (q.dossier.id, q.exercice) if system.policy.dossier_letters else id
        found |= {(about, person.id) for person in asked(q, system.policy.everyone)}
    return len(found)


def _portion(system: System, conn: sqlite3.Connection, waiting: list[int], batch: int) -> list[list[Question]]:
    """The next questions, taken off `waiting`; those of one letter stay together."""
    groups: list[list[Question]] = []
    taken = 0
    for id in waiting:
        question = questions.get(conn, id)
        same = groups and _of_one_letter(system, groups[-1][-1], question)
        if taken >= batch and not same:
            break
        if same:
            groups[-1].append(question)
        else:
            groups.append([question])
        taken += 1
    del waiting[:taken]
    return groups


def _of_one_letter(system: System, one: Question, other: Question) -> bool:
    same = (one.dossier.id, one.exercice) == (other.dossier.id, other.exercice)
    return system.policy.dossier_letters and same


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
