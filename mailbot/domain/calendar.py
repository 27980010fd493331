"""Working days and hours: when a letter that nobody waits for may leave."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True)
class Calendar:
    """The sending slots: one a working day, from `opens` to `closes` on the clocks of `zone`."""

    zone: tzinfo
    opens: time = time(8, 30)
    closes: time = time(18, 0)
    weekdays: frozenset[int] = frozenset(range(5))  #: Monday is 0
    holidays: Container[date] = field(default=frozenset())

    def day(self, when: datetime) -> date:
        """The day it is then in `zone`."""
        return when.astimezone(self.zone).date()

    def works(self, day: date) -> bool:
        """True for a working day."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def opening(self, day: date) -> datetime:
        """When the slot of `day` begins, in UTC."""
        return datetime.combine(day, self.opens, self.zone).astimezone(UTC)

    def closing(self, day: date) -> datetime:
        """When the slot of `day` ends, in UTC: nothing leaves at that instant or after it."""
        return datetime.combine(day, self.closes, self.zone).astimezone(UTC)

    def is_open(self, now: datetime) -> bool:
        """True inside a slot."""
        day = self.day(now)
        return self.works(day) and self.opening(day) <= now < self.closing(day)

    def from_day(self, day: date) -> datetime:
        """The beginning of the first slot on `day` or after it."""
        return self.opening(self._first(day, 1))

    def back_from(self, day: date) -> datetime:
        """The beginning of the last slot on `day` or before it."""
        return self.opening(self._first(day, -1))

    def next_opening(self, now: datetime) -> datetime:
        """The beginning of the first slot that begins after `now`."""
        today = self.day(now)
        return self.from_day(today if now < self.opening(today) else today + timedelta(1))

    def _first(self, day: date, step: int) -> date:
        while not self.works(day):
            day += timedelta(step)
        return day
