"""Who a message says wrote it: exactly one address of one From (RFC 5322 §3.6.2), and nothing that reads otherwise.

Programs disagree on a From with comments, groups, routes or several addresses (CVE-2023-27043), and people read the
name beside an address, not the address. What could be read as somebody else is held, and nobody is asked about it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from mailbot.mail.envelope import lower
from mailbot.mail.message import InboundMessage
from mailbot.mail.mime.names import words

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ANGLE = re.compile(r"<[^<>]*>")
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_ENCODED = re.compile(r"=\?[^?\s]*\?[bq]\?", re.I)
_ADDRESS = re.compile(r"[^\s<>()\[\]\\\",;:@'’‘`“”«»]+@[^\s<>()\[\]\\\",;:@'’‘`“”«»]+\.[^\s<>()\[\]\\\",;:@'’‘`“”«»]+")
_LONGEST = 2_000  #: characters of a From that are read; no person needs as many

#: Letters that look like one of a to z, by that letter: of Cyrillic, Greek, Armenian and the Latin extensions.
_ALIKE = {
    "a": "аαɑ", "b": "ЬƄ", "c": "сϲᴄ", "d": "ԁɖ", "e": "еҽɛ", "f": "ƒſ", "g": "ɡցɢ", "h": "һհ", "i": "іıɩιɪ",
    "j": "јϳȷ", "k": "кκᴋ", "l": "ӏӀɭǀ|", "m": "м", "n": "ոη", "o": "оοօσ", "p": "рρ", "q": "ԛզ", "r": "гᴦ", "s": "ѕꜱ",
    "t": "тτ", "u": "υսυᴜ", "v": "ѵνᴠ", "w": "ԝшᴡ", "x": "хχ", "y": "уγʏ", "z": "ᴢʐ",
}  # fmt: skip
_PLAIN = str.maketrans({other: letter for letter, others in _ALIKE.items() for other in others} | {"0": "o", "1": "l"})


def doubt(message: InboundMessage) -> str:
    """Why it is not sure whom the From means, for `why`; "" for the From of every honest mail."""
    if message.sender is None:
        return "not exactly one author"
    written, address = message.headers.get("from", ("",))[0], message.sender.address
    if len(written) > _LONGEST or "=?" in address or _no_mailbox(written):
        return "its From is no single address"
    shown = words(written)
    if any(unicodedata.category(c) == "Cc" and c not in "\t" for c in written + shown):
        return "control characters in its From"
    if any(other != address for other in _addresses(f"{shown} {message.sender.name}")):
        return "its From shows another address"
    return "its address is written with letters of several scripts" if strange(address) else ""


def _no_mailbox(written: str) -> bool:
    """True for a group (RFC 5322 §3.4) or a route (§4.4), and for encoded words that nobody can read."""
    outside = _ANGLE.sub("<>", _COMMENT.sub(" ", _QUOTED.sub('""', written)))
    return ":" in outside or ";" in outside or bool(re.search(r"<\s*@", written) or _ENCODED.search(words(written)))


def _addresses(shown: str) -> set[str]:
    """Every address that a reader of these words sees, in the letters that they are meant for."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", shown) if unicodedata.category(c) != "Cf")
    return {lower(found).strip(".") for found in _ADDRESS.findall(plain)}


@lru_cache(maxsize=256)
def strange(address: str) -> bool:
    """True for an address whose letters are of several scripts, or that hold another letter's likeness: full-width, a
    zero-width mark. Accents are people's own (RFC 6531)."""
    if address.isascii() and "xn--" not in address:
        return False
    read = _unicode(address)
    letters = {unicodedata.name(c, "?").split()[0] for c in read if c.isalpha()}
    unseen = any(unicodedata.category(c) in ("Cf", "Cc", "Cn", "Co") for c in read)
    return len(letters) > 1 or unseen or unicodedata.normalize("NFKC", read) != unicodedata.normalize("NFC", read)


@lru_cache(maxsize=2048)
def likeness(address: str) -> str:
    """What an address looks like at a glance: two with the same likeness are taken for each other."""
    read = unicodedata.normalize("NFKD", _unicode(address).casefold())
    bare = "".join(c for c in read if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return bare.translate(_PLAIN).replace("rn", "m").replace("vv", "w")


def _unicode(address: str) -> str:
    """The address with the labels of its domain as they are shown (RFC 5891 §4.4)."""
    local, at, domain = address.rpartition("@")
    return local + at + ".".join(map(_label, domain.split(".")))


def _label(label: str) -> str:
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except (UnicodeError, ValueError, OverflowError):
        return "\u200b" + label  # nobody can say what it shows
