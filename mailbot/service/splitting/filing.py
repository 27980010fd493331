"""Which answer each file of a mail belongs to: by the words that name it, by its own name, by its place.

Pure. In order of trust: its whole name in the words of one answer, a reference or label in its name, the number that
each name of the mail begins with, most of its name in the words, « PJ 2 » for the second file, where it is shown in the
mail, the one answer that announces a file. What none of these places goes to the answer whose question asks for such a
document, else to the first, and the receipt says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..understanding import words as w
from ..understanding.french import fold
from .typed import REFERENCE, Labels, Part, words

_IN_NAME = re.compile(
    r"(?:^|[\W_])(?:q|questions?|points?|reponses?|rep)[\W_]*(?:n°?|no|numero)?[\W_]*"
    r"(?P<label>\d{1,2}(?![^\W_])|[a-z](?=\s*(?:$|[-–_.)(])))"
)
_NUMBERED = re.compile(
    r"\b(?:pj|pieces?(?: jointes?)?|annexes?|fichiers?|photos?|documents?)\s*(?:n°|no|numero)?\s*"
    r"(?P<first>\d{1,2})(?P<more>(?:\s*(?:,|et|&)\s*\d{1,2})*)(?![\w/.,]\d)"
)
_ANNOUNCED = re.compile(
    r"\bci[- ]?(?:apres )?joint|\ben (?:pieces? jointes?|pj|annexe)\b|\bjoi(?:ns|gnons)\b|\bjointe?s?\b|\bpj\b|"
    r"\b(?:voir|cf\.?) (?:la |le |les )?(?:pieces?|fichiers?|photos?|scans?|documents?)\b"
)
_NO_FILE = re.compile(r"\b(?:pas|sans|aucune?|non)\b[^.;\n]{0,30}\bjointe?s?\b")
#: « 2-detail.pdf », « 3. paie.pdf », « 1.pdf »: a number, and what is no more of it.
_BEGINS = re.compile(r"(?P<label>\d{1,2}|[a-z])(?:\s*[-_.)–]+\s*(?!\d)|\s+(?!\d)|$)(?P<more>.*)")
#: Words of file names that tell none from another.
_COMMON = frozenset(
    "pdf scan scans scanne image img photo doc document fichier copie piece jointe pj page pages version final finale "
    "le la les de du des un une et en pour au aux sur nouveau signe annexe whatsapp screenshot capture dsc pxl".split()
)


@dataclass(frozen=True)
class Filed:
    """One file of a mail, and the label of the answer it goes to."""

    label: str
    surely: bool = True  #: False: nothing says so, it is put to the first


def labels_of(
    names: Sequence[str], shown: Sequence[str], parts: Sequence[Part], labels: Labels, decides: bool
) -> list[Filed]:
    """Where each file goes. `names` are their names in the order of the mail, `shown` the label each was shown at, ""
    where it was shown nowhere. Without any part only a file that names its question has a label.
    """
    told = {part.label: fold(part.text) for part in parts}
    numbered = _all_numbered(names, told)
    by_order = _plain(names)
    rules: list[Callable[[int], str]] = [
        lambda n: _only(label for label, text in told.items() if _names(text, names[n])),
        lambda n: _in_its_name(names[n], labels),
        lambda n: numbered[n] if numbered else "",
        lambda n: _mentioned(words(_stem(names[n])), told),
        lambda n: _only(label for label, text in told.items() if by_order and n + 1 in _numbers(text)),
        lambda n: shown[n],
        lambda n: _only(label for label, text in told.items() if _announces(text, decides)),
    ]
    wanted = {label: fold(labels.documents.get(label, "")) for label in told}
    return [_filed(names[n], [rule(n) for rule in rules], wanted) for n in range(len(names))]


def _filed(name: str, said: Iterable[str], wanted: Mapping[str, str]) -> Filed:
    """`said` are the labels that the rules give, `wanted` the documents that the questions ask for, by label."""
    found = next(filter(None, said), "")
    if found or not wanted:
        return Filed(found)
    number = fold(_stem(name)).upper()
    guess = number if number in wanted else _mentioned(words(_stem(name)), wanted)
    return Filed(guess or next(iter(wanted)), surely=len(wanted) == 1)


def _all_numbered(names: Sequence[str], told: Mapping[str, str]) -> list[str]:
    """The label that each name begins with, where every one begins with another that was answered, and says more."""
    known = {label.lower(): label for label in told}
    found = [_BEGINS.fullmatch(fold(_stem(name))) for name in names]
    begun = [known.get(one["label"], "") if one and words(one["more"]) else "" for one in found]
    return begun if len(names) > 1 and all(begun) and len(set(begun)) == len(begun) else []


def _only(found: Iterable[str]) -> str:
    """The one of them, "" where there are none or several."""
    all_of_them = list(found)
    return all_of_them[0] if len(all_of_them) == 1 else ""


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _names(text: str, name: str) -> bool:
    """Whether a folded text says the whole name of a file, with or without its ending."""
    stem = " ".join(words(_stem(name)))
    return len(stem) > 2 and not stem.isdigit() and stem not in _COMMON and f" {stem} " in f" {' '.join(words(text))} "


def _in_its_name(name: str, labels: Labels) -> str:
    """« D0042-2025-3.pdf », « Q3 - tableau.xlsx », « question 2.jpg »."""
    folded = fold(_stem(name))
    refs = set(re.findall(REFERENCE, folded.replace("_", "-")))
    if refs:
        return labels.refs.get(refs.pop(), "") if len(refs) == 1 else ""
    known = {label.lower(): label for label in labels.names}
    found = {one["label"] for one in _IN_NAME.finditer(folded)}
    return known.get(found.pop(), "") if len(found) == 1 else ""


def _mentioned(stem: Sequence[str], told: Mapping[str, str]) -> str:
    """« voir facture Durand » for « Facture Durand mars.pdf »: the answer with most words of the name, where that is
    clear: two of them, or the one that tells this file from others."""
    telling = {word for word in stem if len(word) > 2 and word not in _COMMON and not word.isdigit()}
    if not telling:
        return ""
    scores = {label: len(telling & set(words(text))) for label, text in told.items()}
    best = max(scores.values(), default=0)
    if best < min(2, len(telling)):
        return ""
    return _only(label for label, score in scores.items() if score == best)


def _numbers(text: str) -> set[int]:
    """The numbers of « PJ 2 », « pièces n° 1 et 3 »."""
    return {
        int(number)
        for found in _NUMBERED.finditer(text)
        for number in re.findall(r"\d+", f"{found['first']} {found['more']}")
    }


def _plain(names: Sequence[str]) -> bool:
    """True where no file is called « PJ 2 » itself, so that numbers mean the order of the files."""
    return not any(_numbers(fold(_stem(name).replace("_", " ").replace("-", " "))) for name in names)


def _announces(text: str, decides: bool) -> bool:
    """Whether words say that something is joined, or, of decisions, add to the answer."""
    adds = decides and bool(w.ADD.match(text) or w.REPLACE.match(text))
    return adds or (bool(_ANNOUNCED.search(text)) and not _NO_FILE.search(text))
