"""The door for mail over SMTP or LMTP: aiosmtpd, hardened; "250" only after the message is kept."""

from __future__ import annotations

import asyncio
import collections
import functools
import ipaddress
import logging
import re
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, syntax

from ..errors import StoreBusy, UsageError
from ..mail.envelope import Envelope, Verdict
from .smtp_data import NO_ROOM, Incoming, InFlight, one_line_end

log = logging.getLogger(__name__)
# aiosmtpd logs every command at INFO, and recipients hold tokens.
logging.getLogger("mail.log").setLevel(logging.WARNING)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Command = Callable[[str | None], Awaitable[None]]

KEPT = "250 2.0.0 Message kept"
LATER = "451 4.3.0 Cannot keep the message now, try again"
NOT_OURS = "550 5.7.1 Not an address of this system"
MALFORMED = "553 5.1.3 Malformed address"
UNPRINTABLE = "501 5.5.2 Unprintable characters in a command"
TOO_MANY = "452 4.5.3 Too many recipients, send the others on their own"
BARE = "554 5.6.0 Bare CR or LF in the header (RFC 5321 section 2.3.8)"
GOODBYE = "421 4.7.0 Goodbye"
CLOSING = "421 4.3.2 Shutting down, try again"

#: the null reverse-path (RFC 5321 §4.5.5), as aiosmtpd hands it on
NULL_PATH = "<>"
PATH = re.compile(r"\S+@[^\s@<>\"]+")

#: What no mail client says here: web browsers' requests (ALPACA), and BDAT, whose payload would be read as commands.
FORBIDDEN = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BDAT")
CHUNK = 2**20
#: A client that trickles is cut off: the timeout starts anew only with each MiB received.
PROGRESS = 2**20


