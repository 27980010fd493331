"""The pages over real HTTP: GET changes nothing, one POST decides, unknown and closed addresses look alike."""

from __future__ import annotations

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from mailbot.domain.model import Outcome
from mailbot.errors import StoreBusy, UsageError
from mailbot.gateways import web
from mailbot.service.pages import visits as pages
from tests.background import Background
from tests.campaign import AICHA, MAITE, MIREILLE, REF, Campaign
from tests.gateways.visiting import confirmed

pytestmark = pytest.mark.slow  # a server for each test
HOSTILE = "<script>alert(1)</script> {{7*7}} javascript:alert(1)"


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
    browser = confirmed(campaign, page)
    before = fingerprint(campaign)
    for _ in range(100):
        assert browser.get(page).status_code == 200
        browser.head(page)
    assert fingerprint(campaign) == before


def test_nothing_waits_for_the_other_side_on_a_connection_that_stays_open(site: str) -> None:
    """Nagle's algorithm (RFC 896) and delayed acknowledgements (RFC 1122 §4.2.3.2) together make each answer wait."""
    took = []
    with httpx.Client(timeout=60) as client:
        for _ in range(20):
            begin = time.perf_counter()
            assert client.get(f"{site}/healthz").status_code == 200
            took.append(time.perf_counter() - begin)
    assert min(took[1:]) < 0.03, "a delayed acknowledgement takes 40 ms"


