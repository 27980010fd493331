"""The life of a question. Every change of state is in this file.

    TRANSITIONS[state][command] -> Move(next state, circle of people, guard)

A pair that is not in the table is refused with OutOfTurn; a person outside the circle with NotAllowed; a version
that is not the one meant with VersionChanged. `docs/states.md` is written from the table. Nothing here reads a
clock, a file or a database: `decide` takes the time as an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from ..errors import NotAllowed, NothingToUndo, OutOfTurn, TooLate, VersionChanged
from . import commands as c
from . import events as e
from .access import Who, approver, belongs
from .model import Answer, Channel, File, Outcome, Person, Position, Question, Written
from .model import State as S


class Guard(Enum):
    """A further condition of a move."""

    NONE = ""
    WAITING = "for exactly the version that waits"
    ADDITION = "for exactly the addition that waits"
    NO_ANSWER = "outcome no_answer only"
    ONCE = "once, within the bound"
    RECENT = "until ten minutes after its receipt left"


@dataclass(frozen=True)
class Move:
    """One row of the table: what the question becomes, who may do it, and under which condition."""

    to: S | None  #: None: the state before
    by: Who
    guard: Guard = Guard.NONE


TRANSITIONS: dict[S, dict[type[c.Command], Move]] = {
    S.DRAFT: {
        c.Ask: Move(S.ASKED, Who.STAFF),
        c.Withdraw: Move(S.WITHDRAWN, Who.STAFF),
    },
    S.ASKED: {
        c.Propose: Move(S.PROPOSED, Who.COLLABORATOR),
        c.Submit: Move(S.SUBMITTED, Who.ALONE),
        c.Postpone: Move(S.ASKED, Who.FIRM, Guard.ONCE),
        c.PassOn: Move(S.ASKED, Who.FIRM),
        c.SetDue: Move(S.ASKED, Who.STAFF),
        c.Treat: Move(S.TREATED, Who.STAFF, Guard.NO_ANSWER),
        c.Withdraw: Move(S.WITHDRAWN, Who.STAFF),
    },
    S.PROPOSED: {
        c.Propose: Move(S.PROPOSED, Who.COLLABORATOR),
        c.Submit: Move(S.SUBMITTED, Who.ALONE),
        c.Approve: Move(S.SUBMITTED, Who.APPROVER, Guard.WAITING),
        c.Amend: Move(S.SUBMITTED, Who.APPROVER, Guard.WAITING),
        c.SendBack: Move(S.ASKED, Who.APPROVER, Guard.WAITING),
        c.Undo: Move(None, Who.DOER, Guard.RECENT),
        c.SetDue: Move(S.PROPOSED, Who.STAFF),
        c.Treat: Move(S.TREATED, Who.STAFF, Guard.NO_ANSWER),
        c.Withdraw: Move(S.WITHDRAWN, Who.STAFF),
    },
    S.SUBMITTED: {
        c.Add: Move(S.SUBMITTED, Who.ALONE),
        c.Propose: Move(S.SUBMITTED, Who.COLLABORATOR),
        c.Approve: Move(S.SUBMITTED, Who.APPROVER, Guard.ADDITION),
        c.Amend: Move(S.SUBMITTED, Who.APPROVER, Guard.ADDITION),
        c.SendBack: Move(S.SUBMITTED, Who.APPROVER, Guard.ADDITION),
        c.Undo: Move(None, Who.DOER, Guard.RECENT),
        c.AskAgain: Move(S.ASKED, Who.STAFF),
        c.Treat: Move(S.TREATED, Who.STAFF),
        c.Withdraw: Move(S.WITHDRAWN, Who.STAFF),
    },
    S.TREATED: {
        c.Add: Move(S.TREATED, Who.FIRM),
        c.AskAgain: Move(S.ASKED, Who.STAFF),
    },
    S.WITHDRAWN: {},
}


@dataclass(frozen=True)
class Decision:
    """What a command makes of a question: the question as it now stands, and what happened."""

    question: Question
    events: tuple[e.Event, ...]

    @property
    def new_answer(self) -> Answer | None:
        """The version of the answer that the store has yet to keep."""
        answer = self.question.answer
        return answer if answer and not answer.id else None


@dataclass(frozen=True)
class Act:
    """Who acts, when, and through which door."""

    by: Person
    at: datetime
    channel: Channel = Channel.MAIL


def decide(question: Question, command: c.Command, act: Act) -> Decision:
    """Return what `command` makes of `question`.

    Raises OutOfTurn, NotAllowed, VersionChanged or TooLate; the question passed in is never changed.
    """
    move = _move(question, command)
    if move.by is Who.DOER and not belongs(act.by, move.by, question, act.at):
        raise NothingToUndo("the newest act on it is not this person's")
    if not belongs(act.by, move.by, question, act.at):
        raise NotAllowed(_who_may(move.by), who=_named(move.by, question, act.at))
    _check(move.guard, question, command, act.at)
    changed, events = EFFECTS[type(command)](question, command, act)
    changed = replace(changed, state=move.to or changed.state)
    return Decision(_on_its_ladder(question, changed, command, act.at), events)


def _on_its_ladder(before: Question, after: Question, command: c.Command, at: datetime) -> Question:
    """The reminders count anew where what the question waits for begins anew."""
    if isinstance(command, c.Undo):
        return after
    waits = after.state is S.ASKED or after.waiting > 0
    began = (before.state, before.round, before.waiting > 0) != (after.state, after.round, after.waiting > 0)
    if not waits:
        return replace(after, ladder_at=None)
    return replace(after, ladder_at=at) if began else after


def position(question: Question) -> Position:
    """Where the question stands: what an act on it would bring back when it is undone."""
    q = question
    return Position(q.state, q.round, q.version, q.standing, q.waiting, q.handed_over, q.ladder_at)


def _move(question: Question, command: c.Command) -> Move:
    try:
        return TRANSITIONS[question.state][type(command)]
    except KeyError:
        raise OutOfTurn(f"{type(command).__name__} while {question.state.value}") from None


def _who_may(circle: Who) -> str:
    return f"only: {circle.value}"


def _named(circle: Who, question: Question, at: datetime) -> Person | None:
    """Whom a refusal may name to the writer."""
    if circle is Who.APPROVER:
        return approver(question, at)
    return question.dossier.expert if circle is Who.ALONE else None


def _check(guard: Guard, question: Question, command: Any, now: datetime) -> None:
    if guard in (Guard.WAITING, Guard.ADDITION):
        if not question.waiting:
            raise OutOfTurn(f"{type(command).__name__} while nothing waits")
        if command.version != question.waiting:
            raise VersionChanged(f"version {command.version}, not {question.waiting}", version=question.waiting)
    elif guard is Guard.NO_ANSWER and command.outcome is not Outcome.NO_ANSWER:
        raise OutOfTurn(f"treated as {command.outcome.value} while {question.state.value}")
    elif guard is Guard.ONCE:
        _check_delay(question, command, now.date())
    elif guard is Guard.RECENT and question.last and question.last.until and now >= question.last.until:
        raise NothingToUndo("the time for it is over")


def _check_delay(question: Question, command: c.Postpone, today: date) -> None:
    latest = max(question.due or today, today) + timedelta(days=command.bound)
    if question.postponed_until:
        raise TooLate("a second delay", latest=question.postponed_until)
    if not today < command.until <= latest:
        raise TooLate(f"{command.until} is past {latest} or before today", latest=latest)


# What each command changes. The state itself comes from the table.


def _ask(q: Question, command: c.Ask, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    changed = replace(q, asked_at=act.at, asked_by=act.by)
    return changed, (e.Asked(q.id, act.by.id, to=command.to),)


def _propose(q: Question, command: c.Propose, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    answer = _next_version(q, command.written, command.replace, act)
    changed = replace(_newest(q, answer), waiting=answer.version)
    return changed, (e.Proposed(q.id, act.by.id, answer.version),)


def _submit(q: Question, command: c.Submit, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    answer = _next_version(q, command.written, command.replace, act)
    return _hand_over(q, answer), (e.Submitted(q.id, act.by.id, answer.version),)


def _approve(q: Question, command: c.Approve, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    assert q.answer is not None
    answer = _approved(q, q.answer, act)
    return _hand_over(q, answer), (e.Approved(q.id, act.by.id, answer.version, instead_of=_instead_of(q, act)),)


def _amend(q: Question, command: c.Amend, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    answer = _next_version(q, command.written, command.replace, act)
    event = e.Amended(q.id, act.by.id, answer.version, shown=command.version, instead_of=_instead_of(q, act))
    return _hand_over(q, _approved(q, answer, act)), (event,)


def _approved(q: Question, answer: Answer, act: Act) -> Answer:
    expert = q.dossier.expert if _instead_of(q, act) else None
    return replace(answer, approved_by=act.by, approved_at=act.at, approved_for=expert)


def _instead_of(q: Question, act: Act) -> int:
    """The id of the expert in whose place somebody decides, 0 where he does so himself."""
    return 0 if act.by.id == q.dossier.expert.id else q.dossier.expert.id


def _send_back(q: Question, command: c.SendBack, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    assert q.answer is not None
    addition = q.state is S.SUBMITTED
    changed = replace(q, waiting=0, round=q.round + (not addition), standing=q.handed_over if addition else q.version)
    event = e.SentBack(q.id, act.by.id, q.version, comment=command.comment, author=q.answer.by.id)
    return changed, (replace(event, instead_of=_instead_of(q, act)),)


def _add(q: Question, command: c.Add, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    answer = replace(_next_version(q, command.written, False, act), addition=True)
    approved = belongs(act.by, Who.ALONE, q)
    changed = _hand_over(q, answer) if approved else replace(_newest(q, answer), waiting=0)
    return changed, (e.Added(q.id, act.by.id, answer.version, approved=approved),)


def _undo(q: Question, command: c.Undo, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    assert q.last is not None
    was, deed = q.last.before, q.last
    changed = replace(
        q,
        state=was.state,
        round=was.round,
        version=was.version,
        standing=was.standing,
        waiting=was.waiting,
        handed_over=was.handed_over,
        ladder_at=was.ladder_at,
        answer=None,
        base=None,
        last=None,
    )
    return changed, (e.Undone(q.id, act.by.id, deed.version, undid=deed.event),)


def _ask_again(q: Question, command: c.AskAgain, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    changed = replace(
        q,
        round=q.round + 1,
        waiting=0,
        standing=q.handed_over,
        outcome=None,
        postponed_until=None,
        due=command.due or q.due,
    )
    return changed, (e.AskedAgain(q.id, act.by.id, q.version, comment=command.comment),)


def _treat(q: Question, command: c.Treat, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    if command.version and command.version != q.handed_over:
        raise VersionChanged(f"version {command.version}, not {q.handed_over}", version=q.handed_over)
    changed = replace(q, outcome=command.outcome, waiting=0, standing=q.version)
    done = e.Treated(q.id, act.by.id, q.handed_over, outcome=command.outcome)
    if not q.addition_waits or q.answer is None:
        return changed, (done,)
    return changed, (done, e.Added(q.id, q.answer.by.id, q.waiting, approved=False))


def _postpone(q: Question, command: c.Postpone, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    due = max(q.due, command.until) if q.due else q.due
    changed = replace(q, postponed_until=command.until, due=due)
    return changed, (e.Postponed(q.id, act.by.id, until=command.until),)


def _pass_on(q: Question, command: c.PassOn, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    changed = replace(q, passed_on=(*q.passed_on, act.by))
    return changed, (e.PassedOn(q.id, act.by.id, to=command.to, note=command.note),)


def _set_due(q: Question, command: c.SetDue, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    return replace(q, due=command.due), (e.DueChanged(q.id, act.by.id, due=command.due),)


def _withdraw(q: Question, command: c.Withdraw, act: Act) -> tuple[Question, tuple[e.Event, ...]]:
    return replace(q, waiting=0), (e.Withdrawn(q.id, act.by.id, comment=command.comment),)


Effect = Callable[[Question, Any, Act], tuple[Question, tuple[e.Event, ...]]]
EFFECTS: dict[type[c.Command], Effect] = {
    c.Ask: _ask,
    c.Propose: _propose,
    c.Submit: _submit,
    c.Approve: _approve,
    c.Amend: _amend,
    c.SendBack: _send_back,
    c.Add: _add,
    c.Undo: _undo,
    c.AskAgain: _ask_again,
    c.Treat: _treat,
    c.SetDue: _set_due,
    c.Postpone: _postpone,
    c.PassOn: _pass_on,
    c.Withdraw: _withdraw,
}


def _newest(q: Question, answer: Answer) -> Question:
    return replace(q, answer=answer, version=answer.version, standing=answer.version, written=answer.version)


def _hand_over(q: Question, answer: Answer) -> Question:
    return replace(_newest(q, answer), waiting=0, handed_over=answer.version)


def _next_version(q: Question, written: Written, replaces: bool, act: Act) -> Answer:
    """The answer as it reads once `written` has been added to what stands, or has taken its place."""
    stands = q.base
    text, files = written.text, written.files
    if stands and not replaces:
        text = "\n\n".join(filter(None, (stands.text, written.text)))
    if stands:
        files = (*stands.standing_files, *_unseen(files, stands.files))
    before = stands.written_by if stands and not replaces else ""
    return Answer(
        version=q.written + 1,
        round=q.round,
        text=text,
        added=written.text,
        set_aside=written.set_aside,
        by=act.by,
        channel=act.channel,
        at=act.at,
        files=files,
        addition=q.handed_over > 0 and q.state is S.SUBMITTED,
        written_by=" · ".join(dict.fromkeys(filter(None, (before, written.author)))),
    )


def _unseen(files: tuple[File, ...], before: tuple[File, ...]) -> tuple[File, ...]:
    """The files whose bytes did not come with an earlier version."""
    known = {f.sha256 for f in before}
    return tuple(f for f in files if f.sha256 not in known)
