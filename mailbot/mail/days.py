"""Finds the days that a text names, in French and English, near a given today: « lundi 7 décembre », « 02/01 »."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

#: A day without a year that lies so little behind is the last one, not the next.
LATELY = timedelta(days=60)

_MONTHS = (
    ("janvier", "janv", "january", "jan", "januar"),
    ("fevrier", "fevr", "fev", "february", "feb", "februar"),
    ("mars", "march", "mar", "marz"),
    ("avril", "avr", "april", "apr"),
    ("mai", "may"),
    ("juin", "june", "jun", "juni"),
    ("juillet", "juil", "july", "jul", "juli"),
    ("aout", "august", "aug"),
    ("septembre", "september", "sept", "sep"),
    ("octobre", "october", "oct", "oktober"),
    ("novembre", "november", "nov"),
    ("decembre", "december", "dec", "dez", "dezember"),
)
_WEEKDAYS = (
    ("lundi", "monday"),
    ("mardi", "tuesday"),
    ("mercredi", "wednesday"),
    ("jeudi", "thursday"),
    ("vendredi", "friday"),
    ("samedi", "saturday"),
    ("dimanche", "sunday"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names}


def _any(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_SHORT = r"lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun"
_DAY = re.compile(
    rf"\b(?P<iso>\d{{4}})-(?P<iso_m>\d{{2}})-(?P<iso_d>\d{{2}})\b"
    rf"|(?:\b(?P<wd>{_any(_WEEKDAY)})|\b(?:{_SHORT})\.?)?,? ?(?:\ble |\bthe )?(?:(?<![\d/.:])(?P<d>\d{{1,2}})"
    rf"(?:er|st|nd|rd|th|e)?\.? (?:de |d'|of )?(?P<m>{_any(_MONTH)})\b\.?(?:,? (?P<y>20\d\d)\b)?"
    rf"|\b(?P<m2>{_any(_MONTH)})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:/h])(?:,? (?P<y2>20\d\d)\b)?"
    r"|(?<![\d/.:@-])(?P<d3>\d{1,2})(?P<sep>[/.-])(?P<m3>\d{1,2})(?:(?P=sep)(?P<y3>20\d\d|\d\d))?(?![\d/:]|[.-]\d))"
    rf"|\b(?P<part>fin|mi|debut|courant|the end of|end of|mid|early|la fin de|la fin du mois de)[ -]"
    rf"(?P<m4>{_any(_MONTH)})\b(?: (?P<y4>20\d\d)\b)?"
    rf"|(?:\b(?P<wd6>{_any(_WEEKDAY)}) |(?<=jusqu'au )|(?<=retour le )|(?<=until the )|(?<=\d au ))"
    rf"(?P<d6>\d{{1,2}})(?:er|th|st|nd|rd)?(?= (?!h\b|heures|{_any(_MONTH)})[a-z]|[ ]?[.,;!?)]|$)"
    rf"|\b(?P<alone>{_any(_WEEKDAY)})\b(?: (?P<far>prochain|en huit))?"
    r"|\b(?P<word>aujourd'hui|ce jour|ce soir|today|demain|tomorrow|apres-demain|la fin de (?:la|cette) semaine"
    r"|fin de semaine|the end of the week|la fin du mois|fin du mois|the end of the month|(?:toute )?cette semaine"
    r"|toute la semaine|this week|all week|(?:la )?semaine prochaine|next week)\b"
)


@dataclass(frozen=True)
class Day:
    """A day that a text names, and where."""

    date: date
    start: int
    end: int
    vague: bool = False  #: only a day of the week, or a word such as « demain »


def _letters() -> dict[int, str]:
    """Every accented letter without its accent, every capital as a small letter: one character for one."""
    out = {ord(mark): "'" for mark in "’‘ʼ`´"} | {ord(space): " " for space in "\u00a0\u202f\u2009\t"}
    for code in range(0x41, 0x250):
        bare = unicodedata.normalize("NFD", chr(code))[0].lower()
        if len(bare) == 1 and bare.isalpha():
            out[code] = bare
    return out


_PLAIN = _letters()


def plain(text: str) -> str:
    """`text` in small letters without accents, as long as it was: places in both are the same."""
    return text.translate(_PLAIN)


def joined(text: str) -> str:
    """One line, composed accents, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def sentences(text: str) -> list[str]:
    """The sentences of a text that may be wrapped; a blank line ends one, and so does a line that begins a list."""
    blocks = re.split(r"\n[ \t]*\n|\n(?=[ \t]*[-*•] )", text)
    return [
        part for block in blocks for part in re.split(r"(?<=[^\W\d]{2}[.!?;]) (?=\W?[^\W\d_])", joined(block)) if part
    ]


