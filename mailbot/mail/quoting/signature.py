"""Finds what a writer's program adds to what he writes: signatures, contact blocks, disclaimers, device lines."""

from __future__ import annotations

from mailbot.mail import patterns
from mailbot.mail.quoting.lines import Line, fold

_LONGEST_LINE = 90  #: of a signature
_DASHES = ("--", "—", "––")  #: RFC 3676 §4.3, and what editors make of it
_LONGEST_BLOCK = 14  #: lines of a signature


def aside(lines: list[Line], sender: str = "") -> set[int]:
    """The numbers of those `lines`, all typed by their place, that are no part of the message.

    `sender` is the display name of From. A postscript below a signature stays.
    """
    out = {at for at, line in enumerate(lines) if is_footer(line)}
    postscript = next((at for at, line in enumerate(lines) if patterns.POSTSCRIPT.match(line.folded)), len(lines))
    for first, last in ((0, postscript), (postscript, len(lines))):
        out |= _disclaimers(lines, first, last, out)
        out |= _delimited(lines, first, last)
        out |= _block(lines, first, last, out, fold(sender))
    return out


def is_footer(line: Line) -> bool:
    folded = line.folded
    if not folded or len(folded) > 200:
        return False
    return any(pattern.search(folded) for pattern in (patterns.DEVICE, patterns.SECURITY, patterns.ENVIRONMENT))


def is_sentence(line: Line) -> bool:
    """Whether a line says something to somebody: names, functions, addresses and slogans do not."""
    folded = line.folded
    if len(folded.split()) < 4 or is_footer(line) or patterns.CONTACT.search(folded) or patterns.SLOGAN.search(folded):
        return False
    return bool(patterns.SENTENCE.search(folded)) and not patterns.CLOSING.match(folded)


def is_nameless(lines: list[Line], sender: str) -> bool:
    """Whether addresses and the like stand alone, with no closing and no name of the sender: they may be the answer."""
    filled = [line.folded for line in lines if not line.blank and not is_footer(line)]
    words = set(fold(sender).replace(",", " ").split())
    signed = any(patterns.CLOSING.match(row) or row in _DASHES or words & set(row.split()) for row in filled)
    legal = any(pattern.search(row) for row in filled for pattern in patterns.DISCLAIMER)
    return bool(filled) and not signed and not legal


def _delimited(lines: list[Line], first: int, last: int) -> set[int]:
    """Everything below "-- " (RFC 3676 §4.3), where it is as short as a signature is."""
    for at in range(first, last):
        if lines[at].folded in _DASHES:
            filled = [line for line in lines[at + 1 : last] if not line.blank]
            if len(filled) <= _LONGEST_BLOCK:
                return set(range(at, last))
    return set()


def _disclaimers(lines: list[Line], first: int, last: int, known: set[int]) -> set[int]:
    """The paragraphs at the end that only lawyers write."""
    out: set[int] = set()
    for start, end in reversed(_paragraphs(lines, first, last, known)):
        text = " ".join(line.folded for line in lines[start:end])[:4000]
        if sum(bool(pattern.search(text)) for pattern in patterns.DISCLAIMER) < 2:
            break
        out |= set(range(_where_it_starts(lines, start, end), end))
    return out


def _where_it_starts(lines: list[Line], start: int, end: int) -> int:
    """A disclaimer may hang on a contact block without a blank line between: it begins with its first long line."""
    long = (at for at in range(start, end) if any(p.search(lines[at].folded) for p in patterns.DISCLAIMER))
    return next(long, start)


def _paragraphs(lines: list[Line], first: int, last: int, known: set[int]) -> list[tuple[int, int]]:
    """(start, end) of each run of lines that are neither blank nor `known`."""
    out: list[tuple[int, int]] = []
    start = None
    for at in range(first, last + 1):
        inside = at < last and not lines[at].blank and at not in known
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            out.append((start, at))
            start = None
    return out


def _block(lines: list[Line], first: int, last: int, known: set[int], sender: str) -> set[int]:
    """A closing with what hangs below it, or a contact block at the end."""
    filled = [at for at in range(first, last) if not lines[at].blank and at not in known]
    tail: list[int] = []
    for at in reversed(filled[-_LONGEST_BLOCK - 1 :]):
        folded = lines[at].folded
        if len(folded) <= patterns.LONGEST and patterns.CLOSING.match(folded):
            return set(range(at, last))
        if len(folded) > _LONGEST_LINE or folded.endswith(("?", ";")) or folded.startswith(("- ", "• ", "* ")):
            break
        if is_sentence(lines[at]):
            break
        tail.insert(0, at)
    start = _contacts(lines, tail, sender)
    return set(range(start, last)) if start is not None else set()


def _contacts(lines: list[Line], tail: list[int], sender: str) -> int | None:
    """Where a contact block begins in the short lines at the end: at the writer's name, or at its paragraph."""
    for at in tail:
        if sender and _same_name(lines[at].folded, sender):
            return at
    contacts = [at for at in tail if patterns.CONTACT.search(lines[at].folded)]
    roles = [at for at in tail if patterns.ROLE.search(lines[at].folded) and ":" not in lines[at].folded]
    if len(contacts) < 2 and not (contacts and roles):
        return None
    start = min(contacts)
    while start - 1 in tail and _is_label(lines[start - 1].folded):
        start -= 1
    return start


def _is_label(folded: str) -> bool:
    """A name, a function, a firm: no sentence."""
    return len(folded) <= 60 and not folded.endswith((".", ":", ",", "!", "?")) and len(folded.split()) <= 7


def _same_name(folded: str, sender: str) -> bool:
    return sorted(folded.replace(",", " ").split()) == sorted(sender.replace(",", " ").split())
