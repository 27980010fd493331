"""What has happened: rows of the journal, from which letters are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .model import Outcome


@dataclass(frozen=True)
class Event:
    """Something happened to a question. `name` is the word that scripts read (CONTRACT: show --json)."""

    question_id: int
    by: int  #: id of the person who did it
    version: int = 0  #: the answer version it is about; 0 = none

    name = ""


@dataclass(frozen=True)
class Asked(Event):
    to: tuple[int, ...] = ()
    name = "asked"


@dataclass(frozen=True)
class Proposed(Event):
    name = "proposed"


@dataclass(frozen=True)
class Submitted(Event):
    name = "submitted"


@dataclass(frozen=True)
class Approved(Event):
    instead_of: int = 0  #: id of the expert, where his stand-in did it
    name = "approved"


@dataclass(frozen=True)
class Amended(Event):
    shown: int = 0  #: the version that the expert read
    instead_of: int = 0
    name = "amended"


@dataclass(frozen=True)
class SentBack(Event):
    comment: str = ""
    author: int = 0  #: id of the person the answer goes back to
    instead_of: int = 0
    name = "sent_back"


@dataclass(frozen=True)
class Added(Event):
    approved: bool = True  #: False: a collaborator wrote it after treatment, and nobody approved
    name = "added"


@dataclass(frozen=True)
class Undone(Event):
    undid: str = ""  #: name of the event that was undone
    name = "undone"


@dataclass(frozen=True)
class AskedAgain(Event):
    comment: str = ""
    name = "asked_again"


@dataclass(frozen=True)
class Treated(Event):
    outcome: Outcome = Outcome.SATISFACTORY
    name = "treated"


@dataclass(frozen=True)
class Postponed(Event):
    until: date | None = None
    name = "postponed"


@dataclass(frozen=True)
class PassedOn(Event):
    to: tuple[int, ...] = ()
    note: str = ""
    name = "passed_on"


@dataclass(frozen=True)
class DueChanged(Event):
    due: date | None = None
    name = "due_changed"


@dataclass(frozen=True)
class Withdrawn(Event):
    comment: str = field(default="")
    name = "withdrawn"
