"""Tells what is wrong with a PDF: it runs something, brings files of its own, or nobody can say.

What runs is told by the names in it, written plainly, with #xx, or in an object stream. Object streams (ISO 32000-1
§7.5.7) are small and hold the dictionaries of newer files: they are inflated, up to a bound; so are joined files, of
which those pass that an electronic invoice brings (Factur-X). Pages and pictures stay as they are. In an encrypted
file names are readable and object streams are not.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from mailbot.mail.files.danger import Danger
from mailbot.mail.files.pdf_lock import asks_for_password, encrypted

STREAMS = 5_000  #: object streams that are looked for; more is taken for an attempt to tire us out
INFLATED = 16_000_000  #: bytes, of all of them together; more is the same
ESCAPES = 20_000  #: characters written as # and two digits; more is the same
_LONGEST = 4_000_000  #: bytes of one, as it is packed
_FAR = 600  #: bytes before the type of a stream in which its dictionary begins

#: `/JS` alone means nothing: a script is an action of type JavaScript, or stands in a Rendition (§12.6.4.13)
_RUN = re.compile(rb"/(?:JavaScript|Launch|RichMedia)(?![A-Za-z0-9_.-])")
_RENDITION = b"/Rendition"
_SCRIPT = re.compile(rb"/JS[\x00\t\n\f\r ]{0,100}[(<\d]")
_PACKED = re.compile(rb"/ObjStm(?![A-Za-z])")
_JOINED = re.compile(rb"/EmbeddedFile(?![A-Za-z])")
_FILE_NAME = re.compile(rb"/U?F\s{0,20}(?:\(((?:[^()\\]|\\.){0,500})\)|<([0-9A-Fa-f\s]{0,2000})>)", re.S)
_MAY_JOIN = re.compile(r".+\.(?:xml|txt|csv|pdf|jpe?g|png|tiff?)", re.I | re.S)
_DATA = re.compile(rb"stream(?:\r\n|\n|\r)")
#: packings that no program uses for object streams: what hides there is not looked at, but refused
_ODD_PACKING = re.compile(rb"/(?:ASCIIHexDecode|AHx|ASCII85Decode|A85|LZWDecode|LZW|RunLengthDecode|RL)(?![A-Za-z0-9])")
#: a name with a character written as # and two digits: no program writes these two so
_SPELT = re.compile(rb"/[^\s\0/<>()\[\]{}%#]{0,13}#[0-9A-Fa-f]{2}[^\s\0/<>()\[\]{}%]{0,40}")
_HIDDEN = frozenset({b"/ObjStm", b"/EmbeddedFile"})
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_LONGEST_NAME = 60


def danger(data: bytes) -> Danger | None:
    """ACTIVE if opening the file, or a click in it, may run a script, a program or a player; ARCHIVE if it brings files
    that may do so; LOCKED if nobody can open it, or say what it does; None else."""
    try:
        inflated = list(_inflated(data, _PACKED))
        if any(map(_runs, (data, *inflated, *_inflated(data, _JOINED)))):
            return Danger.ACTIVE
        if any(_plain(found[0]) in _HIDDEN for found in _SPELT.finditer(data)):
            return Danger.ACTIVE
    except _Tired:
        return Danger.ACTIVE
    if encrypted(data) and (_PACKED.search(data) or _JOINED.search(data) or asks_for_password(data)):
        return Danger.LOCKED
    return Danger.ARCHIVE if _JOINED.search(data) and any(map(_brings, (data, *inflated))) else None


class _Tired(Exception):
    """More of it than a file has that was made to be read, or packed as no program does."""


def _runs(data: bytes) -> bool:
    plain = [data, b" ".join(_unescaped(data))]
    return any(_RUN.search(one) or (_RENDITION in one and _SCRIPT.search(one)) for one in plain)


def _brings(data: bytes) -> bool:
    """True where a file that is named in it is no invoice, text, picture or PDF, or there are too many to tell."""
    for count, found in enumerate(_FILE_NAME.finditer(data)):
        name = _name(found).strip("\0 ")
        if count > STREAMS or (name and not _MAY_JOIN.fullmatch(name)):
            return True
    return False


def _name(found: re.Match[bytes]) -> str:
    """A text string, of one byte a character or UTF-16 (§7.9.2.2)."""
    digits = b"".join((found[2] or b"").split())
    raw = found[1] if found[1] is not None else bytes.fromhex(digits[: len(digits) & ~1].decode())
    return raw[2:].decode("utf-16-be", "replace") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")


def _unescaped(data: bytes) -> Iterator[bytes]:
    """The names that are written with #xx (§7.3.5), as they read."""
    done = 0
    for count, found in enumerate(_ESCAPE.finditer(data)):
        if count > ESCAPES:
            raise _Tired
        start = data.rfind(b"/", max(done, found.start() - _LONGEST_NAME), found.start())
        if start >= 0:
            done = found.end()
            yield _plain(data[start : start + _LONGEST_NAME])


def _plain(name: bytes) -> bytes:
    return _ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), name)


def _inflated(data: bytes, wanted: re.Pattern[bytes]) -> Iterator[bytes]:
    """The streams that are `wanted`, inflated; those that are broken, as far as they go."""
    left, view, begins = INFLATED, memoryview(data), 0
    for count, found in enumerate(wanted.finditer(data)):
        if count >= STREAMS:
            raise _Tired
        if begins > found.end() or left <= 0:  # the last one began behind this
            continue
        starts = _DATA.search(data, found.end())
        if starts is None:
            return
        begins = starts.end()
        says = data[max(data.rfind(b"obj", max(0, found.start() - _FAR), found.start()), 0) : starts.start()]
        if wanted is _PACKED and _ODD_PACKING.search(says):
            raise _Tired
        out = _inflate(view[begins : begins + _LONGEST], left)
        left -= len(out)
        if left <= 0 and wanted is _PACKED:
            raise _Tired
        yield out


def _inflate(packed: memoryview, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        return b""
