"""Builds mailbot from its configuration and runs it: the only place that knows all parts."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from jinja2 import FileSystemLoader

from . import resources
from .config import Config
from .domain.calendar import Calendar
from .domain.reminders import Rules
from .errors import AlreadyRunning, MailbotError, UsageError
from .gateways import smtp_in
from .gateways.clamd import Clamd
from .gateways.reader import Apart
from .gateways.scheduler import Worker, ticking
from .gateways.smtp_out import Host, Sender
from .letters.render import environment
from .letters.scene import Oga
from .mail import trust
from .mail.envelope import Envelope
from .mail.message import Address
from .mail.parse import Limits
from .service import alarm, digests, grouping, ingress, reminders, scanning, standing_in
from .service.clock import Clock
from .service.delivery import deliver_due
from .service.health import Probes
from .service.holidays import Holidays
from .service.keeping import keyring
from .service.keeping.keyring import Keyring
from .service.system import Policy, Retention, System
from .service.waiting import confirmation, delegation
from .service.work import work_all
from .store import outbox, schedule
from .store.db import Store, migrate, set_setting

log = logging.getLogger("mailbot.app")
SWITCH_SECONDS = 0.0005  #: how long one thread may keep the others from running: a 250 waits for several turns


@dataclass(frozen=True)
class App:
    """One mailbot, ready to work."""

    config: Config
    system: System
    clock: Clock


def initialise(config: Config, sandbox: bool = False) -> list[str]:
    """Create database, key file, folders and the copy of the catalogue; what is there stays. Returns what was made.

    Raises UsageError where a folder cannot be written.
    """
    try:
        return list(_made(config, sandbox))
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}: the folder must exist and be writable") from error


def _made(config: Config, sandbox: bool) -> Iterator[str]:
    path, key, catalogue = config.store.path, config.store.key_file, config.questions.catalogue
    for folder in {path.parent, key.parent, catalogue.parent}:
        folder.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    path.touch(0o600)  # SQLite gives its -wal and -shm the same
    store = Store(path)
    ran = migrate(store, resources.data("db"))
    if not key.exists():
        keyring.create(key, datetime.now(UTC).date(), keyring.forget(store, datetime.now(UTC)))
        yield f"key file {key}"
    if not catalogue.exists():
        shutil.copy(resources.PACKAGE / "demo" / "catalogue.csv", catalogue)
        yield f"question catalogue {catalogue}"
    if ran:
        yield f"database {path}"
    if sandbox and new:
        with store.tx() as conn:
            set_setting(conn, "sandbox", "1")
    store.close()


def build(config: Config) -> App:
    """The parts, put together. Raises UsageError where `mailbot init` has not been run."""
    if not config.store.path.exists():
        raise UsageError(f"no database at {config.store.path}: run `mailbot init`")
    store = Store(config.store.path)
    migrate(store, resources.data("db"))
    clock = Clock(store)
    templates = environment(FileSystemLoader(resources.data("templates")))
    system = System(
        store=store,
        keyring=_keyring(config, store),
        oga=oga(config),
        policy=policy(config),
        templates=templates,
        bot=Address(config.mail.display_name or config.oga.name, config.mail.address.lower()),
        separator=config.mail.subaddress,
        now=clock.now,
        scan=Clamd(config.answers.clamd).scan if config.answers.clamd else None,
    )
    return App(config, system, clock)


def _keyring(config: Config, store: Store) -> Keyring:
    """The keys, which must be those of the database."""
    keyring.belongs(config.store.key_file, store)
    return Keyring(config.store.key_file)


def oga(config: Config) -> Oga:
    """What letters may say of the association."""
    return Oga(
        name=config.oga.name,
        footer=config.oga.footer,
        phone=config.oga.phone,
        website=config.oga.website,
        bot=config.mail.address,
        subject_name=config.mail.subject_name,
        timezone=config.oga.timezone,
    )


def policy(config: Config) -> Policy:
    """The rules that the configuration sets."""
    return Policy(
        timezone=config.oga.timezone,
        postpone_days=config.questions.postpone_days,
        everyone=config.questions.to == "everyone",
        dossier_letters=config.questions.letter == "dossier",
        settle=timedelta(minutes=config.approval.settle_minutes),
        longest=timedelta(minutes=config.approval.longest_minutes),
        sitting=timedelta(minutes=config.receipts.group_minutes),
        reminders=_reminders(config),
        digest_at=config.digest.at,
        digest_days=_weekdays(config.digest.days),
        digest_empty=config.digest.empty,
        allowed_types=frozenset(config.answers.allowed_types),
        max_attachment_bytes=config.answers.max_attachment_bytes,
        max_attachments=config.answers.max_attachments,
        mail_files_up_to=config.answers.mail_files_up_to,
        scanned=bool(config.answers.clamd),
        public_url=config.web.public_url.rstrip("/") if config.web.enabled else "",
        confirm_browser=config.web.confirm_browser,
        verp=config.smtp_out.verp,
        asks_back_per_day=config.limits.letters_per_conversation_per_day,
        letters_per_hour=config.limits.letters_per_hour,
        alarm_email=config.alarm.email,
        alarm_command=config.alarm.command,
        key_rotation_days=config.store.key_rotation_days,
        trust={name: getattr(config.trust, name) for name in type(config.trust).model_fields},
        limits=Limits(parts=config.mail.max_parts, depth=config.mail.max_depth, headers=config.mail.max_headers),
        retention=Retention(**config.retention.model_dump()),
    )


def _reminders(config: Config) -> Rules:
    r = config.reminders
    opens, closes = r.send_between
    calendar = Calendar(config.oga.timezone, opens, closes, _weekdays(r.weekdays), Holidays(r.holidays))
    return Rules(calendar, r.answer, r.approval, r.then_every, r.before_deadline, r.per_person_per_day)


def _weekdays(names: Iterable[str]) -> frozenset[int]:
    """Numbers of weekdays, Monday being 0."""
    return frozenset("mon tue wed thu fri sat sun".split().index(name) for name in names)


@contextmanager
def locked(config: Config) -> Iterator[None]:
    """Work this database alone: `var/mailbot.lock` beside it. Raises AlreadyRunning, naming who holds it."""
    path = config.store.path.parent / "mailbot.lock"
    try:
        file = open(path, "a+")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}: the folder must be writable") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise AlreadyRunning(f"{path} is held by process {file.read().strip() or '?'}: stop it first") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def sender(config: Config) -> Sender:
    """The host that takes our letters."""
    out = config.smtp_out
    host = Host(
        host=out.host,
        port=out.port,
        security=out.security,
        user=out.user,
        password=out.password.get_secret_value() if out.password else "",
        connections=out.connections,
        per_minute=out.per_minute,
        hostname=config.mail.address.rpartition("@")[2],
    )
    return Sender(host)


def door(app: App, arrived: Callable[[], object]) -> smtp_in.Door:
    """The listener's rules; `arrived` is called after each message that was kept."""
    config, system = app.config, app.system
    says = config.mail.auth_results

    def accept(raw: bytes, envelope: Envelope) -> None:
        ingress.accept(system.store, raw, envelope, config.limits.mails_per_minute_per_sender)
        arrived()

    return smtp_in.Door(
        accepts=system.is_ours,
        accept=accept,
        verdict=lambda raw: trust.verdict(raw, says),
        strip=lambda raw: trust.strip(raw, says),
        trusted=config.smtp_in.trusted,
        protocol=config.smtp_in.protocol,
        hostname=system.domain,
        max_message_bytes=config.mail.max_message_bytes,
        max_recipients=config.mail.max_recipients,
        tls_cert=config.smtp_in.tls_cert,
        tls_key=config.smtp_in.tls_key,
        now=system.now,
    )


