"""Few letters: one receipt a sitting, one approval letter for all that waits, and time to take a slip back."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailbot.domain import commands as c
from mailbot.domain.model import Channel
from mailbot.domain.questions import Act
from mailbot.service.questions import act, find
from mailbot.store import deeds, outbox
from tests.campaign import AICHA, MAITE, MIREILLE, Campaign

pytestmark = pytest.mark.slow  # `make test` only

ONE, TWO, THREE = (f"D0009-2025-{n}" for n in (1, 2, 3))
MINUTES = timedelta(minutes=1)


@pytest.fixture
def monday(living: Campaign) -> Campaign:
    living.app.clock.set(datetime.fromisoformat("2026-11-30T16:38:00+01:00"))
    return living


def answered(here: Campaign, *refs: str, every: int = 4) -> None:
    """Aïcha answers these questions, so many minutes apart."""
    for n, ref in enumerate(refs):
        if n:
            here.advance(every * MINUTES)
        here.reply(here.letter(AICHA, "question", ref), AICHA, f"Réponse à {ref}.")


def test_a_sitting_has_two_receipts_and_one_approval_letter(monday: Campaign) -> None:
    answered(monday, ONE, TWO)
    assert monday.kinds(AICHA).count("receipt") == 1, "the first at once"
    assert "vers 17 h 08" in monday.letter(AICHA, "receipt", ONE).text.replace("\u00a0", " ").replace("\n", " ")
    monday.advance(14 * MINUTES)
    assert monday.kinds(AICHA).count("receipt") == 1
    monday.advance(2 * MINUTES)
    both = monday.office.mailbox(AICHA[1])[-1]
    assert both.kind == "receipt"
    assert f"Réponse à {ONE}." in both.text
    assert f"Réponse à {TWO}." in both.text
    assert "avant 17 h 07" in both.text.replace("\u00a0", " ").replace("\n", " ")
    assert "approval" not in monday.kinds(MAITE)
    monday.advance(20 * MINUTES)
    assert [kind for kind in monday.kinds(MAITE) if kind != "digest"] == ["approval"]
    letter = monday.letter(MAITE, "approval", "2 réponses")
    assert letter.message["Date"] == "Mon, 30 Nov 2026 16:12:00 +0000", "half an hour after the last answer"


def test_ok_for_all_approves_each_and_is_receipted_once(monday: Campaign) -> None:
    answered(monday, ONE, TWO, THREE)
    monday.advance(60 * MINUTES)
    letter = monday.letter(MAITE, "approval", "3 réponses")
    found = monday.reply(letter, MAITE, "OK pour tous sauf 2\n2 non : préciser le montant")
    assert (found["command"], found["decision"]) == ("several", "approved, sent_back")
    assert [monday.show(ref)["state"] for ref in (ONE, TWO, THREE)] == ["submitted", "asked", "submitted"]
    decided = monday.letter(MAITE, "decided", "")
    assert monday.kinds(MAITE).count("decided") == 1
    assert decided.text.count("Transmise]") == 2
    assert monday.kinds(AICHA)[-1] == "sent_back", "what goes back goes at once"
    assert "to_treat" not in monday.kinds(MIREILLE)
    monday.advance(11 * MINUTES)
    assert monday.kinds(MIREILLE).count("to_treat") == 2


def test_a_bare_ok_on_several_is_asked_back(monday: Campaign) -> None:
    answered(monday, ONE, TWO)
    monday.advance(60 * MINUTES)
    found = monday.reply(monday.letter(MAITE, "approval", "2 réponses"), MAITE, "OK")
    assert found["decision"] == "Unclear"
    assert monday.kinds(MAITE)[-1] == "clarification"
    assert {monday.show(ref)["state"] for ref in (ONE, TWO)} == {"proposed"}
    monday.reply(monday.letter(MAITE, "clarification", ""), MAITE, "1 ok")
    assert [monday.show(ref)["state"] for ref in (ONE, TWO)] == ["submitted", "proposed"]


def test_the_next_letter_says_what_is_new(monday: Campaign) -> None:
    answered(monday, ONE)
    monday.advance(60 * MINUTES)
    assert monday.letter(MAITE, "approval", ONE)
    answered(monday, TWO)
    monday.advance(60 * MINUTES)
    letter = monday.letter(MAITE, "approval", "2 réponses")
    assert letter.text.count("[Nouvelle]") == 1
    monday.advance(timedelta(hours=5))
    assert monday.kinds(MAITE).count("approval") == 2, "no letter without a new answer"


def test_after_two_hours_the_letter_leaves_though_answers_go_on(monday: Campaign) -> None:
    answered(monday, ONE)
    question = monday.letter(AICHA, "question", TWO)
    for n in range(6):
        monday.advance(25 * MINUTES)
        monday.reply(question, AICHA, f"Précision {n}.")
    first = [x for x in monday.office.mailbox(MAITE[1]) if x.kind == "approval"]
    assert len(first) == 1
    assert first[0].message["Date"].startswith("Mon, 30 Nov 2026 17:38")


def test_undo_brings_the_question_back_until_ten_minutes_after_the_receipt(monday: Campaign) -> None:
    answered(monday, ONE)
    monday.advance(9 * MINUTES)
    found = monday.reply(monday.letter(AICHA, "receipt", ONE), AICHA, "annuler")
    assert found["decision"] == "undone"
    shown = monday.show(ONE)
    assert shown["state"] == "asked"
    assert [row["event"] for row in shown["history"]] == ["asked", "proposed", "undone"]
    assert [row["undone"] for row in shown["answers"]] == [True]
    assert monday.kinds(AICHA)[-1] == "notice"
    monday.advance(timedelta(hours=3))
    assert "approval" not in monday.kinds(MAITE), "what was undone is never shown to the expert"
    monday.reply(monday.letter(AICHA, "question", ONE), AICHA, f"Réponse à {ONE}.")
    again = monday.show(ONE)
    assert (again["state"], again["answers"][-1]["version"]) == ("proposed", 2)
    monday.advance(31 * MINUTES)
    approval = monday.letter(MAITE, "approval", ONE).text
    assert approval.count(f"Réponse à {ONE}.") == 1


def test_undo_comes_too_late_ten_minutes_after_the_receipt(monday: Campaign) -> None:
    answered(monday, ONE)
    monday.advance(11 * MINUTES)
    found = monday.reply(monday.letter(AICHA, "receipt", ONE), AICHA, "Annuler.")
    assert found["decision"] == "NothingToUndo"
    assert monday.show(ONE)["state"] == "proposed"
    assert monday.kinds(AICHA)[-1] == "refusal"


def test_undo_of_a_decision_takes_the_approvals_of_that_mail_back(monday: Campaign) -> None:
    answered(monday, ONE, TWO, THREE)
    monday.advance(60 * MINUTES)
    monday.reply(monday.letter(MAITE, "approval", "3 réponses"), MAITE, "1 ok\n2 non : préciser\n3 ok")
    monday.advance(5 * MINUTES)
    decided = monday.letter(MAITE, "decided", "")
    assert monday.reply(decided, MAITE, "annuler", verdict="none")["decision"] == "NotProven"
    assert monday.reply(decided, MAITE, "annuler")["decision"] == "undone"
    assert [monday.show(ref)["state"] for ref in (ONE, TWO, THREE)] == ["proposed", "asked", "proposed"]
    assert monday.show(ONE)["answers"][-1]["approved_by"] is None
    monday.advance(timedelta(hours=2))
    assert "to_treat" not in monday.kinds(MIREILLE)
    monday.reply(decided, MAITE, "1 ok")
    assert monday.show(ONE)["state"] == "submitted"


def test_a_part_that_is_refused_leaves_the_others(monday: Campaign) -> None:
    answered(monday, ONE, TWO)
    monday.advance(60 * MINUTES)
    letter = monday.letter(MAITE, "approval", "2 réponses")
    monday.reply(letter, MAITE, "1 ok")
    monday.advance(20 * MINUTES)
    monday.reply(letter, MAITE, "1 ok\n2 ok, mais attention au montant")
    assert [monday.show(ref)["state"] for ref in (ONE, TWO)] == ["submitted", "proposed"]
    text = monday.office.mailbox(MAITE[1])[-1].text
    assert "mais attention au montant" in " ".join(text.replace("|", " ").split())


def test_a_reminder_is_answered_question_by_question(monday: Campaign) -> None:
    monday.advance(datetime.fromisoformat("2026-12-09T08:31:00+01:00"))
    reminder = monday.letter(AICHA, "reminder", "")
    text = "Bonjour,\n\n1) Le coefficient est de 0,92.\n\n3) Voir le récapitulatif joint.\n2 310 € au total."
    found = monday.reply(reminder, AICHA, text, files={"recapitulatif.pdf": b"%PDF-1.4"})
    assert found["decision"] == "propose"
    assert monday.show(ONE)["answers"][0]["text"] == "Le coefficient est de 0,92."
    assert monday.show(THREE)["answers"][0]["text"] == "Voir le récapitulatif joint.\n2 310 € au total."
    assert monday.show(TWO)["state"] == "asked"
    receipt = monday.letter(AICHA, "receipt", "")
    assert "il manque la 2" in receipt.text
    with monday.system.store.tx() as conn:
        letters = outbox.caused_by(conn, found["id"])
    assert [row["kind"] for row in letters] == ["receipt"]


def test_a_delay_in_reply_to_a_reminder_is_for_all_of_it(monday: Campaign) -> None:
    monday.advance(datetime.fromisoformat("2026-12-09T08:31:00+01:00"))
    monday.reply(monday.letter(AICHA, "reminder", ""), AICHA, "Besoin de temps jusqu'au 22 décembre")
    assert monday.show(ONE)["due"] == "2026-12-22"
    assert monday.kinds(AICHA).count("receipt") == 1


def test_words_that_name_no_question_are_kept_and_asked_back(monday: Campaign) -> None:
    monday.advance(datetime.fromisoformat("2026-12-09T08:31:00+01:00"))
    found = monday.reply(monday.letter(AICHA, "reminder", ""), AICHA, "Le coefficient est de 0,92.")
    assert found["state"] == "held"
    assert monday.show(ONE)["state"] == "asked"
    asked = monday.letter(AICHA, "clarification", "")
    assert "Le coefficient est de 0,92." in asked.text
    monday.reply(asked, AICHA, "1) Le coefficient est de 0,92.")
    assert monday.show(ONE)["state"] == "proposed"


def test_decided_before_its_letter_left_and_undone_it_is_shown_after_all(monday: Campaign) -> None:
    answered(monday, ONE)
    monday.advance(25 * MINUTES)
    for command in (c.Approve(1), c.Undo()):
        with monday.system.store.tx() as conn:
            question = find(conn, ONE)
            question = replace(question, last=deeds.last(conn, question.id))
            act(monday.system, conn, question, command, Act(question.dossier.expert, monday.now, Channel.PAGE))
        monday.advance(8 * MINUTES)
    monday.advance(60 * MINUTES)
    assert monday.kinds(MAITE).count("approval") == 1
    assert "to_treat" not in monday.kinds(MIREILLE)
