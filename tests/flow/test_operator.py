"""The operator's side: brakes and alarms, results, verify, backup and restore, on a real database and real mail."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli import main
from mailbot.mail.backoff import Outcome, Result
from mailbot.service import alarm, brakes, delivery
from mailbot.service.delivery import deliver_due
from mailbot.store import inbox, outbox
from mailbot.store.db import stamp
from tests.campaign import AICHA, MAITE, REF, Campaign
from tests.gateways.clients import wait_until

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(campaign: Campaign, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run one command line on the campaign: (exit code, stdout, stderr)."""
    handlers = logging.root.handlers[:]

    def _run(*words: str) -> tuple[int, str, str]:
        config = Path(campaign.system.store.path).parent.parent / "config.toml"
        monkeypatch.setattr(sys, "argv", ["mailbot", "--config", str(config), *words])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    yield _run
    logging.root.handlers[:] = handlers


def with_policy(campaign: Campaign, **changes: Any) -> None:
    """The campaign under other rules of the configuration."""
    system = campaign.system
    campaign.app = replace(campaign.app, system=replace(system, policy=replace(system.policy, **changes)))


def status(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("status", "--json")[1])
    return found


def alarms(campaign: Campaign) -> list[str]:
    return [letter.subject for letter in campaign.office.mailbox("ops@assaprol.example")]


def kinds_of_journal(campaign: Campaign) -> list[str]:
    return [row["kind"] for row in campaign.system.store.conn.execute("select kind from journal order by seq")]


# The brakes


def test_while_paused_mail_is_worked_and_no_letter_leaves(campaign: Campaign, run: Run) -> None:
    assert run("pause", "--reason", "the host is moved")[0] == 0
    before = len(campaign.office.letters())
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.")
    assert campaign.show()["state"] == "proposed", "mail is worked"
    assert len(campaign.office.letters()) == before, "nothing leaves"
    assert (status(run)["paused"], status(run)["outbox"]["due"]) == (True, 2)
    first = run("status")[1].splitlines()[0]
    assert "the host is moved" in first
    assert "mailbot resume" in first
    code, out, _ = run("resume")
    assert (code, "2 letters leave now" in out) == (0, True)
    campaign.run()
    assert len(campaign.office.letters()) == before + 2
    assert status(run)["paused"] is False
    assert kinds_of_journal(campaign)[-2:] == ["proposed", "resumed"]
    assert "paused" in kinds_of_journal(campaign)


def test_a_pause_holds_what_was_about_to_leave(campaign: Campaign) -> None:
    """The first letter of a batch is on its way when somebody types `pause`: the second stays."""
    brakes.pause(campaign.system, "by hand")
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.")
    brakes.resume(campaign.system)
    sent: list[str] = []

    def send(_: str, to: str, __: bytes) -> Outcome:
        sent.append(to)
        brakes.pause(campaign.system, "by hand")
        return Outcome(Result.SENT, 250, "ok")

    assert deliver_due(campaign.system, send) == {"sent": 1, "deferred": 0, "failed": 0}
    assert len(sent) == 1
    assert outbox.counts(campaign.system.store.conn)["due"] == 1


def test_what_is_past_is_skipped_and_can_be_sent_again(campaign: Campaign, run: Run) -> None:
    run("pause")
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.")
    before = len(campaign.office.letters())
    code, _, err = run("resume", "--skip-past")
    assert (code, "2 letters that are due" in err, "--yes" in err) == (1, True, True)
    assert status(run)["paused"] is True, "nothing was done"
    assert run("resume", "--skip-past", "--yes")[0] == 0
    campaign.run()
    assert len(campaign.office.letters()) == before
    rows = [json.loads(row) for row in run("outbox", "list", "--json")[1].splitlines()]
    assert {(row["state"], row["reply"]) for row in rows} == {("failed", "skipped by resume --skip-past")}
    run("outbox", "retry", str(next(row["id"] for row in rows if row["kind"] == "approval")))
    campaign.run()
    assert campaign.kinds(MAITE)[-1] == "approval"


@pytest.mark.parametrize("connections", [1, 4])
def test_letters_beyond_the_hourly_number_stay(campaign: Campaign, run: Run, connections: int) -> None:
    """Two may leave; receipt and approval of two answers are four."""
    with_policy(campaign, letters_per_hour=2, alarm_email="ops@assaprol.example")
    brakes.pause(campaign.system, "by hand")
    for ref in (REF, "D0009-2025-1"):
        campaign.reply(campaign.letter(AICHA, "question", ref), AICHA, "Voici le détail.")
    run("resume")
    with campaign.system.store.tx() as conn:
        conn.execute("update outbox set confirmed = 0 where state = 'due'")  # as if nobody had resumed
    before = len(campaign.office.letters())
    sent = deliver_due(campaign.system, campaign.sender.send, connections)
    assert sent == {"sent": 3, "deferred": 0, "failed": 0}, "two letters, and the alarm"
    assert len(campaign.office.letters()) == before + 3
    assert alarms(campaign) == ["mailbot: the outbox paused itself"]
    assert "letters_per_hour" in brakes.paused(campaign.system.store)
    assert outbox.counts(campaign.system.store.conn)["due"] == 2, "none is lost"
    assert "2 letters leave now" in run("resume")[1]
    campaign.run()
    assert outbox.counts(campaign.system.store.conn)["due"] == 0, "a person has looked: the number begins anew"


def test_letters_of_an_ask_whose_number_was_typed_do_not_count(campaign: Campaign, run: Run) -> None:
    with_policy(campaign, letters_per_hour=1)
    run("ask", "--dossier", "D0005", "--yes")
    before = len(campaign.office.letters())
    campaign.run()
    assert len(campaign.office.letters()) > before + 1
    assert brakes.paused(campaign.system.store) == ""
    assert brakes.allowance(campaign.system) == 1


def test_a_batch_asks_for_its_number_once_and_an_idle_tick_never(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(delivery.brakes, "allowance", lambda _: asked.append(1) or 600)
    campaign.run()
    assert asked == []
    campaign.proposed()
    assert asked == [1]


# Alarms


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
