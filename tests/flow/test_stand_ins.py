"""An expert names who decides while he is away: by mail and on the page, while it lasts and not a moment longer."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from mailbot import app as apps
from mailbot.demo.postoffice import Letter, reply
from mailbot.service.pages.version import opened, page_of
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, REF, Campaign

pytestmark = pytest.mark.slow  # many whole mails: `make test` only

OLIVIER = ("Olivier Larralde", "olivier.larralde@cabinetetcheverry.example")


def says(campaign: Campaign, who: tuple[str, str], subject: str, text: str = "", **more: Any) -> dict[str, Any]:
    """A mail to the bot's own address."""
    mail: EmailMessage = reply(campaign.letter(AICHA, "question"), who, "")
    for name in ("To", "Subject", "In-Reply-To", "References"):
        del mail[name]
    mail["To"], mail["Subject"] = "eccv@assaprol.example", subject
    mail.set_content(text + "\n")
    why = campaign.hand_in(mail, **more)
    apps.tick(campaign.app, campaign.sender)
    return why


def words(letter: Letter) -> str:
    """The text of a letter with ordinary spaces, on one line."""
    return " ".join(letter.text.split())


def day(campaign: Campaign, ahead: int) -> str:
    """A day so many days ahead, as it is typed."""
    return f"{campaign.now.astimezone(campaign.system.policy.timezone).date() + timedelta(ahead):%d/%m/%Y}"


def go_to(campaign: Campaign, ahead: int, at: time = time(10)) -> None:
    """Time passes to that hour so many days ahead, and everything due is done once."""
    zone = campaign.system.policy.timezone
    when = datetime.combine(campaign.now.astimezone(zone).date() + timedelta(ahead), at, zone)
    campaign.app.clock.set(when)
    apps.tick(campaign.app, campaign.sender)


def away(campaign: Campaign, ahead: int = 10, who: str = "Olivier Larralde", **more: Any) -> dict[str, Any]:
    return says(campaign, MAITE, f"ABSENT JUSQU'AU {day(campaign, ahead)}, remplacement {who}", **more)


def test_a_stand_in_decides_while_it_lasts_and_not_a_moment_longer(campaign: Campaign) -> None:
    before = campaign.proposed("Le détail.")
    assert campaign.reply(before, OLIVIER, "OK")["decision"] == "NotAllowed"
    assert away(campaign)["decision"].startswith("absent until ")
    noted = campaign.letter(MAITE, "absence_noted", "ABSENT")
    assert f"{OLIVIER[0]}, {OLIVIER[1]}" in words(noted)
    approval = campaign.letter(OLIVIER, "approval")
    assert "vous remplacez Maïté Martin" in words(approval)
    assert campaign.reply(approval, OLIVIER, "OK", verdict="none")["decision"] != "approved"
    assert campaign.reply(approval, ELISE, "OK")["decision"] == "NotAllowed"
    assert campaign.reply(approval, OLIVIER, "OK")["decision"] == "approved"
    (answer,) = campaign.show()["answers"]
    assert (answer["approved_by"], answer["approved_for"]) == (OLIVIER[1], MAITE[1])
    assert [h["instead_of"] for h in campaign.show()["history"]] == [None, None, MAITE[1]]
    assert "en remplacement de Maïté Martin" in words(campaign.letter(MIREILLE, "to_treat"))
    other = campaign.letter(AICHA, "question", "D0009-2025-1")
    campaign.reply(other, AICHA, "Une autre.")
    assert OLIVIER[0] in campaign.letter(AICHA, "receipt", "D0009-2025-1").text
    late = campaign.letter(OLIVIER, "approval", "D0009-2025-1")
    assert [x.kind for x in campaign.office.mailbox(MAITE[1])].count("approval") == 1
    go_to(campaign, 10, time(23, 30))
    back = campaign.reply(late, OLIVIER, "Non : à revoir")
    assert back["decision"] == "sent_back"
    assert "en remplacement de Maïté Martin" in words(campaign.letter(AICHA, "sent_back", ""))
    campaign.reply(campaign.letter(AICHA, "sent_back", "D0009-2025-1"), AICHA, "Voilà.")
    last = campaign.letter(OLIVIER, "approval", "D0009-2025-1")
    go_to(campaign, 1, time(0, 0, 1))
    assert campaign.reply(last, OLIVIER, "OK")["decision"] == "NotAllowed"
    assert campaign.show("D0009-2025-1")["state"] == "proposed"
    assert campaign.reply(campaign.letter(MAITE, "approval", "D0009-2025-1"), MAITE, "OK")["decision"] == "approved"


