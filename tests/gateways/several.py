"""What the tests of the page of a letter with several answers share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from mailbot.gateways import web
from tests.background import Background
from tests.campaign import AICHA, MAITE, Campaign

ONE, TWO, THREE = (f"D0009-2025-{n}" for n in (1, 2, 3))
MINUTES = timedelta(minutes=1)


@contextmanager
def open_to_all(here: Campaign, background: Background) -> Iterator[str]:
    """The pages of the campaign, served without a code; their address. There a box must be ticked."""
    system = replace(here.system, policy=replace(here.system.policy, confirm_browser=False))
    server = background.run(web.start(system, "127.0.0.1", 0))
    yield f"http://127.0.0.1:{server.port}"
    background.run(server.close())


def begin(here: Campaign) -> None:
    """It is a Monday afternoon: nothing that waits falls into a night."""
    here.app.clock.set(datetime.fromisoformat("2026-11-30T14:38:00+01:00"))


def answered(here: Campaign, *refs: str, text: str = "Réponse à {ref}.", **more: Any) -> None:
    """Aïcha answers these questions four minutes apart, and an hour passes: the approval letter has left."""
    for n, ref in enumerate(refs):
        if n:
            here.advance(4 * MINUTES)
        here.reply(here.letter(AICHA, "question", ref), AICHA, text.replace("{ref}", ref), **more)
    here.advance(60 * MINUTES)


def page_of(letter: Any, site: str) -> str:
    found = re.search(r"/v/[a-z2-7]{26}", letter.text)
    assert found
    return site + found[0]


def approvals(here: Campaign, site: str, *refs: str, **more: Any) -> str:
    """The address of the page of Maïté's approval letter, once these are answered."""
    begin(here)
    answered(here, *refs, **more)
    return page_of(here.letter(MAITE, "approval", "réponses"), site)


@dataclass(frozen=True)
class Form:
    """One form of a page, as a browser would send it."""

    action: str
    fields: dict[str, str]

    def send(self, site: str, **more: str) -> httpx.Response:
        return httpx.post(site + self.action, data={**self.fields, **more}, timeout=60)


def forms(html: str, decision: str) -> list[Form]:
    """The forms of a page that decide so, in their order."""
    found = []
    for action, inside in re.findall(r'<form[^>]* action="([^"]+)">(.*?)</form>', html, re.S):
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', inside))
        if fields["decision"] == decision:
            found.append(Form(action, fields))
    return found


def plain(html: str) -> str:
    """The words of a page, on one line."""
    bare = re.sub(r"<style>.*?</style>|<[^>]+>", "", html, flags=re.S)
    return " ".join(bare.replace("\u00a0", " ").replace("&#39;", "'").split())
