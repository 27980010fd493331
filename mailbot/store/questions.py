"""Questions and the versions of their answers."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from datetime import date, datetime

from ..domain.model import Answer, Channel, File, Outcome, Person, Question, State, Verdict
from ..domain.questions import Decision
from . import dossiers, people, scans
from .db import moment, stamp


def get(conn: sqlite3.Connection, id: int) -> Question:
    """The question of that id, with its dossier and the answer that stands. Raises KeyError."""
    row = conn.execute("select * from question where id = ?", (id,)).fetchone()
    if row is None:
        raise KeyError(id)
    newest = answer(conn, id, row["version"]) if row["version"] else None
    base = newest if row["standing"] == row["version"] else _base(conn, id, row["standing"])
    asked = conn.execute(
        "select person_id, passed_on from recipient where question_id = ? order by 1", (id,)
    ).fetchall()
    known = people.by_ids(conn, [r["person_id"] for r in asked] + ([row["asked_by_id"]] if row["asked_by_id"] else []))
    return Question(
        id=row["id"],
        ref=row["ref"],
        number=row["number"],
        dossier=dossiers.get(conn, row["dossier_id"]),
        exercice=row["exercice"],
        text=row["text"],
        code=row["code"],
        title=row["title"],
        form=row["form"],
        line=row["line"],
        document=row["document"],
        due=_day(row["due"]),
        state=State(row["state"]),
        round=row["round"],
        version=row["version"],
        waiting=row["waiting"],
        handed_over=row["handed_over"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        postponed_until=_day(row["postponed_until"]),
        ladder_at=_time(row["ladder_at"]),
        written=_written(conn, id),
        asked_at=_time(row["asked_at"]),
        asked_by=known.get(row["asked_by_id"]),
        asked=tuple(known[r["person_id"]] for r in asked),
        passed_on=tuple(known[r["person_id"]] for r in asked if r["passed_on"]),
        standing=row["standing"],
        answer=newest,
        base=base,
    )


def _base(conn: sqlite3.Connection, question_id: int, standing: int) -> Answer | None:
    return answer(conn, question_id, standing) if standing else None


def _written(conn: sqlite3.Connection, question_id: int) -> int:
    row = conn.execute("select max(version) n from answer where question_id = ?", (question_id,)).fetchone()
    return int(row["n"] or 0)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _time(text: str | None) -> datetime | None:
    return moment(text) if text else None


def id_of(conn: sqlite3.Connection, ref: str) -> int | None:
    """The id of the question with that reference, in any case, or None."""
    row = conn.execute("select id from question where ref = ?", (ref.strip().upper(),)).fetchone()
    return row["id"] if row else None


def answer(conn: sqlite3.Connection, question_id: int, version: int) -> Answer:
    """One version of an answer, with its files. Raises KeyError."""
    row = conn.execute("select * from answer where question_id = ? and version = ?", (question_id, version)).fetchone()
    if row is None:
        raise KeyError((question_id, version))
    return _answer(conn, row)


def answer_by_id(conn: sqlite3.Connection, id: int) -> tuple[int, Answer]:
    """(question id, version of its answer) for the id of an answer row. Raises KeyError."""
    row = conn.execute("select * from answer where id = ?", (id,)).fetchone()
    if row is None:
        raise KeyError(id)
    return row["question_id"], _answer(conn, row)


def answers(conn: sqlite3.Connection, question_id: int) -> list[Answer]:
    """All versions, oldest first."""
    rows = conn.execute("select * from answer where question_id = ? order by version", (question_id,)).fetchall()
    return [_answer(conn, row) for row in rows]


def _answer(conn: sqlite3.Connection, row: sqlite3.Row) -> Answer:
    files = conn.execute(
        "select f.*, s.result, s.name as found from answer_file f left join scan s on s.sha256 = f.sha256 "
        "where f.answer_id = ? order by f.n",
        (row["id"],),
    ).fetchall()
    ids = [row["by_id"], row["approved_by_id"], row["approved_for_id"], *(f["by_id"] for f in files)]
    known = people.by_ids(conn, [i for i in ids if i])
    return Answer(
        id=row["id"],
        version=row["version"],
        round=row["round"],
        text=row["text"],
        added=row["added"],
        set_aside=row["set_aside"],
        by=known[row["by_id"]],
        channel=Channel(row["channel"]),
        at=moment(row["at"]),
        addition=row["addition"] == 1,
        approved_by=known.get(row["approved_by_id"]),
        approved_at=_time(row["approved_at"]),
        approved_for=known.get(row["approved_for_id"]),
        written_by=row["written_by"],
        undone=row["undone_at"] is not None,
        files=tuple(_file(f, known) for f in files),
    )


def _file(row: sqlite3.Row, known: dict[int, Person]) -> File:
    written = Verdict(row["verdict"])
    verdict = scans.now(written, row["result"])
    return File(
        name=row["name"],
        type=row["type"],
        size=row["size"],
        sha256=row["sha256"],
        part=row["part"],
        inbox_id=row["inbox_id"],
        verdict=verdict,
        why=row["found"] if verdict is Verdict.INFECTED and verdict is not written else row["why"],
        by=known.get(row["by_id"]),
        later=written is Verdict.UNSCANNED,
    )


def save(conn: sqlite3.Connection, decision: Decision, inbox_id: int | None) -> int | None:
    """Keep a decision: the question's row and, where there is one, the new version of the answer.

    Returns the id of the answer row that is now the newest, or None where the question has no answer.
    """
    q = decision.question
    conn.execute(
        "update question set state = ?, round = ?, version = ?, standing = ?, waiting = ?, handed_over = ?, "
        "outcome = ?, due = ?, postponed_until = ?, asked_at = ?, asked_by_id = ?, ladder_at = ? where id = ?",
        (
            q.state.value,
            q.round,
            q.version,
            q.standing,
            q.waiting,
            q.handed_over,
            q.outcome.value if q.outcome else None,
            q.due.isoformat() if q.due else None,
            q.postponed_until.isoformat() if q.postponed_until else None,
            stamp(q.asked_at) if q.asked_at else None,
            q.asked_by.id if q.asked_by else None,
            stamp(q.ladder_at) if q.ladder_at else None,
            q.id,
        ),
    )
    for person in q.passed_on:
        conn.execute(
            "insert into recipient(question_id, person_id, passed_on) values (?, ?, 1) "
            "on conflict(question_id, person_id) do update set passed_on = 1",
            (q.id, person.id),
        )
    if decision.new_answer:
        return _add_answer(conn, q.id, decision.new_answer, inbox_id)
    if q.answer is None:
        return None
    _approve(conn, q.answer)
    return q.answer.id


def ask(conn: sqlite3.Connection, question_id: int, person_ids: tuple[int, ...]) -> None:
    """Remember to whom a question was put."""
    conn.executemany(
        "insert into recipient(question_id, person_id) values (?, ?) on conflict(question_id, person_id) do nothing",
        [(question_id, person_id) for person_id in person_ids],
    )


def undo(conn: sqlite3.Connection, question_id: int, version: int, wrote: bool, at: datetime) -> None:
    """Mark a version as undone, or take its approval back where the act that is undone wrote none."""
    key = (question_id, version)
    if wrote:
        conn.execute("update answer set undone_at = ? where question_id = ? and version = ?", (stamp(at), *key))
        return
    conn.execute(
        "update answer set approved_by_id = null, approved_at = null, approved_for_id = null "
        "where question_id = ? and version = ?",
        key,
    )


def _approve(conn: sqlite3.Connection, approved: Answer) -> None:
    if approved.approved_by and approved.approved_at:
        conn.execute(
            "update answer set approved_by_id = ?, approved_at = ?, approved_for_id = ? "
            "where id = ? and approved_at is null",
            (approved.approved_by.id, stamp(approved.approved_at), _id(approved.approved_for), approved.id),
        )


def _id(person: Person | None) -> int | None:
    return person.id if person else None


def _add_answer(conn: sqlite3.Connection, question_id: int, new: Answer, inbox_id: int | None) -> int:
    cursor = conn.execute(
        "insert into answer(question_id, version, round, text, added, set_aside, by_id, channel, at, addition, "
        "approved_by_id, approved_at, approved_for_id, written_by, inbox_id, sha256) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            question_id,
            new.version,
            new.round,
            new.text,
            new.added,
            new.set_aside,
            new.by.id,
            new.channel.value,
            stamp(new.at),
            int(new.addition),
            _id(new.approved_by),
            stamp(new.approved_at) if new.approved_at else None,
            _id(new.approved_for),
            new.written_by,
            inbox_id,
            fingerprint(new),
        ),
    )
    answer_id = int(cursor.lastrowid or 0)
    conn.executemany(
        "insert into answer_file(answer_id, n, name, type, size, sha256, inbox_id, part, verdict, why, by_id) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (answer_id, n, f.name, f.type, f.size, f.sha256, f.inbox_id, f.part, _as_taken(f).value, f.why,
             f.by.id if f.by else new.by.id)
            for n, f in enumerate(new.files, 1)
        ],
    )  # fmt: skip
    return answer_id


def fingerprint(one: Answer) -> str:
    """SHA-256 over text and files of a version: what an approval binds."""
    files = [[f.name, f.sha256, _as_taken(f).value] for f in one.files]
    return hashlib.sha256(json.dumps([one.text, files], ensure_ascii=False).encode()).hexdigest()


def _as_taken(file: File) -> Verdict:
    """The verdict as it is written: what a scanner says afterwards changes no version."""
    return Verdict.UNSCANNED if file.later else file.verdict


def drafts(conn: sqlite3.Connection, dossier_id: int | None = None) -> list[int]:
    """Ids of the questions that were not asked yet, in order of reference."""
    where = "" if dossier_id is None else " and q.dossier_id = ?"
    rows = conn.execute(
        "select q.id from question q join dossier d on d.id = q.dossier_id where q.state = 'draft'" + where
        + " order by d.ref, q.exercice, q.number",
        () if dossier_id is None else (dossier_id,),
    )  # fmt: skip
    return [row["id"] for row in rows]


def of_exercice(conn: sqlite3.Connection, dossier_id: int, exercice: int) -> list[tuple[int, int]]:
    """(id, number) of the questions of a dossier and year that were asked, by number."""
    rows = conn.execute(
        "select id, number from question where dossier_id = ? and exercice = ? and state <> 'draft' order by number",
        (dossier_id, exercice),
    )
    return [(row["id"], row["number"]) for row in rows]


def counts(conn: sqlite3.Connection) -> dict[str, int]:
    """How many questions there are in each state."""
    found = {row["state"]: row["n"] for row in conn.execute("select state, count(*) n from question group by state")}
    return {state.value: found.get(state.value, 0) for state in State}
