"""Browsers of the tests of the pages: one that nobody has confirmed, and one that its person has."""

from __future__ import annotations

import re

import httpx

from tests.campaign import Campaign

PATIENCE = 60.0  #: seconds that an answer may take
FIREFOX = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
    "Connection": "close",  # nothing is left open when a test ends
}


def code_in(text: str) -> str:
    """The six digits of a letter."""
    found = re.search(r"^ {4}(\d{3} \d{3})$", text, re.M)
    assert found, text
    return found[1]


def codes(here: Campaign) -> list[str]:
    """Those of every letter so far, oldest first."""
    here.run()
    return [code_in(letter.text) for letter in here.office.letters() if letter.kind == "confirm_code"]


def confirmed(here: Campaign, *pages: str) -> httpx.Client:
    """A browser in which the persons of these pages have typed their codes."""
    client = httpx.Client(timeout=PATIENCE, headers=FIREFOX)
    for page in pages:
        assert client.post(page + "/code").status_code == 200
        opened = client.post(page + "/code", data={"code": codes(here)[-1]})
        assert (opened.status_code, opened.headers["location"]) == (303, page[page.index("/v/") :])
    return client
