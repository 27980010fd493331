"""What the questions of a letter are called: by number within one dossier and year, else A, B, C."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .model import Question


def by_reference(questions: Iterable[Question]) -> list[Question]:
    """In order of dossier, year and number."""
    return sorted(questions, key=lambda q: (q.dossier.ref, q.exercice, q.number))


def labels(questions: Sequence[Question]) -> list[str]:
    """One label a question: the reference's own number in a letter about one dossier and year, else letters."""
    if len({(q.dossier.id, q.exercice) for q in questions}) == 1:
        return [str(q.number) for q in questions]
    return [letter(n) for n in range(len(questions))]


def letter(n: int) -> str:
    """A … Z, AA, AB … for 0, 1, …"""
    return (letter(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)
