"""Copies of the whole database file: made while others write, looked at before one is put back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ..errors import UsageError
from .db import Store, foreign, set_setting

PAGES = 1000  #: copied at a step
GAP = 1_000_000  #: numbers left free above those of a copy: letters may have borne them since it was made
Progress = Callable[[int, int], object]  #: is told how many pages of how many are copied, after each step


@dataclass(frozen=True)
class Content:
    """What a copy holds."""

    questions: int
    letters_due: int
    mails_new: int
    last_at: str | None  #: when the newest row of its journal was written


def copy(source: Path, target: Path, progress: Progress = lambda _, __: None) -> None:
    """Copy a database, as it stands at this moment, into a new file that is whole by itself (no -wal beside it).

    A transaction that only reads is open on `source` meanwhile: writers go on, and what they write is left out.
    Raises UsageError where `source` is no database.
    """
    try:
        with (
            closing(
                sqlite3.connect(f"file:{quote(str(source.absolute()))}?mode=ro", uri=True, isolation_level=None)
            ) as old,
            closing(sqlite3.connect(target, isolation_level=None)) as new,
        ):
            old.execute("begin")
            old.execute("select 1 from sqlite_master").fetchone()
            old.backup(new, pages=PAGES, progress=lambda _, left, total: progress(total - left, total))
            new.execute("pragma journal_mode = delete")
    except sqlite3.DatabaseError as error:
        raise UsageError(f"{source} cannot be copied: {error}") from error


def examine(path: Path, migrations: Path) -> Content:
    """Look at a copy. Raises UsageError where it is damaged, no mailbot's, or of a later version."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as conn:
            conn.row_factory = sqlite3.Row
            _whole(conn)
            unknown = foreign(conn, migrations)
            if unknown:
                raise UsageError(f"it {unknown}")
            return _content(conn)
    except sqlite3.DatabaseError as error:
        raise UsageError(f"it is damaged: {error}") from error


def _whole(conn: sqlite3.Connection) -> None:
    found = conn.execute("pragma integrity_check").fetchone()[0]
    if found != "ok":
        raise UsageError(f"it is damaged: {found}")
    if conn.execute("pragma foreign_key_check").fetchone():
        raise UsageError("it is damaged: rows name what is not there")


def _content(conn: sqlite3.Connection) -> Content:
    def count(what: str) -> int:
        return int(conn.execute(f"select count(*) from {what}").fetchone()[0])

    last = conn.execute("select at from journal order by seq desc limit 1").fetchone()
    return Content(
        questions=count("question"),
        letters_due=count("outbox where state in ('due', 'deferred')"),
        mails_new=count("inbox where state = 'new'"),
        last_at=last["at"] if last else None,
    )


def numbers(path: Path) -> dict[str, int]:
    """The highest number of each kind that stands in letters; {} where the file cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as conn:
            return {
                "outbox": int(conn.execute("select coalesce(max(id), 0) from outbox").fetchone()[0]),
                "conversation": int(conn.execute("select coalesce(max(number), 0) from conversation").fetchone()[0]),
            }
    except sqlite3.DatabaseError:
        return {}


def leave_a_gap(store: Store, conn: sqlite3.Connection, others: dict[str, int]) -> None:
    """Letters that left after the copy was made bear numbers that it does not know: they are not given again."""
    for table, highest in numbers(store.path).items():
        first = conn.execute("select value from setting where name = ?", (f"first_{table}",)).fetchone()
        above = max(highest, others.get(table, 0), int(first["value"]) if first else 0)
        set_setting(conn, f"first_{table}", str(above + GAP))


def fold(path: Path) -> None:
    """Bring what stands in the -wal of a database into the database itself, as far as it can be read."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as conn:
            conn.execute("pragma wal_checkpoint(truncate)")
    except sqlite3.DatabaseError:
        return
