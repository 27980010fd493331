"""A body as lines, each with what the mail client's markup says of it: the common ground of text and HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby
from operator import attrgetter

from mailbot.mail import patterns

_FOLDED: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")),
    **dict.fromkeys(map(ord, "\u2019\u02bc\u2018"), "'"),
    **dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " "),
}
_ODD = re.compile(f"[{''.join(map(chr, _FOLDED))}]")
_LINKS = re.compile(r"<(?:https?://|mailto:)[^<>\s]*>|\[cid:[^\[\]\s]*\]|\[image:[^\[\]]*\]")
_MOST = 6_000  #: lines that are looked at one by one
_BUNDLE = 200
_NARROWEST, _WIDEST = 60, 100  #: letters of a line, where programs wrap text
_PICTURES = re.compile(r"\[(?:cid|image): ?([^\[\]\s][^\[\]]*)\]")
#: What a client makes of a button in a text part: its label, and where it led.
_BUTTON = re.compile(
    rf"[^<>:@/]{{0,{patterns.LONGEST_LABEL}}}<(?:https?|mailto):[^<>\s]*{patterns.OUR_LINK.pattern}[^<>\s]*>\s*", re.I
)
_PREFIX = re.compile(r"[ \t]{0,3}>[> \t]*")


class Mark(Enum):
    """What the markup says of a line."""

    PLAIN = "plain"  #: nothing: the writer's, or history that the client left unmarked
    QUOTED = "quoted"  #: inside an element that clients put history in
    PREFIXED = "prefixed"  #: begins with ">" in a text part
    SIGNATURE = "signature"  #: inside an element that clients put the signature in
    CUT = "cut"  #: an element that stands where history begins


class Kind(Enum):
    """Whose a line is."""

    TYPED = "typed"  #: the writer's own words
    ASIDE = "aside"  #: signature, disclaimer, device line
    QUOTED = "quoted"  #: history


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a body."""

    text: str  #: as it came, without its line end
    folded: str  #: for comparison: see `fold`; without ">" and links
    mark: Mark = Mark.PLAIN
    shown: tuple[str, ...] = ()  #: content ids, or names, of the pictures that stand in it
    button: bool = False  #: it is the label of a link to an address or a page of ours, and nothing else

    @property
    def blank(self) -> bool:
        return not self.folded


def fold(text: str) -> str:
    """Lower case, one kind of space and apostrophe, nothing invisible."""
    return " ".join((text.translate(_FOLDED) if _ODD.search(text) else text).lower().split())


def line(text: str, mark: Mark = Mark.PLAIN, shown: tuple[str, ...] = ()) -> Line:
    """A Line of `text`; what a client adds to links, "name<https://…>", is left out of the comparison."""
    bare = _LINKS.sub(" ", text) if "<" in text or "[" in text else text
    if "[" in text:
        shown += tuple(_PICTURES.findall(text))
    return Line(text, fold(bare), mark, shown, "<" in text and bool(_BUTTON.fullmatch(text)))


def from_text(text: str) -> list[Line]:
    """The lines of a text part. A ">" before them marks them as quoted; one blank line says as much as a thousand."""
    out: list[Line] = []
    rows = text.split("\n")
    above = ""
    for at, row in enumerate(rows):
        if len(out) >= _MOST:
            return out + _bundled(rows[at:])
        if row.strip() or above.strip() or not out:
            opens = ">" in row[:4] and not _is_open(above)
            out.append(prefixed(line(row)) if opens else line(row))
            above = row
    return _rejoined(out)


def _rejoined(rows: list[Line]) -> list[Line]:
    """The lines; what a client wrapped off the end of quoted lines, leaving no ">" before it, marked as they are.

    Such an end would not have fitted into the line above, which breaks off within a sentence. Once may be chance.
    """
    widest = max((len(row.text) for row in rows if row.mark is Mark.PREFIXED and not row.blank), default=0)
    if not _NARROWEST <= widest <= _WIDEST:
        return rows
    ends = [
        at
        for at in range(1, len(rows))
        if rows[at].mark is Mark.PLAIN and rows[at - 1].mark is Mark.PREFIXED and _is_end(rows, at, widest)
    ]
    for first in ends if len(ends) > 1 else []:
        at = first
        while at < len(rows) and rows[at].mark is Mark.PLAIN and (at == first or _is_end(rows, at, widest)):
            rows[at] = replace(rows[at], mark=Mark.PREFIXED)
            at += 1
    return rows


def _is_end(rows: list[Line], at: int, widest: int) -> bool:
    above, row = rows[at - 1], rows[at]
    if above.blank or row.blank or above.text.rstrip().endswith((".", "!", "?")):
        return False
    return len(above.text.rstrip()) + 1 + len(row.text.split(maxsplit=1)[0]) > widest


def prefixed(row: Line) -> Line:
    """A line; where it begins with ">", which some webmails write into HTML too, as one that is so marked."""
    prefix = _PREFIX.match(row.text)
    if not prefix:
        return row
    mark = Mark.PREFIXED if row.mark is Mark.PLAIN else row.mark
    rest = line(row.text[prefix.end() :])
    return Line(row.text, rest.folded, mark, row.shown, row.button or rest.button)


def _bundled(rows: list[str]) -> list[Line]:
    """The rows of a text that no person writes, by the hundred."""
    out: list[Line] = []
    for quoted, run in groupby(rows, key=lambda row: row.startswith(">")):
        several = list(run)
        for at in range(0, len(several), _BUNDLE):
            out.append(line("\n".join(several[at : at + _BUNDLE]), Mark.PREFIXED if quoted else Mark.PLAIN))
    return out


def condensed(rows: list[Line]) -> list[Line]:
    """The lines; of a body that no person writes, those beyond the first thousands by the hundred, mark by mark."""
    if len(rows) <= _MOST + _BUNDLE:
        return rows
    out = rows[:_MOST]
    for mark, run in groupby(rows[_MOST:], key=attrgetter("mark")):
        several = list(run)
        for at in range(0, len(several), _BUNDLE):
            some = several[at : at + _BUNDLE]
            shown = tuple(name for row in some for name in row.shown)
            folded = " ".join(row.folded for row in some if row.folded)
            out.append(Line("\n".join(row.text for row in some), folded, mark, shown))
    return out


def _is_open(row: str) -> bool:
    """Whether a row ends within «<name@host»: the ">" that begins the next one closes it."""
    start = row.rfind("<")
    return start > row.rfind(">") and ("@" in row[start:] or "://" in row[start:])


def joined(lines: list[str]) -> str:
    """The lines as one text: no blank line at its ends, one at most between others, no space at the end of any."""
    out: list[str] = []
    for text in (row.rstrip() for row in lines):
        if text.strip("\u00a0\ufeff\u200b ") or (out and out[-1]):
            out.append(text if text.strip("\u00a0\ufeff\u200b ") else "")
    while out and not out[-1]:
        out.pop()
    return "\n".join(out)
