"""Tells mail of other people between an answer and our letter: what the writer put there himself is typed."""

from __future__ import annotations

from itertools import pairwise

from mailbot.mail import patterns
from mailbot.mail.quoting import headings
from mailbot.mail.quoting.alignment import Aligned
from mailbot.mail.quoting.headings import Opening
from mailbot.mail.quoting.lines import Line, Mark

_BEGINNING = 3  #: lines below a heading in which a letter of ours shows that it is one


def trusted(openings: list[Opening], lines: list[Line], aligned: Aligned) -> list[Opening]:
    """The openings without those that the writer made: what he was written, put into his answer with its headings."""
    if not openings or headings.is_marked(lines, openings[0]):
        return openings
    if openings[0].note == "attribution":
        return openings[1:] if _is_said(openings, lines, aligned) else openings
    if openings[0].note == "header block" and _is_announced(openings[0], lines):
        ours = _ours(openings, lines, aligned)
        return openings[ours.index(True) :] if any(ours) else openings[len(openings) == 1 :]
    return openings


def author(openings: list[Opening], lines: list[Line], aligned: Aligned) -> str:
    """Who wrote the mail that is no letter of ours and stands above one, as its heading names him; "" without one."""
    ours = _ours(openings, lines, aligned)
    if True not in ours or ours[0]:
        return ""
    first = openings[0]
    if headings.following_line(lines, first.end + 1) >= openings[1].start:
        return ""
    rows = [row.folded for row in lines[first.start : first.end + 1]]
    named = (patterns.HEADER.match(row) for row in rows)
    return next((found["value"] for found in named if found and found["name"] in patterns.FROM_NAMES), " ".join(rows))


def _is_said(openings: list[Opening], lines: list[Line], aligned: Aligned) -> bool:
    """Whether the first opening may be the writer's own «Le 12 mars, le client a écrit :».

    Such a one has no address, our letter follows further down, and nothing of it stands right below.
    """
    if len(openings) < 2:
        return False
    first, end = openings[0], openings[1].start
    addressed = any("@" in row.folded for row in lines[first.start : first.end + 1])
    ours = any(aligned.ours[first.start : end]) or not any(aligned.ours[end:])
    ours = ours or (openings[1].note == "marker line" and headings.following_line(lines, first.end + 1) == end)
    return not (addressed or ours)


def _is_announced(opening: Opening, lines: list[Line]) -> bool:
    """Whether the writer says what follows, «Voici ce que m'écrit le client :», and no program drew a line above it."""
    above = next((row for row in reversed(lines[: opening.start]) if not row.blank), None)
    drawn = patterns.RULE.search(lines[opening.start].folded)
    return above is not None and above.mark is Mark.PLAIN and above.folded.endswith(":") and not drawn


def _ours(openings: list[Opening], lines: list[Line], aligned: Aligned) -> list[bool]:
    """Of each opening, whether a letter of ours stands below it."""
    bounds = pairwise([*openings, Opening(len(lines), len(lines), "")])
    return [_is_ours(opening, following.start, lines, aligned) for opening, following in bounds]


def _is_ours(opening: Opening, end: int, lines: list[Line], aligned: Aligned) -> bool:
    """Whether a heading names an address of ours, or our letter begins below it, before line `end`."""
    rows = lines[opening.start : opening.end + 1]
    if opening.note == "marker line" or any(patterns.OUR_LINK.search(row.text) for row in rows):
        return True
    at = headings.following_line(lines, max(opening.start, opening.end + 1))
    if at < len(lines) and patterns.MARKER.search(lines[at].folded):
        return True
    for _ in range(_BEGINNING):
        if at >= end:
            return False
        if aligned.ours[at]:
            return True
        at = headings.following_line(lines, at + 1)
    return False
