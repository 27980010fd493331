"""What the pages show and do. `view` changes nothing but hands out nonces; `decide` is one transaction."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from ..domain import commands as c
from ..domain.model import Channel, File, Outcome, Verdict, Written
from ..domain.questions import Act
from ..errors import NothingToUndo, Refusal
from ..letters.prepare import fitted
from ..store import files, nonces
from ..store.db import savepoint
from .page_letter import LetterPage, beside, letter_page
from .page_version import Page, opened, page_of, with_forms
from .questions import act
from .system import System

log = logging.getLogger("mailbot.pages")
TEXT_LIMIT = 100_000  #: characters of an amendment or comment


def view(system: System, text: str) -> Page | LetterPage | None:
    """The page of a token, with fresh nonces; None where the token opens none (any more)."""
    with system.store.tx() as conn:
        page = _page(system, conn, text)
        return _shown(system, conn, page) if isinstance(page, Page) else page


def _page(system: System, conn: sqlite3.Connection, text: str) -> Page | LetterPage | None:
    conversation = opened(system, conn, text)
    if conversation and conversation.subject_kind == "letter":
        return letter_page(system, conn, conversation)
    return page_of(system, conn, conversation) if conversation and conversation.subject_kind == "version" else None


def _shown(system: System, conn: sqlite3.Connection, page: Page) -> Page:
    return beside(system, conn, with_forms(system, conn, page))


def fit(page: Page | LetterPage, system: System) -> Page | LetterPage:
    """The page as it is shown: its times where the association is, its texts free of control characters."""
    zone = system.policy.timezone
    if isinstance(page, Page):
        return _fit(page, zone)
    whole: LetterPage = fitted(replace(page, items=()), zone)
    return replace(whole, items=tuple(_fit(item, zone) for item in page.items))


def _fit(page: Page, zone: ZoneInfo) -> Page:
    history = tuple({**row, "moment": row["moment"].astimezone(zone)} for row in page.history)
    shown: Page = fitted(replace(page, history=()), zone)
    return replace(shown, history=history)


def decide(system: System, text: str, form: Mapping[str, str]) -> Page | LetterPage | None:
    """Carry out the form of a page; returns the page as it now is. None for a token that opens no page.

    A form that cannot be taken changes nothing and comes back with what was typed.
    """
    with system.store.tx() as conn:
        page = _page(system, conn, text)
        if not isinstance(page, Page):
            return page and replace(page, error="decision")
        late = page.kind in ("done", "changed") and form.get("decision") != "undo"
        error = "" if late else _error(system, conn, page, form) or _refused(system, conn, page, form)
        if late or error:
            shown = _shown(system, conn, page)
            return replace(shown, error=error, tried=form.get("decision", ""), typed=form.get("text", ""))
        after = _page(system, conn, text)
        after = _shown(system, conn, after) if isinstance(after, Page) else after
    log.info("decided on page question=%s by=%s decision=%s", page.question.id, page.person.id, form.get("decision"))
    return after


DECISIONS = {
    "approve": ("approve", "amend", "send_back"),
    "treat": ("treat", "ask_again"),
    "done": ("undo",),
}


def _error(system: System, conn: sqlite3.Connection, page: Page, form: Mapping[str, str]) -> str:
    """Why a form cannot be taken, or "". The nonce is used up only by a form that is otherwise right."""
    decision = form.get("decision", "")
    if decision == "undo" and not page.undo:
        return NothingToUndo.__name__
    if decision not in DECISIONS[page.kind]:
        return "decision"
    if form.get("v") != str(page.answer.version):
        return "version" if form.get("v") else "nonce"
    return _incomplete(decision, form) or (
        "" if nonces.use(conn, form.get("n", ""), page.number, system.now()) else "nonce"
    )


def _incomplete(decision: str, form: Mapping[str, str]) -> str:
    """What a decision lacks, or ""."""
    if decision in ("amend", "send_back", "ask_again") and not form.get("text", "").strip():
        return "text"
    if len(form.get("text", "")) > TEXT_LIMIT:
        return "long"
    if decision == "treat" and form.get("outcome") not in {o.value for o in Outcome}:
        return "outcome"
    return "box" if decision != "undo" and form.get("read") != "yes" else ""


def _refused(system: System, conn: sqlite3.Connection, page: Page, form: Mapping[str, str]) -> str:
    """Do what the form says; the name of the refusal, or ""."""
    try:
        with savepoint(conn):
            act(system, conn, page.question, _command(page, form), Act(page.person, system.now(), Channel.PAGE))
    except Refusal as refusal:
        return type(refusal).__name__
    return ""


def _command(page: Page, form: Mapping[str, str]) -> c.Command:
    version, typed = page.answer.version, form.get("text", "").replace("\r\n", "\n").strip()
    commands: dict[str, c.Command] = {
        "approve": c.Approve(version),
        "amend": c.Amend(version, Written(typed), replace=True),
        "send_back": c.SendBack(version, typed),
        "treat": c.Treat(Outcome(form.get("outcome") or Outcome.SATISFACTORY.value), version),
        "ask_again": c.AskAgain(typed),
        "undo": c.Undo(),
    }
    return commands[form["decision"]]


def file(system: System, text: str, n: int) -> tuple[File, bytes] | None:
    """File number `n` (from 1) of the version a page is about, with its bytes; None where there is none."""
    with system.store.tx() as conn:
        page = _opened(system, conn, text, visitor)
        if isinstance(page, Closed):
            return page
        if not isinstance(page, Page) or not 1 <= n <= len(page.answer.files):
            return None
        wanted = page.answer.files[n - 1]
        if wanted.verdict is not Verdict.OK:
            return None
        return wanted, files.content(conn, wanted.inbox_id, wanted.part, wanted.sha256)