def test_one_of_twenty_posts_decides(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    form = {**form_of(browser.get(page).text), "decision": "approve"}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: browser.post(page, data=form, timeout=60), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert [h["event"] for h in campaign.show()["history"]] == ["asked", "proposed", "approved"]
    assert f"Validée par {MAITE[0]}" in browser.get(page).text


@pytest.mark.parametrize("missing", ["n", "v", "decision"])
def test_a_form_that_lacks_something_decides_nothing(campaign: Campaign, site: str, missing: str) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    form = {**form_of(browser.get(page).text), "decision": "approve"}
    del form[missing]
    answer = browser.post(page, data=form)
    assert answer.status_code == 400
    assert "Rien n’a été enregistré" in answer.text
    assert campaign.show()["state"] == "proposed"


@pytest.mark.parametrize(("decision", "box"), [("amend", "text"), ("send_back", "comment")])
def test_what_was_typed_comes_back_where_it_was_typed(campaign: Campaign, site: str, decision: str, box: str) -> None:
    """A word to the collaborator must never stand in the box of what the OGA gets."""
    page = page_of(campaign.proposed("La réponse."), site)
    browser = confirmed(campaign, page)
    form = {**form_of(browser.get(page).text), "n": "x", "decision": decision, "text": "Mes mots.\nEt leur suite."}
    boxes = dict(re.findall(r'<textarea id="(\w+)"[^>]*>([^<]*)', browser.post(page, data=form).text))
    assert boxes == {"text": "La réponse.", "comment": ""} | {box: "Mes mots.\nEt leur suite."}


def test_the_form_of_another_version_is_refused(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    form = {**form_of(browser.get(page).text), "v": "7", "decision": "approve"}
    assert browser.post(page, data=form).status_code == 409
    assert campaign.show()["state"] == "proposed"


def test_an_amendment_and_its_letter(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    form = {**form_of(browser.get(page).text), "decision": "amend", "text": "Ma version."}
    assert browser.post(page, data=form).status_code == 200
    shown = campaign.show()
    assert (shown["state"], shown["answers"][-1]["text"]) == ("submitted", "Ma version.")


def test_another_version_since_is_said(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    form = {**form_of(browser.get(page).text), "decision": "send_back", "text": "Mon mot."}
    campaign.reply(campaign.letter(AICHA, "receipt"), AICHA, "Un complément.")
    answer = browser.post(page, data=form)
    assert answer.status_code == 409
    assert "Mon mot." in answer.text
    assert campaign.show()["state"] == "proposed"


def test_staff_treat_on_their_page(campaign: Campaign, site: str) -> None:
    campaign.reply(campaign.proposed(), MAITE, "OK")
    page = page_of(campaign.letter(MIREILLE, "to_treat"), site)
    browser = confirmed(campaign, page)
    html = browser.get(page).text
    assert set(re.findall(r'name="outcome" value="(\w+)"', html)) == {o.value for o in Outcome} - {"no_answer"}
    form = {**form_of(html), "decision": "treat", "outcome": "insufficient"}
    assert browser.post(page, data=form).status_code == 200
    assert campaign.show()["outcome"] == "insufficient"


def test_unknown_tokens_and_addresses_look_alike(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    wrong = page[:-1] + ("a" if page[-1] != "a" else "b")
    reply_token = site + "/v/" + str(campaign.letter(AICHA, "question").message["Reply-To"]).split("+")[1].split("@")[0]
    answers = [browser.get(where) for where in (wrong, reply_token, site + "/v/x", site + "/nothing", site + "/f/x/1")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert min(answer.elapsed.total_seconds() for answer in answers) >= web.GONE_SECONDS
    assert browser.post(wrong, data={"decision": "approve"}).status_code == 404
    assert browser.post(wrong + "/code").content == answers[0].content


def test_a_page_closes_thirty_days_after_the_question(campaign: Campaign, site: str, background: Background) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    form = {**form_of(browser.get(page).text), "decision": "approve"}
    browser.post(page, data=form)
    campaign.run()
    campaign.reply(campaign.letter(MIREILLE, "to_treat"), MIREILLE, "traité satisfaisant")
    assert browser.get(page).status_code == 200
    later = replace(campaign.system, now=lambda: campaign.system.now() + timedelta(days=31))
    server = background.run(web.start(later, "127.0.0.1", 0))
    closed = browser.get(page.replace(site, f"http://127.0.0.1:{server.port}"))
    background.run(server.close())
    assert (closed.status_code, closed.content) == (404, browser.get(site + "/v/x").content)


FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Referer": "https://evil.example/form"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
)


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_of_another_site_is_refused(campaign: Campaign, site: str, headers: dict[str, str]) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    form = {**form_of(browser.get(page).text), "decision": "approve"}
    answer = browser.post(page, data=form, headers=headers)
    assert answer.status_code == 403
    assert "Rien n’a été enregistré" in answer.text
    assert campaign.show()["state"] == "proposed"


def test_a_proxy_may_rename_us(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    form = {**form_of(browser.get(page).text), "decision": "approve"}
    said = {"Host": "backend:8080", "Origin": campaign.system.policy.public_url}
    assert browser.post(page, data=form, headers=said).status_code == 200
    assert campaign.show()["state"] == "submitted"


def test_what_is_no_form_of_ours_is_not_read(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    multipart = {"Content-Type": "multipart/form-data"}
    answers = {
        400: browser.post(page, content=b"no boundary", headers=multipart),
        413: browser.post(page, data={"text": "x" * web.BODY_LIMIT}),
        415: browser.post(page, json={"decision": "approve"}),
    }
    assert {status: answer.status_code for status, answer in answers.items()} == {n: n for n in answers}
    assert browser.post(page, data={str(n): "" for n in range(13)}).status_code == 400
    assert browser.post(page, files={"text": b"a file"}, data={"decision": "approve"}).status_code == 400
    assert campaign.show()["state"] == "proposed"


def test_every_answer_has_the_strict_headers(campaign: Campaign, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    answers = [
        browser.get(page),
        browser.post(page),
        browser.put(page),
        browser.get(site + "/x"),
        browser.get(site + "/healthz"),
    ]
    for status, error in ((503, StoreBusy("locked")), (500, RuntimeError("broken"))):
        monkeypatch.setattr(pages, "view", lambda *_, error=error: (_ for _ in ()).throw(error))
        answers.append(browser.get(page))
        assert (answers[-1].status_code, "indisponible" in answers[-1].text) == (status, True)
    for answer in answers:
        rules = answer.headers["content-security-policy"].partition("; style-src 'sha256-")
        assert {**{name: answer.headers.get(name) for name in web.HEADERS}, "Content-Security-Policy": rules[0]} == (
            web.HEADERS
        )
        assert "unsafe" not in rules[2] and bool(rules[2]) == ("<style>" in answer.text)
        assert not {"server", "date"} & set(answer.headers)


def test_the_port_is_taken(background: Background, campaign: Campaign) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=rf"cannot serve pages on 127\.0\.0\.1:{port} .*in use"):
            background.run(web.start(campaign.system, "127.0.0.1", port))


def talk(site: str, said: bytes) -> bytes:
    """What the server says on one connection until it closes it."""
    with socket.create_connection(("127.0.0.1", int(site.rpartition(":")[2])), timeout=60) as peer:
        peer.sendall(said)
        return b"".join(iter(lambda: peer.recv(65536), b""))


FORM = b"POST /v/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.mark.parametrize(
    "said",
    [b"", b"GET /healthz HTTP/1.1\r\nX: ", FORM + b"Content-Length: 100\r\n\r\nn="],
    ids=["nothing", "half a head", "half a form"],
)
def test_who_stops_half_way_is_cut_off(
    campaign: Campaign, background: Background, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(web, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(web, "BODY_SECONDS", 0.2)
    server = background.run(web.start(campaign.system, "127.0.0.1", 0))
    site = f"http://127.0.0.1:{server.port}"
    with httpx.Client() as patient:
        assert talk(site, said) == b""
        assert patient.get(site + "/healthz").text == "ok\n"
    background.run(server.close())


def test_two_lengths_of_one_body_are_refused(site: str) -> None:
    """RFC 9112 §6.1: Content-Length beside chunked is how requests are smuggled.

    Both requests go in one packet: what arrives after the refusal would reset the connection and may take the answer.
    """
    first = FORM + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    heard = talk(site, first + FORM + b"\r\n")
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert heard.count(b"HTTP/1.1 ") == 1


def test_files_come_back_byte_for_byte_and_hostile_text_is_inert(campaign: Campaign, site: str) -> None:
    pdf = b"%PDF-1.4\n" + bytes(range(256)) + b"\n%%EOF\n"
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, HOSTILE, files={"détail.pdf": pdf})
    page = page_of(campaign.letter(MAITE, "approval"), site)
    browser = confirmed(campaign, page)
    html = browser.get(page)
    assert "<script>" not in html.text
    assert "{{7*7}}" in html.text
    assert html.headers["content-security-policy"].startswith("default-src 'none'")
    assert (html.headers["cache-control"], html.headers["referrer-policy"]) == ("no-store", "no-referrer")
    file = browser.get(page.replace("/v/", "/f/") + "/1")
    assert file.content == pdf
    assert file.headers["content-disposition"].startswith("attachment;")
    assert campaign.show(REF)["answers"][0]["text"] == HOSTILE


def test_times_are_those_of_the_association(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    html = confirmed(campaign, page).get(page).text
    here = campaign.system.today()
    assert re.search(rf"\b{here.hour}.h.\d\d", html), "Paris time, not UTC"


def test_a_text_that_is_too_long_is_not_cut(campaign: Campaign, site: str) -> None:
    page = page_of(campaign.proposed(), site)
    browser = confirmed(campaign, page)
    form = {**form_of(browser.get(page).text), "decision": "amend", "text": "é" * 100_001}
    answer = browser.post(page, data=form)
    assert answer.status_code in (400, 413)
    assert campaign.show()["state"] == "proposed"
