"""Digests: the staff's every working day, an expert's when something waits for him; a reply decides line by line."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ..domain.access import approver
from ..domain.digest import (
    SECTION,
    Away,
    ExpertDigest,
    Late,
    LateSection,
    Line,
    OpenDossier,
    Section,
    Since,
    StaffDigest,
)
from ..domain.model import Outcome, Person, Question, State
from ..domain.reminders import over
from ..letters.scene import Scene
from ..mail.token import Purpose
from ..store import conversations, digests, inbox, journal, outbox, people, questions, stand_ins
from ..store.db import set_setting, setting, stamp
from ..store.letters import LetterItem
from . import brakes, incidents
from .alarm import unwritten
from .approvals import open_of
from .correspondence import Post, send
from .system import System

log = logging.getLogger("mailbot.digests")

APPROVAL_IS_LATE = timedelta(days=10)  #: how long an answer waits for its expert before staff see it as late
COUNTED = (State.ASKED, State.PROPOSED, State.SUBMITTED, State.TREATED)
TOLD = ("approved", "amended", "submitted", "added", "treated", "asked_again", "withdrawn")


@dataclass(frozen=True)
class Digest:
    """One digest, ready to be written."""

    reader: Person
    holds: StaffDigest | ExpertDigest
    items: tuple[LetterItem, ...]
    says_something: bool


def due(system: System) -> bool:
    """True from the hour of the day on, until all of the day were written."""
    today = system.today()
    if not _is_a_day(system, today.date()) or today.time() < system.policy.digest_at:
        return False
    return setting(system.store, "last_digest_day") != today.date().isoformat()


def _is_a_day(system: System, day: date) -> bool:
    """True for the days on which digests are written: never a public holiday."""
    return day.weekday() in system.policy.digest_days and day not in system.policy.reminders.calendar.holidays


def next_due(system: System) -> datetime:
    """When the next ones fall due."""
    day = system.today()
    done = setting(system.store, "last_digest_day") == day.date().isoformat()
    at = datetime.combine(day.date(), system.policy.digest_at, system.policy.timezone)
    while done or at < day or not _is_a_day(system, at.date()):
        at = datetime.combine(at.date() + timedelta(1), system.policy.digest_at, system.policy.timezone)
        done = False
    return at


def write_due(system: System) -> int:
    """Write the digests of the day, once; returns how many letters that is."""
    if brakes.paused(system.store) or not due(system):
        return 0
    day, count = system.today().date(), 0
    for person_id in (*digests.staff(system.store.conn), *digests.experts(system.store.conn)):
        with unwritten(system, f"digest person={person_id}", lambda: None), system.store.tx() as conn:
            if not digests.written(conn, day, person_id) and not stand_ins.away(conn, person_id, system.now()):
                outbox_id = _write(system, conn, gather(system, conn, people.get(conn, person_id)))
                digests.add(conn, day, person_id, system.now(), outbox_id)
                count += outbox_id is not None
    with system.store.tx() as conn:
        passed_over(system, conn)
        set_setting(conn, "last_digest_at", stamp(system.now()))
    return count


def passed_over(system: System, conn: sqlite3.Connection) -> None:
    """The digests of today are done with."""
    set_setting(conn, "last_digest_day", system.today().date().isoformat())


def _write(system: System, conn: sqlite3.Connection, digest: Digest) -> int | None:
    if not digest.says_something:
        return None
    scene, post = letter(system, conn, digest)
    return send(system, conn, post, scene)


def letter(system: System, conn: sqlite3.Connection, digest: Digest) -> tuple[Scene, Post]:
    """The letter of a digest, inside a transaction."""
    reader = digest.reader
    conversation = conversations.of(conn, Purpose.DIGEST, reader.id, "letter", outbox.next_id(conn))
    root = f"point.{reader.id}.{system.today():%Y-%m}"
    scene = Scene(system.oga, system.now(), reader, digest=digest.holds)
    return scene, Post("digest", reader, conversation, items=digest.items, root=root)


def everybody(system: System, conn: sqlite3.Connection) -> Iterator[Digest]:
    """The digest of each who would get one now, inside a transaction."""
    for person_id in (*digests.staff(conn), *digests.experts(conn)):
        digest = gather(system, conn, people.get(conn, person_id))
        if digest.says_something:
            yield digest


def gather(system: System, conn: sqlite3.Connection, reader: Person) -> Digest:
    """All that a person's digest says now."""
    since = digests.last(conn, reader.id) or system.now() - timedelta(days=1)
    since = min(since, stand_ins.began(conn, reader.id, since) or since)
    return (_of_staff if reader.role.value == "gestionnaire" else _of_expert)(system, conn, reader, since)


