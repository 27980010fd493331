"""Words that a person struck through: still on the page, and no longer meant."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice

LONGEST = 400_000  #: characters of HTML that are looked at
MOST = 200  #: struck pieces that are looked at

_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"</?([a-z]+)", re.IGNORECASE)
_STRIKES = re.compile(r"<(?:s|strike|del)[\s>/]|<[^<>]*line-through", re.IGNORECASE)
_EMPTY = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "col"})


def stands_in(markup: str, typed: str) -> bool:
    """True if words that the HTML of a mail strikes through are among those that its writer typed."""
    if not _STRIKES.search(markup[:LONGEST]):
        return False
    said = _flat(typed)
    return any(words in said for words in islice(_struck(markup[:LONGEST]), MOST))


def _struck(markup: str) -> Iterator[str]:
    """What each element that strikes its words through holds."""
    tag, depth, held = "", 0, []
    for piece in _TAG.split(markup):
        name = found[1].lower() if piece.startswith("<") and (found := _NAME.match(piece)) else ""
        if not name:
            held += [piece] if depth else []
        elif depth and name == tag:
            depth += -1 if piece.startswith("</") else 1
        elif not depth and name not in _EMPTY and _STRIKES.match(piece):
            tag, depth, held = name, 1, []
        if held and not depth:
            if words := _flat(html.unescape("".join(held))):
                yield words
            held = []


def _flat(text: str) -> str:
    return " ".join(text.split())
