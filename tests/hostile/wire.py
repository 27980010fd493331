"""How the cases come in: over SMTP as a mail server says it, or byte for byte as an attacker does."""

from __future__ import annotations

import asyncio
import re
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from mailbot import app as apps
from mailbot.gateways import smtp_in
from tests.hostile.world import OTHERS, TRUSTED, World

SLOWEST = 400  #: seconds that a client may trickle
HURRY = 50  #: how much faster a client that trickles is played, at a door that waits as much less
REPLY = re.compile(rb"^(\d\d\d)[ -]", re.M)


def hand_in(world: World, case: dict[str, Any], raw: bytes) -> int:
    """One mail over SMTP, line ends as the wire wants them; the last code that was said."""
    peer = TRUSTED if case["deliver"] == "mailbox" else OTHERS
    data = re.sub(rb"(?<!\r)\n", b"\r\n", world.put_in(raw))
    sender = case["envelope"]["mail_from"]
    with smtplib.SMTP("127.0.0.1", world.here.smtp_port, timeout=60, source_address=(peer, 0)) as client:
        try:
            client.ehlo("mx.oga.example")
            if (code := client.mail(sender, [f"size={len(data)}"])[0]) != 250:
                return code
            said = [client.rcpt(world.put_in(to.encode()).decode())[0] for to in case["envelope"]["rcpt_to"]]
            return client.data(data)[0] if 250 in said else said[-1]
        except smtplib.SMTPServerDisconnected:
            return 421
        except smtplib.SMTPResponseException as error:
            return error.smtp_code


def speak(world: World, case: dict[str, Any], raw: bytes, slow: bool = False, patience: float = 20) -> list[int]:
    """The bytes of a client as they are; every code that was said until the server, or we, hung up.

    One that trickles is played HURRY times as fast, at a door of the same rules, unless `slow`.
    """
    if not slow and (delay := case["checks"].get("byte_delay_ms")):
        with _hurried_door(world) as port:
            return _speak(port, world, case["checks"] | {"byte_delay_ms": delay / HURRY}, raw, patience)
    return _speak(world.here.smtp_port, world, case["checks"], raw, patience)


@contextmanager
def _hurried_door(world: World) -> Iterator[int]:
    """The listener of the service once more, with the rules of its own and less patience; its port."""
    rules = apps.door(world.app, lambda: None)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="hurried-door", daemon=True)
    thread.start()
    listens = smtp_in.start(replace(rules, timeout=rules.timeout / HURRY), "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(listens, loop).result(10)
    try:
        yield server.port
    finally:
        asyncio.run_coroutine_threadsafe(server.close(0), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _speak(port: int, world: World, checks: dict[str, Any], raw: bytes, patience: float) -> list[int]:
    with socket.create_connection(("127.0.0.1", port), 20, (OTHERS, 0)) as link:
        heard = b"" if checks.get("send_before_greeting") else link.recv(4096)
        try:
            if delay := checks.get("byte_delay_ms"):
                heard += _trickle(link, world.put_in(raw), delay / 1000)
            else:
                link.sendall(world.put_in(raw))
            if more := checks.get("stream_after"):
                _stream(link, more["byte"].encode(), more["count"])
            if not checks.get("close_after_send"):
                link.shutdown(socket.SHUT_WR)
                link.settimeout(patience)
                while said := link.recv(65_536):
                    heard += said
        except OSError:
            heard += b"\n421 hung up\n"
    return [int(code) for code in REPLY.findall(heard)]


def _stream(link: socket.socket, byte: bytes, count: int) -> None:
    chunk = byte * 65_536
    for _ in range(count // len(chunk)):
        link.sendall(chunk)


def _trickle(link: socket.socket, raw: bytes, seconds: float) -> bytes:
    """A byte now and then, until the server has had enough, or SLOWEST is over."""
    heard, end = b"", time.monotonic() + SLOWEST
    link.settimeout(seconds)
    for n in range(len(raw)):
        link.sendall(raw[n : n + 1])
        try:
            said = link.recv(4096)
        except TimeoutError:
            said = b"\0"
        if not said:
            return heard
        heard += said.strip(b"\0")
        if time.monotonic() > end:
            raise AssertionError("the server is still listening")
    return heard
