"""Confirmed browsers, over real HTTP and mail: what a link opens, to whom, for how long, and how that is taken back."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import make_msgid

import httpx
import pytest

from mailbot.demo.postoffice import Letter
from mailbot.domain.browsers import CODE_LIVES, REMEMBERED, TRIES, UNUSED_AN_HOUR
from mailbot.gateways import web
from mailbot.service import incidents
from tests.background import Background
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, REF, Campaign
from tests.gateways.several import ONE, TWO, approvals, plain
from tests.gateways.test_web import form_of, page_of
from tests.gateways.visiting import FIREFOX, PATIENCE, codes, confirmed

pytestmark = pytest.mark.slow  # a server for each test
TYPED = "Loyer de 9 840 € selon le bail, réglé en mars."
PDF = {"bail.pdf": b"%PDF-1.4\n%%EOF\n"}
SECONDS = timedelta(seconds=1)


def browser(**headers: str) -> httpx.Client:
    """One that nobody has confirmed."""
    return httpx.Client(timeout=PATIENCE, headers={**FIREFOX, **headers})


def proposed(campaign: Campaign, site: str) -> str:
    """The page of an answer that waits for the expert, with a file."""
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, TYPED, files=PDF)
    return page_of(campaign.letter(MAITE, "approval"), site)


def to_the_bot(campaign: Campaign, who: tuple[str, str], word: str) -> EmailMessage:
    """A mail of one word to the bot's own address."""
    message = EmailMessage()
    message["From"], message["To"] = f"{who[0]} <{who[1]}>", campaign.system.bot.address
    message["Subject"] = word
    message["Message-ID"] = make_msgid(domain="firm.example")
    message.set_content("Merci\n")
    return message


def last(campaign: Campaign, who: tuple[str, str], kind: str) -> Letter:
    """The newest letter of a kind to that person."""
    campaign.run()
    found = [x for x in campaign.office.mailbox(who[1]) if x.kind == kind]
    assert found, campaign.kinds(who)
    return found[-1]


def said(campaign: Campaign, who: tuple[str, str], kind: str) -> str:
    """Its words."""
    return last(campaign, who, kind).text.replace("\u00a0", " ")


def test_a_link_alone_opens_nothing(campaign: Campaign, site: str) -> None:
    """Who was handed the letter, or opens every link, reads the association, the reference and the date."""
    page = proposed(campaign, site)
    with browser() as stranger:
        answers = [stranger.get(page), stranger.get(page.replace("/v/", "/f/") + "/1"), stranger.post(page)]
        form = {"decision": "approve", "n": "x", "v": "1", "read": "yes", "text": "Mes mots."}
        answers.append(stranger.post(page, data=form))
    assert [answer.status_code for answer in answers] == [200, 403, 403, 403]
    today = campaign.system.today()
    for answer in answers:
        words = plain(answer.text)
        assert "ASSAPROL" in words and f"Référence {REF}" in words and f"{today.day}" in words
        assert "Recevoir un code" in words
        for secret in (AICHA[0], MAITE[0], MAITE[1], "Etcheverry", "9 840", "bail", "Zoé", "géomètre", "valid"):
            assert secret not in words, secret
        assert not {"etag", "last-modified", "content-disposition"} & set(answer.headers)
    assert answers[3].text.count("Mes mots.") == 1, "what was typed is not lost"
    assert campaign.show()["state"] == "proposed"
    assert campaign.kinds(MAITE) == ["approval"]


