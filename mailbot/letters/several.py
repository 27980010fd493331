"""What letters with several questions need beyond the parts: their dossiers, labels and what was set aside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from ..domain.digest import Late
from ..domain.model import Dossier, Person
from .markup import aside_lines
from .scene import Item
from .typography import NBSP, french, inner, listed

WHOLE = 20  #: questions that a letter shows whole; the rest are lines with their label


@dataclass(frozen=True)
class Group:
    """The items of one dossier and year."""

    dossier: Dossier
    exercice: int
    items: tuple[Item, ...]

    @property
    def ref(self) -> str:
        """« D0009-2025 »."""
        return f"{self.dossier.ref}-{self.exercice}"


def by_dossier(items: Iterable[Item]) -> list[Group]:
    """The items as they stand in the letter, together where they are about one dossier and year."""
    found: dict[tuple[int, int], list[Item]] = {}
    for item in items:
        if item.question:
            found.setdefault((item.question.dossier.id, item.question.exercice), []).append(item)
    return [Group(_dossier(group[0]), key[1], tuple(group)) for key, group in found.items()]


def _dossier(item: Item) -> Dossier:
    assert item.question
    return item.question.dossier


def dossiers(items: Iterable[Item]) -> list[Dossier]:
    """The dossiers of the items, each once."""
    return list({group.dossier.id: group.dossier for group in by_dossier(items)}.values())


def about(items: tuple[Item, ...]) -> str:
    """What stands at the right of the header line: « D0009-2025-3 », « D0009-2025 », « 2 dossiers »."""
    groups = by_dossier(items)
    if len(items) == 1 and items[0].question:
        return items[0].question.ref
    if len(groups) == 1:
        return groups[0].ref
    several = len(dossiers(items))
    return f"{several}{NBSP}dossiers" if several > 1 else "ECCV"


def years(items: Iterable[Item]) -> list[str]:
    """The exercices of the items, in order."""
    return sorted({str(item.question.exercice) for item in items if item.question})


def dues(items: Iterable[Item]) -> list[date]:
    """The days by which answers are expected, in order, each once."""
    return sorted({item.question.due for item in items if item.question and item.question.due})


def labels(items: Iterable[Item]) -> list[str]:
    """« A », « B »: without the end of a line or a link between them."""
    return [item.label for item in items]


def with_mark(items: Iterable[Item], most: int = 0) -> list[str]:
    """« A) », « B) » in quotes, as a reply writes them; `most` of them where it is given."""
    found = [f"«{NBSP}{item.label}){NBSP}»" for item in items]
    return found[:most] if most else found


def reply_body(items: Iterable[Item]) -> str:
    """What a reply starts with: « A) », « B) », each on its line."""
    return "\r\n\r\n".join(f"{item.label}) " for item in items)


def was_asked(items: Iterable[Item], reader: Person) -> bool:
    """True if one of the questions was put to the reader himself."""
    return any(reader.id == person.id for item in items if item.question for person in item.question.asked)


def later(days: list[date], until: date | None, today: date) -> date:
    """A day that a reader may ask for: `until` where it is known, else a week after the first date."""
    return until or (days[0] if days else today) + timedelta(days=7)


def files(items: Iterable[Item]) -> int:
    """How many files the answers have."""
    return sum(len(item.answer.kept_files) for item in items if item.answer)


@dataclass(frozen=True)
class Aside:
    """What was set aside of several answers: all its lines are counted, the same line is shown once."""

    count: int
    lines: list[str]
    each: bool  #: the same lines stood in each message


def asides(items: Iterable[Item]) -> Aside:
    """What was set aside of the answers. One message may have answered several questions: it counts once."""
    answers = {(a.at, a.set_aside): a.set_aside.strip() for item in items if (a := item.answer)}
    texts = [text for text in answers.values() if text]
    each = len(texts) == len(answers) > 1 and len(set(texts)) == 1
    shown = aside_lines("\n".join(dict.fromkeys(texts)))[0]
    return Aside(sum(map(_length, texts[:1] if each else texts)), shown, each)


def _length(text: str) -> int:
    """How many lines of a text hold something."""
    return sum(bool(line.strip()) for line in text.split("\n"))


@dataclass(frozen=True)
class LateRow:
    """Late questions of one dossier and year that the same people have had for as long."""

    refs: str  #: « D0035-2025-1 », « D0035-2025-1 à 4 », « D0035-2025-1, 2 et 4 »
    dossier: Dossier
    holder: tuple[Person, ...]
    days: int


def late_rows(lines: Iterable[Late]) -> list[LateRow]:
    """The lines of a digest about late questions, those that differ in their number alone as one."""
    found = []
    for (_, _, holder, days), group in groupby(lines, _who_is_late):
        questions = [line.question for line in group]
        found.append(
            LateRow(_refs(questions[0].ref, [q.number for q in questions]), questions[0].dossier, holder, days)
        )
    return found


def _who_is_late(line: Late) -> tuple[int, int, tuple[Person, ...], int]:
    return line.question.dossier.id, line.question.exercice, line.holder, line.days


def _refs(first: str, numbers: list[int]) -> str:
    """The reference `first`, and the other numbers after it."""
    rest = [str(n) for n in numbers[1:]]
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"{first} à {rest[-1]}"
    return listed([first, *rest])


def excerpt(text: str, most: int = 110) -> str:
    """The first words of a text, on one line, cut between words, as they stand between our quotation marks."""
    line = inner(" ".join(text.split()))
    if len(line) <= most:
        return line
    return line[:most].rpartition(" ")[0].rstrip(" ,;:.") + "…"


def decisions(items: tuple[Item, ...]) -> list[str]:
    """Up to four lines as an expert may type them: « A ok », « B compléter : … », « C non : … »."""
    names = labels(items)
    if len(names) < 3:
        shown, last = names[:1], [f"{names[-1]} non : préciser le montant par trimestre"]
    else:
        shown = names[: min(2, len(names) - 2)]
        place = len(shown)
        last = [f"{names[place]} compléter : le contrat est joint"]
        last.append(f"{names[place + 1]} non : préciser le montant par trimestre")
    return [*(f"{name} ok" for name in shown), *last]


def bare_subject(subject: str) -> str:
    """A subject without « Re: », « RE : », « TR: » before it."""
    return re.sub(r"^(?:(?:re|tr|fwd?|aw)\s*:\s*)+", "", subject.strip(), flags=re.IGNORECASE)


def short_title(item_title: str, number: int) -> str:
    """« autres frais divers », or « question n° 4 » where the question has no title."""
    return french(item_title or f"question n° {number}")
