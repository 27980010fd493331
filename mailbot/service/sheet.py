"""Everything about one thing, for `mailbot show`."""

from __future__ import annotations

import sqlite3
from typing import Any

from ..domain.model import Answer, File
from ..store import dossiers, erasing, inbox, journal, outbox, people, questions
from ..store.db import stamp
from . import desk
from .system import System


def sheet(system: System, ref: str) -> dict[str, Any] | None:
    """A question, dossier, cabinet, person or message by its public name; None if unknown."""
    conn = system.store.conn
    if (id := questions.id_of(conn, ref)) is not None:
        return question(conn, id)
    row = inbox.find(conn, ref) if ref.startswith("<") or ref.isdigit() else None
    if row is not None:
        return desk.why(conn, row)
    return _dossier(conn, ref) or dossiers.firm_sheet(conn, ref) or people.sheet(conn, ref)


def _dossier(conn: sqlite3.Connection, ref: str) -> dict[str, Any] | None:
    id, found = dossiers.id_of(conn, ref), dossiers.sheet(conn, ref)
    return {**found, "erased_at": erasing.erased_at(conn, "dossier", id)} if found and id else None


def question(conn: sqlite3.Connection, id: int) -> dict[str, Any]:
    """A question with its answers, history and letters, as scripts rely on it."""
    q = questions.get(conn, id)
    return {
        "ref": q.ref,
        "dossier": q.dossier.ref,
        "state": q.state.value,
        "code": q.code,
        "text": q.text,
        "due": q.due.isoformat() if q.due else None,
        "outcome": q.outcome.value if q.outcome else None,
        "erased_at": erasing.erased_at(conn, "question", id),
        "asked": [p.email for p in q.asked],
        "waiting": q.waiting or None,
        "handed_over": q.handed_over or None,
        "answers": [_answer(a) for a in questions.answers(conn, id)],
        "history": journal.history(conn, id),
        "letters": [
            {
                "kind": r["kind"],
                "to": r["to_address"],
                "state": r["state"],
                "message_id": r["message_id"],
                "at": r["date"],
            }
            for r in outbox.of_question(conn, id)
        ],
    }


def _answer(a: Answer) -> dict[str, Any]:
    return {
        "version": a.version,
        "text": a.text,
        "set_aside": a.set_aside,
        "by": a.by.email,
        "channel": a.channel.value,
        "at": stamp(a.at),
        "addition": a.addition,
        "undone": a.undone,
        "approved_by": a.approved_by.email if a.approved_by else None,
        "approved_for": a.approved_for.email if a.approved_for else None,
        "written_by": a.written_by or None,
        "files": [_file(f) for f in a.files],
    }


def _file(f: File) -> dict[str, Any]:
    return {"name": f.name, "type": f.type, "size": f.size, "sha256": f.sha256, "verdict": f.verdict.value}