def test_every_kind_of_page_is_closed_alike(living: Campaign, background: Background) -> None:
    server = background.run(web.start(living.system, "127.0.0.1", 0))
    site = f"http://127.0.0.1:{server.port}"
    several = approvals(living, site, ONE, TWO)
    living.reply(living.letter(MAITE, "approval", "réponses"), MAITE, "1 ok")
    living.advance(timedelta(hours=1))
    treat = page_of(living.letter(MIREILLE, "to_treat", ONE), site)
    with browser() as stranger:
        shown = [stranger.get(page).text for page in (several, treat)]
    alike = {
        re.sub(r"/v/\w+|D0009-2025(-\d)?|\d+&nbsp;\w+&nbsp;\d+|\d+\u00a0\w+\u00a0\d+", "…", text) for text in shown
    }
    assert len(alike) == 1
    both = confirmed(living, several, treat)
    assert "Deux réponses" in both.get(several).text
    assert "Une réponse à traiter" in both.get(treat).text
    background.run(server.close())


def test_the_code_opens_the_page_to_the_browser_that_asked(campaign: Campaign, site: str) -> None:
    page = proposed(campaign, site)
    with browser() as mine, browser() as other:
        asked = mine.post(page + "/code")
        assert "Valable jusqu’à" in asked.text and "Il reste 5 essais." in plain(asked.text)
        (code,) = codes(campaign)
        letter = said(campaign, MAITE, "confirm_code")
        assert "Navigateur : Firefox sous Windows" in letter and f"[{REF}]" in letter
        assert "/v/" not in letter, "no link that a program could follow"
        assert code not in asked.text and code.replace(" ", "") not in str(asked.headers)
        assert other.post(page + "/code", data={"code": code}).status_code == 403
        assert other.get(page).status_code == 200 and TYPED not in other.get(page).text
        opened = mine.post(page + "/code", data={"code": code})
        assert (opened.status_code, opened.headers["location"]) == (303, page.removeprefix(site))
        assert "9 840" in plain(mine.get(page).text)
        assert mine.get(page.replace("/v/", "/f/") + "/1").content == PDF["bail.pdf"]
        assert mine.post(page + "/code").status_code == 303, "a known browser needs none"
        assert other.post(page + "/code", data={"code": code}).status_code == 403, "nor is it of use twice"
        assert len(codes(campaign)) == 1
        done = mine.post(page, data={**form_of(mine.get(page).text), "decision": "approve"})
    assert (done.status_code, campaign.show()["state"]) == (200, "submitted")


def test_the_cookies_are_as_narrow_as_they_can_be(
    campaign: Campaign, site: str, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("", "mailbot"):  # a command that ran before may have set it lower
        caplog.set_level(logging.DEBUG, name or None)
    page = proposed(campaign, site)
    with browser() as mine:
        given = mine.post(page + "/code").headers.get_list("set-cookie")
        code = codes(campaign)[-1]
        given += mine.post(page + "/code", data={"code": code}).headers.get_list("set-cookie")
        secrets = set(re.findall(r"mailbot_\w+=([^;]+)", "\n".join(given)))
        assert "set-cookie" not in mine.get(page).headers
    assert [re.sub(r"=[^;]+", "", cookie, count=1).lower() for cookie in given] == [
        "mailbot_code; httponly; max-age=86400; path=/v; samesite=lax",
        *(f"mailbot_browser; httponly; max-age={90 * 86400}; path={path}; samesite=lax" for path in ("/v", "/f")),
    ]
    conn = campaign.system.store.conn
    tables = [row["name"] for row in conn.execute("select name from sqlite_master where type = 'table'")]
    kept = str([tuple(row) for t in tables if t != "outbox" for row in conn.execute(f"select * from {t}")])
    told = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith(("mailbot", "uvicorn")))
    assert "browser confirmed" in told
    for secret in {*secrets, code, code.replace(" ", "")}:
        assert secret not in kept, "the database holds hashes"
        assert secret not in told
    system = replace(
        campaign.system, policy=replace(campaign.system.policy, public_url="https://eccv.assaprol.example")
    )
    server = background.run(web.start(system, "127.0.0.1", 0))
    with browser() as mine:
        again = mine.post(page.replace(site, f"http://127.0.0.1:{server.port}") + "/code")
    background.run(server.close())
    assert "; Secure" in again.headers["set-cookie"]


