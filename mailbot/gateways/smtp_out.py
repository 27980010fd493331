"""The way out: hands letters to the SMTP host over a few connections that stay open, and says what became of each."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..errors import MailbotError
from ..mail.backoff import Outcome, Result

#: seconds after which an unused connection is not trusted to be still there
IDLE = 60
#: replies to MAIL that speak of our login, not of the letter (RFC 4954 §6)
OUR_FAULT = (530, 534, 535, 538)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
CLOSED = Outcome(Result.DEFERRED, 0, "mailbot is shutting down")


@dataclass(frozen=True, kw_only=True)
class Host:
    """The SMTP host that takes our letters, and how to speak to it."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""  #: "" logs in as nobody
    password: str = ""
    connections: int = 2  #: at once
    per_minute: int = 0  #: letters, evenly spaced; 0 is as fast as the host takes them
    hostname: str = "localhost"  #: the name we give ourselves
    timeout: float = 60  #: seconds to wait for any reply
    tls: ssl.SSLContext | None = None  #: None verifies the host against the machine's authorities

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Pace:
    """Lets letters through evenly, `per_minute` of them (0: all)."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._next = 0.0
        self._lock = threading.Lock()

    def seconds_to_wait(self) -> float:
        """Take the next place in line; it comes in that many seconds."""
        with self._lock:
            now = self._clock()
            mine = max(now, self._next)
            self._next = mine + self._interval
            return mine - now


class Sender:
    """Sends letters. Every method may be called from any thread."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._pace = Pace(host.per_minute)
        self._slots = threading.BoundedSemaphore(host.connections)
        self._idle: list[tuple[float, smtplib.SMTP]] = []
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def send(self, reverse_path: str, recipient: str, data: bytes) -> Outcome:
        """Hand one letter to the host for one recipient, and say how that ended. Never raises for what the host does.

        A lost connection, a timeout, or a host that does not take our login defers the letter. A connection from the
        pool that turns out dead is replaced once; but not when the letter's text was already on its way: the host may
        have it, and the same Message-ID goes again later.
        """
        if self._closed.wait(self._pace.seconds_to_wait()):
            return CLOSED
        with self._slots:
            link = self._from_pool()
            if link is not None:
                outcome, again = self._transact(link, reverse_path, recipient, data)
                if not again:
                    return outcome
            try:
                link = self._connect()
            except (smtplib.SMTPException, OSError) as error:
                return _deferred(error)
            return self._transact(link, reverse_path, recipient, data)[0]

    def check(self) -> str:
        """Connect, log in, and say in one line what the host answered. Raises MailbotError where that fails."""
        try:
            link = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            said = _deferred(error)
            why = f"{said.code} {said.text}" if said.code else said.text
            raise MailbotError(f"{self.host} takes no mail: {why}") from error
        tls = link.sock.version() if isinstance(link.sock, ssl.SSLSocket) else "no TLS"
        login = f"logged in as {self.host.user}" if self.host.user else "no login"
        name = (link.ehlo_resp or link.helo_resp or b"").decode("utf-8", "replace").partition("\n")[0]
        _quit(link)
        return f"{self.host} answers as {_one_line(name)}, {tls}, {login}"

    def close(self) -> None:
        """End the connections; whoever waits for his turn is told DEFERRED."""
        self._closed.set()
        with self._lock:
            idle, self._idle = self._idle, []
        for _, link in idle:
            _quit(link)

    # Connections

    def _connect(self) -> smtplib.SMTP:
        host = self.host
        context = host.tls or ssl.create_default_context()
        if host.security == "tls":
            link: smtplib.SMTP = smtplib.SMTP_SSL(
                host.host, host.port, host.hostname, timeout=host.timeout, context=context
            )
        else:
            link = smtplib.SMTP(host.host, host.port, host.hostname, timeout=host.timeout)
        try:
            link.ehlo_or_helo_if_needed()
            if host.security == "starttls":
                link.starttls(context=context)
                link.ehlo_or_helo_if_needed()
            if host.user:
                link.login(host.user, host.password)
        except BaseException:
            link.close()
            raise
        return link

    def _from_pool(self) -> smtplib.SMTP | None:
        """The connection used last, if it is fresh enough to be still there."""
        with self._lock:
            stale = [link for at, link in self._idle if time.monotonic() - at > IDLE]
            self._idle = [(at, link) for at, link in self._idle if link not in stale]
            found = self._idle.pop()[1] if self._idle else None
        for link in stale:
            _quit(link)
        return found

    def _to_pool(self, link: smtplib.SMTP) -> None:
        with self._lock:
            if not self._closed.is_set():
                self._idle.append((time.monotonic(), link))
                return
        _quit(link)

    # One letter

    def _transact(self, link: smtplib.SMTP, reverse_path: str, recipient: str, data: bytes) -> tuple[Outcome, bool]:
        """MAIL, RCPT, DATA. True: the connection ended before the text was sent, so another may be tried at once."""
        text_sent = False
        try:
            outcome = _address(link, reverse_path, recipient, len(data))
            if outcome is None:
                text_sent = True
                outcome = _judge(*_data(link, data))
        except (smtplib.SMTPException, OSError) as error:
            link.close()
            return _deferred(error), not text_sent
        if outcome.code == 421:
            link.close()
            return outcome, not text_sent
        if outcome.kind is Result.SENT or _reset(link):
            self._to_pool(link)
        else:
            link.close()
        return outcome, False


def _address(link: smtplib.SMTP, reverse_path: str, recipient: str, size: int) -> Outcome | None:
    """MAIL and RCPT; None where the host takes both."""
    if not (_sayable(recipient) and (not reverse_path or _sayable(reverse_path))):
        return Outcome(Result.FAILED, 553, "5.1.3 not an address that can be put on the wire")
    code, text = link.mail(reverse_path, [f"SIZE={size}"] if link.has_extn("size") else [])
    if code in OUR_FAULT:
        return Outcome(Result.DEFERRED, code, _one_line(text))
    if code != 250:
        return _judge(code, text)
    code, text = link.rcpt(recipient)
    return None if code in (250, 251) else _judge(code, text)


def _sayable(address: str) -> bool:
    """Printable ASCII of the addr-spec alphabet (RFC 5321 §4.1.2), and smtplib would send just that.

    Of `a@b\\r\\nRCPT ...` or `a@b(c` smtplib sends `a@b`, and how it reads comments differs between Pythons.
    """
    return bool(_ADDRESS.fullmatch(address)) and smtplib.quoteaddr(address) == f"<{address}>"


def _data(link: smtplib.SMTP, data: bytes) -> tuple[int, bytes]:
    """The host's word on the text: on DATA where it refuses that, else on the final dot."""
    try:
        return link.data(data)
    except smtplib.SMTPDataError as error:
        return error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()


def _reset(link: smtplib.SMTP) -> bool:
    """Whether the connection is good for another letter."""
    try:
        return link.rset()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _judge(code: int, text: bytes) -> Outcome:
    if 200 <= code < 300:
        kind = Result.SENT
    else:
        kind = Result.FAILED if 500 <= code < 600 else Result.DEFERRED
    return Outcome(kind, code, _one_line(text))


def _deferred(error: Exception) -> Outcome:
    """What went wrong with the session, in one line: the host's words where it said something."""
    if isinstance(error, smtplib.SMTPResponseException):
        return Outcome(Result.DEFERRED, error.smtp_code, _one_line(error.smtp_error))
    return Outcome(Result.DEFERRED, 0, _one_line(f"{type(error).__name__}: {error}"))


def _one_line(text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(words.split())[:500]


def _quit(link: smtplib.SMTP) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        link.quit()
    link.close()
