"""Says, before anyone reads a message, that it is none to be read: one small function a rule, RULES is their order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from mailbot.mail import absence, author, bounce, machines
from mailbot.mail.envelope import Envelope, split
from mailbot.mail.marker import MARKER
from mailbot.mail.message import InboundMessage
from mailbot.mail.quoting.lines import fold
from mailbot.mail.reply import written

_MOST_RECEIVED = 50  # RFC 5321 §6.3 asks for 100 at least; no firm is that far away
_TOKEN = re.compile(r"[+-][a-z0-9]{26}@", re.I)
_TAG = re.compile(r"<[^<>]{0,2000}>")
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
    """More Received lines than any route has (RFC 5321 §6.3): it goes round somewhere, and a person must look."""
    return Disposition.HOLD if len(message.headers.get("received", ())) > _MOST_RECEIVED else None


def our_own(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """From is the bot, or it carries our header, or the Message-ID of a letter as its own, or our name as its loop."""
    mine = [_without_token(address.address) for address in message.from_]
    ours = _OURS.search(message.message_id) and message.message_id.lower().endswith(f"@{own.domain.lower()}>")
    looped = own.domain != "" and message.header("x-loop").strip(" <>").lower() in (own.domain.lower(), own.address)
    back = own.address.lower() in mine or "x-mailbot" in message.headers or ours or looped
    return Disposition.LOOP if back else None


def delivery_report(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """A delivery status notification (RFC 3464), or the prose of a mail server; of success it is a receipt."""
    found = bounce.read(message, _null(envelope))
    if found and found.arrived:
        return Disposition.AUTO
    return Disposition.BOUNCE if found or message.report_type == "delivery-status" else None


def read_receipt(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """A message disposition notification (RFC 8098), or what Outlook makes of one: « Lu : », and nothing typed."""
    types = {message.content_type, *(attached.type for attached in message.attachments)}
    if message.report_type == "disposition-notification" or "message/disposition-notification" in types:
        return Disposition.AUTO
    if not machines.RECEIPT_SUBJECT.match(fold(message.subject)) or message.attachments:
        return None
    typed = fold(written(message).text)
    return Disposition.AUTO if not typed or machines.RECEIPT_TEXT.search(typed[: machines.TOP]) else None


def calendar_reply(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """A calendar program answers or invites (RFC 6047); a person who attaches a calendar file is none."""
    if message.content_type == "text/calendar":
        return Disposition.AUTO
    if not any(file.type == "text/calendar" for file in message.attachments):
        return None
    meant = "calendarmessage" in message.header("content-class")
    meant = meant or bool(machines.CALENDAR_SUBJECT.match(fold(message.subject)))
    alone = all(file.type in ("text/calendar", "application/ics") for file in message.attachments)
    return Disposition.AUTO if meant or (alone and not written(message).text.strip()) else None


def auto_submitted(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """Auto-Submitted other than "no" (RFC 3834 §5), whatever its comments and parameters."""
    value = _COMMENT.sub("", message.header("auto-submitted")).partition(";")[0].strip().lower()
    return Disposition.AUTO if value not in ("", "no") else None


def automatic_header(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """What autoresponders wrote before RFC 3834."""
    if any(map(_says_automatic, message.headers.items())):
        return Disposition.AUTO
    if any(pattern.search(message.header(name)) for name, pattern in machines.AUTOMATIC_VALUES.items()):
        return Disposition.AUTO
    precedence = message.header("precedence").strip().lower()
    listed = precedence == "bulk" and ("list-id" in message.headers or "list-post" in message.headers)
    return Disposition.AUTO if precedence in ("bulk", "junk", "auto_reply") and not listed else None


def absence_subject(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """«Réponse automatique :» and its like, without a header that says so. A subject that people type as well, in
    reply to something, needs the words of an absence too; a mail of its own is the person's: it may ask us for one."""
    subject = fold(message.subject)
    if machines.ABSENCE_SUBJECT.match(subject):
        return Disposition.AUTO
    likely = machines.ABSENCE_LIKELY.match(subject) and not message.attachments
    answers = message.in_reply_to or message.references or _null(envelope) or _to_a_token(message, envelope)
    if not likely or not answers:
        return None
    return Disposition.AUTO if absence.away(written(message).text[: machines.TOP]) else None


