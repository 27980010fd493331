"""What a newcomer finds: the whole campaign asked a fortnight ago, one answer to approve, one to treat."""

from __future__ import annotations

from datetime import datetime

from . import manner
from .manner import Manner, Typed, Writer
from .people import Box, boxes
from .postoffice import Letter
from .running import PARIS, Running

BEGIN = datetime(2026, 11, 17, 13, 40, tzinfo=PARIS)  #: the day before the first reminder
TO_APPROVE, TO_TREAT, TO_ANSWER = "D0003-2025-1", "D0009-2025-3", "D0009-2025-2"
AICHA, ELISE = "aicha.dubois@cabinetetcheverry.example", "elise.larralde@cabinetetcheverry.example"
MAITE, MIREILLE = "m.martin@cabinetetcheverry.example", "gestion1@assaprol.example"


def begin(here: Running) -> None:
    """Ask everything, let a fortnight go by without a tick but that of the last morning, have two people answer."""
    here.ask()
    here.app.clock.set(BEGIN.replace(hour=7, minute=40))
    here.advance(BEGIN)
    people = {box.address: box for box in boxes(here.app.system.store.conn)}
    _answer(
        here, people[AICHA], TO_APPROVE, Manner.OUTLOOK,
        "Bonjour,\n\nMe Martin a ouvert son cabinet le 1er avril 2025, après sept ans de salariat. "
        "L'attestation d'inscription au barreau est jointe.",
        {"Attestation-barreau-avril-2025.pdf": paper("Attestation d'inscription au barreau")},
    )  # fmt: skip
    _answer(
        here, people[ELISE], TO_TREAT, Manner.GMAIL,
        "Une salariée à temps plein depuis janvier 2025, ce qui explique le taux. Le livre de paie est joint.",
        {"Livre-de-paie-2025.pdf": paper("Livre de paie 2025")},
    )  # fmt: skip
    here.later(hours=1)


def question(here: Running, address: str, ref: str) -> Letter:
    """The letter that asked a question."""
    found = [letter for letter in here.office.mailbox(address) if ref in letter.subject]
    return found[0]


def _answer(here: Running, box: Box, ref: str, how: Manner, text: str, files: dict[str, bytes]) -> None:
    letter = question(here, box.address, ref)
    here.send(answer(letter, box.writer(signed=True), how, here.now(), text, files))
    here.office.open_letter(letter)


def answer(
    letter: Letter, writer: Writer, how: Manner, at: datetime, text: str, files: dict[str, bytes] | None = None
) -> manner.EmailMessage:
    """A reply to a letter, as that program writes it."""
    original = letter.message
    typed = Typed(text, manner.reply_to(original), manner.reply_subject(original, how), files or {})
    return manner.reply(original, writer, typed, how, at)


def paper(title: str) -> bytes:
    """A one-page PDF that says what it stands for."""
    shown = title.encode("cp1252", "replace").replace(b"\\", b"").replace(b"(", b"").replace(b")", b"")
    text = b"BT /F1 18 Tf 72 760 Td (" + shown + b") Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%b endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % (len(objects) + 1, table, len(objects) + 1, len(out))
