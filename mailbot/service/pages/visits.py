"""What the pages show and do. `view` changes nothing but hands out nonces; `decide` is one transaction.

Every door leads through `_opened`: a browser that the person of the page has not confirmed sees nothing of it.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from ...domain import commands as c
from ...domain.model import Channel, File, Outcome, Verdict, Written
from ...domain.questions import Act
from ...errors import NothingToUndo, Refusal
from ...letters.prepare import fitted
from ...letters.typography import one_line
from ...store import files, nonces
from ...store.db import savepoint
from ..questions import act
from ..system import System
from ..waiting import confirmation
from . import browsers
from . import held as page_held
from .browsers import Closed, Opened, Visitor
from .held import HeldPage
from .letter import LetterPage, beside, letter_page, with_all_forms
from .version import Page, fingerprint, opened, page_of, with_forms

log = logging.getLogger("mailbot.pages")
TEXT_LIMIT = 100_000  #: characters of an amendment or comment
AnyPage = Page | LetterPage | HeldPage
NOBODY = Visitor()  #: a browser of which nothing is known


def view(system: System, text: str, visitor: Visitor = NOBODY) -> AnyPage | Closed | None:
    """The page of a token, with fresh nonces; None where the token opens none (any more)."""
    with system.store.tx() as conn:
        page = _opened(system, conn, text, visitor)
        return page if page is None or isinstance(page, Closed) else _shown(system, conn, page)


def _opened(system: System, conn: sqlite3.Connection, text: str, visitor: Visitor) -> AnyPage | Closed | None:
    """The page of a token as far as this browser may see it: the only way to a page, of whatever kind."""
    page = _page(system, conn, text)
    return page and (browsers.gate(system, conn, page, visitor) or page)


def code(system: System, text: str, form: Mapping[str, str], visitor: Visitor) -> Closed | Opened | None:
    """Mail the code that opens a page, or take the one that was typed; None for a token that opens no page."""
    with system.store.tx() as conn:
        page = _page(system, conn, text)
        if page is None:
            return None
        closed = browsers.gate(system, conn, page, visitor)
        if closed is None:
            return Opened(page.token)
        if "code" in form:
            return browsers.take(system, conn, closed, page.person, visitor, form["code"])
        return browsers.ask(system, conn, closed, page.person, visitor, again=form.get("again") == "yes")


def _page(system: System, conn: sqlite3.Connection, text: str) -> AnyPage | None:
    conversation = opened(system, conn, text)
    if conversation and conversation.subject_kind == "letter":
        return letter_page(system, conn, conversation)
    if conversation and conversation.subject_kind == confirmation.SUBJECT:
        return page_held.held_page(system, conn, conversation)
    return page_of(system, conn, conversation) if conversation and conversation.subject_kind == "version" else None


def _shown(system: System, conn: sqlite3.Connection, page: AnyPage) -> AnyPage:
    """The page with fresh nonces, which nobody gets before the gate."""
    if isinstance(page, HeldPage):
        return page_held.with_form(system, conn, page)
    if isinstance(page, LetterPage):
        return with_all_forms(system, conn, page)
    return beside(system, conn, with_forms(system, conn, page))


def fit(page: AnyPage | Closed, system: System) -> AnyPage | Closed:
    """The page as it is shown: its times where the association is, its texts free of control characters."""
    zone = system.policy.timezone
    if isinstance(page, Page):
        return _fit(page, zone)
    if isinstance(page, Closed | HeldPage):
        closed: Closed | HeldPage = fitted(page, zone)
        return closed
    whole: LetterPage = fitted(replace(page, items=()), zone)
    return replace(whole, items=tuple(_fit(item, zone) for item in page.items))


def _fit(page: Page, zone: ZoneInfo) -> Page:
    history = tuple(
        {**row, "name": one_line(row["name"]), "moment": row["moment"].astimezone(zone)} for row in page.history
    )
    shown: Page = fitted(replace(page, history=()), zone)
    return replace(shown, history=history)


def decide(system: System, text: str, form: Mapping[str, str], visitor: Visitor = NOBODY) -> AnyPage | Closed | None:
    """Carry out the form of a page; returns the page as it now is. None for a token that opens no page.

    A form that cannot be taken changes nothing and comes back with what was typed.
    """
    with system.store.tx() as conn:
        page = _opened(system, conn, text, visitor)
        if isinstance(page, Closed):
            return replace(page, error="closed", typed=form.get("text", "")[:TEXT_LIMIT])
        if isinstance(page, HeldPage):
            return page_held.decide(system, conn, page, form)
        if not isinstance(page, Page):
            return page and replace(_shown(system, conn, page), error="decision")
        late = page.kind in ("done", "changed") and form.get("decision") != "undo"
        error = "" if late else _error(system, conn, page, form) or _refused(system, conn, page, form)
        if late or error:
            page = replace(page, error=error, tried=form.get("decision", ""), typed=form.get("text", ""))
            return _moved(page) if error in MOVED and page.kind != "done" else _shown(system, conn, page)
        after = _page(system, conn, text)
        after = after and _shown(system, conn, after)
    log.info("decided on page question=%s by=%s decision=%s", page.question.id, page.person.id, form.get("decision"))
    return after


MOVED = ("version", "shown")  #: errors of forms of a page that showed something else than what stands


def _moved(page: Page) -> Page:
    return replace(page, kind="changed", newer=page.token)


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
    if nonces.shown(conn, form.get("n", ""), page.number) not in (None, fingerprint(page)):
        return "shown"
    return _incomplete(decision, form, system.policy.confirm_browser) or (
        "" if nonces.use(conn, form.get("n", ""), page.number, system.now()) else "nonce"
    )


def _incomplete(decision: str, form: Mapping[str, str], confirmed: bool) -> str:
    """What a decision lacks, or "". Of a confirmed browser no box need be ticked."""
    if decision in ("amend", "send_back", "ask_again") and not form.get("text", "").strip():
        return "text"
    if len(form.get("text", "")) > TEXT_LIMIT:
        return "long"
    if decision == "treat" and form.get("outcome") not in {o.value for o in Outcome}:
        return "outcome"
    return "box" if decision != "undo" and not confirmed and form.get("read") != "yes" else ""


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


def file(system: System, text: str, n: int, visitor: Visitor = NOBODY) -> tuple[File, bytes] | Closed | None:
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
