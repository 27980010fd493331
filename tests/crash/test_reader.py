"""The process that reads mail does not outlive `serve`, however that ends."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mailbot.demo.sandbox import Sandbox, sandbox
from tests.crash.test_kill import _mails
from tests.gateways.clients import wait_until


@pytest.mark.slow
@pytest.mark.parametrize("kill", [False, True])
def test_it_ends_with_serve(tmp_path: Path, kill: bool) -> None:
    with sandbox(tmp_path) as here:
        here.run("ask", "--yes")
        sender, recipient, raw = _mails(here)[0]
        here.start()
        with smtplib.SMTP("127.0.0.1", here.smtp_port, timeout=60) as client:
            client.sendmail(sender, [recipient], raw)
        wait_until(lambda: here.inbox("done") == 1)
        (reader,) = _children(here)
        here.stop(kill=kill)
        wait_until(lambda: not _command(reader))


def _children(here: Sandbox) -> Iterator[int]:
    """The processes that `serve` has started."""
    assert here.process is not None
    for listed in Path(f"/proc/{here.process.pid}/task").glob("*/children"):
        with suppress(OSError):  # a thread has ended meanwhile
            yield from (int(pid) for pid in listed.read_text().split() if b"gateways.reader" in _command(int(pid)))


def _command(pid: int) -> bytes:
    """What a process runs; nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
