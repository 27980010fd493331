"""Digests: everything of a morning in one letter, and a reply that decides line by line."""

import re
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest

from mailbot.demo.postoffice import Letter, hand_over
from mailbot.service import digests
from mailbot.store import inbox
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, Campaign

pytestmark = pytest.mark.slow  # many days, or a whole service: `make test` only

ONE, TWO, THREE = (f"D0009-2025-{n}" for n in (1, 2, 3))
PATRICK = ("Patrick Sarthou", "gestion2@assaprol.example")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+01:00")


def digest(here: Campaign, who: tuple[str, str]) -> Letter:
    return here.letter(who, "digest", "")


def read(letter: Letter) -> str:
    """Its text on one line, with plain spaces."""
    return " ".join(letter.text.replace("\u00a0", " ").replace("\u202f", " ").split())


def number(letter: Letter, ref: str) -> str:
    """The number of the line about a question."""
    found = re.search(rf"^(\d+) · .*{ref}", letter.text, re.M)
    assert found, letter.text
    return found[1]


@pytest.fixture
def morning(living: Campaign) -> Campaign:
    """Tuesday, a quarter to eight has passed: Élise answered two questions alone, Aïcha one for the expert."""
    living.app.clock.set(at("11-30T15:00:00"))
    for ref in (ONE, TWO):
        living.reply(living.letter(ELISE, "question", ref), ELISE, f"Réponse à {ref}.")
    living.reply(living.letter(AICHA, "question", THREE), AICHA, f"Réponse à {THREE}.")
    living.advance(at("12-01T07:46:00"))
    return living


def test_staff_get_one_a_day_and_see_what_waits(morning: Campaign) -> None:
    letter = digest(morning, MIREILLE)
    assert letter.message["Date"] == "Tue, 01 Dec 2026 06:45:00 +0000"
    assert letter.message["Auto-Submitted"]
    text = read(letter)
    assert f"· {ONE} ·" in text
    assert f"· {TWO} ·" in text
    assert "VOS DOSSIERS : À TRAITER" in text
    assert "DOSSIERS DE VOS COLLÈGUES" in read(digest(morning, PATRICK))
    count = morning.kinds(MIREILLE).count("digest")
    morning.advance(timedelta(hours=12))
    assert morning.kinds(MIREILLE).count("digest") == count
    morning.advance(at("12-07T07:00:00"))
    days = [x.message["Date"][:3] for x in morning.office.mailbox(MIREILLE[1]) if x.kind == "digest"]
    assert days[-4:] == ["Tue", "Wed", "Thu", "Fri"], "none at the weekend"


def test_a_reply_treats_asks_again_and_gets_a_transcript(morning: Campaign) -> None:
    letter = digest(morning, MIREILLE)
    lines = f"{number(letter, ONE)} traité rectificative\n{number(letter, TWO)} : il manque la page 2\n77 traité"
    found = morning.reply(letter, MIREILLE, lines)
    assert found["decision"] == "treated, asked_again"
    assert (morning.show(ONE)["state"], morning.show(ONE)["outcome"]) == ("treated", "corrective_return")
    assert morning.show(TWO)["state"] == "asked"
    transcript = morning.letter(MIREILLE, "decided", "")
    assert ONE in transcript.text
    assert "il manque la page 2" in morning.letter(ELISE, "asked_again", TWO).text.replace("\n", " ")
    again = morning.reply(letter, PATRICK, f"{number(letter, ONE)} traité")
    assert again["decision"] == "nothing"
    assert "éjà traitée par Mireille Anguelu" in read(morning.letter(PATRICK, "decided", ""))


def test_everything_but_one_is_treated(morning: Campaign) -> None:
    letter = digest(morning, MIREILLE)
    morning.reply(letter, MIREILLE, f"Bonjour,\ntout traité sauf {number(letter, TWO)}\nMerci")
    assert [morning.show(ref)["state"] for ref in (ONE, TWO)] == ["treated", "submitted"]


def test_an_unproven_reply_of_staff_decides_nothing(morning: Campaign) -> None:
    letter = digest(morning, MIREILLE)
    assert morning.reply(letter, MIREILLE, f"{number(letter, ONE)} traité", verdict="none")["decision"] == "NotProven"
    assert morning.show(ONE)["state"] == "submitted"


def test_the_expert_sees_what_waits_and_decides_by_line(morning: Campaign) -> None:
    letter = digest(morning, MAITE)
    assert "À VALIDER" in letter.text
    assert THREE in letter.text
    found = morning.reply(letter, MAITE, "1 compléter : voir aussi le bulletin de mars")
    assert found["decision"] == "amended"
    assert morning.show(THREE)["answers"][-1]["text"].endswith("voir aussi le bulletin de mars")


