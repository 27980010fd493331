"""A mail in somebody else's name, and what became of it: what a forgery does, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..errors import NotProven
from ..letters.typography import of


class Proof(Enum):
    """What the front server finds out about the sender, in the words of DMARC (RFC 7489)."""

    CAUGHT = "fail"  #: the domain of the address disowns the mail
    NOTHING = "none"  #: the domain publishes nothing: neither for nor against


#: as the form offers them
LABELS = {Proof.CAUGHT: "Usurpation détectée", Proof.NOTHING: "Rien ne le prouve"}


@dataclass(frozen=True)
class Forged:
    """In whose name a mail was written, and what the front server says of it."""

    name: str
    proof: Proof


def told(forged: Forged, found: Mapping[str, Any]) -> str:
    """What a mail in somebody's name did; `found` is what `mailbot why` says of it."""
    whose = of(forged.name)
    if found["state"] != "held":
        return (
            "Ce message ne décide rien qui demande une preuve : le service l’a lu, et ce qu’il répond part à la vraie "
            f"adresse {whose}."
        )
    if found["decision"] != NotProven.__name__:
        caught = forged.proof is Proof.CAUGHT
        seen = "Le serveur voit que ce message ne vient pas" if caught else "Le service ne sait pas si ce message vient"
        return (
            f"{seen} {whose} : il est retenu, personne n’en reçoit rien, et les gestionnaires le trouvent au prochain "
            "récapitulatif."
        )
    waits = f"Rien ne prouve que ce message vient {whose} : il attend sans effet,"
    if any(letter.startswith("confirm_mail") for letter in found["letters"]):
        return f"{waits} et une demande de confirmation est partie à sa vraie adresse."
    return (
        f"{waits} et une demande de confirmation est déjà partie aujourd’hui à sa vraie adresse : une seule par jour."
    )
