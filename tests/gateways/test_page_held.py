"""The page of a mail that waits for its confirmation, over HTTP: what a link opens, and what twenty clicks do."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from mailbot.gateways import web
from tests.background import Background
from tests.campaign import MAITE, Campaign
from tests.gateways.visiting import FIREFOX, confirmed

pytestmark = pytest.mark.slow  # `make test` only


@pytest.fixture
def page(campaign: Campaign, background: Background) -> Iterator[str]:
    """The address of the page of a spoofed « OK »."""
    server = background.run(web.start(campaign.system, "127.0.0.1", 0))
    campaign.reply(campaign.proposed(), MAITE, "OK", verdict="none")
    token = campaign.letter(MAITE, "confirm_mail", "").text.partition("/v/")[2][:26]
    yield f"http://127.0.0.1:{server.port}/v/{token}"
    background.run(server.close(1))


def nonce(html: str) -> str:
    return html.partition('name="n" value="')[2].partition('"')[0]


def test_a_link_alone_shows_nothing_of_the_mail_and_decides_nothing(campaign: Campaign, page: str) -> None:
    with httpx.Client(headers=FIREFOX, timeout=60) as stranger:
        shown = stranger.get(page)
        assert (shown.status_code, "Recevoir un code" in shown.text) == (200, True)
        assert "Ce qu" not in shown.text
        assert "cabinetetcheverry" not in shown.text
        for form in (
            {"decision": "confirm"},
            {"decision": "discard"},
            {"decision": "confirm", "n": "x", "read": "yes"},
        ):
            assert stranger.post(page, data=form).status_code in (403, 409)
    assert campaign.show()["state"] == "proposed"


def test_twenty_clicks_of_a_confirmed_browser_are_one(campaign: Campaign, page: str) -> None:
    with closing(confirmed(campaign, page)) as browser:
        shown = browser.get(page)
        assert "valider la réponse" in shown.text
        form = {"decision": "confirm", "n": nonce(shown.text)}
        with ThreadPoolExecutor(20) as many:
            answers = list(many.map(lambda _: browser.post(page, data=form), range(20)))
        assert {answer.status_code for answer in answers} <= {200, 409, 503}
        assert any("suivi d’effet" in answer.text for answer in answers)
        assert "suivi d’effet" in browser.get(page).text
    campaign.run()
    assert campaign.show()["state"] == "submitted"
    assert [h["event"] for h in campaign.show()["history"]].count("approved") == 1
    assert campaign.kinds(MAITE).count("decided") == 1


def test_the_other_button_drops_the_mail(campaign: Campaign, page: str) -> None:
    with closing(confirmed(campaign, page)) as browser:
        form = {"decision": "discard", "n": nonce(browser.get(page).text)}
        assert "est écarté" in browser.post(page, data=form).text
        assert browser.post(page, data={**form, "decision": "confirm"}).status_code == 200
    assert campaign.show()["state"] == "proposed"
