"""The steps of reading that need neither clock nor database, as one value: they may run in another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mailbot.mail import parse, reply
from mailbot.mail.disposition import Own, Screened, screen
from mailbot.mail.envelope import Envelope
from mailbot.mail.message import InboundMessage, Split
from mailbot.mail.mime.limits import Limits


class Reader(Protocol):
    """Reads mail. Each step raises Unreadable for a message that no parser may be given, or that takes too much."""

    def ready(self) -> None: ...  # returns when it can read: what kills us before that is no message's fault

    def open(
        self, raw: bytes, limits: Limits, envelope: Envelope, own: Own
    ) -> tuple[InboundMessage, Screened]: ...  # the message, and what the rules say of it

    def ahead(self, raw: bytes, limits: Limits, envelope: Envelope, own: Own) -> None: ...  # `open` will be asked next

    def parse(self, raw: bytes, limits: Limits) -> InboundMessage: ...  # the message alone

    def written(self, message: InboundMessage, sent: str) -> Split: ...  # what the person wrote, what we sent known


@dataclass(frozen=True)
class Here:
    """The Reader of this process: without limits on time and memory."""

    def ready(self) -> None:
        """It is at once."""

    def open(self, raw: bytes, limits: Limits, envelope: Envelope, own: Own) -> tuple[InboundMessage, Screened]:
        message = parse.parse(raw, limits)
        return message, screen(message, envelope, own)

    def ahead(self, raw: bytes, limits: Limits, envelope: Envelope, own: Own) -> None:
        """Nothing is gained by it here."""

    def parse(self, raw: bytes, limits: Limits) -> InboundMessage:
        return parse.parse(raw, limits)

    def written(self, message: InboundMessage, sent: str) -> Split:
        return reply.written(message, sent)
