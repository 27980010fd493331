"""A hundred replies to an approval letter over real SMTP: nine in ten are understood, none is wrongly."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from tests.campaign import AICHA, MAITE, Campaign
from tests.flow.decisions import SENTENCES, Said

pytestmark = pytest.mark.slow  # `make test` only

DECIDED = {"approved": "approve", "sent_back": "send_back"}


def played(here: Campaign) -> Iterator[tuple[Said, str | None, bool]]:
    """For each reply what it did (None: nothing), and whether its writer, and the colleague, were told what matters."""
    letter, conn, kept = here.proposed(), here.system.store.conn, sqlite3.connect(":memory:")
    conn.backup(kept)
    for said in SENTENCES:
        before = len(here.kinds(MAITE))
        decision = here.reply(letter, MAITE, said.text)["decision"]
        state, last = here.show()["state"], here.show()["history"][-1]["event"]
        assert (state == "proposed") == (decision not in DECIDED), (said, decision, state)
        assert last == (decision if decision in DECIDED else "proposed")
        told = len(here.kinds(MAITE)) > before
        if decision == "sent_back":
            back = here.letter(AICHA, "sent_back").text.replace("  |", "")
            told = told and said.told in " ".join(back.split())
        yield said, DECIDED.get(decision), told
        kept.backup(conn)
    kept.close()


def test_a_hundred_decisions(campaign: Campaign) -> None:
    found = list(played(campaign))
    assert len(found) == 100
    assert [(said.text, did) for said, did, _ in found if did is not None and did != said.wants] == []
    missed = [said.text for said, did, _ in found if did != said.wants]
    assert len(missed) <= 10, missed
    assert [said.text for said, _, told in found if not told] == []
