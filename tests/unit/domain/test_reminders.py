"""The two ladders, day by day, as CONTRACT words them; and when letters may leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.calendar import Calendar
from mailbot.domain.labels import by_reference, labels, letter
from mailbot.domain.model import Dossier, Firm, Person, Question, Right, Role, State
from mailbot.domain.reminders import Ladder, Rules, ladder, latest_step, next_step, over, readers, steps

PARIS = ZoneInfo("Europe/Paris")
HOLIDAYS = {date(2026, 11, 11), date(2026, 12, 25), date(2027, 1, 1)}
CALENDAR = Calendar(PARIS, holidays=HOLIDAYS)
RULES = Rules(CALENDAR)
FIRM = Firm(1, "C01", "Cabinet Etcheverry")
EXPERT = Person(1, "expert@a.example", "Maïté Martin", Role.EXPERT, FIRM)
AICHA = Person(2, "a@a.example", "Aïcha Dubois", Role.COLLABORATOR, FIRM, frozenset({Right.ANSWER}))
ELISE = Person(3, "e@a.example", "Élise Larralde", Role.COLLABORATOR, FIRM, frozenset({Right.ANSWER}))
STAFF = Person(6, "staff@oga.example", "Mireille", Role.STAFF)
DOSSIER = Dossier(1, "D0009", "Zoé Etchegoyen", "géomètre", FIRM, EXPERT, STAFF, (AICHA, ELISE))


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), PARIS)


ASKED = Question(
    1, "D0009-2025-2", 2, DOSSIER, 2025, "Pourquoi ?", state=State.ASKED, asked=(AICHA, ELISE),
    asked_at=at("2026-11-03"), ladder_at=at("2026-11-03"), due=date(2027, 2, 15),
)  # fmt: skip


def days(q: Question, rules: Rules = RULES, until: str = "2027-12-31") -> list[str]:
    """The days on which a reminder falls due, MM-DD."""
    end = at(until)
    return [step.at.astimezone(PARIS).strftime("%m-%d") for step in steps(q, rules, end) if step.at <= end]


def test_days_of_the_ladder_then_every_fifteen_then_before_the_deadline() -> None:
    # days 15, 30, 45, 60, 75, 90 of the 3rd of November; from the 8th of February on the deadline's steps
    assert days(ASKED) == ["11-18", "12-03", "12-18", "01-04", "01-18", "02-01", "02-08", "02-12"]


def test_a_step_on_a_day_off_moves_to_the_next_slot_and_one_before_the_deadline_back() -> None:
    sunday = replace(ASKED, ladder_at=at("2026-10-31"), due=date(2026, 12, 28))
    # day 15 is Sunday 15 November; the 21st is a Monday; the day before the 28th is a Sunday after Christmas
    assert days(sunday) == ["11-16", "11-30", "12-15", "12-21", "12-24"]


def test_steps_on_or_after_the_first_before_the_deadline_are_dropped() -> None:
    assert days(replace(ASKED, due=date(2026, 12, 10))) == ["11-18", "12-03", "12-09"]
    assert days(replace(ASKED, due=date(2026, 12, 11))) == ["11-18", "12-03", "12-04", "12-10"], "a day earlier stays"


def test_the_last_is_the_last_before_the_deadline() -> None:
    found = [step for step in steps(ASKED, RULES, at("2027-03-01")) if step.last]
    assert [step.day for step in found] == [date(2027, 2, 14)]


def test_approvals_have_their_own_days_and_the_deadlines_too() -> None:
    proposed = replace(ASKED, state=State.PROPOSED, waiting=1, version=1, due=date(2026, 12, 15))
    # 3 and 7 days, then every 15 from the nominal day: 25 November, 10 December; the deadline's on the 8th and 14th
    assert days(proposed) == ["11-06", "11-10", "11-25", "12-08", "12-10", "12-14"]


def test_an_addition_that_waits_reminds_its_expert() -> None:
    addition = replace(ASKED, state=State.SUBMITTED, waiting=2, handed_over=1)
    assert ladder(addition) is Ladder.APPROVAL
    assert ladder(replace(addition, waiting=0)) is None


def test_nothing_falls_due_after_the_deadline() -> None:
    late = replace(ASKED, due=date(2026, 11, 4))
    assert days(late) == []
    assert over(late, date(2026, 11, 5))
    assert not over(late, date(2026, 11, 4))
    # Saturday's step would move to Monday, which is past
    assert days(replace(ASKED, state=State.PROPOSED, waiting=1, due=date(2026, 11, 14)))[-1] == "11-13"


def test_without_a_deadline_it_goes_on() -> None:
    assert len(days(replace(ASKED, due=None), until="2027-11-03")) > 20


def test_then_every_zero_ends_the_ladder() -> None:
    assert days(replace(ASKED, due=None), replace(RULES, then_every=0)) == ["11-18", "12-03", "12-18"]


def test_a_delay_silences_until_its_day() -> None:
    delayed = replace(ASKED, postponed_until=date(2026, 12, 22), due=date(2026, 12, 22))
    assert days(delayed) == ["12-22"]
    assert days(replace(delayed, due=date(2027, 2, 15)))[:2] == ["12-22", "01-04"]


def test_the_steps_before_the_ladder_began_are_past() -> None:
    assert days(replace(ASKED, ladder_at=at("2027-02-10"))) == ["02-12"]


@given(
    since=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    gap=st.integers(0, 200),
    moment=st.integers(0, 400),
)
def test_next_and_latest_agree_and_fall_in_slots(since: datetime, gap: int, moment: int) -> None:
    begin = since.replace(tzinfo=UTC)
    q = replace(ASKED, ladder_at=begin, due=begin.date() + timedelta(gap))
    now = begin + timedelta(days=moment)
    following, latest = next_step(q, RULES, now), latest_step(q, RULES, now)
    for step in filter(None, (following, latest)):
        assert CALENDAR.is_open(step.at)
        assert CALENDAR.day(step.at) <= q.due
    assert following is None or following.at > now
    assert latest is None or begin < latest.at <= now
    if following and latest:
        assert latest.at < following.at


def test_those_who_have_it_are_reminded_and_the_expert_from_the_second_on() -> None:
    assert readers(ASKED, Ladder.ANSWER, 0, at("2026-12-01")) == (AICHA, ELISE)
    assert readers(ASKED, Ladder.ANSWER, 1, at("2026-12-01")) == (AICHA, ELISE, EXPERT)
    assert readers(replace(ASKED, passed_on=(AICHA,)), Ladder.ANSWER, 0, at("2026-12-01")) == (ELISE,)
    assert readers(replace(ASKED, passed_on=(AICHA, ELISE)), Ladder.ANSWER, 0, at("2026-12-01")) == (EXPERT,)
    gone = replace(ASKED, asked=(replace(AICHA, active=False),))
    assert readers(gone, Ladder.ANSWER, 0, at("2026-12-01")) == (EXPERT,)
    assert readers(ASKED, Ladder.APPROVAL, 5, at("2026-12-01")) == (EXPERT,)


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-11-10T08:29", "2026-11-10T08:30"),
        ("2026-11-10T08:30", "2026-11-12T08:30"),  # the eleventh is a holiday
        ("2026-11-13T19:00", "2026-11-16T08:30"),
        ("2027-03-26T19:00", "2027-03-29T08:30"),  # summer time begins on that Sunday
    ],
)
def test_the_next_slot(when: str, opens: str) -> None:
    found = CALENDAR.next_opening(datetime.fromisoformat(when).replace(tzinfo=PARIS))
    assert found.astimezone(PARIS).isoformat()[:16] == opens


def test_a_slot_ends_when_its_hour_strikes() -> None:
    assert CALENDAR.is_open(at("2026-11-10", 17))
    assert not CALENDAR.is_open(at("2026-11-10", 18))
    assert not CALENDAR.is_open(at("2026-11-11", 10))


def test_both_mornings_after_the_clocks_change_begin_at_half_past_eight() -> None:
    assert CALENDAR.opening(date(2027, 3, 29)).hour == 6
    assert CALENDAR.opening(date(2027, 11, 1)).hour == 7


def test_labels_are_numbers_in_one_dossier_and_letters_in_several() -> None:
    other = replace(ASKED, id=2, ref="D0005-2025-1", number=1, dossier=replace(DOSSIER, id=2, ref="D0005"))
    assert labels([ASKED]) == ["2"]
    assert labels(by_reference([ASKED, other])) == ["A", "B"]
    assert [q.ref for q in by_reference([ASKED, other])] == ["D0005-2025-1", "D0009-2025-2"]
    assert [letter(n) for n in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]
