"""A mail that nothing proves waits; the person it claims to be from is asked, once a day, at the registered address.

« OUI » from there, or the page, carries it out as if it had just come from a writer who is known for sure, once: all
of it is judged anew. « Ce n'est pas moi » drops it; what nobody answers within 48 hours is closed, and staff see both.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ...domain.model import Question
from ...errors import Held, NotProven, OutOfTurn, Refusal, Unclear, Unreadable
from ...letters.scene import Mail, Scene, Would
from ...mail import defused
from ...mail.token import Purpose
from ...mail.trust import Trust
from ...store import blobs, confirmations, conversations, inbox, journal, outbox, people
from ..correspondence import Post, send
from ..job import Job, build
from ..system import System
from ..target import Target
from ..understanding import confirmation as words_confirmation
from ..understanding.intent import Intent, Verb

DECISION = NotProven.__name__  #: of the inbox row, while it waits
KIND = "confirm_mail"
SUBJECT = "held"  #: what the conversation of the letter, and of its page, is about
LASTS = timedelta(hours=48)
DENIED = "whom it claims to be from says that it is not theirs"
UNANSWERED = "not confirmed within 48 hours"


def ask(job: Job) -> int | None:
    """Write the letter; its outbox id, None where the person was asked today already, about whichever mail."""
    now = job.system.now()
    today = now.astimezone(job.system.policy.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    if outbox.sent_today(job.conn, job.person.id, KIND, today):
        return None
    conversation = conversations.of(job.conn, Purpose.CONFIRM, job.person.id, SUBJECT, job.inbox_id)
    page = conversations.of(job.conn, Purpose.PAGE, job.person.id, SUBJECT, job.inbox_id)
    scene = Scene(job.system.oga, now, job.person, mail=shown(job), would=would(job), would_until=now + LASTS)
    post = Post(KIND, job.person, conversation, page, _question(job), reply=True)
    return send(job.system, job.conn, post, scene, job.cause)


def _question(job: Job) -> Question | None:
    """The one question that the mail is about."""
    try:
        return job.question()[0]
    except Held:
        return None


def shown(job: Job) -> Mail:
    """The mail as the letter and the page show it: to be read, not followed. It may be anybody's."""
    return Mail(
        subject="",
        at=job.received_at,
        text=defused.shown(job.split.text),
        files=tuple(replace(file, name=defused.shown(file.name)) for file in job.files),
        sender=job.message.sender.address if job.message.sender else "",
    )


def would(job: Job) -> tuple[Would, ...]:
    """What the mail would do, step by step; nothing for words that decide nothing."""
    from .. import handlers, work  # they build on this module; only this rare step looks ahead

    apart = replace(job, untaken=[], unplaced=[])
    steps: list[Would] = []
    with suppress(Refusal):
        pieces = work.parts(apart)
        steps += [Would("held_line", piece.label) for piece in pieces if piece.item.kind == "held"]
        for one in [piece.job for piece in pieces if piece.item.kind != "held"] if pieces else [apart]:
            with suppress(Refusal):
                steps.append(_step(one, handlers.understand(one)))
    return tuple(steps)


def _step(job: Job, intent: Intent) -> Would:
    verb, ref, version = intent.verb.value, "", 0
    if intent.verb is Verb.CONFIRM:
        verb = f"{job.conversation.subject_kind if job.conversation else ''} {'yes' if intent.yes else 'no'}"
    with suppress(Held):
        question, shown_ = job.question()
        ref, version = question.ref, shown_
    if intent.verb is Verb.APPROVE and job.conversation and job.conversation.subject_kind == "draft":
        verb = Verb.AMEND.value
    replaces = intent.replace or (intent.verb is Verb.OTHER_ADDRESS and not intent.yes)
    return Would(verb, ref, version, replaces, intent.outcome, intent.until, intent.text)


