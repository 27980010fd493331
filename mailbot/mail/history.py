"""Finds what came back with a reply: our letter and older mail, wherever it stands.

Trust goes in this order: what we sent, the markup of the client, the patterns of text, and in doubt the line is typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from mailbot.mail import patterns
from mailbot.mail.lines import Kind, Line, Mark, fold, from_text

_WORD = re.compile(r"\w+")
_RULES = re.compile(r"[-_=*.–—|·• >]*")
_AMOUNT = re.compile(r"^[-+]?\d[\d .,]*(?:€|eur|k€|%)")
_LONGEST_HEADING = 30  # lines
_HISTORY = (Mark.QUOTED, Mark.PREFIXED)


@dataclass(frozen=True)
class Opening:
    """Where history begins: its first line, and the last line of its heading (attribution, header block)."""

    start: int
    end: int
    note: str


@dataclass(frozen=True)
class Sent:
    """A letter of ours, ready to be recognised line by line."""

    rows: frozenset[str] = frozenset()
    triples: frozenset[tuple[str, ...]] = frozenset()
    pairs: frozenset[tuple[str, ...]] = frozenset()
    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> Sent:
        """`text` is the text of the letter, "" where it is unknown."""
        words = _WORD.findall(fold(text))
        rows = frozenset("".join(_WORD.findall(row.folded)) for row in from_text(text)) - {""}
        return cls(rows, frozenset(_runs(words, 3)), frozenset(_runs(words, 2)), frozenset(words))

    def marks(self, lines: list[Line]) -> list[bool]:
        """For each line, whether it is ours. One or two words are ours only where they follow, or precede, our own."""
        if not self.words:
            return [False] * len(lines)
        out = [False] * len(lines)
        filled = [(at, _WORD.findall(row.folded)) for at, row in enumerate(lines) if not row.blank]
        for number, (at, words) in enumerate(filled):
            before = filled[number - 1][1][-1:] if number else []
            after = filled[number + 1][1][:1] if number + 1 < len(filled) else []
            if words:
                out[at] = self._is_ours(words, before, after)
            else:
                out[at] = bool(_RULES.fullmatch(lines[at].folded))
        return out

    def _is_ours(self, words: list[str], before: list[str], after: list[str]) -> bool:
        if len(words) < 3:
            return self._follows(before + words) or self._follows(words + after)
        if "".join(words) in self.rows:
            return True
        runs = _runs(words, 3)
        return sum(run in self.triples for run in runs) >= 0.8 * len(runs)

    def _follows(self, words: list[str]) -> bool:
        """Whether two or three words stand in this order in the letter."""
        return tuple(words) in (self.triples if len(words) == 3 else self.pairs)


def _runs(words: list[str], length: int) -> list[tuple[str, ...]]:
    return list(zip(*(words[at:] for at in range(length)), strict=False))


@dataclass
class Reading:
    """What `read` finds."""

    kinds: list[Kind]
    notes: list[str] = field(default_factory=list)
    forward: bool = False  #: a heading says that the message was forwarded


def read(lines: list[Line], sent: str = "") -> Reading:
    """Whose each line is, before signatures are looked for. `sent` is our letter, "" where it is unknown."""
    ours = Sent.of(sent).marks(lines)
    openings = _openings(lines, ours)
    reading = Reading([Kind.TYPED] * len(lines), [opening.note for opening in openings[:1]])
    reading.forward = any("forward" in opening.note for opening in openings[:1])
    _before(lines, reading, openings[0].start if openings else len(lines))
    if _is_doubtful(lines, reading, openings, sent):
        return Reading(reading.kinds, ["kept whole: only an attribution above it"])
    unmarked = False
    for opening, following in pairwise([*openings, Opening(len(lines), len(lines), "")]):
        region = range(opening.end + 1, following.start)
        unmarked = unmarked or not _is_marked(lines, opening)
        known = sum(ours[at] for at in range(opening.start, following.start)) >= 2
        for at in range(opening.start, opening.end + 1):
            reading.kinds[at] = Kind.QUOTED
        for at in region:
            reading.kinds[at] = _kind(lines[at], ours[at], known, unmarked)
    _keep_blanks(lines, reading.kinds)
    return reading


def _keep_blanks(lines: list[Line], kinds: list[Kind]) -> None:
    """Blank lines between two typed lines are the writer's."""
    filled = [at for at, line in enumerate(lines) if not line.blank]
    for before, after in pairwise(filled):
        if kinds[before] is kinds[after] is Kind.TYPED:
            kinds[before:after] = [Kind.TYPED] * (after - before)


