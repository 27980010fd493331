"""Which question each part of a reply is about: « 1) … », « Question 2 : … », « A ok », « tout traité sauf 3, 7 ».

Pure. A line that begins with a label of the letter or with a reference begins a part, and the next ones belong to it.
Where words decide, a label may stand before them with a space only (« A ok »); where they are an answer it needs a
sign behind it (« 1) », « 2 : », « Question 3 »): « 2 140 € » begins no part. A list inside an answer is no row of
labels: where it cannot be told from them there is one part without a label, and the writer is asked. A label that the
letter does not have begins a part that is about none of its questions (`stray`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from ..understanding import words as w
from ..understanding.french import fold
from .everything import everything
from .oneline import one_a_line
from .opening import OTHERS, SURE, Opener, Opening, number_of
from .typed import Labels, Part, greeting_apart, says_nothing

__all__ = ["Labels", "Part", "parts"]

_CA = re.compile(r"[A-Za-z]\.")  # what is left of « C.A. »


def parts(text: str, labels: Labels, decides: bool, for_all: bool = True) -> list[Part]:
    """The parts of a reply, in their order. Without any label there is one part, "".

    `decides` says that words to the letter decide (approval, digest) rather than answer; `for_all`, that « tout est
    bon » would mean all of them.
    """
    if not labels.names:
        return [Part("", text)]
    text = greeting_apart(text)
    if decides and for_all and (found := everything(text, labels, lambda rest: parts(rest, labels, decides))):
        return found
    opener = Opener(labels, decides)
    lines = one_a_line(text, labels.names, decides, opener.several)
    openings = _outer(lines, _without_doubtful([opener.read(line) for line in lines]), decides)
    if openings is None or (_named_twice(openings) if decides else _is_headed(lines, openings)):
        return [Part("", text)]
    return list(_gathered(lines, _named_others(_with_strays(lines, openings, opener), labels)))


#: Words of an answer to each: what stands below them is no list of one answer.
_OF_ALL = re.compile(
    r"\b(?:questions?|reponses?|reponds|repondons|points?|demandes?|elements?|precisions?|retours?|remarques?|chaque)\b"
)
#: « Détail de la ligne 30 : », « Les frais se décomposent ainsi : ».
_LISTED = re.compile(
    r"\b(?:details?|decompos\w+|repartition|repartiss\w+|composition|compos\w+|ventil\w+|compren\w+|regroup\w+)\b"
)
_SHORT = 6  #: words of a heading that names what is listed: « Loyers : »
_TELLS = re.compile(r"\b(?:voici|voila|suit|suivante?s?|ci|dessous|suite|mail|message|courriel|bonjour)\b")


def _is_headed(lines: Sequence[str], openings: Sequence[Opening | None]) -> bool:
    """True if the first label is the first number of a list that a line above it announces."""
    at = next((n for n, opening in enumerate(openings) if opening), 0)
    above = next((line for line in reversed(lines[:at]) if line.strip()), "")
    first = openings[at] if at else None
    if first is None or first.style in SURE or first.names[:1] not in (("1",), ("A",)):
        return False
    return _heads_a_list(fold(above))


def _heads_a_list(line: str) -> bool:
    """« Détail de la ligne 30 : », « Loyers : »; not « Voici nos réponses : »."""
    if not line.endswith(":") or _OF_ALL.search(line):
        return False
    named = len(line.split()) <= _SHORT and not _TELLS.search(line) and not says_nothing(line)
    return named or _LISTED.search(line) is not None


def _named_twice(openings: Sequence[Opening | None]) -> bool:
    """True if a label comes again and new ones follow: « 1 compléter : deux points », « 1) … », « 2) … » is a list."""
    named: list[str] = [name for opening in openings if opening for name in opening.names]
    again = next((at for at, name in enumerate(named) if name in named[:at]), len(named))
    return any(name not in named[:again] for name in named[again:])


def _with_strays(lines: Sequence[str], openings: Sequence[Opening | None], opener: Opener) -> list[Opening | None]:
    """The openings, with those of labels that the letter does not have."""
    found: list[Opening | None] = []
    last: Opening | None = None
    for line, opening in zip(lines, openings, strict=True):
        found.append(opening or opener.stray(line, last))
        last = opening or last
    return found


def _named_others(openings: Sequence[Opening | None], labels: Labels) -> list[Opening | None]:
    """« les autres ok » with the labels that no other line names; none where no other line names any."""
    named = {name for o in openings if o for name in o.names} - {OTHERS}
    others = tuple(name for name in labels.whole if name not in named) if named else ()
    return [_of(o, others) if o and o.names == (OTHERS,) else o for o in openings]


def _of(opening: Opening, names: tuple[str, ...]) -> Opening:
    return replace(opening, names=names, stray="" if names else "…")


def _gathered(lines: Sequence[str], openings: Sequence[Opening | None]) -> Iterable[Part]:
    """Each opening with the lines behind it; nothing of what is courtesy alone."""
    found: list[tuple[Opening, list[str]]] = [(Opening((), "", ""), [])]
    for line, opening in zip(lines, openings, strict=True):
        if opening:
            found.append((opening, [opening.rest]))
        else:
            found[-1][1].append(line)
    for opening, said in found:
        text = "\n".join(said).strip()
        if opening.names:
            yield from (Part(name, text) for name in opening.names)
        elif opening.stray:
            yield Part(opening.stray, text, stray=True)
        elif not says_nothing(text):
            yield Part("", text)


def _without_doubtful(openings: Sequence[Opening | None]) -> list[Opening | None]:
    """« A. Martin » and « 2 - 3 jours » begin a part only in a row of such labels: « A. Loyer », « B. Assurance »."""
    style = next((o.style for o in openings if o), "")
    row = len({o.names for o in openings if o and o.style == style}) > 1
    return [
        o if o and (not o.doubtful or (row and o.style == style and not _CA.match(o.rest))) else None for o in openings
    ]


def _outer(lines: Sequence[str], openings: Sequence[Opening | None], decides: bool) -> Sequence[Opening | None] | None:
    """The openings that are labels, not lines of a list inside a part; None where that cannot be told."""
    if not _begins_again(lines, openings, decides):
        return openings
    style = next((o.style for o in openings if o), "")
    same = [o if o and o.style == style else None for o in openings]
    again = [line if o or number_of(line)[1] == style else "" for line, o in zip(lines, same, strict=True)]
    return None if not style or _begins_again(again, same, decides) else same


def _begins_again(lines: Sequence[str], openings: Sequence[Opening | None], decides: bool) -> bool:
    """True if a row of numbers begins anew behind a label (« 3) … 1. … 2. … »), or begins with one that is none."""
    row = [(number, o) for line, o in zip(lines, openings, strict=True) if (number := _number(line, o, decides))]
    return any(_torn(row, at) for at, (number, _) in enumerate(row) if number in ("1", "a"))


def _torn(row: Sequence[tuple[str, Opening | None]], at: int) -> bool:
    """True if the list that begins there has a line that would begin a part."""
    counted = map(str, range(1, 100)) if row[at][0] == "1" else map(chr, range(ord("a"), ord("z") + 1))
    run = [opening for (number, opening), wanted in zip(row[at : at + 99], counted, strict=False) if number == wanted]
    if len(run) < 2 or not any(run):
        return False
    return run[0] is None or any(opening for _, opening in islice(row, at))


def _number(line: str, opening: Opening | None, decides: bool) -> str:
    """The number of a line in any list, "" for none; where words decide, a decision is no line of a list."""
    if opening and (opening.style in SURE or (decides and w.DECISION.match(fold(opening.rest)))):
        return (opening.names[0].lower() if opening.names else opening.stray) + "!"  # a label for sure
    return number_of(line)[0] or (opening.names[0].lower() if opening else "")
