"""One mail, several answers, over SMTP: between our lines in red, between ">", by number, with photographs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

import pytest

from mailbot import app as apps
from mailbot.config import load
from mailbot.demo.postoffice import Letter, reply
from mailbot.demo.sandbox import SAMPLE, SHEETS, configuration
from mailbot.service import imports, questions
from mailbot.store import questions as kept
from tests.background import Background
from tests.campaign import AICHA, BEGINS, MAITE, REF, Campaign
from tests.conftest import AT_ONCE, _campaign

pytestmark = pytest.mark.slow  # many days, or a whole service: `make test` only

REFS = ONE, TWO, THREE = tuple(f"D0009-2025-{n}" for n in (1, 2, 3))
ANSWERS = ("Le coefficient est de 0,92.", "Assurances 9 840 €, abonnements 14 885 €.", "Le rapport est de 36 %.")


@pytest.fixture(scope="module")
def by_dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample campaign whose dossier D0009 was asked in one letter; copied, never used."""
    folder = tmp_path_factory.mktemp("by_dossier")
    text = configuration(1).replace('letter = "question"', 'letter = "dossier"')
    (folder / "config.toml").write_text(text, encoding="utf-8")
    config = load(folder / "config.toml", {})
    apps.initialise(config, sandbox=True)
    app = apps.build(config)
    app.clock.set(BEGINS)
    store = app.system.store
    files = [SAMPLE / f"{name}.csv" for name in SHEETS]
    imports.import_files(store, files, config.questions.catalogue, app.system.now())
    questions.ask(app.system, kept.drafts(store.conn, questions.find(store.conn, REF).dossier.id))
    store.close()
    return folder


@pytest.fixture
def here(tmp_path: Path, by_dossier: Path, background: Background) -> Iterator[Campaign]:
    with _campaign(tmp_path, by_dossier, background, AT_ONCE) as campaign:
        yield campaign


@pytest.fixture
def living(tmp_path: Path, by_dossier: Path, background: Background) -> Iterator[Campaign]:
    """The same as an association runs it: the expert gets one letter about three answers."""
    with _campaign(tmp_path, by_dossier, background, {}) as campaign:
        yield campaign


def letter(here: Campaign) -> Letter:
    return here.letter(AICHA, "dossier", "D0009-2025")


def receipt(here: Campaign) -> str:
    """The newest receipt of Aïcha, its lines joined."""
    found = [x for x in here.office.mailbox(AICHA[1]) if x.kind == "receipt"][-1]
    return " ".join(found.text.replace("\u00a0", " ").replace("\u202f", " ").split())


def texts(here: Campaign) -> list[str]:
    """The answers to the three questions, "" where there is none."""
    return [next((a["text"] for a in here.show(ref)["answers"][-1:]), "") for ref in REFS]


def files(here: Campaign) -> list[list[str]]:
    return [[f["name"] for a in here.show(ref)["answers"][-1:] for f in a["files"]] for ref in REFS]


def in_html(asked: Letter, html: str, **more: Any) -> EmailMessage:
    """A reply whose body is HTML alone, as several clients write it."""
    message = reply(asked, AICHA, "", **more)
    del message["Content-Type"], message["Content-Transfer-Encoding"], message["MIME-Version"]
    message.clear_content()
    message.set_content(html, subtype="html")
    return message


def in_red(asked: Letter, typed: dict[int, str], paragraph: str) -> str:
    """The body of our letter with something typed below the text of each question."""
    body = re.search(r"<body[^>]*>(.*)</body>", asked.html, re.DOTALL)
    assert body
    html, wanted = body[1], "Réponse attendue le"
    for number, text in typed.items():
        at = html.index(f"[{REFS[number - 1]}]")
        end = html.index("</p>", html.index(wanted, at)) + len("</p>")
        html = html[:end] + paragraph.format(escape(text)) + html[end:]
    return html


