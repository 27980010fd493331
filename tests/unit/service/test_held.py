"""What a line of the digest about held mail asks for; what is doubtful asks for nothing."""

import pytest

from mailbot.service.waiting.held import action

FILED = {"action": "assign", "question": "D0030-2025-1"}


@pytest.mark.parametrize(
    "text",
    [
        "D0030-2025-1",
        "→ D0030-2025-1",
        "-> d0030-2025-1.",
        "ok pour D0030-2025-1, merci",
        "classer dans [D0030-2025-1]",
    ],
)
def test_a_reference_files_it(text: str) -> None:
    assert action(text) == FILED


@pytest.mark.parametrize(
    ("text", "what"), [("non", "drop"), ("Bloquer.", "block"), ("reprendre", "retry"), ("OK", "assign")]
)
def test_a_word_is_enough(text: str, what: str) -> None:
    assert action(text) == {"action": what}


@pytest.mark.parametrize(
    "text",
    [
        "pas D0030-2025-1",
        "surtout pas dans D0030-2025-1",
        "D0030-2025-1 ?",
        "peut-être D0030-2025-1",
        "D0030-2025-1 ou D0030-2025-2",
        "non, D0030-2025-1 est déjà traitée",
        "bloquer ?",
        "ne pas bloquer",
        "ok" + " ok" * 2000 + " x",
    ],
)
def test_doubt_asks_for_nothing(text: str) -> None:
    assert action(text) == {}
