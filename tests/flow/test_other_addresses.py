"""« J'écris aussi depuis prenom@autre.example »: an address becomes a person's when it answers for itself."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import pytest

from mailbot.demo.postoffice import Letter, reply
from mailbot.store import people
from tests.campaign import AICHA, ELISE, MAITE, Campaign
from tests.flow.test_bounces import HARD, bounce, suspended

pytestmark = pytest.mark.slow  # `make test` only

OTHER = ("Maïté", "maite@autre.example")
BOT = "eccv@assaprol.example"


def word(here: Campaign, who: tuple[str, str], text: str, verdict: str = "pass") -> dict[str, Any]:
    """A word to the bot's own address."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{who[0]} <{who[1]}>", BOT, "adresse"
    mail["Message-ID"] = make_msgid(domain=who[1].partition("@")[2])
    mail.set_content(text)
    return here.hand_in(mail, verdict=verdict)


def owner(here: Campaign, email: str = OTHER[1]) -> str | None:
    found = people.by_email(here.system.store.conn, email)
    return found.email if found else None


@pytest.fixture
def named(campaign: Campaign) -> tuple[Campaign, Letter]:
    """Maïté has named her other address; the letter that went there."""
    assert word(campaign, MAITE, f"J'écris aussi depuis {OTHER[1]}")["decision"] == "addresses"
    (letter,) = campaign.office.mailbox(OTHER[1])
    return campaign, letter


def test_an_address_answers_for_itself_and_is_its_owners_from_then_on(named: tuple[Campaign, Letter]) -> None:
    here, letter = named
    assert letter.kind == "confirm_address"
    assert not [x for x in ("Martin", "Maïté", "Etcheverry", "D0009", "2025-") if x in letter.raw.decode()]
    assert owner(here) is None
    assert here.reply(letter, OTHER, "OUI", verdict="none")["decision"] == "address confirmed"
    assert owner(here) == MAITE[1]
    assert here.kinds(MAITE) == ["addresses", "addresses"]
    assert len(here.office.mailbox(OTHER[1])) == 1, "the only letter ever"
    # from there she decides, as sure as the domain of that address is; letters go on to the registered one
    approval = here.proposed()
    assert here.reply(approval, OTHER, "OK", verdict="none")["decision"] == "NotProven"
    assert here.show()["state"] == "proposed"
    assert "confirm_mail" in here.kinds(MAITE)
    assert here.reply(approval, OTHER, "OK")["trust"] == "proven"
    assert (here.show()["state"], here.show()["answers"][0]["approved_by"]) == ("submitted", MAITE[1])
    assert len(here.office.mailbox(OTHER[1])) == 1
    assert here.show(OTHER[1])["other_addresses"] == [OTHER[1]]
    word(here, OTHER, "mes adresses", verdict="none")
    assert OTHER[1] in here.letter(MAITE, "addresses", "").text
    word(here, MAITE, f"oublier {OTHER[1]}")
    assert owner(here) is None
    assert here.reply(letter, OTHER, "OUI")["state"] == "held", "once"
    assert owner(here) is None


def test_only_a_proven_mail_of_the_owner_names_one(campaign: Campaign) -> None:
    found = word(campaign, MAITE, f"J'écris aussi depuis {OTHER[1]}", verdict="none")
    assert (found["state"], found["decision"]) == ("held", "NotProven")
    assert campaign.office.mailbox(OTHER[1]) == []
    assert f"écrire à {OTHER[1]}" in " ".join(
        campaign.letter(MAITE, "confirm_mail", "").text.replace("\u00a0", " ").split()
    )
    campaign.reply(campaign.letter(MAITE, "confirm_mail", ""), MAITE, "OUI", verdict="none")
    assert len(campaign.office.mailbox(OTHER[1])) == 1
    word(campaign, ("Mallory", "mallory@evil.test"), "J'écris aussi depuis m@evil.test")
    assert campaign.office.mailbox("m@evil.test") == []


