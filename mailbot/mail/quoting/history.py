"""Says whose each line is: the writer's, or history: our letter and older mail, wherever it stands.

Trust goes in this order: what we sent, the markup of the client, the patterns of text, and in doubt the line is typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from mailbot.mail import patterns
from mailbot.mail.quoting import headings, others
from mailbot.mail.quoting.alignment import Aligned, align
from mailbot.mail.quoting.headings import HISTORY, Opening
from mailbot.mail.quoting.lines import Kind, Line, Mark, line

_COUNTED = re.compile(r"[-+]?\d")
_LONGEST_HEADING = 3  #: words
_ANSWERS = frozenset("oui non ok pas néant neant aucun aucune rien yes no".split())
_PREFIXES = re.compile(r"[ \t]*>[> \t]*")


@dataclass
class Reading:
    """What `read` finds: the lines, cut where our words and others meet, and whose each is."""

    lines: list[Line]
    kinds: list[Kind]
    notes: list[str] = field(default_factory=list)
    other: str = ""  #: who wrote a mail that is no letter of ours and stands above one
    forward: bool = False  #: a heading says that the message was forwarded
    strangers: set[int] = field(default_factory=set)  #: lines among those of our letter that are not ours


def read(lines: list[Line], sent: str = "") -> Reading:
    """Whose each line is, before signatures are looked for. `sent` is our letter, "" where it is unknown."""
    lines = headings.unglued(lines)
    aligned = align(lines, sent)
    openings = others.trusted(headings.find(lines, aligned), lines, aligned)
    reading = Reading([], [], [opening.note for opening in openings[:1]])
    reading.other = others.author(openings, lines, aligned)
    reading.forward = any("forward" in opening.note for opening in openings[:1])
    end = openings[0].start if openings else len(lines)
    _before(lines[:end], reading, below=bool(openings))
    if _is_doubtful(lines, reading, openings, aligned):
        kinds = [*reading.kinds, *_doubtful(openings[0], len(lines))]
        return Reading(lines, kinds, ["doubt: kept, for little says that it is history"])
    unmarked = False
    for opening, following in pairwise([*openings, Opening(len(lines), len(lines), "")]):
        unmarked = unmarked or not headings.is_marked(lines, opening)
        _region(lines, reading, aligned, opening, following.start, unmarked)
    _keep_blanks(reading.lines, reading.kinds)
    return reading


def _region(lines: list[Line], reading: Reading, aligned: Aligned, opening: Opening, end: int, unmarked: bool) -> None:
    """Whose the lines of one heading and of what stands below it are, up to line `end`."""
    places = range(opening.start, end)
    known = sum((aligned.ours[at] and not lines[at].blank) or at in aligned.mixed for at in places) >= 2
    amounts = _amounts_below(lines, range(opening.end + 1, end))
    for at in places:
        if at <= opening.end or lines[at].button:
            _add(reading, lines[at], Kind.QUOTED)
        elif known and at in aligned.changed:
            _cut(reading, lines[at], [(0, len(lines[at].text), False)])
        elif known and at in aligned.mixed:
            _cut(reading, lines[at], aligned.mixed[at])
        elif known and at in aligned.inserted and lines[at].mark is Mark.PREFIXED and not lines[at].blank:
            _cut(reading, lines[at], [(0, len(lines[at].text), False)])
        elif at in amounts and not aligned.ours[at]:
            _add(reading, lines[at], Kind.TYPED)
        else:
            ours = aligned.ours[at] or at in aligned.mixed
            kind = _kind(lines[at], ours, known, unmarked)
            if known and not ours and kind is Kind.QUOTED and _is_doubtful_line(lines[at]):
                reading.strangers.add(len(reading.lines))
            _add(reading, lines[at], kind)


def _is_doubtful_line(row: Line) -> bool:
    return not row.blank and any(map(str.isalnum, row.folded)) and not _is_machine(row)


def _add(reading: Reading, row: Line, kind: Kind) -> None:
    reading.lines.append(row)
    reading.kinds.append(kind)


def _cut(reading: Reading, row: Line, pieces: list[tuple[int, int, bool]]) -> None:
    """The pieces of a line of ours into which somebody wrote; a ">" before it stays with our letter, and so does a
    heading that a program put before our words: « > Question : merci de … » is cut off, and kept beside the reply.
    """
    start, end, ours = pieces[0]
    prefix = _PREFIXES.match(row.text) if row.mark is Mark.PREFIXED and not ours else None
    if prefix:
        pieces = [(0, prefix.end(), True), (prefix.end(), end, False), *pieces[1:]]
    for at, (start, end, ours) in enumerate(pieces):
        heads = prefix and at == 1 and len(pieces) == 3 and _is_heading(row.text[start:end])
        kind = Kind.ASIDE if heads else Kind.QUOTED if ours else Kind.TYPED
        _add(reading, line(row.text[start:end], row.mark), kind)


def _is_heading(piece: str) -> bool:
    """« Question : », a word or two with a colon, which answer nothing."""
    words = piece.lower().replace(":", " ").split()
    named = piece.rstrip().endswith(":") and len(words) <= _LONGEST_HEADING and all(map(str.isalpha, words))
    return named and _ANSWERS.isdisjoint(words)


def _keep_blanks(lines: list[Line], kinds: list[Kind]) -> None:
    """Blank lines, and rows of dashes, between two typed lines are the writer's."""
    filled = [at for at, row in enumerate(lines) if kinds[at] is Kind.TYPED or any(map(str.isalnum, row.folded))]
    for before, after in pairwise(filled):
        if kinds[before] is kinds[after] is Kind.TYPED:
            for at in range(before + 1, after):
                kinds[at] = kinds[at] if lines[at].mark is Mark.PREFIXED else Kind.TYPED


