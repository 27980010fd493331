"""What the tests of the door share: who keeps the mail, and clients that are polite, careless or hostile."""

import ipaddress
import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mailbot.gateways.smtp_in import SmtpServer
from mailbot.mail.envelope import Envelope

WIRES = sorted((Path(__file__).parent / "wire").glob("*.wire"))
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
MAIL = b"From: a@firm.example\r\nSubject: x\r\n\r\nBonjour\r\n"
BOT = "eccv+token@oga.example"
START = b"EHLO c\r\nMAIL FROM:<a@firm.example>\r\nRCPT TO:<eccv@oga.example>\r\nDATA\r\n"


class Keeper:
    """Stands where the store stands: keeps what is accepted, slowly or not at all if told so."""

    def __init__(self) -> None:
        self.kept: list[tuple[bytes, Envelope]] = []
        self.fails: Exception | None = None
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def accept(self, raw: bytes, envelope: Envelope) -> None:
        self.begun.set()
        assert self.go_on.wait(20)
        if self.fails:
            raise self.fails
        self.kept.append((raw, envelope))

    def wait_for(self, count: int) -> None:
        wait_until(lambda: len(self.kept) >= count)
        assert len(self.kept) == count


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


def client(server: SmtpServer) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", server.port, local_hostname="c", timeout=60)


@contextmanager
def raw_client(server: SmtpServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
        yield sock


def read_all(sock: socket.socket) -> str:
    """Everything the server says until it closes."""
    got = b""
    try:
        while chunk := sock.recv(65536):
            got += chunk
    except ConnectionResetError:
        pass
    return got.decode()


def talk(server: SmtpServer, data: bytes) -> str:
    """Send, end our half of the connection, and give everything that the server said."""
    with raw_client(server) as sock:
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError, OSError):
            pass
        return read_all(sock)


def read_until(sock: socket.socket, end: bytes) -> bytes:
    got = b""
    while end not in got:
        chunk = sock.recv(65536)
        assert chunk, got
        got += chunk
    return got
