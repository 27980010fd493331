"""Which question each part of a reply is about: « 1) … », « Question 2 : … », « A ok », « tout traité sauf 3, 7 ».

Pure. A line that begins with a label of the letter or with a reference begins a part, and the next ones belong to it.
Where words decide, a label may stand before them with a space only (« A ok »); where they are an answer it needs a
sign behind it (« 1) », « 2 : », « Question 3 »): « 2 140 € » begins no part.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from . import words as w
from .french import courteous, fold


@dataclass(frozen=True)
class Part:
    """What was written about one label; "" is what stands before the first."""

    label: str
    text: str


_NAMED = r"(?:(?:questions?|reponses?|lignes?|q|r|n°|no|numero)\s*\.?\s*){1,2}"
_SIGN = r"\s*(?:[).:\]=]|->|=>|→|>|[-–—](?=\s))+\s*"
_REF = re.compile(r"\[?\b([a-z]\d{3,}-\d{4}-\d+)\b\]?" + r"(?:\s*[).:\]–—→-]+\s*|\s+|$)", re.IGNORECASE)
_LIST = r"{one}(?:\s*(?:,|;|/|&|\bet\b|\s)\s*{one})*"


@dataclass(frozen=True)
class Labels:
    """What may begin a part."""

    names: Collection[str]  #: the labels of the letter
    refs: Mapping[str, str] = field(default_factory=dict)  #: its references in lower case, with the label of each
    whole: Collection[str] = ()  #: the labels that « tous » means, where words decide


def parts(text: str, labels: Labels, decides: bool) -> list[Part]:
    """The parts of a reply, in their order. Without any label there is one part, "".

    `decides` says that words to the letter decide (approval, digest) rather than answer.
    """
    if not labels.names:
        return [Part("", text)]
    if decides and (everything := _everything(text, labels)):
        return everything
    opener = _opener(labels.names, decides)
    found: list[tuple[tuple[str, ...], list[str]]] = [((), [])]
    for line in _one_a_line(text, labels.names) if decides else text.splitlines():
        begun = _begun(line, opener, labels)
        if begun:
            found.append((begun[0], [begun[1]]))
        else:
            found[-1][1].append(line)
    whole = [(names or ("",), "\n".join(lines).strip()) for names, lines in found]
    return [Part(name, text) for names, text in whole for name in names if name or not _says_nothing(text)]


def _one_a_line(text: str, names: Collection[str]) -> list[str]:
    """« 1 ok, 2 non : motif » as two lines."""
    one = "(?:" + "|".join(map(re.escape, names)) + ")"
    begins = re.compile(rf"[,;/]\s*(?={one}\s*(?:[):]\s*)?(?:{w.DECISION.pattern}))", re.IGNORECASE)
    found = []
    for line in text.splitlines():
        at = 0
        for cut in begins.finditer(_same_length(line)):
            found.append(line[at : cut.start()])
            at = cut.end()
        found.append(line[at:])
    return found


def _opener(labels: Collection[str], decides: bool) -> re.Pattern[str]:
    one = "(?:" + "|".join(sorted(map(re.escape, labels), key=len, reverse=True)) + r")(?!\w)"
    many = _LIST.format(one=one)
    behind = rf"(?:{_SIGN}|\s*[-–—]?\s*(?={w.DECISION.pattern})|\s*$)" if decides else _SIGN
    bare = rf"[*•\-–\s]*(?:{_NAMED})?(?P<labels>{many}){behind}"
    named = rf"[*•\-–\s]*{_NAMED}(?P<named>{many})(?:{_SIGN}|\s+|$)"
    return re.compile(rf"(?:{bare}|{named})", re.IGNORECASE)


def _begun(line: str, opener: re.Pattern[str], labels: Labels) -> tuple[tuple[str, ...], str] | None:
    """The labels that a line begins with, and what stands behind them; None where it begins with none."""
    by_ref = _REF.match(line.lstrip(" *•-–"))
    if by_ref and by_ref[1].lower() in labels.refs:
        return (labels.refs[by_ref[1].lower()],), line.lstrip(" *•-–")[by_ref.end() :].strip()
    folded = _same_length(line)
    match = opener.match(folded)
    if match is None or _is_a_figure(folded, match):
        return None
    typed = match["labels"] or match["named"]
    return tuple(_split(typed, labels.names)), line[match.end() :].strip()


def _same_length(line: str) -> str:
    """The line for matching: a character stays a character, so that what stands behind is found again."""
    return "".join(" " if c in "\u00a0\u202f" else _plain(c) for c in line)


def _plain(c: str) -> str:
    """« é » as « e », but « À » at the place of a label stays itself: « À partir de » is no label A."""
    if c in "ÀÂÄàâä":
        return c
    plain = fold(c)
    return plain if len(plain) == 1 and c.islower() else c


def _is_a_figure(line: str, match: re.Match[str]) -> bool:
    """« 2.5 % » begins no part."""
    at = match.end("labels") if match["labels"] else match.end("named")
    return bool(re.match(r"\d[.,:]\d", line[at - 1 : at + 2]))


def _split(typed: str, labels: Collection[str]) -> list[str]:
    known = {label.lower(): label for label in labels}
    one = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    return [known[word] for word in re.findall(rf"(?<!\w)(?:{one})(?!\w)", typed.lower())]


def _says_nothing(text: str) -> bool:
    """True for nothing but courtesy: « Bonjour, voici nos réponses : » says nothing about any question."""
    lines = [fold(line).strip(" .,;:!-") for line in text.splitlines()]
    return all(not line or courteous(line) for line in lines)


def _everything(text: str, labels: Labels) -> list[Part]:
    """« OK pour tous », « tout traité sauf 3, 7 », and lines after it that say more of single ones."""
    lines = [line for line in text.strip().splitlines() if line.strip() and not courteous(fold(line).strip(" .,;:!-"))]
    match = w.EVERYTHING.fullmatch(fold(lines[0]).strip(" .!")) if lines else None
    if match is None or (match["count"] and not _counts(match["count"], len(labels.whole))):
        return []
    said = match["before"] or match["after"]
    if not (w.DECISION.match(said) or said in w.YES):
        return []
    spared = set(_split(match["but"] or "", labels.names))
    if match["but"] and not spared:
        return []
    rest = parts("\n".join(lines[1:]), labels, decides=True) if lines[1:] else []
    named = {part.label for part in rest}
    return [Part(label, said) for label in labels.whole if label not in spared | named] + rest


def _counts(word: str, count: int) -> bool:
    return word == str(count) or (word in w.NUMBERS and w.NUMBERS.index(word) == count)
