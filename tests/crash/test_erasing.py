"""`purge` is killed again and again while `serve` takes mail: what was begun is ended, and no mail waits for it."""

from __future__ import annotations

import base64
import os
import smtplib
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.sandbox import Sandbox, sandbox
from mailbot.mail.envelope import Dmarc, Envelope, Verdict
from mailbot.mail.token import Purpose
from mailbot.service import ingress
from mailbot.service.addresses import address
from mailbot.service.questions import find
from mailbot.service.work import work_all

WORD, REPLIES, KILLS = "canari-4711", 20, 2
TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


def closed_campaign(here: Sandbox) -> None:
    """Twenty questions are answered with a file, and all are treated."""
    system = apps.build(load(here.folder / "config.toml", os.environ)).system
    conn = system.store.conn
    refs = [row["ref"] for row in conn.execute("select ref from question where state = 'asked' order by ref limit 20")]
    for ref in refs:
        question = find(conn, ref)
        writer, message = question.asked[0], EmailMessage()
        message["From"], message["Message-ID"] = writer.email, f"<{ref}@cabinet.example>"
        message["To"] = address(system, ref, writer, Purpose.ANSWER)["address"]
        message.set_content(f"{WORD} pour {ref}\n")
        message.add_attachment(b"%PDF-1.4\n" + os.urandom(100_000), "application", "pdf", filename=f"{WORD}.pdf")
        verdict = Verdict(Dmarc.PASS, writer.email.partition("@")[2])
        envelope = Envelope(writer.email, (str(message["To"]),), system.now(), "127.0.0.1", True, False, verdict)
        ingress.accept(system.store, message.as_bytes(), envelope)
    assert work_all(system) == REPLIES
    with system.store.tx() as conn:
        conn.execute("update question set state = 'treated', waiting = 0, remind_at = null")
        conn.execute("update outbox set state = 'sent' where state = 'due'")
        conn.execute("update plan set due_at = null")
        conn.execute("update deed set receipt_due_at = null")
    system.store.close()


def taking_mail(here: Sandbox, stop: threading.Event, waits: list[float]) -> None:
    with smtplib.SMTP("127.0.0.1", here.smtp_port, timeout=60) as client:
        while not stop.wait(0.02):
            raw = f"From: a@b.example\r\nMessage-ID: <{len(waits)}@b>\r\nSubject: x\r\n\r\nBonjour\r\n".encode()
            begin = time.monotonic()
            client.sendmail("a@b.example", ["eccv@assaprol.example"], raw)
            waits.append(time.monotonic() - begin)


def purged(database: Path) -> int:
    with closing(sqlite3.connect(database)) as conn:
        return int(conn.execute("select count(*) from journal where kind = 'purged'").fetchone()[0])


@pytest.mark.slow
def test_what_was_begun_is_ended_and_no_mail_waits(tmp_path: Path) -> None:
    with sandbox(tmp_path) as here:
        here.run("ask", "--yes")
        closed_campaign(here)
        database = tmp_path / "var" / "mailbot.db"
        here.start()
        stop, waits = threading.Event(), []
        feeding = threading.Thread(target=taking_mail, args=(here, stop, waits))
        feeding.start()
        for kill in range(KILLS):
            before = purged(database)
            with subprocess.Popen(here._command("purge", "--before", TOMORROW, "--yes"), stdout=-3, stderr=-3) as one:
                while one.poll() is None and purged(database) < before + 4:
                    stop.wait(0.002)
                with suppress(ProcessLookupError):
                    one.kill()
            assert purged(database) > before, kill
        assert "effacé le" in here.run("verify")
        here.run("purge", "--before", TOMORROW, "--yes")
        stop.set()
        feeding.join(30)
        assert waits
        assert max(waits) < 5, "seconds until a 250"
        assert "effacé le" in here.run("verify")
        here.stop()
        for file in database.parent.glob("mailbot.db*"):
            data = file.read_bytes()
            for form in (WORD.encode(), base64.b64encode(WORD.encode())[:-4]):
                assert form not in data, file.name
