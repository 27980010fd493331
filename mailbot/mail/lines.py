"""A body as lines, each with what the mail client's markup says of it: the common ground of text and HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_FOLDED = str.maketrans({"\u2019": "'", "\u02bc": "'", "\u2018": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " "})
_LINKS = re.compile(r"<(?:https?://|mailto:)[^<>\s]*>|\[cid:[^\[\]\s]*\]|\[image:[^\[\]]*\]")
_PICTURES = re.compile(r"\[(?:cid|image): ?([^\[\]\s][^\[\]]*)\]")
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

    @property
    def blank(self) -> bool:
        return not self.folded


def fold(text: str) -> str:
    """Lower case, one kind of space and apostrophe, nothing invisible."""
    return " ".join(text.translate(_FOLDED).translate(_INVISIBLE).lower().split())


def line(text: str, mark: Mark = Mark.PLAIN, shown: tuple[str, ...] = ()) -> Line:
    """A Line of `text`; what a client adds to links, "name<https://…>", is left out of the comparison."""
    bare = _LINKS.sub(" ", text) if "<" in text or "[" in text else text
    if "[" in text:
        shown += tuple(_PICTURES.findall(text))
    return Line(text, fold(bare), mark, shown)


def from_text(text: str) -> list[Line]:
    """The lines of a text part. A ">" before them marks them as quoted."""
    out: list[Line] = []
    above = ""
    for row in text.split("\n"):
        out.append(line(row) if _is_open(above) else prefixed(line(row)))
        above = row
    return out


def prefixed(row: Line) -> Line:
    """A line; where it begins with ">", which some webmails write into HTML too, as one that is so marked."""
    prefix = _PREFIX.match(row.text)
    if not prefix:
        return row
    mark = Mark.PREFIXED if row.mark is Mark.PLAIN else row.mark
    return replace(row, folded=line(row.text[prefix.end() :]).folded, mark=mark)


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
