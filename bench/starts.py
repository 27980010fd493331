"""From the command to the ready line, of a `serve` that finds many open questions."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from mailbot.demo.postoffice import PostOffice
from mailbot.demo.sandbox import Sandbox

from .campaign import build

QUESTIONS = 50_000


class Starts:
    """The database, built once and used in every round."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "start"
        build(self._folder, QUESTIONS, datetime.now(UTC)).system.store.close()
        config = self._folder / "config.toml"
        config.write_text(config.read_text(encoding="utf-8").replace("port = 8080", "port = 0"), encoding="utf-8")

    def figures(self) -> dict[str, float]:
        """Seconds to ready."""
        here = Sandbox(self._folder, PostOffice())
        begin = time.perf_counter()
        try:
            here.start()
            return {f"restart to ready, {QUESTIONS:,} open questions [s]": time.perf_counter() - begin}
        finally:
            here.stop()
