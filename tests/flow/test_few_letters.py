"""How many letters a campaign costs its people: a firm with 60 dossiers over three weeks, the sample to its end."""

from __future__ import annotations

import heapq
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.sandbox import SAMPLE, SHEETS, configuration
from mailbot.domain.model import Role
from mailbot.service import imports, questions
from mailbot.store import questions as kept
from tests.world import PARIS, World, world

MONDAY = datetime(2026, 11, 2, 8, 30, tzinfo=PARIS)
EXPERT = ("Maïté Martin", "expert@cabinet.example")
COLLABORATORS = tuple((name, f"{name.lower()}@cabinet.example") for name in ("Anne", "Bruno", "Claire"))
SEEDS = range(6)
GAP = timedelta(minutes=4)


@pytest.fixture(scope="session")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 questions of 60 dossiers of one firm, asked on a Monday morning, due in seven weeks."""
    folder = tmp_path_factory.mktemp("firm")
    people = [f"{email},{name},collaborateur,C1,repondre" for name, email in COLLABORATORS]
    sheets = {
        "cabinets": ["cabinet,nom", "C1,Cabinet Unique"],
        "personnes": ["email,nom,role,cabinet,droits", f"{EXPERT[1]},{EXPERT[0]},expert,C1,",
                      "gestion@oga.example,Mireille,gestionnaire,,", *people],
        "dossiers": ["dossier,adherent,profession,cabinet,expert,collaborateurs,gestionnaire",
                     *(f"D{n:04},Adhérent {n},avocat,C1,{EXPERT[1]},{COLLABORATORS[n % 3][1]},gestion@oga.example"
                       for n in range(60))],
        "questions": ["dossier,exercice,question,echeance",
                      *(f"D{n // 2:04},2025,Merci de préciser le poste {n}.,2026-12-21" for n in range(120))],
    }  # fmt: skip
    for name, rows in sheets.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return _asked(folder, [folder / f"{name}.csv" for name in sheets], MONDAY)


def _asked(folder: Path, files: list[Path], at: datetime) -> Path:
    """The campaign of these sheets in `folder`, all of it asked at that instant."""
    (folder / "config.toml").write_text(configuration(1), encoding="utf-8")
    config = load(folder / "config.toml", {})
    apps.initialise(config, sandbox=True)
    app = apps.build(config)
    app.clock.set(at)
    store = app.system.store
    imports.import_files(store, files, config.questions.catalogue, app.system.now())
    questions.ask(app.system, kept.drafts(store.conn))
    store.close()
    return folder


def sittings(rnd: random.Random) -> Iterator[tuple[datetime, tuple[str, str], int]]:
    """(when, who, how many): each collaborator once a week, on a day and at an hour of his own."""
    for week in range(3):
        for who in COLLABORATORS:
            begin = MONDAY + timedelta(days=7 * week + rnd.randrange(5), minutes=rnd.randrange(30, 7 * 60))
            yield begin, who, 14 if week == 0 else 13


def play(here: World, rnd: random.Random) -> None:
    """Three weeks: the collaborators answer in their sittings, the expert decides each letter an hour or so later."""
    todo = [(begin + n * GAP, who) for begin, who, count in sittings(rnd) for n in range(count)]
    heapq.heapify(todo)
    decided = 0
    end = MONDAY + timedelta(weeks=3, hours=10)
    while here.now < end:
        soon = min(here.now + timedelta(minutes=90), todo[0][0] if todo else end, end)
        here.advance(max(soon, here.now + timedelta(seconds=1)))
        while todo and todo[0][0] <= here.now:
            _answer_one(here, heapq.heappop(todo)[1])
        letters = here.mailbox(EXPERT[1], "approval", "reminder", "last_reminder")
        for letter in letters[decided:]:
            here.advance(timedelta(minutes=rnd.randrange(5, 60)))
            several = letter.subject.startswith("ECCV 2025 :")
            here.reply(letter, EXPERT, "OK pour tous" if several else "OK")
        decided = len(letters)


def _answer_one(here: World, who: tuple[str, str]) -> None:
    """The next question of his that waits, answered by a reply to its own letter."""
    conn = here.app.system.store.conn
    for letter in here.mailbox(who[1], "question"):
        ref = re.search(r"\[(D\d{4}-2025-\d)\]", letter.subject)
        assert ref
        if questions.find(conn, ref[1]).state.value == "asked":
            here.reply(letter, who, f"Le poste correspond à {hash(ref[1]) % 9000} € de loyers.")
            return


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_head_of_a_firm_with_60_dossiers_does_not_curse(firm: Path, tmp_path: Path, seed: int) -> None:
    here = world(firm, tmp_path / "world", MONDAY)
    play(here, random.Random(seed))
    here.advance(timedelta(days=1))
    states = kept.counts(here.app.system.store.conn)
    expert = Counter(x.kind for x in here.mailbox(EXPERT[1]))
    colleagues = Counter(x.kind for _, email in COLLABORATORS for x in here.mailbox(email))
    print(f"seed {seed}: expert {dict(expert)}, collaborators {dict(colleagues)}, {states['submitted']} handed over")
    here.close()
    assert states["submitted"] == 120
    assert expert["approval"] + expert["reminder"] + expert["last_reminder"] <= 20
    counted = sum(n for kind, n in colleagues.items() if kind not in ("digest", "decided"))
    assert counted <= 1.3 * 120, colleagues


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    return _asked(folder, [SAMPLE / f"{name}.csv" for name in SHEETS], MONDAY)


def _everybody_acts(here: World, seen: int, rnd: random.Random) -> int:
    """Each reads what came since, and does what it asks: answers, approves, treats. Returns what was seen."""
    for letter in here.letters[seen:]:
        who = here.person(letter.to)
        sender = (who.name, who.email)
        if letter.kind in ("question", "asked_again") and rnd.random() < 0.8:
            here.reply(letter, sender, f"Voici le détail demandé, {rnd.randrange(9000)} €.")
        elif letter.kind == "approval":
            here.reply(letter, sender, "OK pour tous" if letter.subject.startswith("ECCV 2025 :") else "OK")
        elif letter.kind in ("reminder", "last_reminder") and "validation" not in letter.text.partition("Bonjour")[0]:
            labels = re.findall(r"^Question\s(\w+)\s\[", letter.text, re.M)
            lines = [f"{label}) Le détail, {rnd.randrange(9000)} €." for label in labels]
            here.reply(letter, sender, "\n".join(lines) if len(lines) > 1 else "Le détail suit.")
        elif letter.kind == "digest" and who.role is Role.STAFF and "Lire et traiter" in letter.text:
            here.reply(letter, sender, "tout traité")
    return len(here.letters)


@pytest.mark.slow
def test_the_sample_campaign_runs_to_its_end(sample: Path, tmp_path: Path) -> None:
    """110 questions, eight firms, 39 people who only read their mail: nobody watches, and every question is treated."""
    here = world(sample, tmp_path / "world", MONDAY)
    rnd, seen = random.Random(1), 0
    for _ in range(60):
        here.advance(timedelta(days=1))
        seen = _everybody_acts(here, seen, rnd)
        states = kept.counts(here.app.system.store.conn)
        if states["treated"] == sum(states.values()):
            break
    tally = Counter(letter.kind for letter in here.letters)
    print(f"{here.now - MONDAY} until {states}; letters: {dict(tally)}")
    waits = here.app.system.store.conn.execute("select count(*) from inbox where state <> 'done'").fetchone()[0]
    here.close()
    assert states["treated"] == 110 == sum(states.values())
    assert waits == 0, "no mail is left over"
