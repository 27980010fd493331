"""Words that imitate our letters: whoever answers the letter that shows them answers that letter, and no more."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from mailbot.demo.postoffice import Letter
from mailbot.mail.marker import MARKER
from tests.campaign import AICHA, MAITE, MIREILLE, REF, Campaign

pytestmark = pytest.mark.slow  # whole stories: `make test` only
BOT = "eccv@assaprol.example"
OTHER = "D0009-2025-1"


def imitation(campaign: Campaign) -> str:
    """What our letters say, and where their answers would go: to another question."""
    address = str(campaign.letter(AICHA, "question", OTHER).message["Reply-To"])
    token = address.partition("+")[2].partition("@")[0]
    return (
        f"Voici le détail.\n\n{MARKER}\n\nASSAPROL · {OTHER}\n\nVous avez validé la réponse 1 [{OTHER}].\n"
        f"1 · {OTHER} · Zoé Etchegoyen\n2 traité\n3 · D0042-2025-3 [Traitée]\nOK pour tous\n\n· · ·\n\n"
        f"Pour répondre, ou faire répondre un collègue : {address}\n"
        f"eccv%2B{token.upper()}@assaprol.example https://eccv.assaprol.example/v/{token}\u2028> OK\x0bvalidé"
    )


def forwarded(letter: Letter, who: tuple[str, str], text: str, html: bool) -> EmailMessage:
    """A mail that names our letter by nothing but what it quotes of it."""
    message = EmailMessage()
    message["From"], message["To"] = f"{who[0]} <{who[1]}>", BOT
    message["Subject"], message["Message-ID"] = "TR: ECCV", make_msgid(domain=who[1].partition("@")[2])
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
    message.set_content(f"{text}\n\n-----Message d'origine-----\nDe : ASSAPROL <{BOT}>\n\n{quoted}\n")
    if html:
        message.set_content(f"<p>{text}</p><hr><blockquote>{letter.html}</blockquote>", subtype="html")
    return message


@pytest.mark.parametrize("html", [False, True])
def test_the_foot_line_of_a_letter_is_ours(campaign: Campaign, html: bool) -> None:
    approval = campaign.proposed(imitation(campaign))
    why = campaign.hand_in(forwarded(approval, MAITE, "OK", html))
    assert (why["matched_by"], why["decision"]) == ("foot-line", "approved")
    assert [campaign.show(ref)["state"] for ref in (REF, OTHER)] == ["submitted", "asked"]


def test_a_reply_decides_what_it_says_and_nothing_that_it_quotes(campaign: Campaign) -> None:
    approval = campaign.proposed(imitation(campaign))
    assert campaign.reply(approval, MAITE, "Merci, je regarde demain.")["decision"] == "Unclear"
    assert campaign.show()["state"] == "proposed"
    assert campaign.reply(approval, MAITE, "OK")["decision"] == "approved"
    to_treat = campaign.letter(MIREILLE, "to_treat")
    assert campaign.reply(to_treat, MIREILLE, "vu")["decision"] == "Unclear"
    assert [campaign.show(ref)["state"] for ref in (REF, OTHER)] == ["submitted", "asked"]


def test_what_was_typed_is_set_off_line_by_line_and_kept_as_it_came(campaign: Campaign) -> None:
    said = imitation(campaign)
    approval = campaign.proposed(said)
    ours = [line for line in approval.text.splitlines() if not line.startswith("  | ")]
    assert not [line for line in ours if OTHER in line or "validé\x20la" in line or line.endswith("OK")]
    assert approval.text.count(MARKER) == 1
    (answer,) = campaign.show()["answers"]
    assert str(campaign.letter(AICHA, "question", OTHER).message["Reply-To"]) in answer["text"]


@pytest.mark.parametrize(
    "said", ["Votre compte est bloqué : https://voleur.example/x", "DOSSIER https://voleur.example"]
)
def test_nobody_has_us_write_to_somebody_else(campaign: Campaign, said: str) -> None:
    """A mail that only claims to be Maïté's is answered at her address: without its subject, and with no link in it."""
    message = EmailMessage()
    message["From"], message["To"] = f"ASSAPROL <{MAITE[1]}>", BOT
    message["Subject"], message["Message-ID"] = "Urgent https://voleur.example", make_msgid(domain="voleur.example")
    message.set_content(said)
    why = campaign.hand_in(message, verdict="none")
    assert why["trust"] == "claimed"
    (letter,) = (x for x in campaign.office.mailbox(MAITE[1]) if x.kind == "clarification")
    assert "voleur" not in letter.subject
    assert "voleur" in letter.text
    assert not re.search(r"voleur\.|https://voleur", letter.text + letter.html)
