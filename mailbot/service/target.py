"""Whom a message is from and what it is about: the token picks the question, the sender picks the person."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
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

_IN_ID = re.compile(r"<([a-z0-9]{26})\.\d+@([^<>\s]+)>", re.IGNORECASE)
_MAILTO = re.compile(r"(?:\+|%2b|-)([a-z0-9]{26})@([\w.-]*)", re.IGNORECASE)
_TOKEN = re.compile(r"[a-z0-9]{26}")
UNKNOWN = 0  #: stands for what has the form of a token of ours and is none, or opens no conversation


@dataclass(frozen=True)
class Target:
    """Where a message belongs, as far as it can be told."""

    conversation: Conversation | None
    matched_by: str  #: envelope, header, message-id, foot-line, or "" for none; without a conversation: one not known
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
    if matched_by == "envelope" and conversation and not _names(system, message, conversation.number):
        trust = min(trust, Trust.TOKEN)  # what vouches for its words does not say that they were written to us here
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
    """The conversation by the first carrier that names one (DESIGN: no single carrier may be needed).

    What looks like a token of ours and is none names a conversation as well, one that nobody holds: whoever tries one
    sees the same, be it made up, closed, or somebody else's.
    """
    in_envelope = _named(system, envelope.recipients)
    in_header = _in_header(system, message)
    if in_envelope and in_header and not in_envelope & in_header:
        raise Held("the envelope names one conversation, the header another")
    if in_envelope and not in_header and (named := _ids(system, message)) and not in_envelope & named:
        raise Held("the envelope names one conversation, the letter that is answered another")
    for found, by in ((in_envelope, "envelope"), (in_header, "header")):
        if found:
            return _only(conn, found, by)
    for found, by in ((_ids(system, message), "message-id"), (_foot_lines(system, message), "foot-line")):
        if found:
            return _only(conn, found, by)
    return None, "envelope" if any(_TOKEN.fullmatch(system.token_in(a)) for a in envelope.recipients) else ""


def _in_header(system: System, message: InboundMessage) -> set[int]:
    return _named(system, [address.address for address in (*message.to, *message.cc)])


def _names(system: System, message: InboundMessage, number: int) -> bool:
    """Whether the message itself names a conversation, anywhere: a signature of its domain holds for this one."""
    return any(number in carried(system, message) for carried in (_in_header, _ids, _foot_lines))


def _only(conn: sqlite3.Connection, found: set[int], by: str) -> tuple[Conversation | None, str]:
    if len(found) > 1:
        raise Held(f"several conversations by {by}")
    return conversations.get(conn, found.pop()), by


def _named(system: System, addresses: Iterable[str]) -> set[int]:
    """The numbers of the conversations that addresses of ours name. The reverse-path of a letter names none."""
    return set(_numbers(system, filter(_TOKEN.fullmatch, map(system.token_in, addresses))))


def _numbers(system: System, tokens: Iterable[str]) -> Iterator[int]:
    for text in tokens:
        purpose, number = token.verify(text, system.keys) or (Purpose.PAGE, UNKNOWN)
        if purpose is not Purpose.BOUNCE:
            yield UNKNOWN if purpose is Purpose.PAGE else number


def _ids(system: System, message: InboundMessage) -> set[int]:
    """By the Message-IDs of ours that the reply names; the newest counts."""
    for ids in (message.in_reply_to, tuple(reversed(message.references))):
        for one in ids:
            if found := set(_numbers(system, _meant(system, _IN_ID.findall(one)))):
                return found
    return set()


def _foot_lines(system: System, message: InboundMessage) -> set[int]:
    """By the foot line of a letter that was forwarded whole: the first that stands in the text or the HTML."""
    for body in (message.text, message.html):
        for one in _MAILTO.findall(body[:400_000]):
            if found := set(_numbers(system, _meant(system, [one]))):
                return found
    return set()


def _meant(system: System, found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The tokens among what looks like one: ours wherever they stand, others before our domain alone."""
    for text, domain in found:
        if domain.lower().rstrip(".") == system.domain.lower() or token.verify(text, system.keys):
            yield text
