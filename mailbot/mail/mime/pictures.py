"""Tells the pictures that adorn a mail (logos, icons, what stands in the history) from documents."""

from __future__ import annotations

from collections.abc import Mapping

from mailbot.mail.message import Attachment, InboundMessage, Split
from mailbot.mail.quoting.lines import Kind

ICON_BYTES = 8_000  #: a smaller picture between typed lines is an icon
LOGO_BYTES = 50_000  #: ... in the history, a logo
BANNER_BYTES = 150_000  #: ... in a signature, its banner
MAILS_OF_A_LOGO = 2  #: a picture that so many earlier mails of the same firm brought as well is none of this one


def ornaments(message: InboundMessage, split: Split, before: Mapping[str, int]) -> frozenset[str]:
    """The part numbers of the pictures that are no files of the writer; never anything but a picture.

    `before` tells in how many earlier mails of the writer or his firm a picture came, by hash.
    """
    last = sorted(split.blocks, key=lambda block: block.kind is Kind.TYPED)  # shown twice: where it was typed
    places = {part: block.kind for block in last for part in block.files}
    return frozenset(
        file.part
        for file in message.attachments
        if file.type.startswith("image/")
        and _adorns(file, _is_shown(file, message.html), places.get(file.part, Kind.TYPED), before.get(file.sha256, 0))
    )


def _adorns(file: Attachment, shown: bool, place: Kind, before: int) -> bool:
    if not shown:
        return file.inline and before >= MAILS_OF_A_LOGO and file.size <= LOGO_BYTES
    if place is Kind.ASIDE:
        return file.size <= BANNER_BYTES or before > 0
    if place is Kind.QUOTED:
        return file.size <= LOGO_BYTES or before > 0
    return file.size <= ICON_BYTES or before >= MAILS_OF_A_LOGO


def _is_shown(file: Attachment, html: str) -> bool:
    """The HTML shows it by its Content-ID (RFC 2392)."""
    return bool(file.content_id) and f"cid:{file.content_id}" in html
