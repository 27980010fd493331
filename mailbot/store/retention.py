"""What has been kept long enough: parts of dossiers, mails and letters, and what is of use for a while only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import belonging
from .belonging import Part
from .db import stamp

_CLOSED = "('treated', 'withdrawn')"


@dataclass(frozen=True)
class Due:
    """A dossier and year that may go."""

    ref: str
    part: Part
    last_at: str  #: when something last happened to it
    questions: int


_DUE = f"""
with open as (select dossier_id from question where state not in {_CLOSED}),
     busy as (select q.dossier_id from inbox i join question q on q.id = i.question_id
                where i.state in ('new', 'held', 'shunted')
              union select q.dossier_id from outbox o join question q on q.id = o.question_id
                where o.state in ('due', 'deferred')),
     happened as (
       select dossier_id, exercice, 1 n, max(coalesce((select max(j.at) from journal j
           where j.question_id = q.id and j.kind <> 'reminded'), q.asked_at, '9999'),
         coalesce((select max(i.received_at) from inbox i where i.question_id = q.id and i.erased_at is null), '')) at
       from question q where erased_at is null
       union all select dossier_id, exercice, 0, added_at from document)
select d.ref, h.dossier_id, h.exercice, max(h.at) last_at, sum(h.n) questions
from happened h join dossier d on d.id = h.dossier_id
where h.dossier_id not in (select dossier_id from open) and h.dossier_id not in (select dossier_id from busy)
group by h.dossier_id, h.exercice having max(h.at) < :before and (sum(h.n) > 0 or max(h.at) < :documents)
order by d.ref, h.exercice"""


def dossiers(conn: sqlite3.Connection, before: datetime, documents: datetime) -> list[Due]:
    """Dossiers and years to which nothing has happened since: all questions of the dossier are treated or withdrawn,
    and no mail or letter about it waits. A year without a question goes when its documents are of before `documents`.
    """
    rows = conn.execute(_DUE, {"before": stamp(before), "documents": stamp(documents)})
    return [Due(r["ref"], Part(r["dossier_id"], r["exercice"]), r["last_at"], r["questions"]) for r in rows]


def still_due(conn: sqlite3.Connection, one: Due, before: datetime) -> bool:
    """The same of one of them, now."""
    row = conn.execute(
        f"select 1 from question q where q.dossier_id = :dossier and (q.state not in {_CLOSED} "
        "or (q.exercice = :year and exists (select 1 from journal j where j.question_id = q.id and j.at >= :before "
        "and j.kind <> 'reminded')) or exists (select 1 from inbox i where i.question_id = q.id "
        "and i.state in ('new', 'held', 'shunted')))",
        {"dossier": one.part.dossier_id, "year": one.part.exercice, "before": stamp(before)},
    ).fetchone()
    return row is None


def parts_of(conn: sqlite3.Connection, dossier_id: int) -> list[Due]:
    """All years of a dossier, whenever something last happened."""
    rows = conn.execute(
        "select d.ref, q.exercice, sum(q.n) n from (select dossier_id, exercice, 1 n from question "
        "where erased_at is null union all select dossier_id, exercice, 0 from document) q "
        "join dossier d on d.id = q.dossier_id where d.id = ? group by q.exercice order by 2",
        (dossier_id,),
    )
    return [Due(row["ref"], Part(dossier_id, row["exercice"]), "", row["n"]) for row in rows]


def open_questions(conn: sqlite3.Connection, dossier_id: int) -> list[str]:
    """The questions of a dossier that are neither treated nor withdrawn."""
    rows = conn.execute(
        f"select ref from question where dossier_id = ? and state not in {_CLOSED} order by exercice, number",
        (dossier_id,),
    )
    return [row["ref"] for row in rows]


def other_questions(conn: sqlite3.Connection, mail: int, part: Part) -> bool:
    """True if a mail also speaks of a question outside this part that still stands."""
    for id in belonging.questions_of_mail(conn, mail):
        row = conn.execute("select dossier_id, exercice from question where id = ? and erased_at is null", (id,))
        found = row.fetchone()
        if found and (found["dossier_id"] != part.dossier_id or part.exercice not in (None, found["exercice"])):
            return True
    return False


def mails(conn: sqlite3.Connection, before: datetime) -> Iterator[int]:
    """Mails that came before, wait for nobody, and speak of no question that is open."""
    rows = conn.execute(
        "select id from inbox where received_at < ? and erased_at is null and state in ('done', 'closed') order by id",
        (stamp(before),),
    ).fetchall()
    return (row["id"] for row in rows if not _open(conn, belonging.questions_of_mail(conn, row["id"])))


def _open(conn: sqlite3.Connection, question_ids: set[int]) -> bool:
    return any(
        conn.execute(f"select 1 from question where id = ? and state not in {_CLOSED}", (id,)).fetchone()
        for id in question_ids
    )


def mails_of_nobody(conn: sqlite3.Connection, before: datetime) -> Iterator[int]:
    """Mails that came before, wait for nobody, and speak of no question: of machines, of strangers, to the bot."""
    rows = conn.execute(
        "select id from inbox where received_at < ? and erased_at is null and state in ('done', 'closed') "
        "and question_id is null order by id",
        (stamp(before),),
    ).fetchall()
    return (row["id"] for row in rows if not belonging.questions_of_mail(conn, row["id"]))


def letters_of_nobody(conn: sqlite3.Connection, before: datetime) -> Iterator[int]:
    """Letters that left before and are about no question: digests, notices, help, codes, alarms."""
    rows = conn.execute(
        "select id, kind from outbox where date < ? and erased_at is null and state in ('sent', 'failed', 'bounced') "
        "and (question_id is null or kind = 'digest') order by id",
        (stamp(before),),
    ).fetchall()
    return (row["id"] for row in rows if row["kind"] == "digest" or not belonging.questions_of_letter(conn, row["id"]))


def texts_without_question(conn: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """The letters that may name a dossier without a row that says so, and still say something."""
    yield from conn.execute(
        "select id, subject, text from outbox where erased_at is null and (question_id is null or kind = 'digest') "
        "order by id"
    ).fetchall()


def erased_references(conn: sqlite3.Connection) -> set[str]:
    """The references of all that was erased."""
    return {
        row["ref"]
        for row in conn.execute(
            "select ref from question where erased_at is not null union select ref from dossier "
            "where erased_at is not null"
        )
    }


_WAITS_NOT = "state in ('done', 'closed')"
#: (table, which of its rows, what becomes of them; "": they go): what is of use for a while only
TRACES = (
    ("inbox", f"received_at < :before and {_WAITS_NOT} and (peer <> '' or reverse_path <> '')",
     "peer = '', reverse_path = ''"),
    ("outbox", "date < :before and state in ('sent', 'bounced') and reply <> ''", "reply = ''"),
    ("nonce", "made_at < :before", ""),
    ("browser_code", "made_at < :before", ""),
    ("browser", "seen_at < :before and (until < :before or forgotten_at is not null) "
     "and id not in (select browser_id from browser_code where browser_id is not null)", ""),
    ("absence", "seen_at < :before and ended_at is not null", ""),
    ("bounce", "at < :before", ""),
    ("person_address", "asked_at < :before and (ended_at is not null or confirmed_at is null)", ""),
    ("joining", "decided_at < :before", ""),
    ("stand_in", "ended_at < :before", ""),
)  # fmt: skip


def traces(conn: sqlite3.Connection, before: datetime) -> int:
    """Empty them; returns how many rows that were."""
    count = 0
    for table, which, becomes in TRACES:
        doing = f"update {table} set {becomes}" if becomes else f"delete from {table}"
        count += conn.execute(f"{doing} where {which}", {"before": stamp(before)}).rowcount
    return count


def count_traces(conn: sqlite3.Connection, before: datetime) -> int:
    """How many rows that would be."""
    return sum(
        conn.execute(f"select count(*) from {table} where {which}", {"before": stamp(before)}).fetchone()[0]
        for table, which, _ in TRACES
    )
