"""A letter that came back: matched to the letter, counted, and the address suspended where it is dead."""

from __future__ import annotations

import sqlite3

from ..mail import bounce, token
from ..mail.envelope import Envelope
from ..mail.message import InboundMessage
from ..mail.token import Purpose
from ..store import bounces, outbox, people
from ..store.db import stamp
from .system import System


def record(system: System, conn: sqlite3.Connection, message: InboundMessage, envelope: Envelope, inbox_id: int) -> str:
    """Keep a bounce; returns what it did, for `why`. One that names no letter of ours changes nothing."""
    found = bounce.read(message)
    letter = _letter(system, conn, envelope, found)
    if found is None or letter is None:
        return "bounce of no letter of ours"
    if found.delayed:
        return f"letter {letter['id']} is delayed"
    now = system.now()
    bounces.add(conn, letter["id"], letter["person_id"], inbox_id, found.status, found.permanent, now)
    outbox.bounced(conn, letter["id"])
    recent = bounces.recent(conn, letter["person_id"], now)
    if letter["person_id"] and (found.permanent or recent >= bounces.SOFT_LIMIT):
        people.suspend(conn, letter["person_id"], stamp(now), found.status)
        return f"letter {letter['id']} bounced, address suspended"
    return f"letter {letter['id']} bounced"


def _letter(
    system: System, conn: sqlite3.Connection, envelope: Envelope, found: bounce.Bounce | None
) -> sqlite3.Row | None:
    """By the reverse-path we gave it (VERP), else by its Message-ID *and* its recipient."""
    for address in envelope.recipients:
        known = token.verify(system.token_in(address), system.keys)
        if known and known[0] is Purpose.BOUNCE:
            return outbox.get(conn, known[1])
    if found is None or not found.original_message_id:
        return None
    letter = outbox.by_message_id(conn, found.original_message_id)
    if letter is None or letter["to_address"] not in {r.lower() for r in found.recipients}:
        return None
    return letter
