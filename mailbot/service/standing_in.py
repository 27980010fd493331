"""« ABSENT JUSQU'AU … »: an absence that a person declares, and who decides in an expert's place meanwhile.

It begins and ends at midnight where the association is; « annuler » to the letter that notes it, and « je suis de
retour », end it at once. Nothing else does: an expert who writes during an absence is away none the less.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, time, timedelta

from ..domain.access import approver
from ..domain.model import Person, Question, Role, State
from ..domain.reminders import Ladder
from ..errors import Held, NothingToUndo, NotOffered, Unclear, WhichPerson
from ..letters.scene import Absent, Scene
from ..mail import days
from ..mail.token import Purpose
from ..store import absences, conversations, deeds, digests, journal, people, plans, questions, schedule, stand_ins
from .correspondence import Post, send
from .job import Job
from .system import System
from .understanding.absence import FARTHEST
from .understanding.intent import Intent

KIND = "absence"  #: of the subject of the conversation
TOLD = 5  #: questions whose date falls into an absence that its letter names


def about(job: Job) -> bool:
    """True for a reply to the letter that notes an absence."""
    return job.conversation is not None and job.conversation.subject_kind == KIND


def declare(job: Job, intent: Intent) -> str:
    """Note an absence in the place of the one before. Raises Unclear for a day that cannot be, WhichPerson for a name
    that does not tell who stands in, Held for anybody else's absence."""
    _his_own(job)
    if job.person.role is Role.STAFF:
        raise NotOffered("an absence of staff", word=job.split.text)
    now, before = job.system.now(), stand_ins.of_person(job.conn, job.person.id)
    since, until = _span(job, intent, before)
    deputy = _named(job, intent.who) if intent.who else None
    if deputy is None and before and about(job):
        deputy = before.deputy
    begins = now if since == job.system.today().date() else _midnight(job.system, since)
    instants = begins, _midnight(job.system, until + timedelta(1))
    id = stand_ins.add(
        job.conn, job.person.id, deputy.id if deputy else None, (since, until), instants, job.inbox_id, now
    )
    payload = {"from": since.isoformat(), "until": until.isoformat(), "deputy": deputy.email if deputy else None}
    journal.add(job.conn, now, "absence_declared", payload, person_id=job.person.id, inbox_id=job.inbox_id)
    turn(job.system, job.conn)
    _show_again(job.system, job.conn, job.person.id)
    _tell(job, id, Absent(since, until, deputy, job.person.role is Role.EXPERT and deputy is not None))
    return f"absent until {until.isoformat()}"


def _his_own(job: Job) -> None:
    """A letter about somebody's absence that was forwarded changes nothing for him."""
    if about(job) and job.conversation and job.conversation.person_id != job.person.id:
        raise Held("about the absence of somebody else")


def _span(job: Job, intent: Intent, before: stand_ins.Declared | None) -> tuple[date, date]:
    """(the first day, the last day). Where only a name was given, those of the absence that was noted."""
    today = job.system.today().date()
    kept = before if before and about(job) else None
    since = intent.since or (kept.since if kept else today)
    until = intent.until or (kept.until if kept else None)
    since = max(since, today)
    if until is None or not since <= until <= today + FARTHEST:
        raise Unclear("an absence without a day that can be", about="absence")
    return since, until


def _midnight(system: System, day: date) -> datetime:
    """The first instant of a day, where the association is."""
    return datetime.combine(day, time(), system.policy.timezone)


def _named(job: Job, typed: str) -> Person:
    """The one person of the writer's firm whom the words name: an address, or a name, or enough of it."""
    firm = job.person.firm
    colleagues = people.of_firm(job.conn, firm.id) if firm else []
    able = [p for p in colleagues if p.id != job.person.id and not p.shared and not people.suspended(job.conn, p.id)]
    plain = days.plain(typed)
    found = [p for p in able if p.email in plain]
    if not found and "@" not in typed:
        words = set(plain.replace(",", " ").replace("-", " ").split())
        found = [p for p in able if words <= set(days.plain(p.name).replace("-", " ").split())]
    if len(found) != 1:
        raise WhichPerson("no one person of the firm is called so", typed=typed, candidates=tuple(found))
    return found[0]


