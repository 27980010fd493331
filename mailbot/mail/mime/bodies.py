"""Undoes what transport did to the content of a part: transfer encodings, flowed lines, files inside the text."""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from email.message import Message

from mailbot.mail.mime.charsets import decode as decode
from mailbot.mail.mime.heavy import Light

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_BASE64_LINES = re.compile(rb"(?:[ \t]*+[A-Za-z0-9+/=]*+[ \t]*+(?:\r?\n|\Z))*+")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_PIECES = 1_000
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=[\r\n]|\Z)")
_UU_BEGIN = re.compile(r"^begin(?:-base64)? [0-7]{3,4} (?P<name>\S[^\n]{0,1000})$", re.M)
_SIGNED = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----[ ]*\n(?:[A-Za-z][A-Za-z-]*:[^\n]*\n)*\n")
_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_SIGNATURE_END = "-----END PGP SIGNATURE-----"


def content(part: Message, light: Light) -> tuple[bytes, str]:
    """(decoded bytes, note) of a part of `light` that is no container. Broken base64 is read as far as it goes."""
    encoding = transfer(part)
    if encoding.startswith("base64"):
        payload = part.get_payload()
        packed = light.restored(payload.encode("ascii", "replace")) if isinstance(payload, str) else b""
        return unpacked(packed, part.get_content_maintype() == "text")
    if light.runs:
        part.set_payload(light.restored(_raw(part)).decode("ascii", "surrogateescape"))
    if encoding.startswith("quoted-printable"):
        quoted = _raw(part)
        spoilt = b"= " in quoted or b"=\t" in quoted
        return binascii.a2b_qp(_SOFT_BREAK.sub(b"=", quoted) if spoilt else quoted), ""
    data = part.get_payload(decode=True)
    return (data, "") if isinstance(data, bytes) else (b"", "")


def transfer(part: Message) -> str:
    """The transfer encoding that a part names, in small letters; some programs put quotes around it."""
    return str(part.get("content-transfer-encoding", "")).strip(" \t\"'").lower()


def _raw(part: Message) -> bytes:
    """The payload as it came: a part that is asked for it undecoded guesses at 8-bit characters."""
    encoding = part.get("content-transfer-encoding", "")
    del part["content-transfer-encoding"]
    data = part.get_payload(decode=True)
    part["Content-Transfer-Encoding"] = encoding
    return data if isinstance(data, bytes) else b""


def unpacked(packed: bytes, is_text: bool = False) -> tuple[bytes, str]:
    """Base64, and in a text also what is none: a footer that a list put behind it, or words under a wrong label."""
    if not is_text:
        return _decoded(packed)
    found = _BASE64_LINES.match(packed)
    end = found.end() if found else 0
    data, note = _decoded(packed[:end])
    rest = packed[end:].strip()
    if not rest:
        return (packed, "not base64") if note and not _is_text(data) else (data, note)
    if data and not note and not _CONTROL.search(data):
        return data.rstrip() + b"\n\n" + rest, "text behind base64"
    data, note = _decoded(packed)
    return (data, note) if _is_text(data) else (packed, "not base64")


def _decoded(packed: bytes) -> tuple[bytes, str]:
    """(bytes, note). Padding in the middle ends one piece and begins another."""
    pieces = packed.rstrip(b"= \t\r\n").split(b"=", _MOST_PIECES)
    if len(pieces) == 1:
        with suppress(binascii.Error):
            return binascii.a2b_base64(packed), ""
    return b"".join(map(_mended, pieces)), "base64 repaired"


def _mended(packed: bytes) -> bytes:
    """Base64 whose padding is missing."""
    packed = _NOT_BASE64.sub(b"", packed)
    whole = packed[: len(packed) - 1] if len(packed) % 4 == 1 else packed
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _is_text(data: bytes) -> bool:
    try:
        return not _CONTROL.search(data) and bool(data.decode("utf-8").strip())
    except UnicodeDecodeError:
        return False


def unflow(text: str, delsp: bool) -> str:
    """Join the lines that format=flowed broke (RFC 3676 §4.2); with `delsp` the space before the break goes."""
    out: list[str] = []
    pending: list[str] = []
    depth = 0
    for line in text.split("\n"):
        bare = line.lstrip(">")
        quotes = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if pending and (quotes != depth or bare == "-- " or not bare.strip()):
            out.append(_prefixed(depth, pending))
            pending = []
        depth = quotes
        flowed = bare.endswith(" ") and bare != "-- " and not bare.isspace()
        pending.append(bare[:-1] if flowed and delsp else bare)
        if not flowed:
            out.append(_prefixed(depth, pending))
            pending = []
    return "\n".join([*out, _prefixed(depth, pending)] if pending else out)


def _prefixed(depth: int, pieces: list[str]) -> str:
    return (">" * depth + " " if depth else "") + "".join(pieces)


def without_armour(text: str) -> str:
    """A text that PGP signed inside the text (RFC 4880 §7), without its armour; the signature says nothing to us."""
    begin = _SIGNED.search(text) if "-----BEGIN PGP SIGNED MESSAGE-----" in text else None
    end = text.find(_SIGNATURE, begin.end()) if begin else -1
    if begin is None or end < 0:
        return text
    after = text.find(_SIGNATURE_END, end)
    rest = text[after + len(_SIGNATURE_END) :] if after >= 0 else ""
    signed = "\n".join(line.removeprefix("- ") for line in text[begin.end() : end].split("\n"))
    return text[: begin.start()] + signed + rest


def without_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """(the text, name and bytes of each file) of a text in which files were written as uuencode."""
    files: list[tuple[str, bytes]] = []
    if "begin " not in text:
        return text, files
    kept: list[str] = []
    end = 0
    for begin in _UU_BEGIN.finditer(text):
        if begin.start() < end:
            continue
        data, after = _uudecoded(text, begin.end() + 1)
        if after:
            kept.append(text[end : begin.start()])
            files.append((begin["name"].strip(), data))
            end = after
    return "".join([*kept, text[end:]]), files


def _uudecoded(text: str, at: int) -> tuple[bytes, int]:
    """(bytes, where the line "end" ends) of the lines from `at` on; 0 where they are no uuencode."""
    out: list[bytes] = []
    while 0 < at < len(text):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)]
        at = end + 1 if end >= 0 else len(text)
        if line.rstrip() == "end":
            return b"".join(out), at if out else 0
        try:
            out.append(binascii.a2b_uu(line.encode("ascii")))
        except (binascii.Error, UnicodeEncodeError):
            return b"", 0
    return b"", 0
