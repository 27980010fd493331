"""What words decide, and what they do not: anything doubtful is asked back."""

from __future__ import annotations

from datetime import date

import pytest

from mailbot.domain.model import Outcome
from mailbot.errors import NothingWritten, NotOffered, Unclear
from mailbot.mail.token import Purpose
from mailbot.service.understanding.intent import Intent, Verb, Words, read

TODAY = date(2026, 11, 24)


def asks(purpose: Purpose, text: str, files: int = 0) -> Intent:
    return read(purpose, Words(text, TODAY, files=files))


@pytest.mark.parametrize(
    "text",
    [
        "OK",
        "ok.",
        "Oui",
        "Validé !",
        "je valide",
        "Bon pour envoi",
        "C'est bon pour moi",
        "C’est bon pour moi, bonne journée",
        "RAS, vous pouvez transmettre",
        "parfait merci",
        "Bonjour,\n\nOK pour moi.\n\nCordialement,",
        "Bonjour Mireille, je valide. Merci",
        "D'accord",
    ],
)
def test_an_unconditional_yes_approves(text: str) -> None:
    assert asks(Purpose.APPROVE, text).verb is Verb.APPROVE


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("Non", ""),
        ("Non : joindre la note", "joindre la note"),
        ("à revoir", "à revoir"),
        ("Merci de compléter la réponse avec le relevé", "Merci de compléter la réponse avec le relevé"),
        ("renvoyer", "renvoyer"),
        ("Je la renvoie.", "Je la renvoie."),
        ("Non : pouvez-vous préciser la date ?", "pouvez-vous préciser la date ?"),
        ("Non il manque la pièce", "il manque la pièce"),
    ],
)
def test_a_no_sends_back_with_its_words(text: str, comment: str) -> None:
    intent = asks(Purpose.APPROVE, text)
    assert (intent.verb, intent.text) == (Verb.SEND_BACK, comment)


@pytest.mark.parametrize(
    "text",
    [
        "OK mais ajoutez la date",
        "OK ?",
        "Oui, sauf pour la ligne 30",
        "Non, c'est bon pour moi",
        "Je renvoie le tableau corrigé ci-joint.",
        "Non concerné par cette question",
        "Je regarde demain",
        "ok si le client confirme",
        "Est-ce que je dois valider ?",
        "La décennale tient au contrat.",
    ],
)
def test_anything_else_decides_nothing(text: str) -> None:
    with pytest.raises(Unclear):
        asks(Purpose.APPROVE, text)


def test_a_yes_with_a_file_is_shown_back() -> None:
    with pytest.raises(Unclear):
        asks(Purpose.APPROVE, "OK", files=1)


def test_marked_texts_amend() -> None:
    added = asks(Purpose.APPROVE, "Compléter : le contrat B\nen mars")
    assert (added.verb, added.text, added.replace) == (Verb.AMEND, "le contrat B\nen mars", False)
    assert asks(Purpose.APPROVE, "REMPLACER :\nTout autre").replace
    assert asks(Purpose.APPROVE, "Modifier : tout autre").replace
    with pytest.raises(Unclear):
        asks(Purpose.APPROVE, "Compléter :")
    assert asks(Purpose.APPROVE, "Compléter :", files=1).verb is Verb.AMEND


def test_everything_is_an_answer_to_a_question() -> None:
    for text in ("oui", "OK", "non", "J'ai besoin de temps pour retrouver la facture, mais voici déjà le total."):
        assert asks(Purpose.ANSWER, text).verb is Verb.ANSWER
    with pytest.raises(NothingWritten):
        asks(Purpose.ANSWER, "  ")
    assert asks(Purpose.ANSWER, "", files=1).verb is Verb.ANSWER


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Besoin de temps jusqu'au 22 décembre", date(2026, 12, 22)),
        ("Bonjour, nous avons besoin d’un délai jusqu’au 5/1. Merci", date(2027, 1, 5)),
        ("Besoin de temps jusqu'au 1er mars 2027", date(2027, 3, 1)),
    ],
)
def test_a_delay_names_its_day(text: str, until: date) -> None:
    assert asks(Purpose.ANSWER, text) == Intent(Verb.POSTPONE, until=until)


def test_a_delay_without_a_day_is_asked_back() -> None:
    with pytest.raises(Unclear) as raised:
        asks(Purpose.ANSWER, "Besoin de temps jusqu'à la fin du mois")
    assert raised.value.about == "delay"


