"""What may pass: files that hold the mail, files that are held apart, and the virus scanner, over real SMTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.demo.postoffice import reply
from mailbot.domain.model import Scan, Scanned
from mailbot.gateways.clamd import Clamd, Patience
from mailbot.service import checks, scanning
from tests.campaign import AICHA, MAITE, MIREILLE, REF, Campaign
from tests.clamd import Running, mute
from tests.files import EICAR, PDF, PNG, PROGRAM, docm, packed, xlsx
from tests.operators import Run

pytestmark = pytest.mark.slow  # many whole mails: `make test` only

TEXT = "Le détail est dans la pièce."


def with_scanner(campaign: Campaign, scan: Any) -> Campaign:
    system = campaign.app.system
    system = replace(system, scan=scan, policy=replace(system.policy, scanned=True))
    campaign.app = replace(campaign.app, system=system)
    return campaign


def answers(campaign: Campaign) -> list[dict[str, Any]]:
    return campaign.show()["answers"]


def verdicts(campaign: Campaign) -> dict[str, str]:
    return {file["name"]: file["verdict"] for file in answers(campaign)[-1]["files"]}


@pytest.mark.parametrize(
    ("name", "data", "verdict"), [("note.docm", docm(), "macro"), ("releve.pdf", PROGRAM, "disguised")]
)
def test_a_dangerous_file_holds_the_mail_and_both_sides_are_told(
    campaign: Campaign, run: Run, name: str, data: bytes, verdict: str
) -> None:
    why = campaign.reply(campaign.letter(AICHA, "question"), AICHA, TEXT, files={name: data})
    assert (why["decision"], verdict in why["reason"]) == ("BadFile", True)
    assert campaign.show()["state"] == "asked" and answers(campaign) == []
    letter = campaign.letter(AICHA, "clarification")
    assert name in letter.text and "rien n’a été enregistré" in " ".join(letter.text.split())
    assert TEXT in letter.text
    code, out, _ = run("inbox", "list")
    assert (code, "BadFile" in out or verdict in out) == (0, True)
    _, digest, _ = run("digest", "--preview")
    assert "pièce à examiner" in digest


def test_a_refused_file_beside_a_good_answer_is_held_apart(campaign: Campaign) -> None:
    files = {"pieces.zip": packed({"a.pdf": PDF}), "detail.pdf": PDF}
    why = campaign.reply(campaign.letter(AICHA, "question"), AICHA, TEXT, files=files)
    assert why["decision"] == "propose"
    assert verdicts(campaign) == {"pieces.zip": "refused", "detail.pdf": "ok"}
    receipt = " ".join(campaign.letter(AICHA, "receipt").text.split())
    assert "pieces.zip" in receipt and "joignez directement ce que celui-ci contient" in receipt
    approval = campaign.letter(MAITE, "approval")
    assert [part.get_filename() for part in approval.message.iter_attachments()] == ["detail.pdf"]


def test_a_refused_file_beside_ok_decides_nothing(campaign: Campaign) -> None:
    approval = campaign.proposed()
    why = campaign.reply(approval, MAITE, "OK", files={"pieces.zip": packed({"a.pdf": PDF})})
    assert why["decision"] == "BadFile" and campaign.show()["state"] == "proposed"
    letter = " ".join(campaign.letter(MAITE, "clarification").text.split())
    assert "Votre décision n’est pas enregistrée" in letter and "sans cette pièce" in letter
    assert campaign.reply(approval, MAITE, "OK")["decision"] == "approved"


def test_a_picture_of_a_signature_beside_ok_holds_nothing(campaign: Campaign) -> None:
    mail = reply(campaign.proposed(), MAITE, "OK")
    mail.add_attachment(b"GIF89a" + bytes(60_000), maintype="image", subtype="gif", filename="logo.gif")
    mail.add_attachment(b"BEGIN:VCARD\r\nEND:VCARD", maintype="text", subtype="x-vcard", filename="m.martin.vcf")
    assert campaign.hand_in(mail)["decision"] == "approved"


def test_a_stranger_to_the_conversation_is_told_nothing(campaign: Campaign) -> None:
    why = campaign.reply(campaign.letter(AICHA, "question"), AICHA, TEXT, files={"a.docm": docm()}, verdict="fail")
    assert why["reason"] == "disowned by the domain it claims to come from"
    assert "clarification" not in campaign.kinds(AICHA)


def test_honest_files_pass(campaign: Campaign) -> None:
    files = {"RELEVE.PDF": PDF, "tableau.xlsx": xlsx(), "photo.png": PNG}
    assert campaign.reply(campaign.letter(AICHA, "question"), AICHA, TEXT, files=files)["decision"] == "propose"
    assert set(verdicts(campaign).values()) == {"ok"}


@pytest.mark.clamd
def test_what_clamd_finds_holds_the_mail(campaign: Campaign, clamd: Running) -> None:
    with_scanner(campaign, Clamd(clamd.socket).scan)
    question = campaign.letter(AICHA, "question")
    why = campaign.reply(question, AICHA, TEXT, files={"note.txt": EICAR})
    assert (why["decision"], why["reason"]) == ("BadFile", "note.txt: infected")
    assert "programme malveillant" in " ".join(campaign.letter(AICHA, "clarification").text.split())
    assert campaign.reply(question, AICHA, TEXT, files={"detail.pdf": PDF})["decision"] == "propose"
    assert verdicts(campaign) == {"detail.pdf": "ok"}


def test_a_silent_scanner_means_under_examination_and_later_clean(campaign: Campaign) -> None:
    with mute() as running:
        with_scanner(campaign, Clamd(running.socket, Patience(0.2, 0.2, 60)).scan)
        why = campaign.reply(campaign.letter(AICHA, "question"), AICHA, TEXT, files={"detail.pdf": PDF})
    assert why["decision"] == "propose" and verdicts(campaign) == {"detail.pdf": "unscanned"}
    receipt = " ".join(campaign.letter(AICHA, "receipt").text.split())
    assert "À l’examen : le contrôle antivirus n’a pas pu être fait." in receipt
    approval = campaign.letter(MAITE, "approval")
    assert list(approval.message.iter_attachments()) == []
    assert scanning.rescan(with_scanner(campaign, lambda data: Scanned(Scan.SILENT)).system) == 0, "not at once again"

    _later(campaign)
    assert scanning.rescan(with_scanner(campaign, lambda data: Scanned(Scan.CLEAN)).system) == 1
    assert verdicts(campaign) == {"detail.pdf": "ok"}
    campaign.reply(approval, MAITE, "OK")
    to_treat = campaign.letter(MIREILLE, "to_treat")
    assert [part.get_filename() for part in to_treat.message.iter_attachments()] == ["detail.pdf"]


def test_a_file_that_proves_infected_later_stays_apart_and_is_told(campaign: Campaign, run: Run) -> None:
    with_scanner(campaign, lambda data: Scanned(Scan.SILENT))
    approval = _proposed_with_file(campaign)
    campaign.reply(approval, MAITE, "COMPLÉTER : et la facture de novembre.")
    system = with_scanner(campaign, lambda data: Scanned(Scan.INFECTED, "Own-Eicar")).system
    system = replace(system, policy=replace(system.policy, alarm_email=MIREILLE[1]))
    campaign.app = replace(campaign.app, system=system)
    _later(campaign)
    assert scanning.rescan(campaign.system) == 1
    campaign.run()
    assert [{f["name"]: f["verdict"] for f in one["files"]} for one in answers(campaign)] == [
        {"detail.pdf": "infected"},
        {"detail.pdf": "infected"},
    ], "the version that was built on it as well"
    assert "Own-Eicar" in campaign.office.mailbox(MIREILLE[1])[-1].text
    code, out, err = run("verify")
    assert code == 0, out + err


def test_words_that_wait_for_the_expert_keep_a_file_apart(campaign: Campaign) -> None:
    """« OK » to words that were shown back adds their file as it stands then, and never unscanned."""
    approval = campaign.proposed()
    with_scanner(campaign, lambda data: Scanned(Scan.SILENT))
    campaign.reply(approval, MAITE, "Voyez avec la pièce.", files={"detail.pdf": PDF})
    campaign.reply(campaign.letter(MAITE, "approval_unclear"), MAITE, "OK")
    assert campaign.show()["state"] == "submitted" and verdicts(campaign) == {"detail.pdf": "unscanned"}
    assert list(campaign.letter(MIREILLE, "to_treat").message.iter_attachments()) == []


def test_without_a_file_the_scanner_is_not_asked(campaign: Campaign) -> None:
    def scan(data: bytes) -> Scanned:
        raise AssertionError("asked")

    with_scanner(campaign, scan)
    assert campaign.reply(campaign.letter(AICHA, "question"), AICHA, TEXT)["decision"] == "propose"


@pytest.mark.parametrize(
    ("scan", "level"),
    [
        (None, "warning"),
        (lambda data: Scanned(Scan.SILENT, "no answer"), "error"),
        (lambda data: Scanned(Scan.CLEAN), "ok"),
    ],
)
def test_check_says_whether_the_scanner_answers(campaign: Campaign, scan: Any, level: str) -> None:
    system = replace(campaign.system, scan=scan)
    lines = checks.run(Path("config.toml"), lambda: campaign.app.config, lambda: system)
    assert [line.level for line in lines if line.what == "answers.clamd"] == [level]


def _proposed_with_file(campaign: Campaign) -> Any:
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, TEXT, files={"detail.pdf": PDF})
    assert verdicts(campaign) == {"detail.pdf": "unscanned"} and campaign.show()["ref"] == REF
    return campaign.letter(MAITE, "approval")


def _later(campaign: Campaign) -> None:
    """So much later that the scanner is asked again."""
    later = campaign.now + scanning.AGAIN + timedelta(minutes=1)
    campaign.app = replace(campaign.app, system=replace(campaign.system, now=lambda: later))


SCRIPTED = b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"


def test_a_refused_file_alone_says_why_and_how_to_send_it_again(campaign: Campaign) -> None:
    why = campaign.reply(campaign.letter(AICHA, "question"), AICHA, "", files={"releve.pdf": SCRIPTED})
    assert why["decision"] == "NothingWritten"
    text = " ".join(campaign.letter(AICHA, "clarification").text.split())
    assert "releve.pdf (PDF, 1 Ko) · Non retenue. Ce fichier contient un script" in text
    assert "n’est pas d’un type accepté" not in text, "it is a PDF, and a PDF is accepted"


def test_a_refused_file_in_reply_to_several_questions(living: Campaign) -> None:
    living.advance(datetime.fromisoformat("2026-12-09T08:31:00+01:00"))
    reminder = living.letter(AICHA, "reminder", "")
    living.reply(reminder, AICHA, "", files={"Q3 releve.pdf": SCRIPTED})
    receipt = " ".join(living.letter(AICHA, "receipt", "").text.split())
    assert "Il manque la 1, la 2 et la 3." in receipt
    assert "« Q3 releve.pdf » : pièce non retenue. Ce fichier contient un script" in receipt
    living.reply(reminder, AICHA, "1) 0,92\n2) Le détail suit.", files={"releve.pdf": SCRIPTED})
    receipt = living.letter(AICHA, "receipt", "").text
    assert "Non retenue." in receipt
    assert "À PRÉCISER" not in receipt, "it has to come again in any case: nobody asks where it belongs"
