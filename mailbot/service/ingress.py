"""Takes responsibility for a message. When accept() has returned, the mail is ours and on the disk."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

from ..mail.envelope import Envelope
from ..mail.mime.limits import head
from ..mail.parse import identity
from ..store import inbox
from ..store.db import Store

log = logging.getLogger("mailbot.ingress")
_MESSAGE_ID = re.compile(rb"^message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\r\n]{1,900}>)", re.IGNORECASE | re.MULTILINE)


def accept(store: Store, raw: bytes, envelope: Envelope) -> list[int]:
    """Keep a message: one row for each recipient that does not have it yet; [] where all do ("known already").

    Raises StoreBusy where the database cannot take it: the peer must be told to try again.
    """
    found = _MESSAGE_ID.search(head(raw))
    message_id = found[1].decode("ascii", "replace") if found else ""
    key = identity(raw)
    envelope = replace(envelope, recipients=tuple(dict.fromkeys(r.lower() for r in envelope.recipients)))
    with store.tx() as conn:
        ids = inbox.add(conn, raw, key, envelope, message_id)
    log.info("accepted inbox=%s bytes=%s known=%s", ids, len(raw), not ids)
    return ids
