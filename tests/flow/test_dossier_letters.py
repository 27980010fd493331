"""One letter a dossier, for an association that prefers it: each question keeps its number and its own address."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.postoffice import Letter, reply
from mailbot.demo.sandbox import SAMPLE, SHEETS, configuration
from mailbot.mail.backoff import Outcome, Result
from mailbot.mail.envelope import Envelope
from mailbot.mail.token import Purpose
from mailbot.service import imports, questions
from mailbot.service.addresses import address
from mailbot.service.delivery import deliver_due
from mailbot.service.describe import with_database
from mailbot.store import people
from mailbot.store import questions as kept
from tests.campaign import BEGINS
from tests.world import AICHA, REFS, World

pytestmark = pytest.mark.slow  # many days, or a whole service: `make test` only

WHO = ("Aïcha Dubois", AICHA)


@pytest.fixture
def here(tmp_path: Path):
    """The sample campaign, asked by dossier."""
    text = configuration(1).replace('letter = "question"', 'letter = "dossier"')
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    config = load(tmp_path / "config.toml", {})
    apps.initialise(config, sandbox=True)
    app = apps.build(config)
    app.clock.set(BEGINS)
    store = app.system.store
    files = [SAMPLE / f"{name}.csv" for name in SHEETS]
    imports.import_files(store, files, config.questions.catalogue, app.system.now())
    made = World(replace(app, system=replace(app.system, policy=replace(app.system.policy, digest_days=frozenset()))))
    assert questions.ask(made.app.system, kept.drafts(store.conn), batch=5) == 110
    deliver_due(made.app.system, made.send)
    yield made
    made.close()


def test_a_dossier_is_asked_in_one_letter(here: World) -> None:
    (letter,) = [x for x in here.mailbox(AICHA) if "D0009-2025" in x.subject]
    assert letter.kind == "dossier"
    assert all(ref in letter.text for ref in REFS)
    assert max(Counter((x.to, x.subject) for x in here.letters).values()) == 1
    own = re.findall(r"mailto:eccv%2B([a-z2-7]{26})@", letter.html)
    assert len(set(own)) >= 4, "the letter's own address, and one a question"


def test_a_dossier_with_one_question_is_an_ordinary_letter(here: World) -> None:
    kinds = Counter(x.kind for x in here.letters)
    assert kinds["question"] > 0
    assert kinds["dossier"] > 0
    assert all(re.search(r"-2025-\d\]", x.subject) for x in here.letters if x.kind == "question")


def test_a_reply_is_split_by_number(here: World) -> None:
    letter = next(x for x in here.mailbox(AICHA) if "D0009-2025" in x.subject)
    here.reply(letter, WHO, "1) Le coefficient est de 0,92.\n\nQuestion 3 : 36 %.")
    states = [questions.find(here.app.system.store.conn, ref).state.value for ref in REFS]
    assert states == ["proposed", "asked", "proposed"]
    deliver_due(here.app.system, here.send)
    receipt = here.mailbox(AICHA, "receipt")[-1]
    assert "il manque la 2" in receipt.text
    here.reply(receipt, WHO, "2) Voici le détail.")
    assert questions.find(here.app.system.store.conn, REFS[1]).state.value == "proposed"


def test_not_my_dossier_passes_all_of_it_on(here: World) -> None:
    letter = next(x for x in here.mailbox(AICHA) if "D0009-2025" in x.subject)
    here.reply(letter, WHO, "Je n'ai pas ce dossier.")
    for ref in REFS:
        assert [p.email for p in questions.find(here.app.system.store.conn, ref).passed_on] == [AICHA]


def test_read_says_what_each_part_would_do(here: World) -> None:
    letter = next(x for x in here.mailbox(AICHA) if "D0009-2025" in x.subject)
    mail = reply(letter, WHO, "1) Le coefficient est de 0,92.\n3) 36 %.")
    raw = mail.as_bytes(policy=policy.SMTP)
    found = with_database(here.app.system, raw, Envelope(AICHA, (), here.now), "token")
    assert [(one["verb"], one["question"]) for one in found["commands"]] == [("propose", REFS[0]), ("propose", REFS[2])]
    assert [one["text"] for one in found["answers"]] == ["Le coefficient est de 0,92.", "36 %."]
    assert questions.find(here.app.system.store.conn, REFS[0]).state.value == "asked", "nothing is kept"


def test_support_finds_the_address_of_a_dossier(here: World) -> None:
    letter = next(x for x in here.mailbox(AICHA) if "D0009-2025" in x.subject)
    person = people.by_email(here.app.system.store.conn, AICHA)
    assert person is not None
    found = address(here.app.system, REFS[0], person, Purpose.DOSSIER)
    assert found["address"] == message_from_bytes(letter.raw, policy=policy.default)["Reply-To"]
    assert found["page"] is None


def test_the_host_is_asked_once_a_letter(here: World) -> None:
    sent: list[Letter] = []
    deliver_due(here.app.system, lambda *_: sent.append(Letter("", b"")) or Outcome(Result.SENT, 250, ""))
    assert sent == []
