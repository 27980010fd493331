"""A campaign to play stories on: one mailbot with letters out and replies in, where nothing runs by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from mailbot import app as apps
from mailbot.demo.postoffice import Letter, PostOffice, reply, submit
from mailbot.service import desk
from mailbot.service.delivery import deliver_due
from mailbot.service.sheet import sheet
from mailbot.service.work import work_all
from mailbot.store import inbox

AICHA = ("Aïcha Dubois", "aicha.dubois@cabinetetcheverry.example")
ELISE = ("Élise Larralde", "elise.larralde@cabinetetcheverry.example")
MAITE = ("Maïté Martin", "m.martin@cabinetetcheverry.example")
MIREILLE = ("Mireille Anguelu", "gestion1@assaprol.example")
REF = "D0009-2025-2"
#: when the sample campaign is asked, whatever day the tests are run: its deadlines are of 2026 and 2027
BEGINS = datetime.fromisoformat("2026-11-24T10:00+01:00")


@dataclass
class Campaign:
    """One mailbot with letters out and replies in; nothing runs by itself, so every step is seen."""

    app: apps.App
    office: PostOffice
    sender: Any
    port: int

    @property
    def system(self) -> Any:
        return self.app.system

    def hand_in(self, message: EmailMessage, verdict: str = "pass") -> dict[str, Any]:
        """A mail comes in over SMTP and is worked, its letters leave; returns `why` of it."""
        submit(self.port, message, verdict)
        self.run()
        row = inbox.find(self.system.store.conn, str(message["Message-ID"]))
        assert row is not None
        return desk.why(self.system.store.conn, row)

    def reply(self, letter: Letter, who: tuple[str, str], text: str, **more: Any) -> dict[str, Any]:
        return self.hand_in(reply(letter, who, text, more.pop("files", None)), **more)

    def run(self) -> None:
        work_all(self.system)
        deliver_due(self.system, self.sender.send)

    def advance(self, until: datetime | timedelta) -> dict[str, int]:
        """Time passes to an instant, or by so long: everything falls due at its own hour."""
        return apps.advance(self.app, self.sender, self.now + until if isinstance(until, timedelta) else until)

    @property
    def now(self) -> datetime:
        return self.app.system.now()

    def letter(self, who: tuple[str, str], kind: str, ref: str = REF) -> Letter:
        found = [x for x in self.office.mailbox(who[1]) if x.kind == kind and ref in x.subject]
        assert found, f"no {kind} for {who[1]}: {[(x.kind, x.subject) for x in self.office.mailbox(who[1])]}"
        return found[-1]

    def kinds(self, who: tuple[str, str]) -> list[str]:
        return [x.kind for x in self.office.mailbox(who[1])]

    def show(self, ref: str = REF) -> dict[str, Any]:
        found = sheet(self.system, ref)
        assert found is not None
        return found

    def proposed(self, text: str = "Voici le détail.") -> Letter:
        """Aïcha has answered; the approval letter to Maïté."""
        self.reply(self.letter(AICHA, "question"), AICHA, text)
        return self.letter(MAITE, "approval")
