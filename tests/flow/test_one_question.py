"""One question's way by mail: each row of the life of a question, played over real SMTP."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from datetime import date
from email import policy

from mailbot import app as apps
from mailbot.demo.postoffice import hand_over, reply
from mailbot.domain import commands as c
from mailbot.domain.model import Channel
from mailbot.domain.questions import Act
from mailbot.gateways import smtp_in
from mailbot.service.questions import act, ask, find
from mailbot.store import blobs, inbox, people
from tests.background import Background
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, REF, Campaign

PDF = b"%PDF-1.4\n%%EOF\n"


def test_a_collaborators_answer_goes_through_the_expert_to_the_oga(campaign: Campaign) -> None:
    why = campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.", files={"detail.pdf": PDF})
    assert (why["matched_by"], why["trust"], why["decision"]) == ("envelope", "proven", "propose")
    assert campaign.show()["state"] == "proposed"
    approval = campaign.letter(MAITE, "approval")
    assert approval.files == ["detail.pdf"]
    assert campaign.reply(approval, MAITE, "OK")["decision"] == "approved"
    assert campaign.kinds(MAITE) == ["approval", "decided"]
    to_treat = campaign.letter(MIREILLE, "to_treat")
    assert to_treat.files == ["detail.pdf"]
    assert campaign.reply(to_treat, MIREILLE, "traité rectificative")["decision"] == "treated"
    shown = campaign.show()
    assert (shown["state"], shown["outcome"]) == ("treated", "corrective_return")
    assert [h["event"] for h in shown["history"]] == ["asked", "proposed", "approved", "treated"]
    assert shown["answers"][0]["approved_by"] == MAITE[1]


def test_an_expert_and_one_who_may_answer_alone_submit(campaign: Campaign) -> None:
    assert campaign.reply(campaign.letter(ELISE, "question"), ELISE, "Le détail.")["decision"] == "submit"
    assert campaign.show()["state"] == "submitted"
    other = campaign.letter(AICHA, "question", "D0009-2025-1")
    assert campaign.reply(other, MAITE, "Je réponds moi-même.")["decision"] == "submit"
    assert campaign.show("D0009-2025-1")["answers"][0]["by"] == MAITE[1]


def test_a_stranger_is_held_and_learns_nothing(campaign: Campaign) -> None:
    stranger = ("Inès Garat", "ines@mail.example")
    why = campaign.reply(campaign.letter(AICHA, "question"), stranger, "Je réponds pour Aïcha.")
    assert (why["state"], why["letters"]) == ("held", [])
    assert campaign.show()["state"] == "asked"
    assert campaign.kinds(stranger) == []


def test_another_firm_with_a_forwarded_token_is_held(campaign: Campaign) -> None:
    other = ("Eneko Peyret", "e.peyret@bordagarayexpertise.example")
    approval = campaign.proposed()
    assert campaign.reply(approval, other, "OK")["state"] == "held"
    assert campaign.show()["state"] == "proposed"


def test_nobody_unproven_approves_and_is_told_once_a_day(campaign: Campaign) -> None:
    approval = campaign.proposed()
    for _ in range(2):
        why = campaign.reply(approval, MAITE, "OK", verdict="none")
        assert (why["state"], why["decision"]) == ("held", "NotProven")
    assert campaign.show()["state"] == "proposed"
    assert campaign.kinds(MAITE) == ["approval", "confirm_mail"]
    assert "/v/" in campaign.letter(MAITE, "confirm_mail", "").text
    assert campaign.reply(approval, MAITE, "OK", verdict="fail")["trust"] == "none"


def test_a_collaborator_cannot_approve(campaign: Campaign) -> None:
    approval = campaign.proposed()
    assert campaign.reply(approval, AICHA, "OK")["decision"] == "NotAllowed"
    assert campaign.show()["state"] == "proposed"


def test_sent_back_answered_again_and_amended(campaign: Campaign) -> None:
    campaign.reply(campaign.proposed("Première réponse."), MAITE, "Non : merci de préciser la date")
    back = campaign.letter(AICHA, "sent_back")
    assert "merci de préciser la date" in back.text
    assert campaign.show()["state"] == "asked"
    campaign.reply(back, AICHA, "La date est le 1er mars.")
    assert campaign.show()["answers"][-1]["text"] == "Première réponse.\n\nLa date est le 1er mars."
    campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "Compléter : c'est le contrat B.")
    shown = campaign.show()
    assert shown["state"] == "submitted"
    assert shown["answers"][-1]["text"].endswith("c'est le contrat B.")


def test_an_old_approval_letter_decides_nothing(campaign: Campaign) -> None:
    old = campaign.proposed("Version un.")
    campaign.reply(campaign.letter(AICHA, "receipt"), AICHA, "Et un complément.")
    assert campaign.reply(old, MAITE, "OK")["decision"] == "VersionChanged"
    assert campaign.show()["state"] == "proposed"
    assert campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "OK")["decision"] == "approved"


def test_unclear_words_are_shown_back_and_ok_adds_them(campaign: Campaign) -> None:
    campaign.reply(campaign.proposed("Le détail."), MAITE, "La décennale tient au contrat du 1er mars.")
    assert campaign.show()["state"] == "proposed"
    unclear = campaign.letter(MAITE, "approval_unclear")
    assert "AJOUTÉ" in unclear.text
    campaign.reply(unclear, MAITE, "OK")
    shown = campaign.show()
    assert shown["state"] == "submitted"
    assert shown["answers"][-1]["text"] == "Le détail.\n\nLa décennale tient au contrat du 1er mars."


def test_ask_again_starts_a_new_round_and_tells_what_was_handed_over(campaign: Campaign) -> None:
    campaign.reply(campaign.proposed(), MAITE, "OK")
    campaign.reply(campaign.letter(MIREILLE, "to_treat"), MIREILLE, "redemander : et la page 2 ?")
    again = campaign.letter(AICHA, "asked_again")
    assert "et la page 2 ?" in again.text
    assert "DEPUIS NOTRE DERNIER MESSAGE" in again.text
    assert campaign.show()["state"] == "asked"


def test_delay_once_and_pass_on(campaign: Campaign) -> None:
    question = campaign.letter(AICHA, "question")
    assert campaign.reply(question, AICHA, "Besoin de temps jusqu'au 22 décembre")["decision"] == "postponed"
    assert campaign.reply(question, AICHA, "Besoin de temps jusqu'au 23 décembre")["decision"] == "TooLate"
    assert campaign.reply(question, AICHA, "Je n'ai pas ce dossier.")["decision"] == "passed_on"
    assert campaign.show()["state"] == "asked"


def test_late_words_are_filed_after_treatment(campaign: Campaign) -> None:
    question = campaign.letter(ELISE, "question")
    campaign.reply(question, ELISE, "Le détail.")
    campaign.reply(campaign.letter(MIREILLE, "to_treat"), MIREILLE, "traité")
    assert campaign.reply(question, ELISE, "Encore un mot.")["decision"] == "add"
    assert campaign.show()["state"] == "treated"
    assert "reçu après traitement" in campaign.letter(MIREILLE, "to_treat").text


def test_the_same_mail_twice_and_the_same_words_again(campaign: Campaign) -> None:
    first = reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.")
    campaign.hand_in(first)
    campaign.hand_in(first)
    again = reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.")
    assert campaign.hand_in(again)["decision"] == "same as before"
    assert len(campaign.show()["answers"]) == 1
    assert campaign.kinds(MAITE) == ["approval"]


def test_a_copy_to_us_is_asked_back_and_yes_makes_it_an_answer(campaign: Campaign) -> None:
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "Élise, tu as le détail ?")
    mail["Cc"] = mail["To"]
    envelope_to = str(mail["To"])
    mail.replace_header("To", f"{ELISE[0]} <{ELISE[1]}>")
    hand_over(campaign.port, mail, envelope_to)
    campaign.run()
    asked = campaign.letter(AICHA, "not_your_answer")
    assert campaign.show()["state"] == "asked"
    campaign.reply(asked, AICHA, "OUI")
    assert campaign.show()["state"] == "proposed"


def test_words_of_later_parts_are_asked_back_and_help_is_given(campaign: Campaign) -> None:
    question = campaign.letter(AICHA, "question")
    assert campaign.reply(question, AICHA, "DOSSIERS")["decision"] == "NotOffered"
    assert campaign.reply(question, AICHA, "AIDE")["decision"] == "help"
    assert campaign.kinds(AICHA)[-2:] == ["clarification", "help"]
    assert campaign.show()["state"] == "asked"


def test_automatic_mail_changes_nothing(campaign: Campaign) -> None:
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "Je suis absente.")
    mail["Auto-Submitted"] = "auto-replied"
    before = len(campaign.office.mailbox(AICHA[1]))
    assert campaign.hand_in(mail)["disposition"] == "auto"
    assert campaign.show()["state"] == "asked"
    assert len(campaign.office.mailbox(AICHA[1])) == before


def test_headers_and_threads(campaign: Campaign) -> None:
    question = campaign.letter(AICHA, "question").message
    assert question["X-Auto-Response-Suppress"] == "DR, RN, NRN"
    assert question["Auto-Submitted"] is None
    campaign.proposed()
    receipt = campaign.letter(AICHA, "receipt").message
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert receipt["In-Reply-To"] is not None
    assert receipt["References"].split()[0] == question["References"].split()[0]
    assert str(question["Reply-To"]).split("@")[0][5:] in str(question["Message-ID"])
    assert REF in question["Subject"]


def test_a_second_decision_is_told_who_decided_and_when(campaign: Campaign) -> None:
    approval = campaign.proposed()
    campaign.reply(approval, MAITE, "OK")
    assert campaign.reply(approval, MAITE, "Non : à revoir")["decision"] == "OutOfTurn"
    refusal = campaign.letter(MAITE, "refusal").text.replace("\xa0", " ")
    assert f"déjà validée par {MAITE[0]}, le" in " ".join(refusal.split())
    assert campaign.show()["state"] == "submitted"


def test_a_changed_answer_is_shown_in_the_refusal(campaign: Campaign) -> None:
    old = campaign.proposed("Version un.")
    campaign.reply(campaign.letter(AICHA, "receipt"), AICHA, "Et un complément utile.")
    campaign.reply(old, MAITE, "OK")
    assert "Et un complément utile." in campaign.letter(MAITE, "refusal").text


def test_a_named_colleague_is_asked_instead_and_staff_where_nobody_is_left(campaign: Campaign) -> None:
    question = campaign.letter(AICHA, "question")
    campaign.reply(question, AICHA, "Je n'ai pas ce dossier, c'est Olivier Larralde qui le suit.")
    olivier = ("Olivier Larralde", "olivier.larralde@cabinetetcheverry.example")
    passed = campaign.letter(olivier, "question")
    assert "Aïcha Dubois" in passed.text
    assert AICHA[1] not in {x.to for x in campaign.office.letters() if x.kind == "question" and "confie" in x.text}
    receipt = campaign.letter(AICHA, "receipt")
    assert "Olivier Larralde" in receipt.text
    assert campaign.show()["state"] == "asked"


def test_an_addition_waits_while_what_was_approved_stays(campaign: Campaign) -> None:
    campaign.reply(campaign.proposed("Première."), MAITE, "OK")
    campaign.reply(campaign.letter(AICHA, "receipt"), AICHA, "Un ajout.")
    shown = campaign.show()
    assert (shown["state"], shown["handed_over"], shown["waiting"]) == ("submitted", 1, 2)
    campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "OK")
    assert campaign.show()["handed_over"] == 2
    assert "Un ajout." in campaign.letter(MIREILLE, "to_treat").text


def test_withdrawn_and_due_changed_are_told(campaign: Campaign) -> None:

    for command in (c.SetDue(date(2027, 2, 1)), c.Withdraw("La pièce est arrivée par ailleurs.")):
        with campaign.system.store.tx() as conn:
            staff = people.by_email(conn, MIREILLE[1])
            assert staff is not None
            act(campaign.system, conn, find(conn, REF), command, Act(staff, campaign.system.now(), Channel.CLI))
        campaign.run()
    due, gone = (x for x in campaign.office.mailbox(AICHA[1]) if x.kind == "notice")
    assert "1er février 2027" in due.text.replace("\xa0", " ")
    assert "arrivée par ailleurs" in gone.text
    assert campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Trop tard ?")["state"] == "held"


def test_a_forwarded_letter_is_known_by_its_foot_line_alone(campaign: Campaign) -> None:
    """A colleague who was forwarded the letter writes a new mail to the bot: only the foot line tells the question."""
    olivier = ("Olivier Larralde", "olivier.larralde@cabinetetcheverry.example")
    mail = reply(campaign.letter(AICHA, "question"), olivier, "Le détail : 24 725 €.")
    mail.replace_header("To", "eccv@assaprol.example")
    del mail["In-Reply-To"], mail["References"]
    why = campaign.hand_in(mail)
    assert (why["matched_by"], why["decision"]) == ("foot-line", "propose")
    assert campaign.show()["answers"][0]["by"] == olivier[1]


def test_a_reply_is_known_by_our_message_id_alone(campaign: Campaign) -> None:
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.")
    mail.replace_header("To", "eccv@assaprol.example")
    mail.set_content("Le détail.\n")
    assert campaign.hand_in(mail)["matched_by"] == "message-id"
    assert campaign.show()["state"] == "proposed"


def test_what_an_unknown_peer_says_of_the_sender_proves_nothing(campaign: Campaign, background: Background) -> None:
    approval = campaign.proposed()
    door = replace(apps.door(campaign.app, lambda: None), trusted=())
    server = background.run(smtp_in.start(door, "127.0.0.1", 0))
    mail = reply(approval, MAITE, "OK")
    hand_over(server.port, mail, str(mail["To"]), "pass")
    background.run(server.close(1))
    campaign.run()
    row = inbox.find(campaign.system.store.conn, str(mail["Message-ID"]))
    assert row is not None
    assert (row["state"], row["trust"], row["dmarc"]) == ("held", "token", "none")
    assert b"Authentication-Results" not in blobs.get(campaign.system.store.conn, row["sha256"])
    assert campaign.show()["state"] == "proposed"


def test_a_disowned_sender_moves_nothing_and_gets_no_letter(campaign: Campaign) -> None:
    """A *fail* is held wherever it comes: with a token, and to the bot's own address."""
    before = len(campaign.office.letters())
    why = campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.", verdict="fail")
    assert (why["state"], why["trust"]) == ("held", "none")
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "AIDE")
    mail.replace_header("To", "eccv@assaprol.example")
    mail.set_content("AIDE\n")
    del mail["In-Reply-To"], mail["References"]
    assert campaign.hand_in(mail, "fail")["state"] == "held"
    assert len(campaign.office.letters()) == before


