"""What it costs to read a message: mailbot's whole reading, beside mail-parser alone on the same bytes."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import mailparser

from mailbot.mail.envelope import Envelope
from mailbot.service.describe import describe

from .workload import Place, replies

CORPUS = Path("tests/mail/corpus")
COUNT, TIMES = 200, 3
LETTER = "Le poste « autres frais divers de gestion » atteint 24 725 €. Merci d'en donner le détail.\n" * 12
PLACES = [Place(f"collab{n}@cabinet.example", "eccv@assaprol.example", LETTER) for n in range(20)]
Message = tuple[bytes, str]
"""(bytes, the letter that it answers)"""


def figures() -> dict[str, float]:
    """Microseconds a message, of the odd mail of the tests and of the replies of this benchmark."""
    found = {}
    for name, messages in (("corpus", _corpus()), ("workload", _workload())):
        ours, theirs = _microseconds(messages)
        found[f"read, {name}, a message [µs]"] = ours
        found[f"mail-parser alone, {name}, a message [µs]"] = theirs
        found[f"read, {name}, times mail-parser"] = ours / theirs
    return found


def _corpus() -> list[Message]:
    """Each message, with the letter it answers where the corpus has it."""
    found = []
    for path in sorted(CORPUS.glob("*.eml")):
        sent = path.with_suffix(".sent.txt")
        found.append((path.read_bytes(), sent.read_text(encoding="utf-8") if sent.exists() else ""))
    assert found, f"no mail in {CORPUS}: start from the top of the repository"
    return found


def _workload() -> list[Message]:
    return [(raw, LETTER) for _, _, raw in replies(PLACES, COUNT)]


def _ours(message: Message) -> None:
    raw, sent = message
    describe(raw, Envelope("unknown@invalid", (), datetime.now(UTC)), sent)


def _theirs(message: Message) -> None:
    mailparser.parse_from_bytes(message[0])


def _microseconds(messages: list[Message]) -> tuple[float, float]:
    """Ours and theirs: the best of a few passes by turns, so what the work costs and not what else the machine does."""
    best = [float("inf")] * 2
    for _ in range(TIMES):
        for n, read in enumerate((_ours, _theirs)):
            begin = time.perf_counter()
            for message in messages:
                read(message)
            best[n] = min(best[n], time.perf_counter() - begin)
    ours, theirs = (seconds / len(messages) * 1_000_000 for seconds in best)
    return ours, theirs
