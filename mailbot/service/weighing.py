"""Looks whether a mail may be a machine's, and keeps what may answer it: service/restraint.py asks before each letter.

A machine that no rule knows answers each of our letters, and each of its mails would be answered. It gives itself away
by saying about the same again, by haste, or by saying next to nothing below a letter that asks for nothing; then
`[limits] letters_per_conversation_per_day` holds. What it wrote is worked and kept all the same, and another mail of
the same person is answered as ever.
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from ..domain.model import Verdict
from ..errors import Held
from ..mail import gist
from ..mail.gist import Gist
from ..mail.token import Purpose
from ..store import inbox, outbox
from ..store.db import moment
from .job import Job
from .restraint import Restraint

WEEK = timedelta(days=7)  #: how long what somebody said in an exchange is remembered
DAY = timedelta(days=1)
HASTE = timedelta(seconds=20)  #: nobody reads a letter and answers it in less
FEW = 4  #: words, and no figure: « Bien reçu, merci ! »


def weigh(job: Job) -> None:
    """Compare a mail with the earlier ones of its writer, and keep what it may be answered by."""
    said, prompt = _said(job), _prompt(job)
    hurried = prompt is not None and job.received_at - outbox.left_at(prompt) < HASTE
    earlier = inbox.weighed(job.conn, job.person.id, job.inbox_id, job.received_at - WEEK)
    found = _restraint(job, said, prompt is not None, hurried, earlier) if earlier else Restraint.NONE
    inbox.weigh(job.conn, job.inbox_id, str(said), found.value, hurried)


def _said(job: Job) -> Gist:
    kept = (f.sha256 for f in job.files if f.verdict in (Verdict.OK, Verdict.UNSCANNED))
    return gist.of(job.split.text, tuple(kept))


def _prompt(job: Job) -> sqlite3.Row | None:
    """The letter that the mail answers, where that is one which answered a mail: none of those that await somebody."""
    named = (*job.message.in_reply_to, *reversed(job.message.references))
    letter = next(filter(None, (outbox.by_message_id(job.conn, name) for name in named)), None)
    if letter is None and job.conversation:
        letter = outbox.last_of(job.conn, job.conversation.number)
    return letter if letter and letter["in_reply_to"] else None


def _restraint(job: Job, said: Gist, prompted: bool, hurried: bool, earlier: list[sqlite3.Row]) -> Restraint:
    limit = job.system.policy.asks_back_per_day
    yesterday = job.received_at - DAY
    same = [row for row in earlier if gist.alike(said, gist.read(row["gist"]))]
    here = _of_the_exchange(job, earlier)
    repeats = {row["id"] for row in same} & {row["id"] for row in here} or _says_little(job, said, prompted)
    if (repeats or (hurried and _in_haste(here, limit))) and len(_answered(here)) >= limit:
        return Restraint.HEARD if _asks(job) else Restraint.SILENT
    today = [row for row in same if moment(row["received_at"]) >= yesterday]
    if (prompted or job.conversation is None) and len(_answered(today)) >= limit:
        return Restraint.DONE
    return Restraint.NONE


def _answered(rows: list[sqlite3.Row]) -> list[sqlite3.Row]:
    return [row for row in rows if not row["restraint"]]


def _of_the_exchange(job: Job, earlier: list[sqlite3.Row]) -> list[sqlite3.Row]:
    """The mails about the same question, or in the same conversation."""
    about, number = _question(job), job.conversation.number if job.conversation else None
    return [r for r in earlier if r["conversation"] == number or (about and r["question_id"] == about)]


def _asks(job: Job) -> bool:
    """True in the menu, where people ask for the same thing every day."""
    return job.purpose is Purpose.MENU


def _question(job: Job) -> int | None:
    try:
        return job.question()[0].id
    except Held:
        return None


def _says_little(job: Job, said: Gist, prompted: bool) -> bool:
    """True for « Bien reçu, merci. » below a letter that asks for nothing."""
    figures = any(c.isdigit() for c in job.split.text)
    return prompted and len(said.words) <= FEW and not said.files and not figures and job.conversation is not None


def _in_haste(here: list[sqlite3.Row], limit: int) -> bool:
    """True where the last mails all came faster than anybody reads, and all were answered."""
    last = here[:limit]
    return len(last) == limit and all(row["hurried"] and not row["restraint"] for row in last)
