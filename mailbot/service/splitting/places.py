"""Under which question of our letter each block of a reply was typed: « Question 3 [D0009-2025-3] » stands above it.

Pure. A heading counts with its own reference, or with the words of its own question, never by its shape alone: an
older letter further down uses the same labels for other questions. What is typed below a line that belongs to no
question (the foot of the letter, the heading of a dossier) stands under none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...mail.message import Block
from ...mail.quoting.lines import Kind
from ..understanding.french import fold
from .typed import REFERENCE, says_nothing, words


@dataclass(frozen=True)
class Asked:
    """One item of our letter, as a reply may quote it."""

    label: str
    ref: str  #: of its question, in lower case
    text: str  #: of its question
    words: frozenset[str] = frozenset()  #: folded: everything else that the letter says of it


@dataclass(frozen=True)
class Segment:
    """Lines that were typed at one place."""

    label: str  #: of the item that they stand under, "" for none
    text: str
    files: tuple[str, ...] = ()  #: part numbers of what is shown there
    top: bool = False  #: nothing of our letter stands above it


_QUOTE = re.compile(r"[>|\s*•_#·.!+\[\]✓●○◐–-]+")
_REF = re.compile(REFERENCE)
_TOKEN = re.compile(r"[+-]([a-z2-7]{26})@")
#: « Question 3 », « Réponse B », « 3 · », « 3) », « Votre réponse à la question 2 »: what a heading begins with.
_HEADING = re.compile(
    r"(?P<name>(?:votre )?(?:question|reponse)(?: a la question)? )?"
    r"(?P<label>\d{1,3}|[a-z]{1,2})\s*(?P<sign>[.):·]|$|(?=[\s[]))"
)
_END = re.compile(r"(?:comment repondre|vos decisions|pour (?:repondre|decider|traiter)|repondre aux|votre message)\b")
_ANSWER = re.compile(r"reponse (?P<label>\d{1,3}|[a-z]{1,2})(?:\W*nouvelle)?\W*")
#: What our letters write around an item, whatever it is about.
_FRAME = frozenset(
    "question reponse piece pieces attendue recue non aucune le la de du des posee version nouvelle il reste a "
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre repondre cette au texte "
    "preciser ajoute ko mo pdf excel word image lire et traiter decider validee par directe sans validation dossier "
    "exercice pour".split()
)
_SHORT = 3  #: a line of so few words is an item's where all of them are
_LINK = re.compile(r"<?(?:https?://|mailto:)\S+|\S+@\S+")


_QUESTION = re.compile(rf"question\s+(?P<label>\w{{1,3}})\s+\[(?P<ref>{REFERENCE})\]", re.IGNORECASE)


def refs_in(letter: str) -> dict[str, str]:
    """Label -> reference of the questions of one of our letters, in its order."""
    refs: dict[str, str] = {}
    for heading in filter(None, (_QUESTION.match(line.strip()) for line in letter.splitlines())):
        refs.setdefault(heading["label"], heading["ref"].upper())
    return refs


def asked_in(letter: str) -> list[Asked]:
    """The questions of one of our letters, by its text alone: « Question 2 [D0009-2025-2] » and what follows."""
    found: dict[str, tuple[str, list[str]]] = {}
    label = ""
    for line in letter.splitlines():
        heading = _QUESTION.match(line.strip())
        if heading:
            label = heading["label"]
            found.setdefault(label, (heading["ref"].lower(), []))
        elif label and _END.match(fold(line)):
            label = ""
        elif label:
            found[label][1].append(line)
    return [
        Asked(label, ref, " ".join(_paragraph(lines)), frozenset(words(" ".join([label, ref, *lines]))))
        for label, (ref, lines) in found.items()
    ]


def _paragraph(lines: Sequence[str]) -> list[str]:
    """The text of a question: the lines that are indented most, as far as the blank line behind them."""
    found: list[str] = []
    for line in lines:
        if line.startswith("    ") and line.strip():
            found.append(line.strip())
        elif found:
            break
    return found


def segments(blocks: Sequence[Block], asked: Sequence[Asked], tokens: Mapping[str, str]) -> list[Segment]:
    """What was typed, in its order, with the item that each piece stands under.

    Where answers may stand above their questions rather than below, nothing stands under any.
    """
    walk = _Walk(asked, tokens)
    found: list[Segment] = []
    for block in blocks:
        if block.kind is Kind.QUOTED:
            walk.past(block.text)
            continue
        text = block.text if block.kind is Kind.TYPED else ""
        if text or block.files:
            found.append(Segment(walk.label, text, block.files, top=not walk.quoted))
            walk.typed(text)
    return [Segment("", s.text, s.files, s.top) for s in found] if walk.above else found


def together(found: Sequence[Segment]) -> list[Segment]:
    """Pieces that follow each other at one place as one: a signature between them parts nothing."""
    out: list[Segment] = []
    for one in found:
        if out and (out[-1].label, out[-1].top) == (one.label, one.top):
            last = out.pop()
            text = "\n\n".join(filter(None, (last.text, one.text)))
            out.append(Segment(one.label, text, last.files + one.files, one.top))
        else:
            out.append(one)
    return out


class _Walk:
    """One pass down a reply: which item the last quoted lines belong to."""

    def __init__(self, asked: Sequence[Asked], tokens: Mapping[str, str]) -> None:
        self._asked = {one.label: one for one in asked}
        self._refs = {one.ref: one.label for one in asked if one.ref}
        self._texts = {label: words(one.text) for label, one in self._asked.items()}
        self._own = {label: one.words | set(self._texts[label]) | _FRAME for label, one in self._asked.items()}
        self._tokens = tokens
        self._answered: set[str] = set()
        self._foreign = False  #: below a heading of something else, where even the words of a question are not ours
        self._before_first = ""  #: what was typed right above the first item
        self._pending = ""
        self.label = ""
        self.quoted = False

    def past(self, text: str) -> None:
        """Quoted lines: another item may begin."""
        for line in text.splitlines():
            bare = _QUOTE.sub("", line, count=1) if _QUOTE.match(line) else line
            if not words(bare):
                continue
            self.quoted = True
            self.label = self._item(fold(bare))
            if self._pending and self.label and not self._answered:
                self._before_first = self.label
            self._pending = ""

    def typed(self, text: str) -> None:
        if says_nothing(text):
            return
        if self.label:
            self._answered.add(self.label)
        else:
            self._pending = text

    @property
    def above(self) -> bool:
        """True where each answer may stand above its question: one stands above the first, none below the last."""
        last = next(reversed(self._asked), "")
        return bool(self._before_first) and last not in self._answered

    def _item(self, line: str) -> str:
        """The item that a quoted line belongs to, "" for none."""
        token = _TOKEN.search(line)
        if token and token[1] in self._tokens:
            return self._tokens[token[1]]
        heading = self._heading(line)
        if heading is not None:
            self._foreign = not heading
            return heading
        if self._foreign:
            return ""
        if self.label and not _END.match(line) and self._belongs(line):
            return self.label
        return self._by_text(words(line), self._texts) if len(words(line)) > _SHORT else ""

    def _heading(self, line: str) -> str | None:
        """The label of the item that a line begins, "" where that is none of ours; None for no heading."""
        shape, refs = _HEADING.match(line), set(_REF.findall(line))
        if refs and (shape or _REF.match(line)):
            spoken_of = re.match(rf"{REFERENCE}\W*:", line)
            return self._refs.get(refs.pop(), "") if len(refs) == 1 and not spoken_of else ""
        label = next((known for known in self._asked if shape and known.lower() == shape["label"]), "")
        if not (shape and label and (shape["name"] or shape["sign"])):
            return None
        if _ANSWER.fullmatch(line):
            return label if label == self.label else ""
        rest = words(line[shape.end() :])
        if shape["sign"] == "·":  # « 6 · karine@orange.example », « 1 · Produits financiers »
            return label if set(rest) <= self._asked[label].words else ""
        return self._by_text(rest, {label: self._texts[label]}) or None

    def _belongs(self, line: str) -> bool:
        """Whether a line says nothing but what our letter says of the item above it."""
        said = words(_LINK.sub("", line))
        known = sum(word in self._own[self.label] for word in said)
        return known == len(said) or (len(said) > _SHORT and known >= 0.8 * len(said))

    def _by_text(self, said: list[str], texts: Mapping[str, list[str]]) -> str:
        """The one item whose question a line says, or begins to say."""
        found = [label for label, text in texts.items() if _says(said, text)]
        return found[0] if len(found) == 1 else ""


def _says(said: list[str], text: list[str]) -> bool:
    """Whether the words stand in the text one behind the other, four at least or the whole of it."""
    if not said or len(said) < min(len(text), _SHORT + 1):
        return False
    return f" {' '.join(said)} " in f" {' '.join(text)} "
