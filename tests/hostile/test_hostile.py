"""Hostile mail over real SMTP: nothing unsafe, every disposition as expected, and no ordinary reply held."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile import judge, run, web
from tests.hostile.world import CASES, world

#: how many of the cases of a group must be all right; of those that are not named each
SHARE = {"mime": 0.98, "attachment": 0.98}


def test_every_check_of_the_cases_is_known() -> None:
    asked = {name for case in run.manifest()["cases"] for name in case["checks"]}
    assert asked <= judge.CHECKS.keys() | judge.NOT_JUDGED
    assert judge.SAFETY <= judge.CHECKS.keys()
    wanted = {name for case in run.manifest()["cases"] for name in case["checks"].get("must_not", ())}
    assert wanted <= judge.MUST_NOT.keys()


def test_every_case_has_its_bytes() -> None:
    cases = run.manifest()["cases"]
    named = {case.get("wire") or case["file"] for case in cases}
    assert named == {path.name for path in CASES.iterdir() if path.suffix in (".eml", ".wire")}
    assert {case["group"] for case in cases} == set(run.ORDER)


@pytest.mark.slow
def test_hostile_mail_does_no_harm_and_ordinary_mail_passes(tmp_path: Path) -> None:
    found = run.manifest()
    with world(tmp_path, found) as made:
        results = list(run.play(made, run.chosen(found["cases"], run.ORDER)))
        pages = dict(web.play(made))
    assert [(r.name, r.unsafe) for r in results if r.unsafe] == []
    assert short(results) == [], run.failures(results)
    assert {name: why for name, why in pages.items() if why} == {}


def short(results: list[run.Result]) -> list[str]:
    """The groups of which too few cases are all right."""
    groups = {group: [r for r in results if r.group == group] for group in run.ORDER}
    return [name for name, mine in groups.items() if sum(r.good for r in mine) < SHARE.get(name, 1) * len(mine)]
