"""Firms and people, as rows and as values."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from ..domain.model import Firm, Person, Right, Role
from ..mail.envelope import lower
from . import person_addresses

_SELECT = """select p.*, f.code as firm_code, f.name as firm_name
from person p left join firm f on f.id = p.firm_id """


_BY_OTHER = (
    "join person_address a on a.person_id = p.id "
    "where a.email = ? and a.confirmed_at is not null and a.ended_at is null"
)


def person(row: sqlite3.Row) -> Person:
    """A row of `person` joined with its firm, as a value."""
    firm = Firm(row["firm_id"], row["firm_code"], row["firm_name"]) if row["firm_id"] else None
    return Person(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        firm=firm,
        rights=frozenset(Right(word) for word in row["rights"].split()),
        active=row["active"] == 1,
        shared=row["shared"] == 1,
    )


def get(conn: sqlite3.Connection, id: int) -> Person:
    """The person of that id. Raises KeyError."""
    row = conn.execute(_SELECT + "where p.id = ?", (id,)).fetchone()
    if row is None:
        raise KeyError(id)
    return person(row)


def by_ids(conn: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Person]:
    """People by id, in one query."""
    wanted = sorted(set(ids))
    marks = ",".join("?" * len(wanted))
    rows = conn.execute(_SELECT + f"where p.id in ({marks})", wanted)
    return {row["id"]: person(row) for row in rows}


def by_email(conn: sqlite3.Connection, email: str) -> Person | None:
    """The person registered with that address, or who writes from it as well, in any case; or None."""
    wanted = lower(email.strip())
    row = conn.execute(_SELECT + "where p.email = ?", (wanted,)).fetchone()
    row = row or conn.execute(_SELECT + _BY_OTHER, (wanted,)).fetchone()
    return person(row) if row else None


def of_firm(conn: sqlite3.Connection, firm_id: int) -> list[Person]:
    """Everybody active at a firm, by name."""
    rows = conn.execute(_SELECT + "where p.firm_id = ? and p.active = 1", (firm_id,))
    return sorted(map(person, rows), key=lambda someone: someone.name)


def staff(conn: sqlite3.Connection) -> list[Person]:
    """The active members of the association's staff."""
    return [person(row) for row in conn.execute(_SELECT + "where p.role = 'gestionnaire' and p.active = 1")]


def add(conn: sqlite3.Connection, email: str, name: str, role: Role, firm: Firm, rights: Iterable[Right]) -> Person:
    """Register somebody at a firm. Raises sqlite3.IntegrityError where the address is known."""
    cursor = conn.execute(
        "insert into person(email, name, role, firm_id, rights) values (?, ?, ?, ?, ?)",
        (email, name, role.value, firm.id, " ".join(sorted(right.value for right in rights))),
    )
    return get(conn, int(cursor.lastrowid or 0))


def suspend(conn: sqlite3.Connection, id: int, at: str, why: str) -> bool:
    """Stop writing to an address that bounces; the first reason stands. False where nothing was written already."""
    done = conn.execute(
        "update person set suspended_at = ?, suspended_why = ? where id = ? and suspended_at is null", (at, why, id)
    )
    return done.rowcount > 0


def suspended(conn: sqlite3.Connection, id: int) -> bool:
    """True if nothing is sent to this person any more."""
    return suspended_at(conn, id) is not None


def suspended_at(conn: sqlite3.Connection, id: int) -> str | None:
    """Since when that is, as the database writes it."""
    row = conn.execute("select suspended_at from person where id = ?", (id,)).fetchone()
    return row["suspended_at"] if row else None


def count_suspended(conn: sqlite3.Connection) -> int:
    """How many addresses are suspended."""
    return int(conn.execute("select count(*) from person where suspended_at is not null").fetchone()[0])


def sheet(conn: sqlite3.Connection, email: str) -> dict[str, object] | None:
    """What `show EMAIL` prints, or None."""
    who = by_email(conn, email)
    if who is None:
        return None
    refs = conn.execute(
        "select ref from dossier where expert_id = ? or staff_id = ? "
        "union select d.ref from dossier d join assignment a on a.dossier_id = d.id where a.person_id = ? order by 1",
        (who.id, who.id, who.id),
    )
    return {
        "email": who.email,
        "name": who.name,
        "role": who.role.value,
        "firm": who.firm.code if who.firm else None,
        "rights": sorted(right.value for right in who.rights),
        "active": who.active,
        "shared": who.shared,
        "suspended": suspended_at(conn, who.id),
        "other_addresses": person_addresses.of_person(conn, who.id),
        "dossiers": [r["ref"] for r in refs],
    }
