"""An encrypted mail waits for a person; its writer learns why it could not be read, and how to send it again."""

from __future__ import annotations

import sqlite3
from typing import Any

from ...errors import Refusal, Sealed
from ...mail.message import InboundMessage, Split
from ...mail.trust import Trust
from ...store import blocked, inbox
from .. import target
from ..asking_back import ask_back
from ..job import build
from ..system import System


def answer(system: System, conn: sqlite3.Connection, row: sqlite3.Row, message: InboundMessage) -> dict[str, Any]:
    """Write to the writer, where he is known and holds the token of a letter; what `why` tells of it."""
    if message.sender and blocked.contains(conn, message.sender.address):
        return {}
    try:
        found = target.find(system, conn, message, inbox.envelope(row))
        if found.conversation is None or found.trust < Trust.TOKEN:
            return {}
        job = build(system, conn, row, message, Split(""), found)
    except Refusal:
        return {}
    ask_back(job, Sealed(f"encrypted ({message.sealed})"), None)
    return {
        "matched_by": found.matched_by or None,
        "trust": found.trust.name.lower(),
        "person_id": job.person.id,
        "conversation": found.conversation.number,
        "decision": Sealed.__name__,
    }
