"""Files and the virus scanner: asked before anything is decided, and again while it was silent.

A scan is a call over a socket: it runs outside every transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from ..domain.model import Scan, Scanned
from ..mail.message import InboundMessage
from ..mail.parse import part
from ..store import files, scans
from .alarm import raise_alarm
from .system import System

log = logging.getLogger("mailbot.scanning")
AGAIN = timedelta(minutes=5)  #: before a silent scanner is asked about the same file again


def of_message(system: System, raw: bytes, message: InboundMessage) -> dict[str, Scanned]:
    """What the scanner says of the files of a mail, by hash; those it judged before are not asked about again."""
    if system.scan is None or not message.attachments:
        return {}
    wanted = {a.sha256: a.part for a in message.attachments}
    found = scans.known(system.store.conn, wanted)
    for sha256, number in wanted.items():
        if sha256 not in found:
            found[sha256] = _asked(system, raw, number)
    return found


def _asked(system: System, raw: bytes, number: str) -> Scanned:
    assert system.scan is not None
    try:
        return system.scan(part(raw, number))
    except KeyError:
        return Scanned(Scan.SILENT, "no such part")


def rescan(system: System) -> int:
    """Ask again about the files that wait for the scanner; returns how many it judged. Staff are told of a find."""
    if system.scan is None:
        return 0
    judged = 0
    for one, found in _again(system):
        with system.store.tx() as conn:
            scans.keep(conn, {one.sha256: found}, system.now())
        judged += found.result is not Scan.SILENT
        log.info("scanned inbox=%s result=%s", one.inbox_id, found.result.value)
        if found.result is Scan.INFECTED:
            raise_alarm(system, "infected", _told(one, found))
    return judged


def _again(system: System) -> Iterator[tuple[scans.Waiting, Scanned]]:
    """Each file that waits, with what is said of it now; ends with the first silence."""
    for one in scans.waiting(system.store.conn, system.now() - AGAIN):
        assert system.scan is not None
        try:
            found = system.scan(files.content(system.store.conn, one.inbox_id, one.part, one.sha256))
        except KeyError:
            continue
        yield one, found
        if found.result is Scan.SILENT:
            return


def _told(one: scans.Waiting, found: Scanned) -> str:
    return (
        f"The virus scanner found {found.name} in « {one.name} », which came with message {one.inbox_id} while it was "
        "silent. The file is kept apart and was handed to nobody; the answer it came with stands.\n\n"
        f"Type `mailbot show {one.inbox_id}`."
    )
