"""Everything that can be refused or go wrong, as one tree.

    MailbotError
    ├── ConfigError          config.toml is wrong: every error at once
    ├── ImportRefused        a sheet is wrong: every row at once
    ├── UsageError           a command of the terminal cannot be done as it was typed
    ├── StoreBusy            the database is locked, full or read-only: say 451, try again
    ├── AlreadyRunning       another process works this database
    ├── Unreadable           a message that no parser may be given (too many parts, too deep)
    ├── NoReader             the process that reads mail cannot be started: the mail waits for the next tick
    └── Refusal              understood, and refused: service/refusals.py names the letter
        ├── NotAllowed       this person may not do this
        ├── OutOfTurn        the question is in a state that does not take this
        ├── VersionChanged   the answer changed since the letter or page was written
        ├── TooLate          a second delay, or one beyond the bound
        ├── NothingToUndo    « annuler », and the time for it is over, or there is nothing of this person
        ├── NothingWritten   nothing is left once the quoted text is taken away
        ├── Unclear          words that decide nothing: shown back before anything changes
        ├── WhichPerson      a name that nobody of the firm has, or several have
        ├── NotOffered       a word that does not work here: the writer is told what does
        ├── BadFile          a file that may do harm, or one that is not accepted beside a decision: the mail waits
        ├── NotYourAnswer    we were only copied: « Est-ce votre réponse ? »
        ├── SomeoneAnswered  a stranger answered a letter that was forwarded: its reader decides
        ├── NotProven        the words decide, and nothing proves who wrote them
        ├── Sealed           encrypted: the writer is told how to send it again
        └── Held             waits for a person; nobody outside learns anything

A Refusal carries what its letter must say. It never reaches the sender of an unknown address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


class MailbotError(Exception):
    """Base class of everything mailbot raises on purpose."""


class ConfigError(MailbotError):
    """config.toml cannot be used. `problems` holds one (key path, what is wrong) a line."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{path}: {why}" for path, why in problems))


@dataclass(frozen=True)
class BadRow:
    """One wrong cell of an import: where it is, and why."""

    sheet: str
    line: int  #: as the spreadsheet program numbers it, the header being line 1
    column: str
    why: str

    def __str__(self) -> str:
        return f"{self.sheet}, line {self.line}, column {self.column}: {self.why}"


class ImportRefused(MailbotError):
    """Nothing was imported. `rows` names every wrong cell."""

    def __init__(self, rows: list[BadRow]) -> None:
        self.rows = rows
        super().__init__("\n".join(map(str, rows)))


class UsageError(MailbotError):
    """A command cannot be done as typed; the text says what to type instead."""


class StoreBusy(MailbotError):
    """The database cannot take a row now. The peer is told 451 and tries again."""


class AlreadyRunning(MailbotError):
    """Another process works this database; the text says which."""


class Unreadable(MailbotError):
    """The message exceeds what a parser may be given. It is kept, and a person looks at it."""


class NoReader(MailbotError):
    """No process that reads mail can be started, or the service ends. The message is none the worse for it."""


@dataclass(eq=False)
class Refusal(MailbotError):
    """The message was understood as far as it could be, and is refused."""

    reason: str = ""  #: for the log and `why`, in English

    def __str__(self) -> str:
        return self.reason or type(self).__name__


@dataclass(eq=False)
class NotAllowed(Refusal):
    """The writer has no right to do this. `who` may: a Person, or None where nobody is to be named."""

    who: Any = None


@dataclass(eq=False)
class OutOfTurn(Refusal):
    """The question is not in a state that takes this command."""


@dataclass(eq=False)
class VersionChanged(Refusal):
    """The answer is not the one that the letter or page showed. `version` is what stands now."""

    version: int = 0


@dataclass(eq=False)
class TooLate(Refusal):
    """A delay was asked twice, or beyond what the OGA grants. `latest` is the last day it would grant."""

    latest: date | None = None


@dataclass(eq=False)
class NothingToUndo(Refusal):
    """« annuler » came too late, or about nothing that this person did last."""


@dataclass(eq=False)
class NothingWritten(Refusal):
    """Nothing is left once the quoted text is taken away, and no file came that is accepted."""

    refused: bool = False  #: a file came, and is not accepted


@dataclass(eq=False)
class Unclear(Refusal):
    """The words decide nothing. `about` says which way they were unclear, `draft` is what they would add."""

    about: str = ""
    draft: str = ""


@dataclass(eq=False)
class WhichPerson(Refusal):
    """Nobody of the writer's firm is called so, or several are. `candidates` are those (domain/model.py: Person)."""

    typed: str = ""
    candidates: tuple[Any, ...] = ()


@dataclass(eq=False)
class NotOffered(Refusal):
    """A word that works in another letter, or not yet."""

    word: str = ""


@dataclass(eq=False)
class BadFile(Refusal):
    """Files keep the whole mail from being worked. `files` are those (domain/model.py: File)."""

    files: tuple[Any, ...] = ()
    decision: bool = False  #: they are only refused, and the words decide


@dataclass(eq=False)
class NotYourAnswer(Refusal):
    """The bot stood only in Cc, or another person of the firm in To: « Est-ce votre réponse ? »."""

    together: bool = False  #: a colleague stood beside us in To


@dataclass(eq=False)
class SomeoneAnswered(Refusal):
    """Somebody we do not know answered a letter. It waits for the word of the person whom the letter was sent to."""


@dataclass(eq=False)
class NotProven(Refusal):
    """The words decide, and nothing proves who wrote them. At most one letter a day says so."""

    shared: bool = False  #: proven, but of a mailbox that several people read


@dataclass(eq=False)
class Sealed(Refusal):
    """The text is encrypted, and nobody here can read it. The mail waits, its writer is told how to send it again."""


@dataclass(eq=False)
class Held(Refusal):
    """A person must look. `guess` is the reference it is probably about; nobody outside is told."""

    guess: str = field(default="")