def test_one_member_learns_nothing_from_anothers_letter(campaign: Campaign) -> None:
    nadege = ("Nadège Duhalde", "nadege.duhalde@mail.example")
    other = ("Yves Autre", "yves.autre@mail.example")
    with campaign.system.store.tx() as conn:
        conn.execute("insert into person(email, name, role) values (?, ?, 'adherent')", (other[1], other[0]))
        (id,) = (row["id"] for row in conn.execute("select id from question where ref = 'D0089-2025-1'"))
    ask(campaign.system, [id])
    campaign.run()
    letter = campaign.letter(nadege, "question", "D0089-2025-1")
    assert campaign.reply(letter, other, "Une réponse.")["state"] == "held"
    assert campaign.kinds(other) == []
    assert campaign.reply(letter, nadege, "Ma réponse.")["decision"] == "submit"


def test_a_forward_with_nothing_typed_is_asked_back_as_such(campaign: Campaign) -> None:
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "")
    why = campaign.hand_in(mail)
    assert (why["disposition"], why["decision"]) == ("empty", "NothingWritten")
    assert campaign.kinds(AICHA)[-1] == "clarification"


def test_no_exchange_with_a_machine_goes_on(campaign: Campaign) -> None:
    """The same words again, or a word that only asks for a letter: three letters, then silence."""
    question = campaign.letter(AICHA, "question")
    for _ in range(6):
        campaign.reply(question, AICHA, "Le détail.")
        campaign.reply(question, AICHA, "AIDE")
        campaign.reply(question, AICHA, "DOSSIERS")
    kinds = campaign.kinds(AICHA)
    assert (kinds.count("receipt"), kinds.count("help"), kinds.count("clarification")) == (1, 1, 1)
    assert len(campaign.show()["answers"]) == 1


