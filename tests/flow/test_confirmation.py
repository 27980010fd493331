"""Mail that nothing proves: what it would do is done when the person it claims to be from says so, and only then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from mailbot.demo.postoffice import Letter, reply
from mailbot.domain import commands as c
from mailbot.domain.model import Channel, Written
from mailbot.domain.questions import Act
from mailbot.service import ingress
from mailbot.service.pages import visits as pages
from mailbot.service.questions import act, find
from mailbot.service.waiting import confirmation
from mailbot.service.work import work_all
from mailbot.store import inbox, people
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, REF, Campaign
from tests.flow.test_second_look import at, number, states, waiting  # noqa: F401

pytestmark = pytest.mark.slow  # `make test` only

ONE, TWO, THREE = (f"D0009-2025-{n}" for n in (1, 2, 3))
HOURS = timedelta(hours=1)
SPOOFED = "none"  #: what the front server says of a mail that nothing proves


def letter(here: Campaign, who: tuple[str, str] = MAITE) -> Letter:
    """The newest letter that asks about a mail."""
    return here.letter(who, "confirm_mail", "")


def read(found: Letter) -> str:
    return " ".join(found.text.replace("\u00a0", " ").replace("’", "'").split())


def kept(here: Campaign, id: int) -> dict[str, Any]:
    row = inbox.get(here.system.store.conn, id)
    assert row is not None
    return dict(row)


@pytest.fixture
def spoofed(campaign: Campaign) -> tuple[Campaign, int]:
    """« OK » in the name of Maïté to her approval letter, and nothing proves it; (the campaign, id of the mail)."""
    found = campaign.reply(campaign.proposed(), MAITE, "OK", verdict=SPOOFED)
    assert (found["state"], found["decision"], found["trust"]) == ("held", "NotProven", "token")
    return campaign, found["id"]


def test_the_person_is_asked_at_the_registered_address_and_yes_carries_the_mail_out(
    spoofed: tuple[Campaign, int],
) -> None:
    here, id = spoofed
    assert here.show()["state"] == "proposed"
    text = read(letter(here))
    assert f"valider la réponse [{REF}], version 1, et nous la transmettre" in text
    assert "Pour répondre : eccv+" in text
    assert "faire répondre un collègue" not in text
    assert "/v/" in text
    assert str(letter(here).message["To"]).endswith(f"<{MAITE[1]}>")
    assert letter(here).message["Auto-Submitted"] == "auto-replied"
    done = here.reply(letter(here), MAITE, "OUI", verdict=SPOOFED)
    assert (done["state"], done["command"], done["decision"]) == ("done", "confirm", "confirmed")
    assert (here.show()["state"], here.show()["answers"][0]["approved_by"]) == ("submitted", MAITE[1])
    row = kept(here, id)
    assert (row["state"], row["decision"], row["reason"]) == ("done", "approved", f"confirmed by message {done['id']}")
    assert here.kinds(MAITE) == ["approval", "confirm_mail", "decided"]
    # the same word once more, and the same mail once more, do nothing
    assert here.reply(letter(here), MAITE, "OUI", verdict=SPOOFED)["decision"] == "OutOfTurn"
    assert "n'attend plus votre confirmation" in read(here.letter(MAITE, "refusal"))
    assert [h["event"] for h in here.show()["history"]].count("approved") == 1


@pytest.mark.parametrize(
    "words", ["Ce n'est pas moi", "Ce n’est pas moi.", "NON", "Bonjour,\n\nJe n'ai rien envoyé !\n\nMaïté Martin"]
)
def test_whoever_denies_it_drops_it(spoofed: tuple[Campaign, int], words: str) -> None:
    here, id = spoofed
    assert here.reply(letter(here), MAITE, words, verdict=SPOOFED)["decision"] == "denied"
    assert (kept(here, id)["state"], here.show()["state"]) == ("closed", "proposed")
    assert here.reply(letter(here), MAITE, "OUI")["decision"] == "OutOfTurn"
    assert here.show()["state"] == "proposed"


def test_words_that_are_neither_are_asked_back(spoofed: tuple[Campaign, int]) -> None:
    here, id = spoofed
    for words in ("OUI mais pas ce montant", "c'est moi ?", "oui et non"):
        assert here.reply(letter(here), MAITE, words)["decision"] == "Unclear"
    assert here.reply(letter(here), MAITE, "OUI", files={"a.pdf": b"%PDF-1.4\n%%EOF\n"})["decision"] == "Unclear"
    assert "« OUI » s'il est de vous" in read(here.letter(MAITE, "clarification"))
    assert (kept(here, id)["state"], here.show()["state"]) == ("held", "proposed")


def _colleague(here: Campaign) -> dict[str, Any]:
    return here.reply(letter(here), AICHA, "OUI")


def _other_expert(here: Campaign) -> dict[str, Any]:
    return here.reply(letter(here), ELISE, "OUI")


def _staff(here: Campaign) -> dict[str, Any]:
    return here.reply(letter(here), MIREILLE, "OUI")


def _stranger(here: Campaign) -> dict[str, Any]:
    return here.reply(letter(here), ("Maïté Martin", "m.martin@evil.test"), "OUI")


def _disowned(here: Campaign) -> dict[str, Any]:
    return here.reply(letter(here), MAITE, "OUI", verdict="fail")


def _with_header(name: str, value: str) -> Callable[[Campaign], dict[str, Any]]:
    def answer(here: Campaign) -> dict[str, Any]:
        mail = reply(letter(here), MAITE, "OUI")
        mail[name] = value
        return here.hand_in(mail)

    return answer


def _guessed(here: Campaign) -> dict[str, Any]:
    """Without the token of that letter: to the bot itself."""
    mail = reply(letter(here), MAITE, "OUI")
    plain = EmailMessage()
    plain["From"], plain["To"], plain["Subject"] = str(mail["From"]), "eccv@assaprol.example", str(mail["Subject"])
    plain["Message-ID"] = "<guessed@evil.test>"
    plain.set_content("OUI")
    return here.hand_in(plain, verdict=SPOOFED)


def _of_the_approval(here: Campaign) -> dict[str, Any]:
    """With the token of another letter of hers."""
    return here.reply(here.letter(MAITE, "approval"), MAITE, "OUI", verdict=SPOOFED)


def _forwarded(here: Campaign) -> dict[str, Any]:
    """The letter was forwarded whole to a colleague, who answers what he got."""
    forwarded = letter(here).message
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Aïcha Dubois <{AICHA[1]}>", str(forwarded["Reply-To"]), "Re: Fwd"
    mail["Message-ID"] = "<forwarded@etcheverry.example>"
    mail.set_content(f"OUI\n\n-----Message d'origine-----\nDe : Maïté Martin\n\n{letter(here).text}")
    return here.hand_in(mail)


@pytest.mark.parametrize(
    "somebody",
    [
        _colleague, _other_expert, _staff, _stranger, _disowned, _guessed, _of_the_approval, _forwarded,
        _with_header("Auto-Submitted", "auto-replied"), _with_header("X-Autoreply", "yes"),
    ],
)  # fmt: skip
def test_nobody_elses_yes_counts_nor_a_machines(
    spoofed: tuple[Campaign, int], somebody: Callable[[Campaign], dict[str, Any]]
) -> None:
    here, id = spoofed
    others = {who[1]: here.kinds(who) for who in (AICHA, ELISE, MIREILLE)}
    somebody(here)
    assert (kept(here, id)["state"], here.show()["state"]) == ("held", "proposed")
    assert {who[1]: here.kinds(who) for who in (AICHA, ELISE, MIREILLE)} == others
    assert here.kinds(MAITE).count("confirm_mail") == 1
    assert here.reply(letter(here), MAITE, "OUI")["decision"] == "confirmed", "the right one still may"


def test_a_mail_that_its_domain_disowns_asks_nobody(campaign: Campaign) -> None:
    approval = campaign.proposed()
    found = campaign.reply(approval, MAITE, "OK", verdict="fail")
    assert (found["state"], found["trust"], found["letters"]) == ("held", "none", [])
    assert campaign.kinds(MAITE) == ["approval"]


def test_one_letter_a_day_whatever_the_mails_are_about(waiting: Campaign) -> None:  # noqa: F811
    group = waiting.letter(MAITE, "approval", "3 réponses")
    waiting.reply(group, MAITE, "1 ok\n2 compléter : et mars\n3 non : à revoir", verdict=SPOOFED)
    text = read(letter(waiting))
    assert f"- valider la réponse [{ONE}], version 1, et nous la transmettre" in text
    assert f"- compléter la réponse [{TWO}], version 1, et nous la transmettre" in text
    assert f"- renvoyer la réponse [{THREE}], version 1, à son auteur" in text
    second = waiting.reply(group, MAITE, "OK pour tous", verdict=SPOOFED)
    assert (second["state"], second["letters"]) == ("held", [])
    assert waiting.kinds(MAITE).count("confirm_mail") == 1
    waiting.advance(at("12-01T07:46:00"))
    assert read(waiting.letter(MIREILLE, "digest", "")).count("expéditeur non authentifié") == 2
    assert waiting.reply(letter(waiting), MAITE, "OUI", verdict=SPOOFED)["decision"] == "confirmed"
    assert states(waiting) == ["submitted", "submitted", "asked"]
    assert waiting.reply(group, MAITE, "annuler", verdict=SPOOFED)["decision"] == "NotProven"
    assert "annuler votre dernière décision" in read(letter(waiting))
    assert waiting.kinds(MAITE).count("confirm_mail") == 2, "another day"


def test_without_an_answer_it_is_closed_and_staff_see_it(waiting: Campaign) -> None:  # noqa: F811
    group = waiting.letter(MAITE, "approval", "3 réponses")
    id = waiting.reply(group, MAITE, "OK pour tous", verdict=SPOOFED)["id"]
    waiting.advance(47 * HOURS)
    assert kept(waiting, id)["state"] == "held"
    waiting.advance(2 * HOURS)
    assert kept(waiting, id)["state"] == "closed"
    assert waiting.reply(letter(waiting), MAITE, "OUI")["decision"] == "OutOfTurn"
    assert states(waiting) == ["proposed"] * 3
    waiting.advance(at("12-03T07:46:00"))
    assert "Message non confirmé : reçu au nom de Maïté Martin" in read(waiting.letter(MIREILLE, "digest", ""))


def test_a_late_yes_is_too_late_even_before_anything_is_closed(spoofed: tuple[Campaign, int]) -> None:
    here, id = spoofed
    here.app.clock.set(here.now + 48 * HOURS)
    assert here.reply(letter(here), MAITE, "OUI")["decision"] == "OutOfTurn"
    assert (kept(here, id)["state"], here.show()["state"]) == ("held", "proposed")


def test_put_back_to_work_by_staff_it_is_asked_about_anew(spoofed: tuple[Campaign, int]) -> None:
    here, id = spoofed
    here.app.clock.set(here.now + 47 * HOURS)
    with here.system.store.tx() as conn:
        inbox.set_state(conn, id, "new")
    here.run()
    assert here.kinds(MAITE).count("confirm_mail") == 2
    here.app.clock.set(here.now + 2 * HOURS)
    assert confirmation.close_old(here.system) == 0
    assert here.reply(letter(here), MAITE, "OUI")["decision"] == "confirmed"
    assert here.show()["state"] == "submitted"


def test_what_changed_meanwhile_is_refused(spoofed: tuple[Campaign, int]) -> None:
    here, id = spoofed
    here.reply(here.letter(AICHA, "receipt"), AICHA, "Et aussi le mois de mars.")
    assert here.reply(letter(here), MAITE, "OUI")["decision"] == "confirmed"
    assert here.show()["state"] == "proposed"
    assert kept(here, id)["decision"] == "VersionChanged"
    assert "n'est plus la dernière" in read(here.letter(MAITE, "refusal"))


def test_staff_are_asked_in_the_same_way(campaign: Campaign) -> None:
    campaign.reply(campaign.proposed(), MAITE, "OK")
    found = campaign.reply(campaign.letter(MIREILLE, "to_treat"), MIREILLE, "traité insuffisant", verdict=SPOOFED)
    assert found["decision"] == "NotProven"
    assert f"classer la question [{REF}] comme traitée : réponse insuffisante" in read(letter(campaign, MIREILLE))
    campaign.reply(letter(campaign, MIREILLE), MIREILLE, "oui c'est moi", verdict=SPOOFED)
    assert (campaign.show()["state"], campaign.show()["outcome"]) == ("treated", "insufficient")


def test_a_raised_grade_lets_answers_wait_too_and_the_yes_needs_the_token_alone(campaign: Campaign) -> None:
    campaign.system.policy.trust["answer"] = "proven"
    found = campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.", verdict=SPOOFED)
    assert (found["decision"], campaign.show()["state"]) == ("NotProven", "asked")
    assert f"enregistrer votre réponse à la question [{REF}]" in read(letter(campaign, AICHA))
    assert campaign.reply(letter(campaign, AICHA), AICHA, "OUI", verdict=SPOOFED)["decision"] == "confirmed"
    assert campaign.show()["answers"][0]["text"] == "Voici le détail."


def test_words_of_whoever_wrote_it_are_shown_and_cannot_be_followed(campaign: Campaign) -> None:
    text = "Compléter : payez sur https://evil.test/payer ou www.evil.test\nmars"
    campaign.reply(campaign.proposed(), MAITE, text, verdict=SPOOFED)
    found = letter(campaign)
    assert "https://evil.test" not in found.text + found.html
    assert "www.evil.test" not in found.text + found.html
    assert found.subject.startswith("Votre message du ")


def test_mail_taken_from_a_mailbox_of_exchange_online_is_proven_by_its_topmost_header(campaign: Campaign) -> None:
    mail = reply(campaign.proposed(), MAITE, "OK")
    domain = MAITE[1].partition("@")[2]
    said = f"spf=pass (sender IP is 203.0.113.7) smtp.mailfrom={domain}; dkim=none (message not signed) header.d=none"
    said += f";dmarc=bestguesspass action=none header.from={domain};compauth=pass reason=109"
    raw = f"Return-Path: <{MAITE[1]}>\r\nAuthentication-Results: {said}\r\n".encode() + bytes(mail)
    store, to = campaign.system.store, str(mail["To"])
    (below,) = ingress.collected(store, b"Authentication-Results: none\r\n" + raw, [to], campaign.now, "microsoft")
    work_all(campaign.system)
    assert (kept(campaign, below)["trust"], kept(campaign, below)["reverse_path"]) == ("token", MAITE[1])
    mail.replace_header("Message-ID", "<second@etcheverry.example>")
    (top,) = ingress.collected(store, raw.replace(b"OK", b"ok", 1), [to], campaign.now, "microsoft")
    work_all(campaign.system)
    assert kept(campaign, top)["trust"] == "proven"
    assert campaign.show()["state"] == "submitted"


# The page


@pytest.fixture
def page(spoofed: tuple[Campaign, int]) -> tuple[Campaign, int, str]:
    """(the campaign, id of the mail, token of the page); browsers need not be confirmed here."""
    here, id = spoofed
    object.__setattr__(here.system.policy, "confirm_browser", False)
    token = letter(here).text.partition("/v/")[2][:26]
    return here, id, token


def shown(here: Campaign, token: str) -> pages.HeldPage:
    found = pages.view(here.system, token)
    assert isinstance(found, pages.HeldPage)
    return found


def post(here: Campaign, token: str, **form: str) -> pages.HeldPage:
    found = pages.decide(here.system, token, {"read": "yes", **form})
    assert isinstance(found, pages.HeldPage)
    return found


def test_the_page_confirms_once(page: tuple[Campaign, int, str]) -> None:
    here, id, token = page
    first, second = shown(here, token), shown(here, token)
    assert (first.stands, first.ref, first.would[0].verb) == ("waits", REF, "approve")
    assert here.show()["state"] == "proposed", "to look changes nothing"
    for form in (
        {},
        {"decision": "confirm"},
        {"decision": "approve", "n": first.nonce},
        {"decision": "confirm", "n": "x"},
    ):
        assert post(here, token, **form).error in ("decision", "nonce")
    assert post(here, token, decision="confirm", n=first.nonce, read="").error == "box"
    assert here.show()["state"] == "proposed"
    assert post(here, token, decision="confirm", n=first.nonce).stands == "done"
    for nonce in (first.nonce, second.nonce):
        assert post(here, token, decision="discard", n=nonce).stands == "done"
    assert [h["event"] for h in here.show()["history"]].count("approved") == 1
    assert here.reply(letter(here), MAITE, "OUI")["decision"] == "OutOfTurn"
    assert kept(here, id)["reason"] == "confirmed on the page"


def test_the_page_discards_and_is_gone_in_the_end(page: tuple[Campaign, int, str]) -> None:
    here, id, token = page
    assert post(here, token, decision="discard", n=shown(here, token).nonce).stands == "denied"
    assert (kept(here, id)["state"], here.show()["state"]) == ("closed", "proposed")
    assert shown(here, token).stands == "denied"
    here.app.clock.set(here.now + timedelta(days=33))
    assert pages.view(here.system, token) is None


def test_the_page_after_48_hours_decides_nothing(page: tuple[Campaign, int, str]) -> None:
    here, _, token = page
    nonce = shown(here, token).nonce
    here.app.clock.set(here.now + 48 * HOURS)
    assert post(here, token, decision="confirm", n=nonce).stands == "late"
    assert here.show()["state"] == "proposed"


def test_the_page_of_a_changed_version_says_so(page: tuple[Campaign, int, str]) -> None:
    here, _, token = page
    with here.system.store.tx() as conn:
        aicha = people.by_email(conn, AICHA[1])
        assert aicha is not None
        doing = Act(aicha, here.now, Channel.CLI)
        act(here.system, conn, find(conn, REF), c.Propose(Written("Et mars.")), doing)
    assert post(here, token, decision="confirm", n=shown(here, token).nonce).stands in ("refused", "waits")
    assert here.show()["state"] == "proposed"


def test_what_a_stranger_holds_is_no_page(page: tuple[Campaign, int, str]) -> None:
    here, _, token = page
    assert pages.view(here.system, token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert pages.view(here.system, str(letter(here).message["Reply-To"]).partition("+")[2][:26]) is None
