"""The sandbox as `mailbot demo` shows it, with its page on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from mailbot.demo import firstday
from mailbot.demo.postoffice import Letter
from mailbot.demo.running import Running, running
from mailbot.demo.site import site

ORIGIN = "Origin"


@dataclass
class Visitor:
    """A sandbox after its first day, and a client that behaves as a browser on its page does."""

    here: Running
    address: str
    client: httpx.Client

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def post(self, path: str, fields: dict[str, str], files: dict[str, bytes] | None = None) -> httpx.Response:
        """A form of the page, sent; what the browser then shows."""
        parts = [("fichiers", (name, data)) for name, data in (files or {}).items()] or [("fichiers", ("", b""))]
        return self.client.post(path, data=fields, files=parts, headers={ORIGIN: self.address.rstrip("/")})

    def newest(self, address: str, kind: str) -> Letter:
        """The newest letter of a kind in a mailbox."""
        return self.here.office.wait(address, kind)

    def form(self, letter: Letter, text: str, **more: str) -> dict[str, str]:
        """The form below a letter, filled."""
        fields = {"a": str(letter.message["Reply-To"]), "objet": f"RE: {letter.subject}", "texte": text}
        return {**fields, "maniere": "outlook", "citer": "oui", **more}


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with running(tmp_path_factory.mktemp("sandbox")) as here:
        firstday.begin(here)
        with site(here, 0) as address, httpx.Client(base_url=address, follow_redirects=True, timeout=60) as client:
            yield Visitor(here, address, client)
