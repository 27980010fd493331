"""Whether a browser may show the pages of a person: the gate before every page, and the code that opens it.

A link does not open a page by itself: whoever has it was perhaps handed the letter, or is a program that looks into
every link. The first time a browser comes a code goes to the registered address, for that browser alone; afterwards
it is remembered. What a browser holds is random, and only its hash is kept.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from ...domain.browsers import (
    AGAIN,
    CODE_LIVES,
    MOST,
    REMEMBERED,
    SHARE,
    TRIES,
    UNUSED_A_DAY,
    UNUSED_AN_HOUR,
    Asked,
    called,
    digits,
)
from ...domain.model import Person
from ...letters.scene import Scene
from ...mail.token import Purpose
from ...store import browsers, conversations, journal
from ...store.db import moment
from ..correspondence import Post, send
from ..system import System

log = logging.getLogger("mailbot.browsers")
KIND = "code"  #: what the conversation of a letter with a code is about


@dataclass(frozen=True)
class Visitor:
    """What a browser says of itself."""

    asker: str = ""  #: by which it is known as the one that asked for a code
    held: tuple[str, ...] = ()  #: what it was given when it was confirmed, for each person
    agent: str = ""  #: its User-Agent


class Gated(Protocol):
    """A page of any kind, as far as the gate must know it."""

    @property
    def token(self) -> str: ...
    @property
    def person(self) -> Person: ...
    @property
    def ref(self) -> str:
        """What may be said of it to anybody."""

    @property
    def at(self) -> datetime:
        """Of what it shows."""


@dataclass(frozen=True)
class Closed:
    """What a browser gets that the person of the page has not confirmed. It holds nothing of the page but this."""

    token: str
    ref: str
    at: datetime
    kind: str = "new_browser"  #: or code: where one is typed
    error: str = ""  #: many, tries, late, cookies; closed: a form came in vain; of a code: six, wrong, soon
    typed: str = ""  #: the words of that form, which are not ours to show
    left: int = 0  #: tries, of a code
    until: datetime | None = None  #: of a code
    asker: str = ""  #: by which this browser is known from now on


@dataclass(frozen=True)
class Opened:
    """A browser that may show the page from now on."""

    token: str
    held: tuple[str, ...] = ()  #: what its cookie says from now on; nothing where it need not change


def gate(system: System, conn: sqlite3.Connection, page: Gated, visitor: Visitor) -> Closed | None:
    """None for a browser that may show this page; else what it gets instead. Stands before every page."""
    if not system.policy.confirm_browser:
        return None
    row = browsers.known(conn, page.person.id, visitor.held, system.now())
    if row is None:
        return Closed(page.token, page.ref, page.at)
    if system.now() - moment(row["seen_at"]) >= timedelta(days=1):
        browsers.seen(conn, row["id"], system.now())
    return None


def ask(
    system: System, conn: sqlite3.Connection, closed: Closed, person: Person, visitor: Visitor, again: bool
) -> Closed:
    """Mail a code for this browser, unless one is on its way or too many went; returns the page that follows."""
    now = system.now()
    waiting = browsers.pending(conn, person.id, visitor.asker, now) if visitor.asker else None
    if waiting and not (again and now - moment(waiting["made_at"]) >= AGAIN):
        return replace(_typing(closed, waiting), error="soon" if again else "")
    if _too_many(system, conn, person, visitor):
        log.info("no code person=%s: too many", person.id)
        return replace(closed, error="many")
    asker = visitor.asker or secrets.token_urlsafe(24)
    asked = Asked(f"{secrets.randbelow(10**6):06d}", called(visitor.agent), closed.ref, now, now + CODE_LIVES)
    id = browsers.ask(conn, person.id, asker, asked)
    conversation = conversations.of(conn, Purpose.CONFIRM, person.id, KIND, id)
    send(system, conn, Post("confirm_code", person, conversation), Scene(system.oga, now, person, asked=asked))
    log.info("code mailed person=%s code=%s", person.id, id)
    return replace(closed, kind="code", left=TRIES, until=asked.until, asker=asker)


def _too_many(system: System, conn: sqlite3.Connection, person: Person, visitor: Visitor) -> bool:
    now = system.now()
    if browsers.unused_by_all(conn, now - timedelta(hours=1)) >= max(1, system.policy.letters_per_hour // SHARE):
        return True
    if visitor.asker and browsers.disowned(conn, person.id, visitor.asker):
        return True
    limits = ((timedelta(hours=1), UNUSED_AN_HOUR), (timedelta(days=1), UNUSED_A_DAY))
    return any(browsers.unused_since(conn, person.id, now - since) >= most for since, most in limits)


def _typing(closed: Closed, code: sqlite3.Row) -> Closed:
    return replace(closed, kind="code", left=TRIES - code["misses"], until=moment(code["until"]))


def take(
    system: System, conn: sqlite3.Connection, closed: Closed, person: Person, visitor: Visitor, typed: str
) -> Closed | Opened:
    """The code that was typed opens the page to the browser that asked for it, and to no other."""
    now = system.now()
    if not visitor.asker:
        return replace(closed, error="cookies")
    waiting = browsers.pending(conn, person.id, visitor.asker, now)
    if waiting is None:
        return replace(closed, error="late")
    code = digits(typed)
    if not code:
        return replace(_typing(closed, waiting), error="six")
    if not hmac.compare_digest(waiting["code_sha256"], browsers.code_hash(visitor.asker, code)):
        return _missed(conn, closed, waiting, now)
    return Opened(closed.token, _remembered(conn, person, visitor, waiting, now))


def _missed(conn: sqlite3.Connection, closed: Closed, waiting: sqlite3.Row, now: datetime) -> Closed:
    browsers.miss(conn, waiting["id"])
    left = TRIES - waiting["misses"] - 1
    log.info("wrong code=%s left=%s", waiting["id"], left)
    if left:
        return replace(_typing(closed, waiting), error="wrong", left=left)
    browsers.end(conn, waiting["id"], now)
    return replace(closed, error="tries")


def _remembered(
    conn: sqlite3.Connection, person: Person, visitor: Visitor, code: sqlite3.Row, now: datetime
) -> tuple[str, ...]:
    """Remember the browser; what its cookie says from now on: this, and what still opens the pages of others."""
    secret = secrets.token_urlsafe(24)
    id = browsers.add(conn, person.id, secret, code["name"], now, now + REMEMBERED)
    browsers.end(conn, code["id"], now, id)
    journal.add(conn, now, "browser_confirmed", {"browser": code["name"]}, person_id=person.id)
    log.info("browser confirmed person=%s browser=%s", person.id, id)
    return (secret, *(one for one in visitor.held if browsers.lives(conn, one, now)))[:MOST]
