"""Bytes of text, read whatever their header says of them: charsets that lie, that do not exist, that are mixed."""

from __future__ import annotations

import codecs
import re

#: What is written in practice under these names (WHATWG Encoding, §4.2): Windows bytes under a Latin-1 label.
_ALIASES = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "iso8859-1": "cp1252", "windows-1252": "cp1252",
    "iso_8859-1": "cp1252", "iso_8859-1:1987": "cp1252", "windows-28591": "cp1252", "x-ansi": "cp1252",
    "us-ascii": "utf-8", "ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "utf8": "utf-8", "unknown-8bit": "utf-8",
    "x-unknown": "utf-8", "default": "utf-8", "unicode": "utf-16", "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949", "x-sjis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "x-macroman": "mac_roman", "ibm850": "cp850", "dos-850": "cp850",
}  # fmt: skip
#: Codecs of Python that are no charsets of mail.
_NO_CHARSETS = frozenset("idna punycode undefined unicode-escape raw-unicode-escape utf-7 mbcs oem".split())
_NAME = re.compile(r"[a-z0-9][a-z0-9_.:+()-]{0,39}")
_SINGLE_BYTE = re.compile(r"cp125\d|cp850|iso-?8859|mac|koi8")
_C1 = re.compile("[\x80-\x9f]")
_ODD = bytes([*range(9), 11, 12, *range(14, 32), 127])
_CONTROLS = dict.fromkeys([*range(9), 11, *range(14, 32), 127], "") | {12: "\n", 0x2028: "\n", 0x2029: "\n"}
_HIGH = bytes(range(0x80, 0x100))
_WINDOWS = {0xDC00 + n: bytes([n]).decode("cp1252", "replace") for n in range(0x80, 0x100)}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, charset: str) -> tuple[str, str]:
    """(text, note) of the bytes of a text whose header says `charset`. Never raises.

    Bytes beyond ASCII that are sound UTF-8 are UTF-8, whatever single-byte charset was declared.
    """
    said = charset.strip("\"' ").lower()
    want = _ALIASES.get(said, said) or "utf-8"
    for name in _order(data, want):
        if name == want and _SINGLE_BYTE.match(want) and (mixed := _mixed(data, 1.0)):
            return _tidy(mixed, data), f"charset {said[:40]!r} read as utf-8, some bytes as cp1252"
        text = _strictly(data, name)
        if text is not None and not (_SINGLE_BYTE.match(name) and name != "cp1252" and _C1.search(text)):
            return _tidy(text, data), "" if name == want or data.isascii() else f"charset {said[:40]!r} read as {name}"
    if mixed := _mixed(data, 0.1):
        return _tidy(mixed, data), f"charset {said[:40]!r} read as utf-8, some bytes as cp1252"
    text = data.decode("cp1252", "replace")
    losses = ", with losses" if "\ufffd" in text else ""
    return _tidy(text, data), f"charset {said[:40]!r} read as cp1252{losses}"


def _order(data: bytes, want: str) -> list[str]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return [name]
    if b"\0" in data and (wide := _wide(data)):
        return [wide, want]
    if want.startswith(("utf-16", "utf-32", "utf16", "utf32")) and b"\0" not in data:
        return ["utf-8"]  # French has a zero byte beside each letter there
    return ["utf-8", want] if _SINGLE_BYTE.match(want) else [want, "utf-8"]


def _wide(data: bytes) -> str:
    """UTF-16 without a byte order mark: the zero bytes stand at every other place (RFC 2781 §4.3 is not kept)."""
    sample = data[:2_000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 < len(sample) or min(even, odd) * 8 > len(sample):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _strictly(data: bytes, charset: str) -> str | None:
    if not _is_charset(charset):
        return None
    if charset.startswith("utf-16-") and len(data) % 2:
        data = data[:-1]
    try:
        text = data.decode(charset)
        text.encode("utf-8")  # some codecs make lone surrogates, which no UTF-8 output takes
    except (LookupError, ValueError):
        return None
    return text


def _is_charset(name: str) -> bool:
    """True for a name that Python knows as the encoding of a text, and not as a trick of its own."""
    if not _NAME.fullmatch(name):
        return False
    try:
        return codecs.lookup(name).name.replace("_", "-") not in _NO_CHARSETS
    except (LookupError, ValueError):
        return False


def _mixed(data: bytes, least: float) -> str:
    """`data` as UTF-8 in which some bytes are Windows's, as in a footer that a gateway added; "" where it is none.

    That takes more than `least` sound characters for each bad byte: chance makes few.
    """
    if data.isascii():
        return ""
    clean = data.decode("utf-8", "ignore")
    bad = len(data) - len(clean.encode("utf-8"))
    sound = len(clean) - len(data.translate(None, _HIGH))
    return data.decode("utf-8", "surrogateescape").translate(_WINDOWS) if bad and sound > bad * least else ""


def _tidy(text: str, data: bytes) -> str:
    """One kind of line end, no byte order mark, no control."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    odd = len(data.translate(None, _ODD)) < len(data) or "\u2028" in text or "\u2029" in text
    return text.translate(_CONTROLS) if odd else text
