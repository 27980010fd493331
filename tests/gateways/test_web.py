"""The pages over real HTTP: GET changes nothing, one POST decides, unknown and closed addresses look alike."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from mailbot.gateways import web
from tests.campaign import AICHA, MAITE, MIREILLE, REF, Campaign

HOSTILE = "<script>alert(1)</script> {{7*7}} javascript:alert(1)"


@pytest.fixture
def site(campaign: Campaign) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(web.start(campaign.system, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    asyncio.run_coroutine_threadsafe(server.close(), loop).result(15)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def page_of(letter: Any, site: str) -> str:
    found = re.search(r"/v/[a-z2-7]{26}", letter.text)
    assert found
    return site + found[0]


def form_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="(n|v)" value="([^"]+)"', html))


def fingerprint(campaign: Campaign) -> list[Any]:
    conn = campaign.system.store.conn
    queries = ("select * from question", "select * from journal", "select * from outbox", "select * from answer")
    return [[tuple(row) for row in conn.execute(query)] for query in queries]


def test_looking_changes_nothing(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    before = fingerprint(campaign)
    with httpx.Client() as client:
        for _ in range(100):
            assert client.get(page).status_code == 200
            client.head(page)
    assert fingerprint(campaign) == before


def test_one_of_twenty_posts_decides(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    form = {**form_of(httpx.get(page).text), "decision": "approve", "read": "yes"}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: httpx.post(page, data=form, timeout=20), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert [h["event"] for h in campaign.show()["history"]] == ["asked", "proposed", "approved"]
    assert f"Validée par {MAITE[0]}" in httpx.get(page).text


@pytest.mark.parametrize("missing", ["n", "v", "read", "decision"])
def test_a_form_that_lacks_something_decides_nothing(campaign: Campaign, site: str, missing: str) -> None:
    page = page_of(campaign.proposed(), site)
    form = {**form_of(httpx.get(page).text), "decision": "approve", "read": "yes"}
    del form[missing]
    answer = httpx.post(page, data=form)
    assert answer.status_code == 400
    assert "Rien n’a été enregistré" in answer.text
    assert campaign.show()["state"] == "proposed"


def test_what_was_typed_is_kept(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    form = {**form_of(httpx.get(page).text), "decision": "amend", "text": "Ma version.\nEt sa suite."}
    assert "Ma version.\nEt sa suite." in httpx.post(page, data=form).text


def test_an_amendment_and_its_letter(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    form = {**form_of(httpx.get(page).text), "decision": "amend", "text": "Ma version.", "read": "yes"}
    assert httpx.post(page, data=form).status_code == 200
    shown = campaign.show()
    assert (shown["state"], shown["answers"][-1]["text"]) == ("submitted", "Ma version.")


def test_another_version_since_is_said(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    form = {**form_of(httpx.get(page).text), "decision": "send_back", "text": "Mon mot.", "read": "yes"}
    campaign.reply(campaign.letter(AICHA, "receipt"), AICHA, "Un complément.")
    answer = httpx.post(page, data=form)
    assert answer.status_code == 409
    assert "Mon mot." in answer.text
    assert campaign.show()["state"] == "proposed"


def test_staff_treat_on_their_page(campaign: Campaign, site: str) -> None:
    campaign.reply(campaign.proposed(), MAITE, "OK")
    page = page_of(campaign.letter(MIREILLE, "to_treat"), site)
    form = {**form_of(httpx.get(page).text), "decision": "treat", "read": "yes", "outcome": "insufficient"}
    assert httpx.post(page, data=form).status_code == 200
    assert campaign.show()["outcome"] == "insufficient"


def test_unknown_tokens_and_addresses_look_alike(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    wrong = page[:-1] + ("a" if page[-1] != "a" else "b")
    reply_token = site + "/v/" + str(campaign.letter(AICHA, "question").message["Reply-To"]).split("+")[1].split("@")[0]
    answers = [httpx.get(where) for where in (wrong, reply_token, site + "/v/x", site + "/nothing", site + "/f/x/1")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert httpx.post(wrong, data={"decision": "approve"}).status_code == 404


def test_a_form_of_another_site_is_refused(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    form = {**form_of(httpx.get(page).text), "decision": "approve", "read": "yes"}
    assert httpx.post(page, data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert campaign.show()["state"] == "proposed"


def test_files_come_back_byte_for_byte_and_hostile_text_is_inert(campaign: Campaign, site: str) -> None:
    pdf = b"%PDF-1.4\n" + bytes(range(256)) + b"\n%%EOF\n"
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, HOSTILE, files={"détail.pdf": pdf})
    page = page_of(campaign.letter(MAITE, "approval"), site)
    html = httpx.get(page)
    assert "<script>" not in html.text
    assert "{{7*7}}" in html.text
    assert html.headers["content-security-policy"].startswith("default-src 'none'")
    assert (html.headers["cache-control"], html.headers["referrer-policy"]) == ("no-store", "no-referrer")
    file = httpx.get(page.replace("/v/", "/f/") + "/1")
    assert file.content == pdf
    assert file.headers["content-disposition"].startswith("attachment;")
    assert campaign.show(REF)["answers"][0]["text"] == HOSTILE


def test_times_are_those_of_the_association(campaign: Campaign, site: str) -> None:
    html = httpx.get(page_of(campaign.proposed(), site)).text
    here = campaign.system.today()
    assert re.search(rf"\b{here.hour}.h.\d\d", html), "Paris time, not UTC"
