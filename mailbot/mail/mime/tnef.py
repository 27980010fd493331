"""Opens winmail.dat (MS-OXTNEF): the files and the text that Outlook packed into it.

Every length is held against the bytes that are there, so the work grows with the size of the file and nothing else.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from mailbot.mail.mime import rtf
from mailbot.mail.mime.charsets import decode
from mailbot.mail.mime.names import type_of

_SIGNATURE = 0x223E9F78
_MOST_ATTRIBUTES, _MOST_PROPERTIES, _MOST_FILES, _DEEPEST = 5_000, 20_000, 100, 3
_RENDERING, _TITLE, _DATA, _ATTACHMENT, _PROPERTIES, _BODY, _CODEPAGE = (
    0x9002, 0x8010, 0x800F, 0x9005, 0x9003, 0x800C, 0x9007,
)  # fmt: skip
_SIZES = {0x02: 2, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 2, 0x14: 8, 0x40: 8, 0x48: 16, 0x01: 4}
_LENGTHS = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_UNICODE, _OBJECT = 0x1F, 0x0D
_PR_SUBJECT, _PR_BODY, _PR_RTF, _PR_HTML, _PR_CPID = 0x0037, 0x1000, 0x1009, 0x1013, 0x3FDE
_PR_DATA, _PR_NAME, _PR_LONG_NAME, _PR_DISPLAY, _PR_TYPE, _PR_CID = 0x3701, 0x3704, 0x3707, 0x3001, 0x370E, 0x3712
_INTERFACE = 16  #: bytes before the TNEF of a message inside: which interface it has


@dataclass(frozen=True)
class File:
    """A file that was packed."""

    name: str
    type: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Contents:
    """What a winmail.dat holds."""

    files: tuple[File, ...] = ()
    text: str = ""
    html: str = ""
    subject: str = ""


@dataclass
class _Packed:
    """A file while its attributes are read."""

    title: bytes = b""
    data: bytes = b""
    properties: dict[int, tuple[int, bytes]] = field(default_factory=dict)


def unpack(data: bytes, deep: int = 0) -> Contents | None:
    """The contents of `data`; None where it is no TNEF, broken, or beyond all bounds."""
    try:
        return _read(data, deep)
    except (struct.error, ValueError, IndexError):
        return None


def _read(data: bytes, deep: int) -> Contents:
    if deep > _DEEPEST or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        raise ValueError("no TNEF")
    files: list[_Packed] = []
    properties: dict[int, tuple[int, bytes]] = {}
    codepage, body = "cp1252", b""
    at, count = 6, 0
    while at + 11 <= len(data):
        count += 1
        attribute, length = struct.unpack_from("<xHxxI", data, at)
        value = data[at + 9 : at + 9 + length]
        if count > _MOST_ATTRIBUTES or len(value) < length:
            raise ValueError("too many attributes, or cut off")
        at += length + 11
        if attribute == _CODEPAGE:
            codepage = _charset(value)
        elif attribute == _BODY:
            body = value
        elif attribute == _PROPERTIES:
            properties = _mapi(value)
        elif attribute == _RENDERING and len(files) < _MOST_FILES:
            files.append(_Packed())
        elif files:
            _note(files[-1], attribute, value)
    return _contents(files, properties, body, codepage, deep)


def _note(file: _Packed, attribute: int, value: bytes) -> None:
    if attribute == _TITLE:
        file.title = value
    elif attribute == _DATA:
        file.data = value
    elif attribute == _ATTACHMENT:
        file.properties = _mapi(value)


def _mapi(data: bytes) -> dict[int, tuple[int, bytes]]:
    """Property -> (type, bytes of its first value), of a list of MAPI properties (MS-OXTNEF §2.1.3.3)."""
    (count,) = struct.unpack_from("<I", data)
    if count > _MOST_PROPERTIES:
        raise ValueError("too many properties")
    out: dict[int, tuple[int, bytes]] = {}
    at = 4
    for _ in range(count):
        type_, name = struct.unpack_from("<HH", data, at)
        at = _named(data, at + 4) if name >= 0x8000 else at + 4
        value, at = _value(data, at, type_)
        out.setdefault(name, (type_ & 0xFFF, value))
    return out


def _named(data: bytes, at: int) -> int:
    """Where the name of a named property ends."""
    kind, length = struct.unpack_from("<II", data, at + 16)
    return at + 24 if kind == 0 else at + 24 + length + -length % 4


def _value(data: bytes, at: int, type_: int) -> tuple[bytes, int]:
    """(the first value, where the last one ends); only values with a length and multiple ones have a count."""
    kind, count = type_ & 0xFFF, 1
    if kind in _LENGTHS or type_ & 0x1000:
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
    if count > _MOST_PROPERTIES:
        raise ValueError("too many values")
    if kind in _SIZES:
        length = _SIZES[kind]
        return data[at : at + length], at + length * count + -length * count % 4
    if kind not in _LENGTHS:
        raise ValueError(f"property of type {type_:#x}")
    first = b""
    for n in range(count):
        (length,) = struct.unpack_from("<I", data, at)
        if at + 4 + length > len(data):
            raise ValueError("cut off")
        first = data[at + 4 : at + 4 + length] if n == 0 else first
        at += 4 + length + -length % 4
    return first, at


def _contents(
    packed: list[_Packed], properties: dict[int, tuple[int, bytes]], body: bytes, codepage: str, deep: int
) -> Contents:
    if _PR_CPID in properties:
        codepage = _charset(properties[_PR_CPID][1]) or codepage
    files = [file for one in packed for file in _files(one, codepage, deep)]
    text = _string(properties, _PR_BODY, codepage) or decode(body.rstrip(b"\0"), codepage)[0]
    html = _string(properties, _PR_HTML, codepage)
    if not (text.strip() or html) and _PR_RTF in properties:
        text = rtf.text(rtf.decompress(properties[_PR_RTF][1]))
    return Contents(tuple(files[:_MOST_FILES]), text, html, _string(properties, _PR_SUBJECT, codepage))


def _files(one: _Packed, codepage: str, deep: int) -> list[File]:
    """The file; of a message inside its text as a file, and the files of its own."""
    names = (_string(one.properties, name, codepage) for name in (_PR_LONG_NAME, _PR_NAME, _PR_DISPLAY))
    name = next(filter(None, names), "") or decode(one.title.rstrip(b"\0"), codepage)[0]
    kind, data = one.properties.get(_PR_DATA, (0, one.data))
    if kind == _OBJECT:
        inside = unpack(data[_INTERFACE:], deep + 1)
        if inside is None:
            return [File(name, "application/octet-stream", data)]
        text = inside.text or inside.html
        ending = "txt" if inside.text else "html"
        own = [File(f"{inside.subject or name}.{ending}", type_of(f".{ending}"), text.encode())] if text else []
        return own + list(inside.files)
    type_ = _string(one.properties, _PR_TYPE, codepage).strip().lower() or type_of(name)
    return [File(name, type_, data, _string(one.properties, _PR_CID, codepage).strip("<> "))] if data else []


def _string(properties: dict[int, tuple[int, bytes]], name: int, codepage: str) -> str:
    kind, value = properties.get(name, (0, b""))
    if kind == _UNICODE:
        return decode(b"\xff\xfe" + value, "utf-16")[0] if value else ""
    return decode(value.rstrip(b"\0"), codepage)[0]


def _charset(value: bytes) -> str:
    """The name of a Windows code page."""
    (number,) = struct.unpack_from("<I", value)
    known = {65001: "utf-8", 20127: "us-ascii", 28591: "iso-8859-1", 28605: "iso-8859-15", 10000: "macintosh"}
    return known.get(number, f"cp{number}" if number < 2_000 else "")
