"""One decision for all items of a letter, but those named: « OK pour tous », « tout traité sauf 3, 7 »."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..understanding import words as w
from ..understanding.french import courteous, fold
from .typed import Labels, Part, same_length, says_nothing

LONGEST = 400  #: characters of such a line
_BUT_LABELS = re.compile(r"(?:\s|,|;|/|&|\bet\b|\b(?:la|le|les|pour|questions?|reponses?|lignes?|numeros?|n°)(?!\w))*")
_BEHIND = re.compile(r"\s*[,;.!]\s*([^,;.!]+)$|\s+(merci(?: beaucoup| bien)?)$")


def everything(text: str, labels: Labels, split: Callable[[str], list[Part]]) -> list[Part]:
    """The parts of a decision for all, and lines after it that say more of single ones (read by `split`).

    [] where the text is none. Where what is excepted cannot be told, or more was said of them, there is one part
    without a label.
    """
    lines = [line for line in text.strip().splitlines() if line.strip() and not says_nothing(line)]
    match = w.EVERYTHING.fullmatch(_bare(fold(lines[0]))) if lines and len(lines[0]) <= LONGEST else None
    if match is None or (match["count"] and not _counts(match["count"], len(labels.whole))):
        return []
    said = (match["before"] or match["after"] or match["bare"]).strip(" ,")
    if not (w.DECISION.match(said) or said in w.YES):
        return []
    spared = _spared(lines[0], labels) if match["but"] else []
    if spared is None:
        return [Part("", text)]
    rest = split("\n".join(lines[1:])) if lines[1:] else []
    if not all(part.label for part in rest):
        return [Part("", text)]
    named = {part.label for part in (*spared, *rest)}
    told = [part for part in spared if part.text]
    return [Part(label, said) for label in labels.whole if label not in named] + told + rest


def _bare(line: str) -> str:
    """A folded line without thanks and courtesy behind it: « ok pour tous, merci »."""
    line = line.strip(" .!")
    while (found := _BEHIND.search(line)) and courteous((found[1] or found[2]).strip()):
        line = line[: found.start()].strip(" .!")
    return line


def _spared(line: str, labels: Labels) -> list[Part] | None:
    """What stands behind « sauf »: each label with what is said of it; None where it is not labels alone.

    « sauf 2 : préciser le montant » says something of 2; of several nothing can be said.
    """
    folded = same_length(line)
    begin = re.search(r"\b(?:sauf|hormis|excepte|a l.exception d\w+)\b", folded.replace("à", "a"), re.IGNORECASE)
    if begin is None:
        return None
    known = {name.lower(): name for name in labels.names} | dict(labels.refs)
    one = re.compile("(?:" + "|".join(sorted(map(re.escape, known), key=len, reverse=True)) + r")(?![\w-])", re.I)
    at, found = begin.end(), []
    while True:
        at += _length(_BUT_LABELS.match(folded[at:]))
        label = one.match(folded[at:])
        if label is None:
            break
        found.append(known[label[0].lower()])
        at += label.end()
    said = line[at:].strip(" .!,;")
    more = bool(said) and not _courteous(said)
    if not found or (more and (len(found) > 1 or not (said[0] in ":(-–—" or w.NO.match(fold(said))))):
        return None
    return [Part(name, "" if not said or _courteous(said) else said.strip(" :()-–—")) for name in found]


def _courteous(said: str) -> bool:
    return all(courteous(piece.strip()) for piece in re.split(r"[,;.!]", fold(said)) if piece.strip())


def _length(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _counts(word: str, count: int) -> bool:
    return word == str(count) or (word in w.NUMBERS and w.NUMBERS.index(word) == count)
