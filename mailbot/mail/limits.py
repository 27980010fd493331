"""Keeps monsters from the parsers: one linear pass over the raw bytes before any library sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.errors import Unreadable

_BLANK = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_DELIMITER = re.compile(rb"(?:\A|(?<=[\r\n]))--([^\r\n]+)")
_BOUNDARY = re.compile(rb"boundary(?:\*0?\*?)?[ \t]*=[ \t]*(?:\"([^\"]*)\"|([^\s;]+))", re.I)
_NESTED = re.compile(rb"^content-type:\s*message/", re.I | re.M)
_FIELD = re.compile(rb"^[^\s:][^\r\n:]*:", re.M)
_ADDRESSES = re.compile(rb"^(?:from|sender|reply-to|to|cc|bcc):([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.I | re.M)
_LONGEST_PART_HEADER = 65_536


@dataclass(frozen=True)
class Limits:
    """What a message may hold before a parser is given it."""

    parts: int = 100  #: MIME parts, containers counted
    depth: int = 20  #: multiparts and messages inside one another
    headers: int = 500  #: header fields of the message itself
    header_bytes: int = 262_144  #: length of the header block
    addresses: int = 1_000  #: in all address headers together


def head(raw: bytes) -> bytes:
    """The header block of `raw`, without the empty line that ends it; the whole where there is none."""
    if raw[:1] in (b"\n", b"\r"):
        return b""
    end = _BLANK.search(raw)
    return raw[: end.start()] if end else raw


def body(raw: bytes) -> bytes:
    """The bytes after the header block and its empty line."""
    if raw[:1] in (b"\n", b"\r"):
        return raw.lstrip(b"\r\n")
    end = _BLANK.search(raw)
    return raw[end.end() :] if end else b""


def check(raw: bytes, limits: Limits) -> None:
    """Raise Unreadable if `raw` exceeds `limits`. Reads the bytes once and decodes nothing."""
    block = head(raw)
    if len(block) > limits.header_bytes:
        raise Unreadable(f"header block of {len(block)} bytes")
    if (fields := sum(1 for _ in _FIELD.finditer(block))) > limits.headers:
        raise Unreadable(f"{fields} header fields")
    addresses = sum(max(found[1].count(b","), found[1].count(b"@")) for found in _ADDRESSES.finditer(block))
    if addresses > limits.addresses:
        raise Unreadable(f"{addresses} addresses")
    parts = 0
    for depth in _depths(raw, block):
        parts += 1
        if parts > limits.parts:
            raise Unreadable(f"more than {limits.parts} parts")
        if depth > limits.depth:
            raise Unreadable(f"more than {limits.depth} levels of parts")


def _depths(raw: bytes, block: bytes) -> Iterator[int]:
    """How deep each part lies, in the order of the bytes: what the email package would build, not built."""
    open_: list[bytes] = []
    yield from _opened(raw, 0, open_)
    for line in _delimiters(raw, len(block)):
        name = line[1].rstrip(b" \t")
        if name.endswith(b"--") and name[:-2] in open_:
            del open_[open_.index(name[:-2]) :]
        elif name in open_:
            del open_[open_.index(name) + 1 :]
            yield from _opened(raw, line.end(), open_)


def _delimiters(raw: bytes, start: int) -> Iterator[re.Match[bytes]]:
    """The lines from `start` on that begin with two hyphens; found by their bytes, not by looking at each line."""
    at = raw.find(b"--", start)
    while at >= 0:
        found = _DELIMITER.match(raw, at)
        if found:
            yield found
        at = raw.find(b"--", found.end() if found else at + 1)


def _opened(raw: bytes, start: int, open_: list[bytes]) -> Iterator[int]:
    """Push what the part whose header block begins near `start` opens; a message inside it begins a part again."""
    while True:
        yield len(open_)
        end = _BLANK.search(raw, start, start + _LONGEST_PART_HEADER)
        block = raw[start : end.start()] if end else raw[start : start + _LONGEST_PART_HEADER]
        if found := _BOUNDARY.search(block):
            open_.append((found[1] or found[2] or b"").rstrip())
        elif _NESTED.search(block):
            open_.append(b"\n")  # no line is that: it closes with the part around it
            if end:
                start = end.end()
                continue
        return
