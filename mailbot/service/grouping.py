"""Few letters: receipts of a whole sitting, approvals once the colleagues are done, nothing that may still be undone.

What waits stands in the tables `deed` (receipts) and `plan` (letters to others), each row with a due time. What falls
due at once is written in the transaction of what happened (`flush`), the rest by the tick (`write_due`).
"""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from ..domain import labels
from ..domain.model import Person, Question, State
from ..domain.reminders import Ladder
from ..letters.scene import Item, Scene
from ..letters.table import APPROVAL, DECIDED, DECIDED_BY_STAFF, RECEIPT, TO_TREAT, UNDONE, Row
from ..mail.token import Purpose
from ..store import conversations, deeds, outbox, people, plans, questions, schedule
from ..store.db import setting
from ..store.deeds import Kept
from ..store.letters import LetterItem
from ..store.plans import Plan
from .correspondence import Post, post_of, send
from .deeds import UNDOABLE, cause, recall
from .system import System

log = logging.getLogger("mailbot.grouping")

SHOWN = 20  #: answers that an approval letter holds at most
AGAIN = timedelta(minutes=10)  #: when a letter that could not be written is tried again
#: event -> the kind of letter that receipts it, where that is not `receipt`
KINDS = dict.fromkeys(("approved", "amended", "sent_back", "treated", "asked_again", "withdrawn"), "decided")
KINDS |= {"undone": "notice"}


def flush(system: System, conn: sqlite3.Connection, above: int) -> None:
    """Write what the deeds above that id brought about and is due now; inside their transaction."""
    now = system.now()
    touched = {deed.person_id for deed in deeds.since(conn, above)}
    for person_id in deeds.receipts_due(conn, now):
        if person_id in touched:
            receipts(system, conn, person_id)
    _write(system, conn, plans.of_deeds(conn, above))


