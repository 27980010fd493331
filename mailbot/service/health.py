"""What the probes /healthz, /readyz and /metrics say. They change nothing, and name nobody."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from .. import __version__
from ..store import inbox, journal, outbox, people, questions
from ..store.db import refuses
from . import brakes
from .system import System

UNWORKED = timedelta(minutes=5)  #: a mail that waits longer says that the queue does not move
UNSENT = timedelta(minutes=15)
ROOM = 100_000_000  #: bytes that the disk must have left: a few large mails, and what SQLite needs beside them
LOOPBACK = (IPv4Network("127.0.0.1"), IPv6Network("::1"))


@dataclass(frozen=True)
class Probes:
    """What the probes need of the process: its threads by name and whether they live, and who may read figures."""

    workers: Callable[[], Mapping[str, bool]] = dict
    readers: tuple[IPv4Network | IPv6Network, ...] = LOOPBACK

    def may_read(self, peer: str) -> bool:
        """True where that address may read /metrics."""
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self.readers)


NONE = Probes()  #: of a process without workers, which shows its figures on loopback


@dataclass(frozen=True)
class Readiness:
    """Whether mail is worked and letters leave, and why not."""

    ready: bool
    says: tuple[str, ...]

    def as_text(self) -> str:
        return "".join(f"{line}\n" for line in self.says or ("ready",))


def readiness(system: System, probes: Probes) -> Readiness:
    """Look whether the queues move. A paused outbox is ready, and says so."""
    reasons = [f"{name} has ended" for name, alive in probes.workers().items() if not alive]
    refused = refuses(system.store)
    if refused:
        reasons.append(f"the database takes no transaction: {refused}")
    if shutil.disk_usage(system.store.path.parent).free < ROOM:
        reasons.append(f"less than {ROOM // 1_000_000} MB are left on the disk of the database")
    paused = brakes.paused(system.store)
    reasons += _waits(system, bool(paused))
    return Readiness(not reasons, (*reasons, *(("the outbox is paused",) if paused else ())))


def _waits(system: System, paused: bool) -> Iterator[str]:
    conn, now = system.store.conn, system.now()
    new = age(inbox.oldest_new(conn), now)
    if new > UNWORKED.total_seconds():
        yield f"the oldest new mail waits for {new} s"
    due = 0 if paused else age(outbox.oldest_due(conn, now), now)
    if due > UNSENT.total_seconds():
        yield f"the oldest due letter waits for {due} s"


def age(then: datetime | None, now: datetime) -> int:
    """Whole seconds since then; 0 where there is nothing."""
    return max(0, int((now - then).total_seconds())) if then else 0


def metrics(system: System) -> str:
    """All figures in the text format of Prometheus, version 0.0.4."""
    return "".join(_figures(system))


def _figures(system: System) -> Iterator[str]:
    conn, now = system.store.conn, system.now()
    mails, letters = inbox.states(conn), outbox.counts(conn)
    yield _family("build_info", "gauge", "What runs.", {_build(): 1})
    yield _family("questions", "gauge", "Questions, by state.", _by_state(questions.counts(conn)))
    yield _family("inbox", "gauge", "Mails taken in, by state.", _by_state(mails))
    yield _family("outbox", "gauge", "Letters, by state.", _by_state(letters))
    yield _one("mails_accepted_total", "counter", "Mails taken in.", sum(mails.values()))
    yield _one("letters_sent_total", "counter", "Letters sent.", letters["sent"] + letters["bounced"])
    new, due = age(inbox.oldest_new(conn), now), age(outbox.oldest_due(conn, now), now)
    yield _one("inbox_oldest_new_seconds", "gauge", "How long the oldest new mail waits; 0: none does.", new)
    yield _one("outbox_oldest_due_seconds", "gauge", "How long the oldest due letter waits; 0: none does.", due)
    yield _one("paused", "gauge", "1 while no letter leaves.", int(bool(brakes.paused(system.store))))
    yield _one("journal_rows", "gauge", "Rows of the journal.", journal.length(conn))
    yield _one("suspended_addresses", "gauge", "Addresses that nothing is sent to.", people.count_suspended(conn))


def _build() -> str:
    return f'{{version="{__version__}",python="{platform.python_version()}"}}'


def _by_state(counts: Mapping[str, int]) -> dict[str, int]:
    return {f'{{state="{state}"}}': count for state, count in counts.items()}


def _one(name: str, kind: str, says: str, value: int) -> str:
    return _family(name, kind, says, {"": value})


def _family(name: str, kind: str, says: str, values: Mapping[str, int]) -> str:
    head = f"# HELP mailbot_{name} {says}\n# TYPE mailbot_{name} {kind}\n"
    return head + "".join(f"mailbot_{name}{labels} {value}\n" for labels, value in values.items())
