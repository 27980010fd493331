"""« annuler »: the writer's last act on what the letter is about is taken back, while there is time."""

from __future__ import annotations

from dataclasses import replace

from ..domain import commands as c
from ..errors import NothingToUndo, NotProven
from ..mail.trust import Trust
from ..store import deeds, questions
from ..store.deeds import Kept
from .deeds import UNDOABLE
from .job import Job
from .questions import act

DECISIONS = frozenset({"approved", "amended"})  #: who takes these back must be as sure as who made them


def undo(job: Job) -> str:
    """Take back what the writer's last mail did, as far as nothing was done since. Raises NothingToUndo."""
    last = _last(job)
    decided = any(deed.event in DECISIONS for deed in last)
    if decided and (job.trust < Trust.PROVEN or job.person.shared):
        raise NotProven("to undo a decision needs proven", shared=job.person.shared)
    count = sum(_taken_back(job, deed) for deed in last)
    if not count:
        raise NothingToUndo("nothing of this person can be undone")
    return "undone"


def _last(job: Job) -> list[Kept]:
    """The acts of the newest mail of this person that was about a question of the letter."""
    about = job.question_ids()
    mine = [deed for deed in deeds.recent(job.conn, job.person.id) if not deed.undone and deed.event != "undone"]
    newest = next((deed for deed in mine if about is None or deed.question_id in about), None)
    return [deed for deed in mine if newest and deed.inbox_id == newest.inbox_id]


def _taken_back(job: Job, deed: Kept) -> bool:
    last = deeds.last(job.conn, deed.question_id)
    if deed.event not in UNDOABLE or last is None or last.id != deed.id:
        return False
    question = replace(questions.get(job.conn, deed.question_id), last=last)
    try:
        act(job.system, job.conn, question, c.Undo(), job.act, job.cause)
    except NothingToUndo:
        return False
    return True
