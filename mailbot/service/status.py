"""Where everything stands, for `mailbot status`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..store import inbox, outbox, people, questions
from ..store.db import setting
from . import brakes
from .keeping import erasing
from .system import System


@dataclass(frozen=True)
class Status:
    """Counts, ages, and what to type next."""

    questions: dict[str, int]
    inbox: dict[str, int]
    outbox: dict[str, int]
    suspended: int
    last_mail_at: str | None
    waiting_for: timedelta | None  #: age of the oldest mail that waits to be worked
    late_by: timedelta | None  #: age of the oldest letter that should have left
    last_digest_at: str | None
    paused: str  #: why no letter leaves; "": letters leave
    sandbox: bool
    kept_too_long: int = 0  #: dossiers that [retention] lets go

    def as_json(self) -> dict[str, Any]:
        """The keys that scripts rely on."""
        return {
            "questions": self.questions,
            "inbox": self.inbox,
            "outbox": self.outbox,
            "suspended": self.suspended,
            "paused": bool(self.paused),
            "paused_why": self.paused or None,
            "last_mail_at": self.last_mail_at,
            "last_digest_at": self.last_digest_at,
            "kept_too_long": self.kept_too_long,
        }

    def as_text(self) -> str:
        """The same for a person."""
        rows = [
            *(
                [("paused", f"no letter leaves: {self.paused}; `mailbot resume` lets them leave")]
                if self.paused
                else []
            ),
            ("questions", _counts(self.questions)),
            ("inbox", _counts(self.inbox) + _oldest(self.waiting_for)),
            ("outbox", _counts(self.outbox) + _oldest(self.late_by)),
            ("suspended", str(self.suspended)),
            ("last mail", self.last_mail_at or "none yet"),
            ("last digest", self.last_digest_at or "none yet"),
            *(
                [("retention", f"{self.kept_too_long} dossiers may go: `mailbot purge --dry-run`")]
                if self.kept_too_long
                else []
            ),
            ("next", self.next()),
        ]
        return "\n".join(f"{name:11} {value}" for name, value in rows)

    def next(self) -> str:
        """The most useful thing to type now."""
        if self.paused:
            return "mailbot outbox list, then mailbot resume (docs/running.md: what each brake does)"
        if self.inbox["shunted"]:
            return "mailbot why (shunted mail), then mailbot inbox retry ID"
        if self.inbox["held"]:
            return "mailbot inbox list (held mail waits for a person)"
        if self.outbox["failed"]:
            return "mailbot outbox list (letters that were refused)"
        if not sum(self.questions.values()):
            return "mailbot import FILE..."
        if self.questions["draft"]:
            return "mailbot ask --dry-run"
        return "mailbot purge --dry-run" if self.kept_too_long else "nothing"


def _oldest(age: timedelta | None) -> str:
    return f", oldest {int(age.total_seconds())} s" if age else ""


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in found.items() if n) or "none"


def status(system: System) -> Status:
    """Read all of it."""
    conn, now = system.store.conn, system.now()
    oldest, due = inbox.oldest_new(conn), outbox.oldest_due(conn, now)
    return Status(
        questions=questions.counts(conn),
        inbox=inbox.counts(conn),
        outbox=outbox.counts(conn),
        suspended=people.count_suspended(conn),
        last_mail_at=inbox.last_seen(conn),
        waiting_for=now - oldest if oldest else None,
        late_by=now - due if due else None,
        last_digest_at=setting(system.store, "last_digest_at") or None,
        paused=brakes.paused(system.store),
        sandbox=setting(system.store, "sandbox") == "1",
        kept_too_long=erasing.due(system),
    )
