"""Everything a letter may speak of, gathered by the service and read by the templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from ..domain.browsers import Asked, Browser
from ..domain.digest import ExpertDigest, StaffDigest
from ..domain.model import Answer, File, News, Outcome, Person, Question


@dataclass(frozen=True)
class Oga:
    """What the configuration says of the association; its words stand in every letter."""

    name: str
    footer: str = ""
    phone: str = ""
    website: str = ""
    bot: str = ""  #: the bot's own address
    subject_name: str = "initials"  #: initials, none or full
    allowed_types: str = "PDF, Excel, Word ou image"
    timezone: tzinfo | None = None


@dataclass(frozen=True)
class Mail:
    """The mail of the reader that a letter answers."""

    subject: str
    at: datetime
    text: str = ""  #: what the person wrote
    set_aside: str = ""
    files: tuple[File, ...] = ()
    sender: str = ""
    to: str = ""  #: to whom it was addressed, where that matters
    name: str = ""  #: of its writer, where that is not the reader


@dataclass(frozen=True)
class Item:
    """One question in a letter that holds several, and what the letter says of it."""

    label: str  #: « 2 » in a letter about one dossier and year, « B » in one about several, else the line of a digest
    question: Question | None  #: None for a line of held mail that is filed nowhere
    answer: Answer | None = None  #: the version shown
    before: Answer | None = None  #: the version it was before an amendment or addition
    author: Person | None = None  #: who wrote the answer that was decided on
    event: str = ""  #: what the mail did to it (domain/events.py); "" where it does not speak of it
    refusal: str = ""  #: why the words about it did nothing (errors.py), "" where they did
    about: str = ""  #: what exactly was unclear
    comment: str = ""
    outcome: Outcome | None = None
    by: Person | None = None  #: who decided before, where that is why nothing happened
    at: datetime | None = None  #: when that was
    new: bool = False  #: no earlier letter showed it
    last: bool = False  #: the last reminder before its date
    undo: bool = False  #: « annuler » brings it back
    reply_to: str = ""  #: its own address
    page: str = ""  #: its own page
    held: str = ""  #: for a line of held mail: filed, dropped, blocked
    files: tuple[File, ...] = ()  #: those that were refused, where nothing else was said about it


@dataclass(frozen=True)
class Unplaced:
    """Something in a reply to several questions that nothing ties to one of them."""

    text: str = ""
    label: str = ""  #: that the words name and the letter does not have; of files, the answer they were put to
    files: tuple[str, ...] = ()  #: the names, where they are files


@dataclass(frozen=True)
class Absent:
    """An absence as its person declared it, and what it means."""

    since: date
    until: date  #: its last day
    deputy: Person | None = None
    decides: bool = False  #: the deputy decides on what waits for the person: an expert
    back: date | None = None  #: the first morning with a digest after it
    due: tuple[Question, ...] = ()  #: questions whose date falls into it


@dataclass(frozen=True)
class Would:
    """One step of what a mail would do that waits for its confirmation."""

    #: service/understanding/intent.py: Verb; held_line; joining yes or no: what it says to a request to join the firm
    verb: str
    ref: str = ""  #: of the question; of a line of held mail its number
    version: int = 0
    replaces: bool = False
    outcome: Outcome | None = None
    until: date | None = None
    word: str = ""  #: the name or address that it names


@dataclass(frozen=True)
class Scene:
    """One letter to one person. Everything but the first three may be absent; a template uses what its kind has."""

    oga: Oga
    now: datetime
    to: Person
    staff: tuple[Person, ...] = ()  #: who signs: the gestionnaire of the dossier; nobody in letters to staff
    question: Question | None = None  #: as it stands after what happened
    answer: Answer | None = None  #: the version the letter is about
    before: Answer | None = None  #: the version it was before an amendment or addition
    by: Person | None = None  #: who acted
    author: Person | None = None  #: who wrote the answer that was decided on
    instead_of: Person | None = None  #: the expert in whose place `by` decided
    event: str = ""  #: name of the event (domain/events.py), "" where nothing happened
    comment: str = ""  #: the word of the expert or of staff
    outcome: Outcome | None = None
    until: date | None = None  #: the day a delay runs to, or the latest day that would be granted
    passed_to: tuple[Person, ...] = ()  #: who is asked instead
    others: tuple[Person, ...] = ()  #: who else got this letter
    approver: Person | None = None  #: who will approve the answer; None where it goes straight to the OGA
    reply_to: str = ""  #: the address replies go to, for the foot line and the mailto links
    page: str = ""  #: the https address of the page, where the letter has one
    attached: bool = True  #: the files are joined to this letter; False: the page has them
    mail: Mail | None = None  #: the mail this letter answers
    same_as_before: bool = False  #: the same text came before: filed with the first
    file_announced: bool = False  #: « ci-joint » was written, and no file came
    decided: str = ""  #: name of the event that decided already, for a refusal
    decided_by: Person | None = None
    decided_at: datetime | None = None
    refusal: str = ""  #: name of the refusal (errors.py), for `refusal` and `clarification`
    about: str = ""  #: what exactly was unclear
    word: str = ""  #: the word that is not offered
    draft: str = ""  #: what the words of an unclear decision would add
    news: tuple[News, ...] = field(default=())
    items: tuple[Item, ...] = ()  #: the questions of a letter that holds several
    undo_until: datetime | None = None  #: until when « annuler » works; None where it does not
    approval_at: datetime | None = None  #: about when the expert gets the answer; None: now
    shown_at: datetime | None = None  #: when the letter before showed the items that are not new
    files: tuple[File, ...] = ()  #: for which a mail waits
    absence: Absent | None = None
    missing: tuple[str, ...] = ()  #: labels of the letter's items that the reply did not name
    unplaced: tuple[Unplaced, ...] = ()  #: what a reply to several questions ties to none of them
    digest: StaffDigest | ExpertDigest | None = None
    would: tuple[Would, ...] = ()  #: what a mail would do that waits for its confirmation
    would_until: datetime | None = None  #: until when it can be confirmed
    asked: Asked | None = None  #: the code that a browser asked for
    browsers: tuple[Browser, ...] = ()  #: those that the reader confirmed


@dataclass(frozen=True)
class Rendered:
    """A letter as it reads."""

    subject: str
    text: str
    html: str
