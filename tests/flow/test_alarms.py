"""Alarms: raised once, heard in time, and never answered."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailbot.demo.postoffice import reply, submit
from mailbot.mail.token import Purpose
from mailbot.service import alarm, brakes
from mailbot.store import inbox, outbox, people
from mailbot.store.db import stamp
from tests.campaign import AICHA, Campaign
from tests.gateways.clients import wait_until
from tests.operators import alarms, with_policy

pytestmark = pytest.mark.slow  # whole services and files: `make test` only


def test_an_alarm_is_raised_once_an_hour_and_runs_its_command(campaign: Campaign, tmp_path: Path) -> None:
    said = tmp_path / "said"
    with_policy(campaign, alarm_email="ops@assaprol.example", alarm_command=f"sh -c 'cat >> {said}; exit 3'")
    brakes.pause(campaign.system, "by hand")
    assert alarm.raise_alarm(campaign.system, "inbox", "Nothing moves.")
    assert not alarm.raise_alarm(campaign.system, "inbox", "Nothing moves still.")
    assert alarm.raise_alarm(campaign.system, "outbox", "No letter.")
    for thread in [t for t in alarm.threading.enumerate() if t.name == "mailbot-alarm"]:
        thread.join(20)
    assert sorted(said.read_text().splitlines()) == sorted(
        ["mailbot: mail is taken in, and not worked", "", "Nothing moves.",
         "mailbot: letters do not leave", "", "No letter."]
    )  # fmt: skip
    campaign.run()
    assert alarms(campaign) == ["mailbot: mail is taken in, and not worked", "mailbot: letters do not leave"]
    assert "Nothing moves." in campaign.office.mailbox("ops@assaprol.example")[0].text
    assert brakes.allowance(campaign.system) == campaign.system.policy.letters_per_hour, "alarms are not counted"


def test_a_command_that_hangs_is_killed_with_its_children(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    alarm.run(f"sh -c 'sleep 60 & echo $! > {tmp_path / 'child'}; wait'", "text", seconds=1)
    assert "ended with -9" in caplog.text
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    wait_until(lambda: not child.exists() or child.read_text().split()[2] in "ZX")
    alarm.run("/no/such/program", "text")
    assert "No such file" in caplog.text


def test_a_shunted_message_raises_an_alarm(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    with_policy(campaign, alarm_email="ops@assaprol.example")
    monkeypatch.setattr("mailbot.service.work.target.find", lambda *_: 1 / 0)
    found = campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.")
    assert found["state"] == "shunted"
    assert alarms(campaign) == ["mailbot: a message could not be worked"]
    assert f"mailbot why {found['id']}" in campaign.office.mailbox("ops@assaprol.example")[0].text


def test_a_reply_to_an_alarm_waits_for_a_person_and_a_bounce_of_it_suspends_nobody(campaign: Campaign) -> None:
    with_policy(campaign, alarm_email="ops@assaprol.example")
    alarm.raise_alarm(campaign.system, "inbox", "Nothing moves.")
    campaign.run()
    (letter,) = campaign.office.mailbox("ops@assaprol.example")
    assert str(letter.message["Reply-To"]) == "eccv@assaprol.example"
    found = campaign.hand_in(reply(letter, ("Ops", "ops@assaprol.example"), "Je regarde."))
    assert found["state"] == "held"
    row = outbox.by_message_id(campaign.system.store.conn, str(letter.message["Message-ID"]))
    assert row is not None
    verp = campaign.system.address(Purpose.BOUNCE, row["id"])
    submit(campaign.port, bounce_of(verp))
    campaign.run()
    assert outbox.counts(campaign.system.store.conn)["bounced"] == 1
    assert people.count_suspended(campaign.system.store.conn) == 0


def bounce_of(verp: str) -> EmailMessage:
    """A mail server says that the address does not exist."""
    raw = (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {verp}\r\nSubject: Undelivered\r\nMessage-ID: <b1@mx.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nUnknown user\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ops@assaprol.example\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n\r\n--b--\r\n"
    )
    found = message_from_bytes(raw.encode(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_the_watch_sees_mail_that_is_not_worked_and_letters_that_do_not_leave(campaign: Campaign) -> None:
    with_policy(campaign, alarm_email="ops@assaprol.example")
    alarm.watch(campaign.system)
    assert inbox.oldest_new(campaign.system.store.conn) is None
    now, conn = campaign.system.now(), campaign.system.store.conn
    minute = alarm.timedelta(minutes=1)
    with campaign.system.store.tx():
        conn.execute("update outbox set state = 'due', due_at = ? where id = 1", (stamp(now - 61 * minute),))
    brakes.pause(campaign.system, "by hand")
    alarm.watch(campaign.system)
    assert outbox.due_alarms(conn, campaign.system.now()) == [], "paused on purpose is no alarm"
    brakes.resume(campaign.system)
    alarm.watch(campaign.system)
    assert [row["subject"] for row in outbox.due_alarms(conn, now + minute)] == ["mailbot: letters do not leave"]
    with campaign.system.store.tx():
        conn.execute("update inbox set state = 'new', received_at = ?", (stamp(now - 16 * minute),))
        inbox.add(conn, b"x", "x", envelope(now - 16 * minute), "<x@x>")
    alarm.watch(campaign.system)
    subjects = [row["subject"] for row in outbox.due_alarms(conn, now + minute)]
    assert subjects[-1] == "mailbot: mail is taken in, and not worked"


def envelope(at: Any) -> Any:
    from mailbot.mail.envelope import Envelope

    return Envelope("a@b.example", ("eccv@assaprol.example",), at)


def test_a_host_that_is_away_counts_as_letters_that_do_not_leave(campaign: Campaign) -> None:
    """Each try puts the due time off: the letter is old all the same. A 4xx of the host's own is no such thing."""
    conn, now = campaign.system.store.conn, campaign.system.now()
    with campaign.system.store.tx():
        conn.execute("update outbox set date = ?", (stamp(now - alarm.timedelta(hours=2)),))
        conn.execute("update outbox set state = 'deferred', due_at = ? where id = 1", (stamp(now + alarm.AGAIN),))
        conn.execute("update outbox set reply = '451 greylisted' where id = 1")
    assert outbox.oldest_due(conn, now) is None
    with campaign.system.store.tx():
        conn.execute("update outbox set reply = '0 ConnectionRefusedError' where id = 1")
    since = outbox.oldest_due(conn, now)
    assert since is not None
    assert now - since >= alarm.timedelta(hours=2)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda conn, now: outbox.oldest_due(conn, now), ["outbox_due", "outbox_away"]),
        (lambda conn, now: outbox.due(conn, now), ["outbox_due"]),
        (lambda conn, now: outbox.due_alarms(conn, now), ["outbox_kind"]),
        (lambda conn, now: outbox.count_unconfirmed(conn, now, 600), ["outbox_unconfirmed"]),
        (lambda conn, now: outbox.counts(conn), ["outbox_kind"]),
        (lambda conn, now: inbox.states(conn), ["inbox_state"]),
    ],
    ids="oldest due alarms unconfirmed letters mails".split(),
)
def test_what_is_asked_at_each_tick_or_probe_has_its_index(campaign: Campaign, ask: Any, index: list[str]) -> None:
    conn, said = campaign.system.store.conn, []
    conn.set_trace_callback(said.append)
    ask(conn, campaign.system.now())
    conn.set_trace_callback(None)
    plans = [" ".join(r["detail"] for r in conn.execute(f"explain query plan {sql}")) for sql in said]
    assert [name for plan, name in zip(plans, index, strict=True) if f"INDEX {name}" not in plan] == [], plans
