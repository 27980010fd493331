"""Pages in a real browser: at each size and scheme, read by axe-core, with every request watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.campaign import Campaign
from tests.gateways.visiting import confirmed

ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}

Cookies = list[Any]  #: as Playwright takes them


def known(here: Campaign, *pages: str) -> Cookies:
    """The cookies of a browser in which the persons of these pages have typed their codes."""
    jar = confirmed(here, *pages).cookies.jar
    return [{"name": c.name, "value": c.value, "domain": "127.0.0.1", "path": c.path, "sameSite": "Lax"} for c in jar]


@dataclass
class Watched:
    """What a page did by itself."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog {dialog.message}"))
        page.on("popup", lambda popup: self.errors.append(f"popup {popup.url}"))

    def beside(self, site: str) -> list[str]:
        """What was asked for elsewhere, or is no page of ours."""
        return [url for url in self.requests if not url.startswith(site + "/v/")]


@contextmanager
def opened(browser: Browser, cookies: Cookies, bypass: bool = False, **how: Any) -> Iterator[tuple[Page, Watched]]:
    """A page of a browser with these cookies, watched. `bypass`: the policy in its headers does not protect it."""
    context = browser.new_context(bypass_csp=bypass, **how)
    context.add_cookies(cookies)
    page, watched = context.new_page(), Watched()
    page.set_default_timeout(20_000)
    watched.on(page)
    yield page, watched
    context.close()


def look(
    browser: Browser,
    address: str,
    name: str,
    folder: Path,
    act: Callable[[Page], object] = lambda _: None,
    cookies: Cookies | None = None,
) -> None:
    """Open a page at each size and scheme, and `act` there.

    Then: no violation of axe, nothing wider than the screen, every button at least 44 px high, nothing run or fetched.
    """
    site = address[: address.index("/v/")]
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            how: dict[str, Any] = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
            with opened(browser, cookies or [], bypass=True, **how) as (page, watched):
                page.goto(address)
                act(page)
                page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
                buttons = page.get_by_role("button").all()
                assert [b.inner_text() for b in buttons if (b.bounding_box() or {})["height"] < 44] == []
                found = Axe().run(page).response["violations"]
                assert found == [], f"{name} {size} {scheme}: {[(v['id'], v['nodes'][0]['html']) for v in found]}"
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {size}"
                assert watched.beside(site) == []
                assert [error for error in watched.errors if "status of 4" not in error] == []
                page.evaluate("scrollTo(0, 0)")
                page.screenshot(path=str(folder / f"{name}-{size}-{scheme}.png"), full_page=True)
