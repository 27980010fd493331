"""What people say of a mail that waits in their name."""

import pytest

from mailbot.service.understanding.confirmation import says


@pytest.mark.parametrize(
    ("words", "mine"),
    [
        ("c'est moi", True),
        ("Bonjour,\n\nOui, c’est bien moi.", True),
        ("oui c'est mon message", True),
        ("Ce message vient bien de moi, merci", True),
        ("je l'ai envoyé", True),
        ("Je confirme être l'auteur", True),
        ("Ce n'est pas moi", False),
        ("Non, ce n'est pas moi !", False),
        ("pas moi", False),
        ("Je n'ai rien envoyé.", False),
        ("je n'ai jamais écrit ce message", False),
        ("C'est un faux", False),
        ("c'est moi ? ce n'est pas moi", None),
        ("c'est moi mais pas ce montant", None),
        ("est-ce moi ?", None),
        ("OUI", None),  # of every yes and no: service/understanding/intent.py
        ("", None),
    ],
)
def test_only_whole_clauses_say_whose_it_is(words: str, mine: bool | None) -> None:
    assert says(words) is mine
