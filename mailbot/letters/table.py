"""Which letters an event writes, and to whom. A test holds that every event has its row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..domain import events as e
from ..mail.token import Purpose


class To(Enum):
    """Whom a letter goes to, as seen from the event."""

    WRITER = "writer"  #: who did it, where it was done by mail
    APPROVER = "approver"  #: the expert of the dossier
    AUTHOR = "author"  #: who wrote the answer that was sent back
    ASKED = "asked"  #: everybody to whom the question was put and who kept it
    PASSED_TO = "passed_to"  #: who is asked instead
    STAFF = "staff"  #: the gestionnaire of the dossier


class When(Enum):
    """When a letter of an event leaves."""

    NOW = "now"  #: at once
    SITTING = "sitting"  #: the first of a sitting at once, what follows together (receipts.group_minutes)
    SETTLED = "settled"  #: once nobody has added anything for that reader for a while (approval.settle_minutes)
    FINAL = "final"  #: once what happened can no longer be undone


class About(Enum):
    """What the conversation of a letter is about: what a reply to it answers."""

    QUESTION = "question"
    VERSION = "version"


@dataclass(frozen=True)
class Row:
    """One letter of an event."""

    kind: str
    to: To
    purpose: Purpose
    about: About = About.QUESTION
    page: bool = False  #: offers the page, where pages are served
    files: bool = False  #: carries the files of the answer
    when: When = When.NOW


QUESTION = Row("question", To.ASKED, Purpose.ANSWER)
RECEIPT = Row("receipt", To.WRITER, Purpose.ANSWER, when=When.SITTING)
APPROVAL = Row("approval", To.APPROVER, Purpose.APPROVE, About.VERSION, page=True, files=True, when=When.SETTLED)
TO_TREAT = Row("to_treat", To.STAFF, Purpose.TREAT, About.VERSION, page=True, files=True, when=When.FINAL)
DECIDED = Row("decided", To.WRITER, Purpose.APPROVE, About.VERSION, when=When.SITTING)
DECIDED_BY_STAFF = Row("decided", To.WRITER, Purpose.TREAT, About.VERSION, when=When.SITTING)
UNDONE = Row("notice", To.WRITER, Purpose.ANSWER, when=When.SITTING)

LETTERS: dict[type[e.Event], tuple[Row, ...]] = {
    e.Asked: (QUESTION,),
    e.Proposed: (RECEIPT, APPROVAL),
    e.Submitted: (RECEIPT, TO_TREAT),
    e.Approved: (DECIDED, TO_TREAT),
    e.Amended: (DECIDED, TO_TREAT),
    e.SentBack: (DECIDED, Row("sent_back", To.AUTHOR, Purpose.ANSWER)),
    e.Added: (RECEIPT, TO_TREAT),
    e.Undone: (UNDONE,),
    e.AskedAgain: (DECIDED_BY_STAFF, Row("asked_again", To.ASKED, Purpose.ANSWER)),
    e.Treated: (DECIDED_BY_STAFF,),
    e.Postponed: (RECEIPT,),
    e.PassedOn: (RECEIPT, Row("question", To.PASSED_TO, Purpose.ANSWER)),
    e.DueChanged: (Row("notice", To.ASKED, Purpose.ANSWER),),
    e.Withdrawn: (
        DECIDED_BY_STAFF,
        Row("notice", To.ASKED, Purpose.ANSWER),
    ),
}
"""A decision by reply, and every mail that changes something, is receipted to its writer; the author of an approved
answer learns of it in his next letter (store.news), never in one of its own."""
