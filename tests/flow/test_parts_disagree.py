"""A decision whose text part and HTML part say different things waits for a person; an answer is taken."""

from __future__ import annotations

from email.message import EmailMessage

from mailbot.demo.postoffice import Letter, reply
from tests.campaign import AICHA, MAITE, Campaign


def twofold(letter: Letter, who: tuple[str, str], text: str, html: str) -> EmailMessage:
    mail = reply(letter, who, text)
    mail.set_content(text)
    mail.add_alternative(f"<html><body><p>{html}</p></body></html>", subtype="html")
    return mail


def test_a_decision_that_says_yes_and_no_is_held(campaign: Campaign) -> None:
    letter = campaign.proposed()
    told = campaign.hand_in(twofold(letter, MAITE, "Non, je refuse.", "Validé"))
    assert (told["state"], told["disposition"], told["letters"]) == ("held", "hold", [])
    assert told["reason"] == "its text and its HTML say different things"
    assert campaign.show()["state"] == "proposed"


def test_the_same_words_twice_decide(campaign: Campaign) -> None:
    letter = campaign.proposed()
    assert campaign.hand_in(twofold(letter, MAITE, "Validé.", "Validé."))["decision"] == "approved"


def test_an_answer_is_no_decision(campaign: Campaign) -> None:
    letter = campaign.letter(AICHA, "question")
    assert campaign.hand_in(twofold(letter, AICHA, "La taxe foncière.", "Le loyer du cabinet."))["state"] == "done"
