"""Erasing what has been kept long enough: dossiers, mails and letters, traces. By a person's hand, never by itself.

Each dossier and year goes in one transaction, the rest in small ones, beside `serve`; what was begun and not ended goes
on when it is run again. The journal says who erased what and why, in rows that are never erased.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice

from ...domain.model import Person
from ...mail import traces
from ...store import erasing, files, journal, retention
from ...store.retention import Due
from ..system import System

MAILS, LETTERS = 50, 100  #: in one transaction
BYTES = 8 * 2**20  #: of raw mail in one transaction

Progress = Callable[[], object]


@dataclass(frozen=True)
class Who:
    """Who erases, and why: a row of the journal says so. The reason must name nobody."""

    reason: str
    by: Person | None = None
    user: str = field(default_factory=lambda: _user())

    @property
    def said(self) -> dict[str, str]:
        return {"reason": self.reason, "user": self.user}


def _user() -> str:
    """The operator's user of the machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


@dataclass(frozen=True)
class Before:
    """What lies before these instants has been kept long enough; None: left alone."""

    dossiers: datetime
    documents: datetime  #: of years without a question
    mails: datetime | None = None
    traces: datetime | None = None


def before(system: System, day: date | None) -> Before:
    """All that is due by [retention]; with a day, the dossiers to which nothing has happened since."""
    kept, now = system.policy.retention, system.today()
    years = _ago(now, 12 * kept.dossiers_years)
    if day:
        limit = datetime.combine(day, time(), system.policy.timezone)
        return Before(limit, min(limit, years))
    return Before(years, years, _ago(now, 12 * kept.raw_years), _ago(now, kept.logs_months))