def test_only_a_refused_file_is_asked_back(campaign: Campaign) -> None:
    why = campaign.reply(campaign.letter(AICHA, "question"), AICHA, "", files={"tout.zip": b"PK"})
    assert why["decision"] == "NothingWritten"
    assert "n’a pas été retenue" in campaign.letter(AICHA, "clarification").text
    assert campaign.show()["state"] == "asked"


def test_a_no_with_a_file_changes_nothing_and_says_why(campaign: Campaign) -> None:
    campaign.reply(campaign.proposed(), MAITE, "Non : voir la pièce", files={"note.pdf": PDF})
    assert campaign.show()["state"] == "proposed"
    assert "ne parviendrait pas" in " ".join(campaign.letter(MAITE, "approval_unclear").text.split())


def test_yes_to_a_copy_reads_its_words_as_any_reply(campaign: Campaign) -> None:
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Ancien texte.")
    mail = reply(campaign.letter(AICHA, "receipt"), AICHA, "REMPLACER : Nouveau texte.")
    mail["Cc"] = mail["To"]
    envelope_to = str(mail["To"])
    mail.replace_header("To", f"{ELISE[0]} <{ELISE[1]}>")
    hand_over(campaign.port, mail, envelope_to)
    campaign.run()
    asked = campaign.letter(AICHA, "not_your_answer")
    assert "eccv+" not in asked.text.partition("Répondez à ce message")[0]
    campaign.reply(asked, AICHA, "OUI")
    assert campaign.show()["answers"][-1]["text"] == "Nouveau texte."


