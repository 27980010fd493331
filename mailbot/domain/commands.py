"""What a person asks for. Every command is about one question, which `decide` is given beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .model import Outcome, Written


class Command:
    """Base class."""


@dataclass(frozen=True)
class Ask(Command):
    """Put the question to `to`: the ids of the people asked."""

    to: tuple[int, ...] = ()


@dataclass(frozen=True)
class Propose(Command):
    """An answer that the expert has yet to approve."""

    written: Written
    replace: bool = False  #: REMPLACER : the words take the place of what stood


@dataclass(frozen=True)
class Submit(Command):
    """An answer for the OGA."""

    written: Written
    replace: bool = False


@dataclass(frozen=True)
class Approve(Command):
    """Hand over exactly this version."""

    version: int


@dataclass(frozen=True)
class Amend(Command):
    """Replace this version or add to it, and hand the result over."""

    version: int
    written: Written
    replace: bool = False


@dataclass(frozen=True)
class SendBack(Command):
    """Give this version back to its author, with a word."""

    version: int
    comment: str


@dataclass(frozen=True)
class Add(Command):
    """Add to an answer that the OGA already has."""

    written: Written


@dataclass(frozen=True)
class Treat(Command):
    """The OGA is done with the question."""

    outcome: Outcome
    version: int = 0  #: the version that was read; 0 = whatever stands


@dataclass(frozen=True)
class AskAgain(Command):
    """The OGA wants more."""

    comment: str
    due: date | None = None


@dataclass(frozen=True)
class SetDue(Command):
    """Another date by which the answer is wanted."""

    due: date


@dataclass(frozen=True)
class Postpone(Command):
    """« Besoin de temps jusqu'au … ». `bound` is the number of days the OGA grants past the due date."""

    until: date
    bound: int = 30


@dataclass(frozen=True)
class PassOn(Command):
    """« Je n'ai pas ce dossier ». `to` are the ids of those asked instead, empty where nobody is left."""

    to: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Undo(Command):
    """« annuler »: take the newest act on the question back (Question.last)."""


@dataclass(frozen=True)
class Withdraw(Command):
    """The OGA takes the question back."""

    comment: str = field(default="")
