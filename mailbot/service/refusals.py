"""Which letter a refusal writes, and what becomes of the mail. A test holds that every refusal has its row."""

from __future__ import annotations

from dataclasses import dataclass

from .. import errors as x


@dataclass(frozen=True)
class Reply:
    """What a refusal means: the letter (None is silence), and the state of the mail."""

    letter: str | None
    state: str = "done"  #: done, or held: a person must look
    once_a_day: bool = False


REFUSALS: dict[type[x.Refusal], Reply] = {
    x.NotAllowed: Reply("refusal", "held"),
    x.OutOfTurn: Reply("refusal"),
    x.VersionChanged: Reply("refusal"),
    x.TooLate: Reply("refusal"),
    x.NothingToUndo: Reply("refusal"),
    x.NothingWritten: Reply("clarification"),
    x.Unclear: Reply("clarification"),
    x.WhichPerson: Reply("clarification"),
    x.NotOffered: Reply("clarification"),
    x.BadFile: Reply("clarification", "held"),
    x.NotYourAnswer: Reply("not_your_answer", "held"),
    x.SomeoneAnswered: Reply(None, "held"),  # service/waiting/delegation.py asks another person
    x.NotProven: Reply("unproven", "held", once_a_day=True),  # of a shared mailbox; else waiting/confirmation.py asks
    x.Sealed: Reply("clarification", "held"),
    x.Held: Reply(None, "held"),
}
