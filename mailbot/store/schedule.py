"""Reminders as rows: when a question's next one falls due, and which ones went out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from ..domain.reminders import Ladder
from .db import moment, stamp

DUE = "select id from question where remind_at is not null and remind_at <= ? order by remind_at, id limit ?"


def remind_at(conn: sqlite3.Connection, question_id: int, at: datetime | None) -> None:
    """The next reminder about a question falls due at `at`; None: there is none."""
    conn.execute("update question set remind_at = ? where id = ?", (stamp(at) if at else None, question_id))


def due(conn: sqlite3.Connection, now: datetime, limit: int = 500) -> list[int]:
    """Ids of the questions whose reminder has fallen due, oldest first."""
    return [row["id"] for row in conn.execute(DUE, (stamp(now), limit))]


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next reminder falls due."""
    row = conn.execute("select min(remind_at) at from question where remind_at is not null").fetchone()
    return moment(row["at"]) if row["at"] else None


def add(
    conn: sqlite3.Connection,
    question_id: int,
    round: int,
    ladder: Ladder,
    step: str,
    person_id: int,
    outbox_id: int,
    at: datetime,
) -> None:
    """A letter reminds a person of a question, for a step; a second time for the same step is an error."""
    conn.execute(
        "insert into reminder(question_id, round, ladder, step, person_id, outbox_id, at) values (?, ?, ?, ?, ?, ?, ?)",
        (question_id, round, ladder.value, step, person_id, outbox_id, stamp(at)),
    )


def reminded(conn: sqlite3.Connection, question_id: int, round: int, ladder: Ladder, step: str, person_id: int) -> bool:
    """True if that person was reminded of it for that step."""
    row = conn.execute(
        "select 1 from reminder where question_id = ? and round = ? and ladder = ? and step = ? and person_id = ?",
        (question_id, round, ladder.value, step, person_id),
    ).fetchone()
    return row is not None


def was_reminded(conn: sqlite3.Connection, question_id: int, round: int, ladder: Ladder, person_id: int) -> bool:
    """True if that person was reminded of it in this round."""
    row = conn.execute(
        "select 1 from reminder where question_id = ? and round = ? and ladder = ? and person_id = ? limit 1",
        (question_id, round, ladder.value, person_id),
    ).fetchone()
    return row is not None


def steps_before(conn: sqlite3.Connection, question_id: int, round: int, ladder: Ladder, step: str) -> int:
    """How many other steps of this round somebody was reminded for."""
    row = conn.execute(
        "select count(distinct step) n from reminder where question_id = ? and round = ? and ladder = ? and step <> ?",
        (question_id, round, ladder.value, step),
    ).fetchone()
    return int(row["n"])


def letters_between(
    conn: sqlite3.Connection, person_id: int, ladder: Ladder, begin: datetime, end: datetime
) -> list[int]:
    """The reminder mails of a ladder that a person was written between two instants, as outbox ids."""
    rows = conn.execute(
        "select distinct outbox_id from reminder where person_id = ? and ladder = ? and at >= ? and at < ? order by 1",
        (person_id, ladder.value, stamp(begin), stamp(end)),
    )
    return [row["outbox_id"] for row in rows]


def open_of(conn: sqlite3.Connection, person_id: int, ladder: Ladder, instead_of: Iterable[int] = ()) -> list[int]:
    """Ids of the questions that a person may have to answer (asked, or reminded of), or to approve; by reference.
    `instead_of` are the ids of the experts in whose place he decides.

    Who is still meant is decided by domain.reminders.readers. A `cross join` keeps its order: from the few dossiers of
    one expert, never from all open questions.
    """
    experts = (person_id, *instead_of)
    marks = ",".join("?" * len(experts))
    if ladder is Ladder.APPROVAL:
        rows = conn.execute(
            "select q.id, q.ref from dossier d cross join question q where q.dossier_id = d.id "
            f"and d.expert_id in ({marks}) and q.waiting > 0 and q.state in ('proposed', 'submitted')",
            experts,
        ).fetchall()
    else:
        rows = conn.execute(
            "select q.id, q.ref from recipient r join question q on q.id = r.question_id "
            "where r.person_id = ? and r.passed_on = 0 and q.state = 'asked' "
            "union select q.id, q.ref from dossier d cross join question q "
            f"where q.dossier_id = d.id and d.expert_id in ({marks}) and q.state = 'asked'",
            (person_id, *experts),
        ).fetchall()
    return [row["id"] for row in rows]


def of_letter(conn: sqlite3.Connection, outbox_id: int) -> list[sqlite3.Row]:
    """The reminders that a letter stands for."""
    return conn.execute("select * from reminder where outbox_id = ? order by question_id", (outbox_id,)).fetchall()


def sent_between(conn: sqlite3.Connection, person_id: int, ladder: Ladder, begin: datetime, end: datetime) -> list[int]:
    """The reminder mails of a ladder that left for a person between two instants, as outbox ids."""
    rows = conn.execute(
        "select distinct r.outbox_id from reminder r join outbox o on o.id = r.outbox_id "
        "where r.person_id = ? and r.ladder = ? and o.sent_at >= ? and o.sent_at < ?",
        (person_id, ladder.value, stamp(begin), stamp(end)),
    )
    return [row["outbox_id"] for row in rows]


def move_letter(conn: sqlite3.Connection, old: int, new: int) -> None:
    """What one letter would have reminded of, another does."""
    conn.execute("update reminder set outbox_id = ? where outbox_id = ?", (new, old))


def unsent(conn: sqlite3.Connection, person_id: int, ladder: Ladder) -> list[int]:
    """Reminder mails of a person that were written and have not left yet, as outbox ids."""
    rows = conn.execute(
        "select distinct r.outbox_id from reminder r join outbox o on o.id = r.outbox_id "
        "where r.person_id = ? and r.ladder = ? and o.state in ('due', 'deferred')",
        (person_id, ladder.value),
    )
    return [row["outbox_id"] for row in rows]


def after(conn: sqlite3.Connection, id: int, limit: int) -> list[int]:
    """Ids of the questions above `id` that wait for somebody at a firm: to plan their reminders anew, in portions."""
    rows = conn.execute(
        "select id from question where id > ? and (state in ('asked', 'proposed') or waiting > 0) order by id limit ?",
        (id, limit),
    )
    return [row["id"] for row in rows]
