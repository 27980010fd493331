"""A mailbox that several people read answers under its rights, and decides nothing by reply: its page does."""

from __future__ import annotations

import pytest

from mailbot.demo.postoffice import Letter
from tests.campaign import AICHA, MAITE, MIREILLE, Campaign

pytestmark = pytest.mark.slow  # many whole mails: `make test` only


def shared(campaign: Campaign, who: tuple[str, str]) -> None:
    with campaign.system.store.tx() as conn:
        conn.execute("update person set shared = 1 where email = ?", (who[1],))


def told(campaign: Campaign, who: tuple[str, str], letter: Letter, text: str) -> str:
    """A decision by reply is refused once a day with a letter that names the page."""
    assert campaign.reply(letter, who, text)["decision"] == "NotProven"
    return " ".join(campaign.office.mailbox(who[1])[-1].text.split())


@pytest.mark.parametrize("text", ["OK", "Compléter : et ceci.", "Remplacer : autre chose.", "Non : à revoir"])
def test_it_answers_and_approves_nothing(campaign: Campaign, text: str) -> None:
    shared(campaign, MAITE)
    approval = campaign.proposed()
    said = told(campaign, MAITE, approval, text)
    assert "plusieurs personnes lisent" in said
    assert "/v/" in said
    assert campaign.show()["state"] == "proposed"
    other = campaign.letter(AICHA, "question", "D0009-2025-1")
    assert campaign.reply(other, MAITE, "Je réponds.")["decision"] == "submit"


def test_words_that_were_shown_back_are_not_taken_either(campaign: Campaign) -> None:
    shared(campaign, MAITE)
    campaign.reply(campaign.proposed(), MAITE, "La décennale tient au contrat du 1er mars.")
    told(campaign, MAITE, campaign.letter(MAITE, "approval_unclear"), "OK")
    assert campaign.show()["state"] == "proposed"


def test_several_answers_in_one_letter_and_the_digest(living: Campaign) -> None:
    shared(living, MAITE)
    for ref in ("D0009-2025-1", "D0009-2025-2"):
        living.reply(living.letter(AICHA, "question", ref), AICHA, f"Le détail de {ref}.")
    living.advance(living.system.policy.longest * 2)
    letter = next(x for x in living.office.mailbox(MAITE[1]) if x.kind == "approval")
    assert "/v/" in told(living, MAITE, letter, "OK pour tous")
    living.reply(letter, MAITE, "1) ok\n2) non : à revoir")
    assert {living.show(f"D0009-2025-{n}")["state"] for n in (1, 2)} == {"proposed"}


@pytest.mark.parametrize("text", ["traité", "redemander : et la page 2 ?", "retirer"])
def test_staff_treat_nothing_from_a_shared_mailbox(campaign: Campaign, text: str) -> None:
    campaign.reply(campaign.proposed(), MAITE, "OK")
    shared(campaign, MIREILLE)
    told(campaign, MIREILLE, campaign.letter(MIREILLE, "to_treat"), text)
    assert campaign.show()["state"] == "submitted"


def test_a_decision_is_not_undone_from_a_shared_mailbox(living: Campaign) -> None:
    approval = _approval(living)
    living.reply(approval, MAITE, "OK")
    shared(living, MAITE)
    assert living.reply(living.letter(MAITE, "decided"), MAITE, "annuler")["decision"] == "NotProven"
    assert living.show()["state"] == "submitted"


def _approval(campaign: Campaign) -> Letter:
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.")
    campaign.advance(campaign.system.policy.longest * 2)
    return campaign.letter(MAITE, "approval")
