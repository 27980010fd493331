"""Importing a campaign: read the sheets, judge every cell, then write all of it in one transaction, or nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..store import imports as store_imports
from ..store.db import Store
from ..store.imports import Change, DocumentRow
from . import catalogue as catalogues
from .campaign import Campaign, judge
from .sheets import read

Progress = Callable[[int, int], None]  #: rows done, rows in all


@dataclass(frozen=True)
class Report:
    """What an import did, or would do."""

    counts: dict[str, dict[str, int]]  #: kind of sheet -> new, changed, same -> rows
    warnings: tuple[str, ...]
    dry_run: bool


def import_files(
    store: Store,
    files: Sequence[Path],
    catalogue: Path,
    now: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
    own: str = "",
) -> Report:
    """Import .xlsx and .csv files. With `dry_run` everything is done and then undone. `own` is the bot's address.

    Raises ImportRefused with every wrong cell, ConfigError where the catalogue cannot be read; both before anything
    is written. Running it again changes nothing twice.
    """
    sheets = read(files)
    entries = catalogues.load(catalogue) if any(sheet.kind == "questions" for sheet in sheets) else {}
    campaign = judge(sheets, store_imports.known(store.conn), entries, now.date(), own)
    counts = _write(store, campaign, now, dry_run, progress or (lambda done, total: None))
    return Report(counts, campaign.warnings, dry_run)


class _DryRun(Exception):
    """Raised to leave the transaction of a dry run."""


def _write(
    store: Store, campaign: Campaign, now: datetime, dry_run: bool, progress: Progress
) -> dict[str, dict[str, int]]:
    counts: Counter[tuple[str, str]] = Counter()
    total = sum(len(rows) for _, rows, _ in _steps(campaign, now))
    with suppress(_DryRun), store.tx() as conn:
        for done, (kind, change) in enumerate(_changes(conn, campaign, now), 1):
            counts[kind, change.value] += 1
            progress(done, total)
        if dry_run:
            raise _DryRun
    kinds = [kind for kind, rows, _ in _steps(campaign, now) if rows]
    return {kind: {change.value: counts[kind, change.value] for change in Change} for kind in kinds}


def _changes(conn: sqlite3.Connection, campaign: Campaign, now: datetime) -> Iterator[tuple[str, Change]]:
    for kind, rows, save in _steps(campaign, now):
        for row in rows:
            yield kind, save(conn, row)


def _steps(campaign: Campaign, now: datetime) -> list[tuple[str, Sequence[object], Callable[..., Change]]]:
    """What is written, in the order in which rows refer to each other."""

    def save_document(conn: sqlite3.Connection, item: tuple[DocumentRow, Path]) -> Change:
        document, path = item
        return store_imports.save_document(conn, document, path.read_bytes(), now)

    return [
        ("cabinets", campaign.firms, store_imports.save_firm),
        ("personnes", campaign.people, store_imports.save_person),
        ("dossiers", campaign.dossiers, store_imports.save_dossier),
        ("questions", campaign.questions, store_imports.save_question),
        ("documents", campaign.documents, save_document),
        ("statistiques", campaign.statistics, store_imports.save_statistic),
    ]
