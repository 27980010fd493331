"""Letters that were forwarded: a colleague answers under his own rights, a stranger's answer waits for a word."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from mailbot import app as apps
from mailbot.demo.postoffice import Letter, reply
from mailbot.store import people
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, REF, Campaign

pytestmark = pytest.mark.slow  # many stories: `make test` only

PDF = b"%PDF-1.4\n%%EOF\n"
INES = ("Inès Garat", "inesgarat@mail.example")
OLIVIER = ("Olivier Larralde", "olivier.larralde@cabinetetcheverry.example")
WORDS = "Aïcha m'a transmis votre question : le détail tient à l'assurance décennale."


def forwarded(campaign: Campaign, who: tuple[str, str], text: str, **more: Any) -> dict[str, Any]:
    """Somebody answers the letter that Aïcha got."""
    return campaign.reply(campaign.letter(AICHA, "question"), who, text, **more)


def asked(campaign: Campaign, to: tuple[str, str] = AICHA) -> Letter:
    return campaign.letter(to, "someone_answered")


def test_a_strangers_answer_waits_for_whom_the_letter_was_sent_to(campaign: Campaign) -> None:
    why = forwarded(campaign, INES, WORDS, files={"detail.pdf": PDF})
    assert (why["state"], why["decision"], why["trust"]) == ("held", "SomeoneAnswered", "none")
    letter = asked(campaign)
    assert letter.files == []
    assert INES[1] in letter.text
    assert "detail.pdf" in letter.text
    assert WORDS[:40] in letter.text.replace("\n  | ", " ")
    assert campaign.office.mailbox(INES[1]) == []
    assert campaign.show()["state"] == "asked"
    assert campaign.reply(letter, AICHA, "ACCEPTER")["decision"] == "accepted"
    (answer,) = campaign.show()["answers"]
    assert (answer["text"], answer["by"]) == (WORDS, AICHA[1])
    assert answer["written_by"] == f"{INES[0]}, {INES[1]}"
    assert [f["name"] for f in answer["files"]] == ["detail.pdf"]
    approval = campaign.letter(MAITE, "approval")
    assert approval.files == ["detail.pdf"]
    assert INES[1] in approval.text
    campaign.reply(approval, MAITE, "OK")
    assert INES[1] in campaign.letter(MIREILLE, "to_treat").text
    assert campaign.office.mailbox(INES[1]) == []


def test_a_stranger_is_added_once_an_expert_who_is_known_for_sure_says_so(campaign: Campaign) -> None:
    forwarded(campaign, INES, WORDS)
    assert campaign.reply(asked(campaign), AICHA, "C'est ma collègue, ajoutez-la.")["decision"] == "accepted"
    assert campaign.show()["state"] == "proposed"
    (request,) = (x for x in campaign.office.mailbox(MAITE[1]) if x.kind == "add_collaborator")
    conn = campaign.system.store.conn
    assert campaign.reply(request, MAITE, "OK", verdict="none")["decision"] == "NotProven"
    assert campaign.reply(request, AICHA, "OK")["state"] == "held"
    assert people.by_email(conn, INES[1]) is None
    assert campaign.reply(request, MAITE, "OK")["decision"] == "added"
    ines = people.by_email(conn, INES[1])
    assert ines is not None
    assert (ines.name, ines.role.value, ines.firm and ines.firm.code) == (INES[0], "collaborateur", "C01")
    assert [right.value for right in ines.rights] == ["repondre"]
    assert campaign.reply(request, MAITE, "NON")["decision"] == "OutOfTurn"
    assert campaign.reply(campaign.letter(AICHA, "question", "D0009-2025-1"), INES, "Le détail.")["decision"] == (
        "propose"
    )


@pytest.mark.slow
def test_an_expert_adds_at_once_and_an_address_of_another_firm_never(campaign: Campaign) -> None:
    letter = campaign.proposed()
    campaign.reply(letter, MAITE, "Non : à revoir")
    conn = campaign.system.store.conn
    with campaign.system.store.tx() as tx:
        tx.execute("update recipient set passed_on = 1")  # nobody but the expert has it
    sent = campaign.letter(AICHA, "sent_back")
    with campaign.system.store.tx() as tx:
        tx.execute("update person set active = 0 where email = ?", (AICHA[1],))
    assert campaign.reply(sent, INES, WORDS)["decision"] == "SomeoneAnswered"
    assert campaign.reply(asked(campaign, MAITE), MAITE, "AJOUTER")["decision"] == "accepted"
    assert campaign.show()["state"] == "submitted"
    assert people.by_email(conn, INES[1]) is not None
    assert campaign.letter(MAITE, "notice", "").text.count("Inès Garat fait partie")
    other = ("Peio Dupuy", _of_another_firm(campaign))
    one = campaign.letter(ELISE, "question", "D0009-2025-1")
    assert campaign.reply(one, other, "Une réponse d'ailleurs.")["decision"] == "SomeoneAnswered"
    assert campaign.office.mailbox(other[1]) == []
    letter = campaign.letter(ELISE, "someone_answered", "D0009-2025-1")
    assert "AJOUTER" in letter.text
    assert campaign.reply(letter, ELISE, "ajouter")["decision"] == "accepted"
    request = next(x for x in campaign.office.mailbox(MAITE[1]) if x.kind == "add_collaborator")
    assert campaign.reply(request, MAITE, "oui")["decision"] == "not added"
    kept = people.by_email(conn, other[1])
    assert kept is not None
    assert kept.firm and kept.firm.code != "C01"


def _of_another_firm(campaign: Campaign) -> str:
    row = campaign.system.store.conn.execute(
        "select p.email from person p join firm f on f.id = p.firm_id where f.code <> 'C01' and p.active = 1 limit 1"
    ).fetchone()
    return str(row["email"])


def test_refused_it_is_dropped_and_the_question_stays_open(campaign: Campaign) -> None:
    forwarded(campaign, INES, WORDS)
    letter = asked(campaign)
    assert campaign.reply(letter, AICHA, "Je verrai avec elle.")["decision"] == "Unclear"
    assert "REFUSER" in campaign.letter(AICHA, "clarification").text
    assert campaign.reply(letter, AICHA, "ACCEPTER", files={"a.pdf": PDF})["decision"] == "Unclear"
    assert campaign.reply(letter, AICHA, "Je refuse.")["decision"] == "refused"
    assert campaign.show()["state"] == "asked"
    assert campaign.office.mailbox(INES[1]) == []
    assert campaign.reply(letter, AICHA, "ACCEPTER")["decision"] == "OutOfTurn"
    assert campaign.show()["answers"] == []


@pytest.mark.slow
def test_nobody_decides_in_30_days(campaign: Campaign) -> None:
    forwarded(campaign, INES, WORDS)
    letter, begin = asked(campaign), campaign.now
    states = []
    for days in (29, *range(31, 41)):  # over a few working days, so that digests are written
        campaign.app.clock.set(begin + timedelta(days=days))
        apps.tick(campaign.app, campaign.sender)
        states.append(_row_state(campaign))
    assert states == ["held"] + 10 * ["closed"]
    digests = [" ".join(x.text.split()) for x in campaign.office.mailbox(MIREILLE[1]) if x.kind == "digest"]
    assert sum("décidé en 30 jours" in text for text in digests) == 1
    assert campaign.reply(letter, AICHA, "ACCEPTER")["decision"] == "OutOfTurn"


def _row_state(campaign: Campaign) -> str:
    row = campaign.system.store.conn.execute("select state from inbox where decision = 'SomeoneAnswered'").fetchone()
    return str(row["state"])


@pytest.mark.slow
def test_two_strangers_and_a_flood(campaign: Campaign) -> None:
    others = [(f"Inconnu {letter}", f"inconnu{n}@mail.example") for n, letter in enumerate("ABCDE")]
    for n, who in enumerate(others):
        forwarded(campaign, who, f"Réponse numéro {n}.")
    forwarded(campaign, others[0], "Réponse numéro 0.")
    letters = [x for x in campaign.office.mailbox(AICHA[1]) if x.kind == "someone_answered"]
    assert len(letters) == 3
    assert campaign.reply(letters[1], AICHA, "oui")["decision"] == "accepted"
    assert campaign.reply(letters[0], AICHA, "oui")["decision"] == "accepted"
    answer = campaign.show()["answers"][-1]
    assert answer["text"] == "Réponse numéro 1.\n\nRéponse numéro 0."
    assert "inconnu1@" in answer["written_by"]
    assert "inconnu0@" in answer["written_by"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["machine", "list", "disowned", "help", "undo", "decision", "late"])
def test_what_asks_nobody(campaign: Campaign, kind: str) -> None:
    """A machine, a list, a forged domain, a word that is no answer, a letter that decides, a question that is over."""
    letter = campaign.letter(AICHA, "question")
    if kind == "decision":
        letter = campaign.proposed()
    if kind == "late":
        campaign.reply(campaign.letter(ELISE, "question"), ELISE, "Le détail.")
        campaign.reply(campaign.letter(MIREILLE, "to_treat"), MIREILLE, "traité")
    mail: EmailMessage = reply(letter, INES, {"help": "AIDE", "undo": "annuler", "decision": "OK"}.get(kind, WORDS))
    if kind == "machine":
        mail["Auto-Submitted"] = "auto-generated"
    if kind == "list":
        mail["List-Id"] = "<compta.mail.example>"
    before = len(campaign.office.letters())
    why = campaign.hand_in(mail, "fail" if kind == "disowned" else "none")
    assert why["state"] == ("done" if kind == "machine" else "held")
    assert why["decision"] != "SomeoneAnswered"
    assert len(campaign.office.letters()) == before


def test_the_words_of_a_stranger_are_shown_and_lead_nowhere(campaign: Campaign) -> None:
    text = (
        "Voyez https://evil.example/v/abc ou www.evil.example, evil.com/x.\n"
        "——— Répondez au-dessus de cette ligne ———\nPour répondre : eccv+cyaaaaae6ckb2m4dk5rpswu344@assaprol.example\n"
        "\u202etxet nédnif\u202c {{ 7*7 }} <script>alert(1)</script>"
    )
    forwarded(campaign, ("Maïté Martin", "maite@evil.example"), text)
    letter = asked(campaign)
    html = letter.message.get_body(("html",))
    assert html is not None
    shown = letter.text + html.get_content()
    assert "Maïté Martin a répondu" not in shown
    assert "maite@evil.example a répondu" in letter.text
    for never in ("https://evil", "www.evil", "evil.com", "cyaaaaae6ckb2m4dk5rpswu344", "\u202e", "<script"):
        assert never not in shown, never
    assert campaign.reply(letter, AICHA, "accepter")["decision"] == "accepted"
    assert "https://evil.example/v/abc" in campaign.show()["answers"][-1]["text"]


def test_a_bad_file_stays_behind_and_only_it_is_no_answer(campaign: Campaign) -> None:
    forwarded(campaign, INES, WORDS, files={"releve.pdf": b"MZ\x90\x00" + b"\0" * 200})
    letter = asked(campaign)
    assert "Non retenue" in letter.text
    assert campaign.reply(letter, AICHA, "ACCEPTER")["decision"] == "accepted"
    (answer,) = campaign.show()["answers"]
    assert [f["verdict"] for f in answer["files"]] == ["disguised"]
    assert campaign.letter(MAITE, "approval").files == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "text", "decision"),
    [
        (OLIVIER, WORDS, "propose"),
        (ELISE, WORDS, "submit"),
        (MAITE, WORDS, "submit"),
        (OLIVIER, "Besoin de temps jusqu'au 22 décembre", "postponed"),
    ],
)
def test_a_colleague_answers_under_his_own_rights(
    campaign: Campaign, who: tuple[str, str], text: str, decision: str
) -> None:
    assert forwarded(campaign, who, text)["decision"] == decision
    assert not [x for x in campaign.office.letters() if x.kind == "someone_answered"]


@pytest.mark.slow
def test_a_colleague_decides_nothing_of_the_experts(campaign: Campaign) -> None:
    """An approval letter in the hands of a colleague, of another expert too: who may decide is named."""
    approval = campaign.proposed()
    with campaign.system.store.tx() as conn:
        conn.execute("update person set role = 'expert' where email = ?", (OLIVIER[1],))
    for who in (AICHA, ELISE, OLIVIER):
        assert campaign.reply(approval, who, "OK")["decision"] == "NotAllowed"
        assert f"{MAITE[0]} peut le faire" in campaign.letter(who, "refusal").text
    assert campaign.show()["state"] == "proposed"


@pytest.mark.slow
def test_a_forged_colleague(campaign: Campaign) -> None:
    """With *fail* nothing happens; unproven he may answer, as the holder of any token, and decide nothing."""
    assert forwarded(campaign, ELISE, WORDS, verdict="fail")["state"] == "held"
    assert campaign.show()["answers"] == []
    approval = campaign.proposed()
    assert campaign.reply(approval, MAITE, "OK", verdict="none")["decision"] == "NotProven"
    assert campaign.reply(approval, ELISE, "OK", verdict="none")["decision"] == "NotProven"
    assert campaign.show()["state"] == "proposed"


def test_a_colleague_may_answer_for_a_stranger_and_nobody_else(campaign: Campaign) -> None:
    forwarded(campaign, INES, WORDS)
    letter = asked(campaign)
    for who in (INES, ("Peio Dupuy", _of_another_firm(campaign)), MIREILLE):
        assert campaign.reply(letter, who, "ACCEPTER")["state"] == "held"
    assert campaign.show()["state"] == "asked"
    assert campaign.reply(letter, ELISE, "ACCEPTER")["decision"] == "accepted"
    shown = campaign.show()
    assert (shown["state"], shown["answers"][0]["by"]) == ("submitted", ELISE[1])
    assert shown["answers"][0]["written_by"].startswith(INES[0])
    assert REF in campaign.letter(MIREILLE, "to_treat").subject


@pytest.mark.slow
def test_a_reminder_of_several_questions_answered_by_a_stranger_and_a_colleague(living: Campaign) -> None:
    living.advance(timedelta(days=20))
    reminder = living.letter(AICHA, "reminder", "")
    why = living.reply(reminder, INES, "1) La première.\n3) La troisième.")
    assert why["decision"] == "SomeoneAnswered"
    letter = living.letter(AICHA, "someone_answered", "")
    assert "D0009-2025-3" in letter.text
    assert living.reply(reminder, INES, "Bien reçu, je regarde.")["decision"] != "SomeoneAnswered"
    assert living.reply(letter, AICHA, "oui")["decision"] == "accepted"
    shown = {n: living.show(f"D0009-2025-{n}") for n in (1, 2, 3)}
    assert [shown[n]["state"] for n in (1, 2, 3)] == ["proposed", "asked", "proposed"]
    assert shown[3]["answers"][0]["written_by"].startswith(INES[0])
    assert living.reply(reminder, ELISE, "2) La deuxième.")["state"] == "done"
    assert living.show("D0009-2025-2")["answers"][0]["by"] == ELISE[1]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["receipt", "sent_back", "asked_again"])
def test_any_letter_that_may_be_answered(campaign: Campaign, kind: str) -> None:
    campaign.proposed()
    if kind == "sent_back":
        campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "Non : à revoir")
    if kind == "asked_again":
        campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "OK")
        campaign.reply(campaign.letter(MIREILLE, "to_treat"), MIREILLE, "redemander : et la page 2 ?")
    letter = campaign.letter(AICHA, kind)
    assert campaign.reply(letter, INES, WORDS)["decision"] == "SomeoneAnswered"
    assert campaign.reply(asked(campaign), AICHA, "accepter")["decision"] == "accepted"
    assert campaign.show()["answers"][-1]["text"].endswith(WORDS)
    assert campaign.reply(letter, OLIVIER, "De ma part aussi.")["decision"] == "propose"
