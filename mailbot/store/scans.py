"""What the virus scanner said of files: by their bytes, so that the same file is asked about once.

A file that was taken while the scanner was silent keeps its verdict as it was written; what holds now is read here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..domain.model import Scan, Scanned, Verdict
from .db import stamp


@dataclass(frozen=True)
class Waiting:
    """A file whose scan is still wanted, and where its bytes are."""

    sha256: str
    inbox_id: int
    part: str
    name: str


def keep(conn: sqlite3.Connection, found: Mapping[str, Scanned], at: datetime) -> None:
    """Keep what was said of each; silence never takes the place of an answer."""
    conn.executemany(
        "insert into scan(sha256, result, name, at) values (?, ?, ?, ?) on conflict(sha256) do update "
        "set result = excluded.result, name = excluded.name, at = excluded.at where scan.result = 'silent'",
        [(sha256, one.result.value, one.name, stamp(at)) for sha256, one in found.items()],
    )


def known(conn: sqlite3.Connection, hashes: Iterable[str]) -> dict[str, Scanned]:
    """What is known of these files, by hash; silence is nothing."""
    found = {}
    for sha256 in set(hashes):
        row = conn.execute("select * from scan where sha256 = ? and result <> 'silent'", (sha256,)).fetchone()
        if row:
            found[sha256] = Scanned(Scan(row["result"]), row["name"])
    return found


def now(verdict: Verdict, result: str | None) -> Verdict:
    """The verdict that holds: of one that waited, what the scanner said since."""
    if verdict is not Verdict.UNSCANNED or result in (None, Scan.SILENT.value):
        return verdict
    return Verdict.OK if result == Scan.CLEAN.value else Verdict.INFECTED


def waiting(conn: sqlite3.Connection, asked_before: datetime, most: int = 20) -> list[Waiting]:
    """Files of answers and drafts that no scan has judged, and that were not asked about since `asked_before`."""
    rows = conn.execute(
        "select f.sha256, min(f.inbox_id) as inbox_id, f.part, f.name from ("
        "select sha256, inbox_id, part, name from answer_file where verdict = 'unscanned' union all "
        "select sha256, inbox_id, part, name from draft_file where verdict = 'unscanned') f "
        "left join scan s on s.sha256 = f.sha256 "
        "where s.sha256 is null or (s.result = 'silent' and s.at < ?) "
        "group by f.sha256 order by s.at, f.sha256 limit ?",
        (stamp(asked_before), most),
    )
    return [Waiting(row["sha256"], row["inbox_id"], row["part"], row["name"]) for row in rows]


def open_(conn: sqlite3.Connection) -> int:
    """How many files wait for the scanner."""
    row = conn.execute(
        "select count(distinct f.sha256) as n from answer_file f left join scan s on s.sha256 = f.sha256 "
        "where f.verdict = 'unscanned' and (s.sha256 is null or s.result = 'silent')"
    ).fetchone()
    return int(row["n"])
