"""Wakes what works in the background. APScheduler only ticks: what is due stands in the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from ..errors import StoreBusy

log = logging.getLogger("mailbot.scheduler")
SECONDS = 5  #: between two ticks: how late a deferred letter may leave
WATCH_SECONDS = 60  #: between two looks whether an alarm is due


class Worker:
    """A thread that runs one function each time it is woken, until it is stopped."""

    def __init__(self, name: str, run: Callable[[], object]) -> None:
        self._run = run
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    def start(self, woken: bool = True) -> None:
        """Begin; with a first run unless it is to wait until it is `woken`."""
        self._thread.start()
        if woken:
            self.wake()

    @property
    def name(self) -> str:
        return self._thread.name

    @property
    def alive(self) -> bool:
        """False before it began and after it ended."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """There may be something to do; from any thread."""
        self._woken.set()

    def stop(self, seconds: float) -> None:
        """Let the run that goes on end, for at most `seconds`."""
        self._stopping = True
        self.wake()
        self._thread.join(seconds)

    @property
    def stopping(self) -> bool:
        return self._stopping

    def _loop(self) -> None:
        while True:
            self._woken.wait()
            self._woken.clear()
            if self._stopping:
                return
            try:
                self._run()
            except StoreBusy as error:
                log.warning("%s: %s; tried again at the next tick", self._thread.name, error)
            except Exception:
                log.exception("%s failed; tried again at the next tick", self._thread.name)


def ticking(wake: Callable[[], object], watch: Callable[[], object] = lambda: None) -> AsyncIOScheduler:
    """A started scheduler that calls `wake` every SECONDS and `watch` every WATCH_SECONDS; shut it down with
    `.shutdown(wait=False)`."""

    async def tick() -> None:
        wake()

    async def look() -> None:
        watch()

    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_job(tick, IntervalTrigger(seconds=SECONDS, timezone="UTC"), id="tick")
    scheduler.add_job(look, IntervalTrigger(seconds=WATCH_SECONDS, timezone="UTC"), id="watch")
    scheduler.start()
    return scheduler
