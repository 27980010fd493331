"""Questions with the answer that was handed over, as rows for the association's own software."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from ..domain.model import Outcome, State
from . import files
from .db import moment, stamp


@dataclass(frozen=True)
class ResultFile:
    """A file of the answer; its bytes stay in the mail it came with."""

    name: str
    type: str
    size: int
    sha256: str
    inbox_id: int
    part: str


@dataclass(frozen=True)
class Result:
    """One question as it was sent, and the answer that was handed over; "" or None where there is none."""

    ref: str
    dossier: str
    member: str
    exercice: int
    code: str
    question: str
    due: date | None
    state: State
    answer: str
    answered_by: str
    answered_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    outcome: Outcome | None
    treated_at: datetime | None
    files: tuple[ResultFile, ...] = ()


def ids(conn: sqlite3.Connection, since: datetime | None) -> list[int]:
    """Questions by reference: all, or those that something happened to since then. A reminder is no such thing."""
    order = " order by d.ref, q.exercice, q.number"
    if since is None:
        rows = conn.execute(
            "select q.id from question q join dossier d on d.id = q.dossier_id where q.erased_at is null" + order
        )
    else:
        rows = conn.execute(
            "select q.id from question q join dossier d on d.id = q.dossier_id where q.erased_at is null and exists "
            "(select 1 from journal j where j.question_id = q.id and j.at >= ? and j.kind <> 'reminded')" + order,
            (stamp(since),),
        )
    return [row["id"] for row in rows]


def get(conn: sqlite3.Connection, id: int) -> Result:
    """One question. Raises KeyError."""
    row = conn.execute(
        "select q.*, d.ref as dossier, d.member, a.id as answer_id, a.text as answer, a.at as answered_at, "
        "a.approved_at, p.email as answered_by, v.email as approved_by, "
        "(select max(at) from journal j where j.question_id = q.id and j.kind = 'treated') as treated_at "
        "from question q join dossier d on d.id = q.dossier_id "
        "left join answer a on a.question_id = q.id and a.version = q.handed_over "
        "left join person p on p.id = a.by_id left join person v on v.id = a.approved_by_id where q.id = ?",
        (id,),
    ).fetchone()
    if row is None:
        raise KeyError(id)
    outcome = Outcome(row["outcome"]) if row["outcome"] else None
    return Result(
        ref=row["ref"],
        dossier=row["dossier"],
        member=row["member"],
        exercice=row["exercice"],
        code=row["code"],
        question=row["text"],
        due=date.fromisoformat(row["due"]) if row["due"] else None,
        state=State(row["state"]),
        answer=row["answer"] or "",
        answered_by=row["answered_by"] or "",
        answered_at=_time(row["answered_at"]),
        approved_by=row["approved_by"] or "",
        approved_at=_time(row["approved_at"]),
        outcome=outcome,
        treated_at=_time(row["treated_at"]) if outcome else None,
        files=tuple(_files(conn, row["answer_id"])) if row["answer_id"] else (),
    )


def _time(text: str | None) -> datetime | None:
    return moment(text) if text else None


def _files(conn: sqlite3.Connection, answer_id: int) -> Iterator[ResultFile]:
    names = ("name", "type", "size", "sha256", "inbox_id", "part")
    for row in conn.execute(
        "select f.* from answer_file f left join scan s on s.sha256 = f.sha256 where f.answer_id = ? "
        "and (f.verdict = 'ok' or (f.verdict = 'unscanned' and s.result = 'clean')) order by f.n",
        (answer_id,),
    ):
        yield ResultFile(*(row[name] for name in names))


def content(conn: sqlite3.Connection, file: ResultFile) -> bytes:
    """The bytes of a file. Raises KeyError where they were erased."""
    return files.content(conn, file.inbox_id, file.part, file.sha256)
