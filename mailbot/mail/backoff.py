"""What became of trying to send a letter, and when to try again (RFC 5321 §4.5.4.1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

#: minutes between the first tries; afterwards HOURLY
FIRST_WAITS = (1, 2, 5, 10, 20, 40)
HOURLY = 60
GIVE_UP_AFTER = timedelta(days=5)


class Result(Enum):
    """How a try ended."""

    SENT = "sent"  #: the host answered for the letter: 250 after the final dot
    DEFERRED = "deferred"  #: not now: 4xx, no connection, or a fault on our side of the session
    FAILED = "failed"  #: this letter to this recipient, never: 5xx


@dataclass(frozen=True)
class Outcome:
    """A try at sending one letter to one recipient."""

    kind: Result
    code: int = 0  #: of the reply that decided; 0 where the host gave none
    text: str = ""  #: the host's own words, on one line


def next_try(attempts: int, now: datetime, ident: str = "") -> datetime | None:
    """When to try again after `attempts` tries (1 or more) were deferred; None: give up, five days are over.

    The wait is 1, 2, 5, 10, 20, 40 minutes, then an hour. `ident` (of the letter) stretches it by up to a tenth, always
    the same for the same letter and try, so that letters deferred together do not come back together.
    """
    waits = [_minutes(n) for n in range(1, attempts + 1)]
    if timedelta(minutes=sum(waits)) > GIVE_UP_AFTER:
        return None
    seconds = waits[-1] * 60
    return now + timedelta(seconds=seconds + _jitter(f"{ident} {attempts}", seconds // 10) if ident else seconds)


def _minutes(attempt: int) -> int:
    return FIRST_WAITS[attempt - 1] if attempt <= len(FIRST_WAITS) else HOURLY


def _jitter(seed: str, most: int) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") % (most + 1)
