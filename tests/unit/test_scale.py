"""A tick costs what is due, not what there is: none of its statements walks a table that grows with the campaign."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bench import campaign
from bench.ticks import Discard
from mailbot import app as apps
from mailbot.mail.envelope import Dmarc, Envelope, Verdict
from mailbot.mail.token import Purpose
from mailbot.service import digests, ingress
from mailbot.service.addresses import address
from mailbot.service.questions import find

pytestmark = pytest.mark.slow  # a base of many questions: `make test` only

GROWS = frozenset(
    "answer answer_file assignment blob bounce conversation deed dossier draft inbox journal journal_payload"
    " letter_item news outbox outbox_file person plan question recipient reminder".split()
)
#: partial indexes that hold only what waits: their whole is what is due, or soon will be
WAITING = frozenset(
    "deed_receipt inbox_new inbox_waits news_untold outbox_away outbox_due outbox_failed plan_due"
    " question_remind".split()
)
#: indexes by a state that most rows of their table may be in
BROAD = frozenset({"inbox_state", "question_state"})
FIRST_ONLY = re.compile(r"from \w+ order by \w+ desc limit 1$")  #: the newest row: read, and no other
#: what the digests of a day may read whole: who may get one, and how many questions there are in each state
DAILY = ("SCAN person", "SCAN question USING COVERING INDEX question_state")
EXPLAINED = ("select", "update", "delete")


class Recorder(sqlite3.Connection):
    """A connection that asks SQLite how it finds the rows of each statement, before it runs it."""

    plans: dict[str, list[str]] = {}  # noqa: RUF012 - shared on purpose: a tick has a connection for each thread

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql.lstrip().lower().startswith(EXPLAINED) and sql not in self.plans:
            rows = super().execute(f"explain query plan {sql}", *values).fetchall()
            self.plans[sql] = [_names(sql, str(row[3])) for row in rows]
        return super().execute(sql, *values)


def _names(sql: str, step: str) -> str:
    """A step of a plan with the table's name for its alias: « SEARCH q USING … » → « SEARCH question USING … »."""
    word, _, rest = step.partition(" ")
    alias, _, how = rest.partition(" ")
    found = re.search(rf"\b(?:from|join|update)\s+(\w+)(?:\s+(?:as\s+)?)\b{alias}\b", sql)
    return f"{word} {found[1] if found else alias} {how}".strip()


def walks(sql: str, step: str, broad: frozenset[str] = BROAD) -> bool:
    """True for a step that reads a table, or most of it, whatever is due."""
    word, _, rest = step.partition(" ")
    table, _, how = rest.partition(" ")
    index = re.search(r"INDEX (\w+)", how)
    name = index[1] if index else ""
    if table not in GROWS or name in WAITING or FIRST_ONLY.search(sql):
        return False
    return word == "SCAN" or (name in broad and "rowid" not in how and "state = 'new'" not in sql)


Plans = dict[str, list[str]]


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Plans, Plans]]:
    """How every statement finds its rows: of ticks where nothing is due, where something of each kind is, and after;
    then of the digests of a day, once for all."""
    real = sqlite3.connect
    with pytest.MonkeyPatch.context() as patch:
        app = campaign.build(tmp_path_factory.mktemp("scale") / "many", 200)
        app.system.store.close()
        patch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, **{**k, "factory": Recorder}))
        patch.setattr(Recorder, "plans", {})
        yield _recorded(app)
        app.system.store.close()


def _recorded(app: apps.App) -> tuple[Plans, Plans]:
    assert _tick(app) == (0, 0, 0)
    campaign.fall_due(app, count=2)
    _reply(app, "D0000001-2025-2", "Voici le détail.")
    worked, reminders, sent = _tick(app)
    assert (worked, reminders) == (1, 2) and sent > 3, "the tick did not do what fell due"
    later = app.system.now() + timedelta(days=120)
    assert _tick(campaign.at(app, later))[1] > 0
    of_ticks = dict(Recorder.plans)
    assert digests.write_due(replace(app.system, now=lambda: later + timedelta(days=1))) > 0
    return of_ticks, {sql: steps for sql, steps in Recorder.plans.items() if sql not in of_ticks}


def _tick(app: apps.App) -> tuple[int, int, int]:
    found = apps.tick(app, Discard())  # type: ignore[arg-type]
    return found["worked"], found["reminders"], found["sent"]


def _reply(app: apps.App, ref: str, text: str) -> None:
    """A reply to the letter of a question lies in the inbox."""
    conn = app.system.store.conn
    writer = find(conn, ref).asked[0]
    to = address(app.system, ref, writer, Purpose.ANSWER)["address"]
    raw = f"From: {writer.email}\r\nTo: {to}\r\nSubject: Re\r\nMessage-ID: <1@x>\r\n\r\n{text}\r\n".encode()
    verdict = Verdict(Dmarc.PASS, "cabinet.example")
    assert ingress.accept(app.system.store, raw, Envelope(writer.email, (to,), app.system.now(), verdict=verdict))


def test_a_tick_walks_no_table_that_grows(plans: tuple[Plans, Plans]) -> None:
    assert len(plans[0]) > 60, "few statements were seen: the recorder lies beside the tick"
    found = [f"{step}: {sql}" for sql, steps in plans[0].items() for step in steps if walks(sql, step)]
    assert not found, "\n".join(found)


def test_digests_walk_little_more_than_open_questions(plans: tuple[Plans, Plans]) -> None:
    assert len(plans[1]) > 10, "few statements were seen: the recorder lies beside the digests"
    steps = [(sql, step) for sql, steps in plans[1].items() for step in steps if not step.startswith(DAILY)]
    found = [f"{step}: {sql}" for sql, step in steps if walks(sql, step, broad=frozenset())]
    assert not found, "\n".join(found)
