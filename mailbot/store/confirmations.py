"""Mail that waits for its confirmation: rows of `inbox`, and the letter that asks about each."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from .db import moment, stamp

#: The name of errors.NotProven and the kind of the letter. The first stands in the queries: their index holds it only.
_WAITS = "i.decision = 'NotProven'"
#: Each mail that waits with its newest letter: staff may put it back to work, and then it is asked about anew.
_ASKED = (
    "(select i.id id, max(o.date) asked from inbox i join outbox o on o.cause = i.id and o.kind = 'confirm_mail' "
    f"where {_WAITS} and i.state = 'held' group by i.id)"
)


def asked_at(conn: sqlite3.Connection, inbox_id: int) -> datetime | None:
    """When the person was last asked about that mail, whatever became of it; None where nobody was."""
    row = conn.execute(
        "select max(date) asked from outbox where cause = ? and kind = 'confirm_mail'", (inbox_id,)
    ).fetchone()
    return moment(row["asked"]) if row["asked"] else None


def old(conn: sqlite3.Connection, before: datetime) -> list[int]:
    """Ids of the mails that wait since a letter written by then."""
    rows = conn.execute(f"select id from {_ASKED} where asked <= ? order by id", (stamp(before),))
    return [row["id"] for row in rows]


def oldest(conn: sqlite3.Connection) -> datetime | None:
    """When the first of those that wait was asked about."""
    row = conn.execute(f"select min(asked) asked from {_ASKED}").fetchone()
    return moment(row["asked"]) if row["asked"] else None


def closed(conn: sqlite3.Connection, reasons: tuple[str, ...], since: datetime, limit: int) -> list[sqlite3.Row]:
    """Those that were closed for one of these reasons since then, oldest first."""
    marks = ",".join("?" * len(reasons))
    return conn.execute(
        f"select i.* from inbox i where {_WAITS} and i.state = 'closed' and i.reason in ({marks}) "
        "and i.worked_at >= ? order by i.id limit ?",
        (*reasons, stamp(since), limit),
    ).fetchall()