def test_a_code_is_guessed_five_times(campaign: Campaign, site: str) -> None:
    page = proposed(campaign, site)
    with browser() as mine:
        assert "n’a pas demandé de code" in plain(mine.post(page + "/code", data={"code": "123456"}).text)
        mine.post(page + "/code")
        right = codes(campaign)[-1].replace(" ", "")
        wrong = [f"{(int(right) + n) % 10**6:06d}" for n in range(1, 60)]
        first = plain(mine.post(page + "/code", data={"code": wrong[0]}).text)
        assert "Ce code n’est pas le bon. Il reste 4 essais." in first
        for empty in ("", "12", "douze", "1234567"):
            answer = mine.post(page + "/code", data={"code": empty})
            assert "Un code a six chiffres." in plain(answer.text), "that is no try, and asks for no letter"
        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda code: mine.post(page + "/code", data={"code": code}), wrong[1:]))
        assert {answer.status_code for answer in answers} == {403}
        assert sum("essais." in plain(answer.text) for answer in answers) <= TRIES
        assert sum("Trop d’essais : demandez un nouveau code." in plain(answer.text) for answer in answers) == 1
        assert "Ce code n’est plus valable" in plain(mine.post(page + "/code", data={"code": right}).text)
        mine.post(page + "/code")
        assert mine.post(page + "/code", data={"code": codes(campaign)[-1]}).status_code == 303


def test_a_code_lives_for_ten_minutes_and_the_browser_for_ninety_days(living: Campaign, background: Background) -> None:
    server = background.run(web.start(living.system, "127.0.0.1", 0))
    page = approvals(living, f"http://127.0.0.1:{server.port}", ONE, TWO)
    with browser() as mine:
        mine.post(page + "/code")
        living.app.clock.set(living.now + CODE_LIVES + SECONDS)
        late = mine.post(page + "/code", data={"code": codes(living)[-1]})
        assert "Ce code n’est plus valable : demandez un nouveau code." in plain(late.text)
        mine.post(page + "/code")
        living.app.clock.set(living.now + CODE_LIVES - 5 * SECONDS)
        assert mine.post(page + "/code", data={"code": codes(living)[-1]}).status_code == 303
        living.app.clock.set(living.now + REMEMBERED - timedelta(hours=1))
        assert "Deux réponses à valider" in mine.get(page).text
        living.app.clock.set(living.now + timedelta(hours=1))
        assert "Recevoir un code" in mine.get(page).text
    background.run(server.close())


def test_pressing_the_button_again_writes_no_second_letter(living: Campaign, background: Background) -> None:
    server = background.run(web.start(living.system, "127.0.0.1", 0))
    page = approvals(living, f"http://127.0.0.1:{server.port}", ONE, TWO)
    with browser() as mine:
        for _ in range(3):
            assert "Code à six chiffres" in mine.post(page + "/code").text
        soon = mine.post(page + "/code", data={"again": "yes"})
        assert "Un code est déjà parti" in plain(soon.text)
        (first,) = codes(living)
        living.app.clock.set(living.now + timedelta(minutes=1))
        mine.post(page + "/code", data={"again": "yes"})
        first, second = codes(living)
        if first != second:  # once in a million they are the same
            assert "Il reste 4 essais." in plain(mine.post(page + "/code", data={"code": first}).text)
        assert mine.post(page + "/code", data={"code": second}).status_code == 303
    background.run(server.close())


def test_whoever_presses_often_writes_few_letters(living: Campaign, background: Background) -> None:
    server = background.run(web.start(living.system, "127.0.0.1", 0))
    page = approvals(living, f"http://127.0.0.1:{server.port}", ONE, TWO)
    for _ in range(30):
        with browser() as one:
            answer = one.post(page + "/code")
    assert answer.status_code == 429
    assert "Trop de codes ont été demandés." in plain(answer.text)
    assert len(codes(living)) == UNUSED_AN_HOUR
    with browser() as one:
        living.app.clock.set(living.now + timedelta(hours=1, seconds=1))
        assert one.post(page + "/code").status_code == 200
        assert one.post(page + "/code", data={"code": codes(living)[-1]}).status_code == 303
    for _ in range(3):
        living.app.clock.set(living.now + timedelta(hours=1, seconds=1))
        for _ in range(10):
            with browser() as other:
                other.post(page + "/code")
    assert len(codes(living)) == 11, "ten a day, and the one that was typed"
    background.run(server.close())


