"""`serve` is killed in the middle of 200 replies and started again: nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import smtplib
import sqlite3
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.postoffice import HOST
from mailbot.demo.sandbox import Sandbox, sandbox
from mailbot.mail.token import Purpose
from mailbot.service.addresses import address
from mailbot.service.questions import find
from mailbot.store import journal
from mailbot.store import questions as kept

REPLIES, KILLS = 200, 4


def _mails(here: Sandbox) -> list[tuple[str, str, bytes]]:
    """(sender, recipient, bytes) of 200 replies of those who were asked, each with words of its own."""
    system = apps.build(load(here.folder / "config.toml", os.environ)).system
    conn = system.store.conn
    refs = [row["ref"] for row in conn.execute("select ref from question where state = 'asked' order by ref")]
    mails = []
    for n in range(REPLIES):
        question = find(conn, refs[n % len(refs)])
        writer = question.asked[0]
        message = EmailMessage()
        message["From"], message["Subject"] = writer.email, "Re: ECCV"
        message["To"] = address(system, question.ref, writer, Purpose.ANSWER)["address"]
        message["Message-ID"] = f"<reply-{n}@cabinet.example>"
        message.set_content(f"Réponse numéro {n} : le détail est de {n} 000 €.\n")
        head = f"Authentication-Results: {HOST}; dmarc=pass header.from={writer.email.partition('@')[2]}\r\n"
        mails.append((writer.email, str(message["To"]), head.encode() + message.as_bytes(policy=policy.SMTP)))
    system.store.close()
    return mails


def _hand_in(here: Sandbox, mails: list[tuple[str, str, bytes]], done: list[int], killed: threading.Event) -> None:
    """As a mail server does (RFC 5321 §4.5.4.1): a mail is done with a 250 in hand, else it comes again unchanged."""
    for n, (sender, recipient, raw) in enumerate(mails):
        while True:
            try:
                with smtplib.SMTP("127.0.0.1", here.smtp_port, timeout=60) as client:
                    client.sendmail(sender, [recipient], raw)
                break
            except (OSError, smtplib.SMTPException):
                killed.wait(0.05)
        done.append(n)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    with sandbox(tmp_path) as here:
        here.run("ask", "--yes")
        mails, done, pause = _mails(here), [], threading.Event()
        here.start()
        sending = threading.Thread(target=_hand_in, args=(here, mails, done, pause))
        sending.start()
        for kill in range(KILLS):
            while len(done) < (kill + 1) * REPLIES // (KILLS + 2):
                pause.wait(0.005)
            here.stop(kill=True)
            here.start()
        sending.join(120)
        here.stop()
        here.run("tick", "--at", (datetime.now(UTC) + timedelta(days=1)).isoformat())
        _nothing_lost_or_doubled(here)


def _nothing_lost_or_doubled(here: Sandbox) -> None:
    app = apps.build(load(here.folder / "config.toml", os.environ))
    conn = app.system.store.conn
    states = dict(conn.execute("select state, count(*) from inbox group by state").fetchall())
    assert states == {"done": REPLIES}
    typed = Counter(row["added"] for row in conn.execute("select added from answer"))
    assert len(typed) == REPLIES
    assert set(typed.values()) == {1}
    _the_letters_left(here, conn)
    assert list(journal.faults(conn)) == []
    assert conn.execute("pragma integrity_check").fetchone()[0] == "ok"
    assert conn.execute("pragma foreign_key_check").fetchall() == []
    for row in conn.execute("select id from question where version > 0"):
        question = kept.get(conn, row["id"])
        assert question.answer is not None
    app.system.store.close()


def _the_letters_left(here: Sandbox, conn: sqlite3.Connection) -> None:
    """Every letter reached the post office; one that went twice went with the same bytes."""
    queued = {row["message_id"]: row["state"] for row in conn.execute("select message_id, state from outbox")}
    assert set(queued.values()) == {"sent"}
    arrived: dict[str, set[bytes]] = {}
    for letter in here.office.letters():
        arrived.setdefault(str(letter.message["Message-ID"]), set()).add(letter.raw)
    assert set(arrived) == set(queued)
    assert all(len(copies) == 1 for copies in arrived.values())
