"""Takes responsibility for a message. When accept() has returned, the mail is ours and on the disk."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from ..mail import trust
from ..mail.envelope import Envelope
from ..mail.mime.limits import head
from ..mail.parse import identity
from ..store import inbox, pace, people
from ..store.db import Store

log = logging.getLogger("mailbot.ingress")
_MESSAGE_ID = re.compile(rb"^message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\r\n]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(rb"^from[ \t]*:((?:[^\r\n]|\r?\n[ \t]){0,2000})", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"[^\s<>,;:()\"]{1,200}@[^\s<>,;:()\"]{1,250}")
MAILS_A_MINUTE = 60  #: of one sender, before the others go first
MANY = 10  #: times as many may come from all whom we do not know, and from one machine that is not our front server
_RETURN_PATH = re.compile(rb"^return-path[ \t]*:[ \t]*<([^<>\s]{0,998})>", re.IGNORECASE | re.MULTILINE)


def collected(store: Store, raw: bytes, recipients: Iterable[str], at: datetime, auth_results: str) -> list[int]:
    """Keep a message that was taken out of a mailbox of ours, as `accept` does. There is no peer, and nothing is
    stripped: what the mailbox's own server found out about the sender is in the topmost Authentication-Results."""
    found = _RETURN_PATH.search(head(raw))
    path = found[1].decode("utf-8", "replace") if found else ""
    return accept(store, raw, Envelope(path, tuple(recipients), at, verdict=trust.verdict(raw, auth_results)))


def accept(store: Store, raw: bytes, envelope: Envelope, per_minute: int = MAILS_A_MINUTE) -> list[int]:
    """Keep a message: one row for each recipient that does not have it yet; [] where all do ("known already").

    Beyond `per_minute` mails of one sender it is kept all the same, and worked after everybody else's.
    Raises StoreBusy where the database cannot take it: the peer must be told to try again.
    """
    found = _MESSAGE_ID.search(head(raw))
    message_id = found[1].decode("ascii", "replace") if found else ""
    key = _key(raw, envelope)
    envelope = replace(envelope, recipients=tuple(dict.fromkeys(r.lower() for r in envelope.recipients)))
    author = _author(raw)
    with store.tx() as conn:
        known = bool(author) and people.by_email(conn, author) is not None
        ahead = pace.ahead(conn, _counted(envelope, author, known, per_minute), envelope.received_at)
        ids = inbox.add(conn, raw, key, envelope, message_id, ahead)
    log.info("accepted inbox=%s bytes=%s known=%s flood=%s", ids, len(raw), not ids, ahead >= inbox.MINUTE)
    return ids


def _key(raw: bytes, envelope: Envelope) -> str:
    """What makes two copies the same mail: that they read the same, and that as much is known of who sent them. Whoever
    sends a copy first, from elsewhere, does not make the genuine one a duplicate."""
    said = identity(raw)
    vouched = envelope.verdict.domain if envelope.verdict.vouches else ""
    if not envelope.trusted and not vouched:
        return said
    return hashlib.sha256(f"{said} {vouched}".encode()).hexdigest()


def _author(raw: bytes) -> str:
    """About who wrote it: the last address of the first From line. Only the turn of a mail hangs on it."""
    field = _FROM.search(head(raw))
    found = _ADDRESS.findall(field[1]) if field else []
    return found[-1].decode("ascii", "replace").lower() if found else ""


def _counted(envelope: Envelope, author: str, known: bool, per_minute: int) -> Iterator[pace.Sender]:
    """Whose mail it is counted as: envelopes and names change in a flood, so each is counted by itself."""
    if envelope.reverse_path not in ("", "<>"):
        yield pace.Sender(f"path {envelope.reverse_path.lower()}", per_minute)
    if author:
        yield pace.Sender(f"author {author}", per_minute)
    if not known:
        yield pace.Sender("strangers", MANY * per_minute)
    if envelope.peer and not envelope.trusted:
        yield pace.Sender(f"peer {envelope.peer}", MANY * per_minute)
