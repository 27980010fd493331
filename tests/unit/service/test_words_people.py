"""Words about other people: what a stranger wrote, and who decides while somebody is away."""

from __future__ import annotations

from datetime import date

import pytest

from mailbot.errors import NotOffered, Refusal, Unclear
from mailbot.mail.token import Purpose
from mailbot.service.understanding.absence import Said, change
from mailbot.service.understanding.absence import read as absence
from mailbot.service.understanding.intent import Intent, Verb, Words, read, speaks_of_the_mail

TODAY = date(2026, 11, 24)
THIRD = date(2027, 1, 3)


def said(purpose: Purpose, text: str, subject: str = "") -> Intent | Refusal:
    try:
        return read(purpose, Words(text, TODAY, subject))
    except Refusal as refusal:
        return refusal


@pytest.mark.parametrize(
    ("text", "yes", "add"),
    [
        ("ACCEPTER", True, False),
        ("ok accepter", True, False),
        ("J'accepte sa réponse, merci", True, False),
        ("oui", True, False),
        ("Bonjour,\n\nC'est bien ma réponse.\n\nCordialement", True, False),
        ("AJOUTER", True, True),
        ("Ajouter comme collaborateur", True, True),
        ("Accepter et ajouter", True, True),
        ("C'est ma collègue, ajoutez-la.", True, True),
        ("REFUSER", False, False),
        ("je refuse", False, False),
        ("Non", False, False),
        ("Je ne connais pas cette personne.", False, False),
        ("Je n'accepte pas sa réponse", False, False),
    ],
)
def test_a_strangers_answer_is_accepted_or_refused(text: str, yes: bool, add: bool) -> None:
    assert said(Purpose.CONFIRM, text) == Intent(Verb.CONFIRM, yes=yes, add=add)


@pytest.mark.parametrize(
    "text",
    [
        "accepter ?",
        "accepter, mais corriger le montant",
        "Accepter sauf la dernière phrase",
        "accepter refuser",
        "C'est ma collègue.",
        "ajouter une phrase sur la TVA",
        "J'accepte que vous supprimiez le dossier",
        "Je verrai avec elle.",
    ],
)
def test_anything_else_is_asked_back(text: str) -> None:
    assert isinstance(said(Purpose.CONFIRM, text), Unclear)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ABSENT JUSQU'AU 3 janvier", Said(THIRD)),
        ("Absente jusqu’au 03/01/2027. Merci", Said(THIRD)),
        ("ABSENT JUSQU'AU 3 janvier, remplacement Élise Duhalde", Said(THIRD, None, "Élise Duhalde")),
        ("absent jusqu'au 3 janvier remplaçante : e.duhalde@c.example", Said(THIRD, None, "e.duhalde@c.example")),
        ("Je serai absent du 21 décembre au 3 janvier inclus", Said(THIRD, date(2026, 12, 21))),
        ("Absente du 21 au 28 décembre, remplacée par Élise", Said(date(2026, 12, 28), date(2026, 12, 21), "Élise")),
        ("En congés jusqu'au 3 janvier. Élise Duhalde me remplace.", Said(THIRD, None, "Élise Duhalde")),
        ("Absent le 24 décembre", Said(date(2026, 12, 24))),
        ("Absent jusqu'au 3 janvier, je vous répondrai à mon retour", None),
        ("Le client est absent jusqu'au 3 janvier", None),
        ("Je suis absent, voir avec Paul", None),
        ("Le local est fermé jusqu'au 3 janvier", None),
    ],
)
def test_an_absence_says_until_when_and_who_decides(text: str, expected: Said | None) -> None:
    assert absence(text, TODAY) == expected


def test_a_bare_name_stands_in_where_nothing_else_could_be_meant() -> None:
    text = "ABSENT JUSQU'AU 3 janvier Élise Duhalde"
    assert said(Purpose.MENU, text) == Intent(Verb.STAND_IN, until=THIRD, who="Élise Duhalde")
    assert isinstance(said(Purpose.ANSWER, text), Unclear)


def test_an_absence_may_stand_in_the_subject_and_its_stand_in_below() -> None:
    assert said(Purpose.MENU, "", "ABSENT JUSQU'AU 3 janvier") == Intent(Verb.ABSENCE, until=THIRD)
    found = said(Purpose.MENU, "remplacement : Élise Duhalde", "Absente jusqu'au 3 janvier")
    assert found == Intent(Verb.STAND_IN, until=THIRD, who="Élise Duhalde")
    assert said(Purpose.MENU, "", "Je suis de retour") == Intent(Verb.BACK)


@pytest.mark.parametrize("text", ["absent jusqu'au nouvel an", "ABSENT JUSQU'AU bientôt"])
def test_an_absence_without_a_day_is_asked_back(text: str) -> None:
    for purpose in (Purpose.MENU, Purpose.ANSWER, Purpose.APPROVE):
        refusal = said(purpose, text)
        assert isinstance(refusal, Unclear | NotOffered)
        assert getattr(refusal, "about", "") == "absence"


def test_what_was_noted_is_changed_in_a_word() -> None:
    assert change("jusqu'au 5 janvier", TODAY) == Said(date(2027, 1, 5))
    assert change("Remplacement Olivier Larralde", TODAY) == Said(None, deputy="Olivier Larralde")
    assert change("Merci, c'est noté", TODAY) is None


def test_an_absence_is_about_the_mail_and_no_question() -> None:
    assert speaks_of_the_mail("ABSENT JUSQU'AU 3 janvier, remplacement Élise Duhalde")
    assert speaks_of_the_mail("Je suis de retour")
    assert not speaks_of_the_mail("Je suis de retour avec les éléments demandés : 24 725 €.")
