"""A hundred mails that are made when they are played, against a running service: each is understood for what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile import judge, run, unseen
from tests.hostile.world import world

pytestmark = pytest.mark.slow


def test_what_was_made_for_it_does_no_harm(tmp_path: Path) -> None:
    made = unseen.manifest(run.manifest()["policy"])
    cases = made["cases"]
    assert {name for case in cases for name in case["checks"]} <= judge.CHECKS.keys() | judge.NOT_JUDGED
    assert sum(case["group"] != "control" for case in cases) >= 80
    with world(tmp_path, made) as at_work:
        results = list(run.play(at_work, cases))
    assert [r.name for r in results if not r.good] == [], run.failures(results)
