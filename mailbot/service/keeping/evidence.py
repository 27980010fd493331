"""The evidence file of a dossier: what was asked, answered and decided, the letters and mails as they were, hashes.

Of one dossier only. A letter or mail that speaks of others as well is listed with its hash and its parts about this
one, and not handed out: whoever gets the file learns of nobody else. One thing at a time is held in memory.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ...domain.model import Answer, Dossier, File, Verdict
from ...errors import UsageError
from ...letters.render import CHIPS, OUTCOMES
from ...mail import traces
from ...mail.unseen import seen
from ...store import belonging, blobs, dossiers, evidence, files, journal, questions
from ...store.belonging import Part
from ...store.db import moment, stamp
from ..delivery import bytes_of
from ..system import System
from .folders import Folder, Spool

SPEAKS_OF_ALL = frozenset({"digest"})  #: kinds that are never about one dossier alone
LISTS = ("questions", "letters", "mails", "documents")
VERSION = 1  #: of the form of index.json


@dataclass(frozen=True)
class Report:
    """What was written."""

    files: int
    questions: int
    letters: int
    mails: int
    shared: int  #: letters and mails that speak of other dossiers: named, not handed out
    gone: int  #: whose bytes were erased, or that cannot be written again


@dataclass
class _Export:
    """One export while it is made."""

    system: System
    dossier: Dossier
    folder: Folder
    lists: dict[str, Spool]  #: the lists of the index
    shared: int = 0
    gone: int = 0

    @property
    def conn(self) -> sqlite3.Connection:
        return self.system.store.conn


def export(system: System, ref: str, path: Path) -> Report:
    """Write the evidence file of dossier `ref` into a folder that is empty, or its own. Raises UsageError."""
    conn = system.store.conn
    id = dossiers.id_of(conn, ref)
    if id is None:
        raise UsageError(f"no dossier {ref}")
    try:
        with evidence.one_moment(conn), ExitStack() as stack:
            spools = [stack.enter_context(closing(Spool())) for _ in LISTS]
            one = _Export(
                system, dossiers.get(conn, id), Folder(path, ref.strip().upper()), dict(zip(LISTS, spools, strict=True))
            )
            _write(one)
            counts = {name: spool.count for name, spool in one.lists.items() if name != "documents"}
            return Report(files=one.folder.end(), **counts, shared=one.shared, gone=one.gone)
    except OSError as error:
        raise UsageError(f"{error.filename or path}: {error.strerror}") from error


def _write(one: _Export) -> None:
    part = Part(one.dossier.id)
    for id in evidence.questions(one.conn, one.dossier.id):
        one.lists["questions"].add(_question(one, id))
    for id in belonging.ids(one.conn, belonging.LETTERS, part):
        one.lists["letters"].add(_letter(one, evidence.letter(one.conn, id)))
    for id in belonging.ids(one.conn, belonging.MAILS, part):
        one.lists["mails"].add(_mail(one, evidence.mail(one.conn, id)))
    for row in evidence.documents(one.conn, one.dossier.id):
        one.lists["documents"].add(_document(one, row))
    rows = (json.dumps(row, ensure_ascii=False) + "\n" for row in evidence.segment(one.conn, one.dossier.id))
    one.folder.put_pieces("journal.jsonl", rows)
    head = _head(one)
    one.folder.put_pieces("index.json", _index(one, head))
    page = one.system.templates.get_template("evidence/index.html")
    one.folder.put_pieces("index.html", map(seen, page.generate(_shown(one, head))))


def _head(one: _Export) -> dict[str, Any]:
    d, (seq, hash) = one.dossier, journal.head(one.conn)
    return {
        "format": "mailbot-export",
        "version": VERSION,
        "exported_at": stamp(one.system.now()),
        "dossier": {
            "ref": d.ref,
            "member": d.member,
            "profession": d.profession,
            "firm": d.firm.name if d.firm else None,
            "expert": {"name": d.expert.name, "email": d.expert.email},
            "staff": {"name": d.staff.name, "email": d.staff.email},
        },
        "journal": {"file": "journal.jsonl", "head_seq": seq, "head_hash": hash},
    }


def _index(one: _Export, head: dict[str, Any]) -> Iterator[str]:
    """index.json, an entry a line."""
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    for name in LISTS:
        yield f',\n "{name}": ['
        for n, line in enumerate(one.lists[name].lines()):
            yield f"{',' if n else ''}\n  {line}"
        yield "\n ]"
    yield "\n}\n"


def _shown(one: _Export, head: dict[str, Any]) -> dict[str, Any]:
    """What the page may say: lists are read from the disk as it is written."""
    zone = one.system.policy.timezone
    return {
        **head,
        "oga": one.system.oga,
        **one.lists,
        "when": lambda text: moment(text).astimezone(zone),
        "day": date.fromisoformat,
        "events": EVENTS,
    }


#: what happened, as the page says it
EVENTS = {
    "asked": "Question posée",
    "proposed": "Réponse proposée",
    "submitted": "Réponse transmise",
    "approved": "Réponse validée",
    "amended": "Réponse modifiée et validée",
    "sent_back": "Réponse renvoyée",
    "added": "Complément",
    "undone": "Annulation",
    "asked_again": "Précision demandée",
    "treated": "Question traitée",
    "postponed": "Délai demandé",
    "passed_on": "Question passée à un collègue",
    "taken_over": "Dossier repris",
    "due_changed": "Échéance changée",
    "withdrawn": "Question retirée",
    "reminded": "Rappel envoyé",
}


# Questions, their answers and what happened


def _question(one: _Export, id: int) -> dict[str, Any]:
    q, kept = questions.get(one.conn, id), evidence.answer_rows(one.conn, id)
    written: dict[tuple[str, str], str | None] = {}
    return {
        "ref": q.ref,
        "exercice": q.exercice,
        "code": q.code,
        "text": q.text,
        "document": q.document,
        "due": q.due.isoformat() if q.due else None,
        "state": q.state.value,
        "state_fr": CHIPS[q.state][2],
        "outcome": q.outcome.value if q.outcome else None,
        "outcome_fr": OUTCOMES[q.outcome] if q.outcome else "",
        "handed_over": q.handed_over or None,
        "answers": [_answer(one, q.ref, a, kept[a.version], written) for a in questions.answers(one.conn, id)],
        "history": [_event(row) for row in evidence.history(one.conn, id)],
    }


def _answer(
    one: _Export, ref: str, a: Answer, row: sqlite3.Row, written: dict[tuple[str, str], str | None]
) -> dict[str, Any]:
    return {
        "version": a.version,
        "text": a.text,
        "set_aside": a.set_aside,
        "by": {"name": a.by.name, "email": a.by.email},
        "written_by": a.written_by or None,
        "channel": a.channel.value,
        "at": stamp(a.at),
        "undone": a.undone,
        "approved_by": {"name": a.approved_by.name, "email": a.approved_by.email} if a.approved_by else None,
        "approved_at": stamp(a.approved_at) if a.approved_at else None,
        "sha256": row["sha256"],
        "mail": row["inbox_id"],
        "erased_at": row["erased_at"],
        "files": [_file(one, ref, f, written) for f in a.files],
    }


def _file(one: _Export, ref: str, f: File, written: dict[tuple[str, str], str | None]) -> dict[str, Any]:
    """A file of a version, written once a question. What was held apart stays in its mail: it may do harm."""
    key = (f.sha256, f.name)
    if key not in written:
        written[key] = None
        if f.verdict is Verdict.OK:
            try:
                data = files.content(one.conn, f.inbox_id, f.part, f.sha256)
                written[key] = one.folder.put(f"pieces/{ref}", f.name, data)
            except KeyError:
                one.gone += 1
    return {
        "name": f.name,
        "type": f.type,
        "size": f.size,
        "sha256": f.sha256,
        "verdict": f.verdict.value,
        "path": written[key],
    }


def _event(row: sqlite3.Row) -> dict[str, Any]:
    payload = json.loads(row["payload"]) if row["payload"] and not row["erased_at"] else {}
    return {
        "seq": row["seq"],
        "at": row["at"],
        "event": row["kind"],
        "version": row["version"] or None,
        "by": {"name": row["name"], "email": row["email"]} if row["email"] else None,
        "mail": row["inbox_id"],
        "comment": str(payload.get("comment") or payload.get("note") or ""),
        "hash": row["hash"],
        "erased_at": row["erased_at"],
    }


# Letters and mails


def _letter(one: _Export, row: sqlite3.Row) -> dict[str, Any]:
    shared = row["kind"] in SPEAKS_OF_ALL or _others(
        one, belonging.questions_of_letter(one.conn, row["id"]), (row["subject"], row["text"], row["html"])
    )
    found = {"id": row["id"], "kind": row["kind"], "at": row["date"], "sent_at": row["sent_at"], "state": row["state"]}
    found |= {"message_id": row["message_id"], "erased_at": row["erased_at"], "shared": shared}
    found |= {"parts": evidence.parts_of_letter(one.conn, row["id"], one.dossier.id)}
    if shared or row["erased_at"]:
        one.shared += shared
        one.gone += bool(row["erased_at"])
        return {**found, "to": None, "subject": None, "sha256": row["sent_sha256"], "as_sent": None, "paths": []}
    return {**found, "to": row["to_address"], "subject": row["subject"], **_written(one, row)}


def _written(one: _Export, row: sqlite3.Row) -> dict[str, Any]:
    """The letter as it left, and its text; `as_sent` False where its bytes are no longer those that left."""
    stem = f"{row['id']:06}-{row['kind']}"
    paths = [one.folder.put("lettres", f"{stem}.txt", row["text"].encode("utf-8", "replace"))]
    try:
        data = bytes_of(one.system, row)
    except KeyError:
        one.gone += 1
        return {"sha256": row["sent_sha256"], "as_sent": False if row["sent_sha256"] else None, "paths": paths}
    digest = hashlib.sha256(data).hexdigest()
    paths.insert(0, one.folder.put("lettres", f"{stem}.eml", data))
    return {"sha256": digest, "as_sent": digest == row["sent_sha256"] if row["sent_sha256"] else None, "paths": paths}


def _mail(one: _Export, row: sqlite3.Row) -> dict[str, Any]:
    found = {"id": row["id"], "at": row["received_at"], "state": row["state"], "disposition": row["disposition"]}
    found |= {name: row[name] for name in ("decision", "trust", "matched_by", "sha256", "erased_at")}
    found |= {"parts": evidence.parts_of_mail(one.conn, row["id"], one.dossier.id), "by": row["email"]}
    hidden = {"from": None, "subject": None, "message_id": None, "path": None}
    if row["erased_at"]:
        one.gone += 1
        return {**found, "shared": False, **hidden}
    raw = blobs.get(one.conn, row["sha256"])
    texts = (form for form in traces.forms(raw) if "\0" not in form)
    if _others(one, belonging.questions_of_mail(one.conn, row["id"]), texts):
        one.shared += 1
        return {**found, "shared": True, **hidden}
    path = one.folder.put("messages", f"{row['id']:06}.eml", raw)
    said = {"from": row["sender"], "subject": row["subject"], "message_id": row["message_id"], "path": path}
    return {**found, "shared": False, **said}


def _others(one: _Export, question_ids: set[int], texts: Iterable[str]) -> bool:
    """True for what speaks of another dossier: by its rows, or by a reference that stands in it."""
    known = belonging.dossiers_of(one.conn, question_ids)
    words = {word for text in texts for word in traces.references(text)}
    return bool((known | belonging.named(one.conn, words)) - {one.dossier.id})


def _document(one: _Export, row: sqlite3.Row) -> dict[str, Any]:
    found = {name: row[name] for name in ("exercice", "kind", "name", "sha256", "added_at")}
    try:
        path = one.folder.put("documents", f"{row['exercice']}-{row['name']}", blobs.get(one.conn, row["sha256"]))
    except KeyError:
        one.gone += 1
        path = None
    return {**found, "path": path}
