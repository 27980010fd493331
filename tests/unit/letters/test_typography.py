"""French typography: what it joins, what it leaves alone, and the few forms of words that letters need."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.letters import typography as fr
from mailbot.letters.markup import fold


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("Pourquoi ?", "Pourquoi~?"),
        ("le poste « frais » atteint 24 725 €, soit 34 %", "le poste «~frais~» atteint 24~725~€, soit 34~%"),
        ("l'examen d'Aïcha...", "l’examen d’Aïcha…"),
        ("le 3 novembre 2026 à 16 h 42", "le 3~novembre~2026 à 16~h~42"),
        ("le 1er mars", "le 1er~mars"),
        ("la question 2, ligne 30", "la question~2, ligne~30"),
        ("un écart de -5 %", "un écart de −5~%"),
        ("1 234 567 €", "1~234~567~€"),
        ("https://x.example:8080/a?b=c", "https://x.example:8080/a?b=c"),
    ],
)
def test_our_words_get_no_break_spaces_and_apostrophes(plain: str, shown: str) -> None:
    assert fr.french(plain) == shown.replace("~", fr.NBSP)


@given(st.text(alphabet="ab 0123456789'.:;?!%€«»-n°h", max_size=40))
def test_typography_changes_spaces_and_signs_only_once(text: str) -> None:
    once = fr.french(text)
    assert fr.french(once) == once


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Aïcha Dubois", "d’Aïcha Dubois"),
        ("Élise", "d’Élise"),
        ("Hélène", "d’Hélène"),
        ("Hassan", "de Hassan"),
        ("Yves", "d’Yves"),
        ("Yann", "de Yann"),
        ("Maïté Martin", "de Maïté Martin"),
        ("Œdipe", "d’Œdipe"),
    ],
)
def test_de_elides_before_a_vowel_and_a_mute_h(name: str, shown: str) -> None:
    assert fr.of(name) == shown


@pytest.mark.parametrize(
    ("octets", "shown"),
    [(0, "1~Ko"), (188_000, "184~Ko"), (1_023_999, "1~Mo"), (1_258_291, "1,2~Mo"), (26_214_400, "25~Mo")],
)
def test_sizes_are_kilobytes_below_a_megabyte(octets: int, shown: str) -> None:
    assert fr.size(octets) == shown.replace("~", fr.NBSP)


def test_dates_and_hours_read_as_french_writes_them() -> None:
    at = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    assert fr.full_day(date(2026, 3, 1)) == "1er~mars~2026".replace("~", fr.NBSP)
    assert fr.clock(at) == "10~h".replace("~", fr.NBSP)
    assert fr.clock(at.replace(minute=5)) == "10~h~05".replace("~", fr.NBSP)


def test_nothing_and_one_are_singular() -> None:
    shown = [fr.plural(count, "pièce") for count in (0, 1, 2)]
    assert shown == [f"0{fr.NBSP}pièce", f"1{fr.NBSP}pièce", f"2{fr.NBSP}pièces"]


def test_initials_keep_hyphens_and_leave_particles_out() -> None:
    assert [fr.initials(n) for n in ("Zoé Etchegoyen", "Jean-Pierre de La Tour", "")] == ["Z. E.", "J.-P. T.", ""]


def test_a_list_of_names_ends_with_et() -> None:
    assert [fr.listed(["A"]), fr.listed(["A", "B"]), fr.listed(["A", "B", "C"]), fr.listed([])] == [
        "A",
        "A et B",
        "A, B et C",
        "",
    ]


@given(st.text())
def test_one_line_never_holds_a_line_break_or_a_bidi_override(text: str) -> None:
    shown = fr.one_line(text)
    assert not set(shown) & set("\r\n\u202e\u2066\x00\u2028")
    assert fr.one_line(shown) == shown


@pytest.mark.parametrize("words", range(8, 12))
def test_an_amount_stays_on_one_line(words: int) -> None:
    text = fold("  | " + "montant " * words + "11 260 € et 34 % et 3 625 €.")
    assert (
        re.sub(r"\n  \| ", " ", text).split() == ("  | " + "montant " * words + "11 260 € et 34 % et 3 625 €.").split()
    )
    assert not re.search(r"\d\n", text)


def test_a_row_of_figures_is_cut_where_it_must_be() -> None:
    lines = fold("  | " + "260 " * 40).splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 72 for line in lines)
