"""Tells whose the words between two runs are: damage that clients did to our letter, or what somebody typed there."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbot.mail import patterns
from mailbot.mail.quoting.words import Run, Words, skeleton

_NEAR = 12  #: words of ours that may be missing between two lines that came back
_REPLACED = 3  #: words of ours that a client or a person may have replaced in a line of ours
_CHANGED = 6  #: words that somebody may have put in their place
_TORN = 40  #: words of ours that are put together again where white space was lost or added


@dataclass
class Marks:
    """Whose each word of a message is."""

    ours: bytearray
    glued: dict[int, int] = field(
        default_factory=dict
    )  #: word -> letters at its end, or (< 0) beginning, that are ours
    changed: set[int] = field(default_factory=set)  #: lines of ours in which somebody put other words


@dataclass(frozen=True)
class _Gap:
    """The words between two runs, from `first` up to `last`, and those of ours that are missing there."""

    first: int
    last: int
    sent: int
    sent_end: int

    @property
    def both(self) -> bool:
        return self.first < self.last and self.sent < self.sent_end


def fill(body: Words, letter: Words, left: Run, right: Run, marks: Marks) -> None:
    """Marks what stands between two runs and is ours all the same: damaged words, short lines, names."""
    gap = _Gap(left.end, right.at, left.sent_end, right.sent)
    if gap.first < gap.last and gap.sent != gap.sent_end:
        gap = _undamaged(body, letter, gap, bool(left.length))
    if gap.both and (_is_torn(body, letter, gap) or _is_renamed(body, letter, gap)):
        gap = _Gap(gap.last, gap.last, gap.sent_end, gap.sent_end)
    elif gap.both and left.length and right.length:
        _changed(body, letter, gap, marks)
    marks.ours[left.end : gap.first] = b"\1" * (gap.first - left.end)
    marks.ours[gap.last : right.at] = b"\1" * (right.at - gap.last)
    _short_lines(body, letter, gap, right, marks.ours)


def _undamaged(body: Words, letter: Words, gap: _Gap, behind: bool) -> _Gap:
    """The gap without words of ours at its ends whose letters were spoilt."""
    first, sent = gap.first, gap.sent
    if behind:
        first, sent = _spoilt(body.raw, letter.raw, range(first, gap.last), sent)
    last, sent_end = _spoilt(body.raw, letter.raw, range(gap.last - 1, first - 1, -1), gap.sent_end - 1)
    return _Gap(first, last + 1, sent, sent_end + 1)


def _spoilt(raw: list[str], sent: list[str], places: range, at: int) -> tuple[int, int]:
    """Where, in the order of `places`, the words end that are those of `sent` from `at` on with spoilt letters.

    A word may have become several, or none: «a-t-il été» comes back as «a-t-il ?t?».
    """
    step, place = places.step, places.start
    for _ in range(_NEAR):
        if not 0 <= at < len(sent):
            break
        want = skeleton(sent[at])
        letters, here = "", place
        while here in places and len(letters) < max(len(want), 1):
            piece = skeleton(raw[here])
            if not want and piece:
                break
            letters, here = piece + letters if step < 0 else letters + piece, here + step
            if not want:
                break
        if letters != want:
            break
        place, at = here, at + step
    return place, at


def _is_torn(body: Words, letter: Words, gap: _Gap) -> bool:
    """Whether the same letters stand there, with white space lost or added, or the beginning of a long link."""
    if max(gap.last - gap.first, gap.sent_end - gap.sent) > _TORN:
        return False
    came, went = ("".join(map(skeleton, raw)) for raw in _raw(body, letter, gap))
    return came == went or (
        came != ""
        and patterns.LINK.match(letter.raw[gap.sent]) is not None
        and (patterns.LINK.match(body.raw[gap.first]) is not None and went.startswith(came))
    )


def _raw(body: Words, letter: Words, gap: _Gap) -> tuple[list[str], list[str]]:
    return body.raw[gap.first : gap.last], letter.raw[gap.sent : gap.sent_end]


def _is_renamed(body: Words, letter: Words, gap: _Gap) -> bool:
    """Whether, inside a line of ours, the name or the token of another recipient stands in the place of one."""
    came, went = _raw(body, letter, gap)
    if len(came) != len(went) or len(came) > _REPLACED or not _inside(body, letter, gap):
        return False
    if all(patterns.OUR_LINK.search(one) for one in (*came, *went)):
        return [patterns.OUR_LINK.sub("", one) for one in came] == [patterns.OUR_LINK.sub("", one) for one in went]
    several = len(came) > 1
    named = all(one.istitle() or (several and one.isupper() and one.isalpha()) for one in (*came, *went))
    return named and (several or not letter.begins_line(gap.sent))


def _inside(body: Words, letter: Words, gap: _Gap) -> bool:
    return body.inside_a_line(gap.first, gap.last) and letter.inside_a_line(gap.sent, gap.sent_end)


def _changed(body: Words, letter: Words, gap: _Gap, marks: Marks) -> None:
    """Marks a line of ours in which somebody put words, or figures, in the place of ours: alone they say nothing."""
    came, went = _raw(body, letter, gap)
    if len(went) == 1 and (glued := _glued(came[-1], came[0], went[0])):
        marks.glued[gap.last - 1 if glued > 0 else gap.first] = glued
    elif len(went) <= _REPLACED and len(came) <= _CHANGED and body.inside_a_line(gap.first, gap.last):
        figures = all(any(map(str.isdigit, "".join(words))) for words in (came, went))
        number = body.line[gap.first]
        among = not body.begins_line(gap.first) and not body.begins_line(gap.last)
        if (figures or among) and (len(came) <= len(went) or figures):
            marks.changed.add(number)


def _glued(last: str, first: str, want: str) -> int:
    """Letters at the end of `last`, or (< 0) at the beginning of `first`, that are our `want`: «Oui11», «ouiAIDE»."""
    if last.endswith(want) and last != want and _differ(last[-len(want) - 1], want):
        return len(want)
    if first.startswith(want) and first != want and _differ(want[-1], first[len(want) :]):
        return -len(want)
    return 0


def _differ(before: str, after: str) -> bool:
    """Whether a word ends between two letters: from figures to letters, from small letters to a capital, to a link."""
    first = after[0]
    link = patterns.LINK.match(after) is not None
    return link or before.isdigit() != first.isdigit() or (before.islower() and first.isupper())


def _short_lines(body: Words, letter: Words, gap: _Gap, right: Run, ours: bytearray) -> None:
    """Lines of one or two words between runs that are the next words of our letter: too short to be a run."""
    at, place = gap.first, gap.sent
    while at < gap.last and place < right.sent:
        end = at + 1
        while end < gap.last and body.line[end] == body.line[at]:
            end += 1
        length = end - at
        if length <= 2 and (place + length <= right.sent or not right.length):
            reach = range(place, min(place + (_NEAR if length == 2 else 1), len(letter.keys) - length + 1))
            found = next((p for p in reach if letter.keys[p : p + length] == body.keys[at:end]), None)
            if found is not None:
                ours[at:end] = b"\1" * length
                place = found + length
        at = end
