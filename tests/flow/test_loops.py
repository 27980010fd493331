"""Machines in a closed loop with the service, for a week: few letters, and a person is heard again at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailbot.demo.postoffice import Letter
from mailbot.service import questions
from mailbot.service.delivery import deliver_due
from mailbot.service.sheet import sheet
from mailbot.store import questions as kept
from tests.campaign import AICHA, ELISE, MAITE
from tests.machines import MACHINES, Machine, forwards
from tests.world import PARIS, World, world

pytestmark = pytest.mark.slow
MONDAY = datetime(2026, 11, 30, 9, tzinfo=PARIS)
REF = "D0009-2025-2"
DELAYS = {"at once": timedelta(seconds=2), "after hours": timedelta(hours=13)}
SLOWLY = ("the same body", "a counter", "tickets", "OK", "a rule that forwards back", "an absence in German")
OF_EXPERTS = ("OK", "Bien reçu", "a counter", "tickets", "nothing but our letter", "a mailbot", "never the same")


class Loop:
    """The service, and mailboxes in which machines sit."""

    def __init__(self, here: World, machines: dict[tuple[str, str], Machine], delay: timedelta) -> None:
        self.here, self.machines, self.delay = here, machines, delay
        self.seen = len(here.letters)
        self.n = 0

    def run(self, until: datetime) -> None:
        """Every letter is answered by the machine in its mailbox, until that instant or until nothing comes."""
        while True:
            deliver_due(self.here.app.system, self.here.send)
            new, self.seen = self.here.letters[self.seen :], len(self.here.letters)
            mails = [found for letter in new for found in self.answers(letter)]
            if not mails:
                return
            assert self.here.now + self.delay < until, "still going"
            self.here.app.clock.set(self.here.now + self.delay)
            for mail, sender in mails:
                self.here.hand_in(mail, sender)
            assert self.n < 60, "it does not end"

    def answers(self, letter: Letter) -> Iterator[tuple[object, str]]:
        for who, machine in self.machines.items():
            if letter.to == who[1]:
                self.n += 1
                mail = machine(letter, who, self.n, self.here.now)
                if mail is not None:
                    yield mail, who[1]


@pytest.fixture
def here(tmp_path: Path, asked: Path) -> Iterator[World]:
    made = world(asked, tmp_path / "world", MONDAY)
    deliver_due(made.app.system, made.send)
    yield made
    made.close()


def letter(here: World, who: tuple[str, str], kind: str) -> Letter:
    return next(x for x in reversed(here.mailbox(who[1], kind)) if REF in x.subject or not REF)


LOOPS = {
    f"{name}, {delay}": (make, DELAYS[delay])
    for name, make in MACHINES.items()
    for delay in DELAYS
    if delay == "at once" or name in SLOWLY
}


@pytest.mark.parametrize(("make", "delay"), LOOPS.values(), ids=list(LOOPS))
def test_no_exchange_makes_more_than_three_letters(here: World, make: Callable[[], Machine], delay: timedelta) -> None:
    question, machine = letter(here, AICHA, "question"), make()
    before = len(here.mailbox(AICHA[1]))
    loop = Loop(here, {AICHA: machine}, delay)
    mail = machine(question, AICHA, 0, here.now)
    assert mail is not None
    here.hand_in(mail, AICHA[1])
    loop.run(MONDAY + timedelta(days=20))
    assert len(here.mailbox(AICHA[1])) - before <= 3, [x.kind for x in here.mailbox(AICHA[1])[before:]]
    told = len(here.mailbox(AICHA[1], "receipt"))
    loop.machines.clear()
    here.reply(question, AICHA, "La ligne regroupe les abonnements téléphoniques et la fibre du cabinet : 1 312 €.")
    here.advance(timedelta(hours=3))
    assert len(here.mailbox(AICHA[1], "receipt")) == told + 1
    assert "1 312 €" in answer(here)


def answer(here: World) -> str:
    found = sheet(here.app.system, REF)
    assert found is not None
    return str(found["answers"][-1]["text"])


@pytest.mark.parametrize("make", [MACHINES[name] for name in OF_EXPERTS], ids=OF_EXPERTS)
def test_nor_does_one_with_the_machine_of_an_expert(here: World, make: Callable[[], Machine]) -> None:
    """An approval letter falls into the mailbox of a machine; its person decides afterwards."""
    here.reply(letter(here, AICHA, "question"), AICHA, "Le détail est en comptabilité.")
    here.advance(timedelta(hours=2))
    approval, machine = letter(here, MAITE, "approval"), make()
    before = len(here.mailbox(MAITE[1]))
    loop = Loop(here, {MAITE: machine}, DELAYS["at once"])
    mail = machine(approval, MAITE, 0, here.now)
    assert mail is not None
    here.hand_in(mail, MAITE[1])
    loop.run(MONDAY + timedelta(days=7))
    assert len(here.mailbox(MAITE[1])) - before <= 3, [x.kind for x in here.mailbox(MAITE[1])[before:]]


def test_two_rules_that_forward_to_each_other_end(here: World) -> None:
    """Aïcha's rule forwards to Élise, whose rule forwards back to where the letter says."""
    loop = Loop(here, {AICHA: lambda *_: None, ELISE: forwards}, DELAYS["at once"])
    before = len(here.letters)
    here.hand_in(forwards(letter(here, AICHA, "question"), ELISE, 0, here.now), ELISE[1])
    loop.run(MONDAY + timedelta(days=7))
    assert len(here.letters) - before <= 3


def test_forty_answers_of_a_person_are_all_taken_and_told(here: World) -> None:
    """A sitting without a pause, the same few words again and again, replies to receipts among them."""
    questions.ask(here.app.system, kept.drafts(here.app.system.store.conn))
    deliver_due(here.app.system, here.send)
    asked = [x for x in here.letters if x.kind == "question"]
    people = max({x.to for x in asked}, key=lambda to: sum(x.to == to for x in asked))
    mine = [x for x in asked if x.to == people][:40]
    who = (here.person(people).name, people)
    texts = ("Voir la pièce au dossier.", "Néant", "Montant : 1 250 €", "OK", "Idem question précédente")
    for n, one in enumerate(mine):
        here.reply(one, who, texts[n % len(texts)])
        here.app.clock.set(here.now + timedelta(seconds=5))
    here.advance(timedelta(hours=4))
    told = "\n".join(x.text for x in here.mailbox(people, "receipt"))
    missing = [x.subject for x in mine if x.subject.rpartition("[")[2].rstrip("]") not in told]
    assert len(mine) > 5
    assert missing == []