class _Numbers:
    """Numbers the lines of a digest in one series, and remembers what each stands for."""

    def __init__(self, system: System, conn: sqlite3.Connection, reader: Person) -> None:
        self.system, self.conn, self.reader = system, conn, reader
        self.items: list[LetterItem] = []

    def line(self, question: Question, version: int) -> Line:
        """The line of a question; `version` 0: no answer is decided on."""
        number = len(self.items) + 1
        if not version:
            self.items.append(LetterItem(str(number), "question", question.id))
            return Line(number, question)
        answer = questions.answer(self.conn, question.id, version)
        page = conversations.of(self.conn, Purpose.PAGE, self.reader.id, "version", answer.id)
        self.items.append(LetterItem(str(number), "version", question.id, version))
        return Line(number, question, answer, self.system.page(page.number))

    def section(self, found: digests.Found, decided: bool) -> Section:
        """The lines of these questions; `decided`: with the answer that was handed over."""
        all_ = [questions.get(self.conn, id) for id in found.ids]
        lines = tuple(self.line(q, q.handed_over if decided else 0) for q in all_)
        return Section(lines, found.total - len(lines))


def _of_staff(system: System, conn: sqlite3.Connection, reader: Person, since: datetime) -> Digest:
    today, numbers = system.today().date(), _Numbers(system, conn, reader)
    own = _dossiers(system, conn, reader, numbers, own=True)
    others = _dossiers(system, conn, reader, numbers, own=False)
    found = incidents.gather(system, conn, since, len(numbers.items))
    numbers.items += found.items
    counted = questions.counts(conn)
    seq, head = journal.head(conn)
    holds = StaffDigest(
        since=since,
        counts=tuple((state, counted[state.value]) for state in COUNTED),
        to_treat=own[0],
        overdue=own[1],
        late=_late(system, conn, digests.late(conn, reader.id, True, today, _long_ago(system), SECTION)),
        to_treat_others=others[0],
        overdue_others=others[1],
        late_others=_late(system, conn, digests.late(conn, reader.id, False, today, _long_ago(system), SECTION)),
        held=found.held,
        more_held=found.more_held,
        unread=found.unread,
        bounced=found.bounced,
        failed=found.failed,
        away=found.away,
        undecided=found.undecided,
        unconfirmed=found.unconfirmed,
        disowned=found.disowned,
        last_mail_at=inbox.last_seen_at(conn),
        paused=brakes.paused(system.store),
        journal_seq=seq,
        journal_hash=head,
        arrived=digests.arrived(conn, since),
    )
    return Digest(reader, holds, tuple(numbers.items), system.policy.digest_empty or _speaks(holds))


def _speaks(d: StaffDigest) -> bool:
    sections = (d.to_treat, d.overdue, d.late, d.to_treat_others, d.overdue_others, d.late_others)
    return any(s.lines for s in sections) or bool(
        d.held or d.unread or d.bounced or d.failed or d.away or d.arrived or d.undecided or d.unconfirmed or d.disowned
    )


def _dossiers(
    system: System, conn: sqlite3.Connection, reader: Person, numbers: _Numbers, own: bool
) -> tuple[Section, Section]:
    """(to treat, date passed) of the reader's own dossiers, or of the colleagues'."""
    today = system.today().date()
    to_treat = numbers.section(digests.to_treat(conn, reader.id, own, SECTION), decided=True)
    overdue = numbers.section(digests.overdue(conn, reader.id, own, today, SECTION), decided=False)
    return to_treat, overdue


def _long_ago(system: System) -> datetime:
    return system.now() - APPROVAL_IS_LATE