def test_the_page_of_a_stand_in_opens_while_it_lasts(campaign: Campaign) -> None:
    campaign.proposed("Le détail.")
    away(campaign, 3)
    token, conn = _page(campaign.letter(OLIVIER, "approval")), campaign.system.store.conn
    conversation = opened(campaign.system, conn, token)
    assert conversation is not None
    page = page_of(campaign.system, conn, conversation)
    assert page is not None
    assert page.kind == "approve"
    go_to(campaign, 4)
    page = page_of(campaign.system, conn, conversation)
    assert page is not None
    assert (page.kind, page.undo) == ("changed", False)  # « Maïté Martin suit ce dossier : la décision lui revient »


def _page(letter: Letter) -> str:
    line = next(line for line in letter.text.splitlines() if "/v/" in line)
    return line.rpartition("/v/")[2].strip()


@pytest.mark.parametrize("how", ["annuler", "Je suis de retour", "to the bot"])
def test_only_its_own_words_end_an_absence(campaign: Campaign, how: str) -> None:
    approval = campaign.proposed("Le détail.")
    away(campaign)
    theirs, noted = campaign.letter(OLIVIER, "approval"), campaign.letter(MAITE, "absence_noted", "ABSENT")
    campaign.reply(campaign.letter(AICHA, "question", "D0009-2025-1"), MAITE, "Je réponds malgré tout.")
    assert _named(campaign) == OLIVIER[1]
    assert campaign.reply(noted, OLIVIER, "annuler")["state"] == "held"
    assert _named(campaign) == OLIVIER[1]
    if how == "to the bot":
        says(campaign, MAITE, "Je suis de retour")
    else:
        campaign.reply(noted, MAITE, how)
    assert _named(campaign) is None
    assert any("absence est terminée" in words(x) for x in campaign.office.mailbox(MAITE[1]))
    assert campaign.reply(theirs, OLIVIER, "OK")["decision"] == "NotAllowed"
    assert campaign.reply(approval, MAITE, "OK")["decision"] == "approved"


def _named(campaign: Campaign) -> str | None:
    row = campaign.system.store.conn.execute(
        "select p.email from stand_in s join person p on p.id = s.deputy_id where s.ended_at is null"
    ).fetchone()
    return row["email"] if row else None


def test_it_begins_on_its_day_and_is_changed_by_reply(campaign: Campaign) -> None:
    approval = campaign.proposed("Le détail.")
    typed = f"ABSENTE du {day(campaign, 3)} au {day(campaign, 9)}, remplaçante : {ELISE[1]}"
    assert campaign.reply(approval, MAITE, typed)["decision"].startswith("absent until ")
    assert campaign.reply(approval, ELISE, "OK")["decision"] == "NotAllowed"
    go_to(campaign, 2)
    assert "approval" not in campaign.kinds(ELISE)
    go_to(campaign, 1)
    theirs = campaign.letter(ELISE, "approval")
    noted = campaign.letter(MAITE, "absence_noted", "")
    campaign.reply(noted, MAITE, "remplacement Olivier Larralde")
    apps.tick(campaign.app, campaign.sender)
    assert _named(campaign) == OLIVIER[1]
    assert campaign.reply(theirs, ELISE, "OK")["decision"] == "NotAllowed"
    campaign.reply(campaign.letter(MAITE, "absence_noted", ""), MAITE, f"jusqu'au {day(campaign, 20)}")
    assert _named(campaign) == OLIVIER[1]
    assert (
        campaign.reply(campaign.letter(OLIVIER, "approval"), OLIVIER, "Compléter : et ceci.")["decision"] == "amended"
    )