def _is_doubtful(lines: list[Line], reading: Reading, openings: list[Opening], aligned: Aligned) -> bool:
    """Nothing stands above, and only an attribution, or only markup, says what is history: it may all be typed."""
    if len(openings) != 1:
        return False
    weak = openings[0].note == "attribution" and not (
        headings.is_marked(lines, openings[0]) or headings.is_indented(lines, openings[0])
    )
    bare = openings[0].note == "markup of the client" and openings[0].end < openings[0].start
    if not (weak or bare) or any(ours and not row.blank for ours, row in zip(aligned.ours, lines, strict=True)):
        return False
    return not any(kind is Kind.TYPED and not row.blank for row, kind in zip(lines, reading.kinds, strict=False))


def _doubtful(opening: Opening, end: int) -> list[Kind]:
    heading = opening.end + 1 - opening.start
    return [Kind.QUOTED] * heading + [Kind.TYPED] * (end - opening.end - 1)


def _kind(row: Line, ours: bool, known: bool, unmarked: bool) -> Kind:
    """Whose a line below a heading is. `known`: this history is our letter; `unmarked`: nothing shows where it ends."""
    if row.blank and row.shown and known and row.mark is not Mark.SIGNATURE:
        return Kind.TYPED  # our letters show no picture
    if ours or row.blank:
        return Kind.QUOTED
    if row.mark not in HISTORY and not unmarked:
        return Kind.ASIDE if row.mark is Mark.SIGNATURE else Kind.TYPED
    stranger = known and row.mark is not Mark.PREFIXED and not _is_machine(row)
    return Kind.TYPED if stranger else Kind.QUOTED


def _is_machine(row: Line) -> bool:
    """A line that servers and clients put into history."""
    if len(row.folded) > patterns.LONGEST:
        return False
    return any(pattern.search(row.folded) for pattern in (patterns.BANNER, patterns.RULE, patterns.SEPARATOR)) or bool(
        patterns.HEADER.match(row.folded) and "@" in row.folded
    )


def _before(lines: list[Line], reading: Reading, below: bool) -> None:
    """Lines above the first heading: typed, unless the client marked them.

    What is quoted by ">" with no heading anywhere (`below`), and has typed words below it, is what the writer quotes.
    """
    typed = max((at for at, row in enumerate(lines) if row.mark is Mark.PLAIN and not row.blank), default=-1)
    for at, row in enumerate(lines):
        quoted = row.mark is Mark.PREFIXED and not _is_amount(lines, at) and (below or at > typed)
        if row.mark is Mark.SIGNATURE:
            _add(reading, row, Kind.ASIDE)
        else:
            _add(reading, row, Kind.QUOTED if quoted or row.mark is Mark.QUOTED else Kind.TYPED)


def _is_amount(lines: list[Line], at: int) -> bool:
    """«> 5 000 €» is a comparison where nothing else around it is quoted."""
    around = [lines[near].mark for near in (at - 1, at + 1) if 0 <= near < len(lines)]
    return bool(_COUNTED.match(lines[at].folded)) and Mark.PREFIXED not in around


def _amounts_below(lines: list[Line], places: range) -> set[int]:
    """Comparisons below everything that is quoted by ">", each parted from it by a line without one."""
    out: set[int] = set()
    run: set[int] = set()
    for at in reversed(places):
        if lines[at].mark is not Mark.PREFIXED:
            out |= run
            run = set()
        elif _COUNTED.match(lines[at].folded):
            run.add(at)
        else:
            break
    return out
