"""The page of the sandbox over HTTP: mailboxes, letters, replies, forwards, the clock; and what it refuses."""

from __future__ import annotations

import re
import smtplib
from html import unescape

import httpx
import pytest

from mailbot.demo import firstday
from mailbot.demo.people import STRANGER
from mailbot.service.sheet import sheet
from tests.demo.conftest import Visitor

pytestmark = pytest.mark.slow  # many days, or a whole service: `make test` only

AICHA, MAITE, MIREILLE, ELISE = firstday.AICHA, firstday.MAITE, firstday.MIREILLE, firstday.ELISE
OLIVIER = "olivier.larralde@cabinetetcheverry.example"
BOT = "eccv@assaprol.example"


def state(visitor: Visitor, ref: str) -> str:
    found = sheet(visitor.here.app.system, ref)
    assert found is not None
    return str(found["state"])


def box(address: str, number: int | None = None) -> str:
    return f"/boite/{address}" + (f"/{number}" if number else "")


def test_a_newcomer_sees_where_to_begin(visitor: Visitor) -> None:
    page = visitor.get("/").text
    for name in ("Aïcha Dubois", "Maïté Martin", "Mireille Anguelu", "Nadège Duhalde", "Un inconnu", "Paul Duffau"):
        assert name in page
    assert page.index("Aïcha Dubois") < page.index("Toutes les boîtes") < page.index("Paul Duffau")
    starts = re.findall(r'<ol class="todo">.*?</ol>', page, re.S)[0]
    links = re.findall(r'href="([^"]+)"', starts)
    assert [link.split("/")[2] for link in links] == [AICHA, MAITE, MIREILLE, STRANGER[1]]
    for link in links:
        assert visitor.get(unescape(link)).status_code == 200


def test_a_letter_is_shown_as_a_mail_program_does(visitor: Visitor) -> None:
    letter = next(x for x in visitor.here.office.mailbox(MAITE) if x.kind == "approval")
    page = visitor.get(box(MAITE, letter.number)).text
    frame = unescape(re.findall(r'<iframe sandbox="([^"]+)"[^>]* srcdoc="([^"]+)"', page)[0][1])
    assert 'base target="_blank"' in frame
    assert "mailto:" not in re.findall(r'href="([^"]+)"', frame)
    assert f"{visitor.here.web}/v/" in frame
    filled = next(link for link in re.findall(r'href="([^"]+)"', frame) if "texte=OK" in link)
    form = visitor.client.get(unescape(filled)).text
    assert f'value="{letter.message["Reply-To"]}"' in form
    assert re.search(r"<textarea[^>]*>OK</textarea>", form)


def test_a_letter_is_unread_until_it_is_opened(visitor: Visitor) -> None:
    letter = visitor.newest(ELISE, "receipt")
    assert letter.number in visitor.here.office.unread(ELISE)
    assert "<strong" in visitor.get(box(ELISE)).text
    visitor.get(box(ELISE, letter.number))
    assert letter.number not in visitor.here.office.unread(ELISE)


def test_the_frame_runs_nothing(visitor: Visitor) -> None:
    letter = visitor.newest(MAITE, "approval")
    answer = visitor.get(box(MAITE, letter.number))
    sandbox = re.findall(r'<iframe sandbox="([^"]+)"', answer.text)[0].split()
    assert not {"allow-scripts", "allow-same-origin", "allow-forms"} & set(sandbox)
    rules = answer.headers["content-security-policy"]
    assert "script-src 'self'" in rules and "default-src 'none'" in rules and "frame-ancestors 'none'" in rules


def test_text_source_and_files(visitor: Visitor) -> None:
    letter = visitor.newest(MAITE, "approval")
    here = box(MAITE, letter.number)
    assert "VOTRE DÉCISION" in visitor.get(f"{here}?vue=texte").text
    assert "Reply-To: " in visitor.get(f"{here}?vue=source").text
    file = visitor.get(f"{here}/piece/1")
    assert file.content.startswith(b"%PDF-1.4")
    assert "attachment" in file.headers["content-disposition"]
    assert visitor.get(f"{here}/piece/9").status_code == 404


