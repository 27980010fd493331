"""mailbot inside this process, with the sample campaign: the same `serve`, and a clock that can be moved."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from .. import app as apps
from .. import maillog
from ..config import load
from ..errors import MailbotError, UsageError
from ..service import imports
from ..service.questions import ask
from ..service.status import Status, status
from ..store import dossiers, inbox, outbox, questions
from ..store.db import stamp
from .postoffice import PostOffice, post
from .sandbox import BOT, SAMPLE, SHEETS, configuration

PARIS = ZoneInfo("Europe/Paris")
ASKED = datetime(2026, 11, 3, 7, 30, tzinfo=PARIS)  #: when the sample campaign is asked, whatever the real date is
PORTS = range(20_000, 32_000)
PATIENCE = 30.0  #: seconds that anything of one sandbox may take


class Running:
    """One mailbot at work. Made by `running`, which prepares it and lets go of it."""

    def __init__(self, folder: Path, office: PostOffice, app: apps.App) -> None:
        self.folder, self.office, self.app = folder, office, app
        self.smtp_port = 0
        self.web = app.system.policy.public_url
        self._sender = apps.sender(app.config)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._pause = threading.Event()  # never set: what is waited on between two looks
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="sandbox-serve", daemon=True)

    def start(self) -> None:
        """`serve`, until `stop`. Raises what kept it from starting."""
        self._thread.start()
        self._ready.wait(PATIENCE)
        if self._failed:
            raise self._failed

    def stop(self) -> None:
        """End `serve` as SIGTERM does; safe to repeat."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(PATIENCE)
        self._sender.close()
        self.app.system.store.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(apps.serve(self.app, self._note, self._stop))
        except MailbotError as error:
            self._failed = error
        finally:
            self._loop.close()
            self._ready.set()

    def _note(self, line: str) -> None:
        """The ready line of `serve`."""
        said = dict(word.split("=", 1) for word in line.split()[1:])
        self.smtp_port = int(said["smtp"].rpartition(":")[2])
        self._ready.set()

    def now(self) -> datetime:
        """The sandbox's time, in Paris."""
        return self.app.system.today()

    def advance(self, until: datetime) -> None:
        """Move the clock to `until`, running everything that falls due on the way."""
        self.settle()
        self._advance(until)

    def _advance(self, until: datetime) -> None:
        apps.advance(self.app, self._sender, until)
        self.settle()

    def later(self, **by: float) -> None:
        """The same by a while: `later(hours=1)`."""
        self.advance(self.now() + timedelta(**by))

    def morning(self, days: int = 1) -> None:
        """The same to nine o'clock, so many days on."""
        day = self.now() + timedelta(days=days)
        self.advance(day.replace(hour=9, minute=0, second=0, microsecond=0))

    def next_working_day(self) -> None:
        """The same to nine o'clock of the next day that is neither Saturday nor Sunday."""
        self.morning({4: 3, 5: 2}.get(self.now().weekday(), 1))

    def settle(self, seconds: float = PATIENCE) -> bool:
        """Wait until no mail waits to be worked and no letter is on its way; False where that takes longer."""
        return self._wait(lambda: not self._unworked() and not self._on_the_way(), seconds)

    def _wait(self, holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                return False
            self._pause.wait(0.02)
        return True

    def _unworked(self) -> bool:
        return inbox.counts(self.app.system.store.conn)["new"] > 0

    def _on_the_way(self) -> bool:
        """A letter is due, or was handed to the post office and is not marked sent yet."""
        waiting = outbox.listing(self.app.system.store.conn, ("due", "deferred"))
        return any(row["attempts"] or row["due_at"] <= stamp(self.app.system.now()) for row in waiting)

    def send(self, message: EmailMessage, verdict: str = "pass", sender: str = "") -> str:
        """Hand a mail over, to mailbot or to a colleague, with what the front server finds out about its From; returns
        its Message-ID. `sender` is who really sends it, "" for its From. Raises smtplib.SMTPException."""
        post(self.office, self.smtp_port, message, BOT, verdict, sender)
        return str(message["Message-ID"])

    def status(self) -> Status:
        """Where everything stands."""
        return status(self.app.system)

    def ask(self, dossier: str = "") -> int:
        """Ask all questions not asked yet, or those of one dossier, and send the letters; returns how many."""
        conn = self.app.system.store.conn
        count = ask(self.app.system, questions.drafts(conn, dossiers.id_of(conn, dossier) if dossier else None))
        self._advance(self.now() + timedelta(minutes=1))  # nothing has woken `serve`
        return count


def prepare(folder: Path, office: PostOffice) -> apps.App:
    """mailbot in `folder`, its letters going to `office`: made with the sample campaign, or as it was left."""
    (folder / "config.toml").write_text(configuration(office.port, free_port()), encoding="utf-8")
    config = load(folder / "config.toml", os.environ)
    new = not config.store.path.exists()
    apps.initialise(config, sandbox=True)
    app = apps.build(config)
    if new:
        app.clock.set(ASKED)
        files = [SAMPLE / f"{name}.csv" for name in SHEETS]
        imports.import_files(app.system.store, files, config.questions.catalogue, app.system.now())
    return app


def free_port(wanted: int = 0) -> int:
    """`wanted` where it is free on loopback, else one below those that the system hands out to whoever connects."""
    for number in (wanted, *random.sample(PORTS, 50)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                continue
            if number:
                return number
    raise UsageError("no port is free on 127.0.0.1")


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """A sandbox at work in `folder`, its mailboxes beside its database; the second time it goes on where it was."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as ends:
        ends.enter_context(logged(folder / "mailbot.log"))
        office = PostOffice(folder / "mailboxes")
        office.open()
        ends.callback(office.close)
        app = prepare(folder, office)
        ends.enter_context(apps.locked(app.config))
        here = Running(folder, office, app)
        ends.callback(here.stop)
        here.start()
        yield here


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """mailbot's log goes into a file instead of to the terminal, where a person reads."""
    log = logging.getLogger("mailbot")
    before = log.level, log.propagate
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(maillog.Text())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        yield
    finally:
        log.setLevel(before[0])
        log.propagate = before[1]
        log.removeHandler(handler)
        handler.close()
