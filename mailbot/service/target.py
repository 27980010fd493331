"""Whom a message is from and what it is about: the token picks the question, the sender picks the person."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from ..domain.model import Person, Role
from ..errors import Held
from ..mail import author, token
from ..mail.envelope import Envelope
from ..mail.message import InboundMessage
from ..mail.token import Purpose
from ..mail.trust import Trust, grade
from ..store import conversations, people
from ..store.conversations import Conversation
from .system import System

_IN_ID = re.compile(r"<([a-z2-7]{26})\.\d+@", re.IGNORECASE)
_MAILTO = re.compile(r"[\w.%-]*(?:\+|%2b|-)([a-z2-7]{26})@", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """Where a message belongs, as far as it can be told."""

    conversation: Conversation | None
    matched_by: str  #: envelope, header, message-id, foot-line, or "" for none
    person: Person | None
    trust: Trust


def find(system: System, conn: sqlite3.Connection, message: InboundMessage, envelope: Envelope) -> Target:
    """The conversation and the writer of a message. Raises Held where its carriers contradict each other."""
    conversation, matched_by = _conversation(system, conn, message, envelope)
    sender = message.sender.address if message.sender else None
    person = people.by_email(conn, sender) if sender else None
    if sender and person is None and conversation and conversation.subject_kind != "address":
        _no_likeness(conn, sender, conversation)
    holds = bool(conversation and person and may_hold(conn, person, conversation))
    trust = grade(sender, envelope.verdict, person is not None and person.active, holds)
    return Target(conversation, matched_by, person, trust)


def _no_likeness(conn: sqlite3.Connection, sender: str, conversation: Conversation) -> None:
    """Raise Held for an unknown address that looks like one of the people whom the conversation concerns: « rn » for
    m, 1 for l, an accent. Nobody is asked about such a mail."""
    owner = people.get(conn, conversation.person_id)
    firm = people.of_firm(conn, owner.firm.id) if owner.firm else []
    if author.likeness(sender) in {author.likeness(person.email) for person in (owner, *firm, *people.staff(conn))}:
        raise Held("its address looks like one that we know")


def may_hold(conn: sqlite3.Connection, person: Person, conversation: Conversation) -> bool:
    """True if a reply of this person in that conversation is no stranger's: his own, or a colleague's."""
    if person.id == conversation.person_id:
        return True
    owner = people.get(conn, conversation.person_id)
    if owner.role is Role.STAFF:
        return person.role is Role.STAFF
    return owner.firm is not None and owner.firm == person.firm


def _conversation(
    system: System, conn: sqlite3.Connection, message: InboundMessage, envelope: Envelope
) -> tuple[Conversation | None, str]:
    """The conversation by the first carrier that names one (DESIGN: no single carrier may be needed)."""
    in_envelope = set(_verified(system, (system.token_in(a) for a in envelope.recipients)))
    in_header = set(_verified(system, (system.token_in(a.address) for a in (*message.to, *message.cc))))
    if in_envelope and in_header and not in_envelope & in_header:
        raise Held("the envelope names one conversation, the header another")
    for found, by in ((in_envelope, "envelope"), (in_header, "header")):
        if found:
            return _only(conn, found, by)
    for found, by in ((_ids(system, message), "message-id"), (_foot_lines(system, message), "foot-line")):
        if found:
            return _only(conn, found, by)
    return None, ""


def _only(conn: sqlite3.Connection, found: set[int], by: str) -> tuple[Conversation | None, str]:
    if len(found) > 1:
        raise Held(f"several conversations by {by}")
    return conversations.get(conn, found.pop()), by


def _verified(system: System, tokens: Iterator[str]) -> Iterator[int]:
    for text in tokens:
        known = token.verify(text, system.keys) if text else None
        if known and known[0] not in (Purpose.PAGE, Purpose.BOUNCE):
            yield known[1]


def _ids(system: System, message: InboundMessage) -> set[int]:
    """By the Message-IDs of ours that the reply names; the newest counts."""
    for ids in (message.in_reply_to, tuple(reversed(message.references))):
        for one in ids:
            found = set(_verified(system, iter(_IN_ID.findall(one))))
            if found:
                return found
    return set()


def _foot_lines(system: System, message: InboundMessage) -> set[int]:
    """By the foot line of a letter that was forwarded whole: the first that stands in the text or the HTML."""
    for body in (message.text, message.html):
        for text in _MAILTO.findall(body[:400_000]):
            found = set(_verified(system, iter([text])))
            if found:
                return found
    return set()