def find(text: str, today: date) -> list[Day]:
    """The days in a plain text, in their order; what no calendar has is left out."""
    out: list[Day] = []
    for match in _DAY.finditer(text):
        when = _date(match, today)
        if when:
            start = match.start() + len(match[0]) - len(match[0].lstrip(" ,"))
            out.append(Day(when, start, match.end(), bool(match["alone"] or match["word"])))
    return out


def _date(match: re.Match[str], today: date) -> date | None:
    if match["iso"]:
        return _of(int(match["iso"]), int(match["iso_m"]), int(match["iso_d"]))
    if match["d6"]:
        return _numbered(int(match["d6"]), match["wd6"], today)
    if match["alone"]:
        ahead = (_WEEKDAY[match["alone"]] - today.weekday() - 1) % 7 + 1
        return today + timedelta(ahead + (7 if match["far"] == "en huit" else 0))
    if match["word"]:
        return _WORDS[match["word"]](today)
    if match["m4"]:
        return _part(match, today)
    number, month, year = (
        (match["d"], _MONTH[match["m"]], match["y"])
        if match["d"]
        else (match["d2"], _MONTH[match["m2"]], match["y2"])
        if match["d2"]
        else (match["d3"], int(match["m3"]), match["y3"])
    )
    return _near(int(number), month, year, match["wd"], today)


def _near(number: int, month: int, year: str | None, weekday: str | None, today: date) -> date | None:
    """That day in the year named; else the next one, or one that has passed a short while ago. A day of the week
    beside it chooses between years."""
    if year:
        return _of(int(year) + (2000 if len(year) == 2 else 0), month, number)
    years = (today.year - 1, today.year, today.year + 1)
    days = [day for day in (_of(y, month, number) for y in years) if day and day >= today - LATELY]
    fitting = [day for day in days if weekday and day.weekday() == _WEEKDAY[weekday]]
    return next(iter(fitting or days), None)


def _numbered(number: int, weekday: str | None, today: date) -> date | None:
    """« jusqu'au 27 », « lundi 30 »: the next such day."""
    ahead = (today + timedelta(days) for days in range(62))
    return next((d for d in ahead if d.day == number and weekday in (None, *_WEEKDAYS[d.weekday()])), None)


def _part(match: re.Match[str], today: date) -> date | None:
    """« fin décembre », « mi-janvier », « début janvier »."""
    month = _MONTH[match["m4"]]
    year = int(match["y4"] or (today.year if month >= today.month else today.year + 1))
    if "mi" in match["part"] and "fin" not in match["part"]:
        return _of(year, month, 15)
    if match["part"] in ("debut", "early"):
        return _of(year, month, 5)
    return _of(year, month, monthrange(year, month)[1])


def _of(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _end_of_week(today: date) -> date:
    return today + timedelta(6 - today.weekday())


def _next_monday(today: date) -> date:
    return today + timedelta(7 - today.weekday())


def _end_of_month(today: date) -> date:
    return today.replace(day=monthrange(today.year, today.month)[1])


def _today(today: date) -> date:
    return today


def _tomorrow(today: date) -> date:
    return today + timedelta(1)


_WORDS: dict[str, Callable[[date], date]] = {
    **dict.fromkeys(("aujourd'hui", "ce jour", "ce soir", "today"), _today),
    **dict.fromkeys(("demain", "tomorrow"), _tomorrow),
    "apres-demain": lambda today: today + timedelta(2),
    **dict.fromkeys(
        "la fin de la semaine,la fin de cette semaine,fin de semaine,the end of the week,cette semaine"
        ",toute cette semaine,toute la semaine,this week,all week".split(","),
        _end_of_week,
    ),
    **dict.fromkeys(("la semaine prochaine", "semaine prochaine", "next week"), _next_monday),
    **dict.fromkeys(("la fin du mois", "fin du mois", "the end of the month"), _end_of_month),
}
