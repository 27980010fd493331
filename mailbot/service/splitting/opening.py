"""How a line names what it is about: « 2) », « Pour la question 2, », « D0009-2025-2 : », « A ok »."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..understanding import words as w
from ..understanding.french import fold
from .typed import REFERENCE, Labels, same_length, words

LONGEST = 400  #: characters at the beginning of a line in which its label stands
OTHERS = "\0"  #: instead of a label: what no other line names


@dataclass(frozen=True)
class Opening:
    """The beginning of a part."""

    names: tuple[str, ...]
    rest: str  #: what stands behind the labels on their line
    style: str  #: how they are written: « A) », « a) », « 1. », or one of SURE
    doubtful: bool = False  #: « A. Martin », « 2 - 3 jours »: maybe no label
    stray: str = ""  #: the label, where the letter has none such


#: Ways to write a label that no line of a list has.
SURE = frozenset({"named", "ref", "token", "text", "said"})

_BULLET = r"[*•\-–\s]*"
_LEAD = (
    r"(?:(?:pour(?: ce qui (?:est|concerne))?|concernant|sur|quant [aà]|s['’]agissant de|en reponse [aà]|reponse [aà]|"
    r"en ce qui concerne|au sujet de|[aàÀ])\s+)?(?:(?:de\s+)?(?:la|le|les|votre|vos|ma|notre|sa)\s+|l['’]\s*)?"
)
_NOUN = r"questions?|quest|reponses?|rep|points?|n°|no|numero"
_SIGN = r"\s*(?:\)\s*:|[).:\]°º]|->|=>|→|>(?!\d)|/(?!\d)|[-–—](?=\s))+\s*"
_BETWEEN = r"\s*(?:[).°º]\s*)?(?:,|;|/|&|\bet\b|\bpuis\b)\s*(?:\b(?:la|le|question|no?)\s+|n°\s*)?"
_TO = r"\s*(?:[-–]|\ba\b|à|\bau\b)\s*"
_AND = r"\s*(?:\bet\b|&)\s*(?:\b(?:la|le)\s+)?"
_REFS = re.compile(rf"{_LEAD}(?:(?:questions?|ref(?:erence)?s?|n°)\s*[.:]?\s*)?\[?({REFERENCE})\]?", re.IGNORECASE)
_MORE_REFS = re.compile(rf"\s*(?:,|;|/|&|\bet\b)\s*\[?({REFERENCE})\]?", re.IGNORECASE)
_BEHIND_REF = re.compile(r"\s*[).:,\]–—→>-]+\s*|\s+|$")
_TOKEN = re.compile(r"<?[\w.%]+[+-]([a-z2-7]{26})@[\w.-]+>?\s*[:).–—-]*\s*", re.IGNORECASE)
_ORDINALS = dict(zip("premiere deuxieme troisieme quatrieme cinquieme sixieme".split(), range(1, 7), strict=True))
_ORDINAL = re.compile(
    rf"{_BULLET}{_LEAD}(?:(?P<count>\d{{1,2}})\s?(?:e|er|re|ere|eme|nde?|ieme)|(?P<word>{'|'.join(_ORDINALS)}|seconde))\s+"
    rf"(?:question|reponse|point)(?:{_SIGN}|\s*,\s*|\s+|$)",
    re.IGNORECASE,
)
#: « A. Martin », « C.A. »: an initial; these words begin a sentence instead (« A. Le contrat est joint »).
_INITIAL = re.compile(r"[A-ZÉÈ](?:\.|[\w'’-]+)")
_BEGINS = frozenset(
    "le la les un une des du de en il elle ils elles on nous je ce cet cette ces cela ci oui non pas aucun aucune voir "
    "voici vous votre notre nos selon suite pour par au aux effectivement montant total somme ok ras idem".split()
)
#: A numbered line of any list, whether its number is a label or not.
_NUMBERED = re.compile(r"[*•\-–\s]*(?P<number>\d{1,2}|[a-z])\s*(?P<sign>[).:/°º-]+)(?!\d)", re.IGNORECASE)
_OTHER_NAMED = re.compile(
    rf"{_BULLET}{_LEAD}(?:(?:questions?|q(?=[\s.]*\d)|reponse)\s*\.?\s*)(?:(?:n°|no|numero)\s*)?(?P<label>\d{{1,2}}|[a-z])(?!\w)"
    rf"(?:{_SIGN}|\s*,\s|\s*$)",
    re.IGNORECASE,
)
_OTHER_DECIDED = re.compile(
    rf"{_BULLET}(?P<label>\d{{1,2}}|[A-Z])\s*(?:[).:=→-]\s*)*(?:ok|oui|non|d'accord|valide[er]?e?|traitee?|refusee?|redemander|"
    r"completer|remplacer|retirer)(?!\w)"
)
_NEXT = 3  #: « 5) » behind « 2) » is a label that the letter does not have; « 12. » is the number of a house


class Opener:
    """Reads the beginning of lines in replies to one letter. `decides`: words to it decide rather than answer."""

    def __init__(self, labels: Labels, decides: bool) -> None:
        self._labels, self._decides = labels, decides
        self._names = list(labels.names)
        self._known = {name.lower(): name for name in self._names}
        one = "(?:" + "|".join(sorted(map(re.escape, self._names), key=len, reverse=True)) + r")(?!\w)"
        self._one = one
        self._pattern = re.compile(f"(?:{self._bare()}|{self._named()})", re.IGNORECASE)
        self.several = re.compile(
            rf"{_BULLET}(?:(?:{_NOUN})\s*\.?\s*)?(?:(?:la|le)\s+)?{self._list()}\s*", re.IGNORECASE
        )
        self._said = re.compile(
            rf"{_BULLET}(?P<said>(?:non|ok|oui|d'accord|valide|bon|traite)(?:\s[a-z' ]{{0,25}}?)??)\s+"
            rf"(?:(?:pour|a|sur)\s+)?(?:(?:la|le|les|reponses?|questions?|lignes?)\s+)*(?P<labels>{self._list()}|{one}{_TO}{one})\s*"
            r"(?:(?:[:–—-]|\()\s*(?P<why>.+)|[.!\s]*)",
            re.IGNORECASE,
        )
        self._texts = {label: words(text) for label, text in labels.texts.items()}

    def _list(self) -> str:
        return rf"{self._one}(?:(?:{_BETWEEN}|\s+){self._one})*"

    def _bare(self) -> str:
        decision = rf"|\s*[-–—=]?\s*(?={w.DECISION.pattern})|\s*$" if self._decides else ""
        span = rf"(?P<span>{self._one}{_TO}{self._one})(?=\s*:|\s*{w.DECISION.pattern})|" if self._decides else ""
        article = r"(?:(?:pour|concernant)\s+)?(?P<article>(?:la|le|les)\s+)?"
        return rf"{_BULLET}{article}(?:{span}(?P<labels>{self._list()}))(?P<sign>{_SIGN}{decision})"

    def _named(self) -> str:
        """« Questions 1, 3 », « Question 2 et 3 : », « Pour la question 2, »."""
        noun = _NOUN + (r"|lignes?" if self._decides else "")
        noun = rf"(?P<noun>(?:(?:(?:{noun})(?![^\W\d_])|[qr](?=[\s.°]*\d))\s*\.?\s*){{1,2}})"
        many = rf"(?:{self._one}{_TO}{self._one}|{self._list()})"
        decision = rf"|\s*(?={w.DECISION.pattern})" if self._decides else ""
        sure = rf"(?P<named>{many})(?:{_SIGN}|\s*$|\s*(?=\[){decision})"
        pair = rf"(?P<pair>{self._one}(?:{_AND}{self._one})+)(?:\s*,\s+|\s+)"
        no_more = rf"(?!\s*(?:,\s*{self._one}\s*(?:,|\bet\b)|\bet\b|&|/|à|\ba\b|-)\s*{self._one})"
        single = rf"(?P<single>{self._one}){no_more}(?:\s*,\s+|\s+)"
        return rf"{_BULLET}{_LEAD}{noun}(?:{sure}|{pair}|{single})"

    def read(self, line: str) -> Opening | None:
        """The part that a line begins; None where it begins none."""
        if not line or line.isspace():
            return None
        return self._by_reference(line) or self._by_label(line) or self._by_ordinal(line) or self._by_text(line)

    def _by_reference(self, line: str) -> Opening | None:
        bare = line.lstrip(" *•-–")
        token = _TOKEN.match(bare[:LONGEST])
        if token and token[1].lower() in self._labels.tokens:
            return Opening((self._labels.tokens[token[1].lower()],), bare[token.end() :].strip(), "token")
        folded = same_length(bare[:LONGEST])
        found = _REFS.match(folded)
        if found is None:
            return None
        refs, at = [found[1].lower()], found.end()
        while more := _MORE_REFS.match(folded, at):
            refs.append(more[1].lower())
            at = more.end()
        behind = _BEHIND_REF.match(folded, at)
        if behind is None:
            return None
        names, rest = tuple(self._labels.refs.get(ref, "") for ref in refs), bare[behind.end() :].strip()
        if all(names):
            return Opening(names, rest, "ref")
        alone = behind[0].strip() or not rest
        return Opening((), bare.strip(), "ref", stray=refs[names.index("")].upper()) if alone else None

    def _by_label(self, line: str) -> Opening | None:
        folded = same_length(line)
        if self._decides and (said := self._decided_first(folded, line)):
            return said
        match = self._pattern.match(folded[:LONGEST])
        if match is None or _is_a_figure(folded, match):
            return None
        typed = next(filter(None, map(match.group, ("labels", "named", "pair", "single", *self._spans()))))
        names, rest, sign = self._split(typed), line[match.end() :].strip(), (match["sign"] or "").strip()
        if match["article"] and len(names) == 1 and match["article"].lower().startswith("les"):
            return None  # « les 2 ok » says « both »
        if match["noun"]:
            return self._checked(Opening(names, rest, "named"))
        if not sign and _is_an_infinitive(typed, rest):
            return None
        style = style_of(typed, sign)
        figures = style[1:] in ("-", "–", "—") and rest[:1].isdigit()
        initial = style in ("A.", "a.") and bool(_INITIAL.match(rest)) and not _begins_a_sentence(rest)
        return self._checked(Opening(names, rest, style, figures or initial))

    def _spans(self) -> tuple[str, ...]:
        return ("span",) if self._decides else ()

    def _checked(self, opening: Opening) -> Opening:
        """With a reference behind the label: « Question 2 [D0009-2025-2] : »; another one than the label's is none."""
        found = re.match(rf"\[?({REFERENCE})\]?(?:\s*[).:,\]–—→>-]+\s*|\s+|$)", opening.rest, re.IGNORECASE)
        label = self._labels.refs.get(found[1].lower()) if found else None
        has_one = set(opening.names) <= set(self._labels.refs.values())  # held mail has none: « 9 → D0042-2025-3 »
        if found is None or not has_one or (label is None and self._decides):
            return opening
        if (label,) == opening.names:
            return Opening(opening.names, opening.rest[found.end() :], "ref")
        return Opening((), f"{', '.join(opening.names)} {opening.rest}", "ref", stray=found[1].upper())

    def _decided_first(self, folded: str, line: str) -> Opening | None:
        """« OK pour 1 et 3 », « non pour la 2 : motif », « ok pour les autres »."""
        bare = fold(line).strip(" .!*•-–")
        if (others := w.OTHERS.fullmatch(bare)) and w.DECISION.match(others["before"] or others["after"]):
            return Opening((OTHERS,), others["before"] or others["after"], "said")
        match = self._said.fullmatch(folded[:LONGEST])
        if match is None or len(folded) > LONGEST:
            return None
        said, names = match["said"].strip(), self._split(match["labels"])
        if not (fold(said) in w.YES or w.TREATED.match(fold(said)) or fold(said) == "non"):
            return None
        if len(names) == 1 and re.search(r"\bles\s", folded[match.end("said") : match.start("labels")], re.IGNORECASE):
            return None
        why = line[match.start("why") :].strip(" )") if match["why"] else ""
        return Opening(names, f"{said} : {why}" if why else said, "said")

    def _by_ordinal(self, line: str) -> Opening | None:
        """« 2e question »: the second of the letter, where that is also its number, or its label is a letter."""
        match = _ORDINAL.match(same_length(line[:LONGEST]))
        if match is None:
            return None
        word = (match["word"] or "").lower()
        count = int(match["count"]) if match["count"] else 2 if word == "seconde" else _ORDINALS[word]
        name = self._names[count - 1] if 0 < count <= len(self._names) else ""
        if name and (name == str(count) or not name.isdigit()):
            return Opening((name,), line[match.end() :].strip(), "named")
        return Opening((), line.strip(), "named", stray=str(count))

    def _by_text(self, line: str) -> Opening | None:
        """A line that repeats the question of one item, or begins to."""
        said = words(line) if self._texts and not self._decides else []
        if len(said) < 4:
            return None
        found = [label for label, text in self._texts.items() if text[: len(said)] == said or _repeats(said, text)]
        return Opening((found[0],), line.strip(), "text") if len(found) == 1 else None

    def _split(self, typed: str) -> tuple[str, ...]:
        found = [self._known[word] for word in re.findall(rf"(?<!\w){self._one}", typed.lower(), re.IGNORECASE)]
        ends = re.fullmatch(rf"({self._one}){_TO}({self._one})", typed.lower(), re.IGNORECASE)
        if ends and len(found) == 2:
            first, last = (self._names.index(name) for name in found)
            return tuple(self._names[first : last + 1]) if first < last else tuple(found)
        return tuple(found)

    def stray(self, line: str, last: Opening | None) -> Opening | None:
        """The label of a line that the letter does not have; `last` is the opening above it."""
        if not line or line.isspace():
            return None
        folded = same_length(line)[:LONGEST]
        for pattern in (_OTHER_NAMED, *([_OTHER_DECIDED] if self._decides else [])):
            found = pattern.match(folded)
            if found and found["label"].lower() not in self._known and not _is_an_infinitive(found["label"], "er"):
                return Opening((), line.strip(), "named", stray=found["label"].upper())
        found = _NUMBERED.match(folded)
        if not (found and last and last.names and style_of(found["number"], found["sign"]) == last.style):
            return None
        number, before = found["number"].lower(), last.names[-1].lower()
        follows = _ordinal(number) - _ordinal(before)
        known = number in self._known or number.isdigit() != before.isdigit()
        return (
            Opening((), line.strip(), last.style, stray=number.upper()) if 0 < follows <= _NEXT and not known else None
        )


