"""clamd: a real one, and one that says nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailbot.domain.model import Scan, Scanned
from mailbot.gateways.clamd import UNANSWERED, Clamd, Patience
from tests.clamd import STREAM_BYTES, Running, mute
from tests.files import EICAR, PDF, packed

SILENT = Scanned(Scan.SILENT, UNANSWERED)
SOON = Patience(connect=0.2, whole=0.2, rest=0)


@pytest.mark.clamd
def test_a_real_clamd_knows_the_pattern_and_lets_the_rest_pass(clamd: Running) -> None:
    asked = Clamd(clamd.socket)
    assert asked.scan(EICAR) == Scanned(Scan.INFECTED, "Own-Eicar.UNOFFICIAL")
    assert asked.scan(packed({"a.txt": EICAR})).result is Scan.INFECTED
    assert asked.scan(PDF) == Scanned(Scan.CLEAN)
    assert asked.scan(os.urandom(STREAM_BYTES - 1)) == Scanned(Scan.CLEAN)
    assert asked.version().startswith("ClamAV ")


@pytest.mark.clamd
def test_what_is_too_long_for_it_is_not_clean(clamd: Running) -> None:
    asked = Clamd(clamd.socket)
    found = asked.scan(bytes(STREAM_BYTES + 200_000))
    assert found.result is Scan.SILENT
    assert asked.scan(EICAR).result is Scan.INFECTED, "it is not silent: it is asked at once about the next"


def test_a_scanner_that_never_answers_is_silent() -> None:
    with mute() as running:
        assert Clamd(running.socket, SOON).scan(PDF) == SILENT
        assert Clamd(running.socket, SOON).scan(bytes(30_000_000)) == SILENT, "nor does it take the whole"


@pytest.mark.parametrize("where", ["/nowhere/clamd.sock", "127.0.0.1:1", "/etc/passwd"])
def test_a_scanner_that_is_not_there_is_silent(where: str) -> None:
    assert Clamd(where, SOON).scan(PDF) == SILENT
    with pytest.raises(OSError):
        Clamd(where, SOON).version()


def test_after_silence_it_is_left_alone_for_a_while(tmp_path: Path) -> None:
    now = [0.0]
    with mute() as running:
        place = tmp_path / "clamd.sock"
        asked = Clamd(str(place), Patience(connect=0.2, whole=0.2, rest=60), clock=lambda: now[0])
        assert asked.scan(PDF) == SILENT
        place.symlink_to(running.socket)
        assert (asked.scan(PDF), len(running.calls)) == (SILENT, 0)
        now[0] = 61
        assert (asked.scan(PDF), len(running.calls)) == (SILENT, 1)
