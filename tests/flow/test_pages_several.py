"""Decisions on the page of a letter with several answers, and what leaves because of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests.background import Background
from tests.campaign import AICHA, MAITE, MIREILLE, Campaign
from tests.gateways.several import MINUTES, ONE, TWO, approvals, forms, open_to_all

pytestmark = pytest.mark.slow  # a server for each test


@pytest.fixture
def site(living: Campaign, background: Background) -> Iterator[str]:
    with open_to_all(living, background) as address:
        yield address


def test_staff_hear_of_it_ten_minutes_after_the_decision(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    for form in forms(httpx.get(page).text, "approve"):
        form.send(site, read="yes")
    living.run()
    before = len(living.office.mailbox(MAITE[1]))
    living.advance(9 * MINUTES)
    assert "to_treat" not in living.kinds(MIREILLE)
    living.advance(MINUTES)
    assert living.kinds(MIREILLE).count("to_treat") == 2
    assert len(living.office.mailbox(MAITE[1])) == before, "a decision on the page has no receipt"
    living.reply(living.letter(MIREILLE, "to_treat", ONE), MIREILLE, "traité satisfaisant")
    assert living.show(ONE)["state"] == "treated"


def test_what_is_taken_back_reaches_nobody(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    one, two = (form.send(site, read="yes") for form in forms(httpx.get(page).text, "approve"))
    living.advance(5 * MINUTES)
    assert forms(one.text, "undo")[0].send(site).status_code == 200
    living.advance(timedelta(hours=2))
    letters = [x.subject for x in living.office.mailbox(MIREILLE[1]) if x.kind == "to_treat"]
    assert len(letters) == 1
    assert TWO in letters[0]
    assert [living.show(ref)["state"] for ref in (ONE, TWO)] == ["proposed", "submitted"]
    assert forms(two.text, "undo")[0].send(site).status_code == 409


def test_after_an_undo_the_same_decision_leaves_once(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    done = forms(httpx.get(page).text, "approve")[0].send(site, read="yes")
    living.advance(9 * MINUTES)
    back = forms(done.text, "undo")[0].send(site)
    forms(back.text, "approve")[0].send(site, read="yes")
    living.advance(9 * MINUTES)
    assert "to_treat" not in living.kinds(MIREILLE), "ten minutes count from the decision that holds"
    living.advance(MINUTES)
    assert living.kinds(MIREILLE).count("to_treat") == 1


def test_the_author_hears_only_of_what_holds(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    one, _ = (form.send(site, read="yes") for form in forms(httpx.get(page).text, "approve"))
    forms(one.text, "undo")[0].send(site)
    living.advance(11 * MINUTES)
    living.reply(living.letter(AICHA, "question", "D0009-2025-3"), AICHA, "Réponse à la troisième.")
    told = living.letter(AICHA, "receipt", "D0009-2025-3").text
    assert TWO in told
    assert ONE not in told


def test_what_goes_back_goes_at_once(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    forms(httpx.get(page).text, "send_back")[1].send(site, read="yes", text="Joindre le calcul.")
    living.run()
    assert "Joindre le calcul." in living.letter(AICHA, "sent_back", TWO).text
