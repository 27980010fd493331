"""A double of the programs that look into every link of a mail: SafeLinks, Mimecast, Barracuda and their like.

They fetch, prefetch, run a browser that presses whatever can be pressed, fill in forms, follow what they find, come
back the next day. BEHAVIOURS holds what was seen of them; each is played often against one mailbox.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin

import httpx

PATIENCE = 60.0
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Mimecast; +https://www.mimecast.com)",
    "BarracudaCentral/1.0",
    "",
)
PREFETCH = ({"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}, {"X-Purpose": "preview"})
FOREIGN = (
    {"Origin": "https://safelinks.example"},
    {"Referer": "https://safelinks.example/?url=x"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
)
DECISIONS = "approve amend send_back treat ask_again undo confirm discard".split()
WORDS = ("OK", "validé", "oui", "123456", "admin@firm.example", "2026-01-01", "<script>alert(1)</script>")


@dataclass
class Form:
    """A form as a browser sees it."""

    action: str
    hidden: dict[str, str]
    boxes: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)


def forms(html: str) -> list[Form]:
    """The forms of a page, with all that can be filled in or ticked."""
    found = []
    for tag, inside in re.findall(r"<form([^>]*)>(.*?)</form>", html, re.S):
        action = re.search(r'action="([^"]*)"', tag)
        form = Form(unescape(action[1]) if action else "", {})
        for input_ in re.findall(r"<(?:input|textarea|button)[^>]*>", inside):
            attributes = dict(re.findall(r'(\w+)="([^"]*)"', input_))
            name, kind = attributes.get("name"), attributes.get("type", "text")
            if name and kind == "hidden":
                form.hidden[name] = unescape(attributes.get("value", ""))
            elif name and kind in ("checkbox", "radio"):
                form.boxes[name] = attributes.get("value", "on")
            elif name:
                form.texts.append(name)
        found.append(form)
    return found


def links(html: str) -> list[str]:
    """Where the links of a page lead."""
    return [unescape(link) for link in re.findall(r'(?:href|src|action)="([^"]+)"', html)]


class Scanner:
    """One visit to one link, by a browser of its own. `seed` makes it press and guess its own way."""

    def __init__(self, jar: httpx.Client, link: str, seed: int) -> None:
        self.jar, self.link, self.seed = jar, link, seed
        self.cookies = True
        self.dice = random.Random(seed)
        self.agent = AGENTS[seed % len(AGENTS)]
        self.answers: list[httpx.Response] = []
        jar.cookies.clear()

    def ask(self, method: str, url: str, data: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        """One request, to the site of the link only; what it said is kept."""
        if not self.cookies:
            self.jar.cookies.clear()
        target = urljoin(self.link, url)
        assert target.startswith(self.link[: self.link.index("/v/")]), target
        answer = self.jar.request(method, target, data=data, headers={"User-Agent": self.agent, **headers})
        self.answers.append(answer)
        return answer

    # --- what they do -------------------------------------------------------------------------------------------

    def get(self) -> None:
        self.ask("GET", self.link)

    def head(self) -> None:
        self.ask("HEAD", self.link)
        self.ask("OPTIONS", self.link)

    def prefetch(self) -> None:
        self.ask("GET", self.link, **PREFETCH[self.seed % len(PREFETCH)])

    def crawl(self) -> None:
        """Follow what is found, and what may be there."""
        html = self.ask("GET", self.link).text
        near = [self.link + "/", self.link + "/code", self.link + "?x=1", self.link.replace("/v/", "/f/") + "/1"]
        for link in (*links(html), *near):
            if not re.match(r"https?://(?!127\.)|mailto:|tel:", link):
                self.ask("GET", link)

    def press(self, depth: int = 2) -> None:
        """Press every button of the page, and of the pages that follow."""
        pages = [self.ask("GET", self.link).text]
        for _ in range(depth):
            pages = [self.ask("POST", form.action, form.hidden).text for html in pages for form in forms(html)]

    def submit_empty(self) -> None:
        self._submit(lambda form: {**form.hidden, **dict.fromkeys(form.texts, "")})

    def submit_filled(self) -> None:
        self._submit(lambda form: {**form.hidden, **{name: self.dice.choice(WORDS) for name in form.texts}})

    def tick_all(self) -> None:
        more = {"decision": "approve", "read": "yes", "v": "1", "n": "x", "outcome": "satisfactory"}
        self._submit(lambda form: {**more, **form.hidden, **form.boxes, **dict.fromkeys(form.texts, "OK")})
        for decision in (DECISIONS[self.seed % 8], DECISIONS[(self.seed // 8) % 8]):
            self.ask("POST", self.link, {**more, "decision": decision, "text": "OK"})

    def _submit(self, fill: Callable[[Form], dict[str, str]]) -> None:
        html = self.ask("GET", self.link).text
        for _ in range(2):
            for form in forms(html):
                html = self.ask("POST", form.action, fill(form)).text

    def without_cookies(self) -> None:
        self.cookies = False
        self.press(3)
        self.submit_filled()

    def replay(self) -> None:
        """The same POST again and again, as a proxy does that lost its answer."""
        form = next(iter(forms(self.ask("GET", self.link).text)), Form(self.link, {}))
        for _ in range(3):
            self.ask("POST", form.action, form.hidden)

    def foreign(self) -> None:
        """From a page of its own, which frames or rewrites ours."""
        headers = FOREIGN[self.seed % len(FOREIGN)]
        for form in forms(self.ask("GET", self.link, **headers).text):
            answer = self.ask("POST", form.action, form.hidden, **headers)
            assert answer.status_code == 403
        self.ask("POST", self.link, {"decision": "approve", "v": "1"}, **headers)

    def guess(self) -> None:
        """A browser that is driven by a program: it asks for a code and tries some."""
        self.press(1)
        for _ in range(6):
            self.ask("POST", self.link + "/code", {"code": f"{self.dice.randrange(10**6):06d}"})


#: what the twelve do that the tests play. « 24 h later » is each of them once more, a day on.
BEHAVIOURS: dict[str, Callable[[Scanner], None]] = {
    "GET": Scanner.get,
    "HEAD": Scanner.head,
    "prefetch": Scanner.prefetch,
    "follow every link": Scanner.crawl,
    "press every button": Scanner.press,
    "submit forms empty": Scanner.submit_empty,
    "submit forms filled": Scanner.submit_filled,
    "tick all boxes": Scanner.tick_all,
    "without cookies": Scanner.without_cookies,
    "replay a POST": Scanner.replay,
    "foreign Referer": Scanner.foreign,
    "guess codes": Scanner.guess,
}
TIMES = 50


def visits(link: str, behaviour: str, times: int = TIMES) -> Iterator[httpx.Response]:
    """What the server said to so many visits of one behaviour."""
    with httpx.Client(timeout=PATIENCE, follow_redirects=True) as jar:
        for seed in range(times):
            scanner = Scanner(jar, link, seed)
            BEHAVIOURS[behaviour](scanner)
            yield from scanner.answers


def of_letter(text: str, html: str, site: str) -> list[str]:
    """Every link of a letter that leads to us, as a program finds them in both of its parts."""
    found = [*re.findall(r"https?://[^\s<>\"]+", text), *links(html)]
    here = (re.sub(r"^https?://[^/]+", site, link) for link in found if "/v/" in link or "/f/" in link)
    return list(dict.fromkeys(itertools.chain(here)))
