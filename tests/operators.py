"""What the stories of the operator share: other rules, what stands where, and a file that somebody tampers with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

from tests.campaign import AICHA, MAITE, Campaign

Run = Callable[..., tuple[int, str, str]]


def with_policy(campaign: Campaign, **changes: Any) -> None:
    """The campaign under other rules of the configuration."""
    system = campaign.system
    campaign.app = replace(campaign.app, system=replace(system, policy=replace(system.policy, **changes)))


def status(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("status", "--json")[1])
    return found


def alarms(campaign: Campaign) -> list[str]:
    return [letter.subject for letter in campaign.office.mailbox("ops@assaprol.example")]


def kinds_of_journal(campaign: Campaign) -> list[str]:
    return [row["kind"] for row in campaign.system.store.conn.execute("select kind from journal order by seq")]


@contextmanager
def tampering(campaign: Campaign) -> Iterator[sqlite3.Connection]:
    """Somebody writes into the file past mailbot."""
    with closing(sqlite3.connect(campaign.system.store.path)) as conn, conn:
        yield conn


def handed_over(campaign: Campaign) -> None:
    """Aïcha answers with a file, Maïté amends and hands over, Mireille treats."""
    files = {"détail.pdf": b"%PDF-1.4\n%%EOF\n"}
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "=SOMME(A1)", files=files)
    campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "Remplacer : -9 840 € en tout.")
