"""The letters about confirmed browsers, as scenes with sample data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mailbot.domain.browsers import CODE_LIVES, REMEMBERED, Asked, Browser
from mailbot.letters.scene import Mail, Scene
from tests.unit.letters.people import ADDRESS, LATER, MAITE, MIREILLE, NADEGE, OGA

ASKED = Asked("482915", "Firefox sous Windows", "D0009-2025-2", LATER, LATER + CODE_LIVES)
CODE = Scene(OGA, LATER, MAITE, reply_to=ADDRESS, asked=ASKED)
OFFICE = Browser(1, "Firefox sous Windows", LATER - timedelta(20), LATER, LATER - timedelta(20) + REMEMBERED)
PHONE = Browser(3, "Safari sur iPhone", LATER, LATER, LATER + REMEMBERED)
LIST = Scene(OGA, LATER, MAITE, reply_to=ADDRESS, browsers=(OFFICE, PHONE), mail=Mail("navigateurs", LATER))

SCENES: dict[str, dict[str, Scene]] = {
    "confirm_code": {
        "": CODE,
        "member": replace(CODE, to=NADEGE, asked=replace(ASKED, ref="", name="Un navigateur inconnu")),
        "staff": replace(CODE, to=MIREILLE),
    },
    "browsers": {
        "": LIST,
        "none": replace(LIST, browsers=()),
        "forgotten": replace(LIST, about="forgotten", word="Firefox sous Windows", browsers=(PHONE,)),
        "all_forgotten": replace(
            LIST, about="forgotten", word="Firefox sous Windows et Safari sur iPhone", browsers=()
        ),
        "unknown": replace(LIST, about="unknown"),
        "not_me": replace(LIST, about="not_me", browsers=(OFFICE,)),
    },
}
