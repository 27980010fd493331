"""The sandbox with its page, open until Ctrl-C."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import firstday
from .running import free_port, running
from .site import site

PORT = 8200  #: of the page, where it is free

Say = Callable[[str], Any]


def receive(folder: Path | None, port: int | None, say: Say, stop: threading.Event | None = None) -> None:
    """Show the sandbox kept in `folder`, or a fresh one that is gone afterwards, until `stop`, SIGINT or SIGTERM.

    Raises UsageError where `port` cannot be had.
    """
    stop = stop or _stop_on_signals()
    with place(folder) as where, running(where) as here:
        if not here.office.letters():
            firstday.begin(here)
        with site(here, free_port(PORT) if port is None else port) as address:
            say(f"open  {address}  in a browser; Ctrl-C ends it")
            say(f"the sandbox lies in {where}" + ("" if folder else " and is removed at the end"))
            say(f"its pages are at {here.web}/, its mail comes in at 127.0.0.1:{here.smtp_port}")
            stop.wait()


@contextmanager
def place(folder: Path | None) -> Iterator[Path]:
    """`folder`, or one that is made now and removed at the end."""
    if folder:
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="mailbot-demo-") as made:
        yield Path(made)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
