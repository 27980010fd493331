"""Turns the raw bytes of a message into an InboundMessage: mail-parser reads the header, our own walk the parts.

mail-parser's own bodies and attachments are not used: it adds the text of a message inside the message to the body,
leaves out files without a name, and reads Windows bytes as control characters.
"""

from __future__ import annotations

import email
import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import Message

from mailparser.dates import parse_mail_date
from mailparser.utils import get_addresses

from mailbot.errors import Unreadable
from mailbot.mail.envelope import lower
from mailbot.mail.files.sniff import named, sniff
from mailbot.mail.message import Address, Attachment, InboundMessage
from mailbot.mail.mime import bodies, limits, pieces
from mailbot.mail.mime.heavy import Light, lighten
from mailbot.mail.mime.limits import Limits as Limits
from mailbot.mail.mime.names import file_name, words
from mailbot.mail.mime.parts import MESSAGES, SIGNED, Part, Walk, inside_text
from mailbot.mail.mime.pieces import Piece

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_FOLD_BYTES = re.compile(rb"\r?\n(?=[ \t])")
_SUBJECT = re.compile(rb"^subject:[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.I | re.M)
_ARMOUR = "-----BEGIN PGP MESSAGE-----"
_ARMOURED = re.compile(rf"^(?:<[^<>]*>)*{_ARMOUR}", re.M)
_VERSIONS = frozenset("text/enriched text/richtext text/x-amp-html text/watch-html text/rtf".split())
_WHOLE_PAGE = re.compile(
    r"\s*(?:<!doctype html[^>]{0,300}>\s*)?<html[\s>]", re.I
)  #: HTML that a script calls plain text
_ID = re.compile(r"<[^<>\s]{1,998}>")
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\]+@[^\s@<>\"(),:;\\]+")
_MESSAGE_ID = re.compile(rb"^message-id:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.I | re.M)
_NATURAL = re.compile(rb"^(from|date|subject):([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.I | re.M)


def parse(raw: bytes, limits_: Limits = Limits()) -> InboundMessage:
    """The message in `raw`. Raises Unreadable for what exceeds `limits_`, or what no library can take apart."""
    light = lighten(limits.tidied(raw))
    limits.check(light.raw, limits_)
    try:
        return _message(email.message_from_bytes(light.raw), light, limits_)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # hostile bytes find a way through every library: a person looks at those
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def part(raw: bytes, number: str) -> bytes:
    """The decoded bytes of part `number`, as Attachment.part gives it. Raises KeyError if there is no such part."""
    light = lighten(limits.tidied(raw))
    for found in Walk(Limits()).over(email.message_from_bytes(light.raw), light):
        if found.number == number:
            return found.content()[0]
        if number.startswith((f"{found.number}.uu.", f"{found.number}.data.")):
            text = bodies.decode(found.content()[0], _parameters(found.message).get("charset", ""))[0]
            return {file.number: file.data for file in inside_text(found, text)[1]}[number]
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


def _message(tree: Message, light: Light, limits_: Limits) -> InboundMessage:
    headers = _headers(tree)
    found = _Found(Walk(limits_), limits_.text_bytes)
    found.all_of(tree, light)
    notes = list(found.notes)
    return InboundMessage(
        message_id=_message_id(headers),
        from_=_addresses(headers, "from", notes),
        from_headers=len(headers.get("from", ())),
        to=_addresses(headers, "to", notes),
        cc=_addresses(headers, "cc", notes),
        reply_to=_addresses(headers, "reply-to", notes),
        subject=_plain(words(_first(headers, "subject"))),
        date=_date(_first(headers, "date")),
        in_reply_to=tuple(_ID.findall(_first(headers, "in-reply-to"))),
        references=tuple(_ID.findall(_first(headers, "references"))),
        text=pieces.text(found.texts),
        html=pieces.html(found.texts, found.attachments, found.places),
        attachments=tuple(found.attachments),
        headers=headers,
        content_type=found.walk.top,
        report_type=_report_type(tree),
        status=found.status,
        original=found.original,
        sealed=found.sealed(),
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
                out.append(Address(_plain(shown), lower(address)))
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


@dataclass
class _Found:
    """What the walk collects."""

    walk: Walk
    longest: int
    texts: list[Piece] = field(default_factory=list)
    doubtful: list[tuple[Part, bytes]] = field(
        default_factory=list
    )  #: texts with a name: files, where there are others
    attachments: list[Attachment] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  #: part number -> how many texts stand before it
    notes: list[str] = field(default_factory=list)
    status: str = ""
    original: str = ""

    def all_of(self, tree: Message, light: Light) -> None:
        """Read every part below `tree`."""
        for part in self.walk.over(tree, light):
            self._take(part)
        self._without_body()
        self.attachments.sort(key=lambda attached: _order(attached.part))
        self.notes = [*self.walk.notes, *self.notes]

    def _take(self, part: Part) -> None:
        data, note = part.content()
        if note:
            self.notes.append(f"part {part.number}: {note}")
        if _may_be_body(part) and not part.names:
            self._text(part, data)
        elif _may_be_body(part) and data.strip():
            self.doubtful.append((part, data))
        elif (data or part.names or part.type.startswith("message/")) and not _is_a_version(part):
            self._attachment(part, data)

    def _text(self, part: Part, data: bytes) -> None:
        if len(data) > self.longest and part.type != "text/html":
            raise Unreadable(f"a text of {len(data)} bytes")
        said = _parameters(part.message)
        text, note = bodies.decode(data, said.get("charset", ""))
        if note:
            self.notes.append(note)
        if part.type == "text/plain" and _WHOLE_PAGE.match(text):
            part = replace(part, type="text/html")
        text, files = inside_text(part, text)
        if len(text) > self.longest:
            raise Unreadable(f"a text of {len(text)} characters")
        if part.type == "text/html":
            self.texts.append(Piece(part, "", text))
        else:
            text = bodies.without_armour(text)
            if said.get("format", "").lower() == "flowed":
                text = bodies.unflow(text, said.get("delsp", "").lower() == "yes")
            self.texts.append(Piece(part, text, ""))
        for file in files:
            self._attachment(file, file.data)

    def _without_body(self) -> None:
        """A text with a name is a file, but for the first where there is no other text; then what winmail.dat says."""
        rest = self.doubtful
        if rest and not any(piece.says_something for piece in self.texts):
            (part, data), *rest = rest
            self._text(part, data)
        for part, data in rest:
            self._attachment(part, data)
        if not any(piece.says_something for piece in self.texts) and (self.walk.text or self.walk.html):
            self.texts.append(Piece(Part("", Message(), "", Light(b"")), self.walk.text, self.walk.html))

    def _attachment(self, part: Part, data: bytes) -> None:
        type_ = part.type
        if type_ == "message/delivery-status":
            self.status = self.status or bodies.decode(data, "")[0]
        elif type_ in MESSAGES or type_ in ("text/rfc822-headers", "message/rfc822-headers"):
            self.original = self.original or bodies.decode(limits.head(data), "")[0]
        content_id = part.content_id or str(part.message.get("content-id") or "").strip("<> ")
        inline = type_.startswith("image/") and part.disposition != "attachment"
        shown = [file_name(name, type_, part.number) for name in part.names] or [_nameless(part, data)]
        sniffed = sniff((shown[0], *part.names), type_, data)
        self.places.setdefault(part.number, len(self.texts))
        self.attachments.append(
            Attachment(
                part=part.number,
                name=named(shown[0], sniffed.content),
                type=type_,
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                content_id=content_id,
                inline=inline and bool(content_id or part.disposition),
                content=sniffed.content,
                danger=sniffed.danger,
                other_names=tuple(dict.fromkeys(name for name in shown[1:] if name != shown[0])),
            )
        )

    def sealed(self) -> str:
        """What hides the text of the message, where it has none besides."""
        texts = [piece.text or piece.html for piece in self.texts]
        if any(_ARMOUR in text and _ARMOURED.search(text) for text in texts):
            return "pgp"
        beside = self.walk.top in SIGNED or self.walk.top == "multipart/encrypted"
        return self.walk.sealed if beside or not any(piece.says_something for piece in self.texts) else ""


def _may_be_body(part: Part) -> bool:
    return part.type in ("text/plain", "text/html") and part.disposition != "attachment" and not part.data


def _is_a_version(part: Part) -> bool:
    """The same text once more, for programs that show animations, watches and the like."""
    return bool(part.branches) and part.type in _VERSIONS and not part.names and part.disposition != "attachment"


def _nameless(part: Part, data: bytes) -> str:
    """A message inside is named by its subject."""
    if part.type in MESSAGES and (found := _SUBJECT.search(limits.head(data[:100_000]))):
        text = bodies.decode(_FOLD_BYTES.sub(b"", found[1]), "")[0]
        if subject := file_name(words(text).replace("/", "-"), "", "").removeprefix("piece-.bin"):
            return f"{subject}.eml"
    return file_name("", part.type, part.number)


def _parameters(part: Message) -> dict[str, str]:
    """The parameters of Content-Type; none where they cannot be read."""
    try:
        found = part.get_params(failobj=[]) or []
    except (ValueError, LookupError, TypeError):
        return {}
    return {key.lower(): (value[2] if isinstance(value, tuple) else value).strip() for key, value in reversed(found)}


def _order(number: str) -> list[tuple[int, str]]:
    return [(int(step) if step.isdecimal() else 0, step) for step in number.split(".")]
