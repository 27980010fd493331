"""What was said once of a short text need not be worked out again: markup and words come back in every mail."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Said = TypeVar("Said")
_MOST = 4_096  #: texts of each judge that are remembered
_LONGEST = 160  #: characters of one; what is longer, nobody writes twice


def remembered(judge: Callable[[str], Said]) -> Callable[[str], Said]:
    """`judge`, a pure function of a text, as one that remembers what it said of short texts."""
    said = lru_cache(_MOST)(judge)

    @wraps(judge)
    def says(text: str) -> Said:
        return said(text) if len(text) <= _LONGEST else judge(text)

    return says
