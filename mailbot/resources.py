"""Where the files beside the code lie: letters and migrations, in a checkout or in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def data(name: str) -> Path:
    """The folder `name` ("templates" or "db"): inside the package where a wheel put it, else the repository's own.

    Raises FileNotFoundError if neither is there.
    """
    for folder in (PACKAGE / "_data" / name, PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"mailbot is installed without its folder {name!r}")


def shipped(name: str) -> Path:
    """The file `name` ("config.toml") as it was shipped. Raises FileNotFoundError."""
    for path in (PACKAGE / "_data" / name, PACKAGE.parent / name):
        if path.is_file():
            return path
    raise FileNotFoundError(f"mailbot is installed without {name}")
