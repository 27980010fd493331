"""The probes: whether it lives, whether its queues move, and its figures, over real HTTP."""

from __future__ import annotations

import re
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from ipaddress import ip_network

import pytest

from mailbot.demo.sandbox import Sandbox, sandbox
from mailbot.gateways import web
from mailbot.gateways.scheduler import Worker
from mailbot.service import brakes, health
from mailbot.service.health import Probes
from mailbot.store import inbox
from mailbot.store.db import stamp
from tests.background import Background
from tests.campaign import AICHA, Campaign

pytestmark = pytest.mark.slow  # many days, or a whole service: `make test` only

LINE = re.compile(r'^mailbot_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? \d+$')


def get(address: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(address, headers={name.replace("_", "-"): v for name, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def state_of(campaign: Campaign) -> list[object]:
    """Everything in the database."""
    conn = campaign.system.store.conn
    return list(map(tuple, conn.execute("select * from outbox"))) + list(
        map(tuple, conn.execute("select * from setting"))
    )


def test_it_lives_and_is_ready(site: str) -> None:
    assert get(f"{site}/healthz") == (200, "ok\n")
    assert get(f"{site}/readyz") == (200, "ready\n")


def test_a_paused_outbox_is_ready_and_says_so(campaign: Campaign, site: str) -> None:
    late(campaign, 20)
    assert get(f"{site}/readyz")[0] == 503
    brakes.pause(campaign.system, "Maïté Martin asked for it")
    assert get(f"{site}/readyz") == (200, "the outbox is paused\n"), "and names nobody"


def late(campaign: Campaign, minutes: int) -> None:
    """A letter should have left so long ago."""
    due = stamp(campaign.system.now() - timedelta(minutes=minutes))
    with campaign.system.store.tx() as conn:
        conn.execute("update outbox set state = 'due', due_at = ? where id = 1", (due,))


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 503)])
def test_a_letter_that_does_not_leave_is_seen(campaign: Campaign, site: str, minutes: int, status: int) -> None:
    late(campaign, minutes)
    found, says = get(f"{site}/readyz")
    assert (found, "oldest due letter" in says) == (status, status == 503)


@pytest.mark.parametrize(("minutes", "status"), [(4, 200), (6, 503)])
def test_mail_that_is_not_worked_is_seen(campaign: Campaign, site: str, minutes: int, status: int) -> None:
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici.")
    came = stamp(campaign.system.now() - timedelta(minutes=minutes))
    with campaign.system.store.tx() as conn:
        conn.execute("update inbox set state = 'new', received_at = ?", (came,))
    found, says = get(f"{site}/readyz")
    assert (found, "oldest new mail" in says) == (status, status == 503)


def test_a_database_that_takes_nothing_is_seen(campaign: Campaign, site: str) -> None:
    with closing(sqlite3.connect(campaign.system.store.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        found, says = get(f"{site}/readyz")
        other.execute("rollback")
    assert (found, "takes no transaction" in says) == (503, True)
    assert get(f"{site}/readyz")[0] == 200


def test_a_disk_that_is_nearly_full_is_seen(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ROOM", 10**18)
    status, says = get(f"{site}/readyz")
    assert (status, "left on the disk" in says) == (503, True)


def test_a_thread_that_ended_is_seen(campaign: Campaign, background: Background) -> None:
    worker = Worker("mailbot-work", lambda: None)
    probes = Probes(lambda: {worker.name: worker.alive})
    server = background.run(web.start(campaign.system, "127.0.0.1", 0, probes=probes))
    site = f"http://127.0.0.1:{server.port}"
    worker.start(woken=False)
    assert get(f"{site}/readyz")[0] == 200
    worker.stop(20)
    assert get(f"{site}/readyz") == (503, "mailbot-work has ended\n")
    background.run(server.close())


def test_the_figures_are_what_prometheus_reads(campaign: Campaign, site: str) -> None:
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail de Zélie Etcheverry.")
    status, said = get(f"{site}/metrics")
    assert status == 200
    lines = said.splitlines()
    assert [line for line in lines if not line.startswith("#") and not LINE.match(line)] == []
    figures = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    letters = len(campaign.office.letters())
    assert figures['mailbot_questions{state="proposed"}'] == "1"
    assert figures["mailbot_letters_sent_total"] == str(letters)
    assert figures["mailbot_mails_accepted_total"] == "1"
    assert (figures["mailbot_paused"], figures["mailbot_outbox_oldest_due_seconds"]) == ("0", "0")
    kinds = re.findall(r"^# TYPE (\S+) (\S+)$", said, re.M)
    assert {name for name, kind in kinds if kind == "counter"} == {name for name, _ in kinds if name.endswith("_total")}
    families = {line.partition(" ")[0].partition("{")[0] for line in lines if not line.startswith("#")}
    assert families == {name for name, _ in kinds}
    assert "@" not in said
    brakes.pause(campaign.system, "by hand")
    assert "\nmailbot_paused 1\n" in get(f"{site}/metrics")[1]


def test_no_probe_changes_anything(campaign: Campaign, site: str) -> None:
    late(campaign, 70)
    before = state_of(campaign)
    for path in ("healthz", "readyz", "metrics"):
        get(f"{site}/{path}")
    assert state_of(campaign) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Forwarded_For": "203.0.113.9"},
        {"X_Forwarded_For": "127.0.0.1"},
        {"Forwarded": "for=203.0.113.9"},
        {"X_Real_IP": "203.0.113.9"},
        {"Via": "1.1 proxy"},
    ],
    ids=str,
)
def test_a_proxy_hands_no_figures_on(site: str, headers: dict[str, str]) -> None:
    status, said = get(f"{site}/metrics", **headers)
    assert status == 404
    assert said == get(f"{site}/v/unknown")[1], "as any address that is not there"


def test_other_networks_read_them_where_the_configuration_says_so(campaign: Campaign, background: Background) -> None:
    for networks, status in ((("10.0.0.0/8",), 404), (("10.0.0.0/8", "127.0.0.0/8"), 200), ((), 404)):
        probes = Probes(readers=tuple(map(ip_network, networks)))
        server = background.run(web.start(campaign.system, "127.0.0.1", 0, probes=probes))
        assert get(f"http://127.0.0.1:{server.port}/metrics")[0] == status
        background.run(server.close())


@pytest.mark.parametrize(
    ("peer", "may"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("127.0.0.2", False), ("203.0.113.9", False),
     ("", False), ("localhost", False)],
)  # fmt: skip
def test_who_may_read(peer: str, may: bool) -> None:
    assert Probes().may_read(peer) is may


@pytest.fixture
def serving(tmp_path: object) -> Iterator[Sandbox]:
    with sandbox(tmp_path) as here:  # type: ignore[arg-type]
        here.start()
        yield here


@pytest.mark.slow
def test_serve_is_ready_with_all_its_workers(serving: Sandbox) -> None:
    assert get(f"{serving.web}/readyz") == (200, "ready\n")
    assert get(f"{serving.web}/metrics")[0] == 200
    with closing(sqlite3.connect(serving.folder / "var" / "mailbot.db")) as conn:
        conn.row_factory = sqlite3.Row
        assert inbox.oldest_new(conn) is None
