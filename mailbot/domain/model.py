"""The nouns: who writes, about which dossier, and where a question stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum


class Role(Enum):
    """What a person is to the OGA. The values are the words of the import sheet."""

    EXPERT = "expert"  #: an expert-comptable of a firm
    COLLABORATOR = "collaborateur"  #: works for a firm, with the rights the firm gave
    STAFF = "gestionnaire"  #: works for the OGA
    MEMBER = "adherent"  #: a member without a firm, who answers for himself


class Right(Enum):
    """What a firm lets a collaborator do."""

    ANSWER = "repondre"  #: propose answers
    ANSWER_ALONE = "repondre_seul"  #: submit answers without the expert
    DOCUMENTS = "documents"  #: receive DAE and CRM
    STATISTICS = "statistiques"  #: receive the figures of a profession
    MESSAGES = "messages"  #: write to the OGA's services
    ADMINISTER = "administrer"  #: do what the expert allows, for the firm


class State(Enum):
    """Where a question stands."""

    DRAFT = "draft"  #: imported, not asked yet
    ASKED = "asked"  #: waits for the firm
    PROPOSED = "proposed"  #: a collaborator answered; waits for the expert
    SUBMITTED = "submitted"  #: waits for the OGA
    TREATED = "treated"  #: done
    WITHDRAWN = "withdrawn"  #: the OGA took the question back


class Outcome(Enum):
    """How a treated question ended."""

    SATISFACTORY = "satisfactory"  #: réponse satisfaisante
    CORRECTIVE_RETURN = "corrective_return"  #: déclaration rectificative demandée
    INSUFFICIENT = "insufficient"  #: réponse insuffisante
    INFORMATION = "information"  #: pour information
    NO_ANSWER = "no_answer"  #: sans réponse


class Channel(Enum):
    """The door a command came through."""

    MAIL = "mail"  #: a reply
    PAGE = "page"  #: the web page
    CLI = "cli"  #: the terminal


class Verdict(Enum):
    """What may be done with a file. All but OK are kept apart: with the mail, and never handed to anyone."""

    OK = "ok"  #: kept with the answer and passed on
    REFUSED = "refused"  #: its type, size or number is not accepted, or it could do harm
    DISGUISED = "disguised"  #: name, declared type and content disagree; holds the whole mail
    MACRO = "macro"  #: carries a program for Word or Excel; holds the whole mail
    INFECTED = "infected"  #: the virus scanner found something; holds the whole mail
    UNSCANNED = "unscanned"  #: the virus scanner has not answered yet


class Scan(Enum):
    """What a virus scanner says of bytes."""

    CLEAN = "clean"  #: it knows nothing against them
    INFECTED = "infected"  #: it knows them
    SILENT = "silent"  #: it did not answer, or would not look at them


@dataclass(frozen=True)
class Scanned:
    """A scan and, of an infected file, the name of what was found."""

    result: Scan
    name: str = ""


@dataclass(frozen=True)
class Firm:
    """An accounting firm (cabinet)."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class Person:
    """Somebody who may write to us, and to whom we may write."""

    id: int
    email: str
    name: str
    role: Role
    firm: Firm | None = None
    rights: frozenset[Right] = frozenset()
    active: bool = True
    shared: bool = False  #: a mailbox that several people read: may answer, never approves by reply


@dataclass(frozen=True)
class StandIn:
    """Who decides in an expert's place from one instant to another."""

    person: Person
    begins_at: datetime
    ends_at: datetime  #: the first instant at which it is over


@dataclass(frozen=True)
class Dossier:
    """One member at one firm, over the years."""

    id: int
    ref: str
    member: str
    profession: str
    firm: Firm | None
    expert: Person  #: responsible for the dossier; the member where there is no firm
    staff: Person  #: the gestionnaire
    collaborators: tuple[Person, ...] = ()
    firm_reference: str = ""
    stand_ins: tuple[StandIn, ...] = ()  #: named for an absence of the expert, now or later


@dataclass(frozen=True)
class File:
    """A file that came with an answer; its bytes are part `part` of inbox message `inbox_id`."""

    name: str
    type: str  #: as declared, for example application/pdf
    size: int  #: bytes
    sha256: str
    part: str  #: number of the MIME part, for example "2" or "1.3"
    inbox_id: int = 0
    verdict: Verdict = Verdict.OK
    why: str = ""  #: why it was refused: "type", "size", "number", or what mail/danger.py names; or the virus
    by: Person | None = None
    later: bool = False  #: its verdict came after it was taken: until then it was UNSCANNED


