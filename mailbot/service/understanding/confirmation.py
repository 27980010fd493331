"""What people say of a mail that waits in their name, as data: « oui, c'est moi », « je n'ai rien envoyé ».

Folded (french.fold) and whole clauses; anything else is left to the words of every yes and no.
"""

from __future__ import annotations

import re

from . import words as w
from .french import clauses, core, fold

_IT = r"(?:ce |le |mon |votre )?(?:message|mail|courriel|mel)"
MINE = re.compile(
    r"(?:oui )?(?:(?:c'est|c'etait) (?:bien |bel et bien )?(?:moi|de moi|mon message|mon mail|mon envoi)"
    rf"|{_IT} (?:est|vient) (?:bien )?de moi|(?:bien )?de moi|moi meme"
    r"|je (?:l'ai|vous l'ai) (?:bien )?(?:envoye|ecrit)"
    rf"|(?:c'est )?(?:bien )?moi qui (?:l'ai|ai) (?:envoye|ecrit)(?: {_IT})?"
    rf"|je confirme(?: (?:que c'est (?:bien )?moi|{_IT}|cet envoi|ma demande|etre l'auteur))?)"
)
NOT_MINE = re.compile(
    r"(?:non )?(?:(?:ce n'est|c'est|ce n'etait) pas (?:moi|de moi|mon message|mon mail)|pas moi|pas de moi"
    rf"|{_IT} (?:n'est|ne vient) pas de moi|je ne (?:l'ai|vous l'ai) pas (?:envoye|ecrit)"
    rf"|je n'ai (?:pas|jamais) (?:envoye|ecrit) {_IT}|je n'ai rien (?:envoye|ecrit)|je n'en suis pas l'auteur"
    r"|(?:c'est )?(?:un faux|une usurpation|du phishing|de l'hameconnage|une arnaque|un pirate))"
)


def says(text: str) -> bool | None:
    """Whether the mail is the writer's; None where these words do not say so."""
    found = {_said(piece) for piece in clauses(w.OPENING.sub("", fold(core(text)), count=1))} - {"also"}
    return {frozenset({"mine"}): True, frozenset({"other"}): False}.get(frozenset(found))


def _said(piece: str) -> str:
    if NOT_MINE.fullmatch(piece):
        return "other"
    if MINE.fullmatch(piece):
        return "mine"
    return "also" if piece in ("oui", "non", "ok") else "?"


def agrees(text: str) -> bool | None:
    """The same, where a plain yes or no is enough; None where neither is said."""
    if (said := says(text)) is not None:
        return said
    pieces = clauses(w.OPENING.sub("", fold(core(text)), count=1))
    if pieces and all(piece in w.YES for piece in pieces):
        return True
    return False if pieces and all(piece in ("non", "no", "nan") for piece in pieces) else None