@pytest.mark.parametrize("how", ["outlook", "gmail", "iphone"])
def test_a_reply_with_a_file_is_read_as_it_was_typed(visitor: Visitor, how: str) -> None:
    number = {"outlook": "1", "gmail": "2", "iphone": "4"}[how]
    ref = {"outlook": "D0009-2025-1", "gmail": "D0009-2025-2", "iphone": "D0012-2025-1"}[how]
    who = AICHA if ref.startswith("D0009") else visitor.here.office.letters()[0].to
    if ref.startswith("D0012"):
        who = next(x.to for x in visitor.here.office.letters() if ref in x.subject and x.kind == "question")
    letter = firstday.question(visitor.here, who, ref)
    text = f"Voici le détail numéro {number}.\n\nIl tient en deux lignes."
    form = visitor.form(letter, text, maniere=how, signature="oui")
    page = visitor.post(box(who, letter.number), form, {"détail.pdf": b"%PDF-1.4\n%%EOF\n"})
    assert page.status_code == 200
    assert "Message envoyé." in page.text
    found = sheet(visitor.here.app.system, ref)
    assert found is not None
    answer = found["answers"][-1]
    assert answer["text"] == text
    assert [file["name"] for file in answer["files"]] == ["détail.pdf"]


def test_the_receipt_is_named_on_the_page(visitor: Visitor) -> None:
    letter = firstday.question(visitor.here, "nadege.duhalde@mail.example", "D0089-2025-1")
    page = visitor.post(box(letter.to, letter.number), visitor.form(letter, "Voici ma réponse."))
    assert "Ce qui vient d’arriver" in page.text
    assert "Nadège Duhalde\u00a0: " in page.text
    assert state(visitor, "D0089-2025-1") == "submitted"


def test_a_colleague_gets_a_forward_and_answers_to_its_foot_line(visitor: Visitor) -> None:
    letter = firstday.question(visitor.here, ELISE, "D0005-2025-2")
    form = {"a": OLIVIER, "objet": "TR : question", "texte": "Peux-tu répondre ?", "maniere": "gmail"}
    page = visitor.post(box(ELISE, letter.number) + "/transferer", form)
    assert "Olivier Larralde\u00a0: Peux-tu répondre ?" in page.text
    forwarded = visitor.here.office.mailbox(OLIVIER)[-1]
    assert forwarded.subject == "TR : question"
    frame = unescape(visitor.get(box(OLIVIER, forwarded.number)).text)
    foot = next(link for link in re.findall(r'href="([^"]+)"', unescape(frame)) if "a=eccv%2B" in link)
    filled = visitor.client.get(foot).text
    to = re.findall(r'name="a" type="text" value="(eccv\+[^"]+)"', filled)[0]
    fields = {"a": to, "objet": "RE: question", "texte": "Les produits viennent d'un placement.", "maniere": "outlook"}
    visitor.post(box(OLIVIER, forwarded.number), {**fields, "lien": "oui"})
    assert state(visitor, "D0005-2025-2") == "proposed"


def test_a_strangers_mail_is_held_and_the_page_says_so(visitor: Visitor) -> None:
    fields = {"a": BOT, "objet": "Bonjour", "texte": "Qui êtes-vous ?", "maniere": "outlook"}
    page = visitor.post(box(STRANGER[1]) + "/nouveau", fields)
    assert "Le service le retient" in page.text
    assert visitor.here.office.mailbox(STRANGER[1]) == []


def forged(visitor: Visitor, proof: str) -> str:
    """The forgery that the first page offers, sent under that verdict; what the page then says."""
    link = re.findall(
        r'href="(/boite/[^"]+/nouveau\?[^"]+)">Écrire en se faisant passer pour Maïté Martin', visitor.get("/").text
    )
    page = visitor.get(unescape(link[0])).text
    to = re.findall(r'name="a" type="text" value="(eccv\+[^"]+)"', page)[0]
    assert f'<option value="{MAITE}" selected>' in page
    fields = {"a": to, "objet": "Re: validation", "texte": "OK", "maniere": "iphone", "pour": MAITE, "preuve": proof}
    return visitor.post(box(STRANGER[1]) + "/nouveau", fields).text


