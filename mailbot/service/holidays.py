"""The public holidays of a country, known only once somebody asks: the library's import would cost the start."""

from __future__ import annotations

from datetime import date
from typing import Any


class Holidays:
    """A container of days. `country` is a code of ISO 3166, "" for none."""

    def __init__(self, country: str) -> None:
        self._country = country
        self._known: Any = None if country else frozenset()

    def __repr__(self) -> str:
        return f"Holidays({self._country!r})"

    def __contains__(self, day: object) -> bool:
        if self._known is None:
            from holidays import country_holidays

            self._known = country_holidays(self._country)
        return isinstance(day, date) and day in self._known
