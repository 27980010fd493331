"""A newcomer's first minutes in the sandbox, in a real browser; and whether anybody is shut out (axe-core)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from mailbot.demo import firstday
from mailbot.service.sheet import sheet
from tests.demo.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
REF = firstday.TO_ANSWER


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS.split())
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def faults(page: Page, width: int) -> list[str]:
    """What axe finds, what is wider than the screen, buttons lower than a finger."""
    found = Axe().run(page, options={"iframes": False}).response["violations"]
    said = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        said.append("wider than the screen")
    low = [
        b.inner_text() for b in page.get_by_role("button").all() if (b.bounding_box() or {"height": 44})["height"] < 44
    ]
    return said + low


def contexts(browser: Browser) -> Iterator[tuple[str, int, BrowserContext]]:
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
            )
            yield f"{size}-{scheme}", width, context
            context.close()


def test_nobody_is_shut_out(visitor: Visitor, browser: Browser, tmp_path: Path) -> None:
    letter = visitor.newest(firstday.MAITE, "approval")
    here = f"{visitor.address}boite/{firstday.MAITE}"
    pages = {
        "home": visitor.address,
        "box": here,
        "message": f"{here}/{letter.number}?depuis={letter.number - 3}",
        "text": f"{here}/{letter.number}?vue=texte",
        "new": f"{here}/nouveau",
        "forged": f"{here}/nouveau?pour={firstday.AICHA}&preuve=none",
        "forward": f"{here}/{letter.number}/transferer",
        "nothing": f"{visitor.address}rien",
    }
    for how, width, context in contexts(browser):
        page = context.new_page()
        for name, address in pages.items():
            page.goto(address)
            assert faults(page, width) == [], f"{name} {how}"
            page.screenshot(path=tmp_path / f"{name}-{how}.png")


def test_the_first_minutes(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "Detail-ligne-30.pdf"
    file.write_bytes(firstday.paper("Détail de la ligne 30"))
    page.goto(visitor.address)
    page.get_by_role("link", name="Répondre à une question").click()
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_contain_text("D0009")
    page.get_by_label("Texte", exact=True).fill("La ligne 30 regroupe trois comptes : le détail est joint.")
    page.get_by_label("Pièces jointes").set_input_files(file)
    page.get_by_label("Signature du cabinet").check()
    page.get_by_role("button", name="Envoyer", exact=True).click()
    arrived = page.get_by_role("status")
    expect(arrived).to_contain_text("Aïcha Dubois\u00a0: Votre réponse est enregistrée")
    page.get_by_role("button", name="Une heure plus tard").click()
    expect(arrived).to_contain_text("Maïté Martin")
    page.goto(f"{visitor.address}boite/{firstday.MAITE}")
    page.locator("#messages li a").first.click()
    expect(page.frame_locator("iframe").get_by_text("le détail est joint")).to_be_visible()
    page.get_by_role("button", name="Répondre «\u00a0OK pour tous").click()
    expect(page.get_by_role("status")).to_contain_text("Maïté Martin")
    found = sheet(visitor.here.app.system, REF)
    assert found is not None
    assert (found["state"], found["answers"][-1]["files"][0]["name"]) == ("submitted", file.name)
    page.get_by_role("button", name="Jour suivant").click()
    arrived.get_by_role("link", name="Mireille Anguelu\u00a0: Récapitulatif").click()
    digest = page.frame_locator("iframe")
    expect(digest.get_by_role("heading", level=1)).to_contain_text("Récapitulatif du 18 novembre")
    expect(digest.get_by_text(REF).first).to_be_visible()


def test_a_link_of_a_letter_fills_the_form(visitor: Visitor, page: Page) -> None:
    letter = firstday.question(visitor.here, firstday.AICHA, "D0009-2025-1")
    page.goto(f"{visitor.address}boite/{letter.to}/{letter.number}")
    page.frame_locator("iframe").get_by_role("link", name="Demander un délai").click()
    expect(page.get_by_label("Texte", exact=True)).to_have_value("Besoin de temps jusqu'au ")
    expect(page.get_by_label("À", exact=True)).to_have_value(str(letter.message["Reply-To"]))


def test_the_lists_keep_up_and_what_is_typed_stays(visitor: Visitor, page: Page) -> None:
    letter = firstday.question(visitor.here, firstday.ELISE, "D0005-2025-1")
    page.goto(f"{visitor.address}boite/{letter.to}/{letter.number}")
    page.get_by_label("Texte", exact=True).fill("Je commence à écri")
    before = page.locator("#messages li").count()
    visitor.post(f"/boite/{letter.to}/nouveau", {"verbe": "AIDE"})
    expect(page.locator("#messages li")).to_have_count(before + 1)
    expect(page.get_by_label("Texte", exact=True)).to_have_value("Je commence à écri")


def test_the_pages_of_the_service_open_beside_it(visitor: Visitor, page: Page) -> None:
    letter = next(x for x in visitor.here.office.letters() if x.kind == "approval")
    page.goto(f"{visitor.address}boite/{letter.to}/{letter.number}")
    with page.expect_popup() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Ouvrir la page").first.click()
    assert opened.value.url.startswith(f"{visitor.here.web}/v/")
    assert opened.value.evaluate("window.origin") == visitor.here.web, "the frame's limits do not go with it"
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()


def test_it_works_without_a_script(visitor: Visitor, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{visitor.address}boite/{firstday.ELISE}")
    page.get_by_role("button", name="AIDE", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Message envoyé")
    page.get_by_role("button", name="Jour suivant").click()
    expect(page.locator("#heure")).to_contain_text("9 h")
    context.close()
