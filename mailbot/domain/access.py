"""Who may do what to a question. The rights a firm gives its collaborators are read here only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum

from . import commands as c
from .model import Person, Question, Right, Role, State, Written


class Who(Enum):
    """The circles of people that TRANSITIONS speaks of."""

    STAFF = "staff"  #: any active member of the OGA's staff
    COLLABORATOR = "collaborator of the firm with the right to answer"  #: proposes
    ALONE = "expert of the firm, collaborator who may answer alone, member without a firm"  #: submits
    APPROVER = "expert of the dossier, or the stand-in named for his absence"  #: approves, amends, sends back
    DOER = "whoever did it"  #: takes his own act back
    FIRM = "anybody of the firm who may answer"  #: either of the first two


def of_the_firm(person: Person, question: Question) -> bool:
    """True for somebody of the firm that has the dossier now, or for the member himself where there is none."""
    firm = question.dossier.firm
    if firm is None:
        return person.id == question.dossier.expert.id
    return person.firm is not None and person.firm.id == firm.id


def answers_alone(person: Person, question: Question) -> bool:
    """True if what this person writes goes straight to the OGA."""
    if not of_the_firm(person, question):
        return False
    if person.role is Role.COLLABORATOR:
        return {Right.ANSWER, Right.ANSWER_ALONE} <= person.rights
    return person.role in (Role.EXPERT, Role.MEMBER)


def proposes(person: Person, question: Question) -> bool:
    """True if what this person writes waits for the expert."""
    return (
        of_the_firm(person, question)
        and person.role is Role.COLLABORATOR
        and Right.ANSWER in person.rights
        and Right.ANSWER_ALONE not in person.rights
    )


def stand_in(question: Question, at: datetime) -> Person | None:
    """Who decides in the expert's place then: whom he named for an absence, while that lasts and the named one is
    still active and of his firm; None for nobody."""
    expert = question.dossier.expert
    for one in question.dossier.stand_ins:
        if one.begins_at <= at < one.ends_at and one.person.active and one.person.firm == expert.firm:
            return one.person
    return None


def approver(question: Question, at: datetime) -> Person:
    """Whom an answer waits for then: the expert of the dossier, or his stand-in."""
    return stand_in(question, at) or question.dossier.expert


def approves(person: Person, question: Question, at: datetime | None) -> bool:
    """True if this person may approve then: the expert, away or not, and his stand-in. Without an instant no stand-in
    counts."""
    if person.id == question.dossier.expert.id:
        return True
    named = stand_in(question, at) if at else None
    return named is not None and named.id == person.id


CIRCLES: dict[Who, Callable[[Person, Question], bool]] = {
    Who.STAFF: lambda person, question: person.role is Role.STAFF,
    Who.COLLABORATOR: proposes,
    Who.ALONE: answers_alone,
    Who.DOER: lambda person, question: question.last is not None and person.id == question.last.by,
    Who.FIRM: lambda person, question: proposes(person, question) or answers_alone(person, question),
}


def belongs(person: Person, circle: Who, question: Question, at: datetime | None = None) -> bool:
    """True if `person` is active and of that circle, as seen from `question` at that instant."""
    if circle is Who.APPROVER:
        return person.active and approves(person, question, at)
    return person.active and CIRCLES[circle](person, question)


def answer(person: Person, question: Question, written: Written, replace: bool = False) -> c.Command:
    """The command that an answer of this person is: added, submitted or proposed."""
    alone = belongs(person, Who.ALONE, question)
    if question.state is State.TREATED or (question.state is State.SUBMITTED and alone):
        return c.Add(written)
    return c.Submit(written, replace) if alone else c.Propose(written, replace)


def asked(question: Question, everyone: bool = False) -> tuple[Person, ...]:
    """The people to whom the question is put: the collaborators of the dossier who may answer, else its expert.

    `everyone` (questions.to) puts it to the expert as well from the start.
    """
    dossier = question.dossier
    able = tuple(p for p in dossier.collaborators if belongs(p, Who.FIRM, question))
    if not able:
        return (dossier.expert,)
    return (*able, dossier.expert) if everyone and dossier.expert not in able else able
