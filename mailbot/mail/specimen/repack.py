"""Packs what was unpacked and changed: S/MIME as one signed without a signer, winmail.dat with files alone."""

from __future__ import annotations

import struct
from collections.abc import Iterable

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_SIGNATURE, _CODE_PAGE, _BEGIN, _TITLE, _CONTENT = 0x223E9F78, 0x9007, 0x9002, 0x8010, 0x800F


def signed(entity: bytes) -> bytes:
    """A MIME entity as opaque signed data (RFC 5652 §5.1) that nobody signed."""
    inside = _DATA + _der(0xA0, _der(0x04, entity))
    data = _der(0x30, _der(0x02, b"\1") + _der(0x31, b"") + _der(0x30, inside) + _der(0x31, b""))
    return _der(0x30, _SIGNED_DATA + _der(0xA0, data))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def winmail(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A winmail.dat (MS-OXTNEF §2.1.3) that holds files, each with its name."""
    out = struct.pack("<IH", _SIGNATURE, 1) + _attribute(1, _CODE_PAGE, struct.pack("<II", 65001, 0))
    for name, data in files:
        out += _attribute(2, _BEGIN, bytes(14)) + _attribute(2, _TITLE, name.encode() + b"\0")
        out += _attribute(2, _CONTENT, data)
    return out


def _attribute(level: int, name: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 0, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