def test_an_expert_of_whom_nothing_is_waited_gets_none(living: Campaign) -> None:
    living.advance(at("12-01T08:00:00"))
    asked = living.show(ONE)["asked"]
    got = {x.to for x in living.office.letters() if x.kind == "digest"}
    assert asked
    assert MAITE[1] in got, "her collaborators have open questions"
    assert got <= {MAITE[1], MIREILLE[1], PATRICK[1], *(x for x in got if x.startswith("gestion"))}


def stranger(here: Campaign, subject: str, sender: str = "karine@orange.example") -> str:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Karine <{sender}>", "eccv@assaprol.example", subject
    mail["Message-ID"] = f"<{subject[-1]}.{sender}>"
    mail.set_content("Bonjour,\n\nVoici l'attestation demandée.\n")
    hand_over(here.port, mail, "eccv@assaprol.example")
    here.run()
    return str(mail["Message-ID"])


def test_held_mail_is_shown_with_its_guess_and_filed_by_a_line(morning: Campaign) -> None:
    ids = [stranger(morning, f"Attestation [{THREE}] {n}") for n in (1, 2)]
    ids.append(stranger(morning, "Publicité 3", "spam@pub.example"))
    morning.advance(at("12-02T07:46:00"))
    letter = digest(morning, MIREILLE)
    assert f"Proposition : {THREE}" in read(letter)
    numbers = re.findall(r"^(\d+) · (?:karine|spam)@", letter.text, re.M)
    assert len(numbers) == 3
    found = morning.reply(letter, MIREILLE, f"{numbers[0]} → {THREE}\n{numbers[1]} non\n{numbers[2]} bloquer")
    assert found["decision"] == "filed, dropped, blocked"
    states = [inbox.find(morning.system.store.conn, id)["state"] for id in ids]
    assert states == ["done", "closed", "closed"]
    shown = morning.show(THREE)
    assert shown["answers"][-1]["added" if "added" in shown["answers"][-1] else "text"].endswith(
        "attestation demandée."
    )
    assert (
        "[Message de karine@orange.example, classé ici par Mireille Anguelu, ASSAPROL]" in shown["answers"][-1]["text"]
    )
    assert shown["state"] == "proposed", "a stranger's words wait for the expert"
    later = stranger(morning, "Encore 4", "spam@pub.example")
    assert inbox.find(morning.system.store.conn, later)["state"] == "closed"


def test_a_message_our_code_failed_on_is_tried_again_by_a_line(morning: Campaign) -> None:
    id = stranger(morning, "Une 5")
    with morning.system.store.tx() as conn:
        inbox.set_state(conn, inbox.find(conn, id)["id"], "shunted")
    morning.advance(at("12-02T07:46:00"))
    letter = digest(morning, MIREILLE)
    name = re.search(r"M-\d{8}-\d{4}", letter.text)
    assert name
    assert morning.reply(letter, MIREILLE, f"{name[0]} reprendre")["decision"] == "retried"
    assert inbox.find(morning.system.store.conn, id)["state"] in ("held", "new")


def test_a_passed_date_stays_until_somebody_acts(living: Campaign) -> None:
    living.advance(at("12-16T07:46:00"))
    letter = digest(living, MIREILLE)
    assert "VOS DOSSIERS : ÉCHÉANCE PASSÉE" in read(letter)
    found = living.reply(letter, MIREILLE, f"{number(letter, ONE)} traité sans réponse\n{number(letter, TWO)} retirer")
    assert found["decision"] == "treated, withdrawn"
    assert living.show(ONE)["outcome"] == "no_answer"
    assert living.show(TWO)["state"] == "withdrawn"


def test_the_terminal_says_who_would_get_what(morning: Campaign) -> None:
    letters = len(morning.office.letters())
    found = digests.preview(morning.system)
    assert MIREILLE[1] in {digest.reader.email for digest, _, _ in found}
    morning.run()
    assert len(morning.office.letters()) == letters
    (his,) = [digest for digest, _, _ in found if digest.reader.email == MIREILLE[1]]
    assert [item.label for item in his.items] == ["1", "2"]
    assert [item.kind for item in his.items] == ["version", "version"]


def test_after_the_date_the_expert_gets_no_more_of_it(living: Campaign) -> None:
    living.advance(at("12-15T12:00:00"))
    assert "digest" in living.kinds(MAITE)
    living.advance(at("12-17T08:00:00"))
    assert ONE not in read(digest(living, MAITE)), "due on the fifteenth"
