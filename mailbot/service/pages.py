"""What the pages show and do. `view` changes nothing but hands out a nonce; `decide` is one transaction."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..domain import commands as c
from ..domain.access import Who, belongs, of_the_firm
from ..domain.model import Answer, Channel, File, Outcome, Person, Question, Role, State, Verdict, Written
from ..domain.questions import Act
from ..errors import Refusal, VersionChanged
from ..letters.prepare import fitted
from ..mail import token
from ..mail.parse import part
from ..mail.token import Purpose
from ..store import blobs, conversations, inbox, journal, nonces, people, questions
from ..store.db import moment, savepoint
from .questions import act
from .system import System

log = logging.getLogger("mailbot.pages")
LIVES = timedelta(days=30)  #: after the question was treated or withdrawn, the page looks like an unknown one
TEXT_LIMIT = 100_000  #: characters of an amendment or comment


@dataclass(frozen=True)
class Page:
    """A page about one version of an answer, for one person.

    `kind` is approve or treat while that version waits for the person, done once it was decided, changed where
    another version stands now.
    """

    kind: str
    token: str
    person: Person
    question: Question
    answer: Answer  #: the version the page is about
    nonce: str = ""
    history: tuple[dict[str, Any], ...] = ()
    error: str = ""  #: why a form was not taken: box, nonce, version, text, outcome, decision; or a refusal's name
    tried: str = ""  #: the decision of a form that was not taken
    typed: str = ""  #: what was typed in it
    decided: str = ""  #: the event that decided on this version, where one did
    decided_by: Person | None = None
    decided_moment: datetime | None = None


def view(system: System, text: str) -> Page | None:
    """The page of a token, with a fresh nonce; None where the token opens none (any more)."""
    with system.store.tx() as conn:
        page = _page(system, conn, text)
        if page is None or page.kind not in ("approve", "treat"):
            return page
        return _with_nonce(system, conn, page)


def fit(page: Page, system: System) -> Page:
    """The page as it is shown: its times where the association is, its texts free of control characters."""
    zone = system.policy.timezone
    history = tuple({**row, "moment": row["moment"].astimezone(zone)} for row in page.history)
    shown: Page = fitted(_replace(page, history=()), zone)
    return _replace(shown, history=history)


def _with_nonce(system: System, conn: sqlite3.Connection, page: Page, **more: Any) -> Page:
    nonce = secrets.token_urlsafe(16)
    known = token.verify(page.token, system.keys)
    assert known is not None
    nonces.add(conn, nonce, known[1], page.answer.version, system.now())
    return _replace(page, nonce=nonce, **more)


def _replace(page: Page, **more: Any) -> Page:
    return Page(**{**page.__dict__, **more})


def _page(system: System, conn: sqlite3.Connection, text: str) -> Page | None:
    known = token.verify(text, system.keys)
    if known is None or known[0] is not Purpose.PAGE:
        return None
    conversation = conversations.get(conn, known[1])
    if conversation is None or conversation.subject_kind != "version":
        return None
    person = people.get(conn, conversation.person_id)
    question_id, shown = questions.answer_by_id(conn, conversation.subject_id)
    question = questions.get(conn, question_id)
    history = _told(conn, question_id)
    concerned = person.role is Role.STAFF or of_the_firm(person, question)
    if not person.active or not concerned or _over(system, question, history):
        return None
    return _standing(conn, Page("", text.lower(), person, question, shown, history=tuple(history)))


def _told(conn: sqlite3.Connection, question_id: int) -> list[dict[str, Any]]:
    """The history of a question, with names and times for people."""
    rows = journal.history(conn, question_id)
    found = {row["by"]: people.by_email(conn, row["by"]) for row in rows if row["by"]}
    return [
        {**row, "name": person.name if (person := found.get(row["by"])) else "", "moment": moment(row["at"])}
        for row in rows
    ]


def _over(system: System, question: Question, history: list[dict[str, Any]]) -> bool:
    if question.state not in (State.TREATED, State.WITHDRAWN):
        return False
    closed = [h["at"] for h in history if h["event"] in ("treated", "withdrawn")]
    limit = (system.now() - LIVES).strftime("%Y-%m-%dT%H:%M:%SZ")
    return bool(closed) and closed[-1] < limit


def _standing(conn: sqlite3.Connection, page: Page) -> Page:
    """Which of the four pages it is now."""
    question, version = page.question, page.answer.version
    if page.person.role is Role.STAFF:
        if question.state is State.SUBMITTED and question.handed_over == version:
            return _replace(page, kind="treat")
    elif question.waiting == version and belongs(page.person, Who.APPROVER, question):
        return _replace(page, kind="approve")
    deciding = _decision(conn, page)
    if deciding is None:
        return _replace(page, kind="changed")
    return _replace(
        page,
        kind="done",
        decided=deciding["event"],
        decided_by=people.by_email(conn, deciding["by"] or ""),
        decided_moment=deciding["moment"],
    )


DECIDING = {
    Role.STAFF: ("treated", "asked_again", "withdrawn"),
    Role.EXPERT: ("approved", "amended", "sent_back", "submitted", "treated", "withdrawn", "asked_again"),
}


def _decision(conn: sqlite3.Connection, page: Page) -> dict[str, Any] | None:
    """The journal's row that decided on this version: the first deciding one since it was written."""
    words = DECIDING.get(page.person.role, DECIDING[Role.EXPERT])
    written = questions.answer(conn, page.question.id, page.answer.version)
    seen = False
    for row in page.history:
        seen = seen or row["version"] == written.version
        if seen and row["event"] in words and row["version"] in (written.version, written.version + 1, None):
            return row
        if seen and row["event"] == "proposed" and row["version"] != written.version:
            return None
    return None


