"""What a reply to a letter with several items says of each: by labels that were typed, and by place between our lines.

Pure. A label that was typed wins over the place; a list of numbers below a question is a list of its answer where other
questions were answered at their places. What neither names is about the mail as a whole, or is asked back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...mail.message import Split
from .filing import Filed, labels_of
from .lines import parts
from .opening import Opener, number_of
from .places import Asked, Segment, segments, together
from .typed import Labels, Part, says_nothing


@dataclass(frozen=True)
class Said:
    """A reply, taken apart."""

    parts: tuple[Part, ...]  #: what is about an item, each once, in the order of the reply
    before: str = ""  #: what is about the mail as a whole, courtesy left out
    loose: tuple[Part, ...] = ()  #: what is about none: it stands below our lines, or names an item that is none
    shown: dict[str, str] = field(default_factory=dict)  #: part number of a file -> the label it was shown at


def with_files(
    said: Said, files: Sequence[tuple[str, str]], labels: Labels, decides: bool
) -> tuple[list[Part], list[Filed]]:
    """The parts, and where each file of the mail goes, given as (name, part number). A file that names a question
    which the words do not is a part of its own.
    """
    names, shown = [name for name, _ in files], [said.shown.get(number, "") for _, number in files]
    filed = labels_of(names, shown, said.parts, labels, decides)
    known = {part.label for part in said.parts}
    new = [label for label in dict.fromkeys(one.label for one in filed) if label and label not in known]
    return [*said.parts, *(Part(label, "") for label in new)], filed


def taken_apart(split: Split, asked: Sequence[Asked], labels: Labels, decides: bool) -> Said:
    """The parts of a reply to a letter whose items are `asked`."""
    placed = segments(split.blocks, asked, labels.tokens)
    if not any(one.label for one in placed):
        found = parts(split.text, labels, decides)
        return _said(found, [], _shown_in(placed, labels, decides))
    answered = {one.label for one in placed if one.label and not says_nothing(one.text)}
    found, lost = [], []
    for one in together(placed):
        here = _at_its_place(one, answered, labels, decides)
        found += [part for part in here if part.label or one.top]
        lost += [part for part in here if not (part.label or one.top)]
    return _said(found, lost, _shown_in(placed, labels, decides))


def _said(found: list[Part], lost: list[Part], shown: dict[str, str]) -> Said:
    about = [part for part in found if part.label and not part.stray]
    before = "\n".join(part.text for part in found if not part.label)
    return Said(tuple(_merged(about)), before, (*lost, *(part for part in found if part.stray)), shown)


def _merged(found: list[Part]) -> list[Part]:
    """What was written about one label in two places is one part."""
    texts: dict[str, list[str]] = {}
    for part in found:
        texts.setdefault(part.label, []).append(part.text)
    return [Part(label, "\n\n".join(filter(None, said))) for label, said in texts.items()]


def _at_its_place(one: Segment, answered: set[str], labels: Labels, decides: bool) -> list[Part]:
    """The parts of what was typed under one item, or under none."""
    found = parts(one.text, labels, decides, for_all=not one.label)
    if not one.label:
        return found
    if says_nothing(one.text):
        return []
    others = answered - {one.label}
    if not any(part.label for part in found):
        many = not others and len(set(_opened(one.text, labels, decides))) > 1
        return [Part("" if many else one.label, one.text.strip())]
    if others and _is_a_list(one.text, found):
        about_others = {part.label for part in found if not part.stray} - {"", one.label} - others
        return [Part("" if about_others else one.label, one.text.strip())]
    return [part if part.label else Part(one.label, part.text) for part in found]


def _is_a_list(text: str, found: list[Part]) -> bool:
    """Whether the labels of a text are the numbers of a list as well: « 1. loyer », « 2. eau »."""
    row = [number for line in text.splitlines() if (number := number_of(line)[0])]
    return len(row) > 1 and row[0] in ("1", "a") and len([part for part in found if part.label]) > 1


def _shown_in(placed: Sequence[Segment], labels: Labels, decides: bool) -> dict[str, str]:
    """Where each file was shown: at a place, or in lines that were typed about one item alone."""
    shown: dict[str, str] = {}
    above = ""
    for one in placed:
        opened = [] if one.label else _opened(one.text, labels, decides)
        begins = opened and _opened(one.text.strip().partition("\n")[0], labels, decides)
        about = {one.label} if one.label else set(opened) if begins else {*opened, above}
        if len(about) == 1 and "" not in about:
            shown.update(dict.fromkeys(one.files, *about))
        above = opened[-1] if opened else above
    return shown


def _opened(text: str, labels: Labels, decides: bool) -> list[str]:
    """The labels that the lines of a text begin with."""
    if not labels.names:
        return []
    opener = Opener(labels, decides)
    found = (opener.read(line) for line in text.splitlines())
    return [name for opening in found if opening for name in opening.names if name in labels.names]
