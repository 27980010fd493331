"""What waits for a person outside the questions: held mail, mail our code failed on, addresses, refused letters."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from ..domain.digest import SECTION, Away, Bounced, Disowned, Failed, HeldMail, Unconfirmed, Undecided, Unread
from ..domain.model import Person, Question
from ..errors import SomeoneAnswered, Unreadable
from ..mail.message import InboundMessage
from ..store import (
    absences,
    blobs,
    bounces,
    browsers,
    confirmations,
    conversations,
    delegations,
    digests,
    inbox,
    people,
    questions,
    stand_ins,
)
from ..store.db import moment
from ..store.letters import LetterItem
from ..store.stand_ins import Declared
from .automatic import CHALLENGED, TYPED
from .bounces import why
from .reading import UNREADABLE, our_words
from .system import System
from .waiting.confirmation import DENIED, UNANSWERED

_REFERENCE = re.compile(r"\b[a-z]\d{3,}-\d{4}-\d+\b", re.IGNORECASE)
#: decision of a held mail -> how the digest says why
_WHY = {
    "NotProven": "unproven",
    "NotYourAnswer": "copied",
    TYPED: "automatic",
    CHALLENGED: "challenge",
    SomeoneAnswered.__name__: "delegated",
    "BadFile": "file",
}


@dataclass(frozen=True)
class Incidents:
    """All of it, and what its lines stand for."""

    held: tuple[HeldMail, ...]
    more_held: int
    unread: tuple[Unread, ...]
    bounced: tuple[Bounced, ...]
    failed: tuple[Failed, ...]
    away: tuple[Away, ...]
    undecided: tuple[Undecided, ...]
    unconfirmed: tuple[Unconfirmed, ...]
    disowned: tuple[Disowned, ...]
    items: tuple[LetterItem, ...]


def gather(system: System, conn: sqlite3.Connection, since: datetime, above: int) -> Incidents:
    """What staff see each morning. Held mail is numbered from `above` + 1 on."""
    waiting = inbox.held_by_sender(conn, SECTION)
    held = tuple(_held(system, conn, row, above + n) for n, row in enumerate(waiting, 1))
    shunted = inbox.waiting(conn, ("shunted",), SECTION)
    unread = tuple(Unread(_name(system, row), moment(row["received_at"])) for row in shunted)
    frozen = [
        LetterItem(str(one.number), "held", version=one.alike, inbox_id=row["id"])
        for one, row in zip(held, waiting, strict=True)
    ]
    frozen += [LetterItem(one.name, "held", inbox_id=row["id"]) for one, row in zip(unread, shunted, strict=True)]
    return Incidents(
        held=held,
        more_held=inbox.count_held(conn) - sum(one.alike + 1 for one in held),
        unread=unread,
        bounced=tuple(_bounced(conn, row) for row in digests.suspended(conn, SECTION)),
        failed=_failed(conn, since),
        away=away(system, conn)[:SECTION],
        undecided=_undecided(conn, since),
        unconfirmed=_unconfirmed(conn, since),
        disowned=_disowned(conn, since),
        items=tuple(frozen),
    )


def _failed(conn: sqlite3.Connection, since: datetime) -> tuple[Failed, ...]:
    """Letters that their host refused, at once or in a bounce that suspended nothing."""
    refused = [(r["kind"], r["to_address"], r["date"], r["reply"]) for r in digests.failed(conn, since, SECTION)]
    back = [(r["kind"], r["to_address"], r["at"], r["status"]) for r in bounces.refused(conn, since, SECTION)]
    return tuple(Failed(kind, to, moment(at), reply) for kind, to, at, reply in (*refused, *back)[:SECTION])


def away(system: System, conn: sqlite3.Connection) -> tuple[Away, ...]:
    """Everybody who said that he is away, and whose mail answers by itself, soonest back first."""
    today = system.today().date()
    declared = {one.person_id: one for one in stand_ins.told(conn, today)}
    rows = [row for row in absences.told(conn, today, system.now()) if row["person_id"] not in declared]
    known = people.by_ids(conn, (*declared, *(row["person_id"] for row in rows))) if rows or declared else {}
    found = [Away(known[row["person_id"]], _day(row["until"]), _day(row["since"]), row["deputy"]) for row in rows]
    found += [_declared(known[id], one, today) for id, one in declared.items() if known[id].active]
    return tuple(sorted(found, key=lambda one: one.until or date.max))


def _declared(person: Person, one: Declared, today: date) -> Away:
    deputy = f"{one.deputy.name}, {one.deputy.email}" if one.deputy else ""
    return Away(person, one.until, one.since if one.since > today else None, deputy, declared=True)


def _disowned(conn: sqlite3.Connection, since: datetime) -> tuple[Disowned, ...]:
    """Codes that their readers had not asked for."""
    return tuple(
        Disowned(people.get(conn, r["person_id"]), moment(r["disowned_at"]), r["name"], r["ref"], bool(r["browser_id"]))
        for r in browsers.disowned_since(conn, since, SECTION)
    )


def _unconfirmed(conn: sqlite3.Connection, since: datetime) -> tuple[Unconfirmed, ...]:
    """Mail in somebody's name that is closed: denied, or not confirmed in time."""
    rows = confirmations.closed(conn, (DENIED, UNANSWERED), since, SECTION)
    return tuple(
        Unconfirmed(
            people.get(conn, row["person_id"]),
            moment(row["received_at"]),
            row["reason"] == DENIED,
            questions.get(conn, row["question_id"]) if row["question_id"] else None,
        )
        for row in rows
    )