def _ago(now: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the last of that month."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(1)).day
    return now.replace(year=year, month=month + 1, day=min(now.day, last))


@dataclass(frozen=True)
class Plan:
    """What would go."""

    dossiers: list[Due] = field(default_factory=list)
    mails: list[int] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    traces: int = 0

    @property
    def things(self) -> int:
        """How many: this number is typed."""
        return len(self.dossiers) + len(self.mails) + len(self.letters) + self.traces

    def told(self) -> dict[str, int]:
        """The counts, by what they count."""
        return {
            "dossiers": len({one.part.dossier_id for one in self.dossiers}),
            "dossier years": len(self.dossiers),
            "questions": sum(one.questions for one in self.dossiers),
            "mails": len(self.mails),
            "letters": len(self.letters),
            "traces": self.traces,
        }


def plan(system: System, limits: Before) -> Plan:
    """Look what would go; nothing is changed."""
    conn = system.store.conn
    mails = set(retention.mails(conn, limits.mails)) if limits.mails else set()
    letters: list[int] = []
    count = 0
    if limits.traces:
        mails |= set(retention.mails_of_nobody(conn, limits.traces))
        letters = list(retention.letters_of_nobody(conn, limits.traces))
        count = retention.count_traces(conn, limits.traces)
    return Plan(retention.dossiers(conn, limits.dossiers, limits.documents), sorted(mails), letters, count)


@dataclass
class Done:
    """What went."""

    dossiers: int = 0
    mails: int = 0
    letters: int = 0
    shared: int = 0  #: mails that also speak of what still stands: they go with the last of it
    left: int = 0  #: dossiers to which something happened meanwhile


def purge(system: System, found: Plan, limits: Before, who: Who, progress: Progress = lambda: None) -> Done:
    """Erase what `plan` found, and end what was begun before."""
    done = Done()
    erasing.overwriting(system.store.conn)
    if found.mails or found.letters or found.traces:
        _say(system, "erased", {**who.said, "mails": len(found.mails), "letters": len(found.letters)}, who)
    for one in found.dossiers:
        part(system, one, who, done, limits.dossiers)
        progress()
    done.mails += mails(system, found.mails)
    done.letters += letters(system, found.letters)
    if limits.traces:
        with system.store.tx() as conn:
            retention.traces(conn, limits.traces)
    end(system, done)
    return done


def part(system: System, one: Due, who: Who, done: Done, limit: datetime | None = None) -> None:
    """Erase a dossier and year, in one transaction; with a limit, unless something happened to it since."""
    now = system.now()
    with system.store.tx() as conn:
        if limit and not retention.still_due(conn, one, limit):
            done.left += 1
            return
        own = erasing.letters_of(conn, one.part)
        came = erasing.mails_of(conn, one.part)
        alone = [id for id in came if not retention.other_questions(conn, id, one.part)]
        seqs = erasing.payloads_of(conn, one.part)
        done.letters += erasing.letters(conn, own, now)
        done.mails += erasing.mails(conn, alone, now)
        done.shared += len(came) - len(alone)
        erasing.payloads(conn, seqs, now, who.reason)
        erasing.part_of_dossier(conn, one.part, now)
        erasing.empty_letters(conn, own)
        told = {"dossier": one.ref, "exercice": one.part.exercice, "questions": one.questions, "rows": ranges(seqs)}
        journal.add(conn, now, "purged", {**who.said, **told}, person_id=who.by.id if who.by else None)
    done.dossiers += 1


def whole(system: System, dossier_id: int, who: Who, done: Done) -> None:
    """Erase all years of a dossier."""
    for one in retention.parts_of(system.store.conn, dossier_id):
        part(system, one, who, done)


def mails(system: System, ids: Sequence[int]) -> int:
    """Erase mails; their files that something still names are kept on their own."""
    count = 0
    for some in _portions(ids, MAILS):
        with system.store.tx() as conn:
            files.set_apart(conn, some)
            count += erasing.mails(conn, some, system.now())
    return count


def letters(system: System, ids: Sequence[int]) -> int:
    """Erase letters."""
    count = 0
    for some in _portions(ids, LETTERS):
        with system.store.tx() as conn:
            count += erasing.letters(conn, some, system.now())
    return count


def end(system: System, done: Done) -> None:
    """What names what is gone, and the bytes that nothing needs any more, go too; also of a run that was broken off."""
    gone = {reference.upper() for reference in retention.erased_references(system.store.conn)}
    named = [
        row["id"]
        for row in retention.texts_without_question(system.store.conn)
        if any(word.upper() in gone for word in traces.references(f"{row['subject']} {row['text']}"))
    ]
    done.letters += letters(system, named)
    with system.store.tx() as conn:
        erasing.orphans(conn)
    sweep(system)


def sweep(system: System) -> int:
    """Erase the bytes that nothing needs any more; returns how many those were."""
    found, newest = erasing.unused(system.store.conn)
    for hashes in _weighed(found):
        with system.store.tx() as conn:
            erasing.erase_bytes(conn, hashes, newest, system.now())
    return len(found)


def _weighed(found: list[tuple[str, int]]) -> Iterator[list[str]]:
    """The hashes in portions of so many bytes."""
    some: list[str] = []
    weight = 0
    for sha256, size in found:
        if some and weight + size > BYTES:
            yield some
            some, weight = [], 0
        some.append(sha256)
        weight += size
    if some:
        yield some


def _portions(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    rest = iter(ids)
    while some := list(islice(rest, size)):
        yield some


def _say(system: System, kind: str, payload: Mapping[str, object], who: Who) -> None:
    with system.store.tx() as conn:
        journal.add(conn, system.now(), kind, payload, person_id=who.by.id if who.by else None)


def ranges(numbers: Sequence[int]) -> str:
    """Numbers in their order as « 3-9, 12 »."""
    out: list[list[int]] = []
    for number in numbers:
        if out and number == out[-1][1] + 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)


def due(system: System, longer: timedelta = timedelta(0)) -> int:
    """How many dossiers have been kept longer than [retention] says, and so much longer still."""
    limit = before(system, None).dossiers - longer
    found = retention.dossiers(system.store.conn, limit, limit)
    return len({one.part.dossier_id for one in found})
