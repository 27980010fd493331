"""What stories of the command line may use."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.cli import main
from tests.campaign import Campaign
from tests.operators import Run


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run one command line on a configuration: (exit code, stdout, stderr)."""
    handlers = logging.root.handlers[:]

    def _run(config: Path, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mailbot", "--config", str(config), *words])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    yield _run
    logging.root.handlers[:] = handlers


@pytest.fixture
def run(campaign: Campaign, command: Run) -> Run:
    """The same on the campaign."""
    config = Path(campaign.system.store.path).parent.parent / "config.toml"
    return lambda *words: command(config, *words)
