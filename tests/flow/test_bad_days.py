"""What goes wrong around mailbot: our own faults, a database that cannot write, a host that is away."""

from __future__ import annotations

import smtplib
import socket
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from mailbot.demo.postoffice import reply, submit
from mailbot.mail.backoff import Outcome, Result
from mailbot.service import work
from mailbot.service.delivery import deliver_due
from mailbot.service.status import status
from mailbot.store import inbox
from mailbot.store.db import Store
from tests.campaign import AICHA, MAITE, Campaign


def test_a_fault_of_ours_shunts_one_mail_and_the_next_goes_on(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    understand: Callable[[Any], Any] = work.understand

    def broken(job: Any) -> Any:
        if "poison" in job.split.text:
            raise RuntimeError("a fault of ours")
        return understand(job)

    monkeypatch.setattr(work, "understand", broken)
    bad = campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Du poison dans la machine.")
    assert (bad["state"], bad["reason"]) == ("shunted", "RuntimeError: a fault of ours")
    assert campaign.show()["state"] == "asked"
    assert campaign.reply(campaign.letter(AICHA, "question", "D0009-2025-1"), AICHA, "Le détail.")["state"] == "done"
    assert status(campaign.system).as_json()["inbox"]["shunted"] == 1
    assert "shunted" in status(campaign.system).next()
    monkeypatch.setattr(work, "understand", understand)
    with campaign.system.store.tx() as conn:
        inbox.set_state(conn, bad["id"], "new")
    campaign.run()
    assert campaign.show()["answers"][0]["text"] == "Du poison dans la machine."


def test_nothing_is_half_done(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure while the last letter is queued leaves the question, the journal and the outbox as they were."""
    from mailbot.service import correspondence

    add = correspondence.outbox.add

    def broken(conn: sqlite3.Connection, message: Any, **more: Any) -> None:
        if message.kind == "approval":
            raise RuntimeError("the disk of the outbox")
        add(conn, message, **more)

    monkeypatch.setattr(correspondence.outbox, "add", broken)
    assert campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.")["state"] == "shunted"
    shown = campaign.show()
    assert (shown["state"], shown["answers"], [h["event"] for h in shown["history"]]) == ("asked", [], ["asked"])
    assert campaign.kinds(AICHA).count("receipt") == 0


def test_a_mail_that_kills_the_process_waits_after_three_strikes(campaign: Campaign) -> None:
    submit(campaign.port, reply(campaign.letter(AICHA, "question"), AICHA, "Fatal."))
    for _ in range(inbox.STRIKES):
        with campaign.system.store.tx() as conn:
            assert inbox.claim(conn) is not None  # the process died here, three times
    campaign.run()
    (row,) = inbox.waiting(campaign.system.store.conn, ("shunted",))
    assert "given up after 3 attempts" in row["reason"]
    assert campaign.reply(campaign.letter(AICHA, "question"), AICHA, "La suite.")["state"] == "done"


@pytest.mark.slow
def test_a_locked_database_says_try_again(campaign: Campaign) -> None:
    other = sqlite3.connect(campaign.system.store.path, isolation_level=None)
    other.execute("begin immediate")
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        submit(campaign.port, mail)
    assert refused.value.smtp_code == 451
    other.execute("rollback")
    other.close()
    assert campaign.hand_in(mail)["state"] == "done"


def test_a_full_database_says_try_again(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = Store._connect

    def full(self: Store) -> sqlite3.Connection:
        conn = connect(self)
        conn.execute("pragma max_page_count = 1")  # never below what the file has: no page more
        return conn

    monkeypatch.setattr(Store, "_connect", full)
    pdf = {"grand.pdf": bytes(2_000_000)}
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.", pdf)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        submit(campaign.port, mail)
    assert refused.value.smtp_code == 451
    assert inbox.find(campaign.system.store.conn, str(mail["Message-ID"])) is None


def test_a_host_that_is_away_defers_and_gets_the_same_letter_later(campaign: Campaign) -> None:
    submit(campaign.port, reply(campaign.letter(AICHA, "question"), AICHA, "Le détail."))
    work.work_all(campaign.system)
    tried: list[bytes] = []

    def away(reverse_path: str, recipient: str, data: bytes) -> Outcome:
        tried.append(data)
        return Outcome(Result.DEFERRED, 0, "connection refused")

    assert deliver_due(campaign.system, away)["deferred"] == 2
    assert deliver_due(campaign.system, away) == {"sent": 0, "deferred": 0, "failed": 0}, "not before its time"
    with campaign.system.store.tx() as conn:
        conn.execute("update outbox set due_at = '2000-01-01T00:00:00Z' where state = 'deferred'")
    assert deliver_due(campaign.system, campaign.sender.send)["sent"] == 2
    assert campaign.letter(MAITE, "approval").raw.replace(b"\r\n", b"\n") in {t.replace(b"\r\n", b"\n") for t in tried}


def test_a_letter_refused_for_good_is_seen(campaign: Campaign) -> None:
    submit(campaign.port, reply(campaign.letter(AICHA, "question"), AICHA, "Le détail."))
    work.work_all(campaign.system)
    failed = deliver_due(campaign.system, lambda *_: Outcome(Result.FAILED, 550, "5.1.1 no such user"))
    assert failed["failed"] == 2
    found = status(campaign.system)
    assert found.as_json()["outbox"]["failed"] == 2
    assert "outbox" in found.next()


def test_a_stranger_who_hangs_up_in_the_middle_leaves_nothing(campaign: Campaign) -> None:
    with socket.create_connection(("127.0.0.1", campaign.port), timeout=10) as peer:
        peer.recv(1000)
        for line in (b"EHLO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<eccv@assaprol.example>", b"DATA"):
            peer.sendall(line + b"\r\n")
            peer.recv(1000)
        peer.sendall(b"From: a@b.example\r\n\r\nhalf")
    assert inbox.last_seen(campaign.system.store.conn) is None
