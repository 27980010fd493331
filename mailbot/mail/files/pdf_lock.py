"""Tells an encrypted PDF that everybody can open from one that asks for a password (ISO 32000-1 §7.6).

Banks and offices lock printing or changing, with an empty password for reading. Only the check of that empty password
is done here; nothing is decrypted.
"""

from __future__ import annotations

import re
from hashlib import md5, sha256

_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_REFERENCE = re.compile(rb"/Encrypt\s{0,20}(?:(\d{1,8})\s+(\d{1,5})\s+R|<<)")
_FIRST_ID = re.compile(rb"/ID\s{0,20}\[\s{0,20}(?=[(<])")
_NUMBER = re.compile(rb"\s{0,20}(-?\d{1,11})")
_UNKNOWN_METADATA = re.compile(rb"/EncryptMetadata\s{0,20}false")
_BRACKET = re.compile(rb"\\.|[()]", re.S)
_ESCAPED = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r?\n)", re.S)
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LONGEST = 4_000  #: bytes of the dictionary
_AES_HASHED = 6  #: revision of PDF 2.0, whose check needs AES


def encrypted(data: bytes) -> bool:
    """True where the file says that it is encrypted."""
    return _REFERENCE.search(data) is not None


def asks_for_password(data: bytes) -> bool:
    """True where an encrypted PDF does not open with the empty password, or is not encrypted as the standard says.

    Of revision 6 nothing is claimed: False.
    """
    said = _dictionary(data)
    revision, user = _integer(said, b"/R"), _string(said, b"/U")
    if b"/Standard" not in said or not user:
        return True
    if revision >= _AES_HASHED:
        return len(user) < 48
    if revision == 5:
        return sha256(user[32:40]).digest() != user[:32]
    return not _opens(said, _identity(data), revision, user)


def _opens(said: bytes, identity: bytes, revision: int, user: bytes) -> bool:
    """Algorithms 2, 4 and 5 of §7.6.3, with the empty password."""
    size = 5 if revision < 3 else min(max(_integer(said, b"/Length") or 40, 40), 128) // 8
    if b"/CFM" in said:
        size = 16
    hidden = _string(said, b"/O")[:32] + (_integer(said, b"/P") & 0xFFFFFFFF).to_bytes(4, "little") + identity
    if revision >= 4 and _UNKNOWN_METADATA.search(said):
        hidden += b"\xff" * 4
    key = md5(_PADDING + hidden, usedforsecurity=False).digest()[:size]
    if revision < 3:
        return _rc4(key, _PADDING) == user[:32]
    for _ in range(50):
        key = md5(key, usedforsecurity=False).digest()[:size]
    made = md5(_PADDING + identity, usedforsecurity=False).digest()
    for turn in range(20):
        made = _rc4(bytes(byte ^ turn for byte in key), made)
    return made == user[:16]


def _rc4(key: bytes, text: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) & 255
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in text:
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) & 255])
    return bytes(out)


def _dictionary(data: bytes) -> bytes:
    """What says how the file is encrypted: in the trailer, or the object it names; b"" where there is none."""
    found = _REFERENCE.search(data)
    if found is None:
        return b""
    if found[1] is None:
        return data[found.end() : found.end() + _LONGEST]
    named = re.search(rb"(?<!\d)%s\s+%s\s+obj" % (found[1], found[2]), data)
    return data[named.end() : named.end() + _LONGEST].partition(b"endobj")[0] if named else b""


def _identity(data: bytes) -> bytes:
    """The first of the two names of the file."""
    found = _FIRST_ID.search(data)
    return _value(data, found.end()) if found else b""


def _integer(said: bytes, key: bytes) -> int:
    found = re.search(re.escape(key) + rb"(?![A-Za-z])" + _NUMBER.pattern, said)
    return int(found[1]) if found else 0


def _string(said: bytes, key: bytes) -> bytes:
    found = re.search(re.escape(key) + rb"\s{0,20}(?=[(<])", said)
    return _value(said, found.end()) if found else b""


def _value(data: bytes, at: int) -> bytes:
    """A string, written in brackets or as hexadecimal digits (§7.3.4)."""
    if data[at : at + 1] == b"<":
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", data[at + 1 : at + 600].partition(b">")[0])
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    open_ = 0
    for found in _BRACKET.finditer(data, at, at + 1000):
        open_ += {b"(": 1, b")": -1}.get(found[0], 0)
        if open_ == 0:
            return _ESCAPED.sub(_character, data[at + 1 : found.start()])
    return b""


def _character(found: re.Match[bytes]) -> bytes:
    said = found[1]
    if said[:1].isdigit():
        return bytes([int(said, 8) & 255])
    return _CONTROL.get(said, b"" if said.endswith(b"\n") else said)
