"""Tells a PDF that runs something: by the names in it, written plainly, with #xx, or in an object stream.

Object streams (ISO 32000-1 §7.5.7) are small and hold the dictionaries of newer files: they are inflated, up to a
bound. Nothing else is: pages, pictures and joined files stay as they are. In an encrypted file names are readable and
object streams are not.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

STREAMS = 5_000  #: object streams that are looked for; more is taken for an attempt to tire us out
INFLATED = 8_000_000  #: bytes, of all of them together
ESCAPES = 20_000  #: characters written as # and two digits; more is the same
_LONGEST = 1_000_000  #: bytes, of one
_FAR = 600  #: where the data of a stream begin at the latest

#: `/JS` alone means nothing: a script is an action of type JavaScript, or stands in a Rendition (§12.6.4.13)
_RUN = (b"/JavaScript", b"/Launch", b"/RichMedia")
_RENDITION = b"/Rendition"
_SCRIPT = re.compile(rb"/JS[\x00\t\n\f\r ]{0,100}[(<\d]")
_PACKED = b"/ObjStm"
_DATA = re.compile(rb"stream(?:\r\n|\n|\r)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_LONGEST_NAME = 60


def active(data: bytes) -> bool:
    """True if opening the file, or a click in it, may run a script, a program or a player."""
    try:
        return _runs(data) or any(map(_runs, _inflated(data)))
    except _Tired:
        return True


class _Tired(Exception):
    """More of it than a file has that was made to be read."""


def _runs(data: bytes) -> bool:
    plain = [data, b" ".join(_unescaped(data))]
    return any(any(name in one for name in _RUN) or (_RENDITION in one and bool(_SCRIPT.search(one))) for one in plain)


def _unescaped(data: bytes) -> Iterator[bytes]:
    """The names that are written with #xx (§7.3.5), as they read."""
    done = 0
    for count, found in enumerate(_ESCAPE.finditer(data)):
        if count > ESCAPES:
            raise _Tired
        start = data.rfind(b"/", max(done, found.start() - _LONGEST_NAME), found.start())
        if start >= 0:
            done = found.end()
            yield _ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), data[start : start + _LONGEST_NAME])


def _inflated(data: bytes) -> Iterator[bytes]:
    """The object streams, inflated; those that are packed otherwise, or broken, as far as they go."""
    left, view = INFLATED, memoryview(data)
    for at in _packed(data):
        begins = _DATA.search(data, at, at + _FAR)
        if begins and left > 0:
            out = _inflate(view[begins.end() : begins.end() + _LONGEST], min(left, _LONGEST))
            left -= len(out)
            yield out


def _packed(data: bytes) -> Iterator[int]:
    """Where each object stream says that it is one."""
    at = data.find(_PACKED)
    for _ in range(STREAMS):
        if at < 0:
            return
        yield at
        at = data.find(_PACKED, at + len(_PACKED))
    raise _Tired


def _inflate(packed: memoryview, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        return b""
