"""Other words of the same shape: what names somebody in a text becomes somebody else, the same one everywhere.

Replaced are addresses, web addresses, tokens, references, figures of four digits and more or with a unit, the names
that are known, and every word with a capital that is not ordinary. What a rule of reading looks for stays: dates and
hours, list numbers, ordinary words, line breaks and the length of words.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

_MONTH = (
    r"(?:janv|févr|fevr|mars|avr|mai|juin|juil|août|aout|sept|oct|nov|déc|dec|jan|feb|mar|apr|may|jun|jul|aug|sep|dez"
    r"|mär|okt|gen|mag|giu|lug|ago|set|dic|ene|abr)[^\W\d_]*\.?"
)
_FIRST = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"  # « November 24 »
_HOUR = r"\d{1,2}[ \u00a0]?[:h][ \u00a0]?\d{2}(?::\d{2})?"
_KINDS = {
    "url": r"https?://[^\s<>\"'()\[\]]+",
    "address": r"[\w.+'=%-]{1,64}(?:@|%40)[\w-]+(?:\.[\w-]+)+",
    "host": r"\bwww\.[\w-]+(?:\.[\w-]+)+",
    "ip": r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    "status": r"\b[245]\.\d{1,3}\.\d{1,3}\b|\b[245]\d\d(?=[ -][245]\.\d)",
    "date": rf"\b\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}\b(?!\.\d)|\b\d{{4}}-\d\d-\d\d\b"
    rf"|\b\d{{1,2}}(?:er|st|nd|rd|th)?\.?"
    rf" (?:de )?{_MONTH},?(?: (?:de )?\d{{4}}\b)?|\b{_FIRST} \d{{1,2}}(?!\d)(?:,? \d{{4}}\b)?|\b{_HOUR}\b"
    rf"|\b(?:19|20)\d\d(?=[ ,àat\u00a0]*{_HOUR})|[+-]\d{{4}}\b(?= *(?:\(|,|$|\n))",
    "token": r"(?<![a-z2-7])[a-z2-7]{26}(?![a-z2-7])|\b(?=[0-9A-Fa-f-]*\d)[0-9A-Fa-f]{8}(?:-?[0-9A-Fa-f]{4,}){2,}\b",
    "ref": r"\b[A-Z]\d{3,}(?:-\d{4}(?:-\d+)?)?\b",
    "code": r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z]{3})[A-Z0-9]{6,}\b",
    "figure": r"\d+(?:(?:[ \u00a0\u202f.,'-]|\r?\n>[> ]*(?=\d{3}\b))\d+)*(?:\s?(?:€|euros?\b|EUR\b|%|km\b))?",
    "word": r"[^\W\d_]+",
}
_PIECE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _KINDS.items()))
_UNIT = re.compile(r"(?:€|euros?|EUR|%|km)$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_VOWELS, _CONSONANTS = "aeiou", "bcdfglmnprstv"
#: Local parts that tell what an address is for.
ROLES = frozenset(
    "eccv mailer daemon postmaster mailbox abuse bounce bounces noreply no reply nepasrepondre ne pas repondre contact"
    " info accueil cabinet compta secretariat microsoftexchange mail www smtp mx imap b".split()
)
#: Names of files by which programs know what is in them.
PROGRAMS = frozenset("smime.p7s smime.p7m smime.p7z winmail.dat signature.asc openpgp_signature.asc".split())
PROGRAMS |= {"openpgp_signature", "signature.pgp", "noname", "encrypted.asc", "version.txt", "invite.ics"}
SAFE = frozenset({"example", "invalid", "localhost"})  #: top domains where nobody lives (RFC 2606)


@dataclass
class Scrubber:
    """Replaces consistently: the same word becomes the same other one in each text given to it."""

    seed: str
    names: Collection[str] = ()  #: of people and firms, as they are written
    ordinary: Collection[str] = ()  #: words that stay though they have a capital; folded
    _known: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        words = {fold(word) for name in self.names for word in re.findall(r"[^\W\d_]+", name)}
        self._known = frozenset(word for word in words if len(word) > 2) - ROLES

    def text(self, text: str) -> str:
        """`text` with everything replaced that could name somebody."""
        return _PIECE.sub(self._piece, text)

    def name(self, text: str) -> str:
        """A display name or a file name: each word of it, but the extension. What programs call a file stays."""
        if text.lower() in PROGRAMS:
            return text
        stem, dot, extension = text.rpartition(".") if re.search(r"\.\w{1,5}$", text) else (text, "", "")
        return re.sub(r"[^\W\d_]+", lambda m: self._any(m[0]), self._digits_of(stem)) + dot + extension

    def domain(self, domain: str) -> str:
        """Another domain, one that cannot exist."""
        labels = domain.lower().split(".")
        kept = [label if label in ROLES else self._alnum(label) for label in labels[:-1]]
        return ".".join([*kept, labels[-1] if labels[-1] in SAFE else "example"])

    def identifier(self, text: str) -> str:
        """A Message-ID without its brackets."""
        left, at, domain = text.rpartition("@")
        return f"{self._alnum(left)}@{self.domain(domain)}" if at and "." in domain else self._alnum(text)

    def _piece(self, match: re.Match[str]) -> str:
        makers: dict[str, Callable[[str], str]] = {
            "url": self._url,
            "address": self._address,
            "host": self.domain,
            "ip": lambda ip: f"192.0.2.{self._number(ip, 'ip') % 254 + 1}",
            "token": self._alnum,
            "ref": lambda ref: ref[0] + self._digits(ref[1:].partition("-")[0]) + "".join(ref[1:].partition("-")[1:]),
            "code": self._alnum,
            "figure": self._figure,
            "word": self._word,
        }
        return makers.get(str(match.lastgroup), str)(match[0])

    def _word(self, word: str) -> str:
        folded = fold(word)
        if folded in self._known and (word[0].isupper() or folded not in self.ordinary):
            return self._shaped(word)
        if len(word) < 3 or not word[0].isupper() or folded in self.ordinary:
            return word
        return self._shaped(word)

    def _any(self, word: str) -> str:
        return word if len(word) < 3 or fold(word) in self.ordinary else self._shaped(word)

    def _address(self, address: str) -> str:
        at = "@" if "@" in address else "%40"
        local, _, domain = address.rpartition(at)
        kept = "".join(part if fold(part) in ROLES else self._alnum(part) for part in re.split(r"([.+_='-])", local))
        return f"{kept}{at}{self.domain(domain)}"

    def _url(self, url: str) -> str:
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        host, colon, port = host.partition(":")
        other = re.sub("[^/?&=#.%]+", lambda found: self._alnum(found[0]), path)
        return f"{scheme}://{self.domain(host)}{colon}{port}{slash}{other}"

    def _figure(self, figure: str) -> str:
        digits = re.sub(r"\D", "", figure)
        small = len(digits) < 4 or bool(_YEAR.fullmatch(figure))
        return figure if small and not _UNIT.search(figure) else self._digits_of(figure)

    def _digits_of(self, text: str) -> str:
        """Each run of digits, read through what groups them, by others."""
        other = iter(self._digits(re.sub(r"\D", "", text)))
        return re.sub(r"\d", lambda _: next(other), text)

    def _digits(self, digits: str) -> str:
        found = []
        for at, digit in enumerate(digits):
            choices = [d for d in ("0123456789" if at else "123456789") if d != digit]
            found.append(choices[self._number(digits, f"d{at}") % len(choices)])
        return "".join(found)

    def _alnum(self, text: str) -> str:
        """Letters and digits each by another of its class; signs stay."""
        return "".join(self._character(text, at, c) for at, c in enumerate(text))

    def _shaped(self, word: str) -> str:
        """The same length, capitals, accents, and vowels where vowels were."""
        return "".join(self._character(fold(word), at, c) for at, c in enumerate(word))

    def _character(self, key: str, at: int, c: str) -> str:
        if not c.isascii() or not c.isalnum():
            return c
        choices = "0123456789" if c.isdigit() else _VOWELS if c.lower() in _VOWELS else _CONSONANTS
        if c.isdigit() and re.search("[a-z2-7]{20}", key):
            choices = "234567"
        others = [x for x in choices if x != c.lower()]
        other = others[self._number(key.lower(), f"c{at}") % len(others)]
        return other.upper() if c.isupper() else other

    def _number(self, key: str, use: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.seed}\0{use}\0{key}".encode()).digest()[:6], "big")


def fold(word: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
