"""Mail that is packed, over real SMTP: signed is read, encrypted is answered with how to send it again."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from typing import Any

import pytest

from mailbot.demo.postoffice import reply
from mailbot.mail import parse
from mailbot.store import blobs, inbox
from tests.campaign import AICHA, MAITE, Campaign
from tests.unit.mail import packing

INNER = (
    b'Content-Type: multipart/mixed; boundary="I"\r\n\r\n'
    b"--I\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nLe loyer du quatri\xc3\xa8me trimestre.\r\n"
    b'--I\r\nContent-Type: application/pdf; name="bail.pdf"\r\n\r\n%PDF-1.4\n%%EOF\r\n--I--\r\n'
)
SIGNED = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
ENVELOPED = "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"
STRANGER = ("Inès Garat", "ines@mail.example")


def send(campaign: Campaign, who: tuple[str, str], type_: str, data: bytes, verdict: str = "pass") -> dict[str, Any]:
    """A reply to the question whose body is `data` in one part of that type; what `why` says of it."""
    message: EmailMessage = reply(campaign.letter(AICHA, "question"), who, "x")
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        del message[name]
    message["Content-Type"], message["Content-Transfer-Encoding"] = type_, "base64"
    message.set_payload(base64.encodebytes(data).decode())
    return campaign.hand_in(message, verdict)


@pytest.mark.parametrize("outer", [packing.der, packing.ber], ids=["der", "ber"])
def test_a_reply_that_is_only_signed_is_an_answer_with_its_file(campaign: Campaign, outer: Any) -> None:
    why = send(campaign, AICHA, SIGNED, packing.signed(INNER, outer=outer))
    assert (why["state"], why["decision"]) == ("done", "propose")
    (answer,) = campaign.show()["answers"]
    assert answer["text"] == "Le loyer du quatrième trimestre."
    assert [file["name"] for file in answer["files"]] == ["bail.pdf"]
    assert campaign.letter(MAITE, "approval").files == ["bail.pdf"]


def test_the_files_of_a_winmail_dat_travel_on(campaign: Campaign) -> None:
    dat = packing.tnef(
        packing.attribute(1, 0x800C, b"Le loyer.\0"), packing.packed_file(b"%PDF-1.4\n%%EOF\n", b"bail.pdf")
    )
    why = send(campaign, AICHA, "application/ms-tnef; name=winmail.dat", dat)
    assert why["decision"] == "propose"
    (answer,) = campaign.show()["answers"]
    assert (answer["text"], [file["name"] for file in answer["files"]]) == ("Le loyer.", ["bail.pdf"])
    approval = campaign.letter(MAITE, "approval")
    assert [part.get_content() for part in approval.message.iter_attachments()] == [b"%PDF-1.4\n%%EOF\n"]


def test_an_encrypted_reply_waits_and_its_writer_learns_how_to_send_it_again(campaign: Campaign) -> None:
    why = send(campaign, AICHA, ENVELOPED, packing.signed(b"x", oid=packing.ENVELOPED_DATA))
    assert (why["state"], why["rule"], why["decision"], why["trust"]) == ("held", "encrypted", "Sealed", "proven")
    assert campaign.show()["state"] == "asked"
    letter = campaign.letter(AICHA, "clarification")
    assert "Votre message est chiffré" in letter.text
    assert "Renvoyez-le sans chiffrement" in " ".join(letter.text.split())
    assert campaign.reply(letter, AICHA, "Le loyer.")["decision"] == "propose"


def test_a_stranger_who_encrypts_learns_nothing(campaign: Campaign) -> None:
    why = send(campaign, STRANGER, ENVELOPED, packing.signed(b"x", oid=packing.ENVELOPED_DATA))
    assert (why["state"], why["rule"], why["letters"]) == ("held", "encrypted", [])
    why = send(campaign, AICHA, ENVELOPED, packing.signed(b"y", oid=packing.ENVELOPED_DATA), verdict="fail")
    assert (why["state"], why["letters"]) == ("held", [])


def test_what_is_sealed_is_kept_as_it_came(campaign: Campaign) -> None:
    data = packing.signed(b"x", oid=packing.ENVELOPED_DATA)
    why = send(campaign, AICHA, ENVELOPED, data)
    row = inbox.get(campaign.system.store.conn, why["id"])
    assert row is not None
    assert parse.part(blobs.get(campaign.system.store.conn, row["sha256"]), "1") == data
