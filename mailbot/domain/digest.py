"""What a digest holds: who sees which lines. The lines are numbered once, through the whole letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .model import Answer, Dossier, Outcome, Person, Question, State

SECTION = 25  #: lines that one section shows at most


@dataclass(frozen=True)
class Line:
    """A question that somebody may decide on by its number."""

    number: int
    question: Question
    answer: Answer | None = None  #: the version that waits to be treated or approved; None where none does
    page: str = ""  #: https address of its page, "" where there is none


@dataclass(frozen=True)
class Late:
    """A question without an answer after a reminder, or an answer that waits long for its expert: not numbered."""

    question: Question
    holder: tuple[Person, ...]  #: who has to act
    days: int  #: since it was asked, or proposed


@dataclass(frozen=True)
class HeldMail:
    """A mail that waits for a person."""

    number: int
    sender: str  #: address as the mail gives it
    at: datetime
    why: str  #: stranger, unproven, copied, unreadable, other (see service/incidents.py)
    excerpt: str  #: the beginning of what was typed
    files: int
    guess: Question | None = None  #: what it is probably about
    guessed_by: str = ""  #: subject, token, sender: what the guess rests on
    alike: int = 0  #: how many more of that stranger wait; the line shows the newest, and sets all of them aside


@dataclass(frozen=True)
class Unread:
    """A mail on which our code failed."""

    name: str  #: M-20261123-0217
    at: datetime


@dataclass(frozen=True)
class Bounced:
    """An address that nothing is sent to any more."""

    person: Person
    why: str  #: unknown (no such mailbox), full, other
    at: datetime
    told: Person | None = None  #: who was asked for the right address


@dataclass(frozen=True)
class Unconfirmed:
    """A mail that nothing proved, and that the person it claimed to be from denied, or did not confirm in time."""

    person: Person
    at: datetime
    denied: bool
    question: Question | None = None  #: None where it was about several, or about none


@dataclass(frozen=True)
class Disowned:
    """A code that its reader had not asked for: somebody has a link of his, and tried it."""

    person: Person
    at: datetime
    browser: str  #: that asked for it
    ref: str  #: of the page it wanted to open
    opened: bool = False  #: somebody had typed the code


@dataclass(frozen=True)
class Undecided:
    """A stranger's answer that nobody of the firm decided on: it was closed, and nothing of it recorded."""

    sender: str
    at: datetime
    question: Question | None = None  #: None where it answered a letter with several


@dataclass(frozen=True)
class Away:
    """Somebody who is away, as his mail or he himself says."""

    person: Person
    until: date | None = None  #: the last day; None where the reply names none
    since: date | None = None  #: the first day, where it was still to come
    deputy: str = ""  #: who answers meanwhile, as the reply names them
    declared: bool = False  #: the person said so himself, and whom he named decides in his place


@dataclass(frozen=True)
class Failed:
    """A letter that its host refused for good."""

    kind: str
    to: str
    at: datetime
    reply: str  #: the host's own line


@dataclass(frozen=True)
class Section:
    """Lines of one kind, at most SECTION, and how many more there are."""

    lines: tuple[Line, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class LateSection:
    """The same for lines that are not numbered."""

    lines: tuple[Late, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class StaffDigest:
    """The digest of one member of staff: own dossiers first, then the colleagues'; then what is everybody's."""

    since: datetime  #: when the one before was written
    counts: tuple[tuple[State, int], ...]  #: asked, proposed, submitted, treated
    to_treat: Section
    overdue: Section
    late: LateSection
    to_treat_others: Section
    overdue_others: Section
    late_others: LateSection
    held: tuple[HeldMail, ...] = ()
    more_held: int = 0
    unread: tuple[Unread, ...] = ()
    bounced: tuple[Bounced, ...] = ()
    failed: tuple[Failed, ...] = ()
    away: tuple[Away, ...] = ()
    last_mail_at: datetime | None = None
    paused: str = ""  #: why no letter leaves, "" where they do
    journal_seq: int = 0  #: 0: the journal is empty
    journal_hash: str = ""
    arrived: int = 0  #: answers that came in since `since`
    undecided: tuple[Undecided, ...] = ()
    unconfirmed: tuple[Unconfirmed, ...] = ()
    disowned: tuple[Disowned, ...] = ()


@dataclass(frozen=True)
class OpenDossier:
    """A dossier of the expert with questions that wait for an answer."""

    dossier: Dossier
    count: int
    people: tuple[Person, ...]  #: who has them
    due: date | None  #: the first date


@dataclass(frozen=True)
class Since:
    """What happened to a question of the expert since the last digest."""

    question: Question
    event: str  #: name of the event: approved, amended, submitted, treated, asked_again, withdrawn
    by: Person
    at: datetime
    outcome: Outcome | None = None
    instead_of: Person | None = None  #: the expert in whose place it was done


@dataclass(frozen=True)
class ExpertDigest:
    """The digest of one expert."""

    since: datetime
    exercice: int
    counts: tuple[tuple[State, int], ...]  #: of all questions of his dossiers
    to_approve: Section
    oldest_days: int = 0  #: how long the oldest answer waits
    open: tuple[OpenDossier, ...] = ()
    more_open: int = 0
    away: tuple[Away, ...] = ()  #: colleagues at the firm
    happened: tuple[Since, ...] = ()
    more_happened: int = 0