def outlook(asked: Letter, typed: dict[int, str], top: str) -> str:
    red = '<p class="MsoNormal"><span style="color:red">{}<o:p></o:p></span></p>'
    return (
        f'<html><body lang="FR"><div class="WordSection1"><p class="MsoNormal">{top}<o:p></o:p></p>'
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        '<p class="MsoNormal"><b>De :</b> ASSAPROL &lt;eccv@assaprol.example&gt;<br><b>Envoyé :</b> mardi 24 novembre '
        f"2026 09:00<br><b>À :</b> Aïcha Dubois<br><b>Objet :</b> {escape(asked.subject)}<o:p></o:p></p></div></div>"
        f"{in_red(asked, typed, red)}</div></body></html>"
    )


def gmail(asked: Letter, typed: dict[int, str], top: str) -> str:
    red = '<div dir="ltr"><font color="#ff0000">{}</font></div>'
    return (
        f'<html><body><div dir="ltr">{top}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        'class="gmail_attr">Le mar. 24 nov. 2026 à 09:00, ASSAPROL &lt;<a href="mailto:eccv@assaprol.example">'
        'eccv@assaprol.example</a>&gt; a écrit :<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px '
        f'0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{in_red(asked, typed, red)}</blockquote></div>'
        "</body></html>"
    )


@pytest.mark.parametrize("client", [outlook, gmail])
def test_three_questions_answered_in_red_inside_our_letter(here: Campaign, client: Any) -> None:
    typed = dict(enumerate(ANSWERS, 1))
    html = client(letter(here), typed, "Bonjour, voici nos réponses en rouge dans le texte.")
    why = here.hand_in(in_html(letter(here), html))
    assert why["command"] == "several", why
    assert texts(here) == list(ANSWERS)
    assert "il manque" not in receipt(here)


def test_two_in_red_and_one_is_missing(here: Campaign) -> None:
    html = outlook(letter(here), {1: ANSWERS[0], 3: ANSWERS[2]}, "Bonjour,")
    here.hand_in(in_html(letter(here), html))
    assert texts(here) == [ANSWERS[0], "", ANSWERS[2]]
    assert "2 réponses enregistrées, il manque la 2." in receipt(here)


def between(asked: Letter, typed: dict[str, str], top: str = "") -> str:
    """A text reply below its quoted lines: {end of a quoted paragraph: what was typed under it}."""
    lines = []
    for line in asked.text.splitlines():
        lines.append(f"> {line}")
        for end, text in typed.items():
            if line.replace("\u00a0", " ").endswith(end):
                lines += ["", text, ""]
    quoted = "\n".join(lines)
    return f"{top}Le mar. 24 nov. 2026 à 09:00, ASSAPROL <eccv@assaprol.example> a écrit :\n\n{quoted}\n"


def test_answers_between_quoted_lines(here: Campaign) -> None:
    asked = letter(here)
    message = reply(asked, AICHA, "")
    message.set_content(between(asked, {"a-t-il été déterminé ?": ANSWERS[0], "d’en donner le détail.": ANSWERS[1]}))
    here.hand_in(message)
    assert texts(here) == [ANSWERS[0], ANSWERS[1], ""]
    assert "2 réponses enregistrées, il manque la 3." in receipt(here)


def test_one_answer_says_what_is_missing_as_well(here: Campaign) -> None:
    here.reply(letter(here), AICHA, "Bonjour,\n\nPour la question 2, le détail est de 24 725 €.")
    assert texts(here) == ["", "le détail est de 24 725 €.", ""]
    assert "1 réponse enregistrée, il manque la 1 et la 3." in receipt(here)


def test_a_number_is_missing_and_another_is_none(here: Campaign) -> None:
    here.reply(letter(here), AICHA, "1) 0,92.\n\n3) 36 %.\n\n4) Le bail court jusqu'en 2028.")
    assert texts(here) == ["0,92.", "", "36 %."]
    said = receipt(here)
    assert "2 réponses enregistrées, il manque la 2." in said
    assert "« 4) Le bail court jusqu'en 2028. »".replace("'", "’") in said.replace("'", "’")
    assert "notre message n’avait pas de question 4" in said


def test_words_that_name_no_question_are_asked_about(here: Campaign) -> None:
    here.reply(letter(here), AICHA, "Le coefficient est de 0,92.\n\n2) Le détail est de 24 725 €.")
    assert texts(here) == ["", "Le détail est de 24 725 €.", ""]
    assert "« Le coefficient est de 0,92. » : nous n’avons pas su à quelle question" in receipt(here)


