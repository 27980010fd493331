"""Dossiers with their people."""

from __future__ import annotations

import sqlite3

from ..domain.model import Dossier, Firm
from . import people, stand_ins


def get(conn: sqlite3.Connection, id: int) -> Dossier:
    """The dossier of that id, with firm, expert, collaborators and gestionnaire."""
    row = conn.execute(
        "select d.*, f.code as firm_code, f.name as firm_name from dossier d left join firm f on f.id = d.firm_id "
        "where d.id = ?",
        (id,),
    ).fetchone()
    assigned = [
        r["person_id"] for r in conn.execute("select person_id from assignment where dossier_id = ? order by 1", (id,))
    ]
    everyone = people.by_ids(conn, [row["expert_id"], row["staff_id"], *assigned])
    return Dossier(
        id=row["id"],
        ref=row["ref"],
        member=row["member"],
        profession=row["profession"],
        firm=Firm(row["firm_id"], row["firm_code"], row["firm_name"]) if row["firm_id"] else None,
        expert=everyone[row["expert_id"]],
        staff=everyone[row["staff_id"]],
        collaborators=tuple(everyone[i] for i in assigned),
        firm_reference=row["firm_reference"],
        stand_ins=stand_ins.named_by(conn, row["expert_id"]),
    )


def id_of(conn: sqlite3.Connection, ref: str) -> int | None:
    """The id of the dossier with that reference, in any case, or None."""
    row = conn.execute("select id from dossier where ref = ?", (ref.strip().upper(),)).fetchone()
    return row["id"] if row else None


def of_person(conn: sqlite3.Connection, person_id: int) -> list[int]:
    """Ids of the dossiers that somebody is assigned to, or is the expert of, in order of reference."""
    rows = conn.execute(
        "select id, ref from dossier where expert_id = ? "
        "union select d.id, d.ref from assignment a join dossier d on d.id = a.dossier_id where a.person_id = ? "
        "order by 2",
        (person_id, person_id),
    )
    return [row["id"] for row in rows]


def sheet(conn: sqlite3.Connection, ref: str) -> dict[str, object] | None:
    """What `show DOSSIER` prints, or None."""
    id = id_of(conn, ref)
    if id is None:
        return None
    dossier = get(conn, id)
    questions = conn.execute(
        "select ref, state from question where dossier_id = ? order by exercice, number", (id,)
    ).fetchall()
    documents = conn.execute(
        "select exercice, kind, name from document where dossier_id = ? order by exercice, kind", (id,)
    ).fetchall()
    return {
        "ref": dossier.ref,
        "member": dossier.member,
        "profession": dossier.profession,
        "firm": dossier.firm.name if dossier.firm else None,
        "expert": dossier.expert.email,
        "collaborators": [someone.email for someone in dossier.collaborators],
        "staff": dossier.staff.email,
        "questions": [dict(row) for row in questions],
        "documents": [dict(row) for row in documents],
    }


def firm_sheet(conn: sqlite3.Connection, code: str) -> dict[str, object] | None:
    """What `show CABINET` prints, or None."""
    row = conn.execute("select * from firm where code = ?", (code.strip().upper(),)).fetchone()
    if row is None:
        return None
    refs = conn.execute("select ref from dossier where firm_id = ? order by ref", (row["id"],))
    found = {name: row[name] for name in ("code", "name", "address", "postcode", "city", "phone", "email")}
    return {
        **found,
        "people": [someone.email for someone in people.of_firm(conn, row["id"])],
        "dossiers": [r["ref"] for r in refs],
    }