@dataclass(frozen=True, kw_only=True)
class Door:
    """Who may hand in what, and what becomes of it. The callables are plain blocking functions.

    `accept` keeps a message and returns when it is safe; StoreBusy, or anything else that it raises, is answered 451.
    `verdict` reads what a trusted peer found out about the sender; what any other peer claims is removed by `strip`.
    """

    accepts: Callable[[str], bool]  #: is this address ours? Called for each recipient, in the event loop: be quick
    accept: Callable[[bytes, Envelope], None]
    verdict: Callable[[bytes], Verdict]
    strip: Callable[[bytes], bytes]
    trusted: tuple[Network, ...] = ()
    protocol: Literal["smtp", "lmtp"] = "smtp"
    hostname: str = "localhost"  #: named in the greeting
    max_message_bytes: int = 25 * 2**20
    max_recipients: int = 20
    max_in_flight: int = 64 * 2**20  #: bytes of mail in memory, over all sessions
    timeout: float = 300  #: seconds a client may be silent, or take for a MiB (RFC 5321 §4.5.3.2)
    tls_cert: Path | None = None  #: offers STARTTLS
    tls_key: Path | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class SmtpServer:
    """A listener and its sessions. Made by `start`."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.port = 0
        self.closing = False
        self.in_flight = InFlight(door.max_in_flight)
        self.sessions: set[SmtpSession] = set()
        self._tls = _tls_context(door)
        self._keeping: set[asyncio.Task[str]] = set()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="smtp-in")
        self._listener: asyncio.Server

    async def listen(self, host: str, port: int) -> None:
        """Bind. Raises UsageError where the port is taken, forbidden, or the host unknown."""
        session = LmtpSession if self.door.protocol == "lmtp" else SmtpSession
        loop = asyncio.get_running_loop()
        make = functools.partial(session, self, tls_context=self._tls, loop=loop)
        try:
            self._listener = await loop.create_server(make, host, port, backlog=512)
        except OSError as error:
            self._threads.shutdown(wait=False)
            why = error.strerror or str(error)
            raise UsageError(f"cannot listen for mail on {host}:{port} ([smtp_in] host, port): {why}") from error
        self.port = self._listener.sockets[0].getsockname()[1]

    async def keep(self, data: Incoming, envelope: Envelope) -> str:
        """Hand a message over, and give the reply. What has begun is finished even where the client leaves."""
        task = asyncio.create_task(self._keep(data, envelope))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
        return await asyncio.shield(task)

    async def _keep(self, data: Incoming, envelope: Envelope) -> str:
        try:
            work = functools.partial(_hand_over, self.door, data, envelope)
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except StoreBusy as error:
            log.warning("a message was put off: %s", error)
        except Exception:
            log.exception("a message was put off")
        finally:
            data.release()
        return LATER

    async def close(self, grace: float = 10) -> None:
        """Take no new client, let those that are handing over a message finish for `grace` seconds, and end."""
        self.closing = True
        self._listener.close()
        clock = asyncio.get_running_loop().time
        deadline = clock() + grace
        commands = [session.commands for session in self.sessions]
        while self.sessions and clock() < deadline:
            for session in [s for s in self.sessions if not s.is_busy()]:
                session.end()
            await asyncio.sleep(0.02)
        for session in list(self.sessions):
            session.transport.abort()
        await asyncio.gather(*commands, return_exceptions=True)
        await asyncio.gather(*self._keeping)
        await self._listener.wait_closed()
        self._threads.shutdown()


async def start(door: Door, host: str, port: int) -> SmtpServer:
    """Open the door. Port 0 takes a free one; `.port` tells. Raises UsageError where it cannot be bound."""
    server = SmtpServer(door)
    await server.listen(host, port)
    return server


def _tls_context(door: Door) -> ssl.SSLContext | None:
    if door.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(door.tls_cert, door.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"cannot use the certificate {door.tls_cert} ([smtp_in] tls_cert, tls_key): {error}"
        ) from error
    return context


def _hand_over(door: Door, data: Incoming, envelope: Envelope) -> str:
    """In a thread of its own: unstuff, read or strip the verdict, keep. Gives the reply."""
    content = one_line_end(data.take())
    if content is None:
        return BARE
    if envelope.trusted:
        envelope = replace(envelope, verdict=door.verdict(content))
    else:
        content = door.strip(content)
    door.accept(content, envelope)
    return KEPT


class Rules:
    """aiosmtpd's hooks: what is offered, and who may name which address."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def handle_EHLO(self, smtp: SMTP, session: Any, envelope: Any, name: str, replies: list[str]) -> list[str]:
        session.host_name = name
        *offered, last = (reply for reply in replies if not reply.startswith("250-AUTH"))
        return [*offered, "250-PIPELINING", last]

    async def handle_MAIL(self, smtp: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self._server.closing:
            return CLOSING
        if address != NULL_PATH and not PATH.fullmatch(address):
            return MALFORMED
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(self, smtp: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if len(envelope.rcpt_tos) >= self._server.door.max_recipients:
            return TOO_MANY
        if not self._server.door.accepts(address):
            return NOT_OURS
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient ok"


class SmtpSession(SMTP):
    """One client. What is overridden is what aiosmtpd 1.4.6 gets wrong for us."""

    line_length_limit = 2**16  # of its reader: what is read at once; commands have their own limit of 512
    # aiosmtpd types these as None until a client is there; nothing here runs before.
    session: Any
    envelope: Any
    transport: Any
    _reader: Any
    _handler_coroutine: Any

    def __init__(self, server: SmtpServer, **options: Any) -> None:
        self.server = server
        # aiosmtpd's own is one dict for all sessions, which each EHLO lets grow.
        self.command_size_limits = collections.defaultdict(lambda: self.command_size_limit)
        super().__init__(
            Rules(server),
            data_size_limit=server.door.max_message_bytes,
            enable_SMTPUTF8=True,
            hostname=server.door.hostname,
            ident="mailbot",
            timeout=server.door.timeout,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            **options,
        )
        checked = {name: self._checked(method) for name, method in self._smtp_methods.items()}
        self._smtp_methods = checked | dict.fromkeys(FORBIDDEN, self._goodbye)

    # The connection

    @property
    def commands(self) -> asyncio.Task[None]:
        """The task that reads commands and answers them."""
        return self._handler_coroutine

    def connection_made(self, transport: Any) -> None:
        """Also called, a second time, when TLS begins."""
        super().connection_made(transport)
        self.server.sessions.add(self)
        self.commands.add_done_callback(lambda task: task.cancelled() or task.exception())

    def connection_lost(self, error: Exception | None) -> None:
        """aiosmtpd cancels the commands; what `keep` has begun goes on."""
        self.server.sessions.discard(self)
        super().connection_lost(error)

    def eof_received(self) -> bool:
        """Nothing more will come. What did come is still worked: aiosmtpd would drop it."""
        asyncio.StreamReaderProtocol.eof_received(self)
        return self.session.ssl is None

    async def handle_exception(self, error: Exception) -> str:
        """451 where our code failed: aiosmtpd would say 500, and the mail would bounce."""
        if isinstance(error, asyncio.IncompleteReadError | ConnectionError):
            self._hang_up()
        else:
            log.error("an SMTP command failed", exc_info=error)
        return LATER

    def is_busy(self) -> bool:
        """A message is being handed over."""
        return bool(self.envelope.mail_from)

    def end(self) -> None:
        """Say goodbye, unless that was done."""
        if not self.transport.is_closing():
            self._writer.write(CLOSING.encode() + b"\r\n")
            self.transport.close()

    def _hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()
        self.commands.cancel()

    # Commands

    def _checked(self, command: Command) -> Command:
        """The command, refused where its argument holds NUL, CR, another control, or is no UTF-8."""

        @functools.wraps(command)
        async def run(arg: str | None) -> None:
            await (command(arg) if not arg or arg.isprintable() else self.push(UNPRINTABLE))

        return run

    async def _goodbye(self, arg: str | None) -> None:
        await self.push(GOODBYE)
        self._hang_up()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        try:
            path: tuple[str | None, str | None] = super()._getaddr(arg)
        except Exception:  # the address parser of 3.11 raises IndexError and more on crafted input
            return None, None
        return path

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:
        """Gather the message in bulk, without a limit on lines, and hand it over."""
        if refusal := self._refuses_data(arg):
            await self.push(refusal)
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        data = Incoming(self.server.door.max_message_bytes, self.server.in_flight)
        try:
            await self._receive(data)
        except BaseException:
            data.release()
            raise
        reply = data.refusal or await self.server.keep(data, self._envelope())
        replies = self._replies(reply)
        self._set_post_data_state()
        self._reset_timeout()
        await self.push("\r\n".join(replies))

    def _refuses_data(self, arg: str | None) -> str:
        if arg:
            return "501 5.5.4 Syntax: DATA"
        if not self.envelope.rcpt_tos:
            return "503 5.5.1 Need RCPT first"
        declared = (int(o[5:]) for o in self.envelope.mail_options if o.startswith("SIZE="))
        return "" if self.server.in_flight.fits(next(declared, 1)) else NO_ROOM

    async def _receive(self, data: Incoming) -> None:
        """Read until the final dot. Raises IncompleteReadError where the client leaves before, or never stops."""
        rest, next_mark = None, PROGRESS
        while rest is None:
            chunk = await self._reader.read(CHUNK)
            rest = data.feed(chunk)
            if data.received > 2 * self.server.door.max_message_bytes and rest is None:
                await self.push(data.refusal)
                chunk = b""
            if not chunk:
                raise asyncio.IncompleteReadError(b"", None)
            if data.received >= next_mark:
                self._reset_timeout()
                next_mark = data.received + PROGRESS
        self._reader._buffer[:0] = rest  # pipelined commands: a StreamReader cannot be given anything back

    def _replies(self, reply: str) -> list[str]:
        return [reply]

    def _envelope(self) -> Envelope:
        peer = _ip(self.session.peer)
        return Envelope(
            reverse_path="" if self.envelope.mail_from == NULL_PATH else self.envelope.mail_from,
            recipients=tuple(dict.fromkeys(self.envelope.rcpt_tos)),
            received_at=self.server.door.now(),
            peer=str(peer or ""),
            trusted=peer is not None and any(peer in network for network in self.server.door.trusted),
            tls=self.session.ssl is not None,
        )


class LmtpSession(SmtpSession, LMTP):
    """One client that speaks LMTP: the final dot is answered once for each recipient (RFC 2033 §4.2)."""

    def _replies(self, reply: str) -> list[str]:
        return [reply] * len(self.envelope.rcpt_tos)


def _ip(peer: Any) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address of a socket's other end; an IPv4 client of an IPv6 listener is an IPv4 client."""
    if not isinstance(peer, tuple):
        return None
    ip = ipaddress.ip_address(peer[0].partition("%")[0])
    return getattr(ip, "ipv4_mapped", None) or ip
