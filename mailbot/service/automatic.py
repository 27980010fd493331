"""Mail that a machine wrote: an absence is kept, and words that a person may have typed are shown to staff.

Nothing here answers, and nothing changes a question. Some help desks stamp Auto-Submitted on what their people type:
such words wait for staff.
"""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

from ..domain.model import Person
from ..errors import Held
from ..mail import absence, token
from ..mail.absence import Absence
from ..mail.envelope import Envelope
from ..mail.message import InboundMessage, Split
from ..mail.token import Purpose
from ..mail.trust import Trust, grade
from ..store import absences, conversations, inbox, outbox, questions
from ..store.conversations import Conversation
from . import target
from .system import System
from .target import Target

#: The rules that judge by a header alone: a person's words may stand below it.
BY_HEADER = frozenset({"auto_submitted", "automatic_header"})
#: The decisions that the digest explains.
TYPED = "AutomaticText"
CHALLENGED = "Challenge"


def settle(
    system: System,
    conn: sqlite3.Connection,
    row: sqlite3.Row,
    message: InboundMessage,
    rule: str,
    split: Split,
) -> tuple[str, dict[str, Any]]:
    """(state of the inbox row, trace). Only what holds a token of ours, or is proven, says who is away."""
    found = _target(system, conn, message, inbox.envelope(row))
    if found and found.conversation and rule == "challenge":
        return _challenged(conn, row, found, message)
    known = found.person if found and found.trust >= Trust.TOKEN else None
    if found is None or known is None:
        return "done", {}
    trace = {"matched_by": found.matched_by or None, "trust": found.trust.name.lower(), "person_id": known.id}
    said = absence.of_split(message.subject, split, system.today().date())
    if said:
        return "done", {**trace, "decision": _keep(system, conn, row, known, said)}
    if rule in BY_HEADER and split.text.strip():
        return _shown(conn, row, found, known, split.text, trace)
    return "done", trace


def _keep(system: System, conn: sqlite3.Connection, row: sqlite3.Row, person: Person, said: Absence) -> str:
    new = absences.add(conn, person.id, said.since, said.until, said.deputy, row["id"], system.now())
    until = f" until {said.until.isoformat()}" if said.until else ""
    return f"{'absence' if new else 'absence known already'}{until}"


def _challenged(
    conn: sqlite3.Connection, row: sqlite3.Row, found: Target, message: InboundMessage
) -> tuple[str, dict[str, Any]]:
    """A filter keeps our letter back until a person proves something: staff see it, once for each sender."""
    trace = {"matched_by": found.matched_by or None, "reason": "a filter keeps our letter back"}
    sender = message.sender.address if message.sender else ""
    return _for_staff(conn, row, found, None, f"challenge {sender}", {**trace, "decision": CHALLENGED})


def _shown(
    conn: sqlite3.Connection, row: sqlite3.Row, found: Target, person: Person, text: str, trace: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Typed words under a header of a machine."""
    more = {"decision": TYPED, "reason": "words under a header of a machine"}
    return _for_staff(conn, row, found, person, text, {**trace, **more})


def _for_staff(
    conn: sqlite3.Connection,
    row: sqlite3.Row,
    found: Target,
    person: Person | None,
    text: str,
    trace: dict[str, Any],
) -> tuple[str, dict[str, Any]]:
    """It waits for staff; the same again does not."""
    words = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
    if inbox.said_before(conn, row["id"], person.id if person else None, words):
        return "done", {**trace, "decision": "the same again", "reason": None}
    about = found.conversation
    number, question = (about.number, _question(conn, about)) if about else (None, None)
    return "held", {**trace, "conversation": number, "question_id": question, "written_sha256": words}


def _question(conn: sqlite3.Connection, about: Conversation | None) -> int | None:
    if about and about.subject_kind == "question":
        return about.subject_id
    return questions.answer_by_id(conn, about.subject_id)[0] if about and about.subject_kind == "version" else None


def _target(system: System, conn: sqlite3.Connection, message: InboundMessage, envelope: Envelope) -> Target | None:
    """Where it belongs. Autoresponders also write to the reverse-path (RFC 3834 §4): that of a letter names its
    reader."""
    try:
        found = target.find(system, conn, message, envelope)
    except Held:
        return None
    if found.conversation or found.person is None:
        return found
    letter = letter_of(system, conn, envelope)
    holds = letter is not None and letter["person_id"] == found.person.id
    trust = grade(found.person.email, envelope.verdict, found.person.active, holds)
    about = conversations.get(conn, letter["conversation"]) if letter and holds and letter["conversation"] else None
    return Target(about, "reverse-path" if holds else "", found.person, trust)


def letter_of(system: System, conn: sqlite3.Connection, envelope: Envelope) -> sqlite3.Row | None:
    """The letter whose reverse-path (VERP) a mail was sent to, or None."""
    for address in envelope.recipients:
        known = token.verify(system.token_in(address), system.keys)
        if known and known[0] is Purpose.BOUNCE:
            return outbox.get(conn, known[1])
    return None


def back(system: System, conn: sqlite3.Connection, found: Target, split: Split) -> None:
    """A mail that the person typed ends the absence."""
    if found.person and found.trust >= Trust.TOKEN and split.text.strip():
        absences.end(conn, found.person.id, system.now())
