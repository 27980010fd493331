"""The words of a message and of our letters, as they are compared, and the runs of words that both have."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field

from mailbot.mail.quoting.remembered import remembered

#: What a client adds to a link or puts in the place of a picture: no word of anybody.
_ADDED = r"[<(\[](?:https?://|mailto:)[^\s<>()\[\]]*[>)\]]|\[(?:cid|image):[^\[\]]*\]"
_MARKS = "\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff"
_WORD = rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*"
_TOKEN = re.compile(
    rf"(?P<added>{_ADDED})|https?://[^\s<>]+|(?<![\w+%-])[\w+%-][\w.+%-]{{0,63}}@[\w.-]{{1,200}}|{_WORD}", re.I
)
_SIMPLE = re.compile(_WORD)
_SPECIAL = re.compile(r"[@<\[]|://")
_UNSEEN = dict.fromkeys([*range(0x300, 0x370), 0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF])
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_PLAIN = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that follow each other in the message and in our letters: where they begin, and how many they are."""

    at: int
    sent: int
    length: int

    @property
    def end(self) -> int:
        return self.at + self.length

    @property
    def sent_end(self) -> int:
        return self.sent + self.length


@dataclass
class Words:
    """The words of some lines: as they are compared, as they were, and where they stand."""

    texts: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    _spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  #: by line, of those that were asked for

    @classmethod
    def of(cls, texts: list[str]) -> Words:
        """The words of `texts`, one text a line."""
        out = cls(texts)
        for number, text in enumerate(texts):
            if _SPECIAL.search(text):
                found = [one[0] for one in _words(text)]
            else:
                found = _SIMPLE.findall(text)
            out.raw += found
            out.line += [number] * len(found)
        out.keys += map(_Keys().__getitem__, out.raw)
        return out

    def span(self, at: int) -> tuple[int, int]:
        """Where word `at` stands in its line: its start and end. Few are asked for."""
        number = self.line[at]
        if number not in self._spans:
            self._spans[number] = [found.span() for found in _words(self.texts[number])]
        return self._spans[number][at - bisect_left(self.line, number)]

    def begins_line(self, at: int) -> bool:
        """Whether word `at` is the first of its line; what stands behind the last word begins one too."""
        return at in (0, len(self.line)) or self.line[at - 1] != self.line[at]

    def fills_lines(self, first: int, last: int) -> bool:
        """Whether the words from `first` up to `last` begin where a line does and end where one does."""
        return self.begins_line(first) and self.begins_line(last)

    def bounds(self, first: int, last: int) -> tuple[int, int]:
        """Where the line of word `first` begins, not before `last` words, and where it ends."""
        number, start, end = self.line[first], first, first
        while start > 0 and self.line[start - 1] == number and first - start < last:
            start -= 1
        while end < len(self.line) and self.line[end] == number and end - first < last:
            end += 1
        return start, end

    def inside_a_line(self, first: int, last: int) -> bool:
        """Whether the words from `first` up to `last` stand in one line, behind or before others of that line."""
        return self.line[last - 1] == self.line[first] and not self.fills_lines(first, last)

    def between(self, at: int) -> str:
        """What stands between word `at` and the one before it, in its line."""
        start = 0 if self.begins_line(at) else self.span(at - 1)[1]
        return self.texts[self.line[at]][start : self.span(at)[0]]


def _words(text: str) -> list[re.Match[str]]:
    """The words of a line; what a client added is none."""
    pattern = _TOKEN if _SPECIAL.search(text) else _SIMPLE
    return [found for found in pattern.finditer(text) if found.lastgroup is None]


class _Keys(dict[str, str]):
    """The key of each word, made when it is first asked for."""

    def __missing__(self, raw: str) -> str:
        self[raw] = key = _key(raw)
        return key


@remembered
def _key(raw: str) -> str:
    """A word as it is compared: no case, no accent, no ligature, nothing invisible."""
    if raw.isascii():
        return raw.lower()
    return unicodedata.normalize("NFKD", raw.lower().translate(_LIGATURES)).translate(_UNSEEN)


def skeleton(word: str) -> str:
    """What is left of a word in every charset: an accented letter may have become "?", or two others."""
    return "".join(_PLAIN.findall(unicodedata.normalize("NFC", word).lower()))
