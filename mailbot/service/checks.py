"""What `mailbot check` looks at: configuration, what is weak in it, database, templates. Each line says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..domain.model import Scan
from ..errors import ConfigError, MailbotError
from ..letters.render import KINDS, render
from ..store import journal
from ..store.db import broken
from . import samples, weaknesses
from .keeping import erasing
from .system import System
from .weaknesses import Line


def run(path: Path, config: Callable[[], Any], system: Callable[[], System]) -> list[Line]:
    """Look at everything; later parts are left out where an earlier one is broken."""
    try:
        config()
    except ConfigError as error:
        return [Line("error", name, f"{why} (in {path})") for name, why in error.problems]
    lines = [Line("ok", "config", f"{path}: every key is known")]
    lines += weaknesses.lines(config(), path)
    try:
        ready = system()
    except MailbotError as error:
        return [*lines, Line("error", "database", str(error))]
    return [*lines, *_database(ready), *_templates(ready), *_scanner(ready)]


def _database(system: System) -> Iterator[Line]:
    found = broken(system.store.conn)
    if found:
        yield Line("error", "database", f"{system.store.path}: {found}; restore a backup")
        return
    faults = list(journal.faults(system.store.conn))
    if faults:
        yield Line("error", "journal", f"{faults[0]} ({len(faults)} faults)")
    yield Line("ok", "database", f"{system.store.path}: whole, schema up to date")
    count = erasing.due(system)
    if count:
        yield Line("warning", "retention", f"{count} dossiers are kept longer than it says; mailbot purge --dry-run")


def _scanner(system: System) -> Iterator[Line]:
    """Asked about a few bytes, as it will be about files."""
    if system.scan is None:
        yield Line("warning", "answers.clamd", "none: files are not scanned for viruses; see docs/running.md")
        return
    found = system.scan(b"mailbot check")
    if found.result is Scan.CLEAN:
        yield Line("ok", "answers.clamd", "the virus scanner answers")
    else:
        yield Line("error", "answers.clamd", f"{found.name}: files wait until it answers; start clamd, check the path")


def _templates(system: System) -> Iterator[Line]:
    broken: dict[str, str] = {}
    for name in system.templates.list_templates(["txt", "html"]):
        try:
            system.templates.get_template(name)
        except Exception as error:
            broken[name] = f"{type(error).__name__}: {error}"
    for kind, scene in samples.scenes(system.oga):
        try:
            render(system.templates, kind, scene)
        except Exception as error:
            broken.setdefault(kind, f"cannot be written: {type(error).__name__}: {error}")
    yield from (Line("error", f"templates/{name}", why) for name, why in broken.items())
    if not broken:
        yield Line("ok", "templates", f"{len(KINDS)} letters in all their variants can be written")
