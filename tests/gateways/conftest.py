"""Listeners and certificates of the tests of the edges."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from mailbot.gateways import smtp_in, web
from mailbot.gateways.smtp_in import Door, SmtpServer
from mailbot.mail.envelope import Dmarc, Verdict
from tests.background import Background
from tests.campaign import Campaign
from tests.gateways.clients import Keeper


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def serve(background: Any, keeper: Keeper) -> Iterator[Callable[..., SmtpServer]]:
    """Starts listeners; each is closed at the end, with nothing left in flight."""
    servers = []

    def start(**changes: Any) -> SmtpServer:
        door: dict[str, Any] = dict(
            accepts=lambda address: address.startswith(("eccv", "reponse")) and address.endswith("@oga.example"),
            accept=keeper.accept,
            verdict=lambda raw: Verdict(Dmarc.PASS, "firm.example"),
            strip=lambda raw: raw,
        )
        servers.append(background.run(smtp_in.start(Door(**door | changes), "127.0.0.1", 0)))
        return servers[-1]

    yield start
    keeper.go_on.set()
    for server in servers:
        background.run(server.close(grace=0.1))
        assert (server.in_flight.used, server.sessions) == (0, set())


@pytest.fixture
def site(campaign: Campaign, background: Background) -> Iterator[str]:
    """The pages of the campaign, served; their address."""
    server = background.run(web.start(campaign.system, "127.0.0.1", 0))
    yield f"http://127.0.0.1:{server.port}"
    background.run(server.close())


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts but who asks for it."""
    return trustme.CA()
