"""Mail that we have taken. Nothing leaves this table but by a person's hand.

States: new (to be worked) · done · held (waits for a person) · shunted (our code failed on it) · closed (a person
looked, and it is over).
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any

from ..mail.envelope import Dmarc, Envelope, Verdict
from . import blobs
from .db import moment, stamp

STRIKES = 3  #: attempts after which a message waits for a person
NOW, MINUTE = timedelta(0), timedelta(minutes=1)
LATER = timedelta(hours=1)  #: how much later the turn of a flood comes, where others wait


def add(
    conn: sqlite3.Connection,
    raw: bytes,
    key: str,
    envelope: Envelope,
    message_id: str,
    ahead: timedelta = NOW,
) -> list[int]:
    """Keep a message, one row for each recipient that did not have it yet; return the ids of the new rows.

    `ahead` is how far its sender is ahead of the mails that one may send: its turn comes so much later, and beyond a
    minute after what all others send within an hour.
    """
    new: list[int] = []
    sha256 = ""
    flood = ahead >= MINUTE
    turn = envelope.received_at + ahead + (LATER if flood else NOW)
    for recipient in envelope.recipients:
        known = conn.execute("select 1 from inbox where message_key = ? and recipient = ?", (key, recipient))
        if known.fetchone():
            continue
        sha256 = sha256 or blobs.add(conn, raw)
        cursor = conn.execute(
            "insert into inbox(message_key, recipient, message_id, reverse_path, peer, trusted, tls, dmarc, "
            "dmarc_domain, received_at, sha256, turn, flood) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, recipient, message_id, envelope.reverse_path, envelope.peer, int(envelope.trusted),
             int(envelope.tls), envelope.verdict.dmarc.value, envelope.verdict.domain,
             stamp(envelope.received_at), sha256, stamp(turn), int(flood)),
        )  # fmt: skip
        new.append(int(cursor.lastrowid or 0))
    return new


def envelope(row: sqlite3.Row) -> Envelope:
    """The envelope a row came with."""
    return Envelope(
        reverse_path=row["reverse_path"],
        recipients=(row["recipient"],),
        received_at=moment(row["received_at"]),
        peer=row["peer"],
        trusted=row["trusted"] == 1,
        tls=row["tls"] == 1,
        verdict=Verdict(Dmarc(row["dmarc"]), row["dmarc_domain"]),
    )


def claim(conn: sqlite3.Connection) -> sqlite3.Row | None:
    """The row whose turn it is, its attempt counted; None where there is none. In a short transaction of its own."""
    row = conn.execute("select id from inbox where state = 'new' order by turn, id limit 1").fetchone()
    if row is None:
        return None
    conn.execute("update inbox set attempts = attempts + 1 where id = ?", (row["id"],))
    return get(conn, row["id"])


def following(conn: sqlite3.Connection, id: int) -> sqlite3.Row | None:
    """The row that is claimed after this one, as far as that is known; None where there is none."""
    found: sqlite3.Row | None = conn.execute(
        "select * from inbox where state = 'new' and id <> ? order by turn, id limit 1", (id,)
    ).fetchone()
    return found


def get(conn: sqlite3.Connection, id: int) -> sqlite3.Row | None:
    """A row by its id, or None."""
    found: sqlite3.Row | None = conn.execute("select * from inbox where id = ?", (id,)).fetchone()
    return found


def find(conn: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    """A row by its id or by the Message-ID of its message, or None."""
    if name.isascii() and name.isdecimal() and len(name) < 19:
        return get(conn, int(name))
    wanted = name if name.startswith("<") else f"<{name}>"
    found: sqlite3.Row | None = conn.execute(
        "select * from inbox where message_id = ? order by id desc limit 1", (wanted,)
    ).fetchone()
    return found


def finish(conn: sqlite3.Connection, id: int, state: str, at: datetime, trace: dict[str, Any]) -> None:
    """Mark a row; `trace` names the columns that `why` tells of (disposition, reason, trust, decision, …)."""
    names = sorted(trace)
    sets = "".join(f", {name} = ?" for name in names)
    conn.execute(
        f"update inbox set state = ?, worked_at = ?{sets} where id = ?",
        (state, stamp(at), *(trace[name] for name in names), id),
    )


def set_state(conn: sqlite3.Connection, id: int, state: str) -> None:
    """Put a row back to work (new, with its strikes forgotten), or close it."""
    conn.execute("update inbox set state = ?, attempts = 0 where id = ?", (state, id))


def waiting(conn: sqlite3.Connection, states: tuple[str, ...], limit: int = 1000) -> list[sqlite3.Row]:
    """Rows in those states, oldest first."""
    marks = ",".join("?" * len(states))
    return conn.execute(
        f"select * from inbox where state in ({marks}) order by id limit ?", (*states, limit)
    ).fetchall()


CROWD = 4  #: mails of one stranger that share a line
#: What waits for nothing but a look, of somebody whom we do not know.
_OF_STRANGERS = "state = 'held' and person_id is null and decision is null and sender is not null"


def held_by_sender(conn: sqlite3.Connection, limit: int) -> list[sqlite3.Row]:
    """Held mail, oldest first, each row with `alike`: of a stranger of whom many wait only the newest is among them, in
    the place of the oldest, with how many more there are."""
    return conn.execute(
        f"with crowd as (select sender, max(id) id, min(id) first, count(*) - 1 alike from inbox where {_OF_STRANGERS} "
        "group by sender having count(*) >= ?) "
        "select i.*, coalesce(c.alike, 0) alike from inbox i left join crowd c on c.sender = i.sender "
        "and i.person_id is null and i.decision is null where i.state = 'held' and (c.id is null or i.id = c.id) "
        "order by coalesce(c.first, i.id) limit ?",
        (CROWD, limit),
    ).fetchall()


def count_held(conn: sqlite3.Connection) -> int:
    """How many messages wait for a person."""
    return int(conn.execute("select count(*) n from inbox where state = 'held'").fetchone()["n"])


def close_of_sender(conn: sqlite3.Connection, id: int) -> None:
    """Close the held mails of a stranger up to that one."""
    conn.execute(
        f"update inbox set state = 'closed' where {_OF_STRANGERS} and id <= ? "
        "and sender = (select sender from inbox where id = ?)",
        (id, id),
    )


def latest(conn: sqlite3.Connection, states: tuple[str, ...], limit: int = 20) -> list[sqlite3.Row]:
    """The newest rows in those states, newest first."""
    marks = ",".join("?" * len(states))
    return conn.execute(
        f"select * from inbox where state in ({marks}) order by id desc limit ?", (*states, limit)
    ).fetchall()


def same_words(
    conn: sqlite3.Connection, id: int, person_id: int, question_id: int, round: int, written: str, now: datetime
) -> int | None:
    """The id of an earlier message of the same writer with the same text and files that made an answer to the
    question in this round, not older than seven days; None where there is none."""
    row = conn.execute(
        "select i.id from inbox i join answer a on a.inbox_id = i.id where i.written_sha256 = ? and i.person_id = ? "
        "and i.id < ? and i.received_at >= ? and a.question_id = ? and a.round = ? order by i.id limit 1",
        (written, person_id, id, stamp(now - timedelta(days=7)), question_id, round),
    ).fetchone()
    return row["id"] if row else None


def said_before(conn: sqlite3.Connection, id: int, person_id: int | None, written: str) -> bool:
    """True if an earlier message of the same person, or of the same stranger, said exactly that."""
    row = conn.execute(
        "select 1 from inbox where written_sha256 = ? and person_id is ? and id < ? limit 1", (written, person_id, id)
    ).fetchone()
    return row is not None


def copy_of(conn: sqlite3.Connection, row: sqlite3.Row, conversation: int) -> int | None:
    """The id of a row of the same message, for another recipient, that was worked in that conversation; or None."""
    found = conn.execute(
        "select id from inbox where message_key = ? and id <> ? and conversation = ? and state <> 'new' limit 1",
        (row["message_key"], row["id"], conversation),
    ).fetchone()
    return found["id"] if found else None


def weighed(conn: sqlite3.Connection, person_id: int, id: int, since: datetime, limit: int = 100) -> list[sqlite3.Row]:
    """The earlier mails of a person that were looked at since then, newest first: what restraint.py needs of them."""
    return conn.execute(
        "select id, conversation, question_id, received_at, gist, restraint, hurried from inbox "
        "where person_id = ? and id <> ? and gist is not null and received_at >= ? order by id desc limit ?",
        (person_id, id, stamp(since), limit),
    ).fetchall()


def weigh(conn: sqlite3.Connection, id: int, gist: str, restraint: str, hurried: bool) -> None:
    """Keep what a mail says, as far as that can be compared, and what it may be answered by."""
    conn.execute(
        "update inbox set gist = ?, restraint = ?, hurried = ? where id = ?", (gist, restraint, int(hurried), id)
    )


def restraint(conn: sqlite3.Connection, id: int) -> str:
    """What may answer a mail, as `weigh` kept it."""
    row = conn.execute("select restraint from inbox where id = ?", (id,)).fetchone()
    return row["restraint"] if row else ""


def give_back(conn: sqlite3.Connection, id: int) -> None:
    """An attempt that ended for want of the database is none of the message's strikes."""
    conn.execute("update inbox set attempts = max(0, attempts - 1) where id = ?", (id,))


