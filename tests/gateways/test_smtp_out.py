"""The way out, tried against hosts that take, defer, refuse, hang up and stay silent."""

import asyncio
import functools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from mailbot.errors import MailbotError
from mailbot.gateways.smtp_out import Host, Pace, Sender
from mailbot.mail.backoff import Result

LETTER = b"Subject: x\r\n\r\n.\r\nBonjour\r\n"
DROP = "drop"  #: hang up in place of a reply


class Sink:
    """A host that takes mail, or answers as told: `says["RCPT"] = "550 no"`, `says["MAIL"] = DROP`."""

    def __init__(self) -> None:
        self.port = 0
        self.kept: list[tuple[str, list[str], bytes]] = []
        self.says: dict[str, str] = {}
        self.sessions: list[SMTP] = []

    def _reply(self, smtp: SMTP, command: str, otherwise: str) -> str:
        reply = self.says.get(command, otherwise)
        if reply == DROP or reply.startswith("421"):
            smtp._writer.write(b"" if reply == DROP else reply.encode() + b"\r\n")
            smtp.transport.close()
        return reply

    async def handle_MAIL(self, smtp: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return self._reply(smtp, "MAIL", "250 ok")

    async def handle_RCPT(self, smtp: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.rcpt_tos.append(address)
        return self._reply(smtp, "RCPT", "250 ok")

    async def handle_DATA(self, smtp: SMTP, session: Any, envelope: Any) -> str:
        self.kept.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self._reply(smtp, "DATA", "250 kept")

    def session(self, **options: Any) -> SMTP:
        self.sessions.append(SMTP(self, hostname="sink.example", **options))
        return self.sessions[-1]


async def finish(server: asyncio.Server, sink: Sink) -> None:
    server.close()
    for session in sink.sessions:
        if session.transport is not None:
            session.transport.abort()
    if tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(tasks, timeout=5)


@pytest.fixture
def host(background: Any) -> Iterator[Callable[..., Sink]]:
    """Starts sinks: host() in the clear, host(tls=context) with STARTTLS, host(ssl=context) with TLS from the start."""
    running = []

    def start(tls: ssl.SSLContext | None = None, ssl: ssl.SSLContext | None = None, **options: Any) -> Sink:
        sink = Sink()
        make = functools.partial(sink.session, tls_context=tls, loop=background.loop, **options)
        server = background.run(background.loop.create_server(make, "127.0.0.1", 0, ssl=ssl))
        sink.port = server.sockets[0].getsockname()[1]
        running.append((server, sink))
        return sink

    yield start
    for server, sink in running:
        background.run(finish(server, sink))


@pytest.fixture
def sender() -> Iterator[Callable[..., Sender]]:
    senders = []

    def make(port: int, **changes: Any) -> Sender:
        options = dict(host="127.0.0.1", port=port, security="none", timeout=5) | changes
        senders.append(Sender(Host(**options)))
        return senders[-1]

    yield make
    for sender in senders:
        sender.close()


def send(sender: Sender, recipient: str = "b@firm.example") -> Any:
    return sender.send("eccv@oga.example", recipient, LETTER)


def test_a_letter_arrives_byte_for_byte(host: Any, sender: Any) -> None:
    sink = host()
    outcome = send(sender(sink.port))
    assert (outcome.kind, outcome.code, outcome.text) == (Result.SENT, 250, "kept")
    assert sink.kept == [("eccv@oga.example", ["b@firm.example"], LETTER)]


def test_connections_are_kept_open_and_few(host: Any, sender: Any) -> None:
    sink = host()
    ours = sender(sink.port, connections=3)
    threads = [threading.Thread(target=lambda: [send(ours) for _ in range(10)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sink.kept) == 60
    assert len(sink.sessions) <= 3


@pytest.mark.parametrize(
    ("command", "reply", "kind"),
    [
        ("MAIL", "451 4.3.0 later", Result.DEFERRED),
        ("MAIL", "550 5.7.1 not you", Result.FAILED),
        ("MAIL", "530 5.7.0 authenticate first", Result.DEFERRED),
        ("RCPT", "450 4.2.0 greylisted", Result.DEFERRED),
        ("RCPT", "550 5.1.1 unknown", Result.FAILED),
        ("DATA", "452 4.3.1 full", Result.DEFERRED),
        ("DATA", "554 5.7.1 spam", Result.FAILED),
        ("RCPT", "421 4.3.2 going down", Result.DEFERRED),
        ("MAIL", DROP, Result.DEFERRED),
        ("RCPT", DROP, Result.DEFERRED),
        ("DATA", DROP, Result.DEFERRED),
    ],
)
def test_a_refusal_is_told_apart_from_a_delay(host: Any, sender: Any, command: str, reply: str, kind: Result) -> None:
    sink = host()
    ours = sender(sink.port)
    assert send(ours).kind is Result.SENT
    sink.says[command] = reply
    outcome = send(ours)
    assert outcome.kind is kind
    if reply != DROP:
        assert f"{outcome.code} {outcome.text}" == reply
    sink.says.clear()
    assert send(ours).kind is Result.SENT


def test_a_host_that_refuses_and_hangs_up_has_still_refused(sender: Any) -> None:
    ours = sender(scripted(b"220 x", b"250 x", b"250 ok", b"550 5.1.1 unknown"))
    outcome = send(ours)
    assert (outcome.kind, outcome.code) == (Result.FAILED, 550)


def test_a_dead_connection_is_replaced_once(host: Any, sender: Any, background: Any) -> None:
    sink = host()
    ours = sender(sink.port)
    assert send(ours).kind is Result.SENT
    background.loop.call_soon_threadsafe(sink.sessions[0].transport.abort)
    assert send(ours).kind is Result.SENT
    assert (len(sink.kept), len(sink.sessions)) == (2, 2)


def test_what_the_host_may_have_is_not_sent_again_at_once(host: Any, sender: Any) -> None:
    sink = host()
    ours = sender(sink.port)
    send(ours)
    sink.says["DATA"] = DROP
    assert send(ours).kind is Result.DEFERRED
    assert len(sink.kept) == 2


@pytest.mark.parametrize(
    "recipient", ["é@firm.example", "b@firm.example\r\nRCPT TO:<c@d.example>", "b@firm.example(c", ""]
)
def test_an_address_that_cannot_be_said_fails(host: Any, sender: Any, recipient: str) -> None:
    sink = host()
    ours = sender(sink.port)
    assert send(ours, recipient).kind is Result.FAILED
    assert sink.kept == []
    assert send(ours).kind is Result.SENT


# Our configuration, or the network: never the letter's fault


def scripted(*lines: bytes) -> int:
    """The port of a host that says `lines`, one for each line it hears (the first at once), and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with listener, listener.accept()[0] as sock, sock.makefile("rb") as heard:
            for line in lines:
                sock.sendall(line + b"\r\n")
                heard.readline()

    threading.Thread(target=run, daemon=True).start()
    return listener.getsockname()[1]


def test_a_host_that_greets_with_a_refusal_defers(sender: Any) -> None:
    outcome = send(sender(scripted(b"554 5.7.1 not from this network")))
    assert (outcome.kind, outcome.code) == (Result.DEFERRED, 554)
    assert "not from this network" in outcome.text


def test_nobody_there_defers(sender: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert send(sender(port)).kind is Result.DEFERRED
    unknown = send(sender(25, host="no-such-host.invalid"))
    assert (unknown.kind, unknown.code) == (Result.DEFERRED, 0)


def test_silence_defers(sender: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        outcome = send(sender(listener.getsockname()[1], timeout=0.2))
    assert outcome.kind is Result.DEFERRED
    assert "timed out" in outcome.text


def test_no_starttls_defers(host: Any, sender: Any) -> None:
    sink = host()
    assert send(sender(sink.port, security="starttls")).kind is Result.DEFERRED
    assert sink.kept == []


# TLS and login


@pytest.fixture
def server_tls(authority: Any) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def client_tls(authority: Any) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.mark.parametrize(("security", "where"), [("starttls", "tls"), ("tls", "ssl")])
def test_the_host_must_prove_who_it_is(
    host: Any, sender: Any, server_tls: Any, client_tls: Any, security: str, where: str
) -> None:
    sink = host(**{where: server_tls})
    outcome = send(sender(sink.port, security=security))
    assert outcome.kind is Result.DEFERRED
    assert "certificate verify failed" in outcome.text
    assert sink.kept == []
    assert send(sender(sink.port, security=security, tls=client_tls)).kind is Result.SENT
    assert "TLSv1" in sender(sink.port, security=security, tls=client_tls).check()


def test_login(host: Any, sender: Any, server_tls: Any, client_tls: Any) -> None:
    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=given.password == b"s3cret", handled=False)

    sink = host(tls=server_tls, auth_required=True, authenticator=authenticate)
    known = sender(sink.port, security="starttls", tls=client_tls, user="bot", password="s3cret")
    assert send(known).kind is Result.SENT
    assert "logged in as bot" in known.check()
    wrong = sender(sink.port, security="starttls", tls=client_tls, user="bot", password="wrong")
    assert (send(wrong).kind, send(wrong).code) == (Result.DEFERRED, 535)
    with pytest.raises(MailbotError) as refused:
        wrong.check()
    assert "wrong" not in str(refused.value)
    nobody = sender(sink.port, security="starttls", tls=client_tls)
    assert (send(nobody).kind, send(nobody).code) == (Result.DEFERRED, 530)


def test_check_says_what_the_host_answered(host: Any, sender: Any) -> None:
    sink = host()
    assert sender(sink.port).check() == f"127.0.0.1:{sink.port} answers as sink.example, no TLS, no login"
    with pytest.raises(MailbotError, match=r"takes no mail: 554 5\.7\.1 no"):
        sender(scripted(b"554 5.7.1 no")).check()


# Pace


def test_letters_leave_evenly() -> None:
    now = 100.0
    pace = Pace(30, lambda: now)
    assert [pace.seconds_to_wait() for _ in range(3)] == [0, 2, 4]
    now = 200.0
    assert [pace.seconds_to_wait() for _ in range(2)] == [0, 2]
    assert [Pace(0).seconds_to_wait() for _ in range(3)] == [0, 0, 0]


def test_closing_wakes_who_waits_for_his_turn(host: Any, sender: Any) -> None:
    sink = host()
    ours = sender(sink.port, per_minute=1)
    assert send(ours).kind is Result.SENT
    outcomes: list[Any] = []
    waiting = threading.Thread(target=lambda: outcomes.append(send(ours)))
    waiting.start()
    ours.close()
    waiting.join(5)
    assert [outcome.kind for outcome in outcomes] == [Result.DEFERRED]
    assert len(sink.kept) == 1
