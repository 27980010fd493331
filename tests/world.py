"""A mailbot without a network, and every reminder judged at the moment it leaves: for stories of many days."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader

from mailbot import app as apps
from mailbot import resources
from mailbot.config import load
from mailbot.demo.postoffice import Letter, reply
from mailbot.domain import commands as c
from mailbot.domain.model import Channel, Outcome, Person, Question, State, Written
from mailbot.domain.questions import Act
from mailbot.errors import Refusal
from mailbot.letters.render import environment
from mailbot.mail import backoff
from mailbot.mail.envelope import Dmarc, Envelope, Verdict
from mailbot.service import ingress
from mailbot.service.questions import act, find
from mailbot.service.work import work_all
from mailbot.store import people
from mailbot.store.db import moment, setting

PARIS = ZoneInfo("Europe/Paris")
#: from the calendar, not from the library that the product asks
HOLIDAYS = {date(2026, 12, 25), date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 1), date(2027, 5, 8)}
REFS = tuple(f"D0009-2025-{n}" for n in (1, 2, 3))
AICHA, MAITE, MIREILLE = (
    "aicha.dubois@cabinetetcheverry.example",
    "m.martin@cabinetetcheverry.example",
    "gestion1@assaprol.example",
)


@dataclass
class World:
    """One mailbot whose host may be away, and whose every reminder is judged at the moment it leaves."""

    app: apps.App
    away: bool = False
    sent: list[EmailMessage] = field(default_factory=list)  #: every letter that left
    letters: list[Letter] = field(default_factory=list)  #: the same, as they lie in mailboxes
    faults: list[str] = field(default_factory=list)  #: what no reminder may do
    left: Counter[tuple[str, str, date]] = field(default_factory=Counter)  #: reminders a person, ladder and day

    def send(self, reverse_path: str, to: str, data: bytes) -> backoff.Outcome:
        if self.away:
            return backoff.Outcome(backoff.Result.DEFERRED, 451, "later")
        message = message_from_bytes(data, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.sent.append(message)
        self.letters.append(Letter(to, data))
        if message["X-Mailbot"] in ("reminder", "last_reminder"):
            self.faults += self._faults(to, message)
        return backoff.Outcome(backoff.Result.SENT, 250, "kept")

    def _faults(self, to: str, message: EmailMessage) -> Iterator[str]:
        """What is wrong with a reminder that leaves now. Collected: an exception here would be taken for the host's."""
        now = self.now.astimezone(PARIS)
        if now.weekday() > 4 or now.date() in HOLIDAYS or not time(8, 30) <= now.time() < time(18):
            yield f"a reminder at {now}"
        body = message.get_body(("plain",))
        assert body is not None
        text = body.get_content().replace("\u00a0", " ")
        ladder = "approval" if "validation" in text.partition("Bonjour")[0] else "answer"
        self.left[to, ladder, now.date()] += 1
        if self.left[to, ladder, now.date()] > 1:
            yield f"a second {ladder} reminder to {to} on {now.date()}"
        named = re.findall(r"^Question \w+ \[(D\d{4}-2025-\d+)\]", text, re.M)
        if not named:
            yield f"a reminder of nothing to {to}"
        for ref in named:
            q = find(self.app.system.store.conn, ref)
            if not (q.waiting if ladder == "approval" else q.state is State.ASKED):
                yield f"a reminder of {ref}, which is {q.state.value}, on {now}"
            if q.due and now.date() > q.due:
                yield f"a reminder of {ref} on {now.date()}, which was due on {q.due}"

    def person(self, email: str) -> Person:
        found = people.by_email(self.app.system.store.conn, email)
        assert found is not None
        return found

    def do(self, what: str, ref: str) -> None:
        """A command of the table below, refused or not."""
        email, make = COMMANDS[what]
        with self.app.system.store.tx() as conn:
            question = find(conn, ref)
            doing = Act(self.person(email), self.app.system.now(), Channel.CLI)
            try:
                act(self.app.system, conn, question, make(question), doing)
            except Refusal:
                return

    def reply(self, letter: Letter, who: tuple[str, str], text: str) -> None:
        """A reply comes in as the trusted front server hands it over, and is worked; `who` is (name, address)."""
        self.hand_in(reply(letter, who, text), who[1])

    def hand_in(self, mail: EmailMessage, sender: str) -> None:
        """A mail comes in as the trusted front server hands it over, proven, and is worked."""
        proven = Verdict(Dmarc.PASS, sender.partition("@")[2])
        envelope = Envelope(sender, (str(mail["To"]),), self.now, "127.0.0.1", trusted=True, verdict=proven)
        ingress.accept(self.app.system.store, mail.as_bytes(policy=policy.SMTP), envelope)
        work_all(self.app.system)

    def mailbox(self, email: str, *kinds: str) -> list[Letter]:
        """What a person got, oldest first; of these kinds where any are named."""
        return [x for x in self.letters if x.to == email and (not kinds or x.kind in kinds)]

    @property
    def now(self) -> datetime:
        return self.app.system.now()

    def tick(self) -> None:
        apps.tick(self.app, self)  # type: ignore[arg-type]

    def advance(self, until: datetime | timedelta) -> None:
        """Time passes to an instant, or by so long; the clock does not go behind the last tick."""
        last = setting(self.app.system.store, "last_tick")
        begin = max(self.now, moment(last) + timedelta(seconds=1)) if last else self.now
        apps.advance(self.app, self, begin + until if isinstance(until, timedelta) else until)  # type: ignore[arg-type]

    def off(self, until: datetime) -> None:
        """The machine is switched off until then."""
        self.app.clock.set(until)
        self.tick()

    def back(self, by: timedelta) -> None:
        """The machine's clock is set back."""
        self.app.clock._ahead -= by
        self.tick()

    def reminders(self, email: str = "") -> list[EmailMessage]:
        """Those that left, to one person or to all, oldest first."""
        kinds = ("reminder", "last_reminder")
        return [m for m in self.sent if m["X-Mailbot"] in kinds and email in str(m["To"])]

    def days(self, email: str) -> list[str]:
        """The days on which a person was reminded, MM-DD."""
        return [m["Date"].datetime.astimezone(PARIS).strftime("%m-%d") for m in self.reminders(email)]

    def close(self) -> None:
        """The end of the story, which must have been without fault."""
        self.app.system.store.close()
        assert self.faults == []