@pytest.mark.parametrize(
    ("who", "text", "verdict"),
    [
        (MAITE, "OUI", "pass"),  # from the registered address: it proves nothing about the other
        (AICHA, "OUI", "pass"),
        (("Mallory", "mallory@evil.test"), "OUI", "pass"),
        (OTHER, "OUI", "fail"),
        (OTHER, "Qui êtes-vous ?", "pass"),
        (OTHER, "OUI, absent jusqu'au 3 janvier", "pass"),
        (OTHER, "annuler", "pass"),
        (OTHER, "AIDE", "pass"),
    ],
)
def test_nothing_else_makes_it_anybodys(
    named: tuple[Campaign, Letter], who: tuple[str, str], text: str, verdict: str
) -> None:
    here, letter = named
    before = [len(here.office.mailbox(x[1])) for x in (MAITE, AICHA, OTHER)]
    assert here.reply(letter, who, text, verdict=verdict)["state"] == "held"
    assert owner(here) is None
    assert [len(here.office.mailbox(x[1])) for x in (MAITE, AICHA, OTHER)] == before
    assert here.office.mailbox("mallory@evil.test") == []


def test_a_machine_a_no_and_48_hours_end_it(named: tuple[Campaign, Letter]) -> None:
    here, letter = named
    automatic = reply(letter, OTHER, "OUI")
    automatic["Auto-Submitted"] = "auto-replied"
    assert here.hand_in(automatic)["disposition"] == "auto"
    away = reply(letter, OTHER, "Je suis absente jusqu'au 3 janvier 2027.")
    away.replace_header("Subject", "Réponse automatique : Confirmez cette adresse")
    here.hand_in(away)
    conn = here.system.store.conn
    assert owner(here) is None
    assert conn.execute("select count(*) n from absence").fetchone()["n"] == 0, "it is nobody's absence"
    here.app.clock.set(here.now + timedelta(hours=48))
    assert here.reply(letter, OTHER, "OUI")["state"] == "held"
    assert owner(here) is None


def test_a_no_ends_it(named: tuple[Campaign, Letter]) -> None:
    here, letter = named
    assert here.reply(letter, OTHER, "Ce n'est pas moi")["decision"] == "address denied"
    assert here.reply(letter, OTHER, "OUI")["state"] == "held"
    assert owner(here) is None


def test_nobody_is_written_to_twice_nor_learns_whom_we_know(campaign: Campaign) -> None:
    eneko = ("Eneko Peyret", "e.peyret@bordagarayexpertise.example")
    said = []
    for address in (OTHER[1], OTHER[1], eneko[1]):
        word(campaign, MAITE, f"J'écris aussi depuis {address}")
        said.append(campaign.letter(MAITE, "addresses", "").text.replace(address, "…"))
    assert len(campaign.office.mailbox(OTHER[1])) == 1
    assert "confirm_address" not in campaign.kinds(ELISE) + campaign.kinds(eneko)
    body = [" ".join(text.partition("Pour répondre")[0].split()) for text in said]
    assert body == [body[0]] * 3, "the same words, whosever it is"
    word(campaign, MAITE, f"J'écris aussi depuis {ELISE[1]}")
    assert "ne peut pas être ajoutée" in campaign.letter(MAITE, "addresses", "").text.replace("\n", " ")
    assert owner(campaign, ELISE[1]) == ELISE[1]
    word(campaign, eneko, f"J'écris aussi depuis {OTHER[1]}")
    assert len(campaign.office.mailbox(OTHER[1])) == 1


def test_ours_and_what_looks_like_a_colleague_is_refused(campaign: Campaign) -> None:
    for address in (BOT, "x@assaprol.example", "aicha.dubois@cabinetetcheverry.examp1e"):
        word(campaign, MAITE, f"J'écris aussi depuis {address}")
        assert "ne peut pas être ajoutée" in campaign.letter(MAITE, "addresses", "").text.replace("\n", " ")
    assert {x.to for x in campaign.office.letters() if x.kind == "confirm_address"} == set()


def test_its_bounce_says_nothing_of_the_registered_address(named: tuple[Campaign, Letter]) -> None:
    here, _ = named
    assert "bounced" in bounce(here, OTHER, HARD, kind="confirm_address")["decision"]
    assert not suspended(here, MAITE)
    assert here.proposed()
