"""Decides whether a message is read at all, and what a message with nothing typed in it is."""

from __future__ import annotations

from dataclasses import dataclass

from mailbot.mail import machines
from mailbot.mail.envelope import Envelope
from mailbot.mail.message import InboundMessage, Split
from mailbot.mail.quoting.lines import fold
from mailbot.mail.rules import RULES
from mailbot.mail.rules import Disposition as Disposition
from mailbot.mail.rules import Own as Own


@dataclass(frozen=True)
class Screened:
    """What becomes of a message, and the name of the rule that said so ("" where none spoke)."""

    disposition: Disposition
    rule: str = ""


def screen(message: InboundMessage, envelope: Envelope, own: Own) -> Screened:
    """The word of the first rule of `rules.RULES` that has one; ACCEPT where none has."""
    for rule in RULES:
        found = rule(message, envelope, own)
        if found is not None:
            return Screened(found, rule.__name__)
    return Screened(Disposition.ACCEPT)


def nothing_typed(message: InboundMessage, split: Split) -> Disposition | None:
    """FORWARD or EMPTY for a message whose `split` holds no typed text; None where words or files came.

    A reply that brings only files is an answer; a forward that brings only files is a forward.
    """
    if split.text.strip():
        return None
    inside = any(attached.type == "message/rfc822" for attached in message.attachments)
    if "forwarded" in split.notes or inside or machines.FORWARD_SUBJECT.match(fold(message.subject) + " "):
        return Disposition.FORWARD
    return None if message.attachments else Disposition.EMPTY
