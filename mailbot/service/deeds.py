"""What was done, kept so that it can be told later: in a receipt of a whole sitting, in a letter that waits."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from ..domain import events as e
from ..domain.model import Answer, Channel, File, Outcome, Question, Verdict
from ..domain.questions import Act, position
from ..letters.scene import Mail, Scene
from ..letters.table import LETTERS, When
from ..store import conversations, deeds, inbox, people, plans, questions
from ..store.db import moment, stamp
from ..store.deeds import Kept
from .correspondence import Cause, readers
from .system import System

#: What can be undone (DESIGN: the life of a question). A proposal only while its approval letter waits.
UNDOABLE = frozenset({"proposed", "submitted", "approved", "amended", "added"})


def keep(
    system: System,
    conn: sqlite3.Connection,
    event: e.Event,
    before: Question,
    scene: Scene,
    act: Act,
    cause: Cause | None,
    wrote: bool,
) -> None:
    """Remember an act whose letters wait: its receipt until the sitting is over, the others until it is final.

    `wrote` says that it wrote the version it is about.
    """
    rows = [row for row in LETTERS[type(event)] if row.when is not When.NOW]
    if not rows or scene.question is None:
        return
    by_mail = act.channel is Channel.MAIL and act.by.id == event.by
    id = deeds.add(
        conn,
        question_id=event.question_id,
        person_id=event.by,
        event=event.name,
        version=event.version,
        wrote=wrote,
        channel=act.channel.value,
        at=act.at,
        before=position(before),
        inbox_id=cause.inbox_id if cause else None,
        conversation=cause.conversation.number if cause and cause.conversation else None,
        told=_told(scene, cause),
        undo_until=_undo_until(system, event, act),
    )
    if by_mail:
        _await_receipt(system, conn, deeds.get(conn, id))
    for row in rows:
        if row.when is not When.SITTING:
            for reader in readers(conn, row, event, scene.question, act):
                plans.add(conn, row.kind, reader.id, event.question_id, event.version, id, event.name, act.at, act.at)


def _undo_until(system: System, event: e.Event, act: Act) -> datetime | None:
    """None where the time begins with the receipt. From a terminal nothing is undone."""
    at_once = event.name == "proposed" and not system.policy.settle
    if event.name not in UNDOABLE or act.channel is Channel.CLI or act.by.id != event.by or at_once:
        return act.at
    return act.at + system.policy.undo if act.channel is Channel.PAGE else None


LONGEST_SITTING = timedelta(minutes=120)  #: the first receipt that waits leaves after so long at the latest


def _await_receipt(system: System, conn: sqlite3.Connection, deed: Kept) -> None:
    """The first act of a sitting is receipted at once; what follows once the person has paused."""
    pause = system.policy.sitting
    earlier = next((d for d in deeds.recent(conn, deed.person_id) if d.inbox_id != deed.inbox_id), None)
    deeds.receipt_due(conn, [deed.id], deed.at)
    if earlier is None or deed.event == "undone" or deed.at - earlier.at >= pause:
        return
    waiting = deeds.unreceipted(conn, deed.person_id)
    due = min(deed.at + pause, waiting[0].at + LONGEST_SITTING)
    deeds.receipt_due(conn, [d.id for d in waiting], due)


def _told(scene: Scene, cause: Cause | None) -> str:
    """What a scene holds that the database does not say by itself."""
    kept: dict[str, Any] = {
        "event": scene.event,
        "comment": scene.comment,
        "until": scene.until.isoformat() if scene.until else None,
        "outcome": scene.outcome.value if scene.outcome else None,
        "passed_to": [p.id for p in scene.passed_to],
        "before": scene.before.version if scene.before else 0,
        "author": scene.author.id if scene.author else 0,
        "instead_of": scene.instead_of.id if scene.instead_of else 0,
        "announced": scene.file_announced,
        "message_id": cause.message_id if cause else "",
        "mail": _packed(cause.mail) if cause else None,
    }
    return json.dumps(kept, ensure_ascii=False)


def _packed(mail: Mail) -> dict[str, Any]:
    files = [{**asdict(replace(f, by=None)), "verdict": f.verdict.value} for f in mail.files]
    return {**asdict(replace(mail, files=())), "at": stamp(mail.at), "files": files}


def _mail(kept: dict[str, Any] | None) -> Mail | None:
    if kept is None:
        return None
    files = tuple(File(**{**f, "verdict": Verdict(f["verdict"])}) for f in kept["files"])
    return Mail(**{**kept, "at": moment(kept["at"]), "files": files})


def recall(system: System, conn: sqlite3.Connection, deed: Kept) -> Scene:
    """The scene of what was done, about the question as it now stands."""
    kept = json.loads(deed.told)
    question = questions.get(conn, deed.question_id)
    named = filter(None, (kept["author"], kept.get("instead_of")))
    known = people.by_ids(conn, [deed.person_id, *kept["passed_to"], *named])
    return Scene(
        oga=system.oga,
        now=system.now(),
        to=known[deed.person_id],
        question=question,
        answer=_answer(conn, question, deed),
        before=questions.answer(conn, question.id, kept["before"]) if kept["before"] else None,
        by=known[deed.person_id],
        author=known.get(kept["author"]),
        instead_of=known.get(kept.get("instead_of")),
        event=kept["event"],
        about="undone" if deed.event == "undone" else "",
        comment=kept["comment"],
        outcome=Outcome(kept["outcome"]) if kept["outcome"] else None,
        until=date.fromisoformat(kept["until"]) if kept["until"] else None,
        passed_to=tuple(known[id] for id in kept["passed_to"]),
        mail=_mail(kept["mail"]),
        file_announced=kept["announced"],
    )


def _answer(conn: sqlite3.Connection, question: Question, deed: Kept) -> Answer | None:
    """The version that the act was about; after « redemander » the one that stands."""
    if deed.event == "asked_again":
        return question.base
    return questions.answer(conn, question.id, deed.version) if deed.version else question.answer


def cause_of(conn: sqlite3.Connection, deed: Kept) -> Cause | None:
    """The mail that brought a deed about, for the letter that answers it."""
    kept = json.loads(deed.told)
    mail = _mail(kept["mail"])
    if deed.inbox_id is None or mail is None:
        return None
    answered = conversations.get(conn, deed.conversation) if deed.conversation else None
    return Cause(deed.inbox_id, kept["message_id"], mail, answered, kept["announced"])


def undo(conn: sqlite3.Connection, deed: Kept, at: datetime) -> None:
    """Nothing comes of it any more: no receipt, no letter that waits, and the same words may come again."""
    deeds.undone(conn, deed.id, at)
    plans.call_off(conn, deed.id)
    if deed.inbox_id is not None:
        inbox.forget_words(conn, deed.inbox_id)