@dataclass(frozen=True)
class Written:
    """What a person wrote and joined, apart from what was quoted."""

    text: str
    set_aside: str = ""  #: cut from the message and kept: signature, disclaimer, history
    files: tuple[File, ...] = ()
    author: str = ""  #: name and address of a stranger whose words somebody made his own


@dataclass(frozen=True)
class Answer:
    """One version of the answer to a question. `text` is the whole answer as it stands."""

    version: int
    round: int
    text: str
    added: str  #: what this version adds to the one before; equal to `text` in a first version
    set_aside: str
    by: Person
    channel: Channel
    at: datetime
    files: tuple[File, ...] = ()
    addition: bool = False  #: came on top of an answer that was handed over
    approved_by: Person | None = None
    approved_at: datetime | None = None
    approved_for: Person | None = None  #: the expert in whose place a stand-in approved
    written_by: str = ""  #: name and address of the stranger who wrote it, or some of it; "" where `by` did
    undone: bool = False  #: its author took it back: it counts no more
    id: int = 0  #: given by the store

    @property
    def kept_files(self) -> tuple[File, ...]:
        """The files that travel on with the answer."""
        return tuple(f for f in self.files if f.verdict is Verdict.OK)

    @property
    def standing_files(self) -> tuple[File, ...]:
        """Those, and the files that the virus scanner has not seen yet: what the next version begins with."""
        return tuple(f for f in self.files if f.verdict in (Verdict.OK, Verdict.UNSCANNED))


@dataclass(frozen=True)
class Position:
    """Where a question stood before an act: what « annuler » brings back."""

    state: State
    round: int
    version: int
    standing: int
    waiting: int
    handed_over: int
    ladder_at: datetime | None


@dataclass(frozen=True)
class Deed:
    """What somebody did to a question, as far as it can be undone."""

    id: int
    by: int  #: id of the person
    event: str
    version: int  #: the version it wrote or approved
    wrote: bool  #: it wrote that version
    before: Position
    until: datetime | None  #: the end of the time for it; None while its receipt has not left


@dataclass(frozen=True)
class Question:
    """A question of the OGA about one dossier and year, with the answer that stands."""

    id: int
    ref: str
    number: int
    dossier: Dossier
    exercice: int
    text: str
    code: str = ""
    title: str = ""  #: short title for subjects
    form: str = ""  #: form of the return, for example "2035-A"
    line: str = ""  #: line of the form, for example "BM (ligne 30)"
    document: str = ""  #: pièce attendue
    due: date | None = None
    state: State = State.DRAFT
    round: int = 1
    version: int = 0  #: the newest version of the answer; 0 = none yet
    standing: int = 0  #: the version that the next one builds on: not a rejected addition; 0 = none
    waiting: int = 0  #: the version that waits for the expert; 0 = none
    handed_over: int = 0  #: the version the OGA has; 0 = none
    outcome: Outcome | None = None
    postponed_until: date | None = None
    ladder_at: datetime | None = None  #: from when the reminders of what it waits for count
    written: int = 0  #: how many versions were ever written, those that were undone among them
    last: Deed | None = None  #: the newest act on it, where that may be undone; read where it is needed
    asked_at: datetime | None = None
    asked_by: Person | None = None
    asked: tuple[Person, ...] = ()  #: to whom the question was put
    passed_on: tuple[Person, ...] = ()  #: who said it is not theirs
    answer: Answer | None = field(default=None)  #: version `version`
    base: Answer | None = field(default=None)  #: version `standing`

    @property
    def addition_waits(self) -> bool:
        """Handed over, and a collaborator's addition waits for the expert."""
        return self.state is State.SUBMITTED and self.waiting > 0


@dataclass(frozen=True)
class News:
    """An answer that was handed over since the author's last letter; told in the next one."""

    question: Question
    by: Person  #: who approved
    at: datetime
    shown: Answer  #: the version the author wrote
    sent: Answer  #: the version that was handed over: another one where the expert amended it

    @property
    def amended(self) -> bool:
        return self.sent.version != self.shown.version
