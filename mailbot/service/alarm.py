"""Alarms: what needs a person now. A line in the log, a letter to `[alarm] email`, and `[alarm] command`.

One of the same name at most an hour. An alarm never stops what it speaks of: it raises nothing, and the command runs
in a thread of its own, outside every transaction.
"""

from __future__ import annotations

import logging
import os
import shlex
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from ..domain.model import Person, Role
from ..errors import StoreBusy
from ..letters.render import render
from ..letters.scene import Scene
from ..mail.message import Address, OutgoingMessage
from ..maillog import told
from ..store import inbox, outbox
from ..store.db import moment, set_setting, setting, stamp
from .keeping import erasing
from .system import System

log = logging.getLogger("mailbot.alarm")

#: name -> what its letter is called
TITLES = {
    "paused": "the outbox paused itself",
    "shunted": "a message could not be worked",
    "inbox": "mail is taken in, and not worked",
    "outbox": "letters do not leave",
    "letters": "a letter could not be written",
    "infected": "a file that was taken is infected",
    "retention": "dossiers are kept longer than [retention] says",
    "flood": "somebody floods us with mail",
}
AGAIN = timedelta(hours=1)  #: between two alarms of the same name
UNWORKED = timedelta(minutes=15)
UNSENT = timedelta(minutes=60)
MONTH = timedelta(days=31)
FLOODED = timedelta(minutes=10)
COMMAND_SECONDS = 30.0


@contextmanager
def unwritten(system: System, what: str, put_off: Callable[[], None]) -> Iterator[None]:
    """A letter of the tick that our code fails on is logged, alarmed and put off; the others are written all the same.

    `what` names it for the log; `put_off` must see to it that it is not tried again at once.
    """
    try:
        yield
    except StoreBusy:
        raise
    except Exception as error:
        log.exception("not written %s", what)
        put_off()
        raise_alarm(
            system,
            "letters",
            f"Our code failed on {what} ({told(error)}). Nothing is lost: it is tried again in ten "
            "minutes, a digest tomorrow. Look at the log; `mailbot check` tries all templates.",
        )


def raise_alarm(system: System, name: str, text: str) -> bool:
    """Call a person; `name` is one of TITLES. Outside any transaction. False where it was called within the hour."""
    try:
        with system.store.tx() as conn:
            if not _first(system, conn, name):
                return False
            _write(system, conn, TITLES[name], text)
    except StoreBusy as error:
        log.error("alarm %s: %s", name, error)
        return False
    log.error("alarm %s: %s", name, " ".join(text.split()))
    if system.policy.alarm_command:
        said = f"mailbot: {TITLES[name]}\n\n{text}\n"
        threading.Thread(target=run, args=(system.policy.alarm_command, said), name="mailbot-alarm").start()
    return True


def _first(system: System, conn: sqlite3.Connection, name: str) -> bool:
    """True, and remembered, where the last alarm of that name is an hour ago."""
    now, last = system.now(), setting(system.store, f"alarm_{name}")
    if last and now - moment(last) < AGAIN:
        return False
    set_setting(conn, f"alarm_{name}", stamp(now))
    return True


def _write(system: System, conn: sqlite3.Connection, title: str, text: str) -> None:
    to, id, now = system.policy.alarm_email, outbox.next_id(conn), system.now()
    if not to:
        return
    scene = Scene(system.oga, now, Person(0, to, "", Role.STAFF), word=title, comment=text)
    letter = render(system.templates, outbox.ALARM, scene)
    message = OutgoingMessage(
        kind=outbox.ALARM,
        to=Address("", to),
        from_=system.bot,
        reply_to=system.bot.address,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        date=now,
        message_id=f"<alarm.{id}@{system.domain}>",
        automatic=True,
        seed=f"{id}.alarm",
    )
    outbox.add(conn, message, id=id, due_at=now)


def run(command: str, text: str, seconds: float = COMMAND_SECONDS) -> None:
    """Run `[alarm] command` with the alarm on its standard input; it and its children are killed after `seconds`."""
    null = subprocess.DEVNULL
    try:
        with subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE, stdout=null, stderr=null, text=True, start_new_session=True
        ) as child:
            try:
                child.communicate(text, timeout=seconds)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.communicate()
            if child.returncode:
                log.error("[alarm] command ended with %s", child.returncode)
    except (OSError, ValueError, IndexError) as error:
        log.error("[alarm] command: %s: %s", type(error).__name__, error)


def watch(system: System) -> None:
    """Look whether mail is worked, letters leave, and nobody floods us; once a minute, and after each tick."""
    now, conn = system.now(), system.store.conn
    new = inbox.oldest_new(conn)
    if new and now - new > UNWORKED:
        raise_alarm(
            system,
            "inbox",
            f"The oldest message that waits to be worked came in {_since(new, now)}. Nothing is lost.\n\n"
            "Look at the log of `mailbot serve`, and at `mailbot inbox list`.",
        )
    due = None if setting(system.store, "paused") else outbox.oldest_due(conn, now)
    if due and now - due > UNSENT:
        raise_alarm(
            system,
            "outbox",
            f"The oldest letter that is due waits {_since(due, now)}. Nothing is lost.\n\n"
            "Look at `mailbot outbox list`: each line ends with what the host of [smtp_out] said.",
        )
    _flood(system, now)
    _retention(system, now)


def _retention(system: System, now: datetime) -> None:
    """Looked at once a day; an alarm once a month, and not before a month too long."""
    last = setting(system.store, "retention_looked_at")
    if last and now - moment(last) < timedelta(days=1):
        return
    said = setting(system.store, "alarm_retention")
    count = 0 if said and now - moment(said) < MONTH else erasing.due(system, MONTH)
    with system.store.tx() as conn:
        set_setting(conn, "retention_looked_at", stamp(now))
    if count:
        raise_alarm(
            system,
            "retention",
            f"{count} dossiers have been closed for a month longer than [retention] dossiers_years says. Nothing is "
            "erased by itself.\n\n`mailbot purge --dry-run` says what would go; docs/running.md has a line for cron.",
        )


def _flood(system: System, now: datetime) -> None:
    count, last = inbox.flooded(system.store.conn, now - FLOODED)
    if count:
        raise_alarm(
            system,
            "flood",
            f"{count} messages of the last ten minutes are more than one sender may send ([limits] "
            "mails_per_minute_per_sender). All are kept, and worked after everybody else's.\n\n"
            f"`mailbot why {last}` says what became of the newest, `mailbot inbox show {last}` who sent it. In a loop, "
            "`mailbot pause` stops our side; else have the mail server refuse that sender.",
        )


def _since(then: datetime, now: datetime) -> str:
    return f"since {stamp(then)}, {int((now - then).total_seconds() // 60)} minutes ago"