def counts(conn: sqlite3.Connection) -> dict[str, int]:
    """How many rows there are in each state."""
    found = states(conn)
    return {state: found[state] for state in ("new", "done", "held", "shunted")}


def states(conn: sqlite3.Connection) -> dict[str, int]:
    """The same, with what a person has closed."""
    found = {r["state"]: r["n"] for r in conn.execute("select state, count(*) n from inbox group by state")}
    return {state: found.get(state, 0) for state in ("new", "done", "held", "shunted", "closed")}


def oldest_new(conn: sqlite3.Connection) -> datetime | None:
    """When the message came in whose turn it is to be worked."""
    row = conn.execute("select received_at from inbox where state = 'new' order by turn, id limit 1").fetchone()
    return moment(row["received_at"]) if row else None


def flooded(conn: sqlite3.Connection, since: datetime) -> tuple[int, int]:
    """How many messages came in since then beyond what their senders may send in a minute, and the id of the last."""
    row = conn.execute(
        "select count(*) n, max(id) last from inbox where flood = 1 and received_at >= ?", (stamp(since),)
    ).fetchone()
    return int(row["n"]), int(row["last"] or 0)


def last_seen(conn: sqlite3.Connection) -> str | None:
    """When the newest message came in, as the database writes it."""
    row = conn.execute("select received_at from inbox order by id desc limit 1").fetchone()
    return row["received_at"] if row else None


def forget_words(conn: sqlite3.Connection, id: int) -> None:
    """What this message did was undone: the same words may come again."""
    conn.execute("update inbox set written_sha256 = null where id = ?", (id,))


def last_seen_at(conn: sqlite3.Connection) -> datetime | None:
    """The same as a time."""
    found = last_seen(conn)
    return moment(found) if found else None
