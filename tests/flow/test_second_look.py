"""A second look at mails with several answers or decisions: what is doubtful decides nothing, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from mailbot.demo.postoffice import Letter, hand_over, reply
from mailbot.domain import commands as c
from mailbot.domain.model import Channel, Outcome, Question
from mailbot.domain.questions import Act
from mailbot.service.questions import act, find
from mailbot.service.splitting.lines import Labels, Part, parts
from mailbot.store import inbox, people
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, Campaign
from tests.flow.test_digests import stranger

pytestmark = pytest.mark.slow  # `make test` only

ONE, TWO, THREE = (f"D0009-2025-{n}" for n in (1, 2, 3))
MINUTES = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+01:00")


def states(here: Campaign) -> list[str]:
    return [here.show(ref)["state"] for ref in (ONE, TWO, THREE)]


def read(letter: Letter) -> str:
    """Its text on one line, with plain spaces and without the bars of a quotation."""
    return " ".join(letter.text.replace("\u00a0", " ").replace("\u202f", " ").replace("|", " ").split())


def answered(here: Campaign, *refs: str, who: tuple[str, str] = AICHA) -> None:
    for ref in refs:
        here.reply(here.letter(who, "question", ref), who, f"Réponse à {ref}.")


@pytest.fixture
def waiting(living: Campaign) -> Campaign:
    """Three answers of Aïcha wait for Maïté, in one letter."""
    living.app.clock.set(at("11-30T14:00:00"))
    answered(living, ONE, TWO, THREE)
    living.advance(60 * MINUTES)
    return living


@pytest.fixture
def reminded(living: Campaign) -> Campaign:
    """Aïcha was reminded of three questions in one letter."""
    living.app.clock.set(at("11-30T14:00:00"))
    living.advance(at("12-09T08:31:00"))
    return living


@pytest.fixture
def morning(living: Campaign) -> Campaign:
    """Two answers of Élise wait for staff; their digest has left."""
    living.app.clock.set(at("11-30T15:00:00"))
    answered(living, ONE, TWO, THREE, who=ELISE)
    living.advance(at("12-01T07:46:00"))
    return living


def number(letter: Letter, ref: str) -> str:
    found = re.search(rf"^(\d+) · .*{ref}", letter.text, re.M)
    assert found, letter.text
    return found[1]


@pytest.mark.parametrize(
    "typed",
    [
        "OK pour tous\nsauf la 2",
        "OK pour tous\nMais attendez lundi pour envoyer.",
        "OK pour tous sauf 2 et 7",
        "OK pour tous sauf 1 à 2",
        "N'envoyez rien avant lundi.\n1 ok\n2 ok\n3 ok",
        "1 ok, sous réserve",
    ],
)
def test_a_reserve_beside_the_decisions_decides_nothing(waiting: Campaign, typed: str) -> None:
    waiting.reply(waiting.letter(MAITE, "approval", "3 réponses"), MAITE, typed)
    assert states(waiting) == ["proposed"] * 3
    words = " ".join(typed.splitlines()[-1].split())
    assert words.split(" ok")[0] in read(waiting.office.mailbox(MAITE[1])[-1])


def test_what_is_said_of_an_excepted_answer_is_not_lost(waiting: Campaign) -> None:
    letter = waiting.letter(MAITE, "approval", "3 réponses")
    waiting.reply(letter, MAITE, "OK pour tous sauf 2 : préciser le montant")
    assert states(waiting) == ["submitted", "proposed", "submitted"]
    assert "préciser le montant" in read(waiting.letter(MAITE, "decided", ""))


def test_a_reference_behind_sauf_spares_its_line_not_that_number() -> None:
    lines = Labels(("1", "2", "3"), {"d0042-2025-3": "1"}, ("1", "2", "3"))
    found = parts("tout traité sauf D0042-2025-3", lines, decides=True)
    assert [part.label for part in found] == ["2", "3"]


@pytest.mark.parametrize(
    "typed", ["A. Martin a payé.", "A. Martin a payé.\nC. Dupont non.", "C. A. : 12 000 €", "2 - 3 jours"]
)
def test_names_and_figures_tear_no_answer(typed: str) -> None:
    letter = Labels(("A", "B", "C", "2"))
    assert parts(f"B) Le détail :\n{typed}", letter, decides=False)[0].text == f"Le détail :\n{typed}"


@pytest.mark.parametrize("typed", ["A valider", "a valider", "A renvoyer", "A compléter : le bail"])
def test_an_infinitive_is_no_label(typed: str) -> None:
    assert parts(typed, Labels(("A", "B"), {}, ("A", "B")), decides=True) == [Part("", typed)]


def test_a_list_inside_an_answer_stays_whole(reminded: Campaign) -> None:
    letter = reminded.letter(AICHA, "reminder", "")
    listed = "Le détail :\n1. loyer\n2. assurance\n3. électricité"
    reminded.reply(letter, AICHA, f"1) Oui.\n2) {listed}\n3) Non.")
    assert [reminded.show(ref)["answers"][0]["text"] for ref in (ONE, TWO, THREE)] == ["Oui.", listed, "Non."]


def test_a_list_that_cannot_be_told_from_labels_is_asked_back(reminded: Campaign) -> None:
    typed = "2) Le détail :\n1) loyer\n2) assurance\n3) électricité"
    found = reminded.reply(reminded.letter(AICHA, "reminder", ""), AICHA, typed)
    assert found["state"] == "held"
    assert states(reminded) == ["asked"] * 3
    assert "électricité" in read(reminded.letter(AICHA, "clarification", ""))


@pytest.mark.parametrize("typed", ["1/ Oui.\n2/ Non.", "1°) Oui.\n2°) Non.", "RÉPONSE 1 : Oui.\nRÉPONSE 2 : Non."])
def test_labels_as_french_people_write_them(reminded: Campaign, typed: str) -> None:
    reminded.reply(reminded.letter(AICHA, "reminder", ""), AICHA, typed)
    assert [reminded.show(ref)["answers"][0]["text"] for ref in (ONE, TWO)] == ["Oui.", "Non."]


def test_one_answer_for_two_questions(reminded: Campaign) -> None:
    reminded.reply(reminded.letter(AICHA, "reminder", ""), AICHA, "1) et 2) : voir le contrat.")
    assert [reminded.show(ref)["answers"][0]["text"] for ref in (ONE, TWO)] == ["voir le contrat."] * 2


def test_a_row_of_numbers_takes_no_time() -> None:
    """Each gap could be read in two ways: with forty of them that is for ever, inside the transaction."""
    typed = "1  " * 120 + "x"
    assert parts(typed, Labels(("1", "2"), {}, ("1", "2")), decides=False) == [Part("", typed)]


def test_a_mail_with_several_answers_that_comes_twice_is_filed_with_the_first(reminded: Campaign) -> None:
    letter = reminded.letter(AICHA, "reminder", "")
    reminded.reply(letter, AICHA, "1) Oui.\n2) Non.")
    receipts = reminded.kinds(AICHA).count("receipt")
    found = reminded.reply(letter, AICHA, "1) Oui.\n2) Non.")
    assert found["decision"] == "same as before"
    assert [len(reminded.show(ref)["answers"]) for ref in (ONE, TWO)] == [1, 1]
    assert reminded.kinds(AICHA).count("receipt") == receipts + 1
    assert read(reminded.letter(AICHA, "receipt", "")).count("Le même texte nous était déjà parvenu") == 2


def held_line(here: Campaign) -> tuple[Letter, str, str]:
    """(digest of Mireille, number of the line about a stranger's mail, Message-ID of that mail)."""
    id = stranger(here, f"Attestation [{THREE}] 1")
    here.advance(at("12-02T07:46:00"))
    letter = here.letter(MIREILLE, "digest", "")
    found = re.search(r"^(\d+) · karine@", letter.text, re.M)
    assert found
    return letter, found[1], id


def test_only_staff_who_are_known_for_sure_decide_on_held_mail(morning: Campaign) -> None:
    letter, line, id = held_line(morning)
    assert morning.reply(letter, MIREILLE, f"{line} bloquer", verdict="none")["decision"] == "NotProven"
    assert morning.reply(letter, MAITE, f"{line} bloquer")["state"] == "held"
    row = inbox.find(morning.system.store.conn, id)
    assert row is not None
    assert row["state"] == "held"


def test_a_digest_of_staff_tells_a_firm_nothing(morning: Campaign) -> None:
    count = len(morning.kinds(MAITE))
    assert morning.reply(morning.letter(MIREILLE, "digest", ""), MAITE, "OK")["state"] == "held"
    assert len(morning.kinds(MAITE)) == count


def test_an_unproven_mail_has_one_letter(waiting: Campaign) -> None:
    count = len(waiting.kinds(MAITE))
    letter = waiting.letter(MAITE, "approval", "3 réponses")
    waiting.reply(letter, MAITE, "1 ok, sous réserve\n2 ok", verdict="none")
    assert waiting.kinds(MAITE)[count:] == ["confirm_mail"]


def in_copy(here: Campaign, text: str) -> Letter:
    """Aïcha writes to her client, and to us in Cc; the letter that asks whether that is her answer."""
    mail = reply(here.letter(AICHA, "reminder", ""), AICHA, text)
    ours = str(mail["To"])
    mail.replace_header("To", "client@orange.example")
    mail["Cc"] = ours
    hand_over(here.port, mail, ours, "pass")
    here.run()
    return here.letter(AICHA, "not_your_answer", "")


def test_a_copy_that_answers_several_is_asked_about_and_filed_part_by_part(reminded: Campaign) -> None:
    asked = in_copy(reminded, "1) Oui.\n2) Non.")
    assert states(reminded) == ["asked"] * 3
    reminded.reply(asked, AICHA, "OUI")
    assert [reminded.show(ref)["answers"][0]["text"] for ref in (ONE, TWO)] == ["Oui.", "Non."]
    assert reminded.kinds(AICHA)[-1] == "receipt"
    reminded.reply(asked, AICHA, "OUI")
    assert [len(reminded.show(ref)["answers"]) for ref in (ONE, TWO)] == [1, 1]


def test_a_copy_that_is_no_answer_is_left_aside(reminded: Campaign) -> None:
    reminded.reply(in_copy(reminded, "1) Oui.\n2) Non."), AICHA, "NON")
    assert states(reminded) == ["asked"] * 3
    assert "Les questions restent ouvertes" in read(reminded.letter(AICHA, "notice", ""))


def test_the_receipt_says_what_the_word_annuler_takes_back(living: Campaign) -> None:
    living.app.clock.set(at("11-30T14:00:00"))
    answered(living, ONE)
    for ref in (TWO, THREE):
        living.advance(4 * MINUTES)
        answered(living, ref)
    living.advance(16 * MINUTES)
    receipt = living.letter(AICHA, "receipt", "")
    assert "Votre dernier envoi, la réponse 3, sera défait." in read(receipt)
    living.reply(receipt, AICHA, "annuler")
    assert states(living) == ["proposed", "proposed", "asked"]


def test_the_receipt_of_decisions_shows_the_whole_mail(waiting: Campaign) -> None:
    waiting.reply(waiting.letter(MAITE, "approval", "3 réponses"), MAITE, "1 non : revoir le total\n2 ok")
    assert "1 non : revoir le total 2 ok" in read(waiting.letter(MAITE, "decided", ""))


def on_the_page(here: Campaign, who: tuple[str, str], ref: str, make: Callable[[Question], c.Command]) -> None:
    with here.system.store.tx() as conn:
        person, question = people.by_email(conn, who[1]), find(conn, ref)
        assert person
        act(here.system, conn, question, make(question), Act(person, here.now, Channel.PAGE))


def test_a_receipt_tells_nothing_again_that_is_no_longer_true(living: Campaign) -> None:
    living.app.clock.set(at("11-30T14:00:00"))
    answered(living, ONE, TWO, THREE)
    on_the_page(living, MIREILLE, ONE, lambda q: c.Withdraw())
    on_the_page(living, MIREILLE, TWO, lambda q: c.Withdraw())
    living.advance(16 * MINUTES)
    text = read(living.office.mailbox(AICHA[1])[-1])
    assert "Maïté Martin recevra votre réponse vers" in text
    assert f"2 · {TWO} · autres frais divers Retirée" in text
    assert f"[{ONE}]" not in text


def test_what_was_treated_before_its_letter_left_has_none(living: Campaign) -> None:
    living.app.clock.set(at("11-30T14:00:00"))
    answered(living, ONE, who=ELISE)
    on_the_page(living, MIREILLE, ONE, lambda q: c.Treat(Outcome.SATISFACTORY, q.handed_over))
    living.advance(30 * MINUTES)
    assert "to_treat" not in living.kinds(MIREILLE)
    living.reply(living.letter(ELISE, "question", ONE), ELISE, "Encore ceci.")
    living.advance(30 * MINUTES)
    assert "reçu après traitement" in read(living.letter(MIREILLE, "to_treat", ONE))


def test_the_letter_follows_the_dossier_to_another_expert(living: Campaign) -> None:
    living.app.clock.set(at("11-30T14:00:00"))
    answered(living, ONE)
    other = "e.duhalde@cabinetetcheverry.example"
    with living.system.store.tx() as conn:
        expert = people.by_email(conn, other)
        assert expert
        conn.execute("update dossier set expert_id = ? where ref = 'D0009'", (expert.id,))
    living.advance(60 * MINUTES)
    assert [x.kind for x in living.office.mailbox(other) if x.kind != "digest"] == ["approval"]
    assert "approval" not in living.kinds(MAITE)


def test_staff_are_told_of_an_answer_whose_addition_was_undone(waiting: Campaign) -> None:
    waiting.reply(waiting.letter(MAITE, "approval", "3 réponses"), MAITE, "1 ok")
    waiting.advance(8 * MINUTES)
    waiting.reply(waiting.letter(ELISE, "question", ONE), ELISE, "Encore ceci.")
    waiting.advance(4 * MINUTES)
    assert "to_treat" not in waiting.kinds(MIREILLE)
    waiting.reply(waiting.letter(ELISE, "receipt", ONE), ELISE, "annuler")
    waiting.advance(30 * MINUTES)
    assert waiting.kinds(MIREILLE).count("to_treat") == 1
    assert "Encore ceci." not in read(waiting.letter(MIREILLE, "to_treat", ONE))


@pytest.mark.parametrize("words", ["traité sans réponse", "traité", "redemander : et la page 2 ?"])
@pytest.mark.parametrize("who", [AICHA, ELISE])
def test_a_line_of_a_digest_decides_on_no_answer_that_came_since(
    living: Campaign, who: tuple[str, str], words: str
) -> None:
    living.advance(at("12-16T07:46:00"))
    letter = living.letter(MIREILLE, "digest", "")
    living.advance(60 * MINUTES)
    answered(living, ONE, who=who)
    before = living.show(ONE)["state"]
    living.advance(30 * MINUTES)
    living.reply(letter, MIREILLE, f"{number(letter, ONE)} {words}")
    assert living.show(ONE)["state"] == before
    assert "Sans effet" in read(living.letter(MIREILLE, "decided", ""))


def test_tout_means_the_dossiers_of_the_reader(morning: Campaign) -> None:
    patrick = ("Patrick Sarthou", "gestion2@assaprol.example")
    letter = morning.letter(patrick, "digest", "")
    assert "DOSSIERS DE VOS COLLÈGUES" in letter.text
    morning.reply(letter, patrick, "tout traité")
    assert states(morning) == ["submitted"] * 3
    morning.reply(letter, patrick, f"{number(letter, ONE)} traité")
    assert states(morning) == ["treated", "submitted", "submitted"]
    morning.reply(morning.letter(MIREILLE, "digest", ""), patrick, f"tout traité sauf {TWO}")
    assert states(morning) == ["treated", "submitted", "treated"]


def test_ok_to_the_receipt_of_an_undone_decision_decides_again(waiting: Campaign) -> None:
    letter = waiting.letter(MAITE, "approval", "3 réponses")
    waiting.reply(letter, MAITE, "1 ok")
    waiting.reply(waiting.letter(MAITE, "decided", ""), MAITE, "annuler")
    notice = waiting.letter(MAITE, "notice", ONE)
    assert waiting.reply(notice, MAITE, "ok")["decision"] == "approved"
    assert waiting.show(ONE)["answers"][-1]["text"] == f"Réponse à {ONE}."
    waiting.reply(letter, MAITE, "2 compléter : voir le bail\n3 ok")
    waiting.reply(waiting.letter(MAITE, "decided", ""), MAITE, "annuler")
    assert states(waiting) == ["submitted", "proposed", "proposed"]
    both = waiting.office.mailbox(MAITE[1])[-1]
    assert waiting.reply(both, MAITE, "2 ok\n3 non : préciser")["decision"] == "approved, sent_back"
    assert waiting.show(TWO)["answers"][0]["approved_by"] == MAITE[1]
    assert len(waiting.show(TWO)["answers"]) == 2