@contextmanager
def reading_apart(app: App) -> Iterator[App]:
    """The same mailbot with mail read in a process of its own, which ends with the block."""
    with Apart() as reader:
        yield replace(app, system=replace(app.system, reader=reader))


def tick(app: App, send: Sender) -> dict[str, int]:
    """Run once all that is due; returns the counts."""
    found = _worked(app)
    sent = deliver_due(app.system, send.send, app.config.smtp_out.connections)
    alarm.watch(app.system)
    app.clock.ticked()
    return {**found, "sent": sent["sent"]}


def _worked(app: App, stopping: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """Everything of a tick but sending: the mail that came, letters that waited, reminders, digests."""
    app.system.turn_keys()
    reminders.adopt(app.system)
    scanning.rescan(app.system)
    delegation.close_old(app.system)
    confirmation.close_old(app.system)
    standing_in.turn_due(app.system)
    worked = work_all(app.system, stopping)
    grouping.write_due(app.system)
    return {"worked": worked, "reminders": reminders.remind(app.system), "digests": digests.write_due(app.system)}


def advance(app: App, send: Sender, until: datetime) -> dict[str, int]:
    """Let time pass to `until` in a sandbox: everything falls due at its own hour on the way. Returns the counts.

    Safe beside `serve` in the same process. Raises UsageError where the clock may not be moved.
    """
    total = tick(app, send)
    while (due := next_due(app)) and due < until:
        app.clock.set(due)
        total = {name: n + total[name] for name, n in tick(app, send).items()}
    app.clock.set(until)
    return {name: n + total[name] for name, n in tick(app, send).items()}


def next_due(app: App) -> datetime | None:
    """The next instant from now on at which something falls due, None where nothing does."""
    system, now = app.system, app.system.now()
    conn = system.store.conn
    known = (
        grouping.next_due(conn),
        schedule.next_due(conn),
        outbox.next_due(conn),
        digests.next_due(system),
        delegation.next_due(conn),
        confirmation.next_due(conn),
        standing_in.next_due(conn),
    )
    return min((at for at in known if at and at > now), default=None)


async def serve(app: App, ready: Callable[[str], object], stop: asyncio.Event | None = None) -> None:
    """Everything until SIGTERM, SIGINT or `stop`; mail is read in a process of its own. `ready` is given the line that
    says so."""
    with reading_apart(app) as apart:
        await _serve(apart, ready, stop or _stop_on_signals())


async def _serve(app: App, ready: Callable[[str], object], stop: asyncio.Event) -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    out = sender(app.config)
    delivering = Worker("mailbot-deliver", lambda: deliver_due(app.system, out.send, app.config.smtp_out.connections))

    def work() -> None:
        if any(_worked(app, lambda: working.stopping).values()):
            delivering.wake()

    def wake() -> None:
        working.wake()
        delivering.wake()

    working = Worker("mailbot-work", work)
    watching = Worker("mailbot-watch", lambda: alarm.watch(app.system))
    workers = (working, delivering, watching)
    probes = Probes(lambda: {worker.name: worker.alive for worker in workers}, app.config.web.metrics)
    mail_in, web = await _listen(app, working.wake, delivering.wake, probes)
    working.start()
    delivering.start()
    watching.start(woken=False)  # what waited while nothing ran is no alarm yet
    scheduler = ticking(wake, watching.wake)
    ready(f"ready smtp={_where(app.config.smtp_in, mail_in)} http={_where(app.config.web, web)}")
    await stop.wait()
    scheduler.shutdown(wait=False)
    for server in (mail_in, web):
        if server:
            await server.close()
    for worker in workers:
        await asyncio.to_thread(worker.stop, 10)
    out.close()


async def _listen(
    app: App, arrived: Callable[[], object], acted: Callable[[], object], probes: Probes
) -> tuple[Any, Any]:
    """Bind all listeners, or none."""
    mail_in = web = None
    try:
        if app.config.smtp_in.enabled:
            where = app.config.smtp_in
            mail_in = await smtp_in.start(door(app, arrived), where.host, where.port)
        if app.config.web.enabled:
            from .gateways import web as pages

            web = await pages.start(app.system, app.config.web.host, app.config.web.port, acted, probes)
    except MailbotError:
        if mail_in:
            await mail_in.close(0)
        raise
    return mail_in, web


def _where(section: Any, server: Any) -> str:
    return f"{section.host}:{server.port}" if server else "-"


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def at(text: str) -> datetime:
    """An instant as typed on the command line, ISO 8601; without a zone it is UTC. Raises UsageError."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text} is no instant: write for example 2026-11-24T08:30:00+01:00") from None
    if not 2000 < when.year < 2100:
        raise UsageError(f"{text} is no instant of this century")
    return when if when.tzinfo else when.replace(tzinfo=UTC)