def test_programs_leave_room_for_other_letters(campaign: Campaign, background: Background) -> None:
    system = replace(campaign.system, policy=replace(campaign.system.policy, letters_per_hour=4))
    server = background.run(web.start(system, "127.0.0.1", 0))
    page = proposed(campaign, f"http://127.0.0.1:{server.port}")
    campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "OK")
    treat = page_of(campaign.letter(MIREILLE, "to_treat"), f"http://127.0.0.1:{server.port}")
    with browser() as one:
        assert [one.post(where + "/code").status_code for where in (page, treat)] == [200, 429]
    background.run(server.close())


def test_several_share_one_browser_and_a_colleague_is_somebody_else(
    campaign: Campaign, site: str, background: Background
) -> None:
    page = proposed(campaign, site)
    mine = confirmed(campaign, page)
    campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "OK")
    treat = page_of(campaign.letter(MIREILLE, "to_treat"), site)
    assert "Recevoir un code" in mine.get(treat).text, "confirmed for the expert alone"
    assert mine.post(treat + "/code").status_code == 200
    assert mine.post(treat + "/code", data={"code": codes(campaign)[-1]}).status_code == 303
    assert "Une réponse à traiter" in mine.get(treat).text
    assert f"Validée par {MAITE[0]}" in mine.get(page).text, "and the expert's is still open"
    seen = confirmed(campaign, treat)
    assert "Recevoir un code" in seen.get(page).text


def test_browsers_are_listed_and_forgotten_by_mail(campaign: Campaign, site: str) -> None:
    page = proposed(campaign, site)
    office, home = confirmed(campaign, page), confirmed(campaign, page)
    campaign.hand_in(to_the_bot(campaign, MAITE, "NAVIGATEURS"), verdict="none")
    listed = said(campaign, MAITE, "browsers")
    assert listed.count("Firefox sous Windows") == 2 and "2 · Firefox sous Windows" in listed
    why = campaign.reply(last(campaign, MAITE, "browsers"), MAITE, "OUBLIER 2", verdict="none")
    assert (why["trust"], why["decision"]) == ("token", "browsers forgotten")
    assert "C’est oublié" in said(campaign, MAITE, "browsers")
    assert "Recevoir un code" in home.get(page).text
    assert "9 840" in plain(office.get(page).text)
    campaign.reply(last(campaign, MAITE, "browsers"), MAITE, "OUBLIER 2 et 7", verdict="none")
    assert "Aucun navigateur ne porte ce numéro" in said(campaign, MAITE, "browsers")
    third = confirmed(campaign, page)
    campaign.reply(last(campaign, MAITE, "browsers"), MAITE, "OUBLIER TOUS", verdict="none")
    assert "Aucun autre navigateur n’est confirmé" in said(campaign, MAITE, "browsers")
    for one in (office, third):
        assert "Recevoir un code" in one.get(page).text


def test_what_a_stranger_s_word_forgets_is_nothing(campaign: Campaign, site: str) -> None:
    page = proposed(campaign, site)
    mine = confirmed(campaign, page)
    campaign.hand_in(to_the_bot(campaign, MAITE, "OUBLIER TOUS"), verdict="none")
    assert "9 840" in plain(mine.get(page).text), "claimed is not enough: it asks for a letter of ours"
    campaign.hand_in(to_the_bot(campaign, ELISE, "NAVIGATEURS"))
    assert "Aucun navigateur n’est confirmé à votre nom" in said(campaign, ELISE, "browsers")
    campaign.hand_in(to_the_bot(campaign, ELISE, "OUBLIER TOUS"))
    assert "9 840" in plain(mine.get(page).text)


