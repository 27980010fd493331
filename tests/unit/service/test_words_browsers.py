"""What people write about their confirmed browsers, and what is something else."""

from __future__ import annotations

from datetime import date

import pytest

from mailbot.errors import Refusal
from mailbot.mail.token import Purpose
from mailbot.service.understanding.browsers import disowns
from mailbot.service.understanding.french import core, fold
from mailbot.service.understanding.intent import Intent, Verb, Words, read

TODAY = date(2026, 11, 24)


def asked(text: str, subject: str = "") -> Intent | None:
    """What a mail to the bot's own address asks for; None where it is not understood."""
    try:
        return read(Purpose.MENU, Words(text, TODAY, subject))
    except Refusal:
        return None


@pytest.mark.parametrize(
    ("text", "subject"),
    [("NAVIGATEURS", ""), ("", "navigateurs"), ("Mes navigateurs\n\nMerci", ""), ("Bonjour", "Navigateurs confirmés"),
     ("liste des navigateurs", ""), ("voir mes navigateurs", "Re: autre chose")],
)  # fmt: skip
def test_the_list_is_asked_for(text: str, subject: str) -> None:
    assert asked(text, subject) == Intent(Verb.BROWSERS)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("OUBLIER 2", (2,)), ("Oublier le 2.", (2,)), ("oubliez le navigateur 2", (2,)), ("oublier n° 2", (2,)),
     ("OUBLIER 1, 3 et 4", (1, 3, 4)), ("oublier les navigateurs 1 et 3", (1, 3)), ("révoquer 2 2", (2,)),
     ("OUBLIER TOUS", ()), ("Oublier tout", ()), ("oublier tous les navigateurs", ()),
     ("supprimez mes navigateurs", ()),
     ("Bonjour,\nOUBLIER TOUS\nMerci", ())],
)  # fmt: skip
def test_some_or_all_are_forgotten(text: str, numbers: tuple[int, ...]) -> None:
    assert asked(text, "Re: NAVIGATEURS") == Intent(Verb.FORGET, numbers=numbers)
    assert asked("", text.split("\n")[1] if "\n" in text else text) == Intent(Verb.FORGET, numbers=numbers)


@pytest.mark.parametrize(
    "text",
    ["OUBLIER", "j'ai oublié mon navigateur", "ne pas oublier 2", "oublier le rendez-vous de 2 heures",
     "n'oubliez pas tous les justificatifs", "OUBLIER 2 sauf si", "OUBLIER 12345", "mon navigateur ne marche pas"],
)  # fmt: skip
def test_anything_else_forgets_nothing(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize("purpose", [Purpose.ANSWER, Purpose.DOSSIER, Purpose.SEVERAL])
def test_in_reply_to_a_question_it_is_an_answer(purpose: Purpose) -> None:
    assert read(purpose, Words("OUBLIER 2", TODAY)).verb is Verb.ANSWER


@pytest.mark.parametrize(
    "text",
    ["Ce n'est pas moi.", "ce n’est pas moi", "C'est pas moi", "Bonjour,\nCe n'est pas moi !\nM. Martin", "Non",
     "Je n'ai rien demandé", "ce n'est pas moi qui ai demandé ce code", "On me pirate ?", "je n'ai ouvert aucune page, "
     "ce n'est pas de moi", "Jamais demandé ça", "Merci de bloquer"],
)  # fmt: skip
def test_a_code_is_disowned(text: str) -> None:
    assert disowns(fold(core(text)))


@pytest.mark.parametrize("text", ["", "482 915", "OK", "Oui c'est moi", "merci", "Le code ne marche pas", "Bonjour"])
def test_anything_else_is_asked_back(text: str) -> None:
    assert not disowns(fold(core(text)))
