"""A letter that came back: matched to the letter, counted, and the address suspended where it is dead.

Then staff see it in their digest, and somebody else at the firm is asked, once, for the right address.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from ..domain.model import Person, Right, Role
from ..letters.scene import Scene
from ..mail import bounce
from ..mail.bounce import Report
from ..mail.envelope import Envelope
from ..mail.message import InboundMessage
from ..mail.token import Purpose
from ..store import bounces, conversations, dossiers, outbox, people
from ..store.db import moment, stamp
from .automatic import letter_of
from .correspondence import Post, send
from .system import System

NOT_OURS = {"disposition": "auto", "decision": "bounce of no letter of ours"}
UNKNOWN = "confirm_address"  #: the letter to an address that is nobody's yet: its bounce says nothing of its owner's
FULL = ("5.2.2", "4.2.2")


def record(
    system: System, conn: sqlite3.Connection, message: InboundMessage, envelope: Envelope, inbox_id: int
) -> dict[str, Any]:
    """Keep a bounce; returns the trace of what it did. One that names no letter of ours changes nothing."""
    letter, report = match(system, conn, message, envelope)
    if letter is None or report is None:
        return NOT_OURS
    if report.action != "failed":
        return {"decision": f"letter {letter['id']} is {report.action or 'delayed'}"}
    now = system.now()
    person_id = letter["person_id"] if letter["kind"] != UNKNOWN else None
    id = bounces.add(conn, letter["id"], person_id, inbox_id, report.status, report.permanent, now)
    outbox.bounced(conn, letter["id"])
    done = f"letter {letter['id']} bounced"
    if person_id is None:
        return {"decision": done}
    recent = bounces.recent(conn, person_id, now)
    if not report.permanent and recent < bounces.SOFT_LIMIT:
        return {"decision": done}
    if people.suspend(conn, person_id, stamp(now), report.status or ("5.1.1" if report.permanent else "")):
        bounces.noticed(conn, id, _tell(system, conn, letter, report))
    return {"decision": f"{done}, address suspended"}


def match(
    system: System, conn: sqlite3.Connection, message: InboundMessage, envelope: Envelope
) -> tuple[sqlite3.Row | None, Report | None]:
    """(the letter that came back, what became of it): by the reverse-path we gave it (VERP), else by its Message-ID
    *and* its recipient. (None, None) for what names none of ours."""
    found = bounce.read(message, envelope.reverse_path in ("", "<>"))
    if found is None:
        return None, None
    letter = letter_of(system, conn, envelope)
    if letter is not None:
        return letter, found.of(letter["to_address"]) or found.worst or Report(letter["to_address"], "failed")
    letter = outbox.by_message_id(conn, found.original_message_id) if found.original_message_id else None
    report = found.of(letter["to_address"]) if letter is not None else None
    return (letter, report) if report else (None, None)


def _tell(system: System, conn: sqlite3.Connection, letter: sqlite3.Row, report: Report) -> int | None:
    """Ask somebody else at the firm for the right address; the outbox id, None where there is nobody to ask."""
    person = people.get(conn, letter["person_id"])
    other = _other(conn, person)
    if other is None:
        return None
    scene = Scene(
        oga=system.oga,
        now=system.now(),
        to=other,
        staff=_staff(conn, person),
        by=person,
        decided_at=moment(letter["date"]),
        about="address",
        word=why(report.status),
    )
    conversation = conversations.of(conn, Purpose.MENU, other.id, "person", other.id)
    return send(system, conn, Post("notice", other, conversation), scene)


def why(status: str) -> str:
    """What a status says of an address: full, unknown, or other."""
    return "full" if any(code in status for code in FULL) else "unknown" if status.startswith("5.1") else "other"


def _other(conn: sqlite3.Connection, person: Person) -> Person | None:
    """Who else speaks for the firm: the expert of the person's dossiers, another expert, a collaborator who may
    administer; each active, and with an address that works."""
    if person.firm is None:
        return None
    own = [dossiers.get(conn, id).expert.id for id in dossiers.of_person(conn, person.id)]
    able = [
        one
        for one in people.of_firm(conn, person.firm.id)
        if one.id != person.id and not people.suspended(conn, one.id)
        and (one.role is Role.EXPERT or Right.ADMINISTER in one.rights)
    ]  # fmt: skip
    return min(able, key=lambda one: (one.id not in own, one.role is not Role.EXPERT, one.name), default=None)


def _staff(conn: sqlite3.Connection, person: Person) -> tuple[Person, ...]:
    """The gestionnaires of the person's dossiers, who sign."""
    held = {dossiers.get(conn, id).staff for id in dossiers.of_person(conn, person.id)}
    return tuple(sorted(held, key=lambda one: one.name))