@pytest.mark.parametrize(
    ("who", "about"),
    [("Larralde", "candidates"), ("Paul Inconnu", "nobody"), ("OTHER", "nobody"), ("Maïté Martin", "nobody")],
)
def test_a_name_that_tells_nobody_is_asked_back(campaign: Campaign, who: str, about: str) -> None:
    """Two of that name, nobody, somebody of another firm, oneself: nothing is noted, and no other firm is named."""
    row = campaign.system.store.conn.execute(
        "select p.email from person p join firm f on f.id = p.firm_id where f.code <> 'C01' limit 1"
    ).fetchone()
    assert away(campaign, who=row["email"] if who == "OTHER" else who)["decision"] == "WhichPerson"
    text = campaign.letter(MAITE, "clarification", "").text
    assert (OLIVIER[1] in text and ELISE[1] in text) == (about == "candidates")
    assert _named(campaign) is None


def test_nobody_is_named_without_proof_nor_by_a_machine_nor_by_a_shared_mailbox(campaign: Campaign) -> None:
    assert away(campaign, verdict="none")["state"] == "held"
    assert away(campaign, verdict="fail")["state"] == "held"
    mail = reply(campaign.letter(AICHA, "question"), MAITE, "Je suis absente. Olivier Larralde me remplace.")
    mail.replace_header("Subject", f"Absente jusqu'au {day(campaign, 10)}, remplacement Olivier Larralde")
    mail["Auto-Submitted"] = "auto-replied"
    assert campaign.hand_in(mail)["disposition"] == "auto"
    assert says(campaign, MAITE, "ABSENT JUSQU'AU 1er janvier 2020")["decision"] == "Unclear"
    with campaign.system.store.tx() as conn:
        conn.execute("update person set shared = 1 where email = ?", (MAITE[1],))
    assert away(campaign)["decision"] == "NotProven"
    assert _named(campaign) is None
    approval = campaign.proposed()
    assert campaign.reply(approval, OLIVIER, "OK")["decision"] == "NotAllowed"


def test_the_absence_of_a_collaborator_names_nobody_who_decides(campaign: Campaign) -> None:
    why = says(campaign, AICHA, f"Absente jusqu'au {day(campaign, 10)}", "Remplacement : Élise Larralde")
    assert why["decision"].startswith("absent until ")
    approval = campaign.proposed()
    assert campaign.reply(approval, ELISE, "OK")["decision"] == "NotAllowed"
    assert "sauront à qui" in words(campaign.letter(AICHA, "absence_noted", ""))


def test_the_digest_of_an_expert_waits_and_names_who_decided(campaign: Campaign) -> None:
    campaign.proposed("Le détail.")
    away(campaign, 6)
    campaign.reply(campaign.letter(OLIVIER, "approval"), OLIVIER, "OK")
    for _ in range(6):
        go_to(campaign, 1)
        assert "digest" not in campaign.kinds(MAITE)
    for _ in range(5):
        go_to(campaign, 1)
    (digest, *_rest) = [x for x in campaign.office.mailbox(MAITE[1]) if x.kind == "digest"]
    assert "validée par Olivier Larralde, en votre nom" in words(digest)
    staff = [words(x) for x in campaign.office.mailbox(MIREILLE[1]) if x.kind == "digest"]
    assert any("Maïté Martin jusqu’au" in text and "remplacement : Olivier Larralde" in text for text in staff)
    assert REF in campaign.letter(MIREILLE, "to_treat").subject
