"""Builds what other programs pack: winmail.dat as Outlook does, S/MIME in DER and in the BER of streaming programs."""

from __future__ import annotations

import struct

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
ENVELOPED_DATA = bytes.fromhex("06092a864886f70d010703")
DATA = bytes.fromhex("06092a864886f70d010701")
STRING, UNICODE, BINARY, OBJECT, LONG = 0x1E, 0x1F, 0x102, 0x0D, 0x03


def der(tag: int, content: bytes) -> bytes:
    """An element with a length of its own."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def ber(tag: int, content: bytes) -> bytes:
    """An element whose end is marked."""
    return bytes([tag, 0x80]) + content + b"\0\0"


def signed(entity: bytes, oid: bytes = SIGNED_DATA, outer=der, chunk: int = 0) -> bytes:
    """CMS around `entity`; with `chunk` the content in pieces of that size. No signer: nobody looks at one."""
    octets = der(0x04, entity)
    if chunk:
        pieces = [der(0x04, entity[at : at + chunk]) for at in range(0, len(entity), chunk)]
        octets = ber(0x24, b"".join(pieces))
    inner = outer(0x30, DATA + outer(0xA0, octets))
    data = outer(0x30, der(0x02, b"\1") + der(0x31, b"") + inner + der(0x31, b""))
    return outer(0x30, oid + outer(0xA0, data))


def attribute(level: int, name: int, value: bytes) -> bytes:
    """A TNEF attribute."""
    return struct.pack("<BHHI", level, name, 0, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def prop(name: int, kind: int, value: bytes) -> bytes:
    """A MAPI property."""
    head = struct.pack("<HH", kind, name)
    if kind == LONG:
        return head + value
    return head + struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)


def props(*rows: bytes) -> bytes:
    """A list of MAPI properties."""
    return struct.pack("<I", len(rows)) + b"".join(rows)


def packed_file(data: bytes, title: bytes = b"", *rows: bytes) -> bytes:
    """The attributes of one file."""
    out = attribute(2, 0x9002, bytes(14))
    out += attribute(2, 0x8010, title + b"\0") if title else b""
    out += attribute(2, 0x800F, data) if data else b""
    return out + (attribute(2, 0x9005, props(*rows)) if rows else b"")


def tnef(*attributes: bytes, codepage: int = 1252) -> bytes:
    """A winmail.dat."""
    head = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x9007, struct.pack("<II", codepage, 0))
    return head + b"".join(attributes)
