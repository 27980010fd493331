"""The pages in a real browser: nobody is shut out (axe-core), on a phone and a desktop, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mailbot.gateways import web
from tests.background import Background
from tests.campaign import AICHA, MAITE, MIREILLE, Campaign
from tests.gateways.screens import ARGUMENTS, known, look, opened
from tests.gateways.several import ONE, THREE, TWO, approvals, forms
from tests.gateways.test_web import HOSTILE, page_of
from tests.gateways.visiting import codes

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS.split())
        yield started
        started.close()


def test_the_expert_types_a_code_and_decides(campaign: Campaign, site: str, browser: Browser, tmp_path: Path) -> None:
    campaign.reply(
        campaign.letter(AICHA, "question"), AICHA, f"Le détail est joint : 9 840 €.\n\n{HOSTILE}",
        files={"detail.pdf": b"%PDF-1.4\n%%EOF\n"},
    )  # fmt: skip
    address = page_of(campaign.letter(MAITE, "approval"), site)
    look(browser, address, "new-browser", tmp_path)
    with opened(browser, []) as (page, _):
        page.goto(address)
        page.get_by_role("button", name="Recevoir un code").click()
        page.get_by_label("Code à six chiffres").fill(wrong(codes(campaign)[-1]))
        page.keyboard.press("Enter")
        page.get_by_text("Ce code n’est pas le bon. Il reste 4 essais.").wait_for()
        page.get_by_label("Code à six chiffres").fill(codes(campaign)[-1])
        page.get_by_role("button", name="Ouvrir la page").click()
        page.get_by_role("button", name="Valider et transmettre").click()
        page.get_by_role("heading", name="La réponse nous est transmise").wait_for()
        assert page.url == address
        assert campaign.show()["state"] == "submitted"
        page.reload()
        page.get_by_text(f"Validée par {MAITE[0]}").first.wait_for()
    cookies = known(campaign, address)
    look(browser, address, "done", tmp_path, cookies=cookies)
    look(browser, site + "/v/unknown", "gone", tmp_path, cookies=cookies)


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06d}"


def asks(page: Page) -> None:
    """Ask for a code, and type something else."""
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code à six chiffres").fill("1")
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.get_by_role("button", name="Ouvrir la page").click()
    page.get_by_role("status").wait_for()


def test_the_page_of_the_code_is_for_everybody(campaign: Campaign, site: str, browser: Browser, tmp_path: Path) -> None:
    address = page_of(campaign.proposed(), site)
    look(browser, address, "code", tmp_path, asks)
    look(browser, address, "too-many", tmp_path, lambda page: page.get_by_role("button").first.click())


def test_staff_have_a_page_too(campaign: Campaign, site: str, browser: Browser, tmp_path: Path) -> None:
    approve = campaign.proposed()
    address = page_of(approve, site)
    look(browser, address, "approve", tmp_path, cookies=known(campaign, address))
    campaign.reply(approve, MAITE, "OK")
    campaign.run()
    address = page_of(campaign.letter(MIREILLE, "to_treat"), site)
    look(browser, address, "treat", tmp_path, cookies=known(campaign, address))


def refused(page: Page) -> None:
    """Post a form whose page has expired."""
    page.evaluate("document.querySelectorAll('[name=n]').forEach(field => field.value = 'expired')")
    page.get_by_text("Renvoyer à").click()
    page.get_by_label("Votre mot à").fill("Merci de joindre le détail.")
    page.get_by_role("button", name="Renvoyer", exact=True).click()
    page.get_by_role("status").wait_for()
    assert page.get_by_label("Votre mot à").input_value() == "Merci de joindre le détail."
    assert page.get_by_label("Votre mot à").is_visible(), "its form stands open"


def test_what_was_refused_can_be_put_right(campaign: Campaign, site: str, browser: Browser, tmp_path: Path) -> None:
    signed = "Voici le détail.\n\n-- \nAïcha Dubois\nCabinet Etcheverry & Associés\n12 rue des Arènes, 64100 Bayonne"
    campaign.reply(
        campaign.letter(AICHA, "question"), AICHA, signed,
        files={"Quittance-RC-et-assurance-decennale-du-cabinet-2025.pdf": b"%PDF-1.4\n%%EOF\n",
               "macro.exe": b"MZ"},
    )  # fmt: skip
    address = page_of(campaign.letter(MAITE, "approval"), site)
    cookies = known(campaign, address)
    look(browser, address, "refused", tmp_path, refused, cookies)
    campaign.reply(campaign.letter(AICHA, "receipt"), AICHA, "Un complément.")
    look(browser, address, "changed", tmp_path, cookies=cookies)


@pytest.fixture
def lived(living: Campaign, background: Background) -> Iterator[str]:
    """The pages of a campaign where letters wait for each other, served without a code; their address."""
    system = replace(living.system, policy=replace(living.system.policy, confirm_browser=False))
    server = background.run(web.start(system, "127.0.0.1", 0))
    yield f"http://127.0.0.1:{server.port}"
    background.run(server.close())


SIGNED = "Bonjour,\n\nVoici le détail : 9 840 €, {{7*7}}.\n\n-- \nAïcha Dubois\nCabinet Etcheverry & Associés"
FILES = {"Quittance-RC-et-assurance-decennale-du-cabinet-2025.pdf": b"%PDF-1.4\n%%EOF\n", "macro.exe": b"MZ"}


def test_several_answers_are_decided_one_by_one(living: Campaign, lived: str, browser: Browser, tmp_path: Path) -> None:
    address = approvals(living, lived, ONE, TWO, THREE, text=SIGNED, files=FILES)
    look(browser, address, "several", tmp_path)
    page = browser.new_page()
    page.goto(address)
    page.get_by_label("J’ai lu la réponse 2.").first.check()
    page.get_by_role("button", name="Valider la réponse 2").click()
    page.get_by_role("heading", name="Il reste 2 réponses à valider").wait_for()
    assert [living.show(ref)["state"] for ref in (ONE, TWO, THREE)] == ["proposed", "submitted", "proposed"]
    look(browser, page.url, "several-done", tmp_path)
    page.get_by_role("button", name="Annuler ma décision").click()
    page.get_by_text("Votre décision est annulée.").wait_for()
    assert living.show(TWO)["state"] == "proposed"
    look(browser, page.url, "several-undone", tmp_path)
    page.get_by_label("J’ai lu la réponse.").first.check()
    page.get_by_role("button", name="Valider et transmettre").click()
    page.get_by_role("link", name="1 · ").click()
    page.get_by_role("heading", name="Trois réponses, dont deux à valider").wait_for()
    assert page.url == f"{address}#1"


def test_what_was_decided_and_changed_since_is_seen(
    living: Campaign, lived: str, browser: Browser, tmp_path: Path
) -> None:
    address = approvals(living, lived, ONE, TWO, THREE, text=SIGNED)
    forms(httpx.get(address).text, "approve")[0].send(lived, read="yes")
    living.reply(living.letter(AICHA, "question", TWO), AICHA, "Un complément.")
    look(browser, address, "several-mixed", tmp_path)
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("link", name="Lire la version qui attend").click()
    page.get_by_text("version 2").first.wait_for()
    look(browser, page.url, "further-version", tmp_path)
