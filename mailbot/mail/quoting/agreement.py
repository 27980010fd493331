"""Compares the two bodies of a message: a person reads one of them, and the other must not say something else."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable

from mailbot.mail import patterns
from mailbot.mail.message import InboundMessage
from mailbot.mail.quoting.history import Reading
from mailbot.mail.quoting.lines import Kind, Line, from_text
from mailbot.mail.quoting.words import Words

_TOLERANCE = 0.1  #: of the words, for what clients leave out or add
_AHEAD = 16  #: letters behind the typed words that must be the same, for the short way
_LEAK = 12  #: more words than these that the other body has as history were not recognised here
#: A word more or less of these turns an answer round.
_TURNING = frozenset(
    "non oui ok pas ne aucun aucune jamais sans sauf mais plus refuse refus valide accord no not yes except".split()
)
_LETTERS = re.compile(r"[^\W_]+")


def disagree(shown: Reading, message: InboundMessage, read: Callable[[list[Line]], Reading]) -> bool:
    """Whether the typed words of the text part are others than those of the HTML, which `shown` is.

    `read` tells whose the lines of the text part are: asked only where the two do not obviously say the same. A text
    part that only says that it shows nothing says nothing else.
    """
    text = message.text
    if not text.strip() or not message.html or _begins_alike(shown, text):
        return False
    if len(text) <= patterns.LONGEST and patterns.NO_HTML.search(text.lower()):
        return False
    plain = read(from_text(text))
    if _letters(plain) == _letters(shown):
        return False
    return _has_others(plain, shown) or (not _is_inserted(message) and _has_others(shown, plain))


def _begins_alike(shown: Reading, text: str) -> bool:
    """The short way: both begin with the typed words, and go on with the same letters."""
    filled = [(row, kind) for row, kind in zip(shown.lines, shown.kinds, strict=True) if not row.blank]
    count = sum(kind is Kind.TYPED for _, kind in filled)
    if not count or any(kind is not Kind.TYPED for _, kind in filled[:count]):
        return False
    typed = _squeezed(row.text for row, _ in filled[:count])
    ahead = _squeezed(row.folded for row, _ in filled[count : count + 3])[:_AHEAD]
    return _squeezed([text[: 2 * len(typed) + 400]]).startswith(typed + ahead) and bool(ahead)


def _squeezed(texts: Iterable[str]) -> str:
    return "".join("".join(_LETTERS.findall(text)) for text in texts).lower()


def _letters(reading: Reading) -> str:
    """The typed letters in every charset: accents may have become anything."""
    squeezed = _squeezed(row.folded for row in _rows(reading, Kind.TYPED))
    return "".join(letter for letter in squeezed if letter.isascii())


def _rows(reading: Reading, *kinds: Kind) -> list[Line]:
    return [row for row, kind in zip(reading.lines, reading.kinds, strict=True) if kind in kinds]


def _words(reading: Reading, *kinds: Kind) -> Counter[str]:
    """Its words; numbers of one digit are left out, for a list may be numbered by its markup."""
    keys = Words.of([row.folded for row in _rows(reading, *kinds)]).keys
    return Counter(key for key in keys if len(key) > 1 or not key.isdigit())


def _has_others(one: Reading, other: Reading) -> bool:
    """Whether `one` has typed words that `other` has neither typed nor set aside."""
    typed = _words(one, Kind.TYPED)
    more = typed - _words(other, Kind.TYPED, Kind.ASIDE)
    if more.total() > _LEAK:
        more -= _words(other, Kind.QUOTED)
    return more.total() > _TOLERANCE * typed.total() or not _TURNING.isdisjoint(more)


def _is_inserted(message: InboundMessage) -> bool:
    """Whether the text is a part of the HTML: a message of both kinds one after the other, as Apple Mail sends it."""
    return f"<div>{html.escape(message.text, quote=False)}</div>".replace("\n", "<br>") in message.html
