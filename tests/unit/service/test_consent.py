"""A yes stays one in any courtesy; beside a condition it is none; what sends back says so and nothing else.

The sentences are put together from parts, so that no rule knows them: every core with every circumstance.
"""

from __future__ import annotations

import unicodedata
from itertools import cycle, product

import pytest

from mailbot.service.understanding.consent import NOBODY, Names, approves, sends_back

NAMES = Names.of(["Aïcha Dubois", "Maïté Martin", "Sauf Ok"], ["ASSAPROL", "Mireille Anguelu"])

YES = (
    "OK", "oui", "c'est bon pour moi", "je valide", "validé", "bon pour envoi", "vous pouvez transmettre", "RAS",
    "aucune remarque", "je suis d'accord avec la réponse", "la réponse d'Aïcha me convient", "vous avez mon accord",
    "rien à ajouter", "ça me va", "tout est conforme", "vous pouvez l'envoyer telle quelle à l'ASSAPROL", "ok pr moi",
    "c bon", "je n'ai pas d'objection", "feu vert de ma part", "merci de la transmettre à l'association",
    "vu et validé", "je vous confirme mon accord",
    "Je confirme que la réponse est bonne", "merci Aïcha, tu peux y aller", "ok envoi",
    "ok c'est parfait", "👍",
)  # fmt: skip
GREETINGS = ("", "Bonjour,\n\n", "Bonjour Mireille, ", "Bonjour à tous,\n", "bjr, ", "Bonsoir Madame Anguelu,\n")
CLOSINGS = (
    "", ".", " !", ", merci", " merci beaucoup", ".\n\nCordialement,\nMaïté Martin", "\nBonne journée", " svp",
    ". Bien à vous", " 🙂", ", merci Aïcha", "\n\ncdt", ". Merci à vous et bon week-end !",
)  # fmt: skip

CONDITIONS = (
    "{}, si le total est juste", "{} si le client confirme", "{} mais il faut revoir la date", "{} sauf la ligne 30",
    "{} sous réserve de la facture", "{} dès que la pièce est jointe", "{} une fois le montant corrigé", "{} ?",
    "{}, à confirmer", "{} pour le principe", "{} après correction", "{} à condition d'ajouter la note",
    "{}, enfin presque",
    "{} quand Élise aura relu", "{}. Par contre, le montant est faux.", "{}. Attendez mon appel.", "{} je pense",
    "{}, à part le total", "{}, corrigez la date", "{} en attendant mieux", "{} et remplacez 12 par 13",
    "{} sans la pièce",
    "{}. Une question : qui a fait ce tableau", "{} en principe", "{} pour jeudi", "{} pour le rendez-vous",
    "{}, ou pas",
    "Si le client est d'accord, {}", "Je ne dis pas : {}", "Aïcha dit : {}", "Le client m'écrit « {} »",
    "Pas avant lundi, {}",
    "Bonjour attendez\n{}", "Demain je dirai {}", "Presque, {}", "Est-ce que {}", "Élise, dis-moi si {}", "Ne pas {}",
    "Peut-être {}", "Je ne suis pas sûr, {}", "Dans ce cas {}", "Il manque la pièce, sinon {}", "A priori {}",
)  # fmt: skip

NO = (
    "Non", "Non : {}", "Non, {}", "À revoir : {}", "Pas d'accord, {}",
    "Je ne valide pas. {}", "Refusé : {}", "Réponse incomplète, {}", "A refaire svp, {}",
    "Je refuse, {}", "Non validé, {}", "Cela ne va pas : {}", "La réponse est à compléter : {}",
    "Merci de corriger la réponse : {}", "Il faut reprendre la réponse, {}", "Pas bon : {}",
    "Je ne suis pas d'accord avec cette réponse : {}", "Renvoyer à Aïcha, {}", "nn, {}",
    "Merci de renvoyer à ma collaboratrice : {}", "Le total est faux, à revoir : {}",
)  # fmt: skip
WHY = (
    "il manque la facture de décembre", "le montant est de 11 620 €", "la ligne 30 ne comprend pas la formation",
    "joindre le tableau d'amortissement", "le relevé n'est pas le bon", "préciser le nombre de kilomètres",
    "trop vague", "merci d'ajouter le détail par mois", "mauvais exercice",
)  # fmt: skip
PUT_OFF = (
    "{} pour l'instant", "{} encore", "{}, je regarde demain", "{}. Je reviens vers vous.", "{} ?", "{}, c'est bon",
    "{}, enfin si : vous pouvez transmettre", "{}. Finalement ok.", "{}, aucune remarque", "{}, rien à redire",
    "{}, je vérifie et je confirme",
)  # fmt: skip
VERDICTS = ("Non validé", "Je ne valide pas", "Pas d'accord", "Non", "Refusé", "Pas ok", "Réponse incomplète")