def challenge(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """A filter wants the sender to prove that he is a person."""
    if any(machines.CHALLENGE_SENDER.search(address.address) for address in message.from_):
        return Disposition.AUTO
    subject = fold(message.subject)
    if machines.CHALLENGE_SUBJECT.search(subject) and not machines.ANSWERS_SUBJECT.match(subject):
        return Disposition.AUTO
    return Disposition.AUTO if _challenges(_top(message)) and _challenges(fold(written(message).text)) else None


def acknowledgement(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """A system says that it has received something: its subject, its words, and what no person says of himself."""
    if not machines.ACKNOWLEDGEMENT_SUBJECT.match(fold(message.subject)):
        return None
    typed = fold(written(message).text[: machines.TOP])
    said = machines.ACKNOWLEDGED.search(typed) and machines.BY_A_SYSTEM.search(typed)
    return Disposition.AUTO if said else None


def newsletter(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """Mail to many (RFC 2369) that answers nothing and to which nobody can write; a person through a list can."""
    if "list-unsubscribe" not in message.headers or message.in_reply_to or message.references:
        return None
    discussed = "list-post" in message.headers or message.header("precedence").strip().lower() == "list"
    replies = _to_a_token(message, envelope) and machines.ANSWERS_SUBJECT.match(fold(message.subject))
    return None if discussed or replies else Disposition.AUTO


def no_reply(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """From an address that nobody reads: no person, and nothing may be written to it."""
    sent_by = message.sender
    nobody = sent_by and machines.NO_REPLY.fullmatch(sent_by.address.partition("@")[0])
    return Disposition.AUTO if nobody else None


def null_reverse_path(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """Nobody wants an answer (RFC 5321 §4.5.5): an absence without any other sign. Other mail waits for a person."""
    if not _null(envelope):
        return None
    return Disposition.AUTO if absence.away(written(message).text[: machines.TOP]) else Disposition.HOLD


def no_one_author(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """Not exactly one From with exactly one address (RFC 5322 §3.6.2), or one that reads as somebody else's: programs
    and people disagree on who wrote it."""
    return Disposition.HOLD if author.doubt(message) else None


def in_pieces(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """message/partial and message/external-body (RFC 2046 §5.2): never put together, never fetched."""
    types = {message.content_type, *(attached.type for attached in message.attachments)}
    return Disposition.HOLD if types & {"message/partial", "message/external-body"} else None


def encrypted(message: InboundMessage, envelope: Envelope, own: Own) -> Disposition | None:
    """S/MIME that hides its text (RFC 8551 §3.2) or PGP (RFC 3156): a person must open it."""
    return Disposition.HOLD if message.sealed else None


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
    acknowledgement,
    newsletter,
    no_reply,
    null_reverse_path,
    no_one_author,
    in_pieces,
    encrypted,
)


def _says_automatic(header: tuple[str, tuple[str, ...]]) -> bool:
    name, values = header
    meant = name.startswith("x-") and machines.AUTOMATIC_NAME.fullmatch(name)
    return bool(meant) and values[0].strip().lower() not in machines.AUTOMATIC_NOT


def _null(envelope: Envelope) -> bool:
    return envelope.reverse_path in ("", "<>")


def _to_a_token(message: InboundMessage, envelope: Envelope) -> bool:
    named = (address.address for address in (*message.to, *message.cc))
    return any(_TOKEN.search(address) for address in (*envelope.recipients, *named))


def _top(message: InboundMessage) -> str:
    """The beginning of the text without what plainly is history, folded; "" where no link stands anywhere: no machine
    asks for a click without one."""
    if "http" not in message.text and "http" not in message.html:
        return ""
    text = message.text[: machines.TOP] or _shown(message.html)
    own = MARKER.partition(" ")[2].partition(" de ")[0]  # « Répondez au-dessus », without its rules
    return fold("\n".join(row for row in text.partition(own)[0].split("\n") if not row.startswith(">")))


def _shown(markup: str) -> str:
    """About what the beginning of HTML shows: its tags are dropped, nothing is parsed."""
    begin = max(0, markup.find("<body"))
    return _TAG.sub(" ", markup[begin : begin + 5 * machines.TOP])[: machines.TOP]


def _challenges(folded: str) -> bool:
    told = (machines.CHALLENGE_DEED, machines.CHALLENGE_PROOF, machines.CHALLENGE_FATE)
    return all(pattern.search(folded[: machines.TOP]) for pattern in told)


def _without_token(address: str) -> str:
    local, _, domain = split(address)
    return f"{local}@{domain}"
