"""The life of a question: every pair is decided, the document is the table, nothing is left without a letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mailbot import errors
from mailbot.domain import commands as c
from mailbot.domain import events as e
from mailbot.domain.access import Who, approver, belongs
from mailbot.domain.model import (
    Answer,
    Channel,
    Dossier,
    Firm,
    Outcome,
    Person,
    Question,
    Right,
    Role,
    StandIn,
    State,
    Written,
)
from mailbot.domain.questions import EFFECTS, TRANSITIONS, Act, decide
from mailbot.letters.table import LETTERS
from mailbot.service.handlers import HANDLERS, RAISED_BY, TRUST_NEEDED
from mailbot.service.refusals import REFUSALS
from mailbot.service.understanding.intent import Verb

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIRM, OTHER = Firm(1, "C01", "Cabinet Etcheverry"), Firm(2, "C02", "Bordagaray Expertise")
EXPERT = Person(1, "expert@a.example", "Maïté Martin", Role.EXPERT, FIRM)
COLLABORATOR = Person(2, "collab@a.example", "Aïcha Dubois", Role.COLLABORATOR, FIRM, frozenset({Right.ANSWER}))
ALONE = Person(3, "alone@a.example", "Élise", Role.COLLABORATOR, FIRM, frozenset({Right.ANSWER, Right.ANSWER_ALONE}))
NO_RIGHT = Person(4, "none@a.example", "Luc", Role.COLLABORATOR, FIRM)
STRANGER = Person(5, "expert@b.example", "Eneko", Role.EXPERT, OTHER)
STAFF = Person(6, "staff@oga.example", "Mireille", Role.STAFF)
LEFT = Person(7, "gone@a.example", "Guy", Role.EXPERT, FIRM, active=False)
PEOPLE = (EXPERT, COLLABORATOR, ALONE, NO_RIGHT, STRANGER, STAFF, LEFT)
DOSSIER = Dossier(1, "D0009", "Zoé Etchegoyen", "géomètre", FIRM, EXPERT, STAFF, (COLLABORATOR,))
WORDS = Written("Le détail.")
COMMANDS: tuple[c.Command, ...] = (
    c.Ask((2,)),
    c.Propose(WORDS),
    c.Submit(WORDS),
    c.Approve(1),
    c.Amend(1, WORDS),
    c.SendBack(1, "non"),
    c.Add(WORDS),
    c.Treat(Outcome.NO_ANSWER),
    c.AskAgain("et la page 2 ?"),
    c.SetDue(date(2027, 1, 1)),
    c.Postpone(date(2026, 12, 1)),
    c.PassOn((1,)),
    c.Withdraw(),
    c.Undo(),
)
STATES_DOC = Path(__file__).parents[3] / "docs" / "states.md"


def question(state: State, waiting: int = 0, handed_over: int = 0) -> Question:
    answer = Answer(1, 1, "Texte.", "Texte.", "", COLLABORATOR, Channel.MAIL, NOW, id=1)
    answered = state not in (State.DRAFT, State.ASKED)
    return Question(
        1, "D0009-2025-2", 2, DOSSIER, 2025, "Pourquoi ?", state=state, version=int(answered),
        waiting=waiting or int(state is State.PROPOSED), handed_over=handed_over or int(state is State.SUBMITTED),
        answer=answer if answered else None, written=int(answered),
        base=answer if answered else None, standing=int(answered),
    )  # fmt: skip


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda k: type(k).__name__)
@pytest.mark.parametrize("by", PEOPLE, ids=lambda p: p.email)
def test_every_pair_is_decided_or_refused(state: State, command: c.Command, by: Person) -> None:
    before = question(state)
    move = TRANSITIONS[state].get(type(command))
    try:
        decision = decide(before, command, Act(by, NOW))
    except errors.NotAllowed:
        assert move is not None
        assert not belongs(by, move.by, before)
    except errors.NothingToUndo:
        assert isinstance(command, c.Undo)
    except errors.OutOfTurn:
        assert move is None or not before.waiting
    else:
        assert move is not None
        assert belongs(by, move.by, before)
        assert decision.question.state is move.to
        assert len(decision.events) == 1
    assert before == question(state)


@pytest.mark.parametrize("by", [STRANGER, LEFT, NO_RIGHT], ids=lambda p: p.email)
def test_some_people_change_nothing_at_all(by: Person) -> None:
    for state in State:
        for command in COMMANDS:
            with pytest.raises(errors.Refusal):
                decide(question(state, waiting=1 if state is State.SUBMITTED else 0), command, Act(by, NOW))


def test_an_addition_waits_and_what_was_handed_over_stays() -> None:
    q = decide(question(State.SUBMITTED), c.Propose(WORDS), Act(COLLABORATOR, NOW)).question
    assert (q.state, q.waiting, q.handed_over, q.version) == (State.SUBMITTED, 2, 1, 2)
    assert q.answer is not None
    assert q.answer.addition
    back = decide(q, c.SendBack(2, "non"), Act(EXPERT, NOW)).question
    assert (back.state, back.waiting, back.handed_over) == (State.SUBMITTED, 0, 1)
    approved = decide(q, c.Approve(2), Act(EXPERT, NOW)).question
    assert (approved.waiting, approved.handed_over) == (0, 2)


def test_an_approval_is_for_exactly_one_version() -> None:
    q = decide(question(State.PROPOSED), c.Propose(WORDS), Act(COLLABORATOR, NOW)).question
    with pytest.raises(errors.VersionChanged):
        decide(q, c.Approve(1), Act(EXPERT, NOW))
    assert decide(q, c.Approve(2), Act(EXPERT, NOW)).question.state is State.SUBMITTED


def test_what_is_added_follows_what_stood_and_replacing_replaces() -> None:
    added = decide(question(State.PROPOSED), c.Propose(WORDS), Act(COLLABORATOR, NOW)).new_answer
    assert added is not None
    assert (added.text, added.added) == ("Texte.\n\nLe détail.", "Le détail.")
    replaced = decide(question(State.PROPOSED), c.Propose(WORDS, replace=True), Act(COLLABORATOR, NOW)).new_answer
    assert replaced is not None
    assert replaced.text == "Le détail."


def test_a_delay_is_granted_once_and_within_the_bound() -> None:
    q = decide(question(State.ASKED), c.Postpone(date(2026, 12, 1)), Act(COLLABORATOR, NOW)).question
    assert q.postponed_until == date(2026, 12, 1)
    with pytest.raises(errors.TooLate):
        decide(q, c.Postpone(date(2026, 12, 2)), Act(COLLABORATOR, NOW))
    with pytest.raises(errors.TooLate):
        decide(question(State.ASKED), c.Postpone(date(2027, 3, 1)), Act(COLLABORATOR, NOW))
    with pytest.raises(errors.TooLate):
        decide(question(State.ASKED), c.Postpone(date(2026, 11, 24)), Act(COLLABORATOR, NOW))


def test_an_unanswered_question_is_treated_only_as_such() -> None:
    with pytest.raises(errors.OutOfTurn):
        decide(question(State.ASKED), c.Treat(Outcome.SATISFACTORY), Act(STAFF, NOW))


def table() -> str:
    """The table as docs/states.md shows it."""
    rows = ["| state | command | by | condition | becomes |", "|---|---|---|---|---|"]
    for state, moves in TRANSITIONS.items():
        for command, move in moves.items():
            becomes = move.to.value if move.to else "the state before"
            cells = (state.value, command.__name__, move.by.value, move.guard.value, becomes)
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def test_the_document_is_the_table() -> None:
    assert table() in STATES_DOC.read_text(encoding="utf-8")


def test_every_command_has_an_effect_and_every_event_its_letters() -> None:
    assert set(EFFECTS) == set(c.Command.__subclasses__())
    assert {type(command) for command in COMMANDS} == set(c.Command.__subclasses__())
    assert set(LETTERS) == set(e.Event.__subclasses__())


def test_every_refusal_has_its_letter_and_every_verb_its_handler_and_trust() -> None:
    assert set(REFUSALS) == set(errors.Refusal.__subclasses__())
    assert set(HANDLERS) == set(TRUST_NEEDED) == set(RAISED_BY) == set(Verb)


def test_a_stand_in_decides_from_the_first_instant_to_the_last() -> None:
    named = StandIn(COLLABORATOR, NOW, NOW + timedelta(days=3))
    asked = question(State.PROPOSED)
    covered = replace(asked, dossier=replace(asked.dossier, stand_ins=(named,)))
    for at, may in ((-1, False), (0, True), (3 * 86_400 - 1, True), (3 * 86_400, False)):
        when = NOW + timedelta(seconds=at)
        assert belongs(COLLABORATOR, Who.APPROVER, covered, when) is may
        assert approver(covered, when).id == (COLLABORATOR if may else EXPERT).id
    assert not belongs(COLLABORATOR, Who.APPROVER, covered)
    gone = replace(named, person=replace(COLLABORATOR, active=False))
    moved = replace(named, person=replace(COLLABORATOR, firm=None))
    for other in (gone, moved):
        elsewhere = replace(asked, dossier=replace(asked.dossier, stand_ins=(other,)))
        assert approver(elsewhere, NOW).id == EXPERT.id
        assert not belongs(other.person, Who.APPROVER, elsewhere, NOW)
    done = decide(covered, c.Approve(covered.waiting), Act(COLLABORATOR, NOW))
    assert done.question.answer is not None
    assert done.question.answer.approved_for == EXPERT
    assert done.events[0].instead_of == EXPERT.id  # type: ignore[attr-defined]