def as_typed(text: str, at: int) -> str:
    """As it stands, in capitals, or in lower case without accents."""
    if at % 3 == 1:
        return text.upper()
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return plain if at % 3 == 2 else text


def test_a_yes_stays_one_in_any_courtesy() -> None:
    for at, (greeting, yes, closing) in enumerate(product(GREETINGS, YES, CLOSINGS)):
        text = as_typed(f"{greeting}{yes}{closing}", at)
        assert approves(text, NAMES), text
        assert not sends_back(text, NAMES), text


def test_beside_a_condition_a_yes_decides_nothing() -> None:
    closings = cycle(CLOSINGS)
    for at, (greeting, yes, condition) in enumerate(product(GREETINGS[:3], YES, CONDITIONS)):
        text = as_typed(f"{greeting}{condition.format(yes)}{next(closings)}", at)
        assert not approves(text, NAMES), text
        assert not sends_back(text, NAMES), text


def test_two_of_which_one_is_a_no_decide_nothing() -> None:
    for yes, no in product(YES, VERDICTS):
        for text in (f"{yes}, {no.lower()}", f"{yes}. {no}.", f"{no}. {yes}", f"{yes} {no.lower()}"):
            assert not approves(text, NAMES), text
            assert not sends_back(text, NAMES), text


def test_a_no_sends_back_with_any_reason() -> None:
    for at, (greeting, no, why) in enumerate(product(GREETINGS, NO, WHY)):
        text = as_typed(greeting + no.format(why), at)
        assert sends_back(text, NAMES), text
        assert not approves(text, NAMES), text


def test_a_no_that_is_put_off_or_taken_back_decides_nothing() -> None:
    for at, (no, later) in enumerate(product(VERDICTS, PUT_OFF)):
        text = as_typed(later.format(no), at)
        assert not sends_back(text, NAMES), text
        assert not approves(text, NAMES), text


@pytest.mark.parametrize(
    "text",
    [
        "vlaidé",
        "je vlaide",
        "c'est parfiat",
        "parffait",
        "je suis d'acord",
        "ouiiii",
        "okkk merciii",
        "rien a redire",
        "j approuve",
    ],
)
def test_slips_of_the_finger_are_forgiven(text: str) -> None:
    assert approves(text) == (text != "c'est parfiat")  # the end of a word turns its sense: « parfait », « parfaire »


@pytest.mark.parametrize(
    "text",
    [
        "paraît bon",
        "ok pour toi",
        "je validerai",
        "invalide",
        "j'aurais validé",
        "désaccord",
        "validez",
        "envoyer la facture",
    ],
)
def test_words_that_look_alike_are_none(text: str) -> None:
    assert not approves(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "Élise valide", "Aïcha est d'accord", "à valider par Élise", "à transmettre à Aïcha",
    "merci de valider", "Aïcha : ok",
        "vu", "super", "merci Aïcha", "bien noté", "il manque la pièce", "non concerné", "pas mal", "retour client",
        "Je complète demain", "merci de préciser ce que vous attendez", "à corriger puis transmettre",
    "Je renvoie la facture",
        "refusé par le client",
        "non validé par le client",
        "modification demandée par le client",
        "ne convient pas au client",
        "désaccord avec le client",
        "impossible de valider depuis mon téléphone",
        "je vais demander à Aïcha de compléter",
        "validation",
        "envoi demain",
        "vous pouvez clôturer",
        "ça me semble bon",
        "merci de transmettre",
        "complément attendu du client",
        "Il ne faut pas revoir la réponse", "ce n'est pas un non", "ne transmettez rien avant mon appel", "?", "", "😉",
    ],
)  # fmt: skip
def test_what_is_no_decision(text: str) -> None:
    assert not approves(text, NAMES)
    assert not sends_back(text, NAMES)


def test_whoever_is_called_like_a_word_takes_nothing_of_its_sense() -> None:
    odd = Names.of(["Sauf Ok", "Non Mais", "Pas Encore"], [])
    assert odd == NOBODY
    assert not approves("ok sauf mais", odd)


def test_a_long_text_takes_no_longer() -> None:
    for text in (
        "ok ",
        "pas de ",
        "tout ",
        "tout, ",
        "bonjour x",
        "la réponse de ma collaboratrice ",
        "non, ",
        "il manque ",
    ):
        assert not approves(text * 5_000)
        assert not sends_back(f"{text * 4_000}.")
