"""The letters that await an expert: all his colleagues' answers together, once nobody adds to them any more."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from ..domain import labels
from ..domain.access import approver
from ..domain.model import Person, Question
from ..domain.reminders import Ladder
from ..letters.scene import Item, Scene
from ..letters.table import APPROVAL
from ..mail.token import Purpose
from ..store import conversations, deeds, outbox, plans, questions, schedule, stand_ins
from ..store.letters import LetterItem
from ..store.plans import Plan
from .correspondence import Post, post_of, send
from .deeds import recall
from .system import System

SHOWN = 20  #: answers that an approval letter holds at most


def approval_time(system: System, conn: sqlite3.Connection, expert_id: int) -> datetime:
    """When the next approval letter of an expert leaves (DESIGN: grouping); there must be one that waits."""
    waiting = plans.of_person(conn, "approval", expert_id)
    settled = max(p.at for p in waiting) + system.policy.settle
    longest = min(p.at for p in waiting) + max(system.policy.longest, system.policy.settle)
    return max(min(settled, longest), *(final(system, conn, p) for p in waiting))


def final(system: System, conn: sqlite3.Connection, plan: Plan) -> datetime:
    """When what brought a plan about can no longer be undone."""
    deed = deeds.get(conn, plan.deed_id)
    if deed.undo_until or deed.receipt_due_at is None:
        return deed.undo_until or deed.at
    return deed.receipt_due_at + system.policy.undo


def approvals(system: System, conn: sqlite3.Connection, expert: Person) -> None:
    """Write an expert what waits for him, or move it to when it is time."""
    waiting = plans.of_person(conn, "approval", expert.id)
    found = {plan.id: questions.get(conn, plan.question_id) for plan in waiting}
    fresh = [p for p in waiting if found[p.id].waiting == p.version and _waits_for(system, found[p.id], expert)]
    plans.done(conn, [p.id for p in waiting if p not in fresh], None)
    for plan in waiting:
        show_now(system, conn, found[plan.id], plan)
    if not fresh:
        return
    at = approval_time(system, conn, expert.id)
    if at > system.now():
        plans.move(conn, [p.id for p in fresh], at)
    elif not system.policy.settle:
        for plan in fresh:
            plans.done(conn, [plan.id], _write(system, conn, expert, [found[plan.id]], set()))
    else:
        _together(system, conn, expert, fresh, found)


def _waits_for(system: System, q: Question, reader: Person) -> bool:
    return approver(q, system.now()).id == reader.id


def show_now(system: System, conn: sqlite3.Connection, q: Question, plan: Plan) -> None:
    """Where an answer waits for somebody else than the plan was for, its letter to him is planned: the dossier got
    another expert before the letter left, or a stand-in decides meanwhile."""
    now = system.now()
    reader = approver(q, now)
    if q.waiting != plan.version or reader.id == plan.person_id or plans.known(conn, reader.id, q.id, q.waiting):
        return
    plans.add(conn, "approval", reader.id, q.id, plan.version, plan.deed_id, plan.event, plan.at, now)


def _together(
    system: System, conn: sqlite3.Connection, expert: Person, fresh: list[Plan], found: dict[int, Question]
) -> None:
    """One letter with those that no letter showed before, the oldest first, and what else waits as far as it fits."""
    shown = fresh[:SHOWN]
    new, waiting = {found[p.id].id for p in shown}, {found[p.id].id for p in fresh}
    others = [q for q in open_of(system, conn, expert) if q.id not in waiting]
    holds = labels.by_reference([*(found[p.id] for p in shown), *others[: SHOWN - len(shown)]])
    plans.done(conn, [p.id for p in shown], _write(system, conn, expert, holds, new))


def open_of(system: System, conn: sqlite3.Connection, reader: Person) -> list[Question]:
    """All answers that wait for somebody now, as the expert or as a stand-in, in order of reference."""
    instead_of = stand_ins.stood_for(conn, reader.id, system.now())
    found = [questions.get(conn, id) for id in schedule.open_of(conn, reader.id, Ladder.APPROVAL, instead_of)]
    return labels.by_reference([q for q in found if _waits_for(system, q, reader)])


def _write(
    system: System, conn: sqlite3.Connection, expert: Person, holds: list[Question], new: set[int]
) -> int | None:
    """The approval letter about these questions; `new` are the ids of those that no letter showed before."""
    if len(holds) == 1:
        return send(system, conn, post_of(conn, APPROVAL, expert, holds[0]), waiting_scene(system, conn, holds[0]))
    items, frozen = approval_items(system, conn, holds, new if len(new) < len(holds) else set())
    id = outbox.next_id(conn)
    conversation = conversations.of(conn, Purpose.APPROVE, expert.id, "letter", id)
    page = conversations.of(conn, Purpose.PAGE, expert.id, "letter", id)
    earlier = [_shown_at(conn, expert, q) for q in holds if q.id not in new]
    scene = Scene(
        system.oga,
        system.now(),
        expert,
        signers(holds),
        items=items,
        shown_at=max(filter(None, earlier), default=None),
    )
    return send(system, conn, Post("approval", expert, conversation, page, files=True, items=frozen), scene)


def approval_items(
    system: System, conn: sqlite3.Connection, holds: list[Question], new: set[int]
) -> tuple[tuple[Item, ...], tuple[LetterItem, ...]]:
    """Each answer that waits, as a letter shows it, and what its label stands for; `new` bear their chip."""
    items = []
    for q, label in zip(holds, labels.labels(holds), strict=True):
        scene = waiting_scene(system, conn, q)
        items.append(Item(label, q, scene.answer, scene.before, author=scene.author, new=q.id in new))
    frozen = tuple(LetterItem(i.label, "version", q.id, q.waiting) for i, q in zip(items, holds, strict=True))
    return tuple(items), frozen


def waiting_scene(system: System, conn: sqlite3.Connection, q: Question) -> Scene:
    """The scene of the answer that waits, with what it was before."""
    deed = deeds.of_version(conn, q.id, q.waiting)
    if deed:
        return recall(system, conn, deed)
    answer = questions.answer(conn, q.id, q.waiting)
    to = approver(q, system.now())
    return Scene(system.oga, system.now(), to, question=q, answer=answer, by=answer.by, author=answer.by)


def _shown_at(conn: sqlite3.Connection, expert: Person, q: Question) -> datetime | None:
    id = plans.shown(conn, expert.id, q.id, q.waiting)
    return outbox.written_at(conn, id) if id else None


def signers(holds: list[Question]) -> tuple[Person, ...]:
    """Who signs a letter about these questions: the gestionnaires of their dossiers."""
    return tuple({q.dossier.staff.id: q.dossier.staff for q in holds}.values())
