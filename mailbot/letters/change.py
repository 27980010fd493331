"""What changed between two versions of an answer, word by word, for `<del>` and `<ins>`."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

LIMIT = 100_000  #: pairs of equal words beyond which the middle is shown as replaced whole: comparing is quadratic


class Kind(Enum):
    """What became of a stretch of words."""

    KEPT = "kept"  #: in both versions
    REMOVED = "removed"  #: only in the older one
    ADDED = "added"  #: only in the newer one


@dataclass(frozen=True)
class Segment:
    """A stretch of words with the spaces that follow them."""

    kind: Kind
    text: str


def change(old: str, new: str) -> tuple[Segment, ...]:
    """The way from `old` to `new`. Kept and added segments, joined, are exactly `new`; no segment is empty.

    A removed segment may have gained a space, so that it touches no word beside it.
    """
    before, after = _words(old), _words(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle = _compare(before[head : len(before) - tail], after[head : len(after) - tail])
    stretches = [
        (Kind.KEPT, "".join(after[:head])),
        *middle,
        (Kind.KEPT, "".join(after[len(after) - tail :])),
    ]
    return _apart([Segment(kind, text) for kind, text in stretches if text])


def _apart(segments: list[Segment]) -> tuple[Segment, ...]:
    """The same segments, with a space between a removed word and its neighbours."""
    shown: list[Segment] = []
    for at, segment in enumerate(segments):
        text = segment.text
        if segment.kind is Kind.REMOVED:
            glued = bool(shown) and not shown[-1].text[-1].isspace()
            followed = at + 1 < len(segments) and not text[-1].isspace()
            text = " " * glued + text + " " * followed
        shown.append(Segment(segment.kind, text))
    return tuple(shown)


def _words(text: str) -> list[str]:
    """Each word with the white space after it."""
    return re.findall(r"\S+\s*|\s+", text)


def _bare(words: list[str]) -> list[str]:
    return [word.strip() for word in words]


def _common(before: list[str], after: list[str]) -> int:
    """How many words both lists begin with."""
    count = 0
    for one, other in zip(_bare(before), _bare(after), strict=False):
        if one != other:
            break
        count += 1
    return count


def _compare(before: list[str], after: list[str]) -> list[tuple[Kind, str]]:
    old, new = _bare(before), _bare(after)
    if _pairs(old, new) > LIMIT:
        return [(Kind.REMOVED, "".join(before)), (Kind.ADDED, "".join(after))]
    found: list[tuple[Kind, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append((Kind.KEPT, "".join(after[c:d])))
        else:
            found += [(Kind.REMOVED, "".join(before[a:b])), (Kind.ADDED, "".join(after[c:d]))]
    return found


def _pairs(old: list[str], new: list[str]) -> int:
    """How much there is to compare."""
    counts = Counter(new)
    return sum(number * counts[word] for word, number in Counter(old).items()) + len(old) + len(new)
