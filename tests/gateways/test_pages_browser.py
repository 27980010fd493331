"""The pages in a real browser: nobody is shut out (axe-core), on a phone and a desktop, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from mailbot.gateways import web
from tests.background import Background
from tests.campaign import AICHA, MAITE, MIREILLE, Campaign
from tests.gateways.several import ONE, THREE, TWO, approvals, forms
from tests.gateways.test_web import HOSTILE, page_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS.split())
        yield started
        started.close()


def look(
    browser: Browser, address: str, name: str, folder: Path, act: Callable[[Page], object] = lambda _: None
) -> None:
    """Open a page at each size and scheme, and `act` there.

    Then: no violation of axe, nothing wider than the screen, every button at least 44 px high.
    """
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
            )
            page = context.new_page()
            page.goto(address)
            act(page)
            page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
            low = [b.inner_text() for b in page.get_by_role("button").all() if (b.bounding_box() or {})["height"] < 44]
            assert low == []
            found = Axe().run(page).response["violations"]
            assert found == [], f"{name} {size} {scheme}: {[(v['id'], v['nodes'][0]['html']) for v in found]}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=str(folder / f"{name}-{size}-{scheme}.png"), full_page=True)
            context.close()


def test_the_expert_decides_with_two_clicks(campaign: Campaign, site: str, browser: Browser, tmp_path: Path) -> None:
    campaign.reply(
        campaign.letter(AICHA, "question"), AICHA, f"Le détail est joint : 9 840 €.\n\n{HOSTILE}",
        files={"detail.pdf": b"%PDF-1.4\n%%EOF\n"},
    )  # fmt: skip
    address = page_of(campaign.letter(MAITE, "approval"), site)
    look(browser, address, "approve", tmp_path)
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("button", name="Valider et transmettre").click()
    assert campaign.show()["state"] == "proposed", "the box must be ticked first"
    page.get_by_label("J’ai lu la réponse.").first.check()
    page.get_by_role("button", name="Valider et transmettre").click()
    page.get_by_role("heading", name="La réponse nous est transmise").wait_for()
    assert campaign.show()["state"] == "submitted"
    look(browser, address, "done", tmp_path)
    look(browser, site + "/v/unknown", "gone", tmp_path)


def test_staff_have_a_page_too(campaign: Campaign, site: str, browser: Browser, tmp_path: Path) -> None:
    campaign.reply(campaign.proposed(), MAITE, "OK")
    campaign.run()
    look(browser, page_of(campaign.letter(MIREILLE, "to_treat"), site), "treat", tmp_path)


def refused(page: Page) -> None:
    """Post a form that an older browser would let through: its box is not ticked."""
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
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
    look(browser, address, "refused", tmp_path, refused)
    campaign.reply(campaign.letter(AICHA, "receipt"), AICHA, "Un complément.")
    look(browser, address, "changed", tmp_path)


@pytest.fixture
def lived(living: Campaign, background: Background) -> Iterator[str]:
    """The pages of a campaign where letters wait for each other, served; their address."""
    server = background.run(web.start(living.system, "127.0.0.1", 0))
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