def test_two_photographs_of_a_phone(here: Campaign) -> None:
    html = (
        '<html><body dir="auto"><div>1) Voir la photo</div><div><img src="cid:one" alt="IMG_0815.jpeg"></div>'
        '<div>2) Et celle-ci</div><div><img src="cid:two" alt="IMG_0816.jpeg"></div>'
        '<div><br></div><div dir="ltr">Envoyé de mon iPhone</div></body></html>'
    )
    message = in_html(letter(here), html)
    for cid, name in (("one", "IMG_0815.jpeg"), ("two", "IMG_0816.jpeg")):
        picture = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + name.encode() * 8_000
        message.add_related(picture, "image", "jpeg", cid=f"<{cid}>", filename=name, disposition="inline")
    here.hand_in(message)
    assert texts(here) == ["Voir la photo", "Et celle-ci", ""]
    assert files(here) == [["IMG_0815.jpeg"], ["IMG_0816.jpeg"], []]


def test_files_by_their_names(here: Campaign) -> None:
    pdf = {name: b"%PDF-1.4\n" + name.encode() for name in ("Facture Durand mars.pdf", "Q3 - paie.pdf", "scan.pdf")}
    here.reply(letter(here), AICHA, "1) 0,92.\n2) Voir facture Durand.", files=pdf)
    assert files(here) == [["scan.pdf"], ["Facture Durand mars.pdf"], ["Q3 - paie.pdf"]]
    assert "La pièce « scan.pdf » ne dit pas à quelle question elle répond" in receipt(here)


def test_a_file_alone_is_asked_about_by_its_name(here: Campaign) -> None:
    here.reply(letter(here), AICHA, "", files={"scan0012.pdf": b"%PDF-1.4\n"})
    asked = [x for x in here.office.mailbox(AICHA[1]) if x.kind == "clarification"][-1]
    assert "« scan0012.pdf »" in " ".join(asked.text.replace("\u00a0", " ").split())
    assert texts(here) == ["", "", ""]


def approval(living: Campaign) -> Letter:
    """The expert's letter with three answers."""
    living.reply(letter(living), AICHA, "\n\n".join(f"{n}) {text}" for n, text in enumerate(ANSWERS, 1)))
    living.advance(timedelta(minutes=60))
    return living.letter(MAITE, "approval", "3 réponses")


def states(living: Campaign) -> list[str]:
    return [living.show(ref)["state"] for ref in REFS]


def test_three_decisions_on_one_line(living: Campaign) -> None:
    living.reply(approval(living), MAITE, "1 oui, 2 non : préciser le montant, 3 ok")
    assert states(living) == ["submitted", "asked", "submitted"]


def test_a_reserve_decides_nothing_of_its_answer(living: Campaign) -> None:
    living.reply(approval(living), MAITE, "Bonjour, 1 oui, 2 oui sauf la page 3, 3 non : motif")
    assert states(living) == ["submitted", "proposed", "asked"]


def test_decisions_under_the_answers(living: Campaign) -> None:
    asked = approval(living)
    message = reply(asked, MAITE, "")
    message.set_content(between(asked, {ANSWERS[0]: "ok", ANSWERS[2]: "non : joindre le livre de paie"}))
    living.hand_in(message)
    assert states(living) == ["submitted", "proposed", "asked"]


def test_a_line_at_the_foot_that_may_concern_all_decides_nothing(living: Campaign) -> None:
    asked = approval(living)
    message = reply(asked, MAITE, "")
    message.set_content(between(asked, {ANSWERS[0]: "ok"}) + "\nN'envoyez rien avant lundi.\n")
    living.hand_in(message)
    assert states(living) == ["proposed", "proposed", "proposed"]


def test_a_decision_on_what_the_letter_does_not_have_is_told(living: Campaign) -> None:
    living.reply(approval(living), MAITE, "1 ok\n2 non : préciser le montant\n7 ok")
    assert states(living) == ["submitted", "asked", "proposed"]
    told = " ".join(living.letter(MAITE, "decided", "3 réponses").text.replace("\u00a0", " ").split())
    assert "« 7 ok » : rien n’en est fait, car notre message n’avait pas de ligne 7." in told
