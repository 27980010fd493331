"""What can be read in the bytes of a message, however it is written there, without taking it apart.

For searching only: whether a name, an address or a reference stands in it anywhere.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator

#: lines of base64 as mail programs write them, with their last one; and a lone line that may be all of a short text
_BLOCK = re.compile(
    rb"(?:^[>| \t]*[A-Za-z0-9+/]{60,998}\r?\n)+(?:^[>| \t]*[A-Za-z0-9+/]{1,998}={0,2}[ \t]*\r?$)?", re.MULTILINE
)
_LINE = re.compile(
    rb"^[>| \t]*((?:[A-Za-z0-9+/]{4}){2,250}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)[ \t]*\r?$", re.MULTILINE
)
_WORD = re.compile(rb"=\?[\w.*-]{1,40}\?([bq])\?([^?\s]{0,400})\?=(?:\s*(?==\?))?", re.IGNORECASE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_ADDRESSED = re.compile(r"(?:(?<=\n)|^)[>| \t]+")
_BLANK = re.compile(r"\s+")
_REFERENCE = re.compile(r"(?<![\w-])(?=[\w-]*\d)\w[\w-]{2,60}\w(?![\w-])")


def forms(raw: bytes) -> Iterator[str]:
    """The message as it stands, with quoted-printable read, its base64 read, its encoded words read."""
    rest = _BLOCK.sub(b"\n", raw)
    yield _text(rest)
    yield _text(binascii.a2b_qp(rest))
    yield _text(b"".join(_word(found[1], found[2]) for found in _WORD.finditer(rest)))
    yield _text(b"\n".join(_unpacked(found[1]) for found in _LINE.finditer(rest)))
    for block in _BLOCK.finditer(raw):
        yield _text(_unpacked(block[0]))


def _unpacked(block: bytes) -> bytes:
    data = _NOT_BASE64.sub(b"", block)
    data = data[:-1] if len(data) % 4 == 1 else data
    return base64.b64decode(data + b"=" * (-len(data) % 4))


def _word(kind: bytes, value: bytes) -> bytes:
    if kind in b"qQ":
        return binascii.a2b_qp(value, header=True)
    try:
        return base64.b64decode(value + b"==")
    except binascii.Error:
        return b""


def _text(data: bytes) -> str:
    """Bytes as text: UTF-8 where they are, else a byte a letter, as Windows writes."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace") + "\n" + data.decode("cp1252", "replace")


def plain(text: str) -> str:
    """Text made comparable: without accents, capitals, entities, signs of quotation and breaks."""
    text = html.unescape(text) if "&" in text else text
    text = _BLANK.sub(" ", _ADDRESSED.sub("", text))
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def references(text: str) -> set[str]:
    """The words of a text that may be a reference: of four characters or more, with a digit."""
    return set(_REFERENCE.findall(text))


_LETTERS: dict[str, str] = {}
for _code in (*range(0x41, 0x7B), *range(0xC0, 0x180)):
    _LETTERS[plain(chr(_code))] = _LETTERS.get(plain(chr(_code)), "") + re.escape(chr(_code))
_BETWEEN = r"(?:[\s>|.,_-]|&nbsp;|&#160;|=\n)+"
_APOSTROPHE = r"(?:['’ʼ‘]|&#0?39;|&#x27;|&[rl]squo;|&apos;)"


def pattern(names: tuple[str, ...], addresses: tuple[str, ...]) -> re.Pattern[str]:
    """Finds these names, first or last name first, and these addresses, however they are written in text or HTML."""
    wanted = [re.escape(address).replace("@", "(?:@|%40|&#64;)") for address in addresses]
    for name in names:
        words = name.split()
        wanted += {_BETWEEN.join(map(_spelt, order)) for order in (words, words[1:] + words[:1], words[::-1])}
    return re.compile(rf"(?<!\w)(?:{'|'.join(wanted) or '(?!)'})(?!\w)", re.IGNORECASE)


def _spelt(word: str) -> str:
    """A word with or without its accents."""
    out = ""
    for character in plain(word):
        if character in "'’ʼ":
            out += _APOSTROPHE
        elif character == "-":
            out += r"[\s-]+"
        else:
            out += f"[{_LETTERS[character]}]" if character in _LETTERS else re.escape(character)
            out += "[\u0300-\u036f]?"
    return out
