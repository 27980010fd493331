"""Two that deliver at the same time: the sandbox moves its clock while `serve` is at work."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.mail.backoff import Outcome, Result
from mailbot.service import reminders
from mailbot.service.delivery import deliver_due
from tests.world import PARIS, World, world

pytestmark = pytest.mark.slow  # two processes: `make test` only


@pytest.fixture
def here(asked: Path, tmp_path: Path):
    made = world(asked, tmp_path / "world")
    yield made
    made.close()


def test_each_reminder_leaves_once(here: World) -> None:
    system = here.app.system
    here.advance(datetime(2026, 12, 8, 8, 29, tzinfo=PARIS))
    here.app.clock.set(datetime(2026, 12, 8, 9, 0, tzinfo=PARIS))
    reminders.remind(system)
    sent: Counter[str] = Counter()

    def send(reverse_path: str, recipient: str, data: bytes) -> Outcome:
        sent[recipient] += 1
        if sent.total() == 1:
            deliver_due(system, send)  # the other one, while the letters read here are still to be tried
        return Outcome(Result.SENT, 250, "taken")

    deliver_due(system, send)
    assert sent.total() > 1
    assert set(sent.values()) == {1}
    assert not system.store.conn.execute("select 1 from outbox where reply = ?", (reminders.SUPERSEDED,)).fetchall()
