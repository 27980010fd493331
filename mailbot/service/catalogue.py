"""The question texts by code, and how their `$name` places are filled: as plain data, never as a template."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError

_PLACE = re.compile(r"\$([a-z][a-z0-9_]*)")
_COLUMNS = ("code", "tableau", "ligne", "titre_court", "question", "piece_attendue")


@dataclass(frozen=True)
class Entry:
    """A question of the catalogue."""

    code: str
    form: str  #: form of the return (`tableau`)
    line: str  #: its line (`ligne`)
    title: str  #: short title for subjects (`titre_court`)
    text: str
    document: str  #: pièce attendue, "" for none


def load(path: Path) -> dict[str, Entry]:
    """The catalogue by code, in upper case. Raises ConfigError where the file cannot be read or lacks a column."""
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError([("questions.catalogue", f"{path} cannot be read: {why}")]) from error
    lacking = [name for name in _COLUMNS if not rows or name not in rows[0]]
    if lacking:
        raise ConfigError([("questions.catalogue", f"{path} lacks the column {name}") for name in lacking])
    return {row["code"].strip().upper(): _entry(row) for row in rows}


def _entry(row: Mapping[str, str | None]) -> Entry:
    code, form, line, title, text, document = ((row[name] or "").strip() for name in _COLUMNS)
    return Entry(code, form, line, title, text, document)


def lacking(text: str, values: Mapping[str, str]) -> list[str]:
    """The places of `text` for which there is no value, each once, in order."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if not values.get(name)]


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its places filled; a place without a value stays as it is."""
    return _PLACE.sub(lambda place: values.get(place[1]) or place[0], text)