def answer(q: Question) -> c.Command:
    return c.Propose(Written("Voici."))


#: what people do, from a terminal: it makes no receipts
COMMANDS: dict[str, tuple[str, Callable[[Question], c.Command]]] = {
    "answer": (AICHA, answer),
    "approve": (MAITE, lambda q: c.Approve(q.waiting)),
    "send back": (MAITE, lambda q: c.SendBack(q.waiting, "à revoir")),
    "ask again": (MIREILLE, lambda q: c.AskAgain("et la page 2 ?")),
    "treat": (MIREILLE, lambda q: c.Treat(Outcome.SATISFACTORY)),
    "delay": (AICHA, lambda q: c.Postpone(date(2026, 12, 20))),
    "later": (MIREILLE, lambda q: c.SetDue((q.due or date(2026, 12, 15)) + timedelta(20))),
}


def world(template: Path, folder: Path, begin: datetime = datetime(2026, 11, 25, 10, tzinfo=PARIS)) -> World:
    """A world of its own in `folder`, with the sample campaign; dossier D0009 was asked a moment before `begin`."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    app = with_compiled_templates(apps.build(load(folder / "config.toml", {})))
    app.clock.set(begin)
    return World(app)


@cache
def _templates() -> Environment:
    return environment(FileSystemLoader(resources.data("templates")))


def with_compiled_templates(app: apps.App) -> apps.App:
    """The same with templates that were compiled once for all tests: that takes longer than most stories."""
    return replace(app, system=replace(app.system, templates=_templates()))
