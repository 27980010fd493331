"""The process that reads mail, of which some messages are poison: for tests, run like mailbot.gateways.reader."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from mailbot.gateways import reader
from mailbot.mail import parse
from mailbot.mail.parse import parse as whole

_POISON = re.compile(rb"^X-Poison: (\w+)", re.M)


def _processor() -> None:
    while True:
        pass


def _memory() -> None:
    held = []
    while True:
        held.append(bytearray(1 << 20))


def _crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _bug() -> None:
    raise KeyError("a bug")


def _sleep() -> None:
    time.sleep(3600)


KILLS: dict[bytes, Callable[[], None]] = {
    b"processor": _processor,
    b"memory": _memory,
    b"crash": _crash,
    b"bug": _bug,
    b"sleep": _sleep,
}


class Poisoned:
    """Parses messages; one that says how it kills does so, `second` where it is not the first of its process."""

    def __init__(self) -> None:
        self._count = 0

    def parse(self, raw: bytes, *more: Any) -> Any:
        self._count += 1
        found = _POISON.search(raw)
        if found and found[1] in KILLS:
            KILLS[found[1]]()
        if found and found[1] == b"second" and self._count > 1:
            _crash()
        return whole(raw, *more)


if __name__ == "__main__":
    parse.parse = Poisoned().parse
    reader.serve_parent(float(sys.argv[1]), int(sys.argv[2]))
