"""Mail that machines write: bounces, loops, absences. None of it answers or decides anything."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import Any

import pytest

from mailbot.demo.postoffice import hand_over, reply
from mailbot.mail.token import Purpose
from mailbot.service import desk
from mailbot.store import inbox, outbox, people
from tests.campaign import AICHA, MAITE, Campaign


def queued(campaign: Campaign, message_id: str) -> Any:
    row = outbox.by_message_id(campaign.system.store.conn, message_id)
    assert row is not None
    return row


def report(campaign: Campaign, message_id: str, recipient: str, status: str, to: str) -> dict[str, Any]:
    """A delivery report (RFC 3464) on one of our letters comes in."""
    raw = (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.firm.example>\r\nTo: {to}\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <dsn-1@mx.firm.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nOK, I could not deliver it.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.firm.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nTo: {recipient}\r\n\r\n--b--\r\n"
    )
    with smtplib.SMTP("127.0.0.1", campaign.port, timeout=60) as client:
        client.sendmail("", [to], raw.encode())
    campaign.run()
    row = inbox.find(campaign.system.store.conn, "<dsn-1@mx.firm.example>")
    assert row is not None
    return desk.why(campaign.system.store.conn, row)


@pytest.mark.parametrize("by_verp", [True, False], ids=["by its reverse-path", "by Message-ID and recipient"])
def test_a_permanent_bounce_suspends_the_address(campaign: Campaign, by_verp: bool) -> None:
    letter = campaign.letter(AICHA, "question").message
    row = queued(campaign, str(letter["Message-ID"]))
    to = campaign.system.address(Purpose.BOUNCE, row["id"]) if by_verp else campaign.system.bot.address
    why = report(campaign, row["message_id"] if not by_verp else "<other@x>", AICHA[1], "5.1.1", to)
    assert why["disposition"] == "bounce"
    conn = campaign.system.store.conn
    person = people.by_email(conn, AICHA[1])
    assert person is not None
    assert people.suspended(conn, person.id)
    assert queued(campaign, str(letter["Message-ID"]))["state"] == "bounced"
    assert campaign.show()["state"] == "asked"


def test_a_forged_bounce_of_another_recipient_changes_nothing(campaign: Campaign) -> None:
    letter = campaign.letter(AICHA, "question").message
    why = report(campaign, str(letter["Message-ID"]), MAITE[1], "5.1.1", campaign.system.bot.address)
    assert why["decision"] == "bounce of no letter of ours"
    assert people.count_suspended(campaign.system.store.conn) == 0


def test_a_full_mailbox_suspends_only_after_three(campaign: Campaign) -> None:
    letter = campaign.letter(AICHA, "question").message
    why = report(campaign, str(letter["Message-ID"]), AICHA[1], "4.2.2", campaign.system.bot.address)
    assert "suspended" not in why["decision"]
    assert people.count_suspended(campaign.system.store.conn) == 0


def test_our_own_letter_comes_back_and_is_a_loop(campaign: Campaign) -> None:
    letter = campaign.letter(AICHA, "question")
    mail = EmailMessage()
    for name in ("From", "Subject", "Message-ID", "X-Mailbot"):
        mail[name] = str(letter.message[name])
    mail["To"] = str(letter.message["Reply-To"])
    mail.set_content(letter.text)
    before = len(campaign.office.letters())
    assert campaign.hand_in(mail)["disposition"] == "loop"
    assert len(campaign.office.letters()) == before
    assert campaign.show()["state"] == "asked"


@pytest.mark.parametrize(
    ("header", "value"),
    [("Auto-Submitted", "auto-replied"), ("X-Autoreply", "yes"), ("Precedence", "auto_reply")],
)
def test_no_machine_approves(campaign: Campaign, header: str, value: str) -> None:
    mail = reply(campaign.proposed(), MAITE, "OK")
    mail[header] = value
    assert campaign.hand_in(mail)["disposition"] == "auto"
    assert campaign.show()["state"] == "proposed"


def test_an_absence_without_headers_is_known_by_its_subject(campaign: Campaign) -> None:
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "Je suis absente jusqu'au 3 janvier.")
    mail.replace_header("Subject", "Réponse automatique : ECCV 2025")
    hand_over(campaign.port, mail, str(mail["To"]))
    campaign.run()
    assert campaign.show()["state"] == "asked"
    assert campaign.kinds(AICHA).count("receipt") == 0
