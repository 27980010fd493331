"""Which question each part of a reply is about: « 1) … », « Question 2 : … », « A ok », « tout traité sauf 3, 7 ».

Pure. A line that begins with a label of the letter or with a reference begins a part, and the next ones belong to it.
Where words decide, a label may stand before them with a space only (« A ok »); where they are an answer it needs a
sign behind it (« 1) », « 2 : », « Question 3 »): « 2 140 € » begins no part. A list inside an answer is no row of
labels: where it cannot be told from them there is one part without a label, and the writer is asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from . import words as w
from .french import courteous, fold


@dataclass(frozen=True)
class Part:
    """What was written about one label; "" is what stands before the first."""

    label: str
    text: str


_NAMED = r"(?:(?:(?:questions?|reponses?|lignes?|points?|n°|no|numero)(?![^\W\d_])|[qr](?=[\s.]*\d))\s*\.?\s*){1,2}"
_SIGN = r"\s*(?:\)\s*:|[).:\]°º]|->|=>|→|>(?!\d)|/(?!\d)|[-–—](?=\s))+\s*"
_REF = re.compile(r"\[?\b([a-z]\d{3,}-\d{4}-\d+)\b\]?" + r"(?:\s*[).:\]–—→-]+\s*|\s+|$)", re.IGNORECASE)
_LIST = r"{one}(?:(?:\s*(?:[).°º]\s*)?(?:,|;|/|&|\bet\b)\s*|\s+){one})*"
#: A numbered line of any list, whether its number is a label or not.
_NUMBERED = re.compile(r"[*•\-–\s]*(?P<number>\d{1,2}|[a-z])\s*(?P<sign>[).:/°º-]+)(?!\d)", re.IGNORECASE)
#: « A. Martin », « C.A. »: an initial; these words begin a sentence instead (« A. Le contrat est joint »).
_INITIAL = re.compile(r"[A-ZÉÈ](?:\.|[\w'’-]+)")
_CA = re.compile(r"[A-Za-z]\.")  # what is left of « C.A. »
_BEGINS = frozenset(
    "le la les un une des du de en il elle ils elles on nous je ce cet cette ces cela ci oui non pas aucun aucune voir "
    "voici vous votre notre nos selon suite pour par au aux effectivement montant total somme ok ras idem".split()
)
_BUT_LABELS = re.compile(r"(?:\s|,|;|/|&|\bet\b|\b(?:la|le|les|pour|questions?|reponses?|lignes?|numeros?|n°)(?!\w))*")
#: What may stand before decisions and changes nothing of them: « Voici mes décisions : ».
_LEAD_IN = re.compile(
    r"(?:voici|ci-dessous|ci-apres|en reponse|suite a|mes decisions|nos reponses)\b"
    r"(?!.*\b(?:sauf|reserve|sous|si|mais|pas|avant|attend\w*)\b)[^.,;?!]{0,60}"
)
LONGEST = 400  #: characters at the beginning of a line in which its label stands


@dataclass(frozen=True)
class Labels:
    """What may begin a part."""

    names: Collection[str]  #: the labels of the letter
    refs: Mapping[str, str] = field(default_factory=dict)  #: its references in lower case, with the label of each
    whole: Collection[str] = ()  #: the labels that « tous » means, where words decide


@dataclass(frozen=True)
class _Opening:
    """The beginning of a part."""

    names: tuple[str, ...]
    rest: str  #: what stands behind the labels on their line
    style: str  #: how they are written: « A) », « a) », « 1. », « Question 1 »
    doubtful: bool = False  #: « A. Martin », « 2 - 3 jours »: maybe no label


def parts(text: str, labels: Labels, decides: bool) -> list[Part]:
    """The parts of a reply, in their order. Without any label there is one part, "".

    `decides` says that words to the letter decide (approval, digest) rather than answer.
    """
    if not labels.names:
        return [Part("", text)]
    if decides and (everything := _everything(text, labels)):
        return everything
    opener = _opener(labels.names, decides)
    lines = _one_a_line(text, labels.names) if decides else text.splitlines()
    begun = [_begun(line, opener, labels) for line in lines]
    openings = _outer(lines, _without_doubtful(begun), decides)
    if openings is None:
        return [Part("", text)]
    found: list[tuple[tuple[str, ...], list[str]]] = [((), [])]
    for line, opening in zip(lines, openings, strict=True):
        if opening:
            found.append((opening.names, [opening.rest]))
        else:
            found[-1][1].append(line)
    whole = [(names or ("",), "\n".join(lines).strip()) for names, lines in found]
    return [Part(name, text) for names, text in whole for name in names if name or not _says_nothing(text)]


def _one_a_line(text: str, names: Collection[str]) -> list[str]:
    """« 1 ok, 2 non : motif » as two lines; « 1, 2 ok » is one."""
    one = "(?:" + "|".join(map(re.escape, names)) + ")"
    begins = re.compile(rf"[,;/]\s*(?={one}\s*(?:[):]\s*)?(?:{w.DECISION.pattern}))", re.IGNORECASE)
    only = re.compile(rf"[*•\-–\s]*(?:{_NAMED})?{_LIST.format(one=one)}\s*", re.IGNORECASE)
    found = []
    for line in text.splitlines():
        at, folded = 0, _same_length(line)
        for cut in begins.finditer(folded):
            if only.fullmatch(folded[at : cut.start()]):
                continue
            found.append(line[at : cut.start()])
            at = cut.end()
        found.append(line[at:])
    return found


def _opener(labels: Collection[str], decides: bool) -> re.Pattern[str]:
    one = "(?:" + "|".join(sorted(map(re.escape, labels), key=len, reverse=True)) + r")(?!\w)"
    many = _LIST.format(one=one)
    behind = rf"(?:{_SIGN}|\s*[-–—]?\s*(?={w.DECISION.pattern})|\s*$)" if decides else _SIGN
    bare = rf"[*•\-–\s]*(?P<name>{_NAMED})?(?P<labels>{many})(?P<sign>{behind})"
    named = rf"[*•\-–\s]*{_NAMED}(?P<named>{many})(?:{_SIGN}|\s+|$)"
    return re.compile(rf"(?:{bare}|{named})", re.IGNORECASE)


def _begun(line: str, opener: re.Pattern[str], labels: Labels) -> _Opening | None:
    """The part that a line begins; None where it begins none."""
    by_ref = _REF.match(line.lstrip(" *•-–"))
    if by_ref and by_ref[1].lower() in labels.refs:
        return _Opening((labels.refs[by_ref[1].lower()],), line.lstrip(" *•-–")[by_ref.end() :].strip(), "ref")
    folded = _same_length(line)
    match = opener.match(folded[:LONGEST])
    if match is None or _is_a_figure(folded, match):
        return None
    typed, sign, rest = match["labels"] or match["named"], (match["sign"] or "").strip(), line[match.end() :].strip()
    if match["named"] or match["name"]:
        return _Opening(tuple(_split(typed, labels.names)), rest, "named")
    if not sign and _is_an_infinitive(typed, rest):
        return None
    style = _style(typed, sign)
    figures = style[1:] in ("-", "–", "—") and rest[:1].isdigit()
    initial = style in ("A.", "a.") and bool(_INITIAL.match(rest)) and not _begins_a_sentence(rest)
    return _Opening(tuple(_split(typed, labels.names)), rest, style, figures or initial)


def _style(typed: str, sign: str) -> str:
    """« A) », « a) », « 1. »: how a label is written."""
    return ("A" if typed.isupper() else "a" if typed.isalpha() else "1") + sign[:1]


def _is_an_infinitive(typed: str, rest: str) -> bool:
    """« A valider », « A compléter » is « à valider » as people type it, not label A."""
    return typed in ("a", "A") and bool(re.match(r"\w+(?:er|ir|re)\b", fold(rest)))


def _begins_a_sentence(rest: str) -> bool:
    first = re.split(r"[\s'’,.:;-]", fold(rest), maxsplit=1)[0]
    return first in _BEGINS or bool(re.match(r"[a-z]['’]", fold(rest)))


def _without_doubtful(openings: Sequence[_Opening | None]) -> list[_Opening | None]:
    """« A. Martin » and « 2 - 3 jours » begin a part only in a row of such labels: « A. Loyer », « B. Assurance »."""
    style = next((o.style for o in openings if o), "")
    row = len({o.names for o in openings if o and o.style == style}) > 1
    return [
        o if o and (not o.doubtful or (row and o.style == style and not _CA.match(o.rest))) else None for o in openings
    ]


def _outer(
    lines: Sequence[str], openings: Sequence[_Opening | None], decides: bool
) -> Sequence[_Opening | None] | None:
    """The openings that are labels, not lines of a list inside a part; None where that cannot be told."""
    if not _begins_again(lines, openings, decides):
        return openings
    style = next((o.style for o in openings if o), "")
    same = [o if o and o.style == style else None for o in openings]
    again = [line if o or _numbered_style(line) == style else "" for line, o in zip(lines, same, strict=True)]
    return None if not style or _begins_again(again, same, decides) else same


def _begins_again(lines: Sequence[str], openings: Sequence[_Opening | None], decides: bool) -> bool:
    """True if a row of numbers begins anew behind a label (« 3) … 1. … 2. … »), or begins with one that is none."""
    row = [(number, o) for line, o in zip(lines, openings, strict=True) if (number := _number(line, o, decides))]
    return any(_torn(row, at) for at, (number, _) in enumerate(row) if number in ("1", "a"))


def _torn(row: Sequence[tuple[str, _Opening | None]], at: int) -> bool:
    """True if the list that begins there has a line that would begin a part."""
    counted = map(str, range(1, 100)) if row[at][0] == "1" else map(chr, range(ord("a"), ord("z") + 1))
    run = [opening for (number, opening), wanted in zip(row[at : at + 99], counted, strict=False) if number == wanted]
    behind = any(opening for _, opening in islice(row, at))
    return len(run) > 1 and any(run) and (behind or run[0] is None)


def _number(line: str, opening: _Opening | None, decides: bool) -> str:
    """The number of a line in any list, "" for none; where words decide, a decision is no line of a list."""
    if opening and (opening.style in ("named", "ref") or (decides and w.DECISION.match(fold(opening.rest)))):
        return opening.names[0].lower() + "!"  # a label for sure
    found = _NUMBERED.match(_same_length(line))
    if found:
        return found["number"].lower()
    return opening.names[0].lower() if opening else ""


def _numbered_style(line: str) -> str:
    """How the number of a line that begins no part is written, "" where it has none."""
    found = _NUMBERED.match(_same_length(line))
    return _style(found["number"], found["sign"]) if found else ""


def _same_length(line: str) -> str:
    """The line for matching: a character stays a character, so that what stands behind is found again."""
    return "".join(" " if c in "\u00a0\u202f" else _plain(c) for c in line)


def _plain(c: str) -> str:
    """« é » as « e », but « À » at the place of a label stays itself: « À partir de » is no label A."""
    if c in "ÀÂÄàâä" or c.isascii():
        return c
    plain = fold(c)
    return plain if len(plain) == 1 and c.isalpha() else c


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
    return all(_says_no_more(fold(line).strip(" .,;:!-")) for line in text.splitlines())


def _says_no_more(line: str) -> bool:
    behind = w.OPENING.sub("", line, count=1)
    greeted = behind == line or not behind or courteous(behind) or bool(_LEAD_IN.fullmatch(behind))
    return not line or bool(_LEAD_IN.fullmatch(line)) or (greeted and (courteous(line) or behind != line))


def _everything(text: str, labels: Labels) -> list[Part]:
    """« OK pour tous », « tout traité sauf 3, 7 », and lines after it that say more of single ones. None of it where
    what is excepted cannot be told, or more was said of them: then there is one part without a label."""
    lines = [line for line in text.strip().splitlines() if line.strip() and not _says_nothing(line)]
    match = w.EVERYTHING.fullmatch(fold(lines[0]).strip(" .!")) if lines else None
    if match is None or (match["count"] and not _counts(match["count"], len(labels.whole))):
        return []
    said = match["before"] or match["after"]
    if not (w.DECISION.match(said) or said in w.YES):
        return []
    spared = _spared(lines[0], labels) if match["but"] else []
    if spared is None:
        return [Part("", text)]
    rest = parts("\n".join(lines[1:]), labels, decides=True) if lines[1:] else []
    if not all(part.label for part in rest):
        return [Part("", text)]
    named = {part.label for part in (*spared, *rest)}
    told = [part for part in spared if part.text]
    return [Part(label, said) for label in labels.whole if label not in named] + told + rest


def _spared(line: str, labels: Labels) -> list[Part] | None:
    """What stands behind « sauf »: each label with what is said of it; None where it is not labels alone.

    « sauf 2 : préciser le montant » says something of 2; of several nothing can be said.
    """
    folded = _same_length(line)
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
    said = line[at:].strip(" .!")
    if not found or (said and not courteous(fold(said)) and (len(found) > 1 or said[0] not in ":(-–—")):
        return None
    return [Part(name, "" if not said or courteous(fold(said)) else said.strip(" :()-–—")) for name in found]


def _length(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _counts(word: str, count: int) -> bool:
    return word == str(count) or (word in w.NUMBERS and w.NUMBERS.index(word) == count)
