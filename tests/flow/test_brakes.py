"""Pausing and resuming, by hand and by the outbox itself."""

from __future__ import annotations

import json

import pytest

from mailbot.mail.backoff import Outcome, Result
from mailbot.service import brakes, delivery
from mailbot.service.delivery import deliver_due
from mailbot.store import outbox, schedule
from mailbot.store.db import stamp
from tests.campaign import AICHA, MAITE, REF, Campaign
from tests.operators import Run, alarms, kinds_of_journal, status, with_policy

pytestmark = pytest.mark.slow  # whole services and files: `make test` only


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
    with campaign.system.store.tx() as conn:
        conn.execute("update question set remind_at = ? where state = 'asked'", (stamp(campaign.system.now()),))
    code, out, _ = run("resume", "--skip-past", "--yes")
    assert (code, "2 letters were passed over" in out, "of 2 questions" in out) == (0, True, True), out
    assert schedule.due(campaign.system.store.conn, campaign.system.now()) == []
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
    assert outbox.counts(campaign.system.store.conn)["due"] == 0
    assert brakes.allowance(campaign.system) == 2, "a person has looked: the number begins anew"


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