def _undecided(conn: sqlite3.Connection, since: datetime) -> tuple[Undecided, ...]:
    """Answers of strangers that were closed because nobody decided on them."""
    rows = delegations.undecided(conn, since, SECTION)
    return tuple(Undecided(row["sender"] or "", moment(row["received_at"]), guess(conn, row)[0]) for row in rows)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _name(system: System, row: sqlite3.Row) -> str:
    day = moment(row["received_at"]).astimezone(system.policy.timezone)
    return f"M-{day:%Y%m%d}-{row['id']:04d}"


def _held(system: System, conn: sqlite3.Connection, row: sqlite3.Row, number: int) -> HeldMail:
    message = _parsed(system, conn, row)
    meant, by = guess(conn, row)
    return HeldMail(
        number=number,
        sender=row["sender"] or row["reverse_path"],
        at=moment(row["received_at"]),
        why=_why(row),
        excerpt=_excerpt(system, conn, row, message) if message else "",
        files=len(message.attachments) if message else 0,
        guess=meant,
        guessed_by=by,
        alike=row["alike"],
    )


def _why(row: sqlite3.Row) -> str:
    if (row["reason"] or "").startswith(UNREADABLE):
        return UNREADABLE
    return _WHY.get(row["decision"] or "", "stranger" if row["person_id"] is None else "other")


def _parsed(system: System, conn: sqlite3.Connection, row: sqlite3.Row) -> InboundMessage | None:
    """The message; None where it cannot be read. What killed its reader once is not read again."""
    if _why(row) == UNREADABLE:
        return None
    try:
        return system.reader.parse(blobs.get(conn, row["sha256"]), system.policy.limits)
    except Unreadable:
        return None


def _excerpt(system: System, conn: sqlite3.Connection, row: sqlite3.Row, message: InboundMessage) -> str:
    conversation = conversations.get(conn, row["conversation"]) if row["conversation"] else None
    sent = our_words(conn, conversation, message) if conversation else ""
    return " ".join(system.reader.written(message, sent).text.split())[:200]


def guess(conn: sqlite3.Connection, row: sqlite3.Row) -> tuple[Question | None, str]:
    """The question that a mail is probably about, and what says so: its token, else a reference in its subject."""
    if row["question_id"]:
        return questions.get(conn, row["question_id"]), "token"
    named = _REFERENCE.search(row["subject"] or "")
    id = questions.id_of(conn, named[0]) if named else None
    return (questions.get(conn, id), "subject") if id else (None, "")


def _bounced(conn: sqlite3.Connection, row: sqlite3.Row) -> Bounced:
    told = bounces.told(conn, row["id"])
    return Bounced(
        person=people.get(conn, row["id"]),
        why=why(row["suspended_why"] or ""),
        at=moment(row["suspended_at"]),
        told=people.get(conn, told) if told else None,
    )
