"""Cuts a message in two: what the person wrote for us, and everything else, which is kept beside it.

Every line goes to exactly one of the three texts of a Split, so nothing that was typed vanishes.
"""

from __future__ import annotations

import re
from itertools import accumulate, groupby

from mailbot.mail.message import Block, InboundMessage, Split
from mailbot.mail.quoting import agreement, history, html, signature
from mailbot.mail.quoting.history import Reading
from mailbot.mail.quoting.lines import Kind, Line, condensed, fold, from_text, joined, line

_WORDS = re.compile(r"[^\W_]+")
#: The note of a message whose text part says something else than its HTML: no decision may rest on either.
PARTS_DISAGREE = "parts disagree"
#: The note of a message that hands on, or answers, what somebody else wrote about our letter: it is among the history.
ANOTHER_MAIL = "another mail stands between what was typed and our letter"


def written(message: InboundMessage, sent: str = "") -> Split:
    """What the person wrote in `message`. `sent` is the text of our letter that it answers, "" where unknown.

    The notes say which rule found history, that a message was forwarded, and what was in doubt and therefore kept.
    """
    reading = _read(body(message), sent, message)
    if message.html and agreement.disagree(reading, message, lambda plain: _read(plain, sent, message)):
        reading = _less_empty(reading, message, sent)
        reading.notes.append(PARTS_DISAGREE)
    notes = [*reading.notes, *(["forwarded"] if reading.forward else [])]
    if reading.other and not _is_own(reading.other, message):
        notes.append(ANOTHER_MAIL)
    blocks = _blocks(reading, message)
    typed = "\n\n".join(block.text for block in blocks if block.kind is Kind.TYPED and block.text)
    aside, quoted = (_all(reading, kind) for kind in (Kind.ASIDE, Kind.QUOTED))
    return Split(typed, aside, quoted, tuple(notes), blocks)


def _is_own(author: str, message: InboundMessage) -> bool:
    """Whether the sender is meant: he answers once more, and below stands what he wrote before."""
    words = set(_WORDS.findall(author))
    names = [name for one in message.from_ for name in (one.address, one.name) if name]
    return any(words.issuperset(_WORDS.findall(fold(name))) for name in names)


def _read(lines: list[Line], sent: str, message: InboundMessage) -> Reading:
    """Whose each line is, signatures included."""
    reading = history.read(lines, sent)
    sender = message.from_[0].name if message.from_ else ""
    runs = _typed_runs(reading)
    for start, end in runs:
        for at in signature.aside(reading.lines[start:end], sender):
            reading.kinds[start + at] = Kind.ASIDE
    if not _count(reading, Kind.TYPED):
        _keep_what_is_doubtful(reading, runs, sender)
    return reading


def _less_empty(reading: Reading, message: InboundMessage, sent: str) -> Reading:
    """The text part as it is read, where the HTML shows nothing typed and the text shows it among more that is quoted.

    Markup that is not closed as it was opened makes all that follows history.
    """
    if _count(reading, Kind.TYPED):
        return reading
    plain = _read(from_text(message.text), sent, message)
    if not 0 < _count(plain, Kind.TYPED) < _count(plain, Kind.QUOTED):
        return reading
    plain.notes.append("doubt: the text part is read, for the HTML shows nothing typed")
    return plain


def _count(reading: Reading, kind: Kind) -> int:
    return sum(mine is kind and not row.blank for row, mine in zip(reading.lines, reading.kinds, strict=True))


def _keep_what_is_doubtful(reading: Reading, runs: list[tuple[int, int]], sender: str) -> None:
    """Where nothing is typed, sentences among what was set aside or quoted with our letter are kept after all."""
    doubtful = [run for run in runs if _may_be_typed(reading.lines[slice(*run)], sender)]
    places = {at for run in doubtful for at in range(*run)} | (set() if reading.forward else reading.strangers)
    for at in places:
        if not signature.is_footer(reading.lines[at]):
            reading.kinds[at] = Kind.TYPED
    if places:
        reading.notes.append("doubt: kept, for nothing else was typed")


def _may_be_typed(lines: list[Line], sender: str) -> bool:
    return any(map(signature.is_sentence, lines)) or signature.is_nameless(lines, sender)


def _all(reading: Reading, kind: Kind) -> str:
    return joined([row.text for row, mine in zip(reading.lines, reading.kinds, strict=True) if mine is kind])


def _blocks(reading: Reading, message: InboundMessage) -> tuple[Block, ...]:
    """The lines in order, those of one kind that follow each other as one block, with the files shown in it.

    What stands below a picture begins another block, so that it is seen which words the picture belongs to.
    """
    parts = {name: file.part for file in message.attachments for name in (file.content_id, file.name) if name}
    out: list[Block] = []
    lines = _spread(reading)
    above = [0, *accumulate(bool(row.shown) for row, _ in lines)]
    for (kind, _), run in groupby(zip(lines, above, strict=False), key=lambda one: (one[0][1], one[1])):
        rows = [row for (row, _), _ in run]
        files = dict.fromkeys(parts[name] for row in rows for name in row.shown if name in parts)
        text = joined([row.text for row in rows])
        if text or files:
            out.append(Block(kind, text, tuple(files)))
    return tuple(out)


def _spread(reading: Reading) -> list[tuple[Line, Kind]]:
    """The lines with their kinds; a blank one, or a ">" alone, is a space in what stands above it."""
    out: list[tuple[Line, Kind]] = []
    for row, kind in zip(reading.lines, reading.kinds, strict=True):
        space = row.blank and not row.shown and (kind is Kind.QUOTED or not row.text.strip())
        out.append((line(""), out[-1][1]) if space and out else (row, kind))
    return out


def body(message: InboundMessage) -> list[Line]:
    """The lines of its HTML, where that shows anything, for clients mark more there; else those of its text."""
    lines = html.lines(message.html) if message.html else []
    return condensed(lines if any(not row.blank for row in lines) else from_text(message.text))


def _typed_runs(reading: Reading) -> list[tuple[int, int]]:
    """(start, end) of each run of typed lines; blank lines do not part them, history does."""
    out: list[tuple[int, int]] = []
    start = None
    for at in range(len(reading.lines) + 1):
        inside = at < len(reading.lines) and reading.kinds[at] is Kind.TYPED
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            out.append((start, at))
            start = None
    return out