def _late(system: System, conn: sqlite3.Connection, found: digests.Found) -> LateSection:
    lines = tuple(_late_one(system, questions.get(conn, id)) for id in found.ids)
    return LateSection(lines, found.total - len(lines))


def _late_one(system: System, q: Question) -> Late:
    kept = tuple(p for p in q.asked if p not in q.passed_on) or (q.dossier.expert,)
    since = q.ladder_at or q.asked_at or system.now()
    days = (system.today().date() - since.astimezone(system.policy.timezone).date()).days
    return Late(q, (approver(q, system.now()),) if q.state is State.PROPOSED else kept, days)


def _of_expert(system: System, conn: sqlite3.Connection, reader: Person, since: datetime) -> Digest:
    numbers = _Numbers(system, conn, reader)
    waiting = open_of(system, conn, reader)
    shown = waiting[:SECTION]
    lines = tuple(numbers.line(q, q.waiting) for q in shown)
    year, counted = digests.counts_of_expert(conn, reader.id)
    dossiers = _open(system, conn, reader)
    told = tuple(_since(conn, row) for row in digests.happened(conn, reader.id, since, TOLD))
    holds = ExpertDigest(
        since=since,
        exercice=year,
        counts=tuple((state, counted.get(state.value, 0)) for state in COUNTED),
        to_approve=Section(lines, len(waiting) - len(lines)),
        oldest_days=max(((system.now() - q.ladder_at).days for q in waiting if q.ladder_at), default=0),
        open=dossiers[:SECTION],
        more_open=max(0, len(dossiers) - SECTION),
        away=_colleagues(system, conn, reader),
        happened=told[-SECTION:],
        more_happened=max(0, len(told) - SECTION),
    )
    today = system.today().date()
    in_time = any(not over(q, today) for q in waiting)
    return Digest(reader, holds, tuple(numbers.items), bool(in_time or dossiers or told))


def _colleagues(system: System, conn: sqlite3.Connection, reader: Person) -> tuple[Away, ...]:
    """Who of the expert's firm is away."""
    everybody = incidents.away(system, conn)
    return tuple(a for a in everybody if reader.firm and a.person.firm == reader.firm and a.person != reader)[:SECTION]


def _open(system: System, conn: sqlite3.Connection, reader: Person) -> tuple[OpenDossier, ...]:
    """The dossiers with questions that may still be answered: after the date nothing more goes to the firm."""
    found: dict[int, list[Question]] = {}
    for id in digests.open_of_expert(conn, reader.id):
        q = questions.get(conn, id)
        if not over(q, system.today().date()):
            found.setdefault(q.dossier.id, []).append(q)
    return tuple(_open_dossier(group) for group in found.values())


def _open_dossier(group: list[Question]) -> OpenDossier:
    dossier = group[0].dossier
    holders = {p.id: p for q in group for p in q.asked if p not in q.passed_on} or {dossier.expert.id: dossier.expert}
    return OpenDossier(dossier, len(group), tuple(holders.values()), min((q.due for q in group if q.due), default=None))


def _since(conn: sqlite3.Connection, row: sqlite3.Row) -> Since:
    payload = json.loads(row["payload"] or "{}")
    outcome = Outcome(payload["outcome"]) if payload.get("outcome") else None
    by = people.get(conn, row["person_id"])
    instead_of = people.get(conn, payload["instead_of"]) if payload.get("instead_of") else None
    return Since(
        questions.get(conn, row["question_id"]), row["kind"], by, digests.moment(row["at"]), outcome, instead_of
    )


def preview(system: System) -> list[tuple[Digest, Scene, Post]]:
    """Who would get what now; nothing is kept."""
    found: list[tuple[Digest, Scene, Post]] = []
    try:
        with system.store.tx() as conn:
            found = [(digest, *letter(system, conn, digest)) for digest in everybody(system, conn)]
            raise _Undo
    except _Undo:
        return [(digest, replace(scene, reply_to=system.bot.address), post) for digest, scene, post in found]


class _Undo(Exception):
    """Leaves the transaction in which the digests were gathered."""
