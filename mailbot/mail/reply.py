"""Cuts a message in two: what the person wrote for us, and everything else, which is kept beside it.

Every line goes to exactly one of the three texts of a Split, so nothing that was typed vanishes.
"""

from __future__ import annotations

from itertools import groupby

from mailbot.mail import history, html, signature
from mailbot.mail.lines import Kind, Line, from_text, joined
from mailbot.mail.message import Block, InboundMessage, Split


def written(message: InboundMessage, sent: str = "") -> Split:
    """What the person wrote in `message`. `sent` is the text of our letter that it answers, "" where unknown.

    The notes say which rule found history, and that a message was forwarded.
    """
    lines = body(message)
    reading = history.read(lines, sent)
    kinds = reading.kinds
    for start, end in _typed_runs(lines, kinds):
        for at in signature.aside(lines[start:end], message.from_[0].name if message.from_ else ""):
            kinds[start + at] = Kind.ASIDE
    texts = {kind: joined([row.text for row, mine in zip(lines, kinds, strict=True) if mine is kind]) for kind in Kind}
    notes = [*reading.notes, *(["forwarded"] if reading.forward else [])]
    return Split(texts[Kind.TYPED], texts[Kind.ASIDE], texts[Kind.QUOTED], tuple(notes), _blocks(lines, kinds))


def _blocks(lines: list[Line], kinds: list[Kind]) -> tuple[Block, ...]:
    """The lines in order, those of one kind that follow each other as one block; blank ones make none."""
    filled = [(row, kind) for row, kind in zip(lines, kinds, strict=True) if not row.blank]
    runs = groupby(filled, key=lambda pair: pair[1])
    return tuple(Block(kind, joined([row.text for row, _ in run])) for kind, run in runs)


def body(message: InboundMessage) -> list[Line]:
    """The lines of its HTML, where that shows anything, for clients mark more there; else those of its text."""
    lines = html.lines(message.html) if message.html else []
    return lines if any(not row.blank for row in lines) else from_text(message.text)


def _typed_runs(lines: list[Line], kinds: list[Kind]) -> list[tuple[int, int]]:
    """(start, end) of each run of typed lines; blank lines do not part them, history does."""
    out: list[tuple[int, int]] = []
    start = None
    for at in range(len(lines) + 1):
        inside = at < len(lines) and kinds[at] is Kind.TYPED
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            out.append((start, at))
            start = None
    return out
