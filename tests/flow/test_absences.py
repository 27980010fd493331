"""Out-of-office replies: they move reminders and stand in the digests; they answer and decide nothing."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailbot.demo.postoffice import Letter, hand_over, reply
from mailbot.mail.token import Purpose
from mailbot.store import inbox
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, Campaign
from tests.world import PARIS, REFS, World, world

pytestmark = pytest.mark.slow  # many days: `make test` only

THREE = "D0009-2025-3"  # due on 15 January; fifteen days after the question is 9 December
AWAY = (
    "Bonjour,\n\nJe suis absente jusqu'au 10 décembre inclus. En cas d'urgence, contactez Mme Julie Petit"
    " (j.petit@cabinetetcheverry.example, 05 59 12 34 56).\n"
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def out_of_office(letter: Letter, who: tuple[str, str], text: str = AWAY, auto: bool = True) -> EmailMessage:
    """What a mail server answers to a letter: a line of text, no history."""
    mail = reply(letter, who, "")
    mail.set_content(text)
    if auto:
        mail["Auto-Submitted"] = "auto-replied"
    return mail


def plain(letter: Letter) -> str:
    return " ".join(letter.text.replace("\u00a0", " ").replace("’", "'").split())


def absences(campaign: Campaign) -> list[dict[str, Any]]:
    rows = campaign.system.store.conn.execute("select until, deputy, ended_at from absence order by id")
    return [dict(row) for row in rows]


def test_an_absence_with_a_return_date_over_smtp(living: Campaign) -> None:
    letter = living.letter(AICHA, "question", THREE)
    before = len(living.office.mailbox(AICHA[1]))
    why = living.hand_in(out_of_office(letter, AICHA))
    assert (why["disposition"], why["decision"]) == ("auto", "absence until 2026-12-10")
    assert why["letters"] == []
    assert len(living.office.mailbox(AICHA[1])) == before, "nobody answers a machine"
    assert living.show(THREE)["state"] == "asked"

    living.advance(at("2026-11-25T12:00"))
    said = "Aïcha Dubois jusqu'au 10 décembre (réponse automatique)"
    deputy = "remplacement indiqué : Mme Julie Petit, j.petit@cabinetetcheverry.example, 05 59 12 34 56"
    for reader in (MAITE, MIREILLE):
        point = plain(living.letter(reader, "digest", ""))
        assert said in point
        assert deputy in point

    living.advance(at("2026-12-14T07:00"))
    days = {who: reminded(living.office.mailbox(who[1]), THREE) for who in (AICHA, ELISE, MAITE)}
    assert days[ELISE] == ["12-08", "12-09"], "with what is due on the 15th, then in its own time"
    assert days[AICHA] == ["12-08", "12-11"], "what counts back from a date is not moved; the rest is"
    assert days[MAITE] == [], "one of those asked was there"
    assert "Absences" not in plain(living.letter(MIREILLE, "digest", "")), "she is back"


def reminded(letters: list[Letter], ref: str) -> list[str]:
    found = [x for x in letters if x.kind in ("reminder", "last_reminder") and ref in x.text]
    return [datetime.strptime(str(x.message["Date"])[5:16], "%d %b %Y").strftime("%m-%d") for x in found]


@pytest.fixture
def here(asked: Path, tmp_path: Path):
    """Asked on Tuesday 24 November 2026; THREE is due on 15 January, the others on 15 December."""
    made = world(asked, tmp_path / "world")
    made.tick()
    yield made
    made.close()


def says(here: World, who: tuple[str, str], text: str) -> None:
    """An out-of-office reply to the letter about THREE comes in and is worked."""
    letter = next(x for x in here.mailbox(who[1], "question") if THREE in x.subject)
    mail = out_of_office(letter, who, text, auto=False)
    mail.replace_header("Subject", "Réponse automatique : ECCV")
    here.hand_in(mail, who[1])


def of_three(here: World, who: tuple[str, str]) -> list[str]:
    return reminded(here.mailbox(who[1]), THREE)


def test_where_all_who_were_asked_are_away_the_expert_joins(here: World) -> None:
    says(here, AICHA, "Je suis absente jusqu'au 10 décembre.")
    says(here, ELISE, "I am out of the office until December 18th.")
    here.advance(at("2026-12-21T12:00"))
    assert of_three(here, MAITE)[0] == "12-09"
    assert of_three(here, AICHA) == ["12-08", "12-11", "12-14"]
    assert of_three(here, ELISE) == ["12-08", "12-14", "12-21"]


def test_an_absence_beyond_the_date_moves_nothing_beyond_it(here: World) -> None:
    says(here, AICHA, "Je suis absente jusqu'au 31 mars 2027.")
    here.advance(at("2027-02-15T12:00"))
    assert of_three(here, AICHA)[-2:] == ["01-08", "01-14"], "a week before, and the day before"
    assert "12-09" not in of_three(here, AICHA)


def test_an_absence_without_a_date_is_shown_and_moves_nothing(here: World) -> None:
    says(here, AICHA, "Je suis absente. Merci de contacter Julie Petit.")
    here.advance(at("2026-12-09T12:00"))
    assert of_three(here, AICHA) == ["12-08", "12-09"]
    assert "Aïcha Dubois sans date de retour" in plain(here.mailbox(MIREILLE[1], "digest")[1])


def test_an_absence_to_come_moves_nothing_before_it_begins(here: World) -> None:
    says(here, AICHA, "Je suis en congés du 23/12 au 02/01.")
    here.advance(at("2026-12-09T12:00"))
    assert of_three(here, AICHA) == ["12-08", "12-09"]
    here.advance(at("2027-01-05T12:00"))
    assert of_three(here, AICHA)[-1] == "01-04", "the step of 24 December waits for her"


def test_what_she_types_ends_it(here: World) -> None:
    says(here, AICHA, "Je suis absente jusqu'au 10 décembre.")
    here.reply(here.mailbox(AICHA[1], "question")[0], AICHA, "De retour plus tôt : voici le détail.")
    here.advance(at("2026-12-09T12:00"))
    assert of_three(here, AICHA) == ["12-08", "12-09"]


@pytest.mark.parametrize(
    ("who", "verdict"),
    [(("Paul", "paul@ailleurs.example"), "pass"), (AICHA, "fail")],
    ids=["a stranger", "disowned by her domain"],
)
def test_nobody_else_says_that_she_is_away(campaign: Campaign, who: tuple[str, str], verdict: str) -> None:
    campaign.hand_in(out_of_office(campaign.letter(AICHA, "question"), who), verdict)
    assert absences(campaign) == []


def test_without_a_token_an_unproven_sender_is_not_believed(campaign: Campaign) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{AICHA[0]} <{AICHA[1]}>", campaign.system.bot.address
    mail["Subject"], mail["Message-ID"], mail["Auto-Submitted"] = "Absente", "<x@firm.example>", "auto-replied"
    mail.set_content(AWAY)
    campaign.hand_in(mail, "none")
    assert absences(campaign) == []


def test_an_autoresponder_that_writes_to_the_reverse_path(campaign: Campaign) -> None:
    letter = campaign.letter(AICHA, "question")
    row = campaign.system.store.conn.execute(
        "select id from outbox where message_id = ?", (str(letter.message["Message-ID"]),)
    ).fetchone()
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{AICHA[0]} <{AICHA[1]}>", campaign.system.address(Purpose.BOUNCE, row["id"])
    mail["Subject"], mail["Message-ID"], mail["Auto-Submitted"] = "Absente", "<x@firm.example>", "auto-replied"
    mail.set_content(AWAY)
    hand_over(campaign.port, mail, str(mail["To"]), "none")
    campaign.run()
    assert [x["until"] for x in absences(campaign)] == ["2026-12-10"]


def test_the_same_reply_to_each_letter_is_one_absence_and_another_takes_its_place(campaign: Campaign) -> None:
    for ref in REFS:
        campaign.hand_in(out_of_office(campaign.letter(AICHA, "question", ref), AICHA))
    assert [x["until"] for x in absences(campaign)] == ["2026-12-10"]
    campaign.hand_in(out_of_office(campaign.letter(AICHA, "question"), AICHA, "Absente jusqu'au 4 janvier."))
    assert [(x["until"], bool(x["ended_at"])) for x in absences(campaign)] == [
        ("2026-12-10", True),
        ("2027-01-04", False),
    ]


def test_words_under_a_header_of_a_machine_wait_for_staff(campaign: Campaign) -> None:
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "Le montant est de 1 250 €, facture à l'appui.")
    mail["Auto-Submitted"] = "auto-generated"
    why = campaign.hand_in(mail)
    assert (why["disposition"], why["state"]) == ("auto", "held")
    assert why["letters"] == []
    assert campaign.show()["state"] == "asked"
    row = inbox.find(campaign.system.store.conn, str(mail["Message-ID"]))
    assert row is not None
    again = reply(campaign.letter(AICHA, "question"), AICHA, "Le montant est de 1 250 €, facture à l'appui.")
    again["Auto-Submitted"] = "auto-generated"
    assert campaign.hand_in(again)["state"] == "done", "the same words are shown once"


def test_staff_file_such_words_by_a_line_of_the_digest(living: Campaign) -> None:
    mail = reply(living.letter(AICHA, "question"), AICHA, "Le montant est de 1 250 €.")
    mail["Auto-Submitted"] = "auto-generated"
    living.hand_in(mail)
    living.advance(at("2026-11-25T08:00"))
    point = living.letter(MIREILLE, "digest", "")
    assert "en-tête de réponse automatique, mais un texte y figure" in plain(point)
    number = re.search(r"^(\d+) · aicha", point.text, re.M)
    assert number, point.text
    living.reply(point, MIREILLE, f"{number[1]} → D0009-2025-2")
    assert living.show()["state"] == "proposed"


@pytest.mark.parametrize("sender", [("Filtre", "bot@filtre.example"), AICHA], ids=["of a filter", "in her name"])
def test_a_challenge_is_shown_to_staff_once(living: Campaign, sender: tuple[str, str]) -> None:
    letter = living.letter(AICHA, "question")
    for expected in ("held", "done"):
        mail = out_of_office(letter, sender, "Votre message est en attente : https://filtre.example/abc", auto=False)
        mail.replace_header("Subject", "Authentification de votre message")
        why = living.hand_in(mail)
        assert (why["disposition"], why["state"], why["letters"]) == ("auto", expected, [])
    living.advance(at("2026-11-25T08:00"))
    assert "un filtre retient notre message et demande une confirmation" in plain(living.letter(MIREILLE, "digest", ""))
