"""From raw bytes to what a person wrote: parsing, screening, and the letter that is answered."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..domain.model import Scanned
from ..errors import Held, Unreadable
from ..mail.disposition import Disposition, Own, Screened, nothing_typed
from ..mail.envelope import Envelope
from ..mail.message import InboundMessage, Split
from ..mail.quoting import html
from ..store import outbox
from ..store.conversations import Conversation
from . import scanning, target
from .job import Job, all_files, files
from .system import System

UNREADABLE = "unreadable"  #: how the reason of a message begins that no parser may be given
LETTERS_QUOTED = 3  #: how many newest letters of a conversation a reply is compared with
IDS_READ = 20  #: how many Message-IDs of a reply are looked at


@dataclass(frozen=True)
class Reading:
    """A message as far as it can be read without deciding anything."""

    message: InboundMessage | None
    screened: Screened
    split: Split = Split("")
    scanned: Mapping[str, Scanned] = field(default_factory=dict)  #: what the virus scanner said, by hash


def read(system: System, conn: sqlite3.Connection, raw: bytes, envelope: Envelope) -> Reading:
    """Parse, screen and cut a message. Only reads the database: nothing here needs the write lock."""
    message = None
    try:
        own = Own(system.bot.address, system.domain)
        message, screened = system.reader.open(raw, system.policy.limits, envelope, own)
        if screened.disposition not in (Disposition.ACCEPT, Disposition.AUTO):
            return Reading(message, screened)
        split = system.reader.written(message, _sent(system, conn, message, envelope))
    except Unreadable as error:
        return Reading(message, Screened(Disposition.HOLD, f"{UNREADABLE}: {error}"))
    if screened.disposition is Disposition.AUTO:
        return Reading(message, screened, split)
    empty = nothing_typed(message, split)
    if empty and all(file.type == "message/rfc822" for file in files(message, 0, system.policy, split=split)):
        screened = Screened(empty, "nothing typed")
    return Reading(message, screened, split, scanning.of_message(system, raw, message))


def ahead(system: System, raw: bytes, envelope: Envelope) -> None:
    """Begin to read what is worked next, where that is done beside what else is going on."""
    system.reader.ahead(raw, system.policy.limits, envelope, Own(system.bot.address, system.domain))


def _sent(system: System, conn: sqlite3.Connection, message: InboundMessage, envelope: Envelope) -> str:
    """What our letters said that the message may quote, "" where we know none."""
    try:
        found = target.find(system, conn, message, envelope).conversation
    except Held:
        return ""
    return our_words(conn, found, message) if found else ""


def our_words(conn: sqlite3.Connection, conversation: Conversation, message: InboundMessage) -> str:
    """The words of our letters in a conversation, those that the reply names among them: what else comes back is
    the author's.

    Their text parts say all of it but the labels of buttons; the HTML is read of the letter that is answered.
    """
    named = (*message.references, *message.in_reply_to)[-IDS_READ:]
    letters = outbox.written(conn, conversation.number, named, LETTERS_QUOTED)
    answered = [letter for letter in letters if letter.message_id in message.in_reply_to] or letters[:1]
    return "\n".join([letter.text for letter in letters] + [html.text(letter.html) for letter in answered])


def reread(job: Job, inbox_id: int, raw: bytes, conversation: Conversation) -> Job:
    """The job of an earlier message of the same writer, which waited for his word."""
    message = job.system.reader.parse(raw, job.system.policy.limits)
    sent = our_words(job.conn, conversation, message)
    split = job.system.reader.written(message, sent)
    found = all_files(job.system, job.conn, message, inbox_id, split, job.person)
    return replace(job, inbox_id=inbox_id, message=message, split=split, conversation=conversation, files=found)
