"""How people speak of their other addresses, as data: « J'écris aussi depuis prenom@autre.example », « mes adresses ».

Folded (french.fold) and a whole line; anything else is no word about an address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .french import core, fold

_ADDRESS = r"[<(« ]*(?:mailto:)?(?P<address>[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+)[>)» ]*"
_MINE = (
    r"(?:(?:mon|une|l'|cette|votre) ?)?(?:autre |seconde |deuxieme |nouvelle |ancienne )?"
    r"(?:adresse|boite|messagerie)(?: mail| email| e-mail| personnelle)?"
)
_AFTER = r"[ .!,;]*(?:merci[ .!]*)?"
_ADD = re.compile(
    r"(?:(?:bonjour|merci)[ ,.!]*)?(?:"
    r"(?:j'ecris|je vous ecris|j'ecrirai|j'envoie|je peux ecrire|je reponds|je vous reponds)"
    r"(?: aussi| egalement| parfois)+"
    rf"(?: depuis| de| avec| par| a partir de)(?: {_MINE})?"
    rf"|(?:j'utilise|j'ai)(?: aussi| egalement)(?: {_MINE})?"
    rf"|(?:mon|une) autre adresse(?: mail| email| e-mail| est| :)*"
    rf"|(?:ajouter|ajoutez|enregistrer|enregistrez) {_MINE}"
    rf")[ :,]*{_ADDRESS}{_AFTER}"
)
_DROP = re.compile(
    rf"(?:(?:oublier|oubliez|retirer|retirez|supprimer|supprimez|enlever|enlevez)(?: {_MINE})?"
    rf"|(?:je n'ecris plus|je n'utilise plus|je ne reponds plus)(?: depuis| de| avec| par)?(?: {_MINE})?)"
    rf"[ :,]*{_ADDRESS}{_AFTER}"
)
_LIST = re.compile(
    r"(?:(?:mes|les|liste de mes|quelles sont mes) )?(?:autres )?adresses(?: connues| enregistrees)?[ .!?]*"
)


@dataclass(frozen=True)
class Said:
    """What a line says: `address` is one to add or, with `drop`, to forget; "" asks for the list."""

    address: str = ""
    drop: bool = False


def read(line: str) -> Said | None:
    """What one line says; None where it speaks of no address of the writer's."""
    folded = " ".join(fold(core(re.sub(r"(\S+@\S+?)<mailto:[^<>\s]*>", r"\1", line))).split())
    if _LIST.fullmatch(folded) and folded.startswith(("mes ", "adresses", "liste", "quelles")):
        return Said()
    for pattern, drop in ((_DROP, True), (_ADD, False)):
        if found := pattern.fullmatch(folded):
            return Said(found["address"], drop)
    return None
