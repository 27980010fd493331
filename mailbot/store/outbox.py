"""Letters on their way. A row holds everything that composing it needs, fixed at birth.

States: due · sent · deferred (tried, will be tried again) · failed (refused for good) · bounced (came back).
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ..mail.message import Address, AttachedFile, OutgoingMessage
from .db import first_id, moment, stamp

#: Kinds that leave because somebody typed how many there are (`mailbot ask`), where no mail brought them about.
ASKED = frozenset({"question", "dossier"})
ALARM = "alarm"  #: the kind that leaves while the outbox is paused, too


def next_id(conn: sqlite3.Connection) -> int:
    """The id that the next row will get; inside the transaction that adds it. It is part of the Message-ID."""
    row = conn.execute("select coalesce(max(id), 0) + 1 as n from outbox").fetchone()
    return max(int(row["n"]), first_id(conn, "outbox"))


def add(
    conn: sqlite3.Connection,
    message: OutgoingMessage,
    *,
    id: int,
    due_at: datetime,
    person_id: int | None = None,
    conversation: int | None = None,
    question_id: int | None = None,
    version: int = 0,
    cause: int | None = None,
) -> None:
    """Queue a letter."""
    confirmed = message.kind == ALARM or (message.kind in ASKED and cause is None)
    conn.execute(
        "insert into outbox(id, kind, person_id, conversation, question_id, version, cause, to_name, to_address, "
        "reply_to, subject, text, html, date, message_id, in_reply_to, refs, automatic, seed, due_at, confirmed, "
        "from_name, from_address) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (id, message.kind, person_id, conversation, question_id, version, cause, message.to.name,
         message.to.address, message.reply_to, message.subject, message.text, message.html, stamp(message.date),
         message.message_id, message.in_reply_to, " ".join(message.references), int(message.automatic),
         message.seed, stamp(due_at), int(confirmed), message.from_.name, message.from_.address),
    )  # fmt: skip
    conn.executemany(
        "insert into outbox_file(outbox_id, n, name, type, sha256, inbox_id, part) values (?, ?, ?, ?, ?, ?, ?)",
        [(id, n, f.name, f.type, f.sha256, f.inbox_id, f.part) for n, f in enumerate(message.files, 1)],
    )


def message(conn: sqlite3.Connection, row: sqlite3.Row, sender: Address) -> OutgoingMessage:
    """The letter a row holds; from `sender`, where it was written before that was kept with it."""
    files = conn.execute("select * from outbox_file where outbox_id = ? order by n", (row["id"],)).fetchall()
    return OutgoingMessage(
        kind=row["kind"],
        to=Address(row["to_name"], row["to_address"]),
        from_=Address(row["from_name"], row["from_address"]) if row["from_address"] else sender,
        reply_to=row["reply_to"],
        subject=row["subject"],
        text=row["text"],
        html=row["html"],
        date=moment(row["date"]),
        message_id=row["message_id"],
        in_reply_to=row["in_reply_to"],
        references=tuple(row["refs"].split()),
        automatic=row["automatic"] == 1,
        seed=row["seed"],
        files=tuple(AttachedFile(f["name"], f["type"], f["sha256"], f["inbox_id"], f["part"]) for f in files),
    )


def due(conn: sqlite3.Connection, now: datetime, limit: int = 200) -> list[sqlite3.Row]:
    """Letters whose time has come, oldest first."""
    return conn.execute(
        "select * from outbox where state in ('due', 'deferred') and due_at <= ? order by due_at, id limit ?",
        (stamp(now), limit),
    ).fetchall()


def due_alarms(conn: sqlite3.Connection, now: datetime) -> list[sqlite3.Row]:
    """Alarm letters whose time has come, oldest first: they leave while the outbox is paused, too."""
    return conn.execute(
        "select * from outbox where state in ('due', 'deferred') and kind = 'alarm' and due_at <= ? "
        "order by due_at, id",
        (stamp(now),),
    ).fetchall()


def count_due(conn: sqlite3.Connection, now: datetime) -> int:
    """How many letters, alarms left out, would leave now."""
    row = conn.execute(
        "select count(*) n from outbox where state in ('due', 'deferred') and due_at <= ? and kind <> 'alarm'",
        (stamp(now),),
    ).fetchone()
    return int(row["n"])


def oldest_due(conn: sqlite3.Connection, now: datetime) -> datetime | None:
    """Since when the oldest letter waits that should have left: its time has come, or the host did not take a
    connection when it was tried (its own 4xx says no such thing). None where nothing waits."""
    late = conn.execute(
        "select due_at at from outbox where state in ('due', 'deferred') and due_at <= ? order by due_at, id limit 1",
        (stamp(now),),
    ).fetchone()
    away = conn.execute(
        "select date at from outbox where state = 'deferred' and substr(reply, 1, 2) = '0 ' order by date limit 1"
    ).fetchone()
    found = [moment(row["at"]) for row in (late, away) if row]
    return min(found, default=None)


def count_unconfirmed(conn: sqlite3.Connection, since: datetime, limit: int) -> int:
    """How many letters that nobody confirmed were sent since then; not counted beyond `limit`."""
    row = conn.execute(
        "select count(*) n from (select 1 from outbox where confirmed = 0 and sent_at >= ? limit ?)",
        (stamp(since), limit),
    ).fetchone()
    return int(row["n"])


def confirm_due(conn: sqlite3.Connection, now: datetime) -> int:
    """A person has said that all that is due may leave; returns how many that are."""
    return conn.execute(
        "update outbox set confirmed = 1 where state in ('due', 'deferred') and due_at <= ? and kind <> 'alarm'",
        (stamp(now),),
    ).rowcount


def confirm_sent(conn: sqlite3.Connection, since: datetime) -> None:
    """A person has looked at what was sent since then."""
    conn.execute("update outbox set confirmed = 1 where confirmed = 0 and sent_at >= ?", (stamp(since),))


def skip_due(conn: sqlite3.Connection, now: datetime, reply: str) -> int:
    """Letters that are due, alarms left out, become failed with that reply; returns how many they were."""
    return conn.execute(
        "update outbox set state = 'failed', reply = ? "
        "where state in ('due', 'deferred') and due_at <= ? and kind <> 'alarm'",
        (reply, stamp(now)),
    ).rowcount


def waits(conn: sqlite3.Connection, id: int, attempts: int) -> bool:
    """True if it still waits, and nobody has begun a try since it had had so many."""
    row = conn.execute(
        "select 1 from outbox where id = ? and attempts = ? and state in ('due', 'deferred')", (id, attempts)
    ).fetchone()
    return row is not None


def begin(conn: sqlite3.Connection, id: int, attempts: int, again: datetime) -> bool:
    """A try begins; should nothing more be heard of it, the next is due at `again`.

    False: it waits no more, or somebody else has begun this try.
    """
    cursor = conn.execute(
        "update outbox set attempts = ?, due_at = ? where id = ? and attempts = ? and state in ('due', 'deferred')",
        (attempts, stamp(again), id, attempts - 1),
    )
    return cursor.rowcount == 1


def postpone(conn: sqlite3.Connection, id: int, due_at: datetime) -> None:
    """It leaves at `due_at` instead; no try was made."""
    conn.execute("update outbox set due_at = ? where id = ?", (stamp(due_at), id))


def record(conn: sqlite3.Connection, id: int, state: str, reply: str, at: datetime, data: bytes = b"") -> None:
    """What became of a try: sent, deferred, or failed. `reply` is the host's own line, `data` what was handed to it."""
    sent = state == "sent"
    conn.execute(
        "update outbox set state = ?, reply = ?, sent_at = ?, sent_sha256 = ? where id = ?",
        (state, reply[:500], stamp(at) if sent else None, hashlib.sha256(data).hexdigest() if sent else None, id),
    )


