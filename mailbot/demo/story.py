"""One question's whole way, played with real mail and told as it goes: ask, answer, approve, treat.

Where people would wait, the clock of the sandbox goes on.
"""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..service.sheet import sheet
from . import firstday
from .manner import Manner, Writer
from .postoffice import Letter
from .running import Running, running
from .visit import place

COLLABORATOR = Writer("Aïcha Dubois", "aicha.dubois@cabinetetcheverry.example")
EXPERT = Writer("Maïté Martin", "m.martin@cabinetetcheverry.example")
STAFF = Writer("Mireille Anguelu", "gestion1@assaprol.example")
BY_MAIL, BY_PAGE, FORGOTTEN = "D0009-2025-2", "D0009-2025-1", "D0009-2025-3"

Say = Callable[[str], Any]


def play(folder: Path | None, say: Say) -> None:
    """Play the story; each step is checked, and the first that does not hold raises UsageError."""
    try:
        with place(folder) as where, running(where) as here:
            say("1. The sample campaign is imported: 8 firms, 39 people, 89 dossiers, 110 questions.")
            say(f"2. {here.ask('D0009')} questions about dossier D0009 are asked.")
            _by_mail(here, say)
            _by_page(here, say)
            _time_passes(here, say)
            say("11. Nothing was lost: " + here.status().as_text().splitlines()[1].strip())
    except (TimeoutError, AssertionError) as error:
        raise UsageError(f"the story stops here: {error}") from error


def _by_mail(here: Running, say: Say) -> None:
    question = _letter(here, COLLABORATOR, "question", BY_MAIL)
    say(f"3. {COLLABORATOR.name} reads « {question.subject} » and replies from Outlook, with a PDF.")
    text = "La ligne 30 regroupe trois comptes : logiciels 9 840 €, assurance 11 260 €, formation 3 625 €."
    files = {"Detail-ligne-30.pdf": firstday.paper("Détail de la ligne 30")}
    _reply(here, question, COLLABORATOR, Manner.OUTLOOK, text, files)
    _letter(here, COLLABORATOR, "receipt", BY_MAIL)
    here.later(hours=1)
    approval = _letter(here, EXPERT, "approval", BY_MAIL)
    _check(text in " ".join(approval.text.replace("|", " ").split()), "the expert reads what was typed")
    _check(approval.files == ["Detail-ligne-30.pdf"], "the file reaches the expert")
    _check(_state(here, BY_MAIL) == "proposed", "the answer waits for the expert")
    say(f"4. An hour later {EXPERT.name} has it for approval, with the file, and replies OK from a phone.")
    _reply(here, approval, EXPERT, Manner.PHONE, "OK")
    here.later(hours=1)
    to_treat = _letter(here, STAFF, "to_treat", BY_MAIL)
    _check(_state(here, BY_MAIL) == "submitted", "the answer is handed over")
    say(f"5. {STAFF.name} has it to treat, and replies « traité ».")
    _reply(here, to_treat, STAFF, Manner.OUTLOOK, "traité")
    _letter(here, STAFF, "decided", BY_MAIL)
    _check(_state(here, BY_MAIL) == "treated", "the question is treated")


def _by_page(here: Running, say: Say) -> None:
    question = _letter(here, COLLABORATOR, "question", BY_PAGE)
    say(f"6. {COLLABORATOR.name} answers « {question.subject} » without the file that was asked for.")
    _reply(here, question, COLLABORATOR, Manner.GMAIL, "Le coefficient retenu est de 0,92.")
    receipt = _letter(here, COLLABORATOR, "receipt", BY_PAGE)
    _check("Pièce attendue : non reçue" in _plain(receipt), "the receipt says what is missing")
    here.later(hours=1)
    approval = _letter(here, EXPERT, "approval", BY_PAGE)
    say(f"7. {EXPERT.name} opens the page of the approval letter, types the code mailed to her, and decides.")
    _approve_on_page(here, approval)
    _check(_state(here, BY_PAGE) == "submitted", "the page hands the answer over")
    here.later(hours=1)
    to_treat = _letter(here, STAFF, "to_treat", BY_PAGE)
    say(f"8. {STAFF.name} asks for more, in words.")
    _reply(here, to_treat, STAFF, Manner.OUTLOOK, "Pouvez-vous joindre la note de calcul ?")
    here.later(hours=1)
    again = _letter(here, COLLABORATOR, "asked_again", BY_PAGE)
    _check("transmise" in again.text.lower(), "the author learns that it was handed over")
    _check(_state(here, BY_PAGE) == "asked", "the question is open again")


def _time_passes(here: Running, say: Say) -> None:
    """A fortnight goes by, and nobody has answered the third question."""
    here.morning(15)
    reminder = _letter(here, COLLABORATOR, "reminder")
    _check(FORGOTTEN in reminder.text, "the reminder names the question that nobody answered")
    _check(BY_MAIL not in reminder.text, "the reminder does not name what is treated")
    say(f"9. A fortnight later {COLLABORATOR.name} is reminded: « {reminder.subject} ».")
    digest = _letter(here, STAFF, "digest")
    _check("Récapitulatif du 18 novembre 2026" in _plain(digest), "the digest is of that morning")
    _check("traitées" in digest.text.lower(), "the digest counts what is treated")
    say(f"10. {STAFF.name} reads her digest of that morning: « {digest.subject} ».")


def _reply(
    here: Running, letter: Letter, who: Writer, how: Manner, text: str, files: dict[str, bytes] | None = None
) -> None:
    """Send a reply and wait for what it brings about at once."""
    here.send(firstday.answer(letter, who, how, here.now(), text, files))
    here.settle()


def _letter(here: Running, who: Writer, kind: str, ref: str = "") -> Letter:
    return here.office.wait(who.address, kind, ref)


def _approve_on_page(here: Running, approval: Letter) -> None:
    """As the expert's browser does: it is not known yet, so a code is asked for, read in the mailbox and typed."""
    found = re.search(r"https?://\S+/v/([a-z2-7]{26})", approval.text)
    if found is None:
        raise AssertionError("the approval letter offers no page")
    address = f"{here.web}/v/{found[1]}"
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    closed = browser.open(address, timeout=10).read().decode()
    _check("Recevoir un code" in closed and "0,92" not in closed, "the page is closed to an unknown browser")
    browser.open(f"{address}/code", data=b"", timeout=10).read()
    code = re.search(r"\b(\d{3} \d{3})\b", _letter(here, EXPERT, "confirm_code").text)
    _check(code is not None, "the letter holds a code")
    typed = urllib.parse.urlencode({"code": code[1] if code else ""}).encode()
    html = browser.open(f"{address}/code", data=typed, timeout=10).read().decode()
    _check("0,92" in html, "the code opens the page")
    fields = dict(re.findall(r'name="(n|v)" value="([^"]+)"', html))
    form = urllib.parse.urlencode({**fields, "decision": "approve"}).encode()
    browser.open(address, data=form, timeout=10).read()


def _plain(letter: Letter) -> str:
    return letter.text.replace("\u00a0", " ")


def _state(here: Running, ref: str) -> str:
    found = sheet(here.app.system, ref)
    return str(found["state"]) if found else ""


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(f"it should hold that {what}")
