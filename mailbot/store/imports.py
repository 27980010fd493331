"""What an import knows of the database, and what it writes there. Everything here runs again without harm."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from datetime import date, datetime
from enum import Enum

from ..domain.model import Right, Role
from . import blobs
from .db import stamp


@dataclass(frozen=True)
class FirmRow:
    """A line of `cabinets`."""

    code: str
    name: str
    address: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class PersonRow:
    """A line of `personnes`; `firm` is a code, "" for none."""

    email: str
    name: str
    role: Role
    firm: str = ""
    rights: frozenset[Right] = frozenset()
    active: bool = True
    shared: bool = False


@dataclass(frozen=True)
class DossierRow:
    """A line of `dossiers`; people by their address, the firm by its code."""

    ref: str
    member: str
    profession: str
    firm: str
    expert: str
    staff: str
    collaborators: tuple[str, ...] = ()
    firm_reference: str = ""


@dataclass(frozen=True)
class QuestionRow:
    """A line of `questions`, its text filled in. `sheet_key` knows the line again at the next import."""

    dossier: str
    exercice: int
    sheet_key: str
    text: str
    code: str = ""
    title: str = ""
    form: str = ""
    line: str = ""
    document: str = ""
    due: date | None = None


@dataclass(frozen=True)
class DocumentRow:
    """A line of `documents`."""

    dossier: str
    exercice: int
    kind: str
    name: str


@dataclass(frozen=True)
class StatisticRow:
    """A line of `statistiques`."""

    profession: str
    exercice: int
    indicator: str
    value: str
    unit: str = ""


@dataclass(frozen=True)
class Known:
    """What the database holds already, by code, address and reference."""

    firms: frozenset[str] = frozenset()
    people: dict[str, PersonRow] = field(default_factory=dict)
    dossiers: frozenset[str] = frozenset()


class Change(Enum):
    """What became of one line."""

    NEW = "new"  #: it was not there
    CHANGED = "changed"  #: it was there and is different now
    SAME = "same"  #: nothing changed


def known(conn: sqlite3.Connection) -> Known:
    """What an import may refer to without bringing it."""
    rows = conn.execute("select p.*, coalesce(f.code, '') as firm from person p left join firm f on f.id = p.firm_id")
    return Known(
        frozenset(row["code"] for row in conn.execute("select code from firm")),
        {row["email"]: _person(row) for row in rows},
        frozenset(row["ref"] for row in conn.execute("select ref from dossier")),
    )


def _person(row: sqlite3.Row) -> PersonRow:
    rights = frozenset(Right(word) for word in row["rights"].split())
    return PersonRow(
        row["email"], row["name"], Role(row["role"]), row["firm"], rights, row["active"] == 1, row["shared"] == 1
    )


def save_firm(conn: sqlite3.Connection, firm: FirmRow) -> Change:
    """Add a firm, or bring it up to date."""
    old = conn.execute(
        "select code, name, address, postcode, city, phone, email from firm where code = ?", (firm.code,)
    ).fetchone()
    conn.execute(
        "insert into firm(code, name, address, postcode, city, phone, email) values (?, ?, ?, ?, ?, ?, ?) "
        "on conflict(code) do update set name = excluded.name, address = excluded.address, "
        "postcode = excluded.postcode, city = excluded.city, phone = excluded.phone, email = excluded.email",
        astuple(firm),
    )
    return _change(old, astuple(firm))


def save_person(conn: sqlite3.Connection, person: PersonRow) -> Change:
    """Add a person, or bring the person up to date; the address is who it is."""
    row = (
        person.email,
        person.name,
        person.role.value,
        _id(conn, "firm", "code", person.firm),
        " ".join(sorted(right.value for right in person.rights)),
        int(person.active),
        int(person.shared),
    )
    old = conn.execute(
        "select email, name, role, firm_id, rights, active, shared from person where email = ?", (person.email,)
    ).fetchone()
    conn.execute(
        "insert into person(email, name, role, firm_id, rights, active, shared) values (?, ?, ?, ?, ?, ?, ?) "
        "on conflict(email) do update set name = excluded.name, role = excluded.role, firm_id = excluded.firm_id, "
        "rights = excluded.rights, active = excluded.active, shared = excluded.shared",
        row,
    )
    return _change(old, row)


def save_dossier(conn: sqlite3.Connection, dossier: DossierRow) -> Change:
    """Add a dossier with its people, or bring both up to date."""
    row = (
        dossier.ref,
        dossier.member,
        dossier.profession,
        _id(conn, "firm", "code", dossier.firm),
        _id(conn, "person", "email", dossier.expert),
        _id(conn, "person", "email", dossier.staff),
        dossier.firm_reference,
    )
    old = conn.execute(
        "select ref, member, profession, firm_id, expert_id, staff_id, firm_reference from dossier where ref = ?",
        (dossier.ref,),
    ).fetchone()
    conn.execute(
        "insert into dossier(ref, member, profession, firm_id, expert_id, staff_id, firm_reference) "
        "values (?, ?, ?, ?, ?, ?, ?) on conflict(ref) do update set member = excluded.member, "
        "profession = excluded.profession, firm_id = excluded.firm_id, expert_id = excluded.expert_id, "
        "staff_id = excluded.staff_id, firm_reference = excluded.firm_reference, erased_at = null",
        row,
    )
    assigned = _assign(conn, _id(conn, "dossier", "ref", dossier.ref), dossier.collaborators)
    change = _change(old, row)
    return Change.CHANGED if change is Change.SAME and assigned else change


def _assign(conn: sqlite3.Connection, dossier_id: int | None, emails: Iterable[str]) -> bool:
    """Make these the collaborators of the dossier; True if they were others."""
    wanted = {_id(conn, "person", "email", email) for email in emails}
    rows = conn.execute("select person_id from assignment where dossier_id = ?", (dossier_id,))
    before = {row["person_id"] for row in rows}
    gone, come = before - wanted, wanted - before
    conn.executemany(
        "delete from assignment where dossier_id = ? and person_id = ?", [(dossier_id, person) for person in gone]
    )
    conn.executemany(
        "insert into assignment(dossier_id, person_id) values (?, ?)", [(dossier_id, person) for person in come]
    )
    return bool(gone or come)


def save_question(conn: sqlite3.Connection, question: QuestionRow) -> Change:
    """Add a draft under the next number of its dossier and year, or bring one up to date; what was asked stays."""
    row = (
        question.code,
        question.title,
        question.form,
        question.line,
        question.text,
        question.document,
        question.due.isoformat() if question.due else None,
    )
    place = (_id(conn, "dossier", "ref", question.dossier), question.exercice)
    old = conn.execute(
        "select id, state, code, title, form, line, text, document, due from question "
        "where dossier_id = ? and exercice = ? and sheet_key = ?",
        (*place, question.sheet_key),
    ).fetchone()
    if old is None:
        _add_question(conn, question, place, row)
        return Change.NEW
    if old["state"] != "draft" or tuple(old)[2:] == row:
        return Change.SAME
    conn.execute(
        "update question set code = ?, title = ?, form = ?, line = ?, text = ?, document = ?, due = ? where id = ?",
        (*row, old["id"]),
    )
    return Change.CHANGED


def _add_question(
    conn: sqlite3.Connection, question: QuestionRow, place: tuple[int | None, int], row: tuple[str | None, ...]
) -> None:
    (last,) = conn.execute(
        "select coalesce(max(number), 0) from question where dossier_id = ? and exercice = ?", place
    ).fetchone()
    ref = f"{question.dossier}-{question.exercice}-{last + 1}"
    conn.execute(
        "insert into question(ref, dossier_id, exercice, number, sheet_key, code, title, form, line, text, document, "
        "due) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (ref, *place, last + 1, question.sheet_key, *row),
    )


def save_document(conn: sqlite3.Connection, document: DocumentRow, data: bytes, now: datetime) -> Change:
    """Keep a document; a newer one of the same kind and year takes its place."""
    place = (_id(conn, "dossier", "ref", document.dossier), document.exercice, document.kind)
    old = conn.execute(
        "select name, sha256 from document where dossier_id = ? and exercice = ? and kind = ?", place
    ).fetchone()
    row = (document.name, blobs.add(conn, data))
    change = _change(old, row)
    if change is not Change.SAME:
        conn.execute(
            "insert into document(dossier_id, exercice, kind, name, sha256, added_at) values (?, ?, ?, ?, ?, ?) "
            "on conflict(dossier_id, exercice, kind) do update set name = excluded.name, sha256 = excluded.sha256, "
            "added_at = excluded.added_at",
            (*place, *row, stamp(now)),
        )
    return change


def save_statistic(conn: sqlite3.Connection, statistic: StatisticRow) -> Change:
    """Add a figure, or bring it up to date."""
    old = conn.execute(
        "select profession, exercice, indicator, value, unit from statistic "
        "where profession = ? and exercice = ? and indicator = ?",
        astuple(statistic)[:3],
    ).fetchone()
    conn.execute(
        "insert into statistic(profession, exercice, indicator, value, unit) values (?, ?, ?, ?, ?) "
        "on conflict(profession, exercice, indicator) do update set value = excluded.value, unit = excluded.unit",
        astuple(statistic),
    )
    return _change(old, astuple(statistic))


def _change(old: sqlite3.Row | None, row: tuple[object, ...]) -> Change:
    if old is None:
        return Change.NEW
    return Change.SAME if tuple(old) == row else Change.CHANGED


def _id(conn: sqlite3.Connection, table: str, column: str, value: str) -> int | None:
    """The id of the row so named; None for ""."""
    if not value:
        return None
    row = conn.execute(f"select id from {table} where {column} = ?", (value,)).fetchone()
    return int(row["id"])
