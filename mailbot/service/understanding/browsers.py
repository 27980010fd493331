"""What people write about their confirmed browsers, as data: list them, forget some, forget all. All is folded."""

from __future__ import annotations

import re

_MINE = r"(?:(?:mes|les|la liste de mes|la liste des|liste des) )?navigateurs?(?: confirmes?| reconnus?| autorises?)?"
LIST = re.compile(rf"(?:voir |lister |afficher )?{_MINE}")
_DROP = r"(?:merci d'|veuillez )?(?:oublie(?:r|z)?|revoque(?:r|z)?|supprime(?:r|z)?|retire(?:r|z)?)"
_NUMBERS = r"\d{1,4}(?:\s*(?:,|;|\+|&|/|et|\s)\s*\d{1,4}){0,30}"
FORGET = re.compile(rf"{_DROP} (?:(?:le|les|mon|mes) )?(?:navigateurs? )?(?:n°|numeros? )?\s*(?P<numbers>{_NUMBERS})")
FORGET_ALL = re.compile(
    rf"{_DROP} (?:tou(?:s|t|tes)(?: {_MINE})?|{_MINE.replace('navigateurs?', 'navigateurs')}|l'ensemble)"
)


def lists(folded: str) -> bool:
    """True for a word that asks for the list."""
    return LIST.fullmatch(folded) is not None


def forgotten(folded: str) -> tuple[int, ...] | None:
    """The numbers to forget; empty for all of them, None where the words say anything else."""
    if FORGET_ALL.fullmatch(folded):
        return ()
    found = FORGET.fullmatch(folded)
    return tuple(dict.fromkeys(map(int, re.findall(r"\d+", found["numbers"])))) if found else None


#: « Ce n'est pas moi », as frightened people write it. To be wrong costs one more code.
_DISOWNED = re.compile(
    r"\b(?:pas (?:de )?(?:moi|nous|ma demande|de ma part)"
    r"|(?:rien|pas|jamais|aucun code) (?:ete )?(?:demande|sollicite|ouvert)"
    r"|(?:n'ai|n'avons|n'a) (?:rien|pas|jamais|aucunement) \w+|ne (?:re)?connai\w+ pas|pirat\w+|fraud\w+|usurp\w+"
    r"|phishing|hameconn\w+|arnaque|suspect\w*|bloque[rz]?)\b"
)


def disowns(folded: str) -> bool:
    """True for a reply to a code that says that its reader did not ask for it."""
    return folded.strip(" .!") in ("non", "nan", "no") or _DISOWNED.search(folded) is not None
