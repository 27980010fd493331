"""Browsers that a person has confirmed: what is known of one, how it is called, and how long anything of it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

REMEMBERED = timedelta(days=90)  #: how long a confirmed browser is known
CODE_LIVES = timedelta(minutes=10)  #: how long a code may be typed
TRIES = 5  #: wrong codes that a browser may send before it must ask for another
AGAIN = timedelta(minutes=1)  #: how soon a browser may ask for another code
#: Codes that nobody typed may be mailed to a person so often. A program that presses every button writes no more
#: letters than that, and whoever guesses has 4 × 5 tries in a million an hour, 10 × 5 a day.
UNUSED_AN_HOUR, UNUSED_A_DAY = 4, 10
#: ... and to all together so large a part of `limits.letters_per_hour`: programs never use up what other letters need
SHARE = 4
MOST = 20  #: browsers of which one cookie may speak

#: what a User-Agent holds -> how people call it, the first that fits (RFC 9110 §10.1.5: every program claims others)
_PROGRAMS = (
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone", "sur iPhone"),
    (r"iPad", "sur iPad"),
    (r"Android", "sous Android"),
    (r"Windows", "sous Windows"),
    (r"CrOS", "sous ChromeOS"),
    (r"Mac OS X|Macintosh", "sous macOS"),
    (r"Linux|X11", "sous Linux"),
)


@dataclass(frozen=True)
class Browser:
    """A browser that a person confirmed by a code."""

    number: int  #: within the person's browsers, never given again: « OUBLIER 2 »
    name: str
    confirmed_at: datetime
    seen_at: datetime  #: when it last opened a page, to the day
    until: datetime


@dataclass(frozen=True)
class Asked:
    """A code that was mailed: what its letter says, and what its page does."""

    code: str  #: the six digits, on their way to the letter; "" afterwards: the database has their hash
    name: str  #: of the browser that asked
    ref: str  #: of the page
    at: datetime
    until: datetime
    left: int = TRIES  #: how many wrong ones may still come


def called(user_agent: str) -> str:
    """« Firefox sous Windows », in words of ours alone: what a program says of itself is never repeated."""
    program = next((name for pattern, name in _PROGRAMS if re.search(pattern, user_agent)), "Un navigateur inconnu")
    system = next((name for pattern, name in _SYSTEMS if re.search(pattern, user_agent)), "")
    return f"{program} {system}".strip()


def digits(typed: str) -> str:
    """The code as it was meant: « 482 915 » and « 482-915 » are 482915; "" for anything but six digits."""
    found = re.sub(r"[\s.\-\u2010-\u2015]", "", typed)
    return found if re.fullmatch(r"[0-9]{6}", found) else ""