def _is_doubtful(lines: list[Line], reading: Reading, openings: list[Opening], sent: str) -> bool:
    """Nothing stands above an attribution, and nothing shows what below it is quoted: it may all be typed."""
    if sent or len(openings) != 1 or openings[0].note != "attribution" or _is_marked(lines, openings[0]):
        return False
    above = any(reading.kinds[at] is Kind.TYPED and not lines[at].blank for at in range(openings[0].start))
    reading.kinds[openings[0].start : openings[0].end + 1] = [Kind.QUOTED] * (openings[0].end + 1 - openings[0].start)
    return not above


def _kind(line: Line, ours: bool, known: bool, unmarked: bool) -> Kind:
    """Whose a line below a heading is. `known`: this history is our letter; `unmarked`: nothing shows where it ends."""
    history = line.mark in _HISTORY or unmarked
    if ours or line.blank:
        return Kind.QUOTED
    if not history:
        return Kind.ASIDE if line.mark is Mark.SIGNATURE else Kind.TYPED
    stranger = known and line.mark is not Mark.PREFIXED and not _is_machine(line)
    return Kind.TYPED if stranger else Kind.QUOTED


def _is_machine(line: Line) -> bool:
    """A line that servers and clients put into history."""
    if len(line.folded) > patterns.LONGEST:
        return False
    return any(pattern.search(line.folded) for pattern in (patterns.BANNER, patterns.RULE, patterns.SEPARATOR)) or bool(
        patterns.HEADER.match(line.folded) and "@" in line.folded
    )


def _before(lines: list[Line], reading: Reading, end: int) -> None:
    """Lines above the first heading: typed, unless the client marked them."""
    for at in range(end):
        mark = lines[at].mark
        if mark is Mark.SIGNATURE:
            reading.kinds[at] = Kind.ASIDE
        elif mark is Mark.QUOTED or (mark is Mark.PREFIXED and not _is_typed_amount(lines, at)):
            reading.kinds[at] = Kind.QUOTED


def _is_typed_amount(lines: list[Line], at: int) -> bool:
    """«> 5 000 €» is a comparison where nothing else around it is quoted."""
    around = [lines[near].mark for near in (at - 1, at + 1) if 0 <= near < len(lines)]
    return bool(_AMOUNT.match(lines[at].folded)) and Mark.PREFIXED not in around


def _is_marked(lines: list[Line], opening: Opening) -> bool:
    """Whether what follows a heading is marked by the client, so that its end is seen."""
    following = _next(lines, opening.end + 1)
    return following < len(lines) and lines[following].mark in _HISTORY


def _next(lines: list[Line], at: int) -> int:
    """The first line from `at` on that is not blank."""
    while at < len(lines) and lines[at].blank and lines[at].mark is not Mark.CUT:
        at += 1
    return at


# --- headings -----------------------------------------------------------------------------------------------------


def _openings(lines: list[Line], ours: list[bool]) -> list[Opening]:
    out: list[Opening] = []
    at = 0
    while at < len(lines):
        found = _opening(lines, at, ours)
        if found:
            out.append(found)
        at = found.end + 1 if found else at + 1
    return out or _silent(lines, ours)


def _silent(lines: list[Line], ours: list[bool]) -> list[Opening]:
    """Our letter came back with nothing above it to say so: three of its lines in a row."""
    filled = [at for at, line in enumerate(lines) if not line.blank]
    for first, second, third in zip(filled, filled[1:], filled[2:], strict=False):
        if ours[first] and ours[second] and ours[third]:
            return [Opening(first, first, "our own words")]
    return []


