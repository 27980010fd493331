"""Asks clamd about files: INSTREAM over its socket (clamd(8), COMMANDS). What is not answered is never clean."""

from __future__ import annotations

import logging
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..domain.model import Scan, Scanned

log = logging.getLogger("mailbot.clamd")
CHUNK = 65_536
PORT = 3310  #: where clamd listens on TCP unless told otherwise
_LONGEST_REPLY = 4_096
UNANSWERED = "no answer"  #: why a scan is SILENT, where clamd said nothing


@dataclass(frozen=True)
class Patience:
    """How long clamd may take, in seconds."""

    connect: float = 5
    whole: float = 30  #: for one file
    rest: float = 60  #: after it was silent it is asked nothing for so long: mail must not wait for it


class Clamd:
    """One clamd, by the path of its socket or as HOST:PORT. Threads may share it."""

    def __init__(self, where: str, patience: Patience = Patience(), clock: Callable[[], float] = time.monotonic):
        self.where = where
        self._patience = patience
        self._clock = clock
        self._silent_until = 0.0

    def scan(self, data: bytes) -> Scanned:
        """What clamd says of these bytes; SILENT, with the reason, where it says nothing that can be used."""
        if self._clock() < self._silent_until:
            return Scanned(Scan.SILENT, UNANSWERED)
        try:
            found = _read(self._ask(b"INSTREAM", data))
        except OSError as error:
            self._silent_until = self._clock() + self._patience.rest
            log.warning("clamd at %s does not answer: %s", self.where, error)
            return Scanned(Scan.SILENT, UNANSWERED)
        if found.result is Scan.SILENT:
            log.warning("clamd at %s would not look at a file of %s bytes: %s", self.where, len(data), found.name)
        return found

    def version(self) -> str:
        """What it calls itself, with the date of its signatures. Raises OSError."""
        return self._ask(b"VERSION")

    def _ask(self, command: bytes, data: bytes | None = None) -> str:
        """One command on a connection of its own. Raises OSError, TimeoutError among them."""
        deadline = self._clock() + self._patience.whole
        with self._connected() as peer:
            try:
                peer.sendall(b"z" + command + b"\0")
                for piece in _pieces(data):
                    self._until(deadline, peer)
                    peer.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough: beyond StreamMaxLength it says so and hangs up
            reply = b""
            while b"\0" not in reply and len(reply) < _LONGEST_REPLY:
                self._until(deadline, peer)
                more = peer.recv(_LONGEST_REPLY)
                if not more:
                    break
                reply += more
        if not reply:
            raise ConnectionError("it hung up")
        return reply.partition(b"\0")[0].decode("utf-8", "replace").strip()

    def _connected(self) -> socket.socket:
        if "/" not in self.where:
            host, _, port = self.where.rpartition(":")
            address = (host, int(port)) if host and port.isdecimal() else (self.where, PORT)
            return socket.create_connection(address, self._patience.connect)
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            peer.settimeout(self._patience.connect)
            peer.connect(self.where)
        except OSError:
            peer.close()
            raise
        return peer

    def _until(self, deadline: float, peer: socket.socket) -> None:
        left = deadline - self._clock()
        if left <= 0:
            raise TimeoutError("it took too long")
        peer.settimeout(left)


def _pieces(data: bytes | None) -> Iterator[bytes | memoryview]:
    """The stream of INSTREAM: chunks with their length before them, ended by an empty one."""
    if data is None:
        return
    view = memoryview(data)
    for at in range(0, len(data), CHUNK):
        piece = view[at : at + CHUNK]
        yield struct.pack("!L", len(piece))
        yield piece
    yield struct.pack("!L", 0)


def _read(reply: str) -> Scanned:
    """« stream: OK », « stream: NAME FOUND », or an error, which says nothing of the file."""
    said = reply.removeprefix("stream:").strip()
    if said == "OK":
        return Scanned(Scan.CLEAN)
    if said.endswith(" FOUND"):
        return Scanned(Scan.INFECTED, said.removesuffix(" FOUND")[:200])
    return Scanned(Scan.SILENT, said[:200])
