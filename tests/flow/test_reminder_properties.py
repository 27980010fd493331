"""Whatever happens in whatever order, no reminder comes where none should: random campaigns with a random machine."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mailbot.service import brakes
from tests.world import COMMANDS, REFS, World, world

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  #: a shorter story is not worth the minutes it takes to find
EXAMPLES = int(os.environ.get("MAILBOT_EXAMPLES", "12"))  #: more of them where there is time

COMMAND = st.tuples(st.sampled_from(sorted(COMMANDS)), st.sampled_from(REFS))
PASSING = st.tuples(st.just("pass"), st.integers(1, 24 * 12))
OFF = st.tuples(st.just("off"), st.integers(1, 24 * 6))
BACK = st.tuples(st.just("back"), st.integers(1, 30))
AWAY = st.tuples(st.just("away"), st.booleans())
BRAKE = st.tuples(st.just("brake"), st.booleans())
STORY = st.lists(st.one_of(COMMAND, PASSING, PASSING, OFF, BACK, AWAY, BRAKE), min_size=4, max_size=25)


def play(here: World, story: list[tuple[str, Any]]) -> None:
    for what, value in story:
        if what == "pass":
            here.advance(timedelta(hours=value))
        elif what == "off":
            here.off(here.now + timedelta(hours=value))
        elif what == "back":
            here.back(timedelta(hours=value))
        elif what == "away":
            here.away = value
        elif what == "brake":
            brakes.pause(here.app.system, "a test") if value else brakes.resume(here.app.system)
        else:
            here.do(what, value)


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(story=STORY)
def test_no_reminder_comes_where_none_should(asked: Path, story: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = world(asked, Path(folder))
        try:
            play(here, story)
            here.away = False
            brakes.resume(here.app.system)
            here.advance(timedelta(days=40))
        finally:
            here.close()
