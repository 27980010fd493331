"""What loops, automatic replies and bounces broke in other systems, one test a failure: it does not happen here."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from mailbot.demo.postoffice import Letter, reply
from tests.campaign import AICHA, ELISE, MAITE, Campaign
from tests.flow.test_bounces import HARD, LATE, bounce, come, dsn, notices, suspended, verp

pytestmark = pytest.mark.slow  # many whole mails: `make test` only


def machine(letter: Letter, who: tuple[str, str], text: str, number: int, **headers: str) -> EmailMessage:
    """The answer of a program to one of our letters, to its Reply-To, without history."""
    mail = reply(letter, who, "")
    mail.set_content(text)
    mail.replace_header("Message-ID", f"<auto-{number}@firm.example>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    return mail


def test_26_an_out_of_office_reply_and_our_letters_answer_each_other_for_ever(campaign: Campaign) -> None:
    """With its header it gets no answer at all; without any sign, the letters of a day are few."""
    before = len(campaign.office.mailbox(AICHA[1]))
    marked = machine(campaign.letter(AICHA, "question"), AICHA, "Je suis absente.", 0, Auto_Submitted="auto-replied")
    campaign.hand_in(marked)
    assert len(campaign.office.mailbox(AICHA[1])) == before
    for number in range(1, 12):
        newest = campaign.office.mailbox(AICHA[1])[-1]
        campaign.hand_in(machine(newest, AICHA, "Votre courrier nous est bien parvenu.", number))
    assert len(campaign.office.mailbox(AICHA[1])) - before <= 3, "the receipt, and two for the same again"


def test_27_an_out_of_office_reply_that_comes_from_another_address_each_time(campaign: Campaign) -> None:
    """Nobody unknown is answered, however often and from wherever it is written; whose letter it was is asked once."""
    before = len(campaign.office.letters())
    for number in range(1, 8):
        who = ("CRM", f"bounce-{number}@crm.example")
        why = campaign.hand_in(machine(campaign.letter(AICHA, "question"), who, "Votre courrier est arrivé.", number))
        assert why["letters"] == []
    assert campaign.kinds(AICHA).count("someone_answered") == 1
    assert len(campaign.office.letters()) == before + 1
    assert campaign.show()["state"] == "asked"


@pytest.mark.parametrize("text", ["Je suis absente jusqu'au 2 décembre.", "OK", "Oui, je valide."])
def test_28_an_automatic_reply_reopens_or_decides(campaign: Campaign, text: str) -> None:
    """Neither a question that waits for its answer nor one that waits for the expert moves."""
    approval = campaign.proposed()
    before = campaign.show()
    for number, (letter, who) in enumerate(((approval, MAITE), (campaign.letter(AICHA, "question"), AICHA))):
        why = campaign.hand_in(machine(letter, who, text, number, Auto_Submitted="auto-replied"))
        assert why["disposition"] == "auto"
        assert why["command"] is None
    after = campaign.show()
    assert (after["state"], after["answers"], after["history"]) == (
        before["state"],
        before["answers"],
        before["history"],
    )


def test_29_a_mailer_daemon_is_answered_and_each_answer_comes_back(campaign: Campaign) -> None:
    """Nothing goes to a null reverse-path, and one bounce after the other writes one letter, to somebody else."""
    before = len(campaign.office.letters())
    for number in range(1, 6):
        assert bounce(campaign, AICHA, HARD, number)["disposition"] == "bounce"
    assert suspended(campaign, AICHA)
    assert len(campaign.office.letters()) == before + 1
    assert len(notices(campaign, MAITE)) == 1
    bounce(campaign, MAITE, HARD, 9, kind="notice")
    assert len(notices(campaign, MAITE)) == 1, "that the notice came back is no reason for another to the same person"


def test_30_a_bounce_names_one_recipient_and_all_are_marked(campaign: Campaign) -> None:
    letter = campaign.letter(AICHA, "question")
    raw = dsn({AICHA[1]: HARD, ELISE[1]: LATE}, str(letter.message["Message-ID"]))
    come(campaign, raw, verp(campaign, letter))
    assert (suspended(campaign, AICHA), suspended(campaign, ELISE)) == (True, False)
    states = {x["to"]: x["state"] for x in campaign.show()["letters"]}
    assert (states[AICHA[1]], states[ELISE[1]]) == ("bounced", "sent")


def test_31_our_own_address_writes_to_us(campaign: Campaign) -> None:
    """A mail from the bot's address is a loop; that it cannot be registered is tested with the import."""
    us = ("ASSAPROL", campaign.system.bot.address)
    before = len(campaign.office.letters())
    why = campaign.hand_in(machine(campaign.letter(AICHA, "question"), us, "Votre message est refusé.", 1))
    assert why["disposition"] == "loop"
    assert len(campaign.office.letters()) == before


@pytest.mark.parametrize("address", ["no-reply@firm.example", "ne-pas-repondre@firm.example", "noreply-42@x.example"])
def test_32_a_rejection_is_sent_to_an_address_that_nobody_reads(campaign: Campaign, address: str) -> None:
    before = len(campaign.office.letters())
    why = campaign.hand_in(machine(campaign.letter(AICHA, "question"), ("Portail", address), "Bonjour.", 1))
    assert (why["disposition"], why["letters"]) == ("auto", [])
    assert len(campaign.office.letters()) == before
