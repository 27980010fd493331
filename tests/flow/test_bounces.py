"""Letters that come back: whose address is suspended, and who is told."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest

from mailbot.demo.postoffice import Letter
from mailbot.mail.token import Purpose
from mailbot.service import desk
from mailbot.store import inbox, outbox, people
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, Campaign
from tests.world import PARIS

pytestmark = pytest.mark.slow  # many whole mails: `make test` only

ADMINISTRATOR = ELISE  #: with the right to administer, where a test gives it


def dsn(recipients: dict[str, str], message_id: str, number: int = 1) -> bytes:
    """A delivery report (RFC 3464): recipient -> its fields."""
    blocks = "\r\n".join(f"Final-Recipient: rfc822; {who}\r\n{fields}\r\n" for who, fields in recipients.items())
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.firm.example>\r\nTo: eccv@assaprol.example\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <dsn-{number}@mx.firm.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nOK, I could not deliver it.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.firm.example\r\n\r\n"
        f"{blocks}\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()


HARD = "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown"
FULL = "Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full"
POLICY = "Action: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp; 554 5.7.1 blocked as spam"
LATE = "Action: delayed\r\nStatus: 4.4.1"


def come(campaign: Campaign, raw: bytes, to: str, number: int = 1) -> dict[str, Any]:
    """A bounce comes in with the null reverse-path and is worked; returns `why` of it."""
    with smtplib.SMTP("127.0.0.1", campaign.port, timeout=60) as client:
        client.sendmail("", [to], raw)
    campaign.run()
    row = inbox.find(campaign.system.store.conn, f"<dsn-{number}@mx.firm.example>")
    assert row is not None
    return desk.why(campaign.system.store.conn, row)


def bounce(campaign: Campaign, who: tuple[str, str], fields: str, number: int = 1, kind: str = "question") -> Any:
    """The newest letter of a kind to somebody comes back to the reverse-path that it was sent with."""
    letter = [x for x in campaign.office.mailbox(who[1]) if x.kind == kind][-1]
    return come(
        campaign, dsn({who[1]: fields}, str(letter.message["Message-ID"]), number), verp(campaign, letter), number
    )


def verp(campaign: Campaign, letter: Letter) -> str:
    row = outbox.by_message_id(campaign.system.store.conn, str(letter.message["Message-ID"]))
    assert row is not None
    return str(campaign.system.address(Purpose.BOUNCE, row["id"]))


def suspended(campaign: Campaign, who: tuple[str, str]) -> bool:
    person = people.by_email(campaign.system.store.conn, who[1])
    assert person is not None
    return people.suspended(campaign.system.store.conn, person.id)


def plain(letter: Letter) -> str:
    return " ".join(letter.text.replace("\u00a0", " ").replace("’", "'").split())


def notices(campaign: Campaign, who: tuple[str, str]) -> list[Letter]:
    return [x for x in campaign.office.mailbox(who[1]) if x.kind == "notice"]


def test_a_hard_bounce_over_smtp(living: Campaign) -> None:
    why = bounce(living, AICHA, HARD)
    assert why["disposition"] == "bounce"
    assert why["decision"].endswith("bounced, address suspended")
    assert suspended(living, AICHA)
    assert living.show()["state"] == "asked"

    (told,) = notices(living, MAITE)
    assert "Aïcha" not in told.subject
    assert f"Aïcha Dubois ({AICHA[1]}) nous est revenu : cette adresse n'existe pas" in plain(told)
    assert "Quelle est la bonne adresse ? Répondez à ce message, ou appelez-nous au" in plain(told)
    assert notices(living, ELISE) == []

    living.advance(datetime(2026, 11, 25, 8, tzinfo=PARIS))
    point = plain(living.letter(MIREILLE, "digest", ""))
    assert f"Adresse en échec : {AICHA[1]} (Aïcha Dubois) : boîte inexistante" in point
    assert "un message est parti à Maïté Martin" in point


def test_once_a_suspension(campaign: Campaign) -> None:
    for number in (1, 2):
        bounce(campaign, AICHA, HARD, number)
    assert len(notices(campaign, MAITE)) == 1


def test_what_is_answered_to_it_waits_for_staff(campaign: Campaign) -> None:
    bounce(campaign, AICHA, HARD)
    why = campaign.reply(notices(campaign, MAITE)[0], MAITE, "Sa nouvelle adresse est a.dubois@etcheverry.example.")
    assert why["state"] == "held"
    assert campaign.show()["state"] == "asked"


def test_of_the_experts_own_address_somebody_who_administers_is_told(campaign: Campaign) -> None:
    campaign.proposed()
    with campaign.system.store.tx() as conn:
        conn.execute("update person set rights = rights || ' administrer' where email = ?", (ADMINISTRATOR[1],))
        conn.execute("update person set active = 0 where role = 'expert' and email <> ?", (MAITE[1],))
    bounce(campaign, MAITE, HARD, kind="approval")
    assert suspended(campaign, MAITE)
    assert "Maïté Martin" in plain(notices(campaign, ADMINISTRATOR)[0])


def test_where_nobody_else_can_be_told_staff_see_it(campaign: Campaign) -> None:
    campaign.proposed()
    with campaign.system.store.tx() as conn:
        conn.execute("update person set active = 0 where role = 'expert' and email <> ?", (MAITE[1],))
    before = len(campaign.office.letters())
    bounce(campaign, MAITE, HARD, kind="approval")
    assert suspended(campaign, MAITE)
    assert len(campaign.office.letters()) == before


def test_a_full_mailbox_suspends_after_three_within_a_week(campaign: Campaign) -> None:
    for number in (1, 2):
        bounce(campaign, AICHA, FULL, number)
        assert not suspended(campaign, AICHA)
    bounce(campaign, AICHA, FULL, 3)
    assert suspended(campaign, AICHA)
    assert "la boîte est pleine" in plain(notices(campaign, MAITE)[0])


def test_three_full_mailboxes_in_a_month_suspend_nothing(campaign: Campaign) -> None:
    for number in (1, 2, 3):
        bounce(campaign, AICHA, FULL, number)
        campaign.app.clock.set(campaign.now + timedelta(days=5))
    assert not suspended(campaign, AICHA)


@pytest.mark.parametrize("fields", [POLICY, LATE], ids=["a policy", "late"])
def test_what_is_not_the_fault_of_the_address(campaign: Campaign, fields: str) -> None:
    for number in range(1, 5):
        bounce(campaign, AICHA, fields, number)
    assert not suspended(campaign, AICHA)
    assert notices(campaign, MAITE) == []


def test_staff_see_a_letter_that_a_policy_refused(living: Campaign) -> None:
    bounce(living, AICHA, POLICY)
    living.advance(datetime(2026, 11, 25, 8, tzinfo=PARIS))
    assert f"une question pour {AICHA[1]}" in plain(living.letter(MIREILLE, "digest", ""))


def test_a_report_of_several_counts_for_its_own_recipient_only(campaign: Campaign) -> None:
    letter = campaign.letter(AICHA, "question")
    raw = dsn({AICHA[1]: LATE, ELISE[1]: HARD}, str(letter.message["Message-ID"]))
    assert "delayed" in come(campaign, raw, verp(campaign, letter))["decision"]
    assert not suspended(campaign, AICHA)
    assert not suspended(campaign, ELISE)


@pytest.mark.parametrize("known", [True, False], ids=["another's letter", "no letter of ours"])
def test_a_forged_bounce_does_nothing(campaign: Campaign, known: bool) -> None:
    message_id = str(campaign.letter(AICHA, "question").message["Message-ID"]) if known else "<never-sent@x.example>"
    why = come(campaign, dsn({MAITE[1]: HARD}, message_id), campaign.system.bot.address)
    assert (why["disposition"], why["decision"]) == ("auto", "bounce of no letter of ours")
    assert not suspended(campaign, MAITE)
    assert not suspended(campaign, AICHA)
    assert campaign.show()["letters"][0]["state"] == "sent"