def _opening(lines: list[Line], at: int, ours: list[bool]) -> Opening | None:
    line = lines[at]
    if line.mark is Mark.CUT:
        return Opening(at, _heading_end(lines, at), "markup of the client")
    if line.blank or len(line.folded) > patterns.LONGEST:
        return None
    if patterns.MARKER.search(line.folded):
        return Opening(at, at, "marker line")
    if patterns.FORWARD.search(line.folded):
        return Opening(at, _heading_end(lines, at), "forward heading")
    if any(p.search(line.folded) for p in (patterns.SEPARATOR, patterns.MESSAGE_OF, patterns.DATED)):
        return Opening(at, _heading_end(lines, at), "separator")
    start = _next(lines, at + 1) if patterns.RULE.search(line.folded) else at
    if (end := _header_block(lines, start)) is not None:
        return Opening(at, end, "header block")
    if (end := _attribution(lines, at, ours)) is not None:
        return Opening(at, end, "attribution")
    return None


def _heading_end(lines: list[Line], at: int) -> int:
    """The last line of the heading that a separator or the client's markup at `at` begins."""
    start = _next(lines, at + 1)
    if start < len(lines) and patterns.RULE.search(lines[start].folded):
        start = _next(lines, start + 1)
    block = _header_block(lines, start, sure=True)
    if block is not None:
        return block
    attribution = _attribution(lines, start, [])
    return attribution if attribution is not None else at


def _header_block(lines: list[Line], start: int, sure: bool = False) -> int | None:
    """The last line of a block of headers that begins at `start`; None if it is no such block.

    A typed «De : … À : … Objet : …» is none: a real one has an address, or a date with a time, unless a separator
    stands above it (`sure`).
    """
    names: set[str] = set()
    last, at, evidence = start, start, sure
    while at < min(len(lines), start + _LONGEST_HEADING):
        folded = lines[at].folded
        found = patterns.HEADER.match(folded) if len(folded) <= patterns.LONGEST else None
        found = found or (patterns.HEADER_BARE.match(folded) if sure and not lines[at].blank else None)
        if found:
            name = found["name"]
            names.add(name)
            evidence = evidence or "@" in folded or (name in patterns.DATE_NAMES and bool(patterns.TIME.search(folded)))
            last = at
        elif not (lines[at].blank and at == last + 1) and not _continues(lines, at, last):
            break
        at += 1
    return last if evidence and _is_block(names, sure) else None


def _is_block(names: set[str], sure: bool) -> bool:
    rest = names & (patterns.SUBJECT_NAMES | patterns.DATE_NAMES) or names & patterns.TO_NAMES
    return bool(names & patterns.FROM_NAMES) and (sure or (len(names) >= 2 and bool(rest)))


def _continues(lines: list[Line], at: int, last: int) -> bool:
    """A folded list of addresses."""
    return at == last + 1 and "@" in lines[at].folded and lines[at].folded.rstrip().endswith((">", ";", ","))


def _attribution(lines: list[Line], at: int, ours: list[bool]) -> int | None:
    """The last line of «Le … a écrit :», which clients break over up to four lines, none of them blank."""
    joined = ""
    for end in range(at, min(at + 4, len(lines))):
        folded = lines[end].folded
        if not folded or lines[end].mark is not lines[at].mark or len(joined) + len(folded) > patterns.LONGEST:
            return None
        joined = f"{joined} {folded}".strip()
        if not _may_attribute(folded) if end == at else patterns.ATTRIBUTION_DAY.match(folded):
            return None  # no attribution begins here, or one begins further down and what stands above it is typed
        if folded.endswith((":", "：")) and _is_attribution(joined, lines, end, ours):
            return end
    return None


def _may_attribute(folded: str) -> bool:
    dated = patterns.ATTRIBUTION_DAY.match(folded) or patterns.ATTRIBUTION_DATE.match(folded)
    return bool(dated) or "@" in folded or folded.endswith((":", "："))


def _is_attribution(joined: str, lines: list[Line], end: int, ours: list[bool]) -> bool:
    sure = bool(patterns.ATTRIBUTION_SURE.search(joined))
    verb = bool(patterns.ATTRIBUTION_END.search(joined) or patterns.ATTRIBUTION_OTHER.search(joined))
    if verb and sure:
        return True
    following = _next(lines, end + 1)
    if following >= len(lines):
        return False
    history = lines[following].mark in _HISTORY and lines[end].mark not in _HISTORY
    return (verb or sure) and (history or (following < len(ours) and ours[following]))