def test_a_persons_mail_without_a_reverse_path_waits_for_somebody(campaign: Campaign) -> None:
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.")
    with smtplib.SMTP("127.0.0.1", campaign.port, timeout=60) as client:
        client.sendmail("", [str(mail["To"])], mail.as_bytes(policy=policy.SMTP))
    campaign.run()
    row = inbox.find(campaign.system.store.conn, str(mail["Message-ID"]))
    assert row is not None
    assert row["state"] == "held"


def test_a_delay_asked_of_a_colleague_is_no_delay(campaign: Campaign) -> None:
    """We were only copied: neither a delay nor « pas mon dossier » is carried out before its writer says so."""
    for text in ("Je n'ai pas ce dossier.", "Besoin de temps jusqu'au 22 décembre"):
        mail = reply(campaign.letter(AICHA, "question"), AICHA, text)
        mail["Cc"] = mail["To"]
        envelope_to = str(mail["To"])
        mail.replace_header("To", f"{ELISE[0]} <{ELISE[1]}>")
        hand_over(campaign.port, mail, envelope_to)
        campaign.run()
    assert [h["event"] for h in campaign.show()["history"]] == ["asked"]
    assert campaign.kinds(AICHA).count("not_your_answer") == 2
    campaign.reply(campaign.letter(AICHA, "not_your_answer"), AICHA, "OUI")
    assert [h["event"] for h in campaign.show()["history"]] == ["asked", "postponed"]
