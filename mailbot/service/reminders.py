"""Reminders: rows with due times, written as one mail a person, ladder and day, and only in a sending slot."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from ..domain import labels
from ..domain.access import approver
from ..domain.model import Person, Question, Role
from ..domain.reminders import Ladder, Step, ladder, latest_step, moved, next_step, over, readers
from ..letters.scene import Item, Scene
from ..letters.table import APPROVAL
from ..mail.token import Purpose
from ..store import absences, conversations, journal, letters, outbox, people, questions, schedule, stand_ins
from ..store.db import set_setting, setting
from ..store.letters import LetterItem
from .alarm import unwritten
from .approvals import approval_items, signers
from .correspondence import Post, post_of, send
from .system import System

log = logging.getLogger("mailbot.reminders")

KINDS = ("reminder", "last_reminder")
AGAIN = timedelta(minutes=10)  #: when a reminder that could not be written is tried again
BATCH = 500  #: questions whose reminders are worked together
SUPERSEDED = "superseded by a newer reminder"


def plan(system: System, conn: sqlite3.Connection, question: Question) -> None:
    """Set when the next reminder about a question falls due, after each change of it."""
    now, rules = system.now(), system.policy.reminders
    step = None if over(question, rules.calendar.day(now)) else next_step(question, rules, now)
    ahead = [step.at] if step else []
    schedule.remind_at(conn, question.id, min(ahead + _for_the_absent(system, conn, question), default=None))


def adopt(system: System) -> None:
    """Plan all reminders anew where the configuration of the ladders has changed."""
    rules = system.policy.reminders
    known = repr((rules.answer, rules.approval, rules.then_every, rules.before_deadline, rules.calendar))
    if setting(system.store, "reminder_rules") == known:
        return
    above = 0
    while ids := schedule.after(system.store.conn, above, BATCH):
        with system.store.tx() as conn:
            for id in ids:
                plan(system, conn, questions.get(conn, id))
        above = ids[-1]
    with system.store.tx() as conn:
        set_setting(conn, "reminder_rules", known)


def remind(system: System) -> int:
    """Write every reminder that has fallen due; returns how many mails that is. Outside a sending slot, none."""
    now = system.now()
    if setting(system.store, "paused") or not system.policy.reminders.calendar.is_open(now):
        return 0
    count = 0
    while ids := schedule.due(system.store.conn, now, BATCH):
        failed: list[int] = []
        for (kind, person_id), due in _by_reader(system, system.store.conn, ids).items():
            with unwritten(system, f"reminder person={person_id}", partial(failed.extend, due)):
                with system.store.tx() as conn:
                    count += _write(system, conn, people.get(conn, person_id), kind, due)
        with system.store.tx() as conn:
            for id in ids:
                plan(system, conn, questions.get(conn, id))
            for id in failed:
                schedule.remind_at(conn, id, now + AGAIN)
    return count


def skip_past(system: System, conn: sqlite3.Connection) -> int:
    """Pass over the reminders that have fallen due; returns how many questions that concerns."""
    count = 0
    while ids := schedule.due(conn, system.now(), BATCH):
        count += len(ids)
        for id in ids:
            plan(system, conn, questions.get(conn, id))
    return count


def _by_reader(system: System, conn: sqlite3.Connection, ids: list[int]) -> dict[tuple[Ladder, int], list[int]]:
    """Who is reminded of which of these questions."""
    found: dict[tuple[Ladder, int], list[int]] = {}
    for id in ids:
        question = questions.get(conn, id)
        kind, step = ladder(question), _step(system, question)
        if kind is None or step is None:
            continue
        for reader in _readers(system, conn, question, kind, step):
            found.setdefault((kind, reader.id), []).append(id)
    return found


def _step(system: System, question: Question) -> Step | None:
    rules, now = system.policy.reminders, system.now()
    return None if over(question, rules.calendar.day(now)) else latest_step(question, rules, now)


def _readers(system: System, conn: sqlite3.Connection, question: Question, kind: Ladder, step: Step) -> list[Person]:
    """Who is reminded now and can be written to; the expert, or his stand-in, where nobody else can, or where all who
    were asked are away. Who is away is reminded later (_for_the_absent)."""
    expert = approver(question, system.now())
    reached = _reached(system, conn, question, kind, step)
    away = _away(system, conn, question, step, [*reached, expert])
    here = [p for p in reached if p.id not in away]
    asked = [p for p in reached if p != expert]
    joins = (
        bool(asked) and not any(p in here for p in asked) and expert.active and not people.suspended(conn, expert.id)
    )
    if joins and expert not in here and expert.id not in away:
        here.append(expert)
    return here or ([] if reached else [expert])


def _reached(system: System, conn: sqlite3.Connection, question: Question, kind: Ladder, step: Step) -> list[Person]:
    """Whom a step is meant for, as far as they can be written to."""
    before = schedule.steps_before(conn, question.id, question.round, kind, step.day.isoformat())
    meant = readers(question, kind, before, system.now())
    return [p for p in meant if p.active and not people.suspended(conn, p.id)]


def _away(
    system: System, conn: sqlite3.Connection, question: Question, step: Step, among: list[Person]
) -> dict[int, datetime]:
    """Those of these people who are not reminded of a step yet because they are away, and when they will be."""
    rules, now = system.policy.reminders, system.now()
    ids, today = [p.id for p in among], rules.calendar.day(now)
    until = absences.until(conn, ids, today) | stand_ins.until(conn, ids, today)
    times = {id: moved(question, rules, step, last) for id, last in until.items()}
    return {id: at for id, at in times.items() if at > now}


def _for_the_absent(system: System, conn: sqlite3.Connection, question: Question) -> list[datetime]:
    """When the reminder that has fallen due goes to those who are away."""
    kind, step = ladder(question), _step(system, question)
    if kind is None or step is None:
        return []
    away = _away(system, conn, question, step, _reached(system, conn, question, kind, step))
    told = (schedule.reminded(conn, question.id, question.round, kind, step.day.isoformat(), id) for id in away)
    return [at for at, done in zip(away.values(), told, strict=True) if not done]


def _write(system: System, conn: sqlite3.Connection, person: Person, kind: Ladder, ids: list[int]) -> int:
    """One mail that reminds a person of everything that waits for him on a ladder; returns 1, or 0 for none.

    Everything is looked at again: it may have been decided, or written by another thread, a moment ago.
    """
    due = [q for q in (questions.get(conn, id) for id in ids) if _still_due(system, conn, q, kind, person)]
    if not due:
        return 0
    today = _written_today(system, conn, person, kind)
    if len(today) >= system.policy.reminders.per_person_per_day:
        _remember(system, conn, person, kind, due, today[-1])
        return 0
    for old in schedule.unsent(conn, person.id, kind):
        outbox.record(conn, old, "failed", SUPERSEDED, system.now())
    id = letter(system, conn, person, kind, due)
    if id is None:
        return 0
    _remember(system, conn, person, kind, due, id)
    return 1


def _still_due(system: System, conn: sqlite3.Connection, q: Question, kind: Ladder, person: Person) -> bool:
    step = _step(system, q)
    if ladder(q) is not kind or step is None or person not in _readers(system, conn, q, kind, step):
        return False
    return not schedule.reminded(conn, q.id, q.round, kind, step.day.isoformat(), person.id)


def _written_today(system: System, conn: sqlite3.Connection, person: Person, kind: Ladder) -> list[int]:
    begin, end = day_of(system, system.now())
    return schedule.letters_between(conn, person.id, kind, begin, end)


def day_of(system: System, now: datetime) -> tuple[datetime, datetime]:
    """The beginning and the end of the day it is then, where the association is."""
    local = now.astimezone(system.policy.timezone)
    begin = local.replace(hour=0, minute=0, second=0, microsecond=0)
    end = datetime.combine(begin.date() + timedelta(1), begin.timetz().replace(tzinfo=None), system.policy.timezone)
    return begin, end


def _remember(
    system: System, conn: sqlite3.Connection, person: Person, kind: Ladder, due: list[Question], outbox_id: int
) -> None:
    for q in due:
        step = _step(system, q)
        assert step is not None
        schedule.add(conn, q.id, q.round, kind, step.day.isoformat(), person.id, outbox_id, system.now())
        journal.add(
            conn,
            system.now(),
            "reminded",
            {"ladder": kind.value, "step": step.day.isoformat(), "letter": outbox_id},
            question_id=q.id,
            version=q.waiting if kind is Ladder.APPROVAL else 0,
            person_id=person.id,
        )


def letter(system: System, conn: sqlite3.Connection, person: Person, kind: Ladder, due: list[Question]) -> int | None:
    """Write the mail; returns its outbox id, None where nobody may be written to."""
    holds = labels.by_reference(_all_open(system, conn, person, kind, due))
    items, frozen = _items(system, conn, holds, kind)
    last = {q.id for q in holds if (step := _step(system, q)) and step.last}
    items = tuple(replace(i, last=i.question is not None and i.question.id in last) for i in items)
    scene = Scene(
        system.oga,
        system.now(),
        person,
        signers(holds),
        question=holds[0] if len(holds) == 1 else None,
        answer=items[0].answer if len(holds) == 1 else None,
        author=items[0].author if len(holds) == 1 else None,
        about=kind.value,
        items=items,
        attached=False,
    )
    post = _post(system, conn, person, kind, holds, KINDS[bool(last)])
    return send(system, conn, replace(post, items=frozen if len(holds) > 1 else ()), scene)


def _all_open(
    system: System, conn: sqlite3.Connection, person: Person, kind: Ladder, due: list[Question]
) -> list[Question]:
    """What is due, and everything else that waits for that person on the ladder."""
    known, now = {q.id for q in due}, system.now()
    ids = schedule.open_of(conn, person.id, kind, stand_ins.stood_for(conn, person.id, now))
    others = [questions.get(conn, id) for id in ids if id not in known]
    today = system.policy.reminders.calendar.day(now)
    return due + [q for q in others if ladder(q) is kind and not over(q, today) and _meant(conn, q, kind, person, now)]


def _meant(conn: sqlite3.Connection, q: Question, kind: Ladder, person: Person, now: datetime) -> bool:
    """True if the question waits for this person; for an expert who is not asked, or his stand-in, once he was
    reminded of it."""
    may_join = person.role is Role.EXPERT or person == approver(q, now)
    joined = may_join and schedule.was_reminded(conn, q.id, q.round, kind, person.id)
    return person in readers(q, kind, int(joined), now)


def _items(
    system: System, conn: sqlite3.Connection, holds: list[Question], kind: Ladder
) -> tuple[tuple[Item, ...], tuple[LetterItem, ...]]:
    if kind is Ladder.APPROVAL:
        return approval_items(system, conn, holds, set())
    named = labels.labels(holds)
    items = tuple(Item(label, q, comment=_asked_for(conn, q)) for label, q in zip(named, holds, strict=True))
    return items, tuple(LetterItem(label, "question", q.id) for label, q in zip(named, holds, strict=True))


def _asked_for(conn: sqlite3.Connection, q: Question) -> str:
    """What staff or the expert asked for when the question came back, "" in its first round."""
    return journal.last_comment(conn, q.id) if q.round > 1 else ""


def _post(
    system: System, conn: sqlite3.Connection, person: Person, kind: Ladder, holds: list[Question], letter_kind: str
) -> Post:
    """A letter about one thing is of that thing; one about several is a conversation of its own."""
    root = f"rappels.{kind.value}.{person.id}.{system.today():%Y-%m}"
    id = outbox.next_id(conn)
    if kind is Ladder.APPROVAL:
        if len(holds) == 1:
            return replace(post_of(conn, APPROVAL, person, holds[0]), kind=letter_kind, files=True)
        page = conversations.of(conn, Purpose.PAGE, person.id, "letter", id)
        return Post(
            letter_kind, person, conversations.of(conn, Purpose.APPROVE, person.id, "letter", id), page, root=root
        )
    if len(holds) == 1:
        conversation = conversations.of(conn, Purpose.ANSWER, person.id, "question", holds[0].id)
        return Post(letter_kind, person, conversation, question=holds[0])
    return Post(letter_kind, person, conversations.of(conn, Purpose.SEVERAL, person.id, "letter", id), root=root)


def may_leave(system: System, conn: sqlite3.Connection, row: sqlite3.Row) -> bool:
    """Asked of each letter before it is sent. A reminder that was kept back waits for the next sending slot; where
    something it names was settled meanwhile, another takes its place, and where another left today, none does.
    """
    if row["kind"] not in KINDS:
        return True
    calendar, now = system.policy.reminders.calendar, system.now()
    if not calendar.is_open(now):
        outbox.postpone(conn, row["id"], calendar.next_opening(now))
        return False
    marks = schedule.of_letter(conn, row["id"])
    kind = Ladder(marks[0]["ladder"]) if marks else None
    named, waiting = _named(system, conn, row, kind)
    if kind and len(waiting) == len(named) and not _another_left(system, conn, row, kind):
        return True
    outbox.record(conn, row["id"], "failed", SUPERSEDED, now)
    if kind and waiting and not _another_left(system, conn, row, kind):
        _in_its_place(system, conn, row, kind, waiting)
    return False


def _named(
    system: System, conn: sqlite3.Connection, row: sqlite3.Row, kind: Ladder | None
) -> tuple[list[int], list[Question]]:
    """The questions that a reminder names, and those that still wait as it says and whose date has not passed."""
    versions = {i.question_id: i.version for i in letters.items(conn, row["id"]) if i.question_id}
    if not versions and row["question_id"]:
        versions = {row["question_id"]: row["version"] if kind is Ladder.APPROVAL else 0}
    today = system.policy.reminders.calendar.day(system.now())
    found = [q for q in (questions.get(conn, id) for id in versions) if not over(q, today)]
    waiting = [q for q in found if ladder(q) is kind and (not versions[q.id] or q.waiting == versions[q.id])]
    return list(versions), waiting


def _another_left(system: System, conn: sqlite3.Connection, row: sqlite3.Row, kind: Ladder) -> bool:
    sent = schedule.sent_between(conn, row["person_id"], kind, *day_of(system, system.now()))
    return len(sent) >= system.policy.reminders.per_person_per_day


def _in_its_place(
    system: System, conn: sqlite3.Connection, row: sqlite3.Row, kind: Ladder, due: list[Question]
) -> None:
    today = system.policy.reminders.calendar.day(system.now())
    still = [q for q in due if not over(q, today)]
    id = letter(system, conn, people.get(conn, row["person_id"]), kind, still) if still else None
    if id:
        schedule.move_letter(conn, row["id"], id)