def decide(job: Job, intent: Intent, row: sqlite3.Row) -> str:
    """« OUI » or « Ce n'est pas moi » by reply. Raises Held for anybody else's word, OutOfTurn where it is too late."""
    assert job.conversation is not None
    if not row["person_id"] == job.person.id == job.conversation.person_id:
        raise Held("only whom a mail claims to be from may confirm it")
    if over(job.system, job.conn, row):
        raise OutOfTurn("that mail waits no more")
    if job.files:
        raise Unclear("a file, which would go nowhere", about="confirm_mail")
    if intent.yes:
        return carry_out(job.system, job.conn, row, f"confirmed by message {job.inbox_id}")
    deny(job.system, job.conn, row, f"message {job.inbox_id}")
    scene = Scene(job.system.oga, job.system.now(), job.person, about="denied", mail=job.cause.mail)
    send(job.system, job.conn, Post("notice", job.person, job.conversation, reply=True), scene, job.cause)
    return "denied"


def asked_about(job: Job) -> bool:
    """True for a reply to such a letter."""
    c = job.conversation
    if c is None or c.purpose is not Purpose.CONFIRM or c.subject_kind != SUBJECT:
        return False
    return confirmations.asked_at(job.conn, c.subject_id) is not None


def says(job: Job) -> bool | None:
    """What « c'est moi » and its like say in reply to such a letter; None for all other words."""
    return words_confirmation.says(job.split.text) if asked_about(job) else None


def over(system: System, conn: sqlite3.Connection, row: sqlite3.Row) -> bool:
    """True where a mail can no longer be confirmed: that was done, or denied, or nobody said anything in time."""
    asked = confirmations.asked_at(conn, row["id"])
    return row["state"] != "held" or row["decision"] != DECISION or asked is None or until(asked) <= system.now()


def until(asked: datetime) -> datetime:
    """Until when a mail may be confirmed that was asked about then."""
    return asked + LASTS


def carry_out(system: System, conn: sqlite3.Connection, row: sqlite3.Row, how: str) -> str:
    """Work a mail that waited as if its writer had just been proven; returns "confirmed". What is refused now is told
    in the letter of that refusal. `how` stands in `why`."""
    from .. import work  # it builds on this module; only this rare step looks ahead

    _told(system, conn, row, "mail_confirmed", how)
    try:
        state, trace = work.carry_out(system, conn, waiting_job(system, conn, row))
    except Refusal as refusal:
        state, trace = "held", {"disposition": "hold", "decision": type(refusal).__name__, "reason": str(refusal)}
    reason = "; ".join(filter(None, (how, trace.get("reason"))))
    inbox.finish(conn, row["id"], state, system.now(), {"disposition": "accept", **trace, "reason": reason})
    return "confirmed"


def waiting_job(system: System, conn: sqlite3.Connection, row: sqlite3.Row) -> Job:
    """The job of a mail that waited, its writer proven. Raises a Refusal where its writer or its dossier moved on."""
    from ..reading import our_words

    try:
        message = system.reader.parse(blobs.get(conn, row["sha256"]), system.policy.limits)
    except (KeyError, Unreadable) as error:
        raise Held("nobody can read it any more") from error
    answered = conversations.get(conn, row["conversation"]) if row["conversation"] else None
    sent = our_words(conn, answered, message) if answered else ""
    split = system.reader.written(message, sent)
    person = people.get(conn, row["person_id"])
    return build(system, conn, row, message, split, Target(answered, row["matched_by"] or "", person, Trust.PROVEN))


def deny(system: System, conn: sqlite3.Connection, row: sqlite3.Row, how: str) -> None:
    """The person says that the mail is not theirs: it is closed, and staff see it."""
    _told(system, conn, row, "mail_denied", how)
    inbox.finish(conn, row["id"], "closed", system.now(), {"reason": DENIED})


def _told(system: System, conn: sqlite3.Connection, row: sqlite3.Row, kind: str, how: str) -> None:
    payload: dict[str, Any] = {"how": how}
    journal.add(conn, system.now(), kind, payload, person_id=row["person_id"], inbox_id=row["id"])


def close_old(system: System) -> int:
    """Close what nobody confirmed in time; returns how many that is."""
    ids = confirmations.old(system.store.conn, system.now() - LASTS)
    for id in ids:
        with system.store.tx() as conn:
            inbox.finish(conn, id, "closed", system.now(), {"reason": UNANSWERED})
    return len(ids)


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next one is closed."""
    asked = confirmations.oldest(conn)
    return until(asked) if asked else None
