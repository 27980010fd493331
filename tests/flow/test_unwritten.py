"""A letter that our code fails on keeps no other from being written, is tried again, and calls somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.service import correspondence
from tests.world import AICHA, MAITE, PARIS, REFS, World, world

pytestmark = pytest.mark.slow  # many days, or a whole service: `make test` only

MIREILLE = "gestion1@assaprol.example"
ELISE = "elise.larralde@cabinetetcheverry.example"


@pytest.fixture
def here(asked: Path, tmp_path: Path):
    made = world(asked, tmp_path / "world")
    yield made
    made.close()


def failing(monkeypatch: pytest.MonkeyPatch, kind: str, to: str) -> None:
    """Rendering that letter raises, as a template does that somebody edited."""
    render = correspondence.render

    def broken(env: Any, name: str, scene: Any) -> Any:
        if name == kind and scene.to.email == to:
            raise ValueError("a template is broken")
        return render(env, name, scene)

    monkeypatch.setattr(correspondence, "render", broken)


def kinds(here: World, to: str) -> list[str]:
    return [letter.kind for letter in here.mailbox(to)]


def test_a_reminder(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "reminder", AICHA)
    here.advance(datetime(2026, 12, 8, 8, 31, tzinfo=PARIS))
    assert "reminder" in kinds(here, ELISE)
    assert "reminder" not in kinds(here, AICHA)
    monkeypatch.undo()
    here.advance(timedelta(minutes=11))
    assert kinds(here, AICHA).count("reminder") == 1
    assert kinds(here, ELISE).count("reminder") == 1


def test_an_approval_letter(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "approval", MAITE)
    for ref in REFS[:2]:
        here.do("answer", ref)
    here.advance(timedelta(minutes=31))
    assert "approval" not in kinds(here, MAITE)
    monkeypatch.undo()
    here.advance(timedelta(minutes=11))
    assert kinds(here, MAITE).count("approval") == 1


def test_a_digest(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here.advance(timedelta(minutes=1))
    failing(monkeypatch, "digest", MIREILLE)
    before = kinds(here, MIREILLE).count("digest"), kinds(here, "gestion2@assaprol.example").count("digest")
    here.advance(datetime(2026, 11, 26, 9, tzinfo=PARIS))
    assert kinds(here, MIREILLE).count("digest") == before[0]
    assert kinds(here, "gestion2@assaprol.example").count("digest") == before[1] + 1
