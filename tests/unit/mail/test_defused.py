"""The words of a stranger are shown to be read: nothing leads anywhere, hides or passes for ours."""

from __future__ import annotations

import pytest

from mailbot.mail.defused import folded, name, shown
from mailbot.mail.marker import MARKER


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("Le détail : 24 725 € (§ 3.2), cf. compte 618.", "Le détail : 24 725 € (§ 3.2), cf. compte 618."),
        ("https://evil.example/a", "https ://evil .example/a"),
        ("www.evil.com", "www .evil .com"),
        ("evil.fr/x", "evil .fr/x"),
        ("javascript:alert(1)", "javascript :alert(1)"),
        ("a\u202eb\u200bc\x00d", "abcd"),
        (MARKER, "— […] —"),
        ("eccv+cyaaaaae6ckb2m4dk5rpswu344@x", "eccv+cya…344@x"),
        ("ligne\r\nautre", "ligne\nautre"),
    ],
)
def test_what_is_shown(text: str, reads: str) -> None:
    assert shown(text) == reads


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ("Inès Garat", "Inès Garat"),
        ("  Inès\u202e   Garat ", "Inès Garat"),
        ("", "i@x.example"),
        ("MARTIN Maïté", "i@x.example"),
        ("maïté-martin", "i@x.example"),
        ("expert@cabinet.example", "i@x.example"),
        ("https://evil", "i@x.example"),
        ("Appelez le 0559000000", "i@x.example"),
        ("A" * 80, "i@x.example"),
    ],
)
def test_how_a_stranger_is_called(given: str, called: str) -> None:
    """Never by the name of somebody whom the reader knows, nor by what is no name."""
    assert name(given, "i@x.example", frozenset({folded("Maïté Martin")})) == called
