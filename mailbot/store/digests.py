"""What the digests are made of, and which were written."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from .db import moment, stamp

#: Replies of `outbox` rows that were given up on purpose: no host refused them.
GIVEN_UP = ("superseded%", "skipped%")


@dataclass(frozen=True)
class Found:
    """Ids of questions, the first of those that were found, and how many there are in all."""

    ids: list[int]
    total: int


def written(conn: sqlite3.Connection, day: date, person_id: int) -> bool:
    """True if that person's digest of the day was written, or found empty."""
    row = conn.execute("select 1 from digest where day = ? and person_id = ?", (day.isoformat(), person_id)).fetchone()
    return row is not None


def add(conn: sqlite3.Connection, day: date, person_id: int, at: datetime, outbox_id: int | None) -> None:
    """Remember a digest; `outbox_id` None where there was nothing to say."""
    conn.execute(
        "insert into digest(day, person_id, at, outbox_id) values (?, ?, ?, ?)",
        (day.isoformat(), person_id, stamp(at), outbox_id),
    )


def last(conn: sqlite3.Connection, person_id: int) -> datetime | None:
    """When a person got the digest before."""
    row = conn.execute(
        "select max(at) at from digest where person_id = ? and outbox_id is not null", (person_id,)
    ).fetchone()
    return moment(row["at"]) if row["at"] else None


def staff(conn: sqlite3.Connection) -> list[int]:
    """Ids of the active members of staff."""
    rows = conn.execute("select id from person where role = 'gestionnaire' and active = 1 order by id")
    return [row["id"] for row in rows]


def experts(conn: sqlite3.Connection) -> list[int]:
    """Ids of the active experts of dossiers."""
    rows = conn.execute(
        "select id from person where role = 'expert' and active = 1 "
        "and exists (select 1 from dossier d where d.expert_id = person.id) order by id"
    )
    return [row["id"] for row in rows]


def _found(conn: sqlite3.Connection, query: str, order: str, limit: int, values: tuple[object, ...]) -> Found:
    total = conn.execute(f"select count(*) n from {query}", values).fetchone()["n"]
    rows = conn.execute(f"select q.id from {query} order by {order} limit ?", (*values, limit)) if total else ()
    return Found([row["id"] for row in rows], total)


def _whose(own: bool) -> str:
    return "d.staff_id = ?" if own else "d.staff_id <> ?"


def to_treat(conn: sqlite3.Connection, staff_id: int, own: bool, limit: int) -> Found:
    """Answers that wait for the OGA, the oldest first: of a gestionnaire's own dossiers, or of the others."""
    query = (
        "question q join dossier d on d.id = q.dossier_id "
        "join answer a on a.question_id = q.id and a.version = q.handed_over "
        f"where q.state = 'submitted' and {_whose(own)}"
    )
    return _found(conn, query, "coalesce(a.approved_at, a.at), q.id", limit, (staff_id,))


def overdue(conn: sqlite3.Connection, staff_id: int, own: bool, today: date, limit: int) -> Found:
    """Questions whose date has passed while they wait for the firm."""
    query = (
        "question q join dossier d on d.id = q.dossier_id "
        f"where q.state in ('asked', 'proposed') and q.due < ? and {_whose(own)}"
    )
    return _found(conn, query, "q.due, q.id", limit, (today.isoformat(), staff_id))


def late(conn: sqlite3.Connection, staff_id: int, own: bool, today: date, before: datetime, limit: int) -> Found:
    """Questions without an answer after a reminder of their round, and answers that wait for their expert since
    before `before`; those whose date has passed are not among them."""
    query = (
        "question q join dossier d on d.id = q.dossier_id "
        f"where {_whose(own)} and (q.due is null or q.due >= ?) and ((q.state = 'asked' and exists "
        "(select 1 from reminder r where r.question_id = q.id and r.round = q.round and r.ladder = 'answer')) "
        "or (q.state = 'proposed' and q.ladder_at < ?))"
    )
    return _found(conn, query, "q.ladder_at, q.id", limit, (staff_id, today.isoformat(), stamp(before)))


def arrived(conn: sqlite3.Connection, since: datetime) -> int:
    """To how many questions answers came in since then."""
    row = conn.execute(
        "select count(distinct question_id) n from deed where at >= ? and event in ('proposed', 'submitted', 'added') "
        "and undone_at is null",
        (stamp(since),),
    ).fetchone()
    return int(row["n"])


def suspended(conn: sqlite3.Connection, limit: int) -> list[sqlite3.Row]:
    """Addresses that nothing is sent to: id, suspended_at, suspended_why; the newest first."""
    return conn.execute(
        "select id, suspended_at, suspended_why from person where suspended_at is not null and active = 1 "
        "order by suspended_at desc, id limit ?",
        (limit,),
    ).fetchall()


def failed(conn: sqlite3.Connection, since: datetime, limit: int) -> list[sqlite3.Row]:
    """Letters that their host refused for good since then."""
    return conn.execute(
        "select kind, to_address, date, reply from outbox where state = 'failed' and due_at >= ? "
        "and reply not like ? and reply not like ? order by due_at desc, id desc limit ?",
        (stamp(since), *GIVEN_UP, limit),
    ).fetchall()


def counts_of_expert(conn: sqlite3.Connection, expert_id: int) -> tuple[int, dict[str, int]]:
    """The newest year of an expert's questions, and how many of that year there are in each state."""
    rows = conn.execute(
        "select q.exercice, q.state, count(*) n from dossier d join question q on q.dossier_id = d.id "
        "where d.expert_id = ? and q.state <> 'draft' group by q.exercice, q.state",
        (expert_id,),
    ).fetchall()
    year = max((row["exercice"] for row in rows), default=0)
    return year, {row["state"]: row["n"] for row in rows if row["exercice"] == year}


def open_of_expert(conn: sqlite3.Connection, expert_id: int) -> list[int]:
    """Ids of the questions of an expert's dossiers that wait for an answer, by dossier."""
    rows = conn.execute(
        "select q.id from dossier d cross join question q "
        "where q.dossier_id = d.id and d.expert_id = ? and q.state = 'asked' order by d.ref, q.exercice, q.number",
        (expert_id,),
    )
    return [row["id"] for row in rows]


def happened(conn: sqlite3.Connection, expert_id: int, since: datetime, events: tuple[str, ...]) -> list[sqlite3.Row]:
    """Journal rows about an expert's dossiers since then, the newest of each question: question_id, kind, at,
    person_id, payload."""
    marks = ",".join("?" * len(events))
    return conn.execute(
        f"select max(j.seq) seq, j.question_id, j.kind, j.at, j.person_id, p.payload from dossier d "
        "join question q on q.dossier_id = d.id join journal j on j.question_id = q.id "
        f"join journal_payload p on p.seq = j.seq where d.expert_id = ? and j.at >= ? and j.kind in ({marks}) "
        "group by j.question_id order by seq",
        (expert_id, stamp(since), *events),
    ).fetchall()
