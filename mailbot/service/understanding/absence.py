"""« ABSENT JUSQU'AU 3 janvier, remplacement Élise Duhalde », « je suis de retour »: as people write it of themselves.

Pure: the words and today's date go in. What an out-of-office reply says is read elsewhere (mail/absence.py), and never
names anybody who may decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ...mail import days
from ...mail.days import Day
from .french import core, courteous

_BEGIN = re.compile(
    r"(?:bonjour,? |bonsoir,? )?(?:je (?:suis|serai)|nous (?:sommes|serons)|mon absence(?: sera)?|absence)? ?:?"
    r"(?:\babsente?s?\b|en (?:conges?|vacances)|(?<=absence) ?:?)\b ?:?"
)
#: Between « absent » and its day.
_UNTIL = re.compile(r"[ ,:]*(?:(?:et )?jusqu'? ?(?:au|a|en)?|jusque|au|le|ce|a)?[ ,]*(?:inclus )?(?:le )?")
_FROM = re.compile(r"[ ,:]*(?:du|a (?:partir|compter) (?:du|de|d')|des(?: le)?|depuis(?: le)?)[ ,]*(?:le )?")
_TO = re.compile(r"[ ,]*(?:(?:et )?jusqu'? ?(?:au|a|en)?|au|a|-|–|et)[ ,]*(?:le )?")
_NUMBER = re.compile(r"[ ,:]*du (?P<day>\d{1,2})(?:er)? (?:au|jusqu'au) (?:le )?")
_INCLUDED = re.compile(r"[ ,(]*(?:inclus|compris|y compris|au soir|soir)?[ ),.;:!]*")
#: What stands before the name of who stands in, and behind it.
_BY = re.compile(
    r"[ ,.;:!-]*(?:et )?(?:(?:mon |ma |le |la |en |avec |pour )?"
    r"(?:remplacement|remplacante?|suppleante?|interim|suppleance)"
    r"|remplacee? par|je suis remplacee? par|par interim)(?: (?:est |sera |assuree? )?(?:par )?|[ :]+)?[ :]*"
    r"(?:est |par )?"
)
_BEHIND = re.compile(
    r"[ ,]*(?:qui )?(?:me (?:remplace|remplacera)|assure(?:ra)? (?:mon|l'|le) ?(?:interim|remplacement))$"
)
_PERSON = re.compile(
    r"[\w.+'’-]+@[\w.-]+|[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,4}(?:[ ,(<]+[\w.+'’-]+@[\w.-]+[)>]?)?"
)
_BACK = re.compile(
    r"(?:je suis |nous sommes |me voici |me voila |me revoila |c'est bon,? )?(?:bien )?(?:de retour|rentree?|revenue?)"
    r"(?: (?:ce jour|aujourd'hui|depuis ce matin|ce matin|au bureau|au cabinet|de conges|de vacances))*"
    r"|fin (?:de (?:mon |l')?|d')absence|(?:mon )?absence terminee|retour (?:de conges|de vacances|anticipe)"
)
FARTHEST = timedelta(days=366)
_ANY_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Said:
    """An absence as its person says it; `until` is None where only another stand-in is named."""

    until: date | None
    since: date | None = None
    deputy: str = ""  #: as typed: a name, an address


def speaks_of_absence(text: str) -> bool:
    """True for a short text that begins as an absence does, understood or not."""
    plain = days.plain(_line(text))
    begin = _BEGIN.match(plain)
    return begin is not None and "jusqu" in plain[begin.end() : begin.end() + 8] and len(plain) <= 90


def announces(text: str) -> bool:
    """True for a text that announces an absence and says nothing else, whatever the day is."""
    return read(text, _ANY_DAY) is not None


def back(text: str) -> bool:
    """True for « je suis de retour » and nothing else."""
    return _BACK.fullmatch(days.plain(_line(text)).strip(" .!")) is not None


def read(text: str, today: date, named: bool = False) -> Said | None:
    """The absence that `text` announces and nothing else; None for any other text. `named`: a name alone may stand
    behind the day, « ABSENT JUSQU'AU 3 janvier Élise Duhalde »."""
    line = _line(text)
    plain = days.plain(line)
    begin = _BEGIN.match(plain)
    return _days(line, plain, begin.end(), today, named) if begin and begin.end() else None


def change(text: str, today: date) -> Said | None:
    """The same in reply to the letter that notes an absence: « jusqu'au 5 janvier », « remplacement O. Larralde »."""
    line = _line(text)
    plain = days.plain(line)
    deputy = _deputy(line, plain, 0, False)
    if deputy:
        return Said(None, deputy=deputy)
    begins = re.match(r"(?:du|jusqu|au|a partir)\b|jusqu'", plain)
    return _days(line, plain, 0, today, True) if begins else None


def _line(text: str) -> str:
    """The words that count, on one line, without courtesy behind them."""
    lines = [days.joined(line) for line in core(text).splitlines() if line.strip()]
    kept = [line for line in lines if not courteous(days.plain(line).strip(" .,!"))]
    joined = days.joined(" ".join(kept))
    return re.sub(r"[ ,.]+(?:merci|cordialement|bien à vous)[ .!]*$", "", joined, flags=re.I).strip(" .!")


def _days(line: str, plain: str, start: int, today: date, named: bool) -> Said | None:
    found = [day for day in days.find(plain, today) if day.start >= start]
    if not found:
        return None
    since, until = _since(plain, start, found)
    if until is None:
        return None
    end = _INCLUDED.match(plain, until.end)
    rest = end.end() if end else until.end
    if rest >= len(plain):
        return Said(until.date, since)
    deputy = _deputy(line, plain, rest, named)
    return Said(until.date, since, deputy) if deputy else None


def _since(plain: str, start: int, found: list[Day]) -> tuple[date | None, Day | None]:
    """(the first day where one is named, the last day), as far as they stand where they must."""
    first = found[0]
    if (number := _NUMBER.fullmatch(plain, start, first.start)) and int(number["day"]) <= 31:
        return _before(first.date, int(number["day"])), first
    if _FROM.fullmatch(plain, start, first.start) and len(found) > 1:
        return (first.date, found[1]) if _TO.fullmatch(plain, first.end, found[1].start) else (None, None)
    return (None, first) if _UNTIL.fullmatch(plain, start, first.start) else (None, None)


def _before(until: date, day: int) -> date | None:
    """« du 21 au 3 janvier »: the nearest such day before the last one."""
    days_before = (until - timedelta(back) for back in range(31))
    return next((one for one in days_before if one.day == day), None)


def _deputy(line: str, plain: str, start: int, named: bool) -> str:
    """Who stands in, as typed from `start` on; "" where the words there say anything else."""
    by = _BY.match(plain, start)
    begin = by.end() if by else start
    behind = _BEHIND.search(plain, begin)
    end = behind.start() if behind else len(plain)
    typed = line[begin:end].strip(" ,.;:!()<>-")
    if not typed or not (by or behind or named) or not _PERSON.fullmatch(typed):
        return ""
    return typed
