"""Turns the raw bytes of a message into an InboundMessage: mail-parser reads the header, our own walk the parts.

mail-parser's own bodies and attachments are not used: it adds the text of a message inside the message to the body,
leaves out files without a name, and reads Windows bytes as control characters.
"""

from __future__ import annotations

import email
import hashlib
import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.generator import BytesGenerator
from email.message import Message

from mailparser.dates import parse_mail_date
from mailparser.utils import decode_header_part, get_addresses, mime_header_view

from mailbot.errors import Unreadable
from mailbot.mail import bodies, limits
from mailbot.mail.heavy import Light, lighten
from mailbot.mail.limits import Limits as Limits
from mailbot.mail.message import Address, Attachment, InboundMessage

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_ID = re.compile(r"<[^<>\s]{1,998}>")
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\]+@[^\s@<>\"(),:;\\]+")
_MESSAGE_ID = re.compile(rb"^message-id:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.I | re.M)
_NATURAL = re.compile(rb"^(from|date|subject):([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.I | re.M)


def parse(raw: bytes, limits_: Limits = Limits()) -> InboundMessage:
    """The message in `raw`. Raises Unreadable for what exceeds `limits_`, or what no library can take apart."""
    light = lighten(raw)
    limits.check(light.raw, limits_)
    try:
        return _message(email.message_from_bytes(light.raw), light)
    except Exception as error:  # hostile bytes find a way through every library: a person looks at those
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def part(raw: bytes, number: str) -> bytes:
    """The decoded bytes of part `number` ("1.2", RFC 3501 §6.4.5). Raises KeyError if there is no such part."""
    light = lighten(raw)
    for found, leaf, _ in _leaves(email.message_from_bytes(light.raw)):
        if found == number:
            return _bytes(leaf, light)[0]
    raise KeyError(number)


def identity(raw: bytes) -> str:
    """What makes two copies the same mail: Message-ID and body, or From, Date, Subject and body where it has none."""
    block = limits.head(raw)
    found = _MESSAGE_ID.search(block)
    if found and (name := b"".join(found[1].split())):
        key = b"id\0" + name
    else:
        fields = ((kind.lower(), b"".join(value.split())) for kind, value in _NATURAL.findall(block))
        key = b"\0".join(kind + b":" + value for kind, value in sorted(fields))
    return hashlib.sha256(key + b"\0" + hashlib.sha256(limits.body(raw)).digest()).hexdigest()


# --- the header ---------------------------------------------------------------------------------------------------


def _message(tree: Message, light: Light) -> InboundMessage:
    headers = _headers(tree)
    found = _Found(light)
    for number, leaf, alternative in _leaves(tree):
        found.take(number, leaf, alternative)
    notes = list(found.notes)
    return InboundMessage(
        message_id=_message_id(headers),
        from_=_addresses(headers, "from", notes),
        from_headers=len(headers.get("from", ())),
        to=_addresses(headers, "to", notes),
        cc=_addresses(headers, "cc", notes),
        reply_to=_addresses(headers, "reply-to", notes),
        subject=_plain(decode_header_part(_first(headers, "subject"))),
        date=_date(_first(headers, "date")),
        in_reply_to=tuple(_ID.findall(_first(headers, "in-reply-to"))),
        references=tuple(_ID.findall(_first(headers, "references"))),
        text="\n".join(found.text),
        html=found.joined_html(),
        attachments=tuple(found.attachments),
        headers=headers,
        content_type=tree.get_content_type(),
        report_type=_report_type(tree),
        status=found.status,
        original=found.original,
        notes=(*notes, *dict.fromkeys(type(defect).__name__ for defect in tree.defects)),
    )


def _headers(tree: Message) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for name, value in tree.raw_items():
        line = _FOLD.sub("", str(value)).encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()
        out[name.lower()] = (*out.get(name.lower(), ()), line)
    return out


def _first(headers: dict[str, tuple[str, ...]], name: str) -> str:
    return next(iter(headers.get(name, ())), "")


def _message_id(headers: dict[str, tuple[str, ...]]) -> str:
    value = _first(headers, "message-id")
    found = _ID.search(value)
    bare = value.strip("<> ")
    return found[0] if found else f"<{bare}>" if bare and " " not in bare else ""


def _addresses(headers: dict[str, tuple[str, ...]], name: str, notes: list[str]) -> tuple[Address, ...]:
    """Every mailbox of every header `name`. What only a lenient reader would call an address gives none."""
    out: list[Address] = []
    for value in headers.get(name, ()):
        problems: list[dict[str, str]] = []
        for shown, address in get_addresses(value, defects=problems, decode_names=True):
            if _ADDRESS.fullmatch(address):
                out.append(Address(_plain(shown), address.lower()))
        notes += [f"{name}: {problem['reason']}" for problem in problems[:3]]
    return tuple(out)


def _plain(text: str) -> str:
    """One line without controls: an encoded word may hold a line break (RFC 2047 §6.2 forbids it, mail has it)."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in text).split())


def _date(value: str) -> datetime | None:
    found = parse_mail_date(value).value if value else None
    return found if isinstance(found, datetime) else None


def _report_type(tree: Message) -> str:
    return str(tree.get_param("report-type") or "").lower() if tree.get_content_type() == "multipart/report" else ""


# --- the parts ----------------------------------------------------------------------------------------------------


def _leaves(tree: Message, number: str = "", alternative: bool = False) -> Iterator[tuple[str, Message, bool]]:
    """(number, part, stands inside an alternative) of all that is no container. A message in it is a leaf."""
    if tree.get_content_maintype() != "multipart" or not tree.is_multipart():
        yield number or "1", tree, alternative
        return
    inside = alternative or tree.get_content_subtype() == "alternative"
    for count, child in enumerate(tree.get_payload(), start=1):
        if isinstance(child, Message):
            yield from _leaves(child, f"{number}.{count}" if number else str(count), inside)


@dataclass
class _Found:
    """What the walk collects."""

    light: Light
    text: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    aside: list[tuple[int, str]] = field(default_factory=list)  #: text with no HTML twin, and where it stood
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    status: str = ""
    original: str = ""

    def take(self, number: str, leaf: Message, alternative: bool) -> None:
        type_ = leaf.get_content_type()
        data, note = _bytes(leaf, self.light)
        if note:
            self.notes.append(f"part {number}: {note}")
        if _is_body(leaf, type_):
            self._body(leaf, type_, data, alternative)
        elif data or type_.startswith("message/"):
            self._attachment(number, leaf, type_, data)

    def _body(self, leaf: Message, type_: str, data: bytes, alternative: bool) -> None:
        text, note = bodies.decode(data, str(leaf.get_content_charset() or ""))
        if note:
            self.notes.append(note)
        if type_ == "text/html":
            self.html.append(text)
            return
        if str(leaf.get_param("format") or "").lower() == "flowed":
            text = bodies.unflow(text, str(leaf.get_param("delsp") or "").lower() == "yes")
        self.text.append(text)
        if not alternative and text.strip():
            self.aside.append((len(self.html), text))

    def _attachment(self, number: str, leaf: Message, type_: str, data: bytes) -> None:
        if type_ == "message/delivery-status":
            self.status = self.status or bodies.decode(data, "")[0]
        elif type_ in ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"):
            self.original = self.original or bodies.decode(limits.head(data), "")[0]
        content_id = str(leaf.get("content-id") or "").strip("<> ")
        inline = type_.startswith("image/") and leaf.get_content_disposition() != "attachment"
        self.attachments.append(
            Attachment(
                part=number,
                name=bodies.file_name(_name(leaf), type_, number),
                type=type_,
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                content_id=content_id,
                inline=inline and bool(content_id or leaf.get_content_disposition()),
            )
        )

    def joined_html(self) -> str:
        """The HTML of all parts, and between them the text that came as text only (Apple Mail sends both kinds)."""
        if not self.html:
            return ""
        pieces = list(self.html)
        for place, text in reversed(self.aside):
            pieces.insert(place, "<div>" + html.escape(text, quote=False).replace("\n", "<br>") + "</div>")
        return "\n".join(pieces)


def _is_body(leaf: Message, type_: str) -> bool:
    if type_ not in ("text/plain", "text/html") or leaf.get_content_disposition() == "attachment":
        return False
    return not _name(leaf)


def _name(leaf: Message) -> str:
    shown = leaf
    if not all(isinstance(leaf.get(name, ""), str) for name in ("content-type", "content-disposition")):
        shown, _ = mime_header_view(leaf)  # bare 8-bit names, which the email package would replace by U+FFFD
    try:
        return str(decode_header_part(str(shown.get_filename() or "")))
    except (ValueError, LookupError, TypeError):
        return ""


def _bytes(leaf: Message, light: Light) -> tuple[bytes, str]:
    if not leaf.is_multipart():
        return bodies.content(leaf, light)
    out = io.BytesIO()
    for child in leaf.get_payload():
        if isinstance(child, Message):
            BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(child)
    return light.restored(out.getvalue()), ""
