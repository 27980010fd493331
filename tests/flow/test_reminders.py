"""Reminders over weeks: the ladders, the expert who joins, rounds and delays, and days when nothing works."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailbot import app as apps
from mailbot.config import load
from mailbot.service import brakes, reminders
from mailbot.service.delivery import deliver_due
from mailbot.service.sheet import sheet
from mailbot.store import people, schedule
from tests.world import AICHA, MAITE, PARIS, REFS, World, world

pytestmark = pytest.mark.slow  # many days, or a whole service: `make test` only

ELISE = "elise.larralde@cabinetetcheverry.example"
ONE, TWO, THREE = REFS


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return body.get_content()


@pytest.fixture
def here(asked: Path, tmp_path: Path):
    """Asked on Tuesday 24 November 2026; ONE and TWO are due on 15 December, THREE on 15 January."""
    made = world(asked, tmp_path / "world")
    yield made
    made.close()


def test_each_has_one_mail_a_morning_with_all_that_waits(here: World) -> None:
    here.advance(at("2026-12-12T12:00"))
    assert here.days(AICHA) == ["12-08", "12-09"], "a week before the date; fifteen days after the question"
    first = text(here.reminders(AICHA)[0])
    assert all(ref in first for ref in REFS)
    assert here.days(MAITE) == []


def test_the_expert_joins_from_the_second_reminder(here: World) -> None:
    here.advance(at("2026-12-14T12:00"))
    assert here.days(MAITE) == ["12-14"]
    assert THREE not in text(here.reminders(MAITE)[0]), "of the third nobody was reminded twice"


def test_the_last_one_comes_on_the_last_slot_before_the_date(here: World) -> None:
    here.do("later", ONE)  # due on 4 January, a Monday: the day before is a Sunday, Friday is New Year's day
    here.advance(at("2027-01-31T12:00"))
    last = [m for m in here.reminders(AICHA) if m["X-Mailbot"] == "last_reminder" and ONE in text(m)]
    assert last[-1]["Date"].datetime.date().isoformat() == "2026-12-31"


def test_nothing_comes_after_the_date(here: World) -> None:
    here.advance(at("2027-03-31T12:00"))
    assert here.days(AICHA)[-1] == "01-14"
    assert (
        here.app.system.store.conn.execute("select count(*) from question where remind_at is not null").fetchone()[0]
        == 0
    )


def test_an_answer_ends_it_and_a_send_back_begins_anew(here: World) -> None:
    for ref in REFS:
        here.do("answer", ref)
    here.advance(at("2026-11-29T12:00"))
    assert here.days(AICHA) == []
    here.do("send back", THREE)
    for ref in (ONE, TWO):
        here.do("approve", ref)
    here.advance(at("2026-12-31T12:00"))
    assert here.days(AICHA) == ["12-14", "12-29"], "fifteen and thirty days after it was sent back"


def test_an_answer_that_waits_reminds_the_expert_only(here: World) -> None:
    here.do("answer", THREE)
    here.advance(at("2026-12-04T12:00"))
    assert here.days(MAITE) == ["11-30", "12-02"], "three days later is a Saturday; seven"
    assert {m["X-Mailbot"] for m in here.reminders(MAITE)} == {"reminder"}
    assert here.reminders(AICHA) == []
    here.do("approve", THREE)
    here.advance(at("2026-12-07T12:00"))
    assert len(here.reminders(MAITE)) == 2


def test_a_delay_moves_the_reminder_to_its_day(here: World) -> None:
    here.do("delay", ONE)  # until Sunday 20 December
    here.advance(at("2027-01-05T12:00"))
    days = [d for d, m in zip(here.days(AICHA), here.reminders(AICHA), strict=True) if ONE in text(m)]
    assert "12-21" not in days, "the date itself moved to the 20th, and nothing comes after it"
    assert here.days(AICHA)[:2] == ["12-08", "12-09"]


def test_a_machine_off_for_three_days_sends_one_mail_and_no_wave(here: World) -> None:
    here.advance(at("2026-12-07T12:00"))
    here.off(at("2026-12-10T11:00"))
    here.advance(at("2026-12-11T12:00"))
    assert here.days(AICHA) == ["12-10"]
    steps = here.app.system.store.conn.execute(
        "select count(*) from reminder r join person p on p.id = r.person_id where p.email = ?", (AICHA,)
    ).fetchone()[0]
    assert steps == 3, "one step a question, not the missed ones too"


def test_switched_on_at_night_it_waits_for_the_morning(here: World) -> None:
    here.advance(at("2026-12-07T12:00"))
    here.off(at("2026-12-11T22:00"))
    assert here.reminders() == []
    here.advance(at("2026-12-14T09:00"))
    assert here.days(AICHA) == ["12-14"]


def test_a_clock_set_back_repeats_nothing(here: World) -> None:
    here.advance(at("2026-12-08T09:00"))
    here.back(timedelta(hours=30))
    here.back(timedelta(hours=-30))
    here.advance(at("2026-12-08T17:00"))
    assert here.days(AICHA) == ["12-08"]


@pytest.mark.parametrize("night", ["2027-03-28", "2027-10-31"])
def test_the_nights_the_clocks_change_move_no_morning(asked: Path, tmp_path: Path, night: str) -> None:
    here = world(asked, tmp_path / night, at(f"{night}T12:00") - timedelta(days=5))
    here.do("answer", ONE)
    for ref in REFS:
        here.do("later", ref)  # a date far away
        here.do("later", ref)
    calendar = here.app.system.policy.reminders.calendar
    monday = at(f"{night}T00:00").date() + timedelta(1)
    assert calendar.from_day(at(f"{night}T00:00").date()).astimezone(PARIS).strftime("%H:%M") == "08:30"
    here.advance(at(f"{night}T23:00") + timedelta(days=3))
    assert all(m["Date"].datetime.astimezone(PARIS).strftime("%H:%M") == "08:30" for m in here.reminders())
    assert calendar.opening(monday) - calendar.opening(monday - timedelta(3)) != timedelta(days=3)
    here.close()


def test_approved_while_the_host_was_away_the_reminder_falls_away(here: World) -> None:
    for ref in REFS:
        here.do("answer", ref)
    here.advance(at("2026-11-30T08:00"))
    here.away = True
    here.advance(at("2026-11-30T08:31"))
    for ref in REFS:
        here.do("approve", ref)
    here.away = False
    here.advance(at("2026-11-30T15:00"))
    assert here.reminders(MAITE) == []


def test_partly_settled_while_the_host_was_away_it_is_written_anew(here: World) -> None:
    here.advance(at("2026-12-08T08:00"))
    here.away = True
    here.advance(at("2026-12-08T08:31"))
    here.do("answer", ONE)
    here.away = False
    here.advance(at("2026-12-08T15:00"))
    assert here.days(AICHA) == ["12-08"]
    assert ONE not in text(here.reminders(AICHA)[0])
    assert TWO in text(here.reminders(AICHA)[0])


def test_kept_back_over_night_it_leaves_with_the_next_days(here: World) -> None:
    here.advance(at("2026-12-08T08:00"))
    here.away = True
    here.advance(at("2026-12-08T18:30"))
    here.away = False
    here.advance(at("2026-12-09T12:00"))
    assert here.days(AICHA) == ["12-09"], "one mail, though two fell due"


def test_while_paused_nothing_is_written_and_then_once(here: World) -> None:
    here.advance(at("2026-12-07T12:00"))
    brakes.pause(here.app.system, "a test")
    here.advance(at("2026-12-10T12:00"))
    brakes.resume(here.app.system)
    here.advance(at("2026-12-11T12:00"))
    assert here.days(AICHA) == ["12-10"]


def test_resume_past_what_was_due_sends_none_of_it(here: World) -> None:
    here.advance(at("2026-12-07T12:00"))
    brakes.pause(here.app.system, "a test")
    here.advance(at("2026-12-10T12:00"))
    brakes.resume(here.app.system, skip=True)
    here.advance(at("2026-12-10T18:00"))
    assert here.days(AICHA) == []
    here.advance(at("2026-12-14T12:00"))
    assert here.days(AICHA) == ["12-14"]


def test_of_a_suspended_address_the_expert_is_reminded(here: World) -> None:
    with here.app.system.store.tx() as conn:
        for email in (AICHA, ELISE):
            person = people.by_email(conn, email)
            assert person is not None
            people.suspend(conn, person.id, "2026-11-25T10:00:00Z", "5.1.1")
    here.advance(at("2026-12-08T12:00"))
    assert here.days(MAITE) == ["12-08"]


def test_another_ladder_in_the_configuration_counts_at_once(here: World, tmp_path: Path) -> None:
    here.close()
    config = tmp_path / "world" / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("answer = [15, 30, 45]", "answer = [2, 30]"), "utf-8")
    app = apps.build(load(config, {}))
    again = World(app)
    reminders.adopt(app.system)
    assert schedule.next_due(app.system.store.conn) == at("2026-11-26T08:30")
    again.close()


def test_the_history_tells_of_each(here: World) -> None:
    here.advance(at("2026-12-08T12:00"))
    found = sheet(here.app.system, ONE)
    assert found is not None
    told = [(row["event"], row["by"]) for row in found["history"] if row["event"] == "reminded"]
    assert sorted(told) == [("reminded", AICHA), ("reminded", ELISE)]
    assert [x["kind"] for x in found["letters"]].count("reminder") == 2


def test_worked_in_portions_it_is_still_one_mail(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    due = schedule.due

    def after_delivery(*values: Any) -> list[int]:
        """In `serve` the letters of one portion leave while the next is worked."""
        deliver_due(here.app.system, here.send)
        return due(*values)

    monkeypatch.setattr(reminders, "BATCH", 1)
    monkeypatch.setattr(reminders.schedule, "due", after_delivery)
    here.advance(at("2026-12-08T12:00"))
    assert here.days(AICHA) == ["12-08"]
    rows = here.app.system.store.conn.execute("select count(*) from reminder").fetchone()[0]
    assert rows == 4, "two questions, two people: each remembered"
    written = here.app.system.store.conn.execute("select count(*) from outbox where kind = 'reminder'").fetchone()[0]
    assert written == 2, "and none written in vain"


def test_what_came_back_says_in_its_reminder_what_is_missing(here: World) -> None:
    here.do("answer", THREE)
    here.do("send back", THREE)
    here.advance(at("2026-12-10T12:00"))
    letter = text(here.reminders(AICHA)[-1])
    assert "Il reste à préciser" in letter
    assert "  | à revoir" in letter


def test_kept_back_beyond_the_date_it_no_longer_leaves(here: World) -> None:
    here.advance(at("2026-12-08T08:00"))
    here.away = True
    here.advance(at("2026-12-16T08:00"))
    here.away = False
    here.advance(at("2026-12-16T12:00"))
    named = "".join(text(m) for m in here.reminders())
    assert THREE in named
    assert f"[{ONE}]" not in named
