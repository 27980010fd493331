"""Lines as people type them: what changes nothing of what they say, and matching that keeps every place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ..understanding import words as w
from ..understanding.french import courteous, fold


@dataclass(frozen=True)
class Part:
    """What was written about one label; "" is what stands before the first."""

    label: str
    text: str
    stray: bool = False  #: the label is none of the letter's


@dataclass(frozen=True)
class Labels:
    """What may begin a part."""

    names: Collection[str]  #: the labels of the letter, in their order
    refs: Mapping[str, str] = field(default_factory=dict)  #: its references in lower case, with the label of each
    whole: Collection[str] = ()  #: the labels that « tous » means, where words decide
    tokens: Mapping[str, str] = field(default_factory=dict)  #: tokens of single questions, with the label of each
    texts: Mapping[str, str] = field(default_factory=dict)  #: label -> its question, which people repeat
    documents: Mapping[str, str] = field(default_factory=dict)  #: label -> the document that its question asks for


REFERENCE = r"\b[a-z]\d{3,}-\d{4}-\d+\b"
_WORD = re.compile(r"[^\W_]+")
#: What may stand before answers and decisions and changes nothing of them: « Voici mes décisions : ».
_BUT = r"(?!.*\b(?:sauf|reserve|sous|si|mais|pas|avant|attend\w*|non|hormis|ne)\b)"
_SAID = r"(?:reponses?|decisions?|commentaires?|elements?|retours?|precisions?|remarques?|annotations?|validations?)"
_HERE = (
    r"(?:ci[- ]dessous|ci[- ]apres|plus bas|a la suite|au fil du texte|(?:directement )?(?:dans|sur) (?:le|votre|ton) "
    r"(?:texte|corps|message|mail|courriel|courrier)|en (?:rouge|bleu|vert|couleurs?|gras|italique))"
)
_LEAD_IN = re.compile(
    rf"{_BUT}(?:(?:voici|ci-dessous|ci-apres|en reponse|suite a|mes decisions|nos reponses)\b[^.,;?!]{{0,60}}"
    rf"|[\w' ]{{0,60}}\b(?:{_SAID}|reponds|repondons)\b[\w' ]{{0,20}}\b(?:{_HERE}|(?:point|question) par \w+)"
    r"[\w' -]{0,40})"
)
_GREETED = re.compile(r"\s*(?:bonjour|bonsoir|hello|salut)(?P<name>[^.,:;?!\n]{0,30})[,!]\s*(?=\S)", re.IGNORECASE)


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return _WORD.findall(fold(text))


class _Plain(dict[int, str]):
    """« é » as « e », but « À » at the place of a label stays itself: « À partir de » is no label A."""

    def __missing__(self, code: int) -> str:
        c = chr(code)
        plain = fold(c) if c.isalpha() and not c.isascii() and c not in "ÀÂÄàâä" else c
        self[code] = " " if c in "\u00a0\u202f" else plain if len(plain) == 1 else c
        return self[code]


_PLAIN = _Plain()


def same_length(line: str) -> str:
    """The line for matching: a character stays a character, so that what stands behind is found again."""
    return line if line.isascii() else line.translate(_PLAIN)


def greeting_apart(text: str) -> str:
    """« Bonjour Maïté, ok pour tous » on two lines; a greeting that holds more than a name stays as it is."""
    folded = same_length(text)
    found = _GREETED.match(folded)
    if found is None or "\n" in folded[: found.end()]:
        return text
    name = found["name"].strip().lower()
    if any(c.isdigit() for c in name) or any(w.DECISION.match(word) for word in name.split()):
        return text
    return f"{text[: found.end()].rstrip()}\n{text[found.end() :]}"


def says_nothing(text: str) -> bool:
    """True for nothing but courtesy: « Bonjour, voici nos réponses : » says nothing about any question."""
    return all(_says_no_more(fold(line).strip(" .,;:!-")) for line in text.splitlines())


def _says_no_more(line: str) -> bool:
    behind = w.OPENING.sub("", line, count=1)
    greeted = behind == line or not behind or courteous(behind) or bool(_LEAD_IN.fullmatch(behind))
    return not line or bool(_LEAD_IN.fullmatch(line)) or (greeted and (courteous(line) or behind != line))
