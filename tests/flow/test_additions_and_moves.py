"""What stands and who has it: additions that were rejected or not seen, and dossiers that change hands."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from mailbot.demo.postoffice import hand_over, reply, submit
from mailbot.errors import StoreBusy
from mailbot.mail.backoff import Outcome, Result
from mailbot.service import imports
from mailbot.service.delivery import deliver_due
from mailbot.service.work import work_all
from mailbot.store import outbox
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, Campaign

pytestmark = pytest.mark.slow  # many whole mails: `make test` only

FALSE = "FAUX MONTANT 999."
NEW_EXPERT = ("E. Peyret", "e.peyret@bordagarayexpertise.example")


def added(campaign: Campaign) -> None:
    """An answer is handed over, and a collaborator's addition waits for the expert."""
    campaign.reply(campaign.proposed("Première."), MAITE, "OK")
    campaign.reply(campaign.letter(AICHA, "receipt"), AICHA, FALSE)


def test_a_rejected_addition_is_not_built_upon(campaign: Campaign) -> None:
    added(campaign)
    campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "Non, c'est faux")
    campaign.reply(campaign.letter(ELISE, "question"), ELISE, "Une ligne sans rapport.")
    last = campaign.show()["answers"][-1]
    assert last["text"] == "Première.\n\nUne ligne sans rapport."
    assert FALSE not in campaign.letter(MIREILLE, "to_treat").text


def test_what_staff_ask_again_about_is_what_they_have(campaign: Campaign) -> None:
    added(campaign)
    campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "Non, c'est faux")
    campaign.reply(campaign.letter(MIREILLE, "to_treat"), MIREILLE, "redemander : la page 2")
    again = campaign.letter(AICHA, "asked_again").text
    assert "Première." in again
    assert FALSE not in again


def test_an_addition_that_staff_did_not_see_is_filed_after_treatment(campaign: Campaign) -> None:
    added(campaign)
    campaign.reply(campaign.letter(MIREILLE, "to_treat"), MIREILLE, "traité")
    shown = campaign.show()
    assert (shown["state"], shown["handed_over"]) == ("treated", 1)
    assert [h["event"] for h in shown["history"]][-2:] == ["treated", "added"]
    late = campaign.letter(MIREILLE, "to_treat").text
    assert FALSE in late
    assert "sans validation" in " ".join(late.split())
    assert campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "OK")["decision"] == "OutOfTurn"


def test_the_same_short_words_in_a_new_round_are_an_answer(campaign: Campaign) -> None:
    campaign.reply(campaign.proposed("Oui."), MAITE, "Non : merci de préciser")
    assert campaign.reply(campaign.letter(AICHA, "sent_back"), AICHA, "Oui.")["decision"] == "propose"
    assert campaign.show()["state"] == "proposed"


def test_a_dossier_that_moved_tells_its_old_firm_nothing(campaign: Campaign, tmp_path: Path) -> None:
    campaign.proposed("Réponse de l'ancien cabinet.")
    sheet = tmp_path / "dossiers.csv"
    header = "dossier,adherent,profession,cabinet,expert,collaborateurs,gestionnaire,reference_cabinet"
    sheet.write_text(
        f"{header}\nD0009,Zoé Etchegoyen,Géomètre-expert,C02,{NEW_EXPERT[1]},,gestion1@assaprol.example,B09\n",
        encoding="utf-8",
    )
    imports.import_files(campaign.system.store, [sheet], tmp_path / "none", campaign.system.now())
    for letter, who, text in ((campaign.letter(MAITE, "approval"), MAITE, "OK"),
                              (campaign.letter(AICHA, "question"), AICHA, "Encore un mot.")):  # fmt: skip
        why = campaign.reply(letter, who, text)
        assert (why["state"], why["letters"]) == ("held", [])
    assert campaign.show()["state"] == "proposed"
    old = [campaign.office.mailbox(who[1]) for who in (AICHA, ELISE, MAITE)]
    assert campaign.reply(campaign.letter(AICHA, "question"), NEW_EXPERT, "Confidentiel.")["decision"] == "submit"
    assert [campaign.office.mailbox(who[1]) for who in (AICHA, ELISE, MAITE)] == old


def test_the_new_firm_is_asked_when_staff_ask_again(campaign: Campaign, tmp_path: Path) -> None:
    campaign.reply(campaign.letter(ELISE, "question"), ELISE, "La réponse.")
    sheet = tmp_path / "dossiers.csv"
    header = "dossier,adherent,profession,cabinet,expert,collaborateurs,gestionnaire,reference_cabinet"
    sheet.write_text(
        f"{header}\nD0009,Zoé Etchegoyen,Géomètre-expert,C02,{NEW_EXPERT[1]},,gestion1@assaprol.example,B09\n",
        encoding="utf-8",
    )
    imports.import_files(campaign.system.store, [sheet], tmp_path / "none", campaign.system.now())
    campaign.reply(campaign.letter(MIREILLE, "to_treat"), MIREILLE, "redemander : la page 2")
    again = campaign.letter(NEW_EXPERT, "asked_again")
    assert "asked_again" not in campaign.kinds(AICHA) + campaign.kinds(ELISE)
    assert campaign.reply(again, NEW_EXPERT, "Voici la page 2.")["decision"] == "submit"


def test_one_mail_to_two_of_our_addresses_is_worked_once(campaign: Campaign) -> None:
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.")
    token = str(mail["To"])
    mail.replace_header("To", f"{token}, eccv@assaprol.example, {token.upper()}")
    for recipient in ("eccv@assaprol.example", token, token.upper()):
        hand_over(campaign.port, mail, recipient)
    work_all(campaign.system)
    campaign.run()
    assert len(campaign.show()["answers"]) == 1
    assert campaign.kinds(AICHA).count("receipt") == 1
    assert campaign.kinds(MAITE) == ["approval"]


def test_letters_wait_for_a_database_that_cannot_record_them(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be written down is not sent: no letter goes out again and again."""
    submit(campaign.port, reply(campaign.letter(AICHA, "question"), AICHA, "Le détail."))
    work_all(campaign.system)
    sent: list[str] = []

    def send(reverse_path: str, recipient: str, data: bytes) -> Outcome:
        sent.append(recipient)
        return Outcome(Result.SENT, 250, "kept")

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(outbox, "begin", full)
    for _ in range(3):
        with pytest.raises(StoreBusy):
            deliver_due(campaign.system, send)
    assert sent == []
    monkeypatch.undo()
    monkeypatch.setattr(outbox, "record", full)
    with pytest.raises(StoreBusy):
        deliver_due(campaign.system, send)
    once = list(sent)
    assert deliver_due(campaign.system, send)["sent"] == 0, "not before the next time"
    assert sent == once
    assert len(once) == 2
