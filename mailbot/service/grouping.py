"""Few letters: receipts of a whole sitting, approvals once the colleagues are done, nothing that may still be undone.

What waits stands in the tables `deed` (receipts) and `plan` (letters to others), each row with a due time. What falls
due at once is written in the transaction of what happened (`flush`), the rest by the tick (`write_due`).
"""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from ..domain.model import State
from ..letters.table import TO_TREAT
from ..store import deeds, people, plans, questions
from ..store.plans import Plan
from . import brakes
from .alarm import unwritten
from .approvals import approvals, final
from .correspondence import post_of, send
from .deeds import recall
from .receipts import Untaken, receipts
from .system import System

log = logging.getLogger("mailbot.grouping")

AGAIN = timedelta(minutes=10)  #: when a letter that could not be written is tried again


def flush(system: System, conn: sqlite3.Connection, above: int, untaken: Untaken | None = None) -> None:
    """Write what the deeds above that id brought about and is due now; inside their transaction."""
    now = system.now()
    touched = {deed.person_id for deed in deeds.since(conn, above)}
    if untaken and (untaken.items or (untaken.tells and untaken.person.id in touched)):
        touched.discard(untaken.person.id)
        receipts(system, conn, untaken.person.id, untaken)
    for person_id in deeds.receipts_due(conn, now):
        if person_id in touched:
            receipts(system, conn, person_id)
    _write(system, conn, plans.of_deeds(conn, above))


def write_due(system: System) -> int:
    """Write every letter that waited and whose time has come; returns how many receipts and plans were looked at."""
    if brakes.paused(system.store):
        return 0
    conn, now = system.store.conn, system.now()
    people_due, plans_due = deeds.receipts_due(conn, now), plans.due(conn, now)
    for person_id in people_due:
        with unwritten(system, f"receipt person={person_id}", partial(_put_off_receipt, system, person_id)):
            with system.store.tx() as tx:
                receipts(system, tx, person_id)
    for kind, person_id in dict.fromkeys((plan.kind, plan.person_id) for plan in plans_due):
        with unwritten(system, f"{kind} person={person_id}", partial(_put_off_plans, system, kind, person_id)):
            with system.store.tx() as tx:
                _write(system, tx, _due_of(system, tx, kind, person_id))
    return len(people_due) + len(plans_due)


def _due_of(system: System, conn: sqlite3.Connection, kind: str, person_id: int) -> list[Plan]:
    return [plan for plan in plans.of_person(conn, kind, person_id) if plan.due_at <= system.now()]


def _put_off_receipt(system: System, person_id: int) -> None:
    with system.store.tx() as conn:
        ids = [deed.id for deed in deeds.unreceipted(conn, person_id)]
        deeds.receipt_due(conn, ids, system.now() + AGAIN)


def _put_off_plans(system: System, kind: str, person_id: int) -> None:
    with system.store.tx() as conn:
        plans.move(conn, [plan.id for plan in _due_of(system, conn, kind, person_id)], system.now() + AGAIN)


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next one falls due."""
    return min(filter(None, (deeds.next_due(conn), plans.next_due(conn))), default=None)


def _write(system: System, conn: sqlite3.Connection, due: list[Plan]) -> None:
    for person_id in dict.fromkeys(p.person_id for p in due if p.kind == "approval"):
        approvals(system, conn, people.get(conn, person_id))
    for plan in due:
        if plan.kind == "to_treat":
            _to_treat(system, conn, plan)


def _to_treat(system: System, conn: sqlite3.Connection, plan: Plan) -> None:
    """Write the gestionnaire what was handed over, once it cannot be undone; the newest state of it, once."""
    at = final(system, conn, plan)
    if at > system.now():
        plans.move(conn, [plan.id], at)
        return
    deed, q = deeds.get(conn, plan.deed_id), questions.get(conn, plan.question_id)
    waiting = plans.of_person(conn, "to_treat", plan.person_id)
    newer = any(p.question_id == q.id and p.id > plan.id for p in waiting) or deeds.treated(conn, deed)
    if newer or deed.undone or q.state not in (State.SUBMITTED, State.TREATED):
        plans.done(conn, [plan.id], None)
        return
    reader = people.get(conn, plan.person_id)
    scene = replace(recall(system, conn, deed), event=plan.event)
    plans.done(conn, [plan.id], send(system, conn, post_of(conn, TO_TREAT, reader, q), scene))
