"""Made-up mail of a fixed seed, some seconds long; `make fuzz` takes ten minutes and other seeds."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.fuzz import approvals, run
from tests.fuzz.mutate import MUTATORS, mutant
from tests.fuzz.targets import TARGETS, Trial, Wrong, corpus

pytestmark = pytest.mark.slow  # seconds of made-up mail: `make test` only

SEED, SECONDS = 4, 5.0


def test_nothing_breaks_and_nothing_is_decided() -> None:
    tallies = run.fuzz(corpus(), SECONDS, SEED)
    assert [(f.kind, f.what, f.data[:2_000]) for t in tallies.values() for f in t.findings] == []
    assert all(tally.runs for tally in tallies.values())


def test_the_same_seed_makes_the_same_inputs() -> None:
    known = corpus()
    for name, make in TARGETS.items():
        assert make(random.Random(name), known).data == make(random.Random(name), known).data


@pytest.mark.parametrize("mutator", sorted(set(MUTATORS), key=lambda m: m.__name__), ids=lambda m: m.__name__)
def test_every_mutator_changes_mail(mutator: object) -> None:
    mails = corpus().mails[:30]
    assert any(mutator(random.Random(n), mails[n], mails) != mails[n] for n in range(30))  # type: ignore[operator]


def test_mutants_of_nothing_are_made_as_well() -> None:
    assert isinstance(mutant(random.Random(1), [b""]), bytes)


def _wrong() -> None:
    raise Wrong("approved")


def _slow() -> None:
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass


def _broken() -> None:
    raise KeyError("x")


def test_what_goes_wrong_is_found_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SLOW", 0.4)
    tally = run.Tally()
    for act in (_wrong, _slow, _broken):
        run._try("reply", Trial(act.__name__.encode(), act), tally)
    assert [finding.kind for finding in tally.findings] == ["decision", "slow", "exception"]
    kept = run.keep(tally.findings, tmp_path / "new")
    assert [path.read_bytes() for path in kept] == [b"_wrong", b"_slow", b"_broken"]
    assert "KeyError" in kept[2].with_suffix(".txt").read_text()
    assert "3 findings" in run.table({"reply": tally})


@pytest.mark.parametrize("text", ["OK", "Bonjour,\nvalidé, merci.", "RAS, vous pouvez transmettre", "rien à redire"])
def test_a_plain_yes_may_approve(text: str) -> None:
    assert not approvals.surely_not(text)


@pytest.mark.parametrize("text", ["OK ?", "OK mais la TVA", "ne pas valider", "oui sauf la 3", "le montant", ""])
def test_a_doubt_may_not(text: str) -> None:
    assert approvals.surely_not(text)
