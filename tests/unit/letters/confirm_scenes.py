"""The letters about mail that waits for its confirmation, as scenes with sample data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mailbot.domain.model import Outcome
from mailbot.letters.render import ABOUTS
from mailbot.letters.scene import Mail, Scene, Would
from tests.unit.letters.people import ADDRESS, LATER, MAITE, MIREILLE, OGA, SCRIPTED

SENT = Mail("", LATER, text="OK", sender=MAITE.email)
ONE = Would("approve", "D0009-2025-2", 1)
ASKED = Scene(
    OGA, LATER, MAITE, reply_to=ADDRESS, page="https://eccv.assaprol.example/v/daaaaaac5dqv45a3qgdgcugqiy",
    mail=SENT, would=(ONE,), would_until=LATER + timedelta(hours=48),
)  # fmt: skip
SEVERAL = (
    ONE,
    Would("amend", "D0009-2025-3", 2),
    Would("send_back", "D0011-2025-1", 1),
    Would("undo", "D0012-2025-1"),
)

NEW = replace(MAITE, email="maite@autre.example", name="", firm=None)
LISTED = Scene(OGA, LATER, MAITE, reply_to=ADDRESS, mail=Mail("mes adresses", LATER))

SCENES: dict[str, dict[str, Scene]] = {
    "confirm_mail": {
        "": ASKED,
        "several": replace(ASKED, would=SEVERAL, page="", mail=replace(SENT, text="A ok\nB compléter : mars\nC non")),
        "staff": replace(
            ASKED, to=MIREILLE, mail=replace(SENT, text="1 traité", sender=MIREILLE.email, files=(SCRIPTED,)),
            would=(Would("treat", "D0009-2025-2", outcome=Outcome.SATISFACTORY), Would("held_line", "7")),
        ),
        "nothing": replace(ASKED, would=()),
    },
    "confirm_address": {
        "": Scene(OGA, LATER, NEW, reply_to=ADDRESS, would_until=LATER + timedelta(hours=48)),
    },
    "addresses": {
        about.replace(" ", "_"): replace(
            LISTED, about=about, word="maite@autre.example" if about else "",
            missing=("maite@autre.example",) if about in ("", "confirmed", "known") else (),
        )
        for about in ABOUTS["addresses"]
    },
    "refusal": {"OutOfTurn_waited": replace(ASKED, refusal="OutOfTurn", about="waited", would=())},
}  # fmt: skip
