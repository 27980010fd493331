"""Receipts: what a person did in one sitting, in one letter, with what can still be taken back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ..domain import labels
from ..domain.model import Person, Question, State
from ..letters.scene import Item, Scene, Unplaced
from ..letters.table import DECIDED, DECIDED_BY_STAFF, RECEIPT, UNDONE, About, Row
from ..mail.token import Purpose
from ..store import conversations, deeds, outbox, people, plans, questions
from ..store.deeds import Kept
from ..store.letters import LetterItem
from . import restraint
from .approvals import approval_time, signers, waiting_scene
from .correspondence import Cause, Post, post_of, send
from .deeds import UNDOABLE, cause_of, recall
from .job import letter_items
from .system import System

#: event -> the row of the table that receipts it, where that is not RECEIPT
ROWS: dict[str, Row] = {
    **dict.fromkeys(("approved", "amended", "sent_back"), DECIDED),
    **dict.fromkeys(("treated", "asked_again", "withdrawn"), DECIDED_BY_STAFF),
    "undone": UNDONE,
}
#: « Votre validation est annulée : la réponse attend de nouveau votre validation »: a reply decides, it is no answer.
DECISION_UNDONE = replace(UNDONE, purpose=Purpose.APPROVE, about=About.VERSION)


@dataclass(frozen=True)
class Untaken:
    """The parts of one mail that did nothing: its receipt says so, and then leaves at once."""

    person: Person
    kind: str  #: of the receipt: receipt or decided
    items: tuple[Item, ...]
    cause: Cause
    at_once: bool = False  #: the receipt leaves at once in any case: a digest was answered
    unplaced: tuple[Unplaced, ...] = ()  #: what it asks about: words and files that belong to no question for sure

    @property
    def tells(self) -> bool:
        """True if the receipt of what was done must not wait."""
        return self.at_once or bool(self.unplaced)


@dataclass(frozen=True)
class _Sitting:
    """What one receipt is about."""

    person: Person
    kind: str
    shown: list[Kept]
    untaken: tuple[Item, ...]
    cause: Cause | None
    unplaced: tuple[Unplaced, ...] = ()

    @property
    def decided(self) -> bool:
        return self.kind == "decided"

    @property
    def reopened(self) -> bool:
        """True where decisions were taken back: the answers wait for the reader again."""
        undid = [json.loads(deed.told)["event"] for deed in self.shown if deed.event == "undone"]
        return self.kind == "notice" and any(ROWS.get(event) is DECIDED for event in undid)


def _row(deed: Kept) -> Row:
    return ROWS.get(deed.event, RECEIPT)


def receipts(system: System, conn: sqlite3.Connection, person_id: int, untaken: Untaken | None = None) -> None:
    """Write the receipt of what a person did and was not told yet; decisions have one of their own."""
    waiting, person = _to_be_told(system, conn, deeds.unreceipted(conn, person_id)), people.get(conn, person_id)
    if untaken and restraint.forbids(conn, untaken.cause.inbox_id, untaken.kind):
        untaken = None
    for kind in ("receipt", "decided", "notice"):
        mine = [deed for deed in waiting if _row(deed).kind == kind]
        beside = untaken if untaken and untaken.kind == kind and (untaken.items or untaken.unplaced) else None
        if mine or (beside and beside.items):
            _receipt(system, conn, person, kind, mine, beside)


def _to_be_told(system: System, conn: sqlite3.Connection, waiting: list[Kept]) -> list[Kept]:
    """Without what mails did that no letter answers."""
    silent = [d for d in waiting if d.inbox_id and restraint.forbids(conn, d.inbox_id, _row(d).kind)]
    deeds.receipted(conn, [deed.id for deed in silent], None, system.now() + system.policy.undo)
    return [deed for deed in waiting if deed not in silent]


def _receipt(
    system: System, conn: sqlite3.Connection, person: Person, kind: str, waiting: list[Kept], untaken: Untaken | None
) -> None:
    until, ids = system.now() + system.policy.undo, [deed.id for deed in waiting]
    deeds.receipted(conn, ids, None, until)
    shown = _sitting(system, conn, kind, waiting) if waiting else []
    cause = untaken.cause if untaken else cause_of(conn, shown[-1])
    beside = (untaken.items, cause, untaken.unplaced) if untaken else ((), cause, ())
    sitting = _Sitting(person, kind, shown, *beside)
    items = [_item(system, conn, deed, shown[-1].inbox_id) for deed in shown]
    scene = recall(system, conn, shown[-1]) if shown else Scene(system.oga, system.now(), person)
    scene = replace(
        scene,
        mail=cause.mail if cause else None,
        undo_until=until if any(item.undo for item in items) else None,
        approval_at=_promised(system, conn, shown) if shown else None,
    )
    known = _labels_of_the_letter(conn, sitting)
    items += _unnamed(system, conn, sitting, known)
    missing = _missing(conn, sitting, known)
    beside_it = sitting.untaken or sitting.unplaced or (missing and items[0].event in ANSWERED)
    if len(items) == 1 and not beside_it and items[0].event == shown[0].event:
        outbox_id = _one(system, conn, sitting, scene)
    else:
        outbox_id = _several(system, conn, sitting, items, scene, known)
    if outbox_id:
        deeds.receipted(conn, ids, outbox_id, until)


def _sitting(system: System, conn: sqlite3.Connection, kind: str, waiting: list[Kept]) -> list[Kept]:
    """The acts of the sitting that ends with these, oldest first: of each question the newest, nothing undone."""
    begin, found = waiting[0].at, list(waiting)
    for deed in deeds.recent(conn, waiting[0].person_id):
        if deed.id >= waiting[0].id or _row(deed).kind != kind:
            continue
        if begin - deed.at >= system.policy.sitting:
            break
        begin = deed.at
        if _stands(conn, deed):
            found = [deed, *found]
    newest = {deed.question_id: deed for deed in found if not deed.undone}
    return sorted(newest.values(), key=lambda deed: deed.id)


def _stands(conn: sqlite3.Connection, deed: Kept) -> bool:
    """True while nobody did anything else to the question: what was told before may be told again."""
    last = deeds.last(conn, deed.question_id)
    return last is None or last.id <= deed.id or last.by == deed.person_id


NOTHING = "NothingWritten"  #: as a refusal: the reply names the question, and says nothing
#: After these a receipt says which questions of the letter still wait.
ANSWERED = frozenset({"proposed", "submitted", "added"})
#: What an answer became before its receipt left; anything else is told as it was done.
BECAME = {State.SUBMITTED: "submitted", State.TREATED: "treated", State.WITHDRAWN: "withdrawn"}


def _event(question: Question | None, deed: Kept) -> str:
    """What a receipt says was done: of an answer that was decided on meanwhile, what became of it."""
    if question is None or deed.event != "proposed" or question.waiting >= deed.version:
        return deed.event
    return BECAME.get(question.state, deed.event)


def _item(system: System, conn: sqlite3.Connection, deed: Kept, newest: int | None) -> Item:
    """One act of the sitting; « annuler » takes back what the newest mail did, and no more."""
    scene = recall(system, conn, deed)
    return Item(
        label="",
        question=scene.question,
        answer=scene.answer,
        before=scene.before,
        author=scene.author,
        event=_event(scene.question, deed),
        comment=scene.comment,
        outcome=scene.outcome,
        undo=deed.inbox_id == newest and _may_undo(system, conn, deed),
    )


def _may_undo(system: System, conn: sqlite3.Connection, deed: Kept) -> bool:
    """True while « annuler » would bring the question back: nothing was done to it since, and the time is not over."""
    last, kept = deeds.last(conn, deed.question_id), deeds.get(conn, deed.id)
    in_time = kept.undo_until is None or kept.undo_until > system.now()
    return deed.event in UNDOABLE and last is not None and last.id == deed.id and in_time


def _promised(system: System, conn: sqlite3.Connection, shown: list[Kept]) -> datetime | None:
    """About when the expert gets these answers; None where nothing waits any more."""
    mine = {deed.id for deed in shown}
    waiting = [p for p in plans.of_deeds(conn, min(mine) - 1) if p.kind == "approval" and p.deed_id in mine]
    if not waiting:
        return None
    at = approval_time(system, conn, waiting[-1].person_id)
    return at if at > system.now() else None


def _labels_of_the_letter(conn: sqlite3.Connection, sitting: _Sitting) -> dict[int, LetterItem]:
    """The items of the letter that was answered, by question; none where the sitting is about others as well."""
    answered = sitting.cause.conversation if sitting.cause else None
    if answered is None and sitting.shown and sitting.shown[-1].conversation:
        answered = conversations.get(conn, sitting.shown[-1].conversation)
    if answered is None:
        return {}
    found = {item.question_id: item for item in letter_items(conn, answered) if item.question_id}
    return found if {deed.question_id for deed in sitting.shown} <= found.keys() else {}


def _unnamed(
    system: System, conn: sqlite3.Connection, sitting: _Sitting, known: Mapping[int, LetterItem]
) -> list[Item]:
    """The answers of an approval letter that the reply does not speak of, and that still wait for the expert."""
    if not sitting.decided or not sitting.shown or ROWS[sitting.shown[-1].event] is not DECIDED:
        return []
    named = {deed.question_id for deed in sitting.shown} | {i.question.id for i in sitting.untaken if i.question}
    found = []
    for id, item in known.items():
        q = questions.get(conn, id)
        if id not in named and item.version and q.waiting == item.version:
            scene = waiting_scene(system, conn, q)
            found.append(Item("", q, scene.answer, scene.before, author=scene.author))
    return found


def _one(system: System, conn: sqlite3.Connection, sitting: _Sitting, scene: Scene) -> int | None:
    assert scene.question is not None
    row = DECISION_UNDONE if sitting.reopened else _row(sitting.shown[0])
    post = post_of(conn, row, sitting.person, scene.question)
    return send(system, conn, replace(post, reply=True), scene, sitting.cause)


def _several(
    system: System,
    conn: sqlite3.Connection,
    sitting: _Sitting,
    items: list[Item],
    scene: Scene,
    known: Mapping[int, LetterItem],
) -> int | None:
    """One letter about all of them, each with its label; a reply to it is split again."""
    ordered = [*_labelled(items, known), *sitting.untaken]
    ordered.sort(key=lambda item: (len(item.label), item.label))
    purpose = Purpose.APPROVE if sitting.reopened else Purpose.SEVERAL
    if sitting.decided:
        answered = sitting.cause.conversation if sitting.cause else None
        purpose = ROWS[sitting.shown[-1].event].purpose if sitting.shown else Purpose.TREAT
        purpose = answered.purpose if answered and answered.subject_kind == "letter" else purpose
    conversation = conversations.of(conn, purpose, sitting.person.id, "letter", outbox.next_id(conn))
    missing = _missing(conn, sitting, known)
    kind, versions = "receipt" if sitting.kind == "notice" else sitting.kind, sitting.decided or sitting.reopened
    post = Post(
        kind,
        sitting.person,
        conversation,
        reply=True,
        items=(*(_frozen(item, versions) for item in ordered if item.question), *missing),
    )
    whole = replace(
        scene,
        question=None,
        answer=None,
        event="",
        items=tuple(ordered),
        staff=signers([item.question for item in ordered if item.question]),
        missing=tuple(item.label for item in missing),
        unplaced=sitting.unplaced,
    )
    return send(system, conn, post, whole, sitting.cause)


def _labelled(items: list[Item], known: Mapping[int, LetterItem]) -> list[Item]:
    """With the labels of the letter that was answered, else new ones."""
    about = [item.question for item in items if item.question]
    if known:
        return [replace(item, label=known[q.id].label) for item, q in zip(items, about, strict=True)]
    ordered = labels.by_reference(about)
    named = {q.id: label for q, label in zip(ordered, labels.labels(ordered), strict=True)}
    return [replace(item, label=named[q.id]) for item, q in zip(items, about, strict=True)]


def _frozen(item: Item, versions: bool) -> LetterItem:
    assert item.question is not None
    version = item.answer.version if versions and item.answer else 0
    if versions and item.event == "undone":
        version = item.question.waiting
    return LetterItem(item.label, "version" if version else "question", item.question.id, version)


def _missing(conn: sqlite3.Connection, sitting: _Sitting, known: Mapping[int, LetterItem]) -> list[LetterItem]:
    """The letter's questions that still wait for an answer: a reply to the receipt may name them as well."""
    if sitting.decided or sitting.reopened:
        return []
    waiting = (id for id in known if questions.get(conn, id).state is State.ASKED)
    said = {item.question.id for item in sitting.untaken if item.question and item.refusal != NOTHING}
    said |= {deed.question_id for deed in sitting.shown if deed.event in ("postponed", "passed_on")}
    return [known[id] for id in waiting if id not in said]
