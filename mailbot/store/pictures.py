"""Pictures that came before: what every mail of a firm brings is its logo."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from ..domain.model import Person


def mails_with(conn: sqlite3.Connection, person: Person, hashes: Iterable[str]) -> dict[str, int]:
    """Hash -> how many earlier mails of the person, or of anybody at his firm, brought that file with an answer."""
    wanted = sorted(set(hashes))
    if not wanted:
        return {}
    marks = ",".join("?" * len(wanted))
    rows = conn.execute(
        f"select f.sha256, count(distinct f.inbox_id) n from answer_file f join person p on p.id = f.by_id "
        f"where f.sha256 in ({marks}) and (p.id = ? or p.firm_id = ?) group by f.sha256",
        (*wanted, person.id, person.firm.id if person.firm else 0),
    )
    return {row["sha256"]: row["n"] for row in rows}