@pytest.mark.parametrize("text", ["Je n'ai pas ce dossier.", "Bonjour,\nCe n’est pas mon dossier", "pas mon dossier"])
def test_not_my_dossier_passes_on(text: str) -> None:
    assert asks(Purpose.ANSWER, text).verb is Verb.PASS_ON


@pytest.mark.parametrize("word", ["annuler", "Annuler.", "ANNULER !", "Bonjour,\nannuler\nMerci", "j'annule"])
def test_annuler_undoes_in_reply_to_any_letter(word: str) -> None:
    for purpose in (Purpose.ANSWER, Purpose.APPROVE, Purpose.SEVERAL, Purpose.MENU):
        assert asks(purpose, word).verb is Verb.UNDO


@pytest.mark.parametrize(
    "text",
    [
        "Besoin de temps jusqu'au 20 décembre, je suis en déplacement.",
        "Bonjour,\n\nJ'ai besoin d'un délai jusqu'au 20/12/2026. Le client est absent.\n\nMerci d'avance",
    ],
)
def test_a_delay_may_give_its_reason(text: str) -> None:
    found = asks(Purpose.ANSWER, text)
    assert (found.verb, found.until) == (Verb.POSTPONE, date(2026, 12, 20))


@pytest.mark.parametrize(
    "text", ["Besoin de temps jusqu'au 20 décembre, le solde de 1 200 € suit.", "Un délai. " + "x " * 90]
)
def test_a_delay_that_says_more_is_an_answer(text: str) -> None:
    assert asks(Purpose.ANSWER, text).verb is Verb.ANSWER


def test_annuler_with_more_words_is_an_answer() -> None:
    assert asks(Purpose.ANSWER, "Annuler la facture de mars a suffi.").verb is Verb.ANSWER


@pytest.mark.parametrize("word", ["DOSSIERS", "Dossier D0009", "DAE D0009 2025", "statistiques avocat"])
def test_a_word_of_a_later_part_is_asked_back(word: str) -> None:
    for purpose in (Purpose.ANSWER, Purpose.APPROVE, Purpose.MENU):
        with pytest.raises(NotOffered):
            asks(purpose, word)


@pytest.mark.parametrize("text", ["traité", "1 ok", "Bien noté, merci."])
def test_words_to_a_digest_without_a_line_decide_nothing(text: str) -> None:
    with pytest.raises(Unclear) as found:
        asks(Purpose.DIGEST, text)
    assert found.value.about == "no_conversation"


def test_help_is_given_everywhere() -> None:
    for purpose in (Purpose.ANSWER, Purpose.APPROVE, Purpose.TREAT, Purpose.CONFIRM, Purpose.MENU):
        assert asks(purpose, "Aide").verb is Verb.HELP


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("traité", Outcome.SATISFACTORY),
        ("Traité rectificative", Outcome.CORRECTIVE_RETURN),
        ("traitée insuffisante", Outcome.INSUFFICIENT),
        ("traité pour information", Outcome.INFORMATION),
        ("clos", Outcome.SATISFACTORY),
    ],
)
def test_staff_treat_with_an_outcome(text: str, outcome: Outcome) -> None:
    assert asks(Purpose.TREAT, text) == Intent(Verb.TREAT, outcome=outcome)


def test_staff_ask_again_in_words_and_seen_decides_nothing() -> None:
    assert asks(Purpose.TREAT, "redemander : la page 2").text == "la page 2"
    assert asks(Purpose.TREAT, "Pouvez-vous joindre la page 2 ?").verb is Verb.ASK_AGAIN
    assert asks(Purpose.TREAT, "Merci de nous envoyer la page 2").verb is Verb.ASK_AGAIN
    for text in ("vu", "ok", "traité peut-être", "Merci de votre réponse.", "Bonjour, merci de votre retour"):
        with pytest.raises(Unclear):
            asks(Purpose.TREAT, text)


def test_a_file_that_would_go_nowhere_is_said_so() -> None:
    for purpose, text in (
        (Purpose.APPROVE, "Non : voir la pièce annotée"),
        (Purpose.TREAT, "redemander : tableau joint"),
        (Purpose.TREAT, "traité"),
    ):
        with pytest.raises(Unclear) as raised:
            asks(purpose, text, files=1)
        assert raised.value.about == "files"


def test_only_a_file_that_is_refused_is_no_answer() -> None:
    with pytest.raises(NothingWritten) as raised:
        read(Purpose.ANSWER, Words("", TODAY, refused=1))
    assert raised.value.refused
