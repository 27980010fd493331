"""What an incoming message is to the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mailbot.mail.files.danger import Danger
from mailbot.mail.quoting.lines import Kind


@dataclass(frozen=True)
class Address:
    """One mailbox of an address header: display name and lower-cased address."""

    name: str
    address: str


@dataclass(frozen=True)
class Attachment:
    """One part of a message that is not its text. `part` numbers it as in "1.2" (RFC 3501 §6.4.5)."""

    part: str
    name: str  #: decoded, cleaned of paths and controls; made up from the type where there was none
    type: str  #: as declared, lower case
    size: int  #: bytes, decoded
    sha256: str
    content_id: str = ""
    inline: bool = False  #: shown inside the text: a logo, a pasted picture
    content: str = ""  #: what the bytes are (mail/sniff.py), "" where that is not known
    danger: Danger | None = None  #: what speaks against it
    other_names: tuple[str, ...] = ()  #: that its header gives as well, cleaned in the same way: programs differ


@dataclass(frozen=True)
class InboundMessage:
    """A parsed message. Text and HTML are its own: those of a message inside it are attachments."""

    message_id: str  #: with its angle brackets, "" where there is none
    from_: tuple[Address, ...]  #: every address of every From header: exactly one is as it should be
    from_headers: int  #: how many From headers there are
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""  #: the text/plain parts, joined; "" where there is none
    html: str = ""  #: the text/html parts, joined; "" where there is none
    attachments: tuple[Attachment, ...] = ()
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)  #: lower-cased name -> values, top to bottom
    content_type: str = "text/plain"  #: of the message as a whole, lower case
    report_type: str = ""  #: of a multipart/report (RFC 6522), for example "delivery-status"
    status: str = ""  #: the message/delivery-status part of a report (RFC 3464), as text
    original: str = ""  #: the headers of the returned message of a report, as text
    sealed: str = ""  #: "smime" or "pgp", where its text is encrypted
    notes: tuple[str, ...] = ()  #: what was odd, for `read` and `why`

    def header(self, name: str) -> str:
        """The topmost value of a header, unfolded, or ""."""
        return next(iter(self.headers.get(name.lower(), ())), "")

    @property
    def sender(self) -> Address | None:
        """The one author (RFC 5322 §3.6.2), or None where From is missing, doubled or a list."""
        return self.from_[0] if self.from_headers == 1 and len(self.from_) == 1 else None


@dataclass(frozen=True)
class Block:
    """Lines of one kind that stand together in a message."""

    kind: Kind
    text: str
    files: tuple[str, ...] = ()  #: part numbers of what is shown at this place


@dataclass(frozen=True)
class Split:
    """A message cut in two: what the person wrote, and everything else, kept."""

    text: str
    set_aside: str = ""  #: signature, disclaimer, device line: the sender's, but not written for us
    quoted: str = ""  #: history: ours, or other people's
    notes: tuple[str, ...] = ()  #: which rule cut, for `why`
    blocks: tuple[Block, ...] = ()  #: all of it once more, in the order of the message: tells what stands below what


@dataclass(frozen=True)
class AttachedFile:
    """A file of a letter: where its bytes are kept. Read and encoded when the letter is composed."""

    name: str
    type: str
    sha256: str  #: of the file's bytes
    inbox_id: int  #: the message it came with
    part: str  #: its part number there


@dataclass(frozen=True)
class OutgoingMessage:
    """One letter with everything that composing it needs: composed twice, it gives the same bytes."""

    kind: str  #: question, receipt, approval, …
    to: Address
    from_: Address
    reply_to: str  #: address; "" leaves the header out
    subject: str
    text: str
    html: str
    date: datetime
    message_id: str  #: with angle brackets
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = False  #: answers a mail: Auto-Submitted, and no out-of-office wanted (RFC 3834 §5)
    seed: str = ""  #: from which the MIME boundaries are made
    files: tuple[AttachedFile, ...] = ()
