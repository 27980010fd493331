"""What a sandbox is set to while it is measured: no letter waits for company, and no brake ends the round."""

from __future__ import annotations

import re
from pathlib import Path

SETTINGS = {"settle_minutes": 0, "longest_minutes": 0, "group_minutes": 0, "letters_per_hour": 1_000_000}


def at_once(folder: Path) -> None:
    """Change the configuration in `folder` to that: each reply is worked to all its letters at once."""
    path = folder / "config.toml"
    text = path.read_text(encoding="utf-8")
    for key, value in SETTINGS.items():
        text, found = re.subn(rf"(?m)^{key} = \S+", f"{key} = {value}", text)
        assert found == 1, f"config.toml has no {key}"
    path.write_text(text, encoding="utf-8")
