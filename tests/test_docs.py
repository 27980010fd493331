"""What the documents say exists: every name in docs/flow.md."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOW = (ROOT / "docs" / "flow.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"`(mailbot(?:\.\w+)+)`", FLOW)))


def resolve(dotted: str) -> object:
    """The module, or the attribute of a module, of that name."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError as error:
            if error.name != ".".join(parts[:end]):
                raise
            continue
        for attribute in parts[end:]:
            found = getattr(found, attribute)
        return found
    raise AssertionError(f"no module in {dotted}")


@pytest.mark.parametrize("name", NAMES)
def test_what_the_flow_names_exists(name: str) -> None:
    assert resolve(name) is not None


def test_the_flow_names_its_steps() -> None:
    assert len(NAMES) > 30
    assert "mailbot.domain.questions.decide" in NAMES


def test_a_name_that_is_gone_is_noticed() -> None:
    with pytest.raises(AttributeError):
        resolve("mailbot.domain.questions.decided_elsewhere")
