"""One tick with many open questions: where nothing is due, and where a hundred reminders are."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from mailbot import app as apps
from mailbot.mail.backoff import Outcome, Result

from .campaign import DUE, NOW, at, build, calm, fall_due

SIZES = (10_000, 100_000, 1_000_000)
TICKS = 20


class Discard:
    """Takes every letter and sends none."""

    def send(self, reverse_path: str, recipient: str, data: bytes) -> Outcome:
        return Outcome(Result.SENT, 250, "discarded")


class Ticks:
    """The databases, built once and used in every round; a round is a week later than the one before."""

    def __init__(self, folder: Path, sizes: tuple[int, ...] = SIZES) -> None:
        self._apps = {size: build(folder / str(size), size) for size in sizes}
        self._turn = 0

    def figures(self) -> dict[str, float]:
        """Milliseconds a tick, by size."""
        turn, self._turn = self._turn, self._turn + 1
        now = NOW + timedelta(weeks=turn)
        found: dict[str, float] = {}
        for size, app in self._apps.items():
            app = at(app, now)
            found[f"a tick, {size:,} open questions, nothing due [ms]"] = _idle(app)
            found[f"a tick, {size:,} open questions, {DUE} reminders [ms]"] = _busy(app, turn)
        return found


def _idle(app: apps.App) -> float:
    _tick(app)  # the first one reads the database's first pages from the disk
    return statistics.median(_tick(app)[0] for _ in range(TICKS)) * 1000


def _busy(app: apps.App, turn: int) -> float:
    fall_due(app, turn)
    seconds, found = _tick(app)
    assert found["reminders"] == found["sent"] == DUE, f"not one letter a reminder that was due: {found}"
    calm(app)
    return seconds * 1000


def _tick(app: apps.App) -> tuple[float, dict[str, Any]]:
    app.clock.set(app.clock.now() + timedelta(seconds=1))  # each tick has a second of its own to remember
    begin = time.perf_counter()
    found = apps.tick(app, Discard())  # type: ignore[arg-type]
    return time.perf_counter() - begin, found
