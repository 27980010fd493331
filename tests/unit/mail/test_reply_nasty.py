"""400 KB of anything are read in half a second: here with room for a busy machine, in processor time."""

import time
from pathlib import Path

import pytest

from mailbot.mail import reply
from mailbot.mail.message import Address, InboundMessage

pytestmark = pytest.mark.slow  # large texts: `make test` only

SIZE = 400_000
BOUND = 2.0  # seconds
LETTER = (Path(__file__).parents[2] / "golden" / "dossier.txt").read_text(encoding="utf-8")
TEXTS = {
    "one line": "Le client a cédé son véhicule le 15 juin.\n",
    "one endless line": "mot ",
    "one endless word": "a",
    "one row of dashes": "-",
    "rows of dashes": "-----\n",
    "nearly attributions": "On the other hand\n",
    "days": "Le lundi 12 mars 2026 à 10:12\n",
    "attributions": "Le 12 mars, A <a@b.c> a écrit :\n",
    "colons": "a@b.c 10:12 a écrit le :\n",
    "headers": "Date : 10\nÀ : b\n",
    "quotes": "> a\n",
    "quoting deep": "> > > > > > a\n> b\n",
    "open brackets": "[cid:",
    "open links": "<https://",
    "open addresses": "<a@b\n",
    "names with dots": "a.",
    "blank lines": "\n",
    "rules": "=====\n\n\n\n\n",
    "closings": "Cordialement,\n",
    "telephones": "Tél. 05 59 00 00 00\n",
    "disclaimers": "Ce message est confidentiel, destinataire.\n\n",
    "postscripts": "PS : a\n",
    "our letter": LETTER,
    "our letter spoilt": LETTER.replace("é", "?"),
    "words of our letter": "coefficient de déduction oui ",
    "beginnings of our letter": "Réponse attendue le 15 Réponse attendue le x ",
}
BORDER = "<div style='border-top:solid #E1E1E1 1.0pt'>"
HTML = {
    "paragraphs": "<p>Le client</p>",
    "breaks": "Le client a cédé<br>",
    "rows": "<tr><td>a</td></tr>",
    "pictures": "<img src=cid:a>",
    "headings": f"{BORDER}De : a</div>",
    "headings in headings": BORDER,
}


@pytest.mark.parametrize("sent", ["", LETTER * 3], ids=["sent unknown", "sent known"])
@pytest.mark.parametrize("name", [*TEXTS, *HTML])
def test_any_shape_is_read_in_time(name: str, sent: str) -> None:
    piece = TEXTS.get(name) or HTML[name]
    body = (piece * (SIZE // len(piece) + 1))[:SIZE]
    text, html = (body, "") if name in TEXTS else ("", body)
    message = InboundMessage("<1@x>", (Address("A", "a@b.example"),), 1, text=text, html=html)
    begun = time.process_time()
    reply.written(message, sent)
    assert time.process_time() - begun < BOUND
