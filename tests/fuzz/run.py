"""Tries targets by turns for a while, and keeps what went wrong: exceptions, wrong decisions, slow inputs."""

from __future__ import annotations

import hashlib
import random
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.targets import TARGETS, Corpus, Trial, Wrong

SLOW = 2.0  #: seconds of processor time that one input may take
GIVEN_UP = 30.0  #: ... after which it is given up


class GivenUp(Exception):
    """It takes too long to wait for."""


@dataclass(frozen=True)
class Finding:
    """Something wrong, with the input that shows it."""

    target: str
    kind: str  #: exception, decision or slow
    what: str
    data: bytes


@dataclass
class Tally:
    """What was tried of one target."""

    runs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(finding.kind == kind for finding in self.findings)


def fuzz(known: Corpus, seconds: float, seed: int, names: Sequence[str] = tuple(TARGETS)) -> dict[str, Tally]:
    """Try the targets by turns for so many seconds. The same seed makes the same inputs in the same order."""
    tallies = {name: Tally() for name in names}
    end, n = time.monotonic() + seconds, 0
    with _given_up():
        while time.monotonic() < end:
            name = names[n % len(names)]
            trial = TARGETS[name](random.Random(f"{seed} {n}"), known)
            _try(name, trial, tallies[name])
            n += 1
    return tallies


def _try(name: str, trial: Trial, tally: Tally) -> None:
    begin = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, GIVEN_UP)
    try:
        trial.run()
    except Wrong as wrong:
        tally.findings.append(Finding(name, "decision", str(wrong), trial.data))
    except GivenUp:
        pass  # counted as slow below
    except Exception as error:
        told = "".join(traceback.format_exception(error))
        tally.findings.append(Finding(name, "exception", told, trial.data))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    took = time.process_time() - begin
    if took > SLOW:
        tally.findings.append(Finding(name, "slow", f"{took:.1f} s of processor time", trial.data))
    tally.runs, tally.seconds, tally.slowest = tally.runs + 1, tally.seconds + took, max(tally.slowest, took)


@contextmanager
def _given_up() -> Iterator[None]:
    def raise_it(*_: object) -> None:
        raise GivenUp

    before = signal.signal(signal.SIGPROF, raise_it)
    try:
        yield
    finally:
        signal.signal(signal.SIGPROF, before)


def keep(findings: list[Finding], folder: Path) -> list[Path]:
    """Write each input and what it did into `folder`; one of each kind of exception is enough to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for finding in findings:
        name = f"{finding.target}-{finding.kind}-{hashlib.sha256(finding.data).hexdigest()[:12]}"
        (folder / f"{name}.bin").write_bytes(finding.data)
        (folder / f"{name}.txt").write_text(finding.what, encoding="utf-8", errors="backslashreplace")
        kept.append(folder / f"{name}.bin")
    return kept


def table(tallies: dict[str, Tally]) -> str:
    """A line a target."""
    lines = [
        f"{'target':12}{'runs':>9}{'a second':>10}{'slowest ms':>12}{'exceptions':>12}{'decisions':>11}{'slow':>6}"
    ]
    for name, tally in tallies.items():
        rate = tally.runs / tally.seconds if tally.seconds else 0
        counts = [tally.count(kind) for kind in ("exception", "decision", "slow")]
        told = f"{name:12}{tally.runs:9,}{rate:10,.0f}{tally.slowest * 1000:12,.0f}"
        lines.append(f"{told}{counts[0]:12}{counts[1]:11}{counts[2]:6}")
    runs, found = sum(t.runs for t in tallies.values()), sum(len(t.findings) for t in tallies.values())
    return "\n".join([*lines, f"{runs:,} inputs, {found} findings"])