def test_a_code_is_disowned(campaign: Campaign, site: str) -> None:
    """Somebody talked the expert into telling a code: her reply ends it, with what it opened."""
    page = proposed(campaign, site)
    thief = confirmed(campaign, page)
    assert "9 840" in plain(thief.get(page).text)
    letter = last(campaign, MAITE, "confirm_code")
    why = campaign.reply(letter, MAITE, "Ce n'est pas moi !\nMaïté", verdict="none")
    assert (why["trust"], why["decision"]) == ("token", "code disowned")
    assert "La page reste fermée" in said(campaign, MAITE, "browsers")
    conn = campaign.system.store.conn
    (seen,) = incidents.gather(campaign.system, conn, campaign.now - timedelta(days=1), 0).disowned
    assert (seen.person.email, seen.browser, seen.ref, seen.opened) == (MAITE[1], "Firefox sous Windows", REF, True)
    assert "Recevoir un code" in thief.get(page).text
    assert thief.post(page + "/code").status_code == 429, "and gets no other"
    assert len(codes(campaign)) == 1
    with browser() as other:
        other.post(page + "/code")
        pending = codes(campaign)[-1]
        campaign.reply(letter, MAITE, "Je n'ai rien demandé", verdict="none")
        assert other.post(page + "/code", data={"code": pending}).status_code == 403, "no pending code counts"
    for word in ("482 915", "OK", "Que dois-je faire ?"):
        campaign.reply(letter, MAITE, word)
        assert "Le code se saisit sur la page" in said(campaign, MAITE, "clarification")
    why = campaign.reply(letter, AICHA, "Ce n'est pas moi", verdict="pass")
    assert why["decision"] == "Held"


@contextmanager
def open_to_all(campaign: Campaign, background: Background) -> Iterator[str]:
    system = replace(campaign.system, policy=replace(campaign.system.policy, confirm_browser=False))
    server = background.run(web.start(system, "127.0.0.1", 0))
    yield f"http://127.0.0.1:{server.port}"
    background.run(server.close())


def test_without_confirmation_a_box_must_be_ticked(campaign: Campaign, background: Background) -> None:
    with open_to_all(campaign, background) as site, browser() as anybody:
        page = proposed(campaign, site)
        html = anybody.get(page).text
        assert 'name="read" value="yes" required' in html and "9 840" in plain(html)
        assert anybody.post(page + "/code").status_code == 303
        form = {**form_of(html), "decision": "approve"}
        assert anybody.post(page, data=form).status_code == 400
        assert anybody.post(page, data={**form, "read": "yes"}).status_code == 200
    assert campaign.show()["state"] == "submitted"
    assert "confirm_code" not in campaign.kinds(MAITE)


@pytest.mark.parametrize(
    "change",
    ["update answer set text = 'Autre chose.'", "update answer set set_aside = 'Autre chose.'",
     "update answer_file set verdict = 'refused', why = 'type'", "update answer_file set name = 'autre.pdf'"],
)  # fmt: skip
def test_a_form_decides_on_what_its_page_showed(campaign: Campaign, site: str, change: str) -> None:
    page = proposed(campaign, site)
    mine = confirmed(campaign, page)
    form = {**form_of(mine.get(page).text), "decision": "amend", "text": "Mes mots."}
    with campaign.system.store.tx() as conn:
        conn.execute(change)
    answer = mine.post(page, data=form)
    assert answer.status_code == 409
    assert "La réponse a changé depuis l’ouverture de la page" in answer.text and "Mes mots." in answer.text
    assert campaign.show()["state"] == "proposed"
    again = {**form_of(mine.get(page).text), "decision": "approve"}
    assert mine.post(page, data=again).status_code == 200
