"""Lays what came back over the letters we sent, word by word: what is not ours is the author's, wherever it stands.

Linear: three words in a row are looked up by their hash, and a run of equal words is passed over once.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise

from mailbot.mail.quoting.lines import Line

#: What a client adds to a link or puts in the place of a picture: no word of anybody.
_ADDED = r"[<(\[](?:https?://|mailto:)[^\s<>()\[\]]*[>)\]]|\[(?:cid|image):[^\[\]]*\]"
_MARKS = "\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff"
_WORD = rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*"
_TOKEN = re.compile(
    rf"(?P<added>{_ADDED})|https?://[^\s<>]+|(?<![\w.+%-])[\w.+%-]{{1,64}}@[\w.-]{{1,200}}|{_WORD}", re.I
)
_SIMPLE = re.compile(_WORD)
_SPECIAL = re.compile(r"[@<\[]|://")
_UNSEEN = dict.fromkeys([*range(0x300, 0x370), 0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF])
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_PLAIN = re.compile(r"[a-z0-9]+")
_CANDIDATES = 8  #: places of the same three words that are compared, of which two lie behind us
_LOOK_AHEAD = 12  #: words by which those places are compared
_CHAIN = 8  #: how many runs back a run may continue
_BACK = 8  #: words that a run must bring to be another copy of a letter
_JUMP = 12  #: words that a run must bring to stand elsewhere in a letter, where it fills no line
_REPLACED = 3  #: words of ours that a client or a person may have replaced in a line of ours
_LOST = 5  #: words by which a run shows that we are elsewhere in the letter
_NEAR = 12  #: words of ours that may be missing between two lines that came back


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

    keys: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    span: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, texts: list[str]) -> Words:
        """The words of `texts`, one text a line."""
        out, known = cls(), _Keys()
        keys, raws, lines, spans = out.keys.append, out.raw.append, out.line.append, out.span.append
        for number, text in enumerate(texts):
            for found in (_TOKEN if _SPECIAL.search(text) else _SIMPLE).finditer(text):
                if found.lastgroup is None:
                    raw = found[0]
                    keys(known[raw])
                    raws(raw)
                    lines(number)
                    spans(found.span())
        return out


class _Keys(dict[str, str]):
    """The key of each word, made when it is first asked for."""

    def __missing__(self, raw: str) -> str:
        self[raw] = key = _key(raw)
        return key


def _key(raw: str) -> str:
    """A word as it is compared: no case, no accent, no ligature, nothing invisible."""
    if raw.isascii():
        return raw.lower()
    return unicodedata.normalize("NFKD", raw.lower().translate(_LIGATURES)).translate(_UNSEEN)


def _skeleton(word: str) -> str:
    """What is left of a word in every charset: an accented letter may have become "?", or two others."""
    return "".join(_PLAIN.findall(unicodedata.normalize("NFC", word).lower()))


@dataclass(frozen=True)
class Aligned:
    """Whose each line is."""

    ours: list[bool]  #: all of its words are ours
    mixed: dict[int, list[tuple[int, int, bool]]]  #: line -> its pieces (start, end, ours), where both stand in it
    inserted: set[int]  #: lines of others that stand between two words of ours that follow each other in our letter


def align(lines: list[Line], sent: str) -> Aligned:
    """Whose each of `lines` is, compared with `sent`, the text of our letters ("" where they are unknown)."""
    letter = Words.of(sent.split("\n"))
    if len(letter.keys) < 3:
        return Aligned([False] * len(lines), {}, set())
    body = Words.of([line.text for line in lines])
    runs = _chain(_runs(body.keys, letter.keys), body)
    ours = bytearray(len(body.keys))
    for run in runs:
        ours[run.at : run.end] = b"\1" * run.length
    _fill(body, letter, runs, ours)
    return _by_line(lines, body, runs, ours)


# --- runs -----------------------------------------------------------------------------------------------------------


def _runs(body: list[str], sent: list[str]) -> list[Run]:
    """The runs of at least three words, in the order of the message; none overlaps another there."""
    places: dict[tuple[str, str, str], list[int]] = {}
    for at, triple in enumerate(zip(sent, sent[1:], sent[2:], strict=False)):
        places.setdefault(triple, []).append(at)
    out: list[Run] = []
    at, expected = 0, 0
    while at < len(body) - 2:
        starts = places.get((body[at], body[at + 1], body[at + 2]))
        if not starts:
            at += 1
            continue
        start = starts[0] if len(starts) == 1 else _best(body, sent, at, starts, expected)
        length = _common(body, sent, at, start, len(body))
        out.append(Run(at, start, length))
        at += length
        if length > _LOST or -_REPLACED <= start - expected <= _NEAR:
            expected = start + length
    return out


def _best(body: list[str], sent: list[str], at: int, starts: list[int], expected: int) -> int:
    """The place that goes on longest; of equals the nearest to what came before, then the next one."""
    if len(starts) > _CANDIDATES:
        near = max(0, bisect_left(starts, expected) - 2)
        starts = starts[near : near + _CANDIDATES] or starts[-_CANDIDATES:]

    def worth(start: int) -> tuple[int, bool, bool, int]:
        near = -_REPLACED <= start - expected <= _NEAR
        return _common(body, sent, at, start, _LOOK_AHEAD), near, start >= expected, -start

    return max(starts, key=worth)


def _common(body: list[str], sent: list[str], at: int, start: int, most: int) -> int:
    """How many words from `at` and from `start` on are the same, at most `most`."""
    limit = min(len(body) - at, len(sent) - start, most)
    length = 0
    while length < limit and body[at + length] == sent[start + length]:
        length += 1
    return length


def _chain(runs: list[Run], body: Words) -> list[Run]:
    """The runs that make up our letter as it came back; a few words of ours inside a sentence of others fall away.

    A run may go on behind one of the few before it; what goes back or far ahead in our letter must bring words enough.
    """
    best: list[int] = []
    before: list[int] = []
    for number, run in enumerate(runs):
        fills = _fills_lines(run, body)
        found, value = -1, run.length
        for other in range(max(0, number - _CHAIN), number):
            gained = best[other] + run.length - _cost(run.sent - runs[other].sent_end, fills)
            if gained > value:
                found, value = other, gained
        best.append(value)
        before.append(found)
    out: list[Run] = []
    at = max(range(len(runs)), key=best.__getitem__, default=-1)
    while at >= 0:
        out.append(runs[at])
        at = before[at]
    return _untangled(out[::-1], body)


def _cost(jump: int, fills_lines: bool) -> int:
    """The words that a run must bring which jumps so far from the one before it."""
    if -_REPLACED <= jump < 0:
        return 1 - jump  # the words that both have, and one for the doubt
    if 0 <= jump <= _NEAR or (fills_lines and jump > 0):
        return 0
    return _BACK if fills_lines else _JUMP


def _untangled(runs: list[Run], body: Words) -> list[Run]:
    """The runs, of which none begins with words of our letter that the one before it ended with.

    Of the two places where such words stand one is typed: not that which begins a line.
    """
    out = runs[:1]
    for run in runs[1:]:
        left, both = out[-1], out[-1].sent_end - run.sent
        if 0 < both <= _REPLACED and both < min(left.length, run.length):
            if body.line[run.at - 1] != body.line[run.at]:
                out[-1] = Run(left.at, left.sent, left.length - both)
            else:
                run = Run(run.at + both, run.sent + both, run.length - both)
        out.append(run)
    return out


def _fills_lines(run: Run, body: Words) -> bool:
    """Whether a run begins where a line does and ends where one does."""
    last = run.end - 1
    opens = run.at == 0 or body.line[run.at - 1] != body.line[run.at]
    return opens and (run.end == len(body.line) or body.line[run.end] != body.line[last])


# --- between runs -----------------------------------------------------------------------------------------------------


def _fill(body: Words, letter: Words, runs: list[Run], ours: bytearray) -> None:
    """Marks what stands between runs and is ours all the same: damaged words, short lines."""
    start, end = Run(0, 0, 0), Run(len(body.keys), len(letter.keys), 0)
    for left, right in pairwise([start, *runs, end]):
        first, last = left.end, right.at
        missing = right.sent - left.sent_end
        if first < last and missing != 0:
            first = _spoilt(body.raw, letter.raw, range(left.end, right.at), left.sent_end) if left.length else first
            last = _spoilt(body.raw, letter.raw, range(right.at - 1, first - 1, -1), right.sent - 1) + 1
            if 0 < missing == last - first <= _REPLACED and _is_replaced(body, letter, first, last, left.sent_end):
                first = last
        ours[left.end : first] = b"\1" * (first - left.end)
        ours[last : right.at] = b"\1" * (right.at - last)
        _short_lines(body, letter, (first, last), left, right, ours)


def _spoilt(raw: list[str], sent: list[str], places: range, at: int) -> int:
    """Where, in the order of `places`, the words end that are those of `sent` from `at` on with spoilt letters.

    A word may have become several, or none: «a-t-il été» comes back as «a-t-il ?t?».
    """
    step, place = places.step, places.start
    for _ in range(_NEAR):
        if not 0 <= at < len(sent):
            break
        want = _skeleton(sent[at])
        letters, here = "", place
        while here in places and len(letters) < max(len(want), 1):
            piece = _skeleton(raw[here])
            if not want and piece:
                break
            letters, here = piece + letters if step < 0 else letters + piece, here + step
            if not want:
                break
        if letters != want:
            break
        place, at = here, at + step
    return place


def _is_replaced(body: Words, letter: Words, first: int, last: int, sent: int) -> bool:
    """Whether some words stand in the place of as many of ours, inside a line of ours: another name, another token."""
    return _inside_a_line(body, first, last) and _inside_a_line(letter, sent, sent + last - first)


def _inside_a_line(words: Words, first: int, last: int) -> bool:
    """Whether the words from `first` to `last` stand in one line, behind or before others of that line."""
    line = words.line[first]
    behind = first > 0 and words.line[first - 1] == line
    return words.line[last - 1] == line and (behind or (last < len(words.line) and words.line[last] == line))


def _short_lines(body: Words, letter: Words, gap: tuple[int, int], left: Run, right: Run, ours: bytearray) -> None:
    """Lines of one or two words between runs that are the next words of our letter: too short to be a run."""
    at, place = gap[0], left.sent_end
    while at < gap[1] and place < right.sent:
        end = at + 1
        while end < gap[1] and body.line[end] == body.line[at]:
            end += 1
        length = end - at
        if length <= 2 and (place + length <= right.sent or not right.length):
            reach = range(place, min(place + (_NEAR if length == 2 else 1), len(letter.keys) - length + 1))
            found = next((p for p in reach if letter.keys[p : p + length] == body.keys[at:end]), None)
            if found is not None:
                ours[at:end] = b"\1" * length
                place = found + length
        at = end


# --- by line ----------------------------------------------------------------------------------------------------------

_RULES = re.compile(r"[-_=*.–—|·•# >]*|[? ]{3,}")
_CLOSERS = frozenset(" \t\u00a0\u202f.,;:!?…)]}»”%€")
_HANGING = _CLOSERS - set(" \t\u00a0\u202f") | set("\"'’*_")


def _by_line(lines: list[Line], body: Words, runs: list[Run], ours: bytearray) -> Aligned:
    out = Aligned([False] * len(lines), {}, set())
    for number, line in enumerate(lines):
        if not line.blank:
            out.ours[number] = bool(_RULES.fullmatch(line.folded))
    first = 0
    while first < len(body.line):
        number, last = body.line[first], first + 1
        while last < len(body.line) and body.line[last] == number:
            last += 1
        count = sum(ours[first:last])
        out.ours[number] = count == last - first
        if 0 < count < last - first:
            out.mixed[number] = _pieces(lines[number].text, body, first, last, ours)
        first = last
    for left, right in pairwise(runs):
        if 0 <= right.sent - left.sent_end <= _NEAR:
            out.inserted.update(body.line[left.end : right.at])
    return out


def _pieces(text: str, body: Words, first: int, last: int, ours: bytearray) -> list[tuple[int, int, bool]]:
    """The line cut where our words and others meet."""
    out: list[tuple[int, int, bool]] = []
    start = 0
    for at in range(first + 1, last):
        if ours[at] != ours[at - 1]:
            cut = _between(text, body.span[at - 1][1], body.span[at][0])
            out.append((start, cut, bool(ours[at - 1])))
            start = cut
    return [*out, (start, len(text), bool(ours[last - 1]))]


def _between(text: str, end: int, start: int) -> int:
    """Where to cut between two words: closing marks and spaces stay with the first."""
    while end < start and text[end] in _HANGING:
        end += 1
    while end < start and text[end] in _CLOSERS:
        end += 1
    return end
