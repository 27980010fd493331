"""Which part of a reply is about which question; what is doubtful begins no part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.service.lines import Labels, parts

NUMBERS = Labels(("1", "2", "3"), {"d0009-2025-2": "2"}, ("1", "2", "3"))
LETTERS = Labels(("A", "B", "C", "D"), {}, ("A", "B", "C", "D"))
TEN = tuple(str(n) for n in range(1, 11))
DIGEST = Labels((*TEN, "M-20261123-0217"), {}, TEN[:7])


def answers(text: str, labels: Labels = NUMBERS) -> list[tuple[str, str]]:
    return [(part.label, part.text) for part in parts(text, labels, decides=False)]


def decisions(text: str, labels: Labels = LETTERS) -> list[tuple[str, str]]:
    return [(part.label, part.text) for part in parts(text, labels, decides=True)]


@pytest.mark.parametrize(
    "typed",
    [
        "1) Oui.",
        "1. Oui.",
        "1 : Oui.",
        "Question 1 : Oui.",
        "Q1 Oui.",
        "question n° 1 - Oui.",
        "  1)  Oui.",
        "- 1) Oui.",
    ],
)
def test_a_label_as_people_write_it(typed: str) -> None:
    assert answers(f"Bonjour,\n\n{typed}\nLa suite.\n\n2) Non.") == [("1", "Oui.\nLa suite."), ("2", "Non.")]


@pytest.mark.parametrize(
    "typed", ["2 140 € de loyers", "2.5 % du total", "1 140 €", "3 mars 2026", "2,5 %", "12) douze"]
)
def test_a_figure_begins_no_part(typed: str) -> None:
    assert answers(f"1) Le détail :\n{typed}") == [("1", f"Le détail :\n{typed}")]
    assert answers(typed) == [("", typed)]


def test_a_reference_begins_a_part() -> None:
    assert answers("D0009-2025-2 : le détail\n[D0009-2025-2] et la suite") == [("2", "le détail"), ("2", "et la suite")]


def test_what_stands_before_the_first_label_is_kept_apart() -> None:
    assert answers("Voici nos réponses, voir aussi le classeur.\n1) Oui.")[0] == (
        "",
        "Voici nos réponses, voir aussi le classeur.",
    )


def test_letters_need_a_sign_where_words_answer() -> None:
    assert answers("A) oui\nA partir de mars\nÀ partir d'avril\nB. non", LETTERS) == [
        ("A", "oui\nA partir de mars\nÀ partir d'avril"),
        ("B", "non"),
    ]


def test_decisions_line_by_line() -> None:
    assert decisions("A ok\nB : oui\nC compléter : la décennale\na augmenté\nD non : préciser") == [
        ("A", "ok"),
        ("B", "oui"),
        ("C", "compléter : la décennale\na augmenté"),
        ("D", "non : préciser"),
    ]
    assert decisions("a ok, b non : motif ; C compléter : x")[0:2] == [("A", "ok"), ("B", "non : motif")]
    assert decisions("A, B et D ok") == [("A", "ok"), ("B", "ok"), ("D", "ok")]


def test_one_word_for_all_of_them() -> None:
    assert [label for label, _ in decisions("OK pour tous")] == ["A", "B", "C", "D"]
    assert [label for label, _ in decisions("Bonjour,\nok pour toutes sauf B et D\nCordialement")] == ["A", "C"]
    assert dict(decisions("OK pour tous sauf B\nB non : motif"))["B"] == "non : motif"
    assert [label for label, _ in decisions("valide pour les quatre réponses")] == ["A", "B", "C", "D"]
    assert decisions("Valide pour les trois")[0][0] == "", "there are four: which three?"
    assert [label for label, _ in decisions("tout traité sauf 3, 7", DIGEST)] == ["1", "2", "4", "5", "6"]


def test_lines_of_a_digest() -> None:
    typed = (
        "3 traité\n5 traité rectificative\n7 : il manque la page 2\n9 → D0042-2025-3\n10 non\nM-20261123-0217 reprendre"
    )
    assert decisions(typed, DIGEST) == [
        ("3", "traité"),
        ("5", "traité rectificative"),
        ("7", "il manque la page 2"),
        ("9", "D0042-2025-3"),
        ("10", "non"),
        ("M-20261123-0217", "reprendre"),
    ]


@pytest.mark.parametrize("typed", ["OK", "A revoir", "Merci Anne", "Tous mes vœux", "D'accord avec vous"])
def test_what_names_nothing_is_one_part_without_a_label(typed: str) -> None:
    assert decisions(typed) == [("", typed)]


@given(st.text(alphabet="ABab123).:- \n€éÀok", max_size=200), st.booleans())
def test_no_character_vanishes(text: str, decides: bool) -> None:
    """Whatever is typed: letters and figures that are no label stand in a part, in their order."""
    found = "".join(part.text for part in parts(text, NUMBERS, decides=False))
    for sign in "€éÀ":
        assert found.count(sign) == text.count(sign)
    parts(text, LETTERS, decides)
