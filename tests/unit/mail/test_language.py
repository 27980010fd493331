"""The language of a text, by its small words."""

import pytest

from mailbot.mail import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’écart vient de la rétrocession de décembre, payée en janvier.", "fr"),
        ("Oui", "fr"),
        ("Voici le détail.", "fr"),
        ("The difference is the rent of December, which was paid in January.", "en"),
        ("Die Differenz ist die Nebenkostenabrechnung, die im Februar bezahlt wurde.", "de"),
        ("La diferencia corresponde a los honorarios de diciembre, cobrados el 4 de enero.", "es"),
        ("La differenza riguarda il parcheggio, che non è nel contratto.", "it"),
        ("2 318 €", ""),
        ("", ""),
    ],
)
def test_the_small_words_tell(text: str, expected: str) -> None:
    assert language.guess(text) == expected


def test_a_long_text_costs_no_more_than_its_beginning() -> None:
    assert language.guess("the and of " * 500 + "le la des " * 200_000) == "en"