def withdraw(job: Job) -> str:
    """The absence is over, now. Raises NothingToUndo where « annuler » finds none, Held for anybody else's."""
    _his_own(job)
    now = job.system.now()
    declared = stand_ins.end(job.conn, job.person.id, now)
    noticed = absences.end(job.conn, job.person.id, now)
    if about(job) and not declared:
        raise NothingToUndo("no absence of this person is noted")
    if declared:
        journal.add(job.conn, now, "absence_ended", {}, person_id=job.person.id, inbox_id=job.inbox_id)
        _show_again(job.system, job.conn, job.person.id)
    conversation = conversations.of(job.conn, Purpose.MENU, job.person.id, "person", job.person.id)
    about_ = "back" if declared or noticed else "not_away"
    scene = Scene(job.system.oga, now, job.person, about=about_, mail=job.cause.mail)
    send(job.system, job.conn, Post("notice", job.person, conversation, reply=True), scene, job.cause)
    return "back"


def turn_due(system: System) -> int:
    """Carry out what absences that have begun, or are over, bring about; returns how many that is."""
    if not stand_ins.turning(system.store.conn, system.now()):
        return 0
    with system.store.tx() as conn:
        return turn(system, conn)


def turn(system: System, conn: sqlite3.Connection) -> int:
    """The same, inside a transaction."""
    now = system.now()
    found = stand_ins.turning(conn, now)
    for one in found:
        stand_ins.turned(conn, one.id, one.ends_at <= now, now)
        _show_again(system, conn, one.person_id)
    return len(found)


def _show_again(system: System, conn: sqlite3.Connection, expert_id: int) -> None:
    """What waits for an expert goes to whoever decides on it now, as far as no letter showed it to him."""
    now = system.now()
    for id in schedule.open_of(conn, expert_id, Ladder.APPROVAL):
        q = questions.get(conn, id)
        reader = approver(q, now)
        wrote = deeds.of_version(conn, q.id, q.waiting)
        if q.dossier.expert.id == expert_id and wrote and not plans.known(conn, reader.id, q.id, q.waiting):
            plans.add(conn, "approval", reader.id, q.id, q.waiting, wrote.id, wrote.event, wrote.at, now)


def _tell(job: Job, id: int, absence: Absent) -> None:
    """The letter that says what was noted, what it means, and what ends it."""
    conversation = conversations.of(job.conn, Purpose.MENU, job.person.id, KIND, id)
    absence = Absent(
        absence.since, absence.until, absence.deputy, absence.decides, _morning_after(job.system, absence.until),
        tuple(_due(job, absence)),
    )  # fmt: skip
    scene = Scene(job.system.oga, job.system.now(), job.person, absence=absence, mail=job.cause.mail)
    send(job.system, job.conn, Post("absence_noted", job.person, conversation, reply=True), scene, job.cause)


def _morning_after(system: System, until: date) -> date | None:
    """The first day after an absence on which digests are written."""
    after = (until + timedelta(days) for days in range(1, 15))
    holidays = system.policy.reminders.calendar.holidays
    return next((day for day in after if day.weekday() in system.policy.digest_days and day not in holidays), None)


def _due(job: Job, absence: Absent) -> list[Question]:
    """Questions of the person whose date falls into the absence, the first of them."""
    ids = {*schedule.open_of(job.conn, job.person.id, Ladder.ANSWER)}
    ids |= {*schedule.open_of(job.conn, job.person.id, Ladder.APPROVAL)}
    if job.person.role is Role.EXPERT:
        ids |= {*digests.open_of_expert(job.conn, job.person.id)}
    found = [q for q in (questions.get(job.conn, id) for id in ids) if q.state in (State.ASKED, State.PROPOSED)]
    falling = [q for q in found if q.due and absence.since <= q.due <= absence.until]
    return sorted(falling, key=lambda q: (q.due or date.max, q.ref))[:TOLD]


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next absence begins or is over."""
    return stand_ins.next_due(conn)
