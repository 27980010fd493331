"""Lays what came back over the letters we sent, word by word: what is not ours is the author's, wherever it stands.

Linear: three words in a row are looked up by their hash, and a run of equal words is passed over once.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from itertools import pairwise

from mailbot.mail.quoting import gaps
from mailbot.mail.quoting.gaps import Marks
from mailbot.mail.quoting.lines import Line
from mailbot.mail.quoting.words import Run, Words

_CANDIDATES = 8  #: places of the same three words that are compared, of which two lie behind us
_LOOK_AHEAD = 12  #: words by which those places are compared
_CHAIN = 8  #: how many runs back a run may continue
_BACK = 8  #: words that a run must bring to be another copy of a letter
_JUMP = 12  #: words that a run must bring to stand elsewhere in a letter, where it fills no line
_DOUBLE = 3  #: words of ours that may stand twice at no cost, once typed
_LOST = 5  #: words by which a run shows that we are elsewhere in the letter
_NEAR = 12  #: words of ours that may be missing between two lines that came back
_OPENING = 20  #: words of ours with which a typed line may begin
_SENTENCE_END = re.compile(r"[.!?:;)»]")


@dataclass(frozen=True)
class Aligned:
    """Whose each line is."""

    ours: list[bool]  #: all of its words are ours
    mixed: dict[int, list[tuple[int, int, bool]]]  #: line -> its pieces (start, end, ours), where both stand in it
    inserted: set[int]  #: lines of others that stand between two words of ours that follow each other in our letter
    changed: set[int]  #: lines of ours in which somebody put other words or figures
    letter: frozenset[str] = frozenset()  #: the words of our letters, as they are compared


def align(lines: list[Line], sent: str) -> Aligned:
    """Whose each of `lines` is, compared with `sent`, the text of our letters ("" where they are unknown)."""
    letter = Words.of(sent.split("\n"))
    if len(letter.keys) < 3:
        return Aligned([False] * len(lines), {}, set(), set())
    body = Words.of([line.text for line in lines])
    runs = _untangled(_without_strays(_chain(_runs(body.keys, letter.keys), body), body), body)
    marks = Marks(bytearray(len(body.keys)))
    for run in runs:
        marks.ours[run.at : run.end] = b"\1" * run.length
    for left, right in pairwise([Run(0, 0, 0), *runs, Run(len(body.keys), len(letter.keys), 0)]):
        gaps.fill(body, letter, left, right, marks)
    return replace(_by_line(lines, body, runs, marks), letter=frozenset(letter.keys))


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
        if length > _LOST or -_DOUBLE <= start - expected <= _NEAR:
            expected = start + length
    return out


def _best(body: list[str], sent: list[str], at: int, starts: list[int], expected: int) -> int:
    """The place that goes on longest; of equals the nearest to what came before, then the next one."""
    if len(starts) > _CANDIDATES:
        near = max(0, bisect_left(starts, expected) - 2)
        starts = starts[near : near + _CANDIDATES] or starts[-_CANDIDATES:]

    def worth(start: int) -> tuple[int, bool, bool, int]:
        near = -_OPENING <= start - expected <= _NEAR
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
        fills = body.fills_lines(run.at, run.end)
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
    return out[::-1]


def _cost(jump: int, fills_lines: bool) -> int:
    """The words that a run must bring which jumps so far from the one before it."""
    if -_BACK < jump < 0:
        return 1 - jump  # the words that both have, and one for the doubt
    if 0 <= jump <= _NEAR or (fills_lines and jump > 0):
        return 0
    return _BACK if fills_lines else _JUMP


def _without_strays(runs: list[Run], body: Words) -> list[Run]:
    """The runs, of which none is a few words inside a longer line of others: those are the author's.

    What our letter goes on with must stand next to such words, or they are his.
    """
    out: list[Run] = []
    for number, run in enumerate(runs):
        before = run.sent - out[-1].sent_end if out else run.sent
        behind = (later.sent - run.sent_end for later in runs[number + 1 : number + 3])
        if not _is_outnumbered(run, body) or any(0 <= apart <= _DOUBLE for apart in (before, *behind)):
            out.append(run)
    return out


def _is_outnumbered(run: Run, body: Words) -> bool:
    """Whether a run stands in one line of which most words are no part of it."""
    start, end = body.bounds(run.at, 2 * run.length + 1)
    return run.end <= end and end - start > 2 * run.length


def _untangled(runs: list[Run], body: Words) -> list[Run]:
    """The runs, of which none begins with words of our letter that the one before it ended with.

    Of the two places where such words stand one is typed: that which begins a line, or a sentence, of others.
    """
    out = runs[:1]
    for run in runs[1:]:
        left, both = out[-1], out[-1].sent_end - run.sent
        if 0 < both <= _OPENING and both < min(left.length, run.length):
            if _opens(left.end - both, run.at, body):
                out[-1] = Run(left.at, left.sent, left.length - both)
            elif both <= _DOUBLE:
                run = Run(run.at + both, run.sent + both, run.length - both)
        out.append(run)
    return out


def _opens(first: int, then: int, body: Words) -> bool:
    """Whether typed words begin at word `first` rather than end at word `then`, where ours stand once more."""
    if body.begins_line(then) or body.begins_line(first):
        return True
    return bool(_SENTENCE_END.search(body.between(first)))


# --- by line ----------------------------------------------------------------------------------------------------------

_RULES = re.compile(r"[-_=*.–—|·•# >]*|[? ]{3,}")
_CLOSERS = frozenset(" \t\u00a0\u202f.,;:!?…)]}»”%€")
_HANGING = _CLOSERS - set(" \t\u00a0\u202f") | set("\"'’*_")


def _by_line(lines: list[Line], body: Words, runs: list[Run], marks: Marks) -> Aligned:
    out = Aligned([False] * len(lines), {}, set(), marks.changed)
    for number, line in enumerate(lines):
        if not line.blank:
            out.ours[number] = bool(_RULES.fullmatch(line.folded))
    first = 0
    while first < len(body.line):
        number, last = body.line[first], first + 1
        while last < len(body.line) and body.line[last] == number:
            last += 1
        whole = marks.ours.find(0, first, last) < 0
        out.ours[number] = whole
        if not whole:
            pieces = _pieces(lines[number].text, body, range(first, last), marks)
            if len(pieces) > 1:
                out.mixed[number] = pieces
        first = last
    for left, right in pairwise(runs):
        if 0 <= right.sent - left.sent_end <= _NEAR:
            out.inserted.update(body.line[at] for at in range(left.end, right.at) if not marks.ours[at])
    return out


def _pieces(text: str, body: Words, places: range, marks: Marks) -> list[tuple[int, int, bool]]:
    """The line cut where our words and others meet."""
    out: list[tuple[int, int, bool]] = []
    start, words = 0, _split(body, places, marks)
    for (_, end, before), (begin, _, ours) in pairwise(words):
        if ours != before:
            cut = _between(text, end, begin)
            out.append((start, cut, before))
            start = cut
    return [*out, (start, len(text), words[-1][2])]


def _split(body: Words, places: range, marks: Marks) -> list[tuple[int, int, bool]]:
    """The words of a line with whose they are; one that stands against a word of ours is cut from it."""
    out: list[tuple[int, int, bool]] = []
    for at in places:
        start, end = body.span(at)
        ours, glued = bool(marks.ours[at]), marks.glued.get(at, 0)
        if not glued:
            out.append((start, end, ours))
            continue
        cut = end - glued if glued > 0 else start - glued
        out += [(start, cut, glued < 0), (cut, end, glued > 0)]
    return out


def _between(text: str, end: int, start: int) -> int:
    """Where to cut between two words: closing marks and spaces stay with the first."""
    while end < start and text[end] in _HANGING:
        end += 1
    while end < start and text[end] in _CLOSERS:
        end += 1
    return end
