"""Whatever happens in whatever order, no reminder comes where none should: random campaigns with a random machine."""

import os
import re
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot import app as apps
from mailbot.config import load
from mailbot.domain import commands as c
from mailbot.domain.model import Channel, Outcome, Person, Question, State, Written
from mailbot.domain.questions import Act
from mailbot.errors import Refusal
from mailbot.mail import backoff
from mailbot.service import brakes
from mailbot.service.questions import act, find
from mailbot.store import people
from mailbot.store.db import moment, setting

EXAMPLES = int(os.environ.get("MAILBOT_EXAMPLES", "12"))  #: `make fuzz` plays more of them
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
    left: Counter[tuple[str, str, date]] = field(default_factory=Counter)
    count: int = 0

    def send(self, reverse_path: str, to: str, data: bytes) -> backoff.Outcome:
        if self.away:
            return backoff.Outcome(backoff.Result.DEFERRED, 451, "later")
        message = message_from_bytes(data, policy=policy.default)
        if message["X-Mailbot"] in ("reminder", "last_reminder"):
            self._judge(to, message)
        return backoff.Outcome(backoff.Result.SENT, 250, "kept")

    def _judge(self, to: str, message) -> None:
        now = self.app.system.now().astimezone(PARIS)
        assert now.weekday() < 5, f"a reminder on {now:%A}"
        assert now.date() not in HOLIDAYS
        assert time(8, 30) <= now.time() < time(18)
        text = message.get_body(("plain",)).get_content()
        approval = "validation" in text.partition("Bonjour")[0]
        ladder = "approval" if approval else "answer"
        self.left[to, ladder, now.date()] += 1
        assert self.left[to, ladder, now.date()] == 1, f"a second {ladder} reminder to {to} on {now.date()}"
        named = set(re.findall(r"D\d{4}-2025-\d+", text))
        assert named
        for ref in named & set(REFS):
            q = find(self.app.system.store.conn, ref)
            waits = q.waiting > 0 if approval else q.state is State.ASKED
            assert waits, f"{ref} is {q.state.value}, waiting {q.waiting}"
            assert q.due is None or now.date() <= q.due, f"{ref} was due on {q.due}"
        self.count += 1

    def person(self, email: str) -> Person:
        found = people.by_email(self.app.system.store.conn, email)
        assert found is not None
        return found

    def do(self, ref: str, email: str, make) -> None:
        """A command from somebody, refused or not."""
        with self.app.system.store.tx() as conn:
            question = find(conn, ref)
            doing = Act(self.person(email), self.app.system.now(), Channel.CLI)
            try:
                act(self.app.system, conn, question, make(question), doing)
            except Refusal:
                return

    def tick(self) -> None:
        apps.tick(self.app, self)  # type: ignore[arg-type]

    def close(self) -> None:
        self.app.system.store.close()


def answer(q: Question) -> c.Command:
    return c.Propose(Written("Voici."))


COMMANDS = {
    "answer": (AICHA, answer),
    "approve": (MAITE, lambda q: c.Approve(q.waiting)),
    "send back": (MAITE, lambda q: c.SendBack(q.waiting, "à revoir")),
    "ask again": (MIREILLE, lambda q: c.AskAgain("et la page 2 ?")),
    "treat": (MIREILLE, lambda q: c.Treat(Outcome.SATISFACTORY)),
    "delay": (AICHA, lambda q: c.Postpone(date(2026, 12, 20))),
    "later": (MIREILLE, lambda q: c.SetDue((q.due or date(2026, 12, 15)) + timedelta(20))),
}
COMMAND = st.tuples(st.sampled_from(sorted(COMMANDS)), st.sampled_from(REFS))
PASSING = st.tuples(st.just("pass"), st.integers(1, 24 * 12))
OFF = st.tuples(st.just("off"), st.integers(1, 24 * 6))
BACK = st.tuples(st.just("back"), st.integers(1, 30))
AWAY = st.tuples(st.just("away"), st.booleans())
BRAKE = st.tuples(st.just("brake"), st.booleans())
STORY = st.lists(st.one_of(COMMAND, PASSING, PASSING, OFF, BACK, AWAY, BRAKE), min_size=4, max_size=25)


@pytest.fixture(scope="module")
def template(asked: Path) -> Path:
    return asked


def world(template: Path, folder: Path) -> World:
    shutil.copytree(template, folder, dirs_exist_ok=True)
    app = apps.build(load(folder / "config.toml", {}))
    app.clock.set(datetime(2026, 11, 25, 10, tzinfo=PARIS))
    return World(app)


def play(here: World, story: list[tuple[str, object]]) -> None:
    for what, value in story:
        now = here.app.system.now()
        if what == "pass":
            apps.advance(here.app, here, now + timedelta(hours=int(str(value))))  # type: ignore[arg-type]
        elif what == "off":
            here.app.clock.set(now + timedelta(hours=int(str(value))))
            here.tick()
        elif what == "back":
            here.app.clock._ahead -= timedelta(hours=int(str(value)))  # the machine's clock was set back
            here.tick()
        elif what == "away":
            here.away = bool(value)
        elif what == "brake":
            brakes.pause(here.app.system, "a test") if value else brakes.resume(here.app.system)
        else:
            email, make = COMMANDS[what]
            here.do(str(value), email, make)


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=STORY)
def test_no_reminder_comes_where_none_should(template: Path, story: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = world(template, Path(folder))
        try:
            play(here, story)
            here.away = False
            brakes.resume(here.app.system)
            apps.advance(here.app, here, max(here.app.system.now(), _last(here)) + timedelta(days=40))  # type: ignore[arg-type]
        finally:
            here.close()


def _last(here: World) -> datetime:
    """The clock may not go back behind the last tick: a machine that was set back catches up."""
    last = setting(here.app.system.store, "last_tick")
    return moment(last) + timedelta(seconds=1) if last else here.app.system.now()


def test_reminders_do_come(template: Path, tmp_path: Path) -> None:
    """What the property forbids would be easily kept by silence."""
    here = world(template, tmp_path / "x")
    apps.advance(here.app, here, here.app.system.now() + timedelta(days=60))  # type: ignore[arg-type]
    assert here.count >= 9
    here.close()
