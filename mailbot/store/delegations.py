"""What strangers answered to letters that were forwarded: rows of `inbox` that wait for the word of somebody else."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from .db import moment, stamp

#: The name of errors.SomeoneAnswered. It stands in the queries themselves: their index holds these rows only.
_ANSWERED = "decision = 'SomeoneAnswered'"


def gists(conn: sqlite3.Connection, conversation: int, since: datetime) -> list[str]:
    """What such answers in a conversation said since then, as far as that can be compared (mail/gist.py)."""
    rows = conn.execute(
        f"select gist from inbox where {_ANSWERED} and state in ('held', 'done', 'closed') and conversation = ? "
        "and received_at >= ? and gist is not null",
        (conversation, stamp(since)),
    )
    return [row["gist"] for row in rows]


def waiting_since(conn: sqlite3.Connection, conversation: int, since: datetime) -> int:
    """How many such answers in a conversation somebody was asked about since then."""
    row = conn.execute(
        f"select count(*) n from inbox where {_ANSWERED} and conversation = ? and worked_at >= ?",
        (conversation, stamp(since)),
    ).fetchone()
    return int(row["n"])


def letters_since(conn: sqlite3.Connection, person_id: int, kind: str, since: datetime) -> int:
    """How many letters of a kind a person was written since then."""
    row = conn.execute(
        "select count(*) n from outbox where person_id = ? and kind = ? and date >= ?", (person_id, kind, stamp(since))
    ).fetchone()
    return int(row["n"])


def old(conn: sqlite3.Connection, before: datetime) -> list[int]:
    """Ids of the answers that came before an instant and that nobody decided on."""
    rows = conn.execute(
        f"select id from inbox where {_ANSWERED} and state = 'held' and received_at <= ? order by conversation, id",
        (stamp(before),),
    )  # the order of the index: by id SQLite would walk all held mail
    return sorted(row["id"] for row in rows)


def oldest(conn: sqlite3.Connection) -> datetime | None:
    """When the oldest of those that wait came."""
    row = conn.execute(
        f"select min(received_at) at from inbox where {_ANSWERED} and state = 'held' and conversation > 0"
    ).fetchone()
    return moment(row["at"]) if row["at"] else None


UNDECIDED = "nobody decided in time"  #: the reason of a row that was closed so


def undecided(conn: sqlite3.Connection, since: datetime, limit: int) -> list[sqlite3.Row]:
    """Those that were closed since then because nobody decided, oldest first."""
    return conn.execute(
        f"select * from inbox where {_ANSWERED} and state = 'closed' and reason = ? and worked_at >= ? "
        "order by id limit ?",
        (UNDECIDED, stamp(since), limit),
    ).fetchall()
