"""What the steps need, built once by app.py and handed down: no globals, no configuration read at import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jinja2 import Environment

from ..domain.calendar import Calendar
from ..domain.model import Scanned
from ..domain.reminders import Rules
from ..letters.scene import Oga
from ..mail import token
from ..mail.envelope import split
from ..mail.message import Address
from ..mail.parse import Limits
from ..mail.reader import Here, Reader
from ..mail.token import Keys, Purpose
from ..store.db import Store
from .keeping.keyring import Keyring


@dataclass(frozen=True)
class Retention:
    """How long things are kept; `purge` erases them, by hand or by cron, never by itself."""

    dossiers_years: int = 6  #: dossiers, after the last that happened to them
    raw_years: int = 6  #: mails as they came, of dossiers that are closed
    logs_months: int = 12  #: what is of no dossier: digests, mails of machines, addresses of hosts


@dataclass(frozen=True)
class Policy:
    """The rules that the configuration sets."""

    timezone: ZoneInfo
    postpone_days: int = 30
    everyone: bool = False  #: ask the expert as well from the start
    dossier_letters: bool = False  #: one letter a dossier and year, instead of one a question
    settle: timedelta = timedelta(0)  #: an approval letter leaves when nothing was added for so long
    longest: timedelta = timedelta(0)  #: ... and at the latest so long after the oldest answer it shows
    sitting: timedelta = timedelta(0)  #: what a person sends within so long of each other shares one receipt
    undo: timedelta = timedelta(minutes=10)  #: after its receipt left, an act may be undone
    allowed_types: frozenset[str] = frozenset()  #: file name extensions
    max_attachment_bytes: int = 20_000_000
    max_attachments: int = 20
    mail_files_up_to: int = 8_000_000  #: bytes of files that a letter carries; above it links
    public_url: str = ""  #: of the pages; "" where there are none
    confirm_browser: bool = True  #: a browser shows a page once its person has confirmed it by a code
    verp: bool = True
    asks_back_per_day: int = 3  #: letters that ask back, in one conversation and day
    letters_per_hour: int = 600  #: that nobody confirmed; beyond it the outbox pauses itself
    alarm_email: str = ""  #: who gets alarms by mail; "": nobody
    alarm_command: str = ""  #: run with the alarm on its standard input; "": none
    key_rotation_days: int = 365  #: after so long another key signs
    trust: dict[str, str] = field(default_factory=dict)  #: action -> grade, raised by the configuration
    limits: Limits = Limits()
    retention: Retention = Retention()
    reminders: Rules = field(default_factory=lambda: Rules(Calendar(UTC)))
    digest_at: time = time(7, 45)  #: where the association is
    digest_days: frozenset[int] = frozenset(range(5))
    digest_empty: bool = True  #: staff get one that has nothing to say, too
    scanned: bool = False  #: a virus scanner is configured: what it has not judged is not handed on


@dataclass(frozen=True)
class System:
    """One mailbot: its store, its keys, its words, its clock."""

    store: Store
    keyring: Keyring
    oga: Oga
    policy: Policy
    templates: Environment
    bot: Address  #: display name and address
    separator: str  #: between the bot's local part and a token
    now: Callable[[], datetime]
    reader: Reader = field(default_factory=Here)  #: takes messages apart; in a service, in a process of its own
    scan: Callable[[bytes], Scanned] | None = None  #: asks the virus scanner; None where none is configured

    @property
    def keys(self) -> Keys:
        """What signs and verifies tokens now."""
        return self.keyring.keys

    def turn_keys(self) -> None:
        """Replace the key that signs once it is old enough."""
        self.keyring.turn(self.store, self.now(), self.policy.key_rotation_days)

    @property
    def domain(self) -> str:
        return self.bot.address.rpartition("@")[2]

    def address(self, purpose: Purpose, number: int) -> str:
        """The address that replies in conversation `number` go to."""
        local, _, domain = self.bot.address.partition("@")
        return f"{local}{self.separator}{token.make(purpose, number, self.keys)}@{domain}"

    def page(self, number: int) -> str:
        """The https address of a page, or "" where no pages are served."""
        return (
            f"{self.policy.public_url}/v/{token.make(Purpose.PAGE, number, self.keys)}"
            if self.policy.public_url
            else ""
        )

    def token_in(self, address: str) -> str:
        """The subaddress of one of our addresses, "" for the bare one; None-like "" for others too."""
        local, detail, domain = split(address, self.separator)
        ours, _, own_domain = split(self.bot.address, self.separator)
        return detail if (local, domain) == (ours, own_domain) else ""

    def is_ours(self, address: str) -> bool:
        """True for the bot's address, with or without a subaddress."""
        local, _, domain = split(address, self.separator)
        ours, _, own_domain = split(self.bot.address, self.separator)
        return (local, domain) == (ours, own_domain)

    def today(self) -> datetime:
        """Now, where the association is."""
        return self.now().astimezone(self.policy.timezone)
