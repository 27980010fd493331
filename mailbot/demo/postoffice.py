"""A post office on loopback: takes every letter, keeps it in the mailbox of its reader, and hands in replies.

It acts as the trusted front server would: what it hands in bears its own verdict on the sender. With a folder it keeps
each letter in a file, and finds them again the next time.
"""

from __future__ import annotations

import asyncio
import smtplib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, make_msgid
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from aiosmtpd.smtp import SMTP

HOST = "mx.assaprol.example"  #: the authserv-id of its verdicts
SENT = "envoyés de "  #: and an address: the mailbox of what that person sent


@dataclass(frozen=True)
class Letter:
    """One letter as it arrived."""

    to: str
    raw: bytes
    number: int = 0  #: counts all letters of the post office from 1

    @cached_property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def kind(self) -> str:
        return str(self.message["X-Mailbot"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return str(part.get_content()) if part else ""

    @property
    def files(self) -> list[str]:
        return [str(part.get_filename()) for part in self.message.iter_attachments()]


class PostOffice:
    """Mailboxes by address. `port` is where letters are taken; replies go to the port handed to `submit`.

    `folder` is where letters are kept, a file each; without one they are gone with the post office.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._letters: list[Letter] = []
        self._seen: set[int] = set()
        self._arrived = threading.Condition()
        self._loop_thread: threading.Thread | None = None
        self._stop: Callable[[], Any] = lambda: None
        self.port = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        for to in envelope.rcpt_tos:
            self.deliver(to, envelope.content)
        return "250 2.0.0 kept"

    def deliver(self, to: str, raw: bytes) -> None:
        """Put one mail into a mailbox."""
        with self._arrived:
            letter = Letter(to.lower(), raw, len(self._letters) + 1)
            if self._folder:
                self._file(letter).write_bytes(raw)
            self._letters.append(letter)
            self._arrived.notify_all()

    def _file(self, letter: Letter, ending: str = "eml") -> Path:
        assert self._folder is not None
        return self._folder / f"{letter.number:06d} {quote(letter.to, safe='@+')}.{ending}"

    def _find_again(self) -> None:
        """The letters of an earlier time; a second, empty file beside a letter says that it was opened."""
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self._folder.glob("*.eml")):
            number, _, to = path.stem.partition(" ")
            self._letters.append(Letter(unquote(to), path.read_bytes(), int(number)))
            if path.with_suffix(".seen").exists():
                self._seen.add(int(number))

    def open(self) -> None:
        """Begin to take letters, on a free port."""
        self._find_again()
        ready = threading.Event()

        def run() -> None:
            loop = asyncio.new_event_loop()
            sessions: list[SMTP] = []

            def session() -> SMTP:
                sessions.append(SMTP(self, loop=loop, data_size_limit=2**26, hostname=HOST))
                return sessions[-1]

            server = loop.run_until_complete(loop.create_server(session, "127.0.0.1", 0))
            self.port = server.sockets[0].getsockname()[1]
            self._stop = lambda: loop.call_soon_threadsafe(loop.stop)
            ready.set()
            loop.run_forever()
            server.close()
            for one in sessions:
                if one.transport:
                    one.transport.close()
            loop.run_until_complete(server.wait_closed())
            loop.run_until_complete(asyncio.sleep(0))  # the transports close in the next turn of the loop
            loop.close()

        self._loop_thread = threading.Thread(target=run, name="post-office", daemon=True)
        self._loop_thread.start()
        ready.wait(5)

    def close(self) -> None:
        """Take no more letters; safe to repeat."""
        self._stop()
        self._stop = lambda: None
        if self._loop_thread:
            self._loop_thread.join(5)

    def mailbox(self, address: str) -> list[Letter]:
        """What arrived for an address, oldest first."""
        with self._arrived:
            return [letter for letter in self._letters if letter.to == address.lower()]

    def letters(self) -> list[Letter]:
        """Everything that arrived, oldest first."""
        with self._arrived:
            return list(self._letters)

    def letter(self, address: str, number: int) -> Letter | None:
        """One letter of a mailbox, by its number."""
        return next((letter for letter in self.mailbox(address) if letter.number == number), None)

    def open_letter(self, letter: Letter) -> None:
        """It is read from now on."""
        with self._arrived:
            self._seen.add(letter.number)
            if self._folder:
                self._file(letter, "seen").touch()

    def unread(self, address: str) -> set[int]:
        """The numbers of the letters that nobody opened yet."""
        with self._arrived:
            return {letter.number for letter in self._letters if letter.to == address.lower()} - self._seen

    def mark(self) -> str:
        """Another text as soon as anything arrived or was opened."""
        with self._arrived:
            return f"{len(self._letters)}.{len(self._seen)}"

    def wait(self, address: str, kind: str, ref: str = "", seconds: float = 15) -> Letter:
        """The newest letter of that kind (whose subject names `ref`); waits for one. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                found = [x for x in self._letters if x.to == address.lower() and x.kind == kind and ref in x.subject]
                if found:
                    return found[-1]
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"no letter {kind} {ref} for {address} within {seconds:.0f} s")
                self._arrived.wait(left)


def reply(letter: Letter, sender: tuple[str, str], text: str, files: dict[str, bytes] | None = None) -> EmailMessage:
    """A reply as a mail client writes it: above the quoted letter, to its Reply-To."""
    original = letter.message
    message = EmailMessage()
    message["From"] = f"{sender[0]} <{sender[1]}>"
    message["To"] = str(original["Reply-To"])
    message["Subject"] = "Re: " + letter.subject.removeprefix("Re: ")
    message["Message-ID"] = make_msgid(domain=sender[1].partition("@")[2])
    message["In-Reply-To"] = str(original["Message-ID"])
    message["References"] = f"{original['References'] or ''} {original['Message-ID']}".strip()
    message["Date"] = format_datetime(datetime.now(UTC))
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
    message.set_content(
        f"{text}\n\nLe mar. 24 nov. 2026 à 09:00, ASSAPROL <eccv@assaprol.example> a écrit :\n\n{quoted}\n"
    )
    for name, data in (files or {}).items():
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return message


def post(
    office: PostOffice, port: int, message: EmailMessage, bot: str, verdict: str = "pass", sender: str = ""
) -> None:
    """Carry a mail to each address in its To and Cc, as the front server does: to mailbot through its door at `port`,
    to everybody else straight into the mailbox; the sender (of its From, where no other is named) keeps a copy. Raises
    smtplib.SMTPException where mailbot refuses it.
    """
    sender = sender or addresses(str(message["From"]))[0]
    for to in recipients(message):
        if is_of(to, bot):
            hand_over(port, message, to, verdict, sender)
        else:
            office.deliver(to, message.as_bytes(policy=policy.SMTP))
    office.deliver(SENT + sender, message.as_bytes(policy=policy.SMTP))


def recipients(message: EmailMessage) -> list[str]:
    """The addresses in To and Cc, each once."""
    return addresses(*(str(message[name]) for name in ("To", "Cc") if message[name]))


def addresses(*fields: str) -> list[str]:
    """The addresses in fields of a header, in lower case, each once; what is none is left out."""
    found = getaddresses([" ".join(field.split()) for field in fields])
    return list(dict.fromkeys(address.lower() for _, address in found if "@" in address))


def is_of(address: str, bot: str) -> bool:
    """True for the bot's address, with a subaddress or without."""
    local, _, domain = bot.lower().partition("@")
    mine, _, theirs = address.lower().partition("@")
    return theirs == domain and mine.partition("+")[0] == local


def submit(port: int, message: EmailMessage, verdict: str = "pass") -> None:
    """Hand a mail in to the address in its To, as the trusted front server does."""
    hand_over(port, message, str(message["To"]), verdict)


def hand_over(port: int, message: EmailMessage, recipient: str, verdict: str = "pass", sender: str = "") -> None:
    """Hand a mail in for one recipient, with the front server's verdict on its From on top."""
    author = str(message["From"]).rpartition("<")[2].rstrip(">")
    domain = author.rpartition("@")[2]
    results = f"Authentication-Results: {HOST}; dmarc={verdict} header.from={domain}\r\n".encode()
    raw = results + message.as_bytes(policy=policy.SMTP)
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.sendmail(sender or author, [recipient], raw)