def test_what_a_forgery_does_is_said_and_shown(visitor: Visitor) -> None:
    before, waits = len(visitor.here.office.mailbox(MAITE)), visitor.here.status().questions["proposed"]
    page = forged(visitor, "fail")
    assert "Le serveur voit que ce message ne vient pas de Maïté Martin" in page
    assert len(visitor.here.office.mailbox(MAITE)) == before, "nobody is written to"
    page = forged(visitor, "none")
    assert "Rien ne prouve que ce message vient de Maïté Martin" in page
    assert "une demande de confirmation est partie à sa vraie adresse" in page
    asked = visitor.here.office.mailbox(MAITE)[before:]
    assert [letter.kind for letter in asked] == ["confirm_mail"]
    assert f'href="{box(MAITE, asked[0].number)}"' in page
    assert "déjà partie aujourd’hui" in forged(visitor, "none"), "one a day"
    assert visitor.here.status().questions["proposed"] == waits
    assert visitor.here.office.mailbox(STRANGER[1]) == [], "who forges it learns nothing"
    sent = visitor.here.office.mailbox("envoyés de " + STRANGER[1])
    assert [str(x.message["From"]).partition("<")[2] for x in sent[-3:]] == [f"{MAITE}>"] * 3
    visitor.post("/horloge", {"pas": "jour"})
    assert visitor.newest(MIREILLE, "digest").text.count("expéditeur non authentifié") >= 1


def test_the_person_it_was_forged_for_can_drop_it(visitor: Visitor) -> None:
    letter = visitor.newest(MAITE, "confirm_mail")
    visitor.post(box(MAITE, letter.number), visitor.form(letter, "Ce n'est pas moi"))
    assert visitor.here.office.mailbox(MAITE)[-1].kind == "notice"


@pytest.mark.parametrize(("name", "value"), [("pour", "personne@ailleurs.example"), ("preuve", "pass")])
def test_nobody_is_imitated_who_does_not_exist(visitor: Visitor, name: str, value: str) -> None:
    fields = {"a": BOT, "objet": "x", "texte": "AIDE", "maniere": "gmail", "pour": MAITE, "preuve": "none", name: value}
    page = visitor.post(box(STRANGER[1]) + "/nouveau", fields)
    assert page.status_code == 400
    assert 'role="alert"' in page.text


def test_what_was_sent_can_be_looked_at(visitor: Visitor) -> None:
    page = visitor.get(box(AICHA) + "/envoyes").text
    number = int(re.findall(rf'href="{box(AICHA)}/(\d+)"', page)[-1])
    assert "à ASSAPROL" in page
    assert number not in [x.number for x in visitor.here.office.mailbox(AICHA)]
    source = visitor.get(box(AICHA, number) + "?vue=source").text
    assert "In-Reply-To: " in source
    assert 'id="repondre"' not in source
    assert f'href="{box(AICHA)}/{number}"' not in visitor.get(box(AICHA)).text


def test_a_verb_is_one_click(visitor: Visitor) -> None:
    page = visitor.post(box(ELISE) + "/nouveau", {"verbe": "AIDE"})
    assert "Élise Larralde\u00a0: " in page.text
    assert visitor.newest(ELISE, "help").number in visitor.here.office.unread(ELISE)


def test_the_quick_word_approves_and_an_hour_later_staff_have_it(visitor: Visitor) -> None:
    letter = visitor.newest(MAITE, "approval")
    ref = re.findall(r"\[(D\d{4}-2025-\d)\]", letter.text)[0]
    word = re.findall(r'name="mot" value="([^"]+)"', visitor.get(box(MAITE, letter.number)).text)[0]
    visitor.post(box(MAITE, letter.number), visitor.form(letter, "", mot=word))
    assert state(visitor, ref) == "submitted"
    before = visitor.here.now()
    page = visitor.post("/horloge", {"pas": "heure", "retour": box(MIREILLE)})
    assert (visitor.here.now() - before).total_seconds() >= 3600
    assert page.url.path == box(MIREILLE)
    treat = [x for x in visitor.here.office.letters() if x.kind == "to_treat" and ref in f"{x.subject} {x.text}"]
    assert treat


