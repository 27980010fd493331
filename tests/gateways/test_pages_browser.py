"""The pages in a real browser: nobody is shut out (axe-core), on a phone and a desktop, light and dark."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from mailbot.gateways import web
from tests.campaign import AICHA, MAITE, MIREILLE, Campaign
from tests.gateways.test_web import HOSTILE, page_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


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


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS.split())
        yield started
        started.close()


def look(browser: Browser, address: str, name: str, folder: Path) -> None:
    """Open a page at each size and scheme: no violation of axe, nothing wider than the screen, no script error."""
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
            )
            page = context.new_page()
            page.goto(address)
            found = Axe().run(page).response["violations"]
            assert found == [], f"{name} {size} {scheme}: {[(v['id'], v['nodes'][0]['html']) for v in found]}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
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
    page.get_by_role("heading", name="C’est décidé").wait_for()
    assert campaign.show()["state"] == "submitted"
    look(browser, address, "done", tmp_path)
    look(browser, site + "/v/unknown", "gone", tmp_path)


def test_staff_have_a_page_too(campaign: Campaign, site: str, browser: Browser, tmp_path: Path) -> None:
    campaign.reply(campaign.proposed(), MAITE, "OK")
    campaign.run()
    look(browser, page_of(campaign.letter(MIREILLE, "to_treat"), site), "treat", tmp_path)
