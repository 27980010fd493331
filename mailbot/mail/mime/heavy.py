"""Takes long base64 out of a message before it is parsed line by line, and puts it back where a part is decoded.

An attachment is thousands of lines that no parser needs to look at one by one. Only the lines behind the header of a
part that says base64 are taken, only while they look like nothing else, and the bytes that come back are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ENCODED = re.compile(rb"^content-transfer-encoding:[ \t]*base64[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_RUN = re.compile(rb"(?:[A-Za-z0-9+/]{60,76}+\r?\n){100,}+")
_MARK = b"=mailbot-heavy-"
_PLACE = re.compile(rb"=mailbot-heavy-(\d+)=\r?\n?")


@dataclass(frozen=True)
class Light:
    """A message without its long runs of base64."""

    raw: bytes
    runs: tuple[bytes, ...] = ()

    def restored(self, data: bytes) -> bytes:
        """`data`, cut from `raw`, with the runs in their places."""
        if _MARK not in data:
            return data
        return _PLACE.sub(lambda found: self.runs[int(found[1])], data)


def lighten(raw: bytes) -> Light:
    """`raw` with each long run replaced by a line that no base64 and no boundary can be. Linear."""
    if _MARK in raw:
        return Light(raw)
    pieces: list[bytes] = []
    runs: list[bytes] = []
    end = body = 0
    for found in _encoded(raw):
        if found.end() < body:  # the same header block again
            continue
        blank = _BLANK.search(raw, found.end() - 1)
        if blank is None:
            break
        body = blank.end()
        run = _RUN.match(raw, body)
        if run is None:
            continue
        pieces += (raw[end : run.start()], _MARK, b"%d=\r\n" % len(runs))
        runs.append(run[0])
        end = run.end()
    return Light(b"".join((*pieces, raw[end:])), tuple(runs)) if runs else Light(raw)


def _encoded(raw: bytes) -> Iterator[re.Match[bytes]]:
    """The lines that say base64; found by that word, for most lines of a message do not hold it."""
    for word in (b"base64", b"Base64", b"BASE64"):
        if word in raw:
            break
    else:
        return
    if word != b"base64":
        yield from _ENCODED.finditer(raw)
        return
    at = raw.find(word)
    while at >= 0:
        if found := _ENCODED.match(raw, raw.rfind(b"\n", max(0, at - 100), at) + 1):
            yield found
        at = raw.find(word, at + 6)
