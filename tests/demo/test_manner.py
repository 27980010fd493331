"""Mails as Outlook, Gmail and a phone write them: the product reads exactly what was typed out of each."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailbot.demo import manner
from mailbot.demo.manner import Manner, Typed, Writer
from mailbot.mail.parse import parse
from mailbot.mail.quoting import html
from mailbot.mail.reply import written

pytestmark = pytest.mark.slow  # `make test` only

GOLDEN = Path(__file__).parent.parent / "golden"
AT = datetime(2026, 11, 23, 16, 42, 7, tzinfo=ZoneInfo("Europe/Paris"))
SIGNATURE = "Aïcha Dubois\nCabinet Etcheverry & Associés\n12 rue des Arènes, 64100 Bayonne\n05 59 86 85 95"
TEXTS = (
    "OK",
    "Voici la facture, et le bail.",
    "Bonjour,\n\nLa ligne 30 regroupe trois comptes :\n- logiciels 9 840 € ;\n- assurance 11 260 €.\n\nLe reste suit.",
    "Compléter : le loyer est < 5 000 € & le bail a été signé le 3 mars 2025.",
)
NAMES = ("question", "approval", "to_treat")


def letter(name: str) -> EmailMessage:
    """One of our letters, as it arrives."""
    subject, _, text = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").partition("\n\n")
    message = EmailMessage()
    message["From"] = "ASSAPROL <eccv@assaprol.example>"
    message["To"] = "Aïcha Dubois <aicha.dubois@cabinetetcheverry.example>"
    message["Reply-To"] = "eccv+caaaaaamolhm4kwjpx5fjzmmq4@assaprol.example"
    message["Subject"] = subject.removeprefix("Objet: ")
    message["Date"] = datetime(2026, 11, 3, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))
    message["Message-ID"] = "<question.1@assaprol.example>"
    message["References"] = "<root.1@assaprol.example>"
    message.set_content(text)
    message.add_alternative((GOLDEN / f"{name}.html").read_text(encoding="utf-8"), subtype="html")
    found = message_from_bytes(message.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def writer(signed: bool) -> Writer:
    return Writer("Aïcha Dubois", "aicha.dubois@cabinetetcheverry.example", SIGNATURE if signed else "")


def typed(original: EmailMessage, text: str, files: dict[str, bytes] | None = None) -> Typed:
    return Typed(text, manner.reply_to(original), manner.reply_subject(original, Manner.GMAIL), files or {})


def sent(original: EmailMessage) -> str:
    """What the service compares a reply with: both parts of its letter."""
    parts = manner.bodies(original)
    return parts.text + "\n" + html.text(parts.html)


def raw(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=policy.SMTP)


@pytest.mark.parametrize(("how", "name", "signed"), list(product(Manner, NAMES, (False, True))), ids=str)
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:9])
def test_what_was_typed_is_what_is_read(how: Manner, name: str, signed: bool, text: str) -> None:
    original = letter(name)
    for quote in (True, False):
        mail = manner.reply(original, writer(signed), typed(original, text), how, AT, quote)
        assert written(parse(raw(mail)), sent(original)).text == text


@pytest.mark.parametrize("how", list(Manner))
def test_without_our_letter_the_markup_is_enough(how: Manner) -> None:
    original = letter("question")
    mail = manner.reply(original, writer(True), typed(original, TEXTS[2]), how, AT)
    assert written(parse(raw(mail))).text == TEXTS[2]


@pytest.mark.parametrize("how", list(Manner))
def test_the_text_part_alone_reads_the_same(how: Manner) -> None:
    original = letter("question")
    mail = manner.reply(original, writer(True), typed(original, TEXTS[2]), how, AT)
    plain = EmailMessage()
    plain["From"] = mail["From"]
    part = mail.get_body(("plain",))
    assert part is not None
    plain.set_content(part.get_content())
    assert written(parse(raw(plain)), sent(original)).text == TEXTS[2]


@pytest.mark.parametrize("how", list(Manner))
def test_the_thread_and_the_files_go_with_it(how: Manner) -> None:
    original = letter("question")
    files = {"Détail ligne 30.pdf": b"%PDF-1.4\n%%EOF\n", "tableau.xlsx": b"PK"}
    mail = manner.reply(original, writer(False), typed(original, "Voici.", files), how, AT)
    assert str(mail["To"]) == "eccv+caaaaaamolhm4kwjpx5fjzmmq4@assaprol.example"
    assert str(mail["In-Reply-To"]) == "<question.1@assaprol.example>"
    assert str(mail["References"]).split()[-1] == "<question.1@assaprol.example>"
    read = parse(raw(mail))
    assert [file.name for file in read.attachments] == list(files)
    assert read.html and read.text


@pytest.mark.parametrize("how", list(Manner))
def test_dates_are_those_of_the_writer(how: Manner) -> None:
    original = letter("question")
    original.replace_header("Date", "Tue, 03 Nov 2026 08:00:00 +0000")
    mail = manner.reply(original, writer(False), typed(original, "Voici."), how, AT)
    assert "09:00" in manner.bodies(mail).text
    assert "08:00" not in manner.bodies(mail).text


@pytest.mark.parametrize("how", list(Manner))
def test_a_forward_is_known_for_one_and_keeps_the_foot_line(how: Manner) -> None:
    original = letter("question")
    subject = manner.forward_subject(original, how)
    what = Typed("Peux-tu répondre ?", "olivier.larralde@cabinetetcheverry.example", subject)
    mail = manner.forward(original, writer(False), what, how, AT)
    split = written(parse(raw(mail)), sent(original))
    assert split.text == "Peux-tu répondre ?"
    assert "eccv+caaaaaamolhm4kwjpx5fjzmmq4@assaprol.example" in manner.bodies(mail).text
    assert "eccv%2Bcaaaaaamolhm4kwjpx5fjzmmq4@assaprol.example" in manner.bodies(mail).html
    assert mail["In-Reply-To"] is None


def test_each_mail_has_an_id_of_its_own() -> None:
    original = letter("question")
    ids = {
        str(manner.reply(original, writer(False), typed(original, text), how, AT)["Message-ID"])
        for how, text in product(Manner, TEXTS)
    }
    assert len(ids) == len(Manner) * len(TEXTS)


def test_a_new_mail_holds_what_was_typed_only() -> None:
    for how in Manner:
        mail = manner.new(writer(False), Typed("DOSSIERS", "eccv@assaprol.example", "DOSSIERS"), how, AT)
        assert written(parse(raw(mail))).text == "DOSSIERS"
        assert (str(mail["Subject"]), mail["References"]) == ("DOSSIERS", None)
