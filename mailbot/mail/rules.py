"""Says, before anyone reads a message, that it is none to be read: one small function a rule, RULES is their order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from mailbot.mail import bounce, patterns
from mailbot.mail.envelope import Envelope, split
from mailbot.mail.lines import fold
from mailbot.mail.message import InboundMessage

_MOST_RECEIVED = 50  # RFC 5321 §6.3 asks for 100 at least; no firm is that far away
_COMMENT = re.compile(r"\([^()]*\)")
_OURS = re.compile(r"[^@<>]*\b[a-z2-7]{26}\b[^@<>]*@", re.I)


class Disposition(Enum):
    """What becomes of a message. The values are those that `read` prints."""

    ACCEPT = "accept"  #: a person wrote it: read on
    AUTO = "auto"  #: a machine wrote it: out of office, receipt, challenge
    BOUNCE = "bounce"  #: a letter of ours did not arrive, or is late
    LOOP = "loop"  #: our own mail came back
    FORWARD = "forward"  #: somebody else's words, and none of the writer's
    EMPTY = "empty"  #: no word and no file
    HOLD = "hold"  #: a person must look
    REJECT = "reject"  #: refused at the door


@dataclass(frozen=True)
class Own:
    """Who we are."""

    address: str  #: of the bot, without a token
    domain: str  #: the right side of our Message-IDs


Rule = Callable[[InboundMessage, Envelope, Own], Disposition | None]


def too_many_hops(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """More Received lines than any route has (RFC 5321 §6.3)."""
    return Disposition.LOOP if len(message.headers.get("received", ())) > _MOST_RECEIVED else None


def our_own(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """From is the bot, or it carries our header, or the Message-ID of a letter as its own."""
    mine = [_without_token(address.address) for address in message.from_]
    ours = _OURS.search(message.message_id) and message.message_id.lower().endswith(f"@{own.domain.lower()}>")
    return Disposition.LOOP if own.address.lower() in mine or "x-mailbot" in message.headers or ours else None


def delivery_report(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """A delivery status notification (RFC 3464), or the prose of a mail server."""
    if message.report_type == "delivery-status" or message.status:
        return Disposition.BOUNCE
    return Disposition.BOUNCE if bounce.read(message) else None


def read_receipt(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """A message disposition notification (RFC 8098)."""
    types = {message.content_type, *(attached.type for attached in message.attachments)}
    receipt = message.report_type == "disposition-notification" or "message/disposition-notification" in types
    return Disposition.AUTO if receipt else None


def calendar_reply(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """A calendar program answers or invites (RFC 6047); a person who attaches a calendar file is none."""
    meant = "calendarmessage" in message.header("content-class") or patterns.CALENDAR_SUBJECT.match(
        fold(message.subject)
    )
    attached = any(file.type == "text/calendar" for file in message.attachments)
    return Disposition.AUTO if message.content_type == "text/calendar" or (attached and meant) else None


def auto_submitted(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """Auto-Submitted other than "no" (RFC 3834 §5), whatever its comments and parameters."""
    value = _COMMENT.sub("", message.header("auto-submitted")).partition(";")[0].strip().lower()
    return Disposition.AUTO if value not in ("", "no") else None


def automatic_header(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """What autoresponders wrote before RFC 3834. X-Auto-Response-Suppress says nothing: people's mail carries it."""
    if any(name in message.headers for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-mail-autoreply")):
        return Disposition.AUTO
    precedence = message.header("precedence").strip().lower()
    listed = "list-id" in message.headers and precedence == "bulk"
    return Disposition.AUTO if precedence in ("bulk", "junk", "auto_reply") and not listed else None


def absence_subject(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """«Réponse automatique :» and its like, without a header that says so."""
    return Disposition.AUTO if patterns.ABSENCE_SUBJECT.match(fold(message.subject)) else None


def challenge(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """A filter wants the sender to prove that he is a person."""
    return Disposition.AUTO if patterns.CHALLENGE_SUBJECT.search(fold(message.subject)) else None


def null_reverse_path(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """Nobody wants an answer: a notification of some mail server (RFC 5321 §4.5.5). Other mail waits for a person."""
    if envelope.reverse_path not in ("", "<>"):
        return None
    return Disposition.BOUNCE if bounce.read(message) else Disposition.HOLD


def no_one_author(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """Not exactly one From with exactly one address (RFC 5322 §3.6.2): programs disagree on who wrote it."""
    return Disposition.HOLD if message.sender is None else None


def in_pieces(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """message/partial and message/external-body (RFC 2046 §5.2): never put together, never fetched."""
    types = {message.content_type, *(attached.type for attached in message.attachments)}
    return Disposition.HOLD if types & {"message/partial", "message/external-body"} else None


def encrypted(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """S/MIME that hides its text (RFC 8551 §3.2) or PGP (RFC 3156): a person must open it."""
    sealed = message.content_type in ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
    return Disposition.HOLD if sealed or message.text.lstrip().startswith("-----BEGIN PGP MESSAGE-----") else None


#: In this order; the first that speaks decides.
RULES: tuple[Rule, ...] = (
    too_many_hops,
    our_own,
    delivery_report,
    read_receipt,
    calendar_reply,
    auto_submitted,
    automatic_header,
    absence_subject,
    challenge,
    null_reverse_path,
    no_one_author,
    in_pieces,
    encrypted,
)


def _without_token(address: str) -> str:
    local, _, domain = split(address)
    return f"{local}@{domain}"
