"""What says about the same, and what does not."""

from __future__ import annotations

import time

import pytest

from mailbot.mail import gist

TICKET = "Un ticket a été ouvert sous le numéro SD-4711. Merci de patienter."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TICKET, TICKET.replace("4711", "4712")),
        (TICKET, TICKET.upper()),
        ("Reçu le lundi 30 novembre 2026 à 09:00:02.", "Reçu le mardi 1er décembre 2026 à 22:00:05"),
        ("Confirmez : https://filtre.example/c/1a2b", "Confirmez : https://filtre.example/c/99ff"),
        (TICKET, TICKET + " Cordialement"),
        ("OK", "ok !"),
        ("", " "),
    ],
)
def test_about_the_same(one: str, other: str) -> None:
    assert gist.alike(gist.of(one), gist.read(str(gist.of(other))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 250 €", "1 350 €"),
        ("Oui", "Non"),
        ("OK", ""),
        ("Voir la pièce jointe", "Voir le détail ci-dessous : loyers du cabinet secondaire"),
        (TICKET, "La ligne regroupe les abonnements téléphoniques et la fibre du cabinet."),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    assert not gist.alike(gist.of(one), gist.read(str(gist.of(other))))


def test_another_file_is_another_answer() -> None:
    before = gist.of("Ci-joint.", ("a" * 64,))
    assert gist.alike(gist.of("Ci-joint.", ("a" * 64,)), before)
    assert gist.alike(gist.of("Ci-joint."), before)
    assert not gist.alike(gist.of("Ci-joint.", ("b" * 64,)), before)


def test_long_texts_are_compared_by_a_part_of_their_words() -> None:
    words = [chr(97 + n % 26) * 3 + chr(97 + n // 26) for n in range(500)]
    kept = gist.of(" ".join(words))
    assert len(str(kept)) < 400
    assert gist.alike(kept, gist.of(" ".join(words[:470])))
    assert not gist.alike(kept, gist.of(" ".join(words[:150])))


def test_a_word_without_end_costs_no_more_than_its_length() -> None:
    begun = time.process_time()
    gist.of("x" * gist.LONGEST)
    gist.of("é" * gist.LONGEST)
    assert time.process_time() - begun < 0.5
