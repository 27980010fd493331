"""Finds where history begins: what clients write above a letter they quote, and our letter where nothing stands above.

Nothing here says whose a line is; `history` does, from where these headings stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.mail import patterns
from mailbot.mail.quoting.alignment import Aligned
from mailbot.mail.quoting.lines import Line, Mark, line
from mailbot.mail.quoting.words import Words

_LONGEST_HEADING = 30  # lines
_LETTER_HEAD = 12  #: lines of a letter of ours, in which its author is named
_NAME = re.compile(r"\b[A-ZÀ-Þ][^\W\d_]{2,}")
HISTORY = (Mark.QUOTED, Mark.PREFIXED)


@dataclass(frozen=True)
class Opening:
    """Where history begins: its first line, and the last line of its heading (attribution, header block).

    Where `end` is before `start` nothing stands above the history but its markup.
    """

    start: int
    end: int
    note: str


def unglued(lines: list[Line]) -> list[Line]:
    """The lines; an attribution that a client wrote behind the last typed words, «Merci. Le … a écrit :», apart."""
    out: list[Line] = []
    for at, row in enumerate(lines):
        cut = _glued(lines, at)
        out += [line(row.text[:cut], row.mark), line(row.text[cut:], row.mark)] if cut else [row]
    return out


def _glued(lines: list[Line], at: int) -> int:
    """Where in line `at` an attribution begins behind other words; 0 where none does."""
    row = lines[at]
    if row.mark in HISTORY or len(row.text) > patterns.LONGEST or not row.folded.endswith((":", "：")):
        return 0
    if not patterns.ATTRIBUTION_END.search(row.folded) or not patterns.ATTRIBUTION_SURE.search(row.folded):
        return 0
    following = following_line(lines, at + 1)
    if following >= len(lines) or lines[following].mark not in HISTORY:
        return 0
    starts = [found.start(1) for found in patterns.ATTRIBUTION_INSIDE.finditer(row.text)]
    return starts[-1] if starts and not patterns.ATTRIBUTION_DAY.match(row.folded) else 0


def following_line(lines: list[Line], at: int) -> int:
    """The first line from `at` on that is not blank."""
    while at < len(lines) and lines[at].blank and lines[at].mark is not Mark.CUT:
        at += 1
    return at


def is_marked(lines: list[Line], opening: Opening) -> bool:
    """Whether what follows a heading is marked by the client, so that its end is seen."""
    following = following_line(lines, opening.end + 1)
    return following < len(lines) and lines[following].mark in HISTORY


def is_indented(lines: list[Line], opening: Opening) -> bool:
    """Outlook for Mac indents what it quotes in a text part, all of it."""
    rest = [row.text for row in lines[opening.end + 1 :] if not row.blank]
    return all(text.startswith(("    ", "\t")) for text in rest)


def find(lines: list[Line], aligned: Aligned) -> list[Opening]:
    """Every place where history begins, top to bottom."""
    search = _Search(lines, aligned)
    out: list[Opening] = []
    at = 0
    while at < len(lines):
        found = search.opening(at) or (search.bare(at) if not out else None)
        if found:
            out.append(found)
        at = max(found.end, found.start) + 1 if found else at + 1
    return out or search.silent()


@dataclass
class _Search:
    """One pass over the lines of a message."""

    lines: list[Line]
    aligned: Aligned
    barren: int = 0  #: up to here lines that look like headers were read, and made no block

    def opening(self, at: int) -> Opening | None:
        """The heading that begins at line `at`."""
        row = self.lines[at]
        if row.mark is Mark.CUT:
            return Opening(at, self._heading_end(at), "markup of the client")
        if row.blank or len(row.folded) > patterns.LONGEST:
            return None
        if patterns.MARKER.search(row.folded):
            return Opening(at, at, "marker line")
        if patterns.FORWARD.search(row.folded):
            return Opening(at, self._heading_end(at), "forward heading")
        if any(p.search(row.folded) for p in (patterns.SEPARATOR, patterns.MESSAGE_OF, patterns.DATED)):
            return Opening(at, self._heading_end(at), "separator")
        if patterns.HEADER_LINE.match(row.folded):
            return Opening(at, self._heading_end(at), "header block")
        start = following_line(self.lines, at + 1) if patterns.RULE.search(row.folded) else at
        if start >= self.barren and (end := self._header_block(start)) is not None:
            return Opening(at, end, "header block")
        if (end := self._attribution(at)) is not None:
            return Opening(at, end, "attribution")
        return None

    def bare(self, at: int) -> Opening | None:
        """History that begins with nothing but its markup."""
        row = self.lines[at]
        if row.mark is Mark.QUOTED and not row.blank:
            return Opening(at, at - 1, "markup of the client")
        return Opening(at, at - 1, "our own words") if row.mark is Mark.PREFIXED and self.aligned.ours[at] else None

    def silent(self) -> list[Opening]:
        """Our letter came back with nothing above it to say so: three of its lines among four, and its foot.

        Where neither the foot line follows nor our lines alone, the writer may have copied some into his own words.
        """
        filled = [at for at, row in enumerate(self.lines) if not row.blank]
        foot = max((at for at in filled if patterns.OUR_LINK.search(self.lines[at].text)), default=-1)
        others = max((at for at in filled if not self.aligned.ours[at]), default=-1)
        for number, at in enumerate(filled):
            if (
                (at < foot or at > others)
                and self.aligned.ours[at]
                and sum(self.aligned.ours[near] for near in filled[number : number + 4]) >= 3
            ):
                return [Opening(at, at - 1, "our own words")]
        return []

    def _heading_end(self, at: int) -> int:
        """The last line of the heading that a separator or the client's markup at `at` begins."""
        start = following_line(self.lines, at + 1)
        if start < len(self.lines) and patterns.RULE.search(self.lines[start].folded):
            start = following_line(self.lines, start + 1)
        block = self._header_block(start, sure=True)
        if block is not None:
            return block
        attribution = self._attribution(start)
        return attribution if attribution is not None else at

    def _header_block(self, start: int, sure: bool = False) -> int | None:
        """The last line of a block of headers that begins at `start`; None if it is no such block.

        A typed «De : … À : … Objet : …» is none: a real one has an address, or a date with a time, unless a separator
        stands above it (`sure`).
        """
        names: set[str] = set()
        last, at, evidence = start, start, sure
        while at < min(len(self.lines), start + _LONGEST_HEADING):
            folded = self.lines[at].folded
            if found := _header(folded, sure):
                name = found["name"]
                if name in patterns.FROM_NAMES and (name in names or (names and self.lines[at - 1].blank)):
                    break  # another block begins: the first may have been typed
                names.add(name)
                evidence = evidence or "@" in folded
                evidence = evidence or (name in patterns.DATE_NAMES and bool(patterns.TIME.search(folded)))
                last = at
            elif not (self.lines[at].blank and at == last + 1) and not self._continues(at, last):
                break
            at += 1
        if evidence and _is_block(names, sure):
            return last
        self.barren = max(self.barren, at)
        return None

    def _continues(self, at: int, last: int) -> bool:
        """A folded list of addresses."""
        folded = self.lines[at].folded
        return at == last + 1 and "@" in folded and folded.rstrip().endswith((">", ";", ","))

    def _attribution(self, at: int) -> int | None:
        """The last line of «Le … a écrit :», which clients break over up to four lines, none of them blank."""
        joined = ""
        for end in range(at, min(at + 4, len(self.lines))):
            row = self.lines[end]
            if self.aligned.ours[end]:
                return None
            if row.blank or row.mark is not self.lines[at].mark or len(joined) + len(row.folded) > patterns.LONGEST:
                return None
            joined = f"{joined} {row.folded}".strip()
            if not _may_attribute(row.folded) if end == at else patterns.ATTRIBUTION_DAY.match(row.folded):
                return None  # none begins here, or one begins further down and what stands above it is typed
            ends = row.folded.endswith((":", "：")) and self._hangs_together(at, end)
            if ends and self._is_attribution(joined, at, end):
                return end
        return None

    def _hangs_together(self, at: int, end: int) -> bool:
        """Without a day at its beginning «X <x@y>» and «a écrit :» follow each other, with nothing between."""
        first = self.lines[at].folded
        if end == at or _is_dated(first):
            return True
        if first.endswith(">") or first.rfind("<") > first.rfind(">"):
            return True
        return bool(patterns.ATTRIBUTION_END.match(self.lines[end].folded))

    def _begins_heading(self, at: int) -> bool:
        folded = self.lines[at].folded[: patterns.LONGEST]
        if patterns.ATTRIBUTION_DAY.match(folded):
            return bool(patterns.ATTRIBUTION_SURE.search(folded))
        return any(pattern.match(folded) for pattern in (patterns.HEADER, patterns.SEPARATOR, patterns.MESSAGE_OF))

    def _is_attribution(self, joined: str, at: int, end: int) -> bool:
        sure = bool(patterns.ATTRIBUTION_SURE.search(joined))
        verb = bool(patterns.ATTRIBUTION_END.search(joined) or patterns.ATTRIBUTION_OTHER.search(joined))
        if (verb and sure) or patterns.ATTRIBUTION_BARE.search(joined):
            return True
        following = following_line(self.lines, end + 1)
        if following >= len(self.lines) or not (verb or sure or patterns.ATTRIBUTION_DATED.search(joined)):
            return False
        if self._begins_heading(following) or end in self.aligned.mixed or end in self.aligned.inserted:
            return False  # what was typed stands above the heading, or among words of ours
        marked = self.lines[following].mark in HISTORY and self.lines[end].mark not in HISTORY
        if self.aligned.ours[following] or patterns.MARKER.search(self.lines[following].folded):
            return sure or self._names_us(at, end, following)
        return marked

    def _names_us(self, at: int, end: int, following: int) -> bool:
        """Whether an attribution names who wrote our letter below: «M. Lopez a écrit :» was typed above it."""
        names = Words.of([" ".join(_NAME.findall(row.text)) for row in self.lines[at : end + 1]]).keys
        head = Words.of([row.text for row in self.lines[following : following + _LETTER_HEAD]]).keys
        return not self.aligned.letter.union(head).isdisjoint(names)


def _header(folded: str, sure: bool) -> re.Match[str] | None:
    """A line of a header block; where a separator stands above (`sure`), also one without a colon."""
    if not folded or len(folded) > patterns.LONGEST:
        return None
    return patterns.HEADER.match(folded) or (patterns.HEADER_BARE.match(folded) if sure else None)


def _is_block(names: set[str], sure: bool) -> bool:
    rest = names & (patterns.SUBJECT_NAMES | patterns.DATE_NAMES) or names & patterns.TO_NAMES
    return bool(names & patterns.FROM_NAMES) and (sure or (len(names) >= 2 and bool(rest)))


def _may_attribute(folded: str) -> bool:
    return _is_dated(folded) or "@" in folded or folded.endswith((":", "："))


def _is_dated(folded: str) -> bool:
    return bool(patterns.ATTRIBUTION_DAY.match(folded) or patterns.ATTRIBUTION_DATE.match(folded))
