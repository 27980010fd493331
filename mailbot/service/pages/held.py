"""The page of a mail that waits for its confirmation: what it would do, and whether it is that person's."""

from __future__ import annotations

import hashlib
import logging
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...domain.model import Person
from ...errors import Refusal
from ...letters.scene import Mail, Would
from ...mail import token
from ...mail.token import Purpose
from ...store import confirmations, conversations, inbox, nonces, people, questions
from ...store.conversations import Conversation
from ...store.db import moment
from ..refusals import REFUSALS
from ..system import System
from ..waiting import confirmation

log = logging.getLogger("mailbot.pages")
LIVES = timedelta(days=30)  #: after the time to confirm is over, the page looks like an unknown one
DECISIONS = ("confirm", "discard")


@dataclass(frozen=True)
class HeldPage:
    """A page about one mail that claims to be from one person. `stands` says what became of it: waits, done, refused,
    denied, late, or staff, who look at it."""

    token: str
    number: int  #: of its conversation
    person: Person
    inbox_id: int
    ref: str  #: of the one question that it is about, "" where there is none
    at: datetime  #: when the mail came
    until: datetime
    stands: str
    mail: Mail | None = None
    would: tuple[Would, ...] = ()
    kind: str = "confirm"
    nonce: str = ""
    box: bool = False  #: « J'ai lu le message » must be ticked: nothing else tells a person from a program
    error: str = ""  #: why a form was not taken: box, nonce, shown, decision


def held_page(system: System, conn: sqlite3.Connection, conversation: Conversation) -> HeldPage | None:
    """The page of a conversation about such a mail, as far as it is known without reading the mail; None where it
    opens none (any more)."""
    row, person = inbox.get(conn, conversation.subject_id), people.get(conn, conversation.person_id)
    asked = confirmations.asked_at(conn, conversation.subject_id)
    if row is None or asked is None or row["person_id"] != person.id or not person.active:
        return None
    until = confirmation.until(asked)
    if system.now() >= until + LIVES:
        return None
    address = token.make(Purpose.PAGE, conversation.number, system.keys)
    ref = questions.get(conn, row["question_id"]).ref if row["question_id"] else ""
    stands = _stands(system, conn, row)
    return HeldPage(address, conversation.number, person, row["id"], ref, moment(row["received_at"]), until, stands)


def with_form(system: System, conn: sqlite3.Connection, page: HeldPage) -> HeldPage:
    """The page as it is shown: with the mail, what it would do, and a fresh nonce, while it waits."""
    page = _read(system, conn, page)
    if page.stands != "waits":
        return page
    nonce = secrets.token_urlsafe(16)
    nonces.add(conn, nonce, page.number, 0, fingerprint(page), system.now())
    return replace(page, nonce=nonce, box=not system.policy.confirm_browser)


def _read(system: System, conn: sqlite3.Connection, page: HeldPage) -> HeldPage:
    """The page with the mail; where its writer or its dossier moved on, or nobody can read it, staff look at it."""
    row = inbox.get(conn, page.inbox_id)
    if page.stands != "waits" or row is None:
        return page
    try:
        job = confirmation.waiting_job(system, conn, row)
        return replace(page, mail=confirmation.shown(job), would=confirmation.would(job))
    except Refusal:
        return replace(page, stands="staff")


def _stands(system: System, conn: sqlite3.Connection, row: sqlite3.Row) -> str:
    if row["state"] == "closed":
        return {confirmation.DENIED: "denied", confirmation.UNANSWERED: "late"}.get(row["reason"], "staff")
    if row["decision"] == confirmation.DECISION:
        return "late" if confirmation.over(system, conn, row) else "waits"
    if row["state"] != "done":
        return "staff"
    return "refused" if row["decision"] in {kind.__name__ for kind in REFUSALS} else "done"


def fingerprint(page: HeldPage) -> str:
    """SHA-256 over what the page shows: a form decides on this and nothing else."""
    return hashlib.sha256(f"{page.inbox_id} {page.mail} {page.would}".encode()).hexdigest()


def decide(system: System, conn: sqlite3.Connection, page: HeldPage, form: Mapping[str, str]) -> HeldPage:
    """Carry out the form; the page as it is then. One that cannot be taken changes nothing."""
    page = _read(system, conn, page)
    error = "" if page.stands != "waits" else _error(system, conn, page, form)
    if page.stands != "waits" or error:
        return replace(with_form(system, conn, page), error=error)
    conversation, row = conversations.get(conn, page.number), inbox.get(conn, page.inbox_id)
    assert conversation is not None
    assert row is not None
    if form["decision"] == "confirm":
        confirmation.carry_out(system, conn, row, "confirmed on the page")
    else:
        confirmation.deny(system, conn, row, "the page")
    log.info("decided on page inbox=%s by=%s decision=%s", row["id"], page.person.id, form["decision"])
    return held_page(system, conn, conversation) or page


def _error(system: System, conn: sqlite3.Connection, page: HeldPage, form: Mapping[str, str]) -> str:
    """Why a form cannot be taken, or "". The nonce is used up only by a form that is otherwise right."""
    if form.get("decision") not in DECISIONS:
        return "decision"
    if not system.policy.confirm_browser and form.get("read") != "yes":
        return "box"
    nonce = form.get("n", "")
    if nonces.shown(conn, nonce, page.number) not in (None, fingerprint(page)):
        return "shown"
    return "" if nonces.use(conn, nonce, page.number, system.now()) else "nonce"