def test_the_next_day_begins_at_nine_and_is_no_sunday(visitor: Visitor) -> None:
    for _ in range(5):
        visitor.post("/horloge", {"pas": "jour", "retour": "/"})
        now = visitor.here.now()
        assert (now.hour, now.weekday() < 5) == (9, True)


def test_an_address_that_nobody_has_is_said_and_what_was_typed_stays(visitor: Visitor) -> None:
    letter = firstday.question(visitor.here, ELISE, "D0005-2025-1")
    form = visitor.form(letter, "Un long texte", maniere="gmail") | {"a": "personne@nulle.part.example"}
    page = visitor.post(box(ELISE, letter.number), form)
    assert page.status_code == 400
    assert "Personne n’a l’adresse personne@nulle.part.example" in page.text
    assert "Un long texte</textarea>" in page.text
    assert re.search(r'value="gmail" checked', page.text)


def test_what_a_browser_posts_is_what_was_typed(visitor: Visitor) -> None:
    """A browser ends the lines of a text field by CRLF (HTML, form submission)."""
    letter = firstday.question(visitor.here, ELISE, "D0005-2025-1")
    visitor.post(box(ELISE, letter.number), visitor.form(letter, "Une ligne,\r\net une autre.", signature="oui"))
    found = sheet(visitor.here.app.system, "D0005-2025-1")
    assert found is not None
    assert found["answers"][-1]["text"] == "Une ligne,\net une autre."


@pytest.mark.parametrize("to", ["", "@", "<<<>,;:", "Élise", "a@b@c <"])
def test_no_address_at_all_is_said(visitor: Visitor, to: str) -> None:
    page = visitor.post(box(ELISE) + "/nouveau", {"a": to, "texte": "Bonjour"})
    assert page.status_code == 400


def test_a_mail_the_door_refuses_is_said(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise smtplib.SMTPDataError(552, b"5.3.4 too large")

    monkeypatch.setattr(visitor.here, "send", refuse)
    letter = firstday.question(visitor.here, ELISE, "D0005-2025-1")
    page = visitor.post(box(ELISE, letter.number), visitor.form(letter, "Un texte"))
    assert page.status_code == 400
    assert "too large" in page.text


@pytest.mark.parametrize("origin", ["http://ailleurs.example", "null", None, "http://127.0.0.1:1"])
def test_another_site_posts_nothing(visitor: Visitor, origin: str | None) -> None:
    before = visitor.here.now()
    headers = {"Origin": origin} if origin else {}
    for path in ("/horloge", box(ELISE) + "/nouveau"):
        refused = visitor.client.post(path, data={"pas": "semaine", "verbe": "AIDE"}, headers=headers)
        assert refused.status_code == 403
    assert (visitor.here.now() - before).total_seconds() < 3600


def test_a_name_that_was_made_to_mean_loopback_reads_nothing(visitor: Visitor) -> None:
    assert visitor.client.get("/", headers={"Host": "rebound.example"}).status_code == 403


@pytest.mark.parametrize("retour", ["//ailleurs.example/", "http://ailleurs.example/boite/", "/horloge"])
def test_a_form_leads_back_to_our_pages_only(visitor: Visitor, retour: str) -> None:
    origin = {"Origin": visitor.address.rstrip("/")}
    with httpx.Client(base_url=visitor.address) as client:
        answer = client.post("/horloge", data={"pas": "heure", "retour": retour}, headers=origin, timeout=60)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/?")


@pytest.mark.parametrize("path", ["/boite/personne@x.example", "/boite/quelquun@ailleurs.example/1", "/rien"])
def test_what_is_not_there_is_said(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "Il n’y a rien ici" in answer.text


def test_the_state_changes_with_each_letter(visitor: Visitor) -> None:
    before = visitor.get("/etat").json()
    assert visitor.get("/etat").json() == before
    visitor.post(box(ELISE) + "/nouveau", {"verbe": "AIDE"})
    assert visitor.get("/etat").json() != before