def _ordinal(label: str) -> int:
    return int(label) if label.isdigit() else ord(label[:1])


def _repeats(said: Sequence[str], text: Sequence[str]) -> bool:
    """Whether a line says a whole question, and maybe its answer behind it."""
    return len(text) >= 4 and list(said[: len(text)]) == list(text)


def style_of(typed: str, sign: str) -> str:
    """« A) », « a) », « 1. »: how a label is written."""
    return ("A" if typed.isupper() else "a" if typed.isalpha() else "1") + sign[:1]


def number_of(line: str) -> tuple[str, str]:
    """The number that a line of any list begins with, and how it is written; "" for none."""
    found = _NUMBERED.match(same_length(line))
    return (found["number"].lower(), style_of(found["number"], found["sign"])) if found else ("", "")


def _is_an_infinitive(typed: str, rest: str) -> bool:
    """« A valider », « A compléter » is « à valider » as people type it, not label A."""
    return typed in ("a", "A") and bool(re.match(r"\w*(?:er|ir|re)\b", fold(rest)))


def _begins_a_sentence(rest: str) -> bool:
    first = re.split(r"[\s'’,.:;-]", fold(rest), maxsplit=1)[0]
    return first in _BEGINS or bool(re.match(r"[a-z]['’]", fold(rest)))


def _is_a_figure(line: str, match: re.Match[str]) -> bool:
    """« 2.5 % » begins no part."""
    at = match.end(match.lastgroup or 0)
    ends = [match.end(name) for name in ("labels", "named", "pair", "single") if match[name]]
    at = ends[0] if ends else at
    return bool(re.match(r"\d[.,:]\d", line[at - 1 : at + 2]))
