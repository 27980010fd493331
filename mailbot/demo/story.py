"""One question's whole way, played with real mail and told as it goes: ask, answer, approve, treat."""

from __future__ import annotations

import json
import re
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .postoffice import Letter, reply, submit
from .sandbox import Sandbox, sandbox

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
COLLABORATOR = ("Aïcha Dubois", "aicha.dubois@cabinetetcheverry.example")
EXPERT = ("Maïté Martin", "m.martin@cabinetetcheverry.example")
STAFF = ("Mireille Anguelu", "gestion1@assaprol.example")
BY_MAIL, BY_PAGE = "D0009-2025-2", "D0009-2025-1"

Say = Callable[[str], Any]


def play(folder: Path | None, say: Say) -> None:
    """Play the story; each step is checked, and the first that does not hold raises UsageError."""
    if folder:
        _play(folder, say)
        return
    with tempfile.TemporaryDirectory(prefix="mailbot-demo-") as made:
        _play(Path(made), say)


def _play(folder: Path, say: Say) -> None:
    try:
        with sandbox(folder) as here:
            say("1. The sample campaign is imported: 8 firms, 39 people, 89 dossiers, 110 questions.")
            here.start()
            say("2. " + here.run("ask", "--dossier", "D0009", "--yes").splitlines()[0] + " leave for dossier D0009.")
            _by_mail(here, say)
            _by_page(here, say)
            say("9. Nothing was lost: " + here.run("status").splitlines()[1].strip())
    except (TimeoutError, RuntimeError, AssertionError) as error:
        raise UsageError(f"the story stops here: {error}") from error


def _by_mail(here: Sandbox, say: Say) -> None:
    question = here.office.wait(COLLABORATOR[1], "question", BY_MAIL)
    say(f"3. {COLLABORATOR[0]} reads « {question.subject} » and replies with a PDF.")
    text = "La ligne 30 regroupe trois comptes : logiciels 9 840 €, assurance 11 260 €, formation 3 625 €."
    submit(here.smtp_port, reply(question, COLLABORATOR, text, {"Detail-ligne-30.pdf": PDF}))
    approval = here.office.wait(EXPERT[1], "approval", BY_MAIL)
    _check(text in " ".join(approval.text.replace("|", " ").split()), "the expert reads what was typed")
    _check(approval.files == ["Detail-ligne-30.pdf"], "the file reaches the expert")
    here.office.wait(COLLABORATOR[1], "receipt", BY_MAIL)
    _check(_state(here, BY_MAIL) == "proposed", "the answer waits for the expert")
    say(f"4. {EXPERT[0]} gets it for approval, with the file, and replies OK.")
    submit(here.smtp_port, reply(approval, EXPERT, "OK"))
    to_treat = here.office.wait(STAFF[1], "to_treat", BY_MAIL)
    _check(_state(here, BY_MAIL) == "submitted", "the answer is handed over")
    say(f"5. {STAFF[0]} gets it to treat, and replies « traité ».")
    submit(here.smtp_port, reply(to_treat, STAFF, "traité"))
    here.office.wait(STAFF[1], "decided", BY_MAIL)
    _check(_state(here, BY_MAIL) == "treated", "the question is treated")


def _by_page(here: Sandbox, say: Say) -> None:
    question = here.office.wait(COLLABORATOR[1], "question", BY_PAGE)
    say(f"6. {COLLABORATOR[0]} answers « {question.subject} » without the file that was asked for.")
    submit(here.smtp_port, reply(question, COLLABORATOR, "Le coefficient retenu est de 0,92."))
    receipt = here.office.wait(COLLABORATOR[1], "receipt", BY_PAGE)
    _check("Pièce attendue : non reçue" in receipt.text.replace("\u00a0", " "), "the receipt says what is missing")
    approval = here.office.wait(EXPERT[1], "approval", BY_PAGE)
    say(f"7. {EXPERT[0]} opens the page of the approval letter, and decides there.")
    _approve_on_page(here, approval)
    _check(_state(here, BY_PAGE) == "submitted", "the page hands the answer over")
    to_treat = here.office.wait(STAFF[1], "to_treat", BY_PAGE)
    say(f"8. {STAFF[0]} asks for more, in words.")
    submit(here.smtp_port, reply(to_treat, STAFF, "Pouvez-vous joindre la note de calcul ?"))
    again = here.office.wait(COLLABORATOR[1], "asked_again", BY_PAGE)
    _check("Transmise" in again.text or "TRANSMISE" in again.text, "the author learns that it was handed over")
    _check(_state(here, BY_PAGE) == "asked", "the question is open again")


def _approve_on_page(here: Sandbox, approval: Letter) -> None:
    found = re.search(r"https?://\S+/v/([a-z2-7]{26})", approval.text)
    if found is None:
        raise AssertionError("the approval letter offers no page")
    address = f"{here.web}/v/{found[1]}"
    html = urllib.request.urlopen(address, timeout=10).read().decode()
    fields = dict(re.findall(r'name="(n|v)" value="([^"]+)"', html))
    form = urllib.parse.urlencode({**fields, "decision": "approve", "read": "yes"}).encode()
    urllib.request.urlopen(address, data=form, timeout=10).read()


def _state(here: Sandbox, ref: str) -> str:
    return str(json.loads(here.run("show", ref, "--json"))["state"])


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(f"it should hold that {what}")
