"""Programs that look into every link decide nothing, change nothing, and bring about few letters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from mailbot.domain.browsers import UNUSED_A_DAY, UNUSED_AN_HOUR
from mailbot.gateways import web
from tests.background import Background
from tests.campaign import AICHA, MAITE, MIREILLE, Campaign
from tests.gateways.scanner import BEHAVIOURS, of_letter, visits
from tests.gateways.several import ONE, TWO, approvals

pytestmark = pytest.mark.slow  # thousands of requests
SECRET = "9 840 € selon le bail"


@pytest.fixture
def site(living: Campaign, background: Background, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(web, "GONE_SECONDS", 0)
    server = background.run(web.start(living.system, "127.0.0.1", 0))
    yield f"http://127.0.0.1:{server.port}"
    background.run(server.close())


def state(here: Campaign) -> list[Any]:
    """Everything but what a request for a code leaves behind."""
    conn = here.system.store.conn
    names = (
        "question",
        "answer",
        "answer_file",
        "journal",
        "deed",
        "plan",
        "draft",
        "inbox",
        "nonce",
        "browser",
        "news",
    )
    kept = [[tuple(row) for row in conn.execute(f"select * from {name}")] for name in names]
    return [*kept, [tuple(r) for r in conn.execute("select id, kind from outbox where kind <> 'confirm_code'")]]


def codes(here: Campaign) -> int:
    here.run()
    return sum(letter.kind == "confirm_code" for letter in here.office.letters())


def test_twelve_behaviours_fifty_times_each(living: Campaign, site: str) -> None:
    approvals(living, site, ONE, TWO, text=f"Réponse à {{ref}}: {SECRET}.", files={"bail.pdf": b"%PDF-1.4\n%%EOF\n"})
    several = living.letter(MAITE, "approval", "réponses")
    living.reply(several, MAITE, "1 ok")
    living.advance(timedelta(hours=1))
    treat = living.letter(MIREILLE, "to_treat", ONE)
    found = [of_letter(letter.text, letter.html, site) for letter in (several, treat)]
    assert all(found), "both letters have links"
    before, letters = state(living), codes(living)
    for n, behaviour in enumerate(BEHAVIOURS):
        link = found[n % 2][0]
        for answer in visits(link, behaviour):
            assert answer.status_code < 500, behaviour
            assert SECRET not in answer.text and AICHA[0] not in answer.text, behaviour
        assert state(living) == before, behaviour
    mailed = codes(living) - letters
    assert 0 < mailed <= 2 * UNUSED_AN_HOUR, "a few letters to each of both"
    living.app.clock.set(living.now + timedelta(days=1))
    for links in found:
        for link in links:
            for behaviour in BEHAVIOURS:
                assert all(answer.status_code < 500 for answer in visits(link, behaviour, 1))
    assert state(living) == before
    assert codes(living) - letters - mailed <= 2 * UNUSED_AN_HOUR < 2 * UNUSED_A_DAY
    assert [living.show(ref)["state"] for ref in (ONE, TWO)] == ["submitted", "proposed"]


def test_a_letter_with_a_code_has_no_link_to_follow(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    list(visits(page, "press every button", 1))
    living.run()
    (letter,) = [x for x in living.office.mailbox(MAITE[1]) if x.kind == "confirm_code"]
    assert of_letter(letter.text, letter.html, site) == []
