"""The lines of a split message in their order: what stands below what."""

from __future__ import annotations

from mailbot.mail.message import Address, InboundMessage
from mailbot.mail.quoting.lines import Kind
from mailbot.mail.reply import written


def test_blocks_keep_their_paragraphs() -> None:
    message = InboundMessage(
        "", (Address("", "a@b.example"),), 1, text="> 1) Un ?\n\nOui.\n\nEn effet.\n\n> 2) Deux ?\n"
    )
    assert [(b.kind, b.text) for b in written(message, "1) Un ?\n2) Deux ?").blocks] == [
        (Kind.QUOTED, "> 1) Un ?"),
        (Kind.TYPED, "Oui.\n\nEn effet."),
        (Kind.QUOTED, "> 2) Deux ?"),
    ]
