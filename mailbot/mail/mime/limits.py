"""Keeps monsters from the parsers: one linear pass over the raw bytes before any library sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.errors import Unreadable

_BLANKS = (b"\r\n\r\n", b"\n\n", b"\r\r")
_SPACE_BEFORE_COLON = re.compile(rb"^([!-9;-~]+)[ \t]+:", re.M)
_DELIMITER = re.compile(rb"(?:\A|(?<=[\r\n]))--([^\r\n]+)")
_BOUNDARY = re.compile(rb"boundary(?:\*0?\*?)?[ \t]*=[ \t]*(?:\"([^\"]*)\"|([^\s;]+))", re.I)
_NESTED = re.compile(rb"^content-type:\s*message/(delivery-status)?", re.I | re.M)
_FIELD = re.compile(rb"^[^\s:][^\r\n:]*:", re.M)
_ADDRESSES = re.compile(rb"^(?:from|sender|reply-to|to|cc|bcc):([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.I | re.M)
_BETWEEN_ADDRESSES = (b",", b"@", b";")
_MIME = re.compile(rb"^content-(?:type|disposition):([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.I | re.M)
_LONGEST_PART_HEADER = 65_536
_NEAR = 8_192  # where most headers end
_MOST_PARAMETERS = 1_000  # the standard library reads them in quadratic time
_MOST_BLOCKS = 1_000  # of a delivery report: one a recipient


@dataclass(frozen=True)
class Limits:
    """What a message may hold before a parser is given it."""

    parts: int = 100  #: MIME parts, containers counted
    depth: int = 20  #: multiparts and messages inside one another
    headers: int = 500  #: header fields of the message itself
    header_bytes: int = 262_144  #: length of the header block
    addresses: int = 1_000  #: in all address headers together
    encoded_words: int = 5_000  #: "=?" in the header block (RFC 2047)
    lines: int = 300_000  #: of the whole message, long base64 left out
    line_bytes: int = 1_000_000  #: length of a line
    text_bytes: int = 2_000_000  #: of one text part, decoded


def head(raw: bytes) -> bytes:
    """The header block of `raw`, without the empty line that ends it; the whole where there is none."""
    if raw[:1] in (b"\n", b"\r"):
        return b""
    return raw[: blank(raw)[0]]


def body(raw: bytes) -> bytes:
    """The bytes after the header block and its empty line."""
    if raw[:1] in (b"\n", b"\r"):
        return raw.lstrip(b"\r\n")
    return raw[blank(raw)[1] :]


def blank(raw: bytes, start: int = 0, stop: int | None = None) -> tuple[int, int]:
    """(begin, end) of the first empty line between `start` and `stop`, whose line ends are counted in; (stop, stop)
    where there is none."""
    stop = len(raw) if stop is None else min(stop, len(raw))
    for near in (min(start + _NEAR, stop), stop):
        first = end = near
        for mark in _BLANKS:
            at = raw.find(mark, start, first + len(mark) - 1)
            if 0 <= at < first:
                first, end = at, at + len(mark)
        if end > first:
            break
    return first, end


def tidied(raw: bytes) -> bytes:
    """`raw` without the space that old programs put before the colon of a field (RFC 5322 §4.5.1)."""
    block = head(raw)
    if b" :" not in block and b"\t:" not in block:
        return raw
    return _SPACE_BEFORE_COLON.sub(rb"\1:", block) + raw[len(block) :]


def check(raw: bytes, limits: Limits) -> None:
    """Raise Unreadable if `raw` exceeds `limits`. Reads the bytes once and decodes nothing."""
    block = head(raw)
    _check_header(block, limits)
    if len(raw) > limits.lines and (lines := max(raw.count(b"\n"), raw.count(b"\r"))) > limits.lines:
        raise Unreadable(f"{lines} lines")
    if _has_line(raw, limits.line_bytes):
        raise Unreadable(f"a line of more than {limits.line_bytes} bytes")
    parts = 0
    for depth in _depths(raw, block):
        parts += 1
        if parts > limits.parts:
            raise Unreadable(f"more than {limits.parts} parts")
        if depth > limits.depth:
            raise Unreadable(f"more than {limits.depth} levels of parts")


def _check_header(block: bytes, limits: Limits) -> None:
    if len(block) > limits.header_bytes:
        raise Unreadable(f"header block of {len(block)} bytes")
    if (fields := sum(1 for _ in _FIELD.finditer(block))) > limits.headers:
        raise Unreadable(f"{fields} header fields")
    if sum(map(block.count, _BETWEEN_ADDRESSES)) > limits.addresses:
        addresses = sum(max(map(found[1].count, _BETWEEN_ADDRESSES)) for found in _ADDRESSES.finditer(block))
        if addresses > limits.addresses:
            raise Unreadable(f"{addresses} addresses")
    if (words := block.count(b"=?")) > limits.encoded_words:
        raise Unreadable(f"{words} encoded words")
    _check_parameters(block)


def _check_parameters(block: bytes) -> None:
    if block.count(b";") <= _MOST_PARAMETERS:
        return
    for found in _MIME.finditer(block):
        if (count := found[1].count(b";")) > _MOST_PARAMETERS:
            raise Unreadable(f"{count} parameters of a MIME field")


def _has_line(raw: bytes, longest: int) -> bool:
    """Whether a line of `raw` is longer than `longest`, give or take its half: one look at each half."""
    step = max(1, longest // 2)
    if len(raw) <= longest:
        return False
    ends = ((at, at + step) for at in range(0, len(raw) - step, step))
    return any(raw.find(b"\n", *end) < 0 and raw.find(b"\r", *end) < 0 for end in ends)


def _depths(raw: bytes, block: bytes) -> Iterator[int]:
    """How deep each part lies, in the order of the bytes: what the email package would build, not built."""
    walk = _Open()
    yield from walk.part(raw, 0, len(block))
    for line in _delimiters(raw, len(block)):
        name = line[1].rstrip(b" \t")
        if name.endswith(b"--") and name[:-2] in walk.names:
            del walk.names[walk.names.index(name[:-2]) :]
        elif name in walk.names:
            del walk.names[walk.names.index(name) + 1 :]
            yield from walk.part(raw, line.end(), _LONGEST_PART_HEADER)


def _delimiters(raw: bytes, start: int) -> Iterator[re.Match[bytes]]:
    """The lines from `start` on that begin with two hyphens; found by their bytes, not by looking at each line."""
    at = raw.find(b"--", start)
    while at >= 0:
        found = _DELIMITER.match(raw, at)
        if found:
            yield found
        at = raw.find(b"--", found.end() if found else at + 1)


@dataclass
class _Open:
    """The boundaries that are open at a place of the message, outermost first."""

    names: list[bytes] = field(default_factory=list)
    digests: set[bytes] = field(default_factory=set)  #: of those: parts without a type are messages (RFC 2046 §5.1.5)

    def part(self, raw: bytes, start: int, longest: int) -> Iterator[int]:
        """The depth of the part whose header block begins near `start`, and of a message inside it."""
        while True:
            yield len(self.names)
            first, end = blank(raw, start, start + longest + 1)
            if first == end < len(raw):
                raise Unreadable("a part whose header has no end")
            block = raw[start:first]
            _check_parameters(block)
            if not self._enters(raw, block, end) or first == end:
                return
            start, longest = end, _LONGEST_PART_HEADER

    def _enters(self, raw: bytes, block: bytes, end: int) -> bool:
        """Push what a part with that header opens; True where a message begins behind it."""
        if found := _BOUNDARY.search(block):
            self.names.append((found[1] or found[2] or b"").rstrip())
            if b"/digest" in block.lower():
                self.digests.add(self.names[-1])
            return False
        nested = _NESTED.search(block)
        if nested and nested[1]:
            _check_report(raw, end)
            return False
        inside = bool(nested) or bool(self.names and self.names[-1] in self.digests and b":" not in block)
        if inside:
            self.names.append(b"\n")  # no line is that: it closes with the part around it
        return inside


def _check_report(raw: bytes, start: int) -> None:
    """The email package makes a part of each block of a delivery report (RFC 3464 §2.1)."""
    stop = raw.find(b"\n--", start)
    stop = len(raw) if stop < 0 else stop
    if (blocks := max(raw.count(mark, start, stop) for mark in _BLANKS)) > _MOST_BLOCKS:
        raise Unreadable(f"a report of {blocks} blocks")
