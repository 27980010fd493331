"""Confirmed browsers by mail: « NAVIGATEURS » lists them, « OUBLIER 2 » takes one away, « Ce n'est pas moi » all that a
stranger's browser had.

Who is frightened must be able to do it at once: the token of a letter of ours is enough, and nothing is ever given.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from ...domain.browsers import Browser
from ...errors import Held, OutOfTurn, Unclear
from ...letters.scene import Scene
from ...letters.typography import listed
from ...mail.token import Purpose
from ...store import browsers, conversations, journal
from ..correspondence import Post, send
from ..job import Job
from ..understanding.browsers import disowns
from ..understanding.french import core, fold
from ..understanding.intent import Intent, Verb
from .browsers import KIND

log = logging.getLogger("mailbot.browsers")
LISTED, FORGOTTEN, DISOWNED = "browsers", "browsers forgotten", "code disowned"


def show(job: Job, intent: Intent) -> str:
    """Mail the list."""
    _write(job, "")
    return LISTED


def forget(job: Job, intent: Intent) -> str:
    """These open the writer's pages no more; without a number, none does."""
    mine = browsers.of(job.conn, job.person.id, job.system.now())
    named = [one for one in mine if one.number in intent.numbers or not intent.numbers]
    if not named and intent.numbers:
        _write(job, "unknown")
        return "no such browser"
    browsers.forget(job.conn, job.person.id, [one.number for one in named], job.system.now())
    _note(job, "browsers_forgotten", named)
    _write(job, "forgotten" if named else "", listed([one.name for one in named]))
    return FORGOTTEN


def about_a_code(job: Job) -> bool:
    """True for a reply to a letter with a code."""
    return job.conversation is not None and job.conversation.subject_kind == KIND


def read(job: Job) -> Intent:
    """What such a reply says. Raises Unclear for all but « Ce n'est pas moi »: a code is typed on its page."""
    if not disowns(fold(core(job.split.text))):
        raise Unclear("a code is typed on its page", about=KIND)
    return Intent(Verb.CONFIRM, yes=False)


def disown(job: Job) -> str:
    """The code counts no more, and the browser that asked for it opens nothing. Raises Held for anybody else's word,
    OutOfTurn for a code that was erased."""
    assert job.conversation is not None
    code = browsers.code(job.conn, job.conversation.subject_id)
    if code is None:
        raise OutOfTurn("that code is gone")
    if code["person_id"] != job.person.id:
        raise Held("only whom a code was mailed to may disown it")
    had = browsers.of(job.conn, job.person.id, job.system.now())
    browsers.disown(job.conn, code, job.system.now())
    left = browsers.of(job.conn, job.person.id, job.system.now())
    _note(job, "code_disowned", [one for one in had if one not in left])
    _write(job, "not_me")
    return DISOWNED


def _note(job: Job, kind: str, named: list[Browser]) -> None:
    payload = {"browsers": [one.name for one in named]}
    journal.add(job.conn, job.system.now(), kind, payload, person_id=job.person.id, inbox_id=job.inbox_id)
    log.info("%s person=%s count=%s", kind, job.person.id, len(named))


def _write(job: Job, about: str, word: str = "") -> None:
    conversation = conversations.of(job.conn, Purpose.MENU, job.person.id, "person", job.person.id)
    scene = Scene(job.system.oga, job.system.now(), job.person, mail=job.cause.mail, about=about, word=word)
    scene = replace(scene, browsers=browsers.of(job.conn, job.person.id, job.system.now()))
    send(job.system, job.conn, Post("browsers", job.person, conversation, reply=True), scene, job.cause)
