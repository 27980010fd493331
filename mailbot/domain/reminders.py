"""What is due, and to whom: the two ladders of reminders (CONTRACT: [reminders]).

Days count from the day the question was asked (ANSWER) or the answer proposed (APPROVAL); a new round begins anew.
A step falls due at the beginning of the sending slot of its day, and moves to the next slot where that day has none;
a step before the deadline moves back instead. After the deadline nothing more is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from heapq import merge

from .access import of_the_firm, stand_in
from .calendar import Calendar
from .model import Person, Question, State


class Ladder(Enum):
    """What somebody is reminded of. Never both in one letter."""

    ANSWER = "answer"  #: a question waits for an answer
    APPROVAL = "approval"  #: an answer waits for the expert


@dataclass(frozen=True)
class Rules:
    """The ladders as the configuration sets them, in days."""

    calendar: Calendar
    answer: tuple[int, ...] = (15, 30, 45)
    approval: tuple[int, ...] = (3, 7)
    then_every: int = 15  #: 0: no more after the last step
    before_deadline: tuple[int, ...] = (7, 1)
    per_person_per_day: int = 1


@dataclass(frozen=True, order=True)
class Step:
    """One reminder that falls due at `at`. `day` is its nominal day, by which it is known."""

    at: datetime
    day: date
    last: bool = False  #: the last one before the deadline
    fixed: bool = False  #: counts back from the deadline: an absence does not move it


def ladder(question: Question) -> Ladder | None:
    """What the question waits for at the firm, None where nothing."""
    if question.state is State.ASKED:
        return Ladder.ANSWER
    return Ladder.APPROVAL if question.waiting else None


def over(question: Question, today: date) -> bool:
    """True once the deadline has passed: nothing more goes to the firm."""
    return question.due is not None and today > question.due


def next_step(question: Question, rules: Rules, after: datetime) -> Step | None:
    """The first step that falls due later than `after`; None where there is none."""
    for step in steps(question, rules, after):
        if step.at > after:
            return step
    return None


def latest_step(question: Question, rules: Rules, now: datetime) -> Step | None:
    """The newest step that has fallen due: the one a reminder written now stands for."""
    found = None
    for step in steps(question, rules, now):
        if step.at > now:
            break
        found = step
    return found


def steps(question: Question, rules: Rules, until: datetime) -> Iterator[Step]:
    """The steps of the question's ladder in their order: those up to `until` and one later, if there is any."""
    kind, since = ladder(question), question.ladder_at
    if kind is None or since is None:
        return
    for step in merge(_days(question, rules, kind, since), _before_deadline(question, rules), _delay(question, rules)):
        if question.due and rules.calendar.day(step.at) > question.due:
            return
        if step.at > since and not _postponed(question, rules, step):
            yield step
            if step.at > until:
                return


def _days(question: Question, rules: Rules, kind: Ladder, since: datetime) -> Iterator[Step]:
    """The steps that count from the beginning of the ladder, then one each `then_every` days."""
    first = rules.calendar.day(since)
    for number in _numbers(rules.answer if kind is Ladder.ANSWER else rules.approval, rules.then_every):
        day = first + timedelta(number)
        if question.due and (day > question.due or (kind is Ladder.ANSWER and _near(question.due, rules, day))):
            return
        yield Step(rules.calendar.from_day(day), day)


def _numbers(named: tuple[int, ...], then_every: int) -> Iterator[int]:
    yield from named
    number = named[-1] if named else 0
    while then_every and number < 36_500:
        number += then_every
        yield number


def _near(due: date, rules: Rules, day: date) -> bool:
    return bool(rules.before_deadline) and day >= due - timedelta(max(rules.before_deadline))


def _before_deadline(question: Question, rules: Rules) -> Iterator[Step]:
    if question.due is None:
        return
    nearest = min(rules.before_deadline, default=0)
    for number in sorted(rules.before_deadline, reverse=True):
        day = question.due - timedelta(number)
        yield Step(rules.calendar.back_from(day), day, last=number == nearest, fixed=True)


def _delay(question: Question, rules: Rules) -> Iterator[Step]:
    """The day that the firm asked for: « le rappel est déplacé »."""
    if question.postponed_until and ladder(question) is Ladder.ANSWER:
        yield Step(rules.calendar.from_day(question.postponed_until), question.postponed_until)


def _postponed(question: Question, rules: Rules, step: Step) -> bool:
    if question.postponed_until is None or ladder(question) is not Ladder.ANSWER:
        return False
    return rules.calendar.day(step.at) < question.postponed_until


def moved(question: Question, rules: Rules, step: Step, until: date) -> datetime:
    """When a reminder for a step goes to somebody who is away until that day: in the first slot after it, but never
    beyond the last slot before the deadline. What counts back from the deadline stays where it is."""
    if step.fixed:
        return step.at
    back = rules.calendar.from_day(until + timedelta(1))
    if question.due:
        back = min(back, rules.calendar.back_from(question.due - timedelta(1)))
    return max(step.at, back)


def readers(question: Question, kind: Ladder, reminded: int, at: datetime) -> tuple[Person, ...]:
    """Who is reminded then: those who have the question, and the expert from the second reminder; of an answer that
    waits, its expert. Whoever stands in for the expert is reminded in his place. `reminded` is how many reminders of
    this round went out before."""
    expert, deputy = question.dossier.expert, stand_in(question, at)
    if kind is Ladder.APPROVAL:
        return (deputy or expert,)
    kept = [p for p in question.asked if p not in question.passed_on and p.active and of_the_firm(p, question)]
    if not kept or (reminded and expert not in kept):
        kept.append(expert)
    return tuple(dict.fromkeys(deputy if deputy and p == expert else p for p in kept))
