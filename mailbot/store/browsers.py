"""Browsers that a person confirmed, and the codes that were mailed to do so. Secrets are kept as their hashes only."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from ..domain.browsers import Asked, Browser
from .db import moment, stamp


def hashed(secret: str) -> str:
    """What is kept of a secret of 128 bits or more."""
    return hashlib.sha256(secret.encode()).hexdigest()


def known(conn: sqlite3.Connection, person_id: int, secrets: Sequence[str], now: datetime) -> sqlite3.Row | None:
    """The browser of this person that one of the secrets of a cookie opens, or None."""
    for secret in secrets:
        row: sqlite3.Row | None = conn.execute(
            "select * from browser where sha256 = ? and person_id = ? and forgotten_at is null and until > ?",
            (hashed(secret), person_id, stamp(now)),
        ).fetchone()
        if row:
            return row
    return None


def lives(conn: sqlite3.Connection, secret: str, now: datetime) -> bool:
    """True for a secret that still opens somebody's pages."""
    query = "select 1 from browser where sha256 = ? and forgotten_at is null and until > ?"
    return conn.execute(query, (hashed(secret), stamp(now))).fetchone() is not None


def seen(conn: sqlite3.Connection, id: int, now: datetime) -> None:
    """It opened a page now."""
    conn.execute("update browser set seen_at = ? where id = ?", (stamp(now), id))


def add(conn: sqlite3.Connection, person_id: int, secret: str, name: str, now: datetime, until: datetime) -> int:
    """Remember a browser; returns its id."""
    query = "select coalesce(max(number), 0) + 1 from browser where person_id = ?"
    number = conn.execute(query, (person_id,)).fetchone()[0]
    cursor = conn.execute(
        "insert into browser(person_id, number, sha256, name, confirmed_at, seen_at, until) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        (person_id, number, hashed(secret), name, stamp(now), stamp(now), stamp(until)),
    )
    return int(cursor.lastrowid or 0)


def of(conn: sqlite3.Connection, person_id: int, now: datetime) -> tuple[Browser, ...]:
    """The browsers that may open this person's pages, by their number."""
    rows = conn.execute(
        "select * from browser where person_id = ? and forgotten_at is null and until > ? order by number",
        (person_id, stamp(now)),
    )
    return tuple(_browser(row) for row in rows)


def _browser(row: sqlite3.Row) -> Browser:
    times = (moment(row[name]) for name in ("confirmed_at", "seen_at", "until"))
    return Browser(row["number"], row["name"], *times)


def forget(conn: sqlite3.Connection, person_id: int, numbers: Sequence[int], now: datetime) -> None:
    """These open nothing any more."""
    conn.executemany(
        "update browser set forgotten_at = ? where person_id = ? and number = ? and forgotten_at is null",
        [(stamp(now), person_id, number) for number in numbers],
    )


# --- codes ----------------------------------------------------------------------------------------------------------


def ask(conn: sqlite3.Connection, person_id: int, asker: str, asked: Asked) -> int:
    """Keep a code that is mailed for the browser with this cookie, instead of an earlier one; returns its id."""
    end_all(conn, person_id, asker, asked.at)
    cursor = conn.execute(
        "insert into browser_code(person_id, asker_sha256, code_sha256, name, ref, made_at, until) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        (
            person_id,
            hashed(asker),
            code_hash(asker, asked.code),
            asked.name,
            asked.ref,
            stamp(asked.at),
            stamp(asked.until),
        ),
    )
    return int(cursor.lastrowid or 0)


def code_hash(asker: str, code: str) -> str:
    """What is kept of a code: six digits alone could be tried out by whoever reads the database, so the cookie of the
    browser that asked, which nobody else has, goes with them."""
    return hashed(f"{asker}:{code}")


def pending(conn: sqlite3.Connection, person_id: int, asker: str, now: datetime) -> sqlite3.Row | None:
    """The code that the browser with this cookie may type now, or None."""
    row: sqlite3.Row | None = conn.execute(
        "select * from browser_code where person_id = ? and asker_sha256 = ? and ended_at is null and until > ? "
        "order by id desc limit 1",
        (person_id, hashed(asker), stamp(now)),
    ).fetchone()
    return row


def unused_since(conn: sqlite3.Connection, person_id: int, since: datetime) -> int:
    """How many codes were mailed to a person since, and not typed."""
    query = "select count(*) from browser_code where person_id = ? and made_at > ? and browser_id is null"
    return int(conn.execute(query, (person_id, stamp(since))).fetchone()[0])


def unused_by_all(conn: sqlite3.Connection, since: datetime) -> int:
    """The same of everybody's."""
    query = "select count(*) from browser_code where made_at > ? and browser_id is null"
    return int(conn.execute(query, (stamp(since),)).fetchone()[0])


def miss(conn: sqlite3.Connection, id: int) -> None:
    """A wrong code was typed."""
    conn.execute("update browser_code set misses = misses + 1 where id = ?", (id,))


def end(conn: sqlite3.Connection, id: int, now: datetime, browser_id: int | None = None) -> None:
    """Nobody may type it any more; `browser_id` is the browser that it confirmed."""
    conn.execute(
        "update browser_code set ended_at = ?, browser_id = ? where id = ?",
        (stamp(now), browser_id, id),
    )


def end_all(conn: sqlite3.Connection, person_id: int, asker: str, now: datetime) -> None:
    """The same for all that were mailed for the browser with this cookie."""
    conn.execute(
        "update browser_code set ended_at = ? where person_id = ? and asker_sha256 = ? and ended_at is null",
        (stamp(now), person_id, hashed(asker)),
    )


def code(conn: sqlite3.Connection, id: int) -> sqlite3.Row | None:
    """The code of that id, or None."""
    row: sqlite3.Row | None = conn.execute("select * from browser_code where id = ?", (id,)).fetchone()
    return row


def disown(conn: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> None:
    """The person did not ask for it: what it confirmed is forgotten, and no code that was mailed to him counts."""
    mine = (row["person_id"], row["asker_sha256"])
    conn.execute(
        "update browser_code set ended_at = ? where person_id = ? and ended_at is null", (stamp(now), row["person_id"])
    )
    conn.execute(
        "update browser_code set disowned_at = ? where person_id = ? and asker_sha256 = ? and disowned_at is null",
        (stamp(now), *mine),
    )
    conn.execute(
        "update browser set forgotten_at = ? where forgotten_at is null and id in "
        "(select browser_id from browser_code where person_id = ? and asker_sha256 = ?)",
        (stamp(now), *mine),
    )


def disowned_since(conn: sqlite3.Connection, since: datetime, limit: int) -> list[sqlite3.Row]:
    """Codes that were disowned since, oldest first."""
    query = "select * from browser_code where disowned_at > ? order by disowned_at, id limit ?"
    return conn.execute(query, (stamp(since), limit)).fetchall()


def disowned(conn: sqlite3.Connection, person_id: int, asker: str) -> bool:
    """True for a browser of which the person said that it is not his."""
    query = "select 1 from browser_code where person_id = ? and asker_sha256 = ? and disowned_at is not null"
    return conn.execute(query, (person_id, hashed(asker))).fetchone() is not None
