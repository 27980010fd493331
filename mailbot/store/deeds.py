"""What people did: until when they may take it back, and which receipt tells them of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..domain.model import Deed, Position, State
from .db import moment, stamp


@dataclass(frozen=True)
class Kept:
    """A deed as the store has it."""

    id: int
    question_id: int
    person_id: int
    event: str
    version: int
    wrote: bool
    at: datetime
    inbox_id: int | None
    conversation: int | None  #: number of the one that was replied in
    told: str  #: what a receipt needs to tell of it, as JSON (service/receipts.py)
    receipt_id: int | None
    receipt_due_at: datetime | None
    undo_until: datetime | None
    undone: bool


def add(
    conn: sqlite3.Connection,
    question_id: int,
    person_id: int,
    event: str,
    version: int,
    wrote: bool,
    channel: str,
    at: datetime,
    before: Position,
    inbox_id: int | None,
    conversation: int | None,
    told: str,
    undo_until: datetime | None,
) -> int:
    """Keep what somebody did; returns its id. `undo_until` None: ten minutes after its receipt, which is to come."""
    cursor = conn.execute(
        "insert into deed(question_id, person_id, event, version, wrote, channel, at, inbox_id, conversation, "
        "position, told, undo_until) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (question_id, person_id, event, version, int(wrote), channel, stamp(at), inbox_id, conversation,
         _packed(before), told, stamp(undo_until) if undo_until else None),
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def _packed(p: Position) -> str:
    since = stamp(p.ladder_at) if p.ladder_at else None
    return json.dumps([p.state.value, p.round, p.version, p.standing, p.waiting, p.handed_over, since])


def _unpacked(text: str) -> Position:
    state, round, version, standing, waiting, handed_over, since = json.loads(text)
    return Position(State(state), round, version, standing, waiting, handed_over, moment(since) if since else None)


#: Events that leave the answer as it was: they neither can be undone nor end the undo of what came before.
BESIDE = ("postponed", "passed_on", "due_changed", "undone")


def last(conn: sqlite3.Connection, question_id: int) -> Deed | None:
    """The newest act on the answer to a question that was not undone; None where nothing was done yet."""
    marks = ",".join("?" * len(BESIDE))
    row = conn.execute(
        f"select * from deed where question_id = ? and undone_at is null and event not in ({marks}) "
        "order by id desc limit 1",
        (question_id, *BESIDE),
    ).fetchone()
    return _deed(row) if row else None


def _deed(row: sqlite3.Row) -> Deed:
    return Deed(
        id=row["id"],
        by=row["person_id"],
        event=row["event"],
        version=row["version"],
        wrote=row["wrote"] == 1,
        before=_unpacked(row["position"]),
        until=moment(row["undo_until"]) if row["undo_until"] else None,
    )


def _kept(row: sqlite3.Row) -> Kept:
    return Kept(
        id=row["id"],
        question_id=row["question_id"],
        person_id=row["person_id"],
        event=row["event"],
        version=row["version"],
        wrote=row["wrote"] == 1,
        at=moment(row["at"]),
        inbox_id=row["inbox_id"],
        conversation=row["conversation"],
        told=row["told"],
        receipt_id=row["receipt_id"],
        receipt_due_at=moment(row["receipt_due_at"]) if row["receipt_due_at"] else None,
        undo_until=moment(row["undo_until"]) if row["undo_until"] else None,
        undone=row["undone_at"] is not None,
    )


def get(conn: sqlite3.Connection, id: int) -> Kept:
    """The deed of that id. Raises KeyError."""
    row = conn.execute("select * from deed where id = ?", (id,)).fetchone()
    if row is None:
        raise KeyError(id)
    return _kept(row)


def recent(conn: sqlite3.Connection, person_id: int, limit: int = 200) -> Iterator[Kept]:
    """What a person did last by mail, newest first, whether undone or not."""
    rows = conn.execute(
        "select * from deed where person_id = ? and channel = 'mail' order by id desc limit ?", (person_id, limit)
    )
    return map(_kept, rows)


def newest(conn: sqlite3.Connection) -> int:
    """The id of the newest deed, 0 before the first."""
    return int(conn.execute("select coalesce(max(id), 0) n from deed").fetchone()["n"])


def done_by(conn: sqlite3.Connection, inbox_id: int) -> bool:
    """True if that mail changed something."""
    return conn.execute("select 1 from deed where inbox_id = ? limit 1", (inbox_id,)).fetchone() is not None


def of_version(conn: sqlite3.Connection, question_id: int, version: int) -> Kept | None:
    """The act that wrote a version, None where none is kept."""
    row = conn.execute(
        "select * from deed where question_id = ? and version = ? and wrote = 1 order by id desc limit 1",
        (question_id, version),
    ).fetchone()
    return _kept(row) if row else None


def treated(conn: sqlite3.Connection, deed: Kept) -> bool:
    """True if staff have treated the version of a deed since."""
    row = conn.execute(
        "select 1 from deed where question_id = ? and id > ? and event = 'treated' and version >= ? "
        "and undone_at is null limit 1",
        (deed.question_id, deed.id, deed.version),
    ).fetchone()
    return row is not None


def since(conn: sqlite3.Connection, id: int) -> list[Kept]:
    """The deeds above `id`, oldest first."""
    return [_kept(row) for row in conn.execute("select * from deed where id > ? order by id", (id,))]


def undone(conn: sqlite3.Connection, id: int, at: datetime) -> None:
    """This act was taken back: no receipt speaks of it any more."""
    conn.execute("update deed set undone_at = ?, receipt_due_at = null where id = ?", (stamp(at), id))


def receipt_due(conn: sqlite3.Connection, ids: list[int], at: datetime) -> None:
    """The receipt of these deeds leaves at `at`."""
    conn.executemany("update deed set receipt_due_at = ? where id = ?", [(stamp(at), id) for id in ids])


def receipted(conn: sqlite3.Connection, ids: list[int], outbox_id: int | None, undo_until: datetime) -> None:
    """Their receipt was written (None: nobody to write to); from now on the time to undo runs out."""
    conn.executemany(
        "update deed set receipt_due_at = null, receipt_id = coalesce(?, receipt_id), "
        "undo_until = coalesce(undo_until, ?) where id = ?",
        [(outbox_id, stamp(undo_until), id) for id in ids],
    )


def receipts_due(conn: sqlite3.Connection, now: datetime) -> list[int]:
    """Ids of the people whose receipt falls due by `now`."""
    rows = conn.execute(
        "select distinct person_id from deed where receipt_due_at is not null and receipt_due_at <= ? order by 1",
        (stamp(now),),
    )
    return [row["person_id"] for row in rows]


def unreceipted(conn: sqlite3.Connection, person_id: int) -> list[Kept]:
    """The deeds of a person that no receipt told of yet, oldest first."""
    rows = conn.execute(
        "select * from deed where person_id = ? and receipt_due_at is not null order by id", (person_id,)
    )
    return [_kept(row) for row in rows]


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next receipt falls due."""
    row = conn.execute("select min(receipt_due_at) at from deed where receipt_due_at is not null").fetchone()
    return moment(row["at"]) if row["at"] else None
