"""Mail that comes in: how fast it is kept, how fast it is worked, what it costs, and how long a 250 takes meanwhile."""

from __future__ import annotations

import asyncio
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.sandbox import Sandbox, sandbox
from mailbot.gateways import smtp_in
from mailbot.mail.token import Purpose
from mailbot.service.addresses import address
from mailbot.service.questions import find
from mailbot.service.work import work_all
from mailbot.store import inbox, outbox

from .client import Mail, elsewhere, hand_in, send
from .settings import at_once
from .workload import Place, replies

BACKLOG, COUNT, MANY = 1_000, 300, 20
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def figures(folder: Path) -> dict[str, float]:
    """All of this file, in fresh sandboxes."""
    found = {}
    with sandbox(folder / "apart") as here:
        mails = asked(here, 2 * COUNT)
        found["replies accepted, 1 connection [1/s]"] = accepted(here, mails[:COUNT])
        found["replies worked to the queued letter, one thread [1/s]"] = worked(here)
        found[f"replies accepted, {MANY} connections [1/s]"] = accepted(here, mails[COUNT:], MANY)
    with sandbox(folder / "served") as here:
        found |= _served(here, asked(here, 2 * COUNT))
    with sandbox(folder / "backlog") as here:
        found |= _backlog(here, asked(here, COUNT + BACKLOG))
    with sandbox(folder / "big") as here:
        found["memory of serve, one reply of 25 MB, peak [MB]"] = _big(here)
    return found


def asked(here: Sandbox, count: int) -> list[Mail]:
    """Ask the questions of a sandbox; the first so many replies to them."""
    at_once(here.folder)
    here.run("ask", "--yes")
    return list(replies(places(here), count))


def application(here: Sandbox) -> apps.App:
    """The mailbot of a sandbox, in this process."""
    return apps.build(load(here.folder / "config.toml", os.environ))


def places(here: Sandbox) -> list[Place]:
    """Who replies, to which address, and the letter that is answered: one place an asked question."""
    app = application(here)
    conn, found = app.system.store.conn, []
    for row in conn.execute("select ref from question where state = 'asked' order by ref").fetchall():
        question = find(conn, row["ref"])
        writer = question.asked[0]
        where = address(app.system, question.ref, writer, Purpose.ANSWER)["address"]
        letter = next(x for x in outbox.of_question(conn, question.id) if x["to_address"] == writer.email)
        found.append(Place(writer.email, where, letter["text"], letter["message_id"]))
    app.system.store.close()
    return found


def accepted(here: Sandbox, mails: list[Mail], connections: int = 1) -> float:
    """Replies a second that the listener keeps (250 after the commit); nothing else runs."""
    app = application(here)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(smtp_in.start(apps.door(app, lambda: None), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    rate = len(mails) / elsewhere(hand_in, server.port, mails, connections)
    asyncio.run_coroutine_threadsafe(server.close(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    app.system.store.close()
    return rate


def worked(here: Sandbox) -> float:
    """Replies a second that one thread works from raw bytes to all their letters, of those that still wait."""
    app = application(here)
    with apps.reading_apart(app) as apart:
        apart.system.reader.parse(b"From: a@b.example\r\n\r\n", app.system.policy.limits)  # it has started
        begin = time.perf_counter()
        done = work_all(apart.system)
        rate = done / (time.perf_counter() - begin)
    answers = app.system.store.conn.execute("select count(*) from inbox where command = 'answer' and state = 'done'")
    assert answers.fetchone()[0] == done, "a reply was not taken as an answer"
    app.system.store.close()
    return rate


def _served(here: Sandbox, mails: list[Mail]) -> dict[str, float]:
    """What `serve` does with replies from the wire to letters that have left."""
    app = application(here)
    here.start()
    _until(lambda: _quiet(app), "the letters of the campaign did not leave")
    found = {}
    for connections, share in ((1, mails[:COUNT]), (MANY, mails[COUNT:])):
        cpu, begin = _cpu(here), time.perf_counter()
        elsewhere(hand_in, here.smtp_port, share, connections)
        _until(lambda: inbox.oldest_new(app.system.store.conn) is None, "replies were not worked")
        name = "1 connection" if connections == 1 else f"{connections} connections"
        found[f"replies through serve, worked, {name} [1/s]"] = COUNT / (time.perf_counter() - begin)
        _until(lambda: _quiet(app), "the letters of the replies did not leave")
        found[f"CPU of serve a reply, letters sent, {name} [ms]"] = (_cpu(here) - cpu) / COUNT * 1000
    found[f"memory of serve, {MANY} connections, peak [MB]"] = _peak(here)
    app.system.store.close()
    return found


def _backlog(here: Sandbox, mails: list[Mail]) -> dict[str, float]:
    """How fast the listener is while what came before is worked, and how long a start takes that finds it."""
    accepted(here, mails[COUNT:])
    begin = time.perf_counter()
    here.start()
    found = {f"start to ready, {BACKLOG:,} replies wait [s]": time.perf_counter() - begin}
    waits = sorted(elsewhere(send, here.smtp_port, mails[:COUNT]))
    assert here.inbox("new") > 0, "the backlog was gone before the last reply came in"
    found[f"replies accepted while {BACKLOG:,} are worked [1/s]"] = COUNT / sum(waits)
    found["a 250 meanwhile, half [ms]"] = statistics.median(waits) * 1000
    found["a 250 meanwhile, 99 in 100 [ms]"] = waits[int(COUNT * 0.99)] * 1000
    return found


def _big(here: Sandbox) -> float:
    """Megabytes that `serve` needs at most while it takes and works one reply of 25 MB."""
    asked(here, 0)
    here.start()
    place = places(here)[0]
    send(here.smtp_port, [(place.sender, place.recipient, _heavy(place))])
    app = application(here)
    _until(lambda: inbox.counts(app.system.store.conn)["done"] == 1, "the reply of 25 MB was not worked")
    app.system.store.close()
    return _peak(here)


def _heavy(place: Place) -> bytes:
    head = (
        f"From: {place.sender}\r\nTo: {place.recipient}\r\nSubject: Re\r\nMessage-ID: <big@x>\r\nMIME-Version: 1.0\r\n"
    )
    head += (
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nVoici.\r\n--b\r\n'
    )
    head += "Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + b"JVBERi0xLjQK" * 6 + b"\r\n" + (b"QUJD" * 19 + b"\r\n") * 320_000 + b"--b--\r\n"


def _quiet(app: apps.App) -> bool:
    conn = app.system.store.conn
    return inbox.oldest_new(conn) is None and outbox.next_due(conn) is None


def _until(holds: Callable[[], bool], otherwise: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.01)


def _cpu(here: Sandbox) -> float:
    """Seconds of processor that `serve` used so far, with the process that reads mail for it."""
    ticks = 0
    for process in _processes(here):
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_A_SECOND


def _peak(here: Sandbox) -> float:
    """The most memory that `serve` has had, in megabytes, and the most that the process which reads mail has had."""
    kilobytes = 0
    for process in _processes(here):
        status = (process / "status").read_text()
        kilobytes += int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
    return kilobytes / 1024


def _processes(here: Sandbox) -> Iterator[Path]:
    assert here.process is not None
    serve = Path(f"/proc/{here.process.pid}")
    yield serve
    for listed in serve.glob("task/*/children"):
        with suppress(OSError):  # a thread has ended meanwhile
            yield from (Path(f"/proc/{pid}") for pid in listed.read_text().split())