def write_due(system: System) -> int:
    """Write every letter that waited and whose time has come; returns how many receipts and plans were looked at."""
    if setting(system.store, "paused"):
        return 0
    conn, now = system.store.conn, system.now()
    people_due, plans_due = deeds.receipts_due(conn, now), plans.due(conn, now)
    for person_id in people_due:
        with system.store.tx() as tx:
            receipts(system, tx, person_id)
    for kind, person_id in dict.fromkeys((plan.kind, plan.person_id) for plan in plans_due):
        with system.store.tx() as tx:
            _write(system, tx, [p for p in plans.of_person(tx, kind, person_id) if p.due_at <= now])
    return len(people_due) + len(plans_due)


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next one falls due."""
    return min(filter(None, (deeds.next_due(conn), plans.next_due(conn))), default=None)


def _write(system: System, conn: sqlite3.Connection, due: list[Plan]) -> None:
    for person_id in dict.fromkeys(p.person_id for p in due if p.kind == "approval"):
        approvals(system, conn, people.get(conn, person_id))
    for plan in due:
        if plan.kind == "to_treat":
            to_treat(system, conn, plan)


# Receipts


def receipts(system: System, conn: sqlite3.Connection, person_id: int) -> None:
    """Write the receipt of what a person did and was not told yet; decisions have one of their own."""
    waiting = deeds.unreceipted(conn, person_id)
    person = people.get(conn, person_id)
    for kind in ("receipt", "decided", "notice"):
        if mine := [deed for deed in waiting if _kind(deed) == kind]:
            _receipt(system, conn, person, mine)


def _kind(deed: Kept) -> str:
    return KINDS.get(deed.event, "receipt")


def _receipt(system: System, conn: sqlite3.Connection, person: Person, waiting: list[Kept]) -> None:
    until = system.now() + system.policy.undo
    ids = [deed.id for deed in waiting]
    deeds.receipted(conn, ids, None, until)
    shown = _sitting(system, conn, waiting)
    items = [_item(system, conn, deed) for deed in shown]
    undoable = any(item.undo for item in items)
    whole = replace(
        recall(system, conn, shown[-1]),
        undo_until=until if undoable else None,
        approval_at=_promised(system, conn, shown),
    )
    outbox_id = _one(system, conn, person, shown[0], whole) if len(shown) == 1 else None
    if len(shown) > 1:
        outbox_id = _several(system, conn, person, shown, items, whole)
    if outbox_id:
        deeds.receipted(conn, ids, outbox_id, until)


def _sitting(system: System, conn: sqlite3.Connection, waiting: list[Kept]) -> list[Kept]:
    """The acts of the sitting that ends with these, oldest first: of each question the newest, nothing undone."""
    begin, found = waiting[0].at, list(waiting)
    for deed in deeds.recent(conn, waiting[0].person_id):
        if deed.id >= waiting[0].id or _kind(deed) != _kind(waiting[0]):
            continue
        if begin - deed.at >= system.policy.sitting:
            break
        found, begin = [deed, *found], deed.at
    return list({deed.question_id: deed for deed in found if not deed.undone}.values())


def _item(system: System, conn: sqlite3.Connection, deed: Kept) -> Item:
    scene = recall(system, conn, deed)
    assert scene.question is not None
    return Item(
        label="",
        question=scene.question,
        answer=scene.answer,
        before=scene.before,
        author=scene.author,
        event=deed.event,
        comment=scene.comment,
        outcome=scene.outcome,
        undo=_may_undo(system, conn, deed),
    )


def _may_undo(system: System, conn: sqlite3.Connection, deed: Kept) -> bool:
    """True while « annuler » would bring the question back: nothing was done to it since, and the time is not over."""
    last, kept = deeds.last(conn, deed.question_id), deeds.get(conn, deed.id)
    open_ = kept.undo_until is None or kept.undo_until > system.now()
    return deed.event in UNDOABLE and last is not None and last.id == deed.id and open_


def _promised(system: System, conn: sqlite3.Connection, shown: list[Kept]) -> datetime | None:
    """About when the expert gets these answers; None where nothing waits any more."""
    waiting = [p for p in plans.of_deeds(conn, shown[0].id - 1) if p.kind == "approval"]
    mine = [p for p in waiting if p.deed_id in {deed.id for deed in shown}]
    if not mine:
        return None
    at = approval_time(system, conn, mine[-1].person_id)
    return at if at > system.now() else None


def _one(system: System, conn: sqlite3.Connection, person: Person, deed: Kept, scene: Scene) -> int | None:
    assert scene.question is not None
    row = ROWS[deed.event] if deed.event in ROWS else RECEIPT
    post = replace(post_of(conn, row, person, scene.question), reply=True)
    return send(system, conn, post, scene, cause(conn, deed))


ROWS: dict[str, Row] = {
    **dict.fromkeys(("approved", "amended", "sent_back"), DECIDED),
    **dict.fromkeys(("treated", "asked_again", "withdrawn"), DECIDED_BY_STAFF),
    "undone": UNDONE,
}


def _several(
    system: System, conn: sqlite3.Connection, person: Person, shown: list[Kept], items: list[Item], scene: Scene
) -> int | None:
    """One letter about all of them, each with its label; a reply to it is split again."""
    newest = shown[-1]
    ordered = sorted(items, key=_key)
    named = labels.labels([item.question for item in ordered if item.question])
    ordered = [replace(item, label=label) for item, label in zip(ordered, named, strict=True)]
    decided = _kind(newest) == "decided"
    purpose = ROWS[newest.event].purpose if decided else Purpose.SEVERAL
    conversation = conversations.of(conn, purpose, person.id, "letter", outbox.next_id(conn))
    post = Post(
        "decided" if decided else "receipt",
        person,
        conversation,
        reply=True,
        items=tuple(_frozen(item, versions=decided) for item in ordered),
    )
    signed = tuple({i.question.dossier.staff.id: i.question.dossier.staff for i in ordered if i.question}.values())
    whole = replace(scene, question=None, answer=None, items=tuple(ordered), staff=signed)
    return send(system, conn, post, whole, cause(conn, newest))


def _key(item: Item) -> tuple[str, int, int]:
    assert item.question is not None
    return item.question.dossier.ref, item.question.exercice, item.question.number


def _frozen(item: Item, versions: bool) -> LetterItem:
    assert item.question is not None
    version = item.answer.version if versions and item.answer else 0
    return LetterItem(item.label, "version" if versions else "question", item.question.id, version)


# Letters to others


def approval_time(system: System, conn: sqlite3.Connection, expert_id: int) -> datetime:
    """When the next approval letter of an expert leaves (DESIGN: grouping); there must be one that waits."""
    waiting = plans.of_person(conn, "approval", expert_id)
    settled = max(p.at for p in waiting) + system.policy.settle
    longest = min(p.at for p in waiting) + max(system.policy.longest, system.policy.settle)
    return max(min(settled, longest), *(_final(system, conn, p) for p in waiting))


def _final(system: System, conn: sqlite3.Connection, plan: Plan) -> datetime:
    """When what brought a plan about can no longer be undone."""
    deed = deeds.get(conn, plan.deed_id)
    if deed.undo_until or deed.receipt_due_at is None:
        return deed.undo_until or deed.at
    return deed.receipt_due_at + system.policy.undo


def approvals(system: System, conn: sqlite3.Connection, expert: Person) -> None:
    """Write an expert what waits for him, or move it to when it is time."""
    waiting = plans.of_person(conn, "approval", expert.id)
    found = {plan.id: questions.get(conn, plan.question_id) for plan in waiting}
    fresh = [p for p in waiting if found[p.id].waiting == p.version and found[p.id].dossier.expert.id == expert.id]
    plans.done(conn, [p.id for p in waiting if p not in fresh], None)
    if not fresh:
        return
    at = approval_time(system, conn, expert.id)
    if at > system.now():
        plans.move(conn, [p.id for p in fresh], at)
    elif not system.policy.settle:
        for plan in fresh:
            plans.done(conn, [plan.id], approval(system, conn, expert, [found[plan.id]], set()))
    else:
        shown = _at_most(fresh, found)
        new = {found[p.id].id for p in shown}
        others = [q for q in _open(conn, expert) if q.id not in {found[p.id].id for p in fresh}]
        holds = labels.by_reference([*(found[p.id] for p in shown), *others[: SHOWN - len(shown)]])
        plans.done(conn, [p.id for p in shown], approval(system, conn, expert, holds, new))


def _at_most(fresh: list[Plan], found: dict[int, Question]) -> list[Plan]:
    """The oldest of those not shown yet, as many as one letter holds; the rest leaves in the next."""
    return fresh[:SHOWN]


def _open(conn: sqlite3.Connection, expert: Person) -> list[Question]:
    found = [questions.get(conn, id) for id in schedule.open_of(conn, expert.id, Ladder.APPROVAL)]
    return labels.by_reference(found)


def approval(
    system: System, conn: sqlite3.Connection, expert: Person, holds: list[Question], new: set[int]
) -> int | None:
    """The approval letter about these questions; `new` are the ids of those that no letter showed before."""
    if len(holds) == 1:
        return _approval_of_one(system, conn, expert, holds[0])
    items, frozen = approval_items(system, conn, holds, new)
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
    """Each answer that waits, as a letter shows it, and what its label stands for."""
    items = []
    for q, label in zip(holds, labels.labels(holds), strict=True):
        scene = _waiting_scene(system, conn, q)
        items.append(Item(label, q, scene.answer, scene.before, author=scene.author, new=bool(new) and q.id in new))
    frozen = tuple(LetterItem(i.label, "version", q.id, q.waiting) for i, q in zip(items, holds, strict=True))
    return tuple(items), frozen


def _waiting_scene(system: System, conn: sqlite3.Connection, q: Question) -> Scene:
    """The scene of the answer that waits, with what it was before."""
    deed = deeds.of_version(conn, q.id, q.waiting)
    if deed:
        return recall(system, conn, deed)
    answer = questions.answer(conn, q.id, q.waiting)
    return Scene(system.oga, system.now(), q.dossier.expert, question=q, answer=answer, by=answer.by, author=answer.by)


def _approval_of_one(system: System, conn: sqlite3.Connection, expert: Person, q: Question) -> int | None:
    return send(system, conn, post_of(conn, APPROVAL, expert, q), _waiting_scene(system, conn, q))


def _shown_at(conn: sqlite3.Connection, expert: Person, q: Question) -> datetime | None:
    id = plans.shown(conn, expert.id, q.id, q.waiting)
    return outbox.written_at(conn, id) if id else None


def signers(holds: list[Question]) -> tuple[Person, ...]:
    """Who signs a letter about these questions: the gestionnaires of their dossiers."""
    return tuple({q.dossier.staff.id: q.dossier.staff for q in holds}.values())


def to_treat(system: System, conn: sqlite3.Connection, plan: Plan) -> None:
    """Write the gestionnaire what was handed over, once it cannot be undone; the newest state of it, once."""
    at = _final(system, conn, plan)
    if at > system.now():
        plans.move(conn, [plan.id], at)
        return
    deed, q = deeds.get(conn, plan.deed_id), questions.get(conn, plan.question_id)
    newer = any(p.question_id == q.id and p.id > plan.id for p in plans.of_person(conn, "to_treat", plan.person_id))
    if newer or deed.undone or q.state not in (State.SUBMITTED, State.TREATED):
        plans.done(conn, [plan.id], None)
        return
    reader = people.get(conn, plan.person_id)
    scene = replace(recall(system, conn, deed), event=plan.event)
    plans.done(conn, [plan.id], send(system, conn, post_of(conn, TO_TREAT, reader, q), scene))