def retry(conn: sqlite3.Connection, id: int, now: datetime) -> None:
    """Put a failed or deferred letter back, due now."""
    conn.execute("update outbox set state = 'due', due_at = ?, attempts = 0 where id = ?", (stamp(now), id))


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next letter falls due."""
    row = conn.execute("select min(due_at) at from outbox where state in ('due', 'deferred')").fetchone()
    return moment(row["at"]) if row["at"] else None


def bounced(conn: sqlite3.Connection, id: int) -> None:
    """A sent letter came back."""
    conn.execute("update outbox set state = 'bounced' where id = ?", (id,))


def get(conn: sqlite3.Connection, id: int) -> sqlite3.Row | None:
    """A row by its id, or None."""
    found: sqlite3.Row | None = conn.execute("select * from outbox where id = ?", (id,)).fetchone()
    return found


def left_at(row: sqlite3.Row) -> datetime:
    """When a letter left; when it was written, where it has not."""
    return moment(row["sent_at"] or row["date"])


def by_message_id(conn: sqlite3.Connection, message_id: str) -> sqlite3.Row | None:
    """The letter that bore a Message-ID, or None."""
    found: sqlite3.Row | None = conn.execute("select * from outbox where message_id = ?", (message_id,)).fetchone()
    return found


def last_of(conn: sqlite3.Connection, conversation: int) -> sqlite3.Row | None:
    """The newest letter of a conversation, or None."""
    found: sqlite3.Row | None = conn.execute(
        "select * from outbox where conversation = ? order by id desc limit 1", (conversation,)
    ).fetchone()
    return found


@dataclass(frozen=True)
class Written:
    """What a letter said."""

    message_id: str
    text: str
    html: str


def written(conn: sqlite3.Connection, conversation: int, named: tuple[str, ...], limit: int) -> list[Written]:
    """What a reply may quote of a conversation, newest first: its first letter, the newest, and those that it names
    by their Message-IDs."""
    marks = ",".join("?" * len(named))
    rows = conn.execute(
        "select message_id, text, html from outbox where conversation = ? and (id in (select id from outbox where"
        " conversation = ? order by id desc limit ?) or id = (select min(id) from outbox where conversation = ?)"
        f" or message_id in ({marks})) order by id desc",
        (conversation, conversation, limit, conversation, *named),
    )
    return [Written(row["message_id"], row["text"], row["html"]) for row in rows]


def sent_today(conn: sqlite3.Connection, person_id: int, kind: str, since: datetime) -> bool:
    """True if a letter of that kind was queued for the person since then."""
    row = conn.execute(
        "select 1 from outbox where person_id = ? and kind = ? and date >= ? limit 1", (person_id, kind, stamp(since))
    ).fetchone()
    return row is not None


def count_since(
    conn: sqlite3.Connection,
    person_id: int,
    conversation: int,
    question_id: int,
    kinds: tuple[str, ...],
    since: datetime,
) -> int:
    """How many letters of those kinds a person was written since then, in one conversation or about one question;
    without a conversation (0) in any."""
    marks = ",".join("?" * len(kinds))
    row = conn.execute(
        f"select count(*) n from outbox where person_id = ? and kind in ({marks}) and date >= ? "
        "and (? = 0 or conversation = ? or question_id = ?)",
        (person_id, *kinds, stamp(since), conversation, conversation, question_id),
    ).fetchone()
    return int(row["n"])


def of_question(conn: sqlite3.Connection, question_id: int) -> list[sqlite3.Row]:
    """All letters about a question, oldest first; those that hold several questions among them."""
    return conn.execute(
        "select * from outbox where id in (select id from outbox where question_id = ? "
        "union select outbox_id from letter_item where question_id = ?) order by id",
        (question_id, question_id),
    ).fetchall()


def caused_by(conn: sqlite3.Connection, inbox_id: int) -> list[sqlite3.Row]:
    """The letters that a message brought about, oldest first: also those that waited for other messages."""
    return conn.execute(
        "select * from outbox where id in (select id from outbox where cause = ? "
        "union select receipt_id from deed where inbox_id = ? "
        "union select p.outbox_id from plan p join deed d on d.id = p.deed_id where d.inbox_id = ?) order by id",
        (inbox_id, inbox_id, inbox_id),
    ).fetchall()


def listing(conn: sqlite3.Connection, states: tuple[str, ...], limit: int = 1000) -> list[sqlite3.Row]:
    """Rows in those states, oldest first."""
    marks = ",".join("?" * len(states))
    return conn.execute(
        f"select * from outbox where state in ({marks}) order by id limit ?", (*states, limit)
    ).fetchall()


def counts(conn: sqlite3.Connection) -> dict[str, int]:
    """How many rows there are in each state."""
    found = {r["state"]: r["n"] for r in conn.execute("select state, count(*) n from outbox group by state")}
    return {state: found.get(state, 0) for state in ("due", "sent", "deferred", "failed", "bounced")}


def written_at(conn: sqlite3.Connection, id: int) -> datetime:
    """When a letter was written. Raises KeyError."""
    row = conn.execute("select date from outbox where id = ?", (id,)).fetchone()
    if row is None:
        raise KeyError(id)
    return moment(row["date"])