def decide(system: System, text: str, form: Mapping[str, str]) -> Page | None:
    """Carry out the form of a page; returns the page as it now is. None for a token that opens no page.

    A form that cannot be taken changes nothing and comes back with what was typed.
    """
    with system.store.tx() as conn:
        page = _page(system, conn, text)
        if page is None or page.kind in ("done", "changed"):
            return page and _replace(page, **_kept(form))
        error = _error(system, conn, page, form)
        if error:
            return _with_nonce(system, conn, page, error=error, **_kept(form))
        try:
            with savepoint(conn):
                _act(system, conn, page, form)
        except Refusal as refusal:
            kind = "changed" if isinstance(refusal, VersionChanged) else page.kind
            return _replace(page, kind=kind, error=type(refusal).__name__, **_kept(form))
        done = _page(system, conn, text)
    log.info("decided on page question=%s by=%s decision=%s", page.question.id, page.person.id, form.get("decision"))
    return done


def _kept(form: Mapping[str, str]) -> dict[str, str]:
    """What comes back from a form that was not taken, for the same form."""
    return {"tried": form.get("decision", ""), "typed": form.get("text", "")}


def _error(system: System, conn: sqlite3.Connection, page: Page, form: Mapping[str, str]) -> str:
    """Why a form cannot be taken, or "". The nonce is used up only by a form that is otherwise right."""
    known = token.verify(page.token, system.keys)
    assert known is not None
    if form.get("decision") not in DECISIONS[page.kind]:
        return "decision"
    if form.get("v") != str(page.answer.version):
        return "version" if form.get("v") else "nonce"
    if form.get("decision") in ("amend", "send_back", "ask_again") and not form.get("text", "").strip():
        return "text"
    if len(form.get("text", "")) > TEXT_LIMIT:
        return "long"
    if form.get("decision") == "treat" and form.get("outcome") not in {o.value for o in Outcome}:
        return "outcome"
    if form.get("read") != "yes":
        return "box"
    return "" if nonces.use(conn, form.get("n", ""), known[1], system.now()) else "nonce"


DECISIONS = {"approve": ("approve", "amend", "send_back"), "treat": ("treat", "ask_again")}


def _act(system: System, conn: sqlite3.Connection, page: Page, form: Mapping[str, str]) -> None:
    version, typed = page.answer.version, form.get("text", "").replace("\r\n", "\n").strip()
    commands: dict[str, c.Command] = {
        "approve": c.Approve(version),
        "amend": c.Amend(version, Written(typed), replace=True),
        "send_back": c.SendBack(version, typed),
        "treat": c.Treat(Outcome(form.get("outcome") or Outcome.SATISFACTORY.value), version),
        "ask_again": c.AskAgain(typed),
    }
    doing = Act(page.person, system.now(), Channel.PAGE)
    act(system, conn, page.question, commands[form["decision"]], doing)


def file(system: System, text: str, n: int) -> tuple[File, bytes] | None:
    """File number `n` (from 1) of the version a page is about, with its bytes; None where there is none."""
    conn = system.store.conn
    page = _page(system, conn, text)
    if page is None or not 1 <= n <= len(page.answer.files):
        return None
    wanted = page.answer.files[n - 1]
    row = inbox.get(conn, wanted.inbox_id)
    if row is None or wanted.verdict is not Verdict.OK:
        return None
    return wanted, part(blobs.get(conn, row["sha256"]), wanted.part)
