"""Undoes what transport did to a part: transfer encodings, charsets that lie, flowed lines, names of files."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from contextlib import suppress
from email.message import Message

from mailbot.mail.heavy import Light

#: What is written in practice under these names (WHATWG Encoding, §4.2): Windows bytes under a Latin-1 label.
_ALIASES = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "iso8859-1": "cp1252", "windows-1252": "cp1252",
    "us-ascii": "utf-8", "ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "utf8": "utf-8", "unknown-8bit": "utf-8",
    "iso-8859-8-i": "iso-8859-8", "ks_c_5601-1987": "cp949", "x-sjis": "cp932", "gb2312": "gb18030",
}  # fmt: skip
#: Codecs of Python that are no charsets of mail.
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7", "utf-7"})
_SINGLE_BYTE = re.compile(r"cp125\d|cp850|iso-?8859|mac|koi8")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_ENDING = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/tiff": "tif",
    "image/heic": "heic", "text/plain": "txt", "text/html": "html", "text/csv": "csv", "text/calendar": "ics",
    "message/rfc822": "eml", "message/delivery-status": "txt", "text/rfc822-headers": "txt",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "application/ms-tnef": "dat",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx", "application/zip": "zip",
}  # fmt: skip
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})  # controls, bidi and zero-width marks, lone surrogates
_LONGEST_NAME = 180


def content(part: Message, light: Light) -> tuple[bytes, str]:
    """(decoded bytes, note) of a part of `light` that is no container. Broken base64 is read as far as it goes."""
    if str(part.get("content-transfer-encoding", "")).strip().lower() != "base64":
        if light.runs:
            _put_back(part, light)
        data = part.get_payload(decode=True)
        return (data, "") if isinstance(data, bytes) else (b"", "")
    payload = part.get_payload()
    packed = light.restored(payload.encode("ascii", "replace")) if isinstance(payload, str) else b""
    pieces = packed.rstrip(b"= \t\r\n").split(b"=")
    if len(pieces) == 1:
        with suppress(binascii.Error):
            return binascii.a2b_base64(packed), ""
    return b"".join(map(_mended, pieces)), "base64 repaired"


def _put_back(part: Message, light: Light) -> None:
    """A part that says base64 and something else too holds what it held before it was lightened."""
    payload = part.get_payload()
    if isinstance(payload, str):
        part.set_payload(light.restored(payload.encode("ascii", "surrogateescape")).decode("ascii", "surrogateescape"))


def _mended(packed: bytes) -> bytes:
    """Base64 whose padding is missing; padding in the middle ends one piece and begins another."""
    packed = _NOT_BASE64.sub(b"", packed)
    whole = packed[: len(packed) - 1] if len(packed) % 4 == 1 else packed
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def decode(data: bytes, charset: str) -> tuple[str, str]:
    """(text, note) of the bytes of a text part whose header says `charset`.

    Bytes beyond ASCII that are sound UTF-8 are UTF-8, whatever single-byte charset was declared.
    """
    said = charset.strip("\"' ").lower()
    want = _ALIASES.get(said, said) or "utf-8"
    order = ["utf-8", want] if _SINGLE_BYTE.match(want) else [want, "utf-8"]
    for name in [*order, "cp1252"]:
        text = _strictly(data, name)
        if text is not None:
            return _tidy(text), "" if name == want or data.isascii() else f"charset {said!r} read as {name}"
    return _tidy(data.decode("cp1252", "replace")), f"charset {said!r} read as cp1252, with losses"


def _strictly(data: bytes, charset: str) -> str | None:
    if charset in _NO_CHARSETS:
        return None
    try:
        text = data.decode(charset)
        text.encode("utf-8")  # some codecs make lone surrogates, which no UTF-8 output takes
    except (LookupError, ValueError):
        return None
    return text


def _tidy(text: str) -> str:
    """One kind of line end, no byte order mark, no NUL."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")


def unflow(text: str, delsp: bool) -> str:
    """Join the lines that format=flowed broke (RFC 3676 §4.2); with `delsp` the space before the break goes."""
    out: list[str] = []
    pending: list[str] = []
    depth = 0
    for line in text.split("\n"):
        bare = line.lstrip(">")
        quotes = len(line) - len(bare)
        if pending and quotes != depth:
            out.append(_prefixed(depth, pending))
            pending = []
        depth = quotes
        bare = bare.removeprefix(" ")
        flowed = bare.endswith(" ") and bare != "-- "
        pending.append(bare[:-1] if flowed and delsp else bare)
        if not flowed:
            out.append(_prefixed(depth, pending))
            pending = []
    return "\n".join([*out, _prefixed(depth, pending)] if pending else out)


def _prefixed(depth: int, pieces: list[str]) -> str:
    return (">" * depth + " " if depth else "") + "".join(pieces)


def file_name(name: str, type_: str, part: str) -> str:
    """A name safe to show and to store as: no path, no control or bidi mark, NFC, 180 characters at most.

    Where nothing is left a name is made from the type and the part number, so that it stays the same.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/")
    name = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    name = " ".join(name.rpartition("/")[2].split()).strip(". ")
    if not name:
        return f"piece-{part}.{_ENDING.get(type_, 'bin')}"
    if len(name) <= _LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return stem[: _LONGEST_NAME - 10] + dot + ending if dot and len(ending) < 9 else name[:_LONGEST_NAME]
