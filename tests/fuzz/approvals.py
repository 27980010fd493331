"""What no text may be read as: an approval that is none. The oracle knows words, not rules."""

from __future__ import annotations

import random
import re

from mailbot.service.understanding import words as w
from mailbot.service.understanding.french import fold

DOUBTS = (
    "mais", "sauf", "?", "si", "ne", "pas", "non", "plus", "jamais", "excepté", "hormis", "à condition que",
    "sous réserve", "cependant", "toutefois", "par contre", "en revanche", "attention", "corriger", "à revoir",
    "il manque", "manque", "attendre", "attendez", "peut-être", "presque", "dès que", "quand", "lorsque", "après",
    "avant", "à vérifier", "erreur", "faux", "plutôt", "remplacer par", "compléter", "uniquement", "seulement",
    "sinon", "or", "je crois", "je pense", "il faudrait", "pourquoi", "combien", "à moins que", "ou",
)  # fmt: skip
NOISE = (
    "le montant", "1 250 €", "la ligne AG", "le 12/03", "loyer", "TVA", "page 2", "Mme Durand", "demain", "le client",
    "les recettes", "au téléphone", "hier", "voir", "tableau", "annexe", "x", "2035", "d'après moi",
)  # fmt: skip
_KNOWN = {word for clause in w.YES for word in clause.split()}
_DOUBT = re.compile("|".join(rf"(?<!\w){re.escape(fold(doubt))}(?!\w)" for doubt in DOUBTS if doubt != "?") + r"|\?")
_YES = sorted(w.YES)


def conditional(rng: random.Random) -> str:
    """A yes with a doubt or a thing that is none of a yes, in any place, case and layout."""
    pieces = [rng.choice(_YES)]
    pieces.insert(rng.randrange(2), rng.choice(DOUBTS if rng.random() < 0.75 else NOISE))
    for _ in range(rng.randrange(4)):
        pieces.insert(rng.randrange(len(pieces) + 1), rng.choice((*NOISE, *_YES)))
    joined = "".join(piece + rng.choice((" ", " ", " ", ", ", ". ", "\n", " : ", " - ", "\n\n")) for piece in pieces)
    greeting = rng.choice(("", "", "Bonjour,\n\n", "Bonjour Madame,\n"))
    closing = rng.choice(("", "", "\nMerci.", "\n\nCordialement,\nMaïté Martin"))
    text = greeting + joined + closing
    return rng.choice((text, text.upper(), text.capitalize()))


def surely_not(text: str) -> bool:
    """True for a text that is no unconditional yes: it doubts, or none of its words is a yes."""
    folded = re.sub(r"(.)\1{2,}", r"\1", fold(text))  # « ouiii » is a yes
    return bool(_DOUBT.search(_without_yes(folded))) or not any(
        word in _KNOWN for word in re.findall(r"[\w']+", folded)
    )


def _without_yes(folded: str) -> str:
    """What is left without the clauses of a yes that hold such a word themselves («rien à redire»)."""
    for clause in sorted(w.YES, key=len, reverse=True):
        if _DOUBT.search(clause):
            folded = folded.replace(clause, " ")
    return folded
