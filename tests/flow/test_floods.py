"""A flood of one sender: all of it is kept, the others do not wait for it, and people see it in one line."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.demo.postoffice import reply
from mailbot.mail.envelope import Dmarc, Envelope, Verdict
from mailbot.service import alarm, health, incidents, ingress, status
from mailbot.service.delivery import deliver_due
from mailbot.service.work import work_all, work_one
from mailbot.store import inbox
from mailbot.store.db import setting
from tests.campaign import AICHA, MIREILLE
from tests.world import World, world

pytestmark = pytest.mark.slow  # thousands of mails: `make test` only

FLOOD = "robot@helpdesk.example"


@pytest.fixture
def here(tmp_path: Path, asked: Path) -> Iterator[World]:
    made = world(asked, tmp_path / "world")
    deliver_due(made.app.system, made.send)
    yield made
    made.close()


def mail(n: int, sender: str, subject: str = "Alerte") -> bytes:
    return (
        f"From: Robot <{sender}>\r\nTo: eccv@assaprol.example\r\nSubject: {subject}\r\n"
        f"Message-ID: <{n}.{sender}>\r\n\r\nServeur {n} injoignable.\r\n"
    ).encode()


AT = datetime(2026, 11, 25, 10, tzinfo=UTC)


def take(here: World, raw: bytes, path: str, peer: str = "127.0.0.1", trusted: bool = True, at: datetime = AT) -> int:
    envelope = Envelope(path, (here.app.system.bot.address,), at, peer, trusted=trusted)
    return ingress.accept(here.app.system.store, raw, envelope)[0]


def order(here: World) -> list[int]:
    """Whose turn it is, one after the other."""
    conn = here.app.system.store.conn
    return [row["id"] for row in conn.execute("select id from inbox where state = 'new' order by turn, id")]


#: how the mails of one flood differ: (envelope sender, author, peer, from our front server)
FLOODS = {
    "one sender": lambda n: (FLOOD, FLOOD, "127.0.0.1", True),
    "another envelope each time": lambda n: (f"b+{n}@helpdesk.example", FLOOD, "127.0.0.1", True),
    "another author each time": lambda n: (FLOOD, f"r{n}@helpdesk.example", "127.0.0.1", True),
    "strangers": lambda n: (f"a{n}@x{n}.example", f"a{n}@x{n}.example", "127.0.0.1", True),
    "a machine that is not our front server": lambda n: ("", AICHA[1], "203.0.113.9", False),
}


@pytest.mark.parametrize("kind", FLOODS)
def test_the_others_come_first(here: World, kind: str) -> None:
    flood = []
    for n in range(700):
        path, author, peer, trusted = FLOODS[kind](n)
        flood.append(take(here, mail(n, author), path, peer, trusted))
    other = take(here, mail(1, "m.martin@cabinetetcheverry.example"), "m.martin@cabinetetcheverry.example")
    turn = order(here)
    assert set(turn) == {*flood, other}, "all of it is kept"
    assert turn.index(other) <= 10, "not even what may come within the minute goes before"
    assert [id for id in turn if id != other] == flood, "and keeps its order"


def test_sixty_a_minute_are_no_flood(here: World) -> None:
    conn = here.app.system.store.conn
    for n in range(60):
        take(here, mail(n, FLOOD), FLOOD)
    assert inbox.flooded(conn, AT)[0] == 0
    last = take(here, mail(60, FLOOD), FLOOD)
    assert inbox.flooded(conn, AT) == (1, last)
    take(here, mail(61, FLOOD), FLOOD, at=AT + timedelta(minutes=2))
    assert inbox.flooded(conn, AT) == (1, last)


def test_a_flood_does_not_wait_for_ever(here: World) -> None:
    """Others go on sending, faster than they are worked."""
    last = [take(here, mail(n, FLOOD), FLOOD) for n in range(100)][-1]
    later = AT + timedelta(hours=2)
    others = [take(here, mail(n, f"s{n}@x.example"), f"s{n}@x.example", at=later) for n in range(5)]
    assert order(here).index(last) < order(here).index(others[0])


@pytest.mark.slow
def test_people_hear_of_it_once_and_see_it_in_one_line(here: World) -> None:
    for n in range(130):
        take(here, mail(n, FLOOD), FLOOD, at=here.now)
    work_all(here.app.system)
    conn = here.app.system.store.conn
    assert inbox.counts(conn)["held"] == 130
    found = incidents.gather(here.app.system, conn, here.now - timedelta(days=1), 0)
    assert [(one.sender, one.alike) for one in found.held] == [(FLOOD, 129)]
    assert found.more_held == 0
    alarm.watch(here.app.system)
    assert setting(here.app.system.store, "alarm_flood"), "it was raised"
    began = time.perf_counter()
    assert "130 held" in status.status(here.app.system).as_text()
    assert 'mailbot_inbox{state="held"} 130' in health.metrics(here.app.system)
    assert time.perf_counter() - began < 1
    here.advance(timedelta(days=1))
    digest = here.mailbox(MIREILLE[1], "digest")[-1]
    assert "130 messages, le dernier reçu" in digest.text.replace("\xa0", " ")
    take(here, mail(131, FLOOD), FLOOD, at=here.now)
    here.reply(digest, MIREILLE, "1 non")
    assert inbox.counts(conn)["held"] == 1, "what came after the digest was not seen"


@pytest.mark.slow
def test_the_time_to_a_receipt_beside_a_flood(here: World) -> None:
    """People answer one after the other: without a flood, and with 1,000 mails of one sender in the queue."""
    letters = [x for x in here.letters if x.kind == "question"]

    def seconds(round: int) -> list[float]:
        took = []
        for n in range(20):
            answer = reply(letters[n % len(letters)], (AICHA[0], letters[n % len(letters)].to), f"Détail {round} {n}.")
            sender = letters[n % len(letters)].to
            verdict = Verdict(Dmarc.PASS, sender.partition("@")[2])
            envelope = Envelope(sender, (str(answer["To"]),), here.now, "127.0.0.1", trusted=True, verdict=verdict)
            began = time.perf_counter()
            (id,) = ingress.accept(here.app.system.store, answer.as_bytes(), envelope)
            while inbox.get(here.app.system.store.conn, id)["state"] == "new":
                work_one(here.app.system)
            took.append(time.perf_counter() - began)
        return took

    seconds(0)
    without = seconds(1)
    for n in range(1000):
        take(here, mail(n, FLOOD), FLOOD, at=here.now)
    for _ in range(60):
        work_one(here.app.system)
    beside = seconds(2)
    assert statistics.quantiles(beside, n=20)[-1] <= 2 * statistics.quantiles(without, n=20)[-1] + 0.1
    assert inbox.counts(here.app.system.store.conn)["new"] > 900, "the flood waits"
