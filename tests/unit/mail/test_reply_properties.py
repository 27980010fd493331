"""For any typed text and any program, what was typed comes back; and no word of any body vanishes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.mail import reply
from mailbot.mail.message import Address, InboundMessage
from tests.unit.mail.quoting import LETTER, PROGRAMS, WHEN, quoted

SENTENCES = st.sampled_from(
    [
        "Oui.", "Non", "OK", "Le loyer a augmenté de 200 € en mai.", "Les 9 860 € comprennent la TVA : 1 643,33 €.",
        "Voir le tableau joint (onglet « Détail »).", "C’est l’oubli d’une facture !", "Quel montant faut-il retenir ?",
        "Sous-traitance : 12 000 € ; cotisations : 8 000 €", "1) Prorata de 82 %", "2) néant", "Q3 : voir ci-dessus…",
        "- la prime", "* la CFE", "• le loyer", "– 15 % l’an dernier", "n° 2025-118 du 15/06/2025",
        "De : 01/01/2025", "À : 30/06/2025", "Objet : bail du cabinet", "Le client a écrit au bailleur :",
        "Envoyé de mon cabinet ce matin, en recommandé.", "Il a cédé son véhicule le 12 mars 2025.",
        "La pièce 3 annule & remplace la pièce 2 <sic>.", "œuvre, naïveté, Ça, ÉTÉ", "= 24 725 € – 3 400 €", "👍 vu",
        "Le coefficient de déduction est de 0,82.", "Merci d’indiquer si cela suffit.", "Il suit le 2 : @client",
        "Son adresse : jean.petit@client.example", "Détail :\n-----------\nloyer 100 €",
    ]
)  # fmt: skip
WORDS = st.text(st.sampled_from("abcdéèàçùôœ '’0123456789€%.,;:!?()«»/-"), min_size=1, max_size=40).filter(
    lambda text: re.search(r"[^\W\d_]{2}", text) and not re.match(r"[\s'’.,;:!?%€)»/-]", text)
)
LINES = st.one_of(SENTENCES, SENTENCES, WORDS.map(str.strip))
PARAGRAPHS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
TYPED = st.lists(PARAGRAPHS, min_size=1, max_size=3).map("\n\n".join).filter(lambda text: re.search(r"\w", text))
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def split(text: str, rich: str = "", sent: str = LETTER.sent) -> tuple[InboundMessage, reply.Split]:
    message = InboundMessage("<1@x>", (Address("Aïcha Dubois", "a@cabinet.example"),), 1, text=text, html=rich)
    return message, reply.written(message, sent)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
@FEW
@given(typed=TYPED)
def test_what_was_typed_comes_back(program: Callable[[str], tuple[str, str]], typed: str) -> None:
    _, found = split(*program(typed))
    assert flat(found.text) == flat(typed)


PIECES = st.one_of(
    LINES,
    st.sampled_from(
        [
            "", "", "> a", ">> b", "> 5 000 €", WHEN, "a écrit :", "-- ", "Cordialement,", "Envoyé de mon iPhone",
            "De : A <a@b.example>", "Objet : x", "-----Message d'origine-----", "Ce message est confidentiel.",
            "PS : oui", "Tél. 05 59 00 00 00", "Aïcha Dubois", "[cid:1]", "Quel coefficient de déduction a été oui",
            *LETTER.text.split("\n")[:30], *quoted(LETTER.text).split("\n")[20:40],
        ]
    ),
)  # fmt: skip


@settings(FEW, max_examples=100)
@given(rows=st.lists(PIECES, max_size=25), sent=st.sampled_from(["", LETTER.sent]), rich=st.booleans())
def test_no_character_vanishes(rows: list[str], sent: str, rich: bool) -> None:
    text = "\n".join(rows)
    message, found = split("", f"<pre>{escape(text, quote=False)}</pre>", sent) if rich else split(text, "", sent)
    whole = Counter("".join("".join(line.text for line in reply.body(message)).split()))
    assert Counter("".join("".join((found.text, found.set_aside, found.quoted)).split())) == whole
    assert Counter("".join("".join(block.text for block in found.blocks).split())) + Counter() <= whole
