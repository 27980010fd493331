"""French as people type it: folded for comparison, freed of courtesy, and its dates."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from .words import ANNOUNCED, COURTESY, ELSEWHERE, GREETING, NOT_ANNOUNCED, RECEIVED, STATEMENT

MONTHS = tuple("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split())
_LETTERS = str.maketrans({"’": "'", "‘": "'", "œ": "oe", "Œ": "OE"})
#: The marks that NFKD takes off letters (Unicode blocks Combining Diacritical Marks, their supplements, half marks).
_COMBINING = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_CLAUSE = re.compile(r"[.,;!\n]+|\s+-\s+")
_NUMERIC = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?\b")
_WORDED = re.compile(rf"\b(\d{{1,2}})(?:er)?\s+({'|'.join(MONTHS)})(?:\s+(\d{{4}}))?\b")


def fold(text: str) -> str:
    """`text` in lower case without accents; apostrophes straight, spaces single, line breaks kept."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = decomposed if decomposed.isascii() else _COMBINING.sub("", decomposed)
    return "\n".join(" ".join(line.split()) for line in text.lower().splitlines()).strip()


def clauses(text: str) -> list[str]:
    """The clauses of a folded text, without courtesy and without quotation marks."""
    found = (piece.strip(" \"'«»()*_:-").strip() for piece in _CLAUSE.split(text.replace("...", ".")))
    return [piece for piece in found if piece and not courteous(piece)]


def courteous(piece: str) -> bool:
    """True if a folded clause is a greeting, thanks or a closing, and nothing else."""
    return bool(COURTESY.fullmatch(piece.replace("-", " ")) or GREETING.fullmatch(piece))


def core(text: str) -> str:
    """What is left of `text`, as typed, without its first greeting line and its last closing lines."""
    lines = text.strip().splitlines()
    while lines and _is_courtesy(lines[0]):
        lines.pop(0)
    while lines and _is_courtesy(lines[-1]):
        lines.pop()
    return "\n".join(lines).strip()


def _is_courtesy(line: str) -> bool:
    """True for a blank line, and for « Bonjour, merci de votre retour. »."""
    folded = fold(line).strip(" .,;:!-")
    return not line.strip() or (bool(folded) and not clauses(folded))


def announces_file(text: str) -> bool:
    """True where a text says that a file comes with it: « ci-joint », and not « pas de pièce jointe »."""
    for statement in STATEMENT.split(fold(text)):
        flat = " ".join(statement.split())
        if ELSEWHERE.search(flat) and not RECEIVED.search(flat):
            continue
        if ANNOUNCED.search(NOT_ANNOUNCED.sub(" ", flat)):
            return True
    return False


def day(text: str, today: date) -> date | None:
    """The first date in a folded text; a day without a year is the next such day. None where there is none."""
    if found := _WORDED.search(text):
        return _next(int(found[1]), MONTHS.index(found[2]) + 1, found[3], today)
    if found := _NUMERIC.search(text):
        return _next(int(found[1]), int(found[2]), found[3], today)
    return None


def _next(number: int, month: int, year: str | None, today: date) -> date | None:
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, number)
        here = date(today.year, month, number)
        return here if here >= today else date(today.year + 1, month, number)
    except ValueError:
        return None
