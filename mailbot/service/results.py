"""Results for the association's own software: a row a question, as .xlsx, .csv or .json, and the files beside it.

Rows are written one by one, into a file beside the one that is named, which then takes its place. What people typed
is never a formula: Excel is given text, and in a .csv an apostrophe stands before all that could begin one.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import UsageError
from ..letters.render import CHIPS, OUTCOMES
from ..mail.unseen import seen
from ..store import results
from ..store.results import Result
from .system import System

CELL_LIMIT = 32_767  #: characters that an Excel cell holds
_LEAD = "=+@|＝＋－＠−-"
#: where a formula may begin: in a cell, and in what is one to a program that parts cells otherwise
FORMULA = re.compile(f'^(?=[ \u00a0\t\n]*[{_LEAD}]|[\t\n])|(?<=[;,|\t\n"])(?=[ \u00a0]*[{_LEAD}])')
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
NAME_BYTES = 150


@dataclass(frozen=True)
class Row:
    """One question, and the paths that its files were given (their names where they were not written)."""

    result: Result
    paths: tuple[str, ...]


@dataclass
class Report:
    """What was written, and the files whose bytes are gone."""

    rows: int = 0
    files: int = 0
    missing: tuple[str, ...] = ()


def cells(row: Row) -> dict[str, Any]:
    """A row under the French headers of .xlsx and .csv; times are aware."""
    r = row.result
    return {
        "reference": r.ref,
        "dossier": r.dossier,
        "adherent": r.member,
        "exercice": r.exercice,
        "code": r.code,
        "question": r.question,
        "etat": CHIPS[r.state][2],
        "reponse": r.answer,
        "repondu_par": r.answered_by,
        "valide_par": r.approved_by,
        "valide_le": r.approved_at,
        "issue": OUTCOMES[r.outcome] if r.outcome else "",
        "traitee_le": r.treated_at,
        "pieces": "; ".join(row.paths),
    }


HEADERS = (
    "reference dossier adherent exercice code question etat reponse repondu_par valide_par valide_le issue traitee_le"
    " pieces"
).split()


def as_json(row: Row, zone: ZoneInfo) -> dict[str, Any]:
    """A row under the English keys of .json."""
    r = row.result
    files = [
        {"name": f.name, "type": f.type, "size": f.size, "sha256": f.sha256, "path": path}
        for f, path in zip(r.files, row.paths, strict=True)
    ]
    return {
        "ref": r.ref,
        "dossier": r.dossier,
        "member": r.member,
        "exercice": r.exercice,
        "code": r.code,
        "question": r.question,
        "due": r.due.isoformat() if r.due else None,
        "state": r.state.value,
        "answer": r.answer or None,
        "answered_by": r.answered_by or None,
        "answered_at": _iso(r.answered_at, zone) or None,
        "approved_by": r.approved_by or None,
        "approved_at": _iso(r.approved_at, zone) or None,
        "outcome": r.outcome.value if r.outcome else None,
        "treated_at": _iso(r.treated_at, zone) or None,
        "files": files,
    }


def _iso(when: datetime | None, zone: ZoneInfo) -> str:
    return when.astimezone(zone).isoformat() if when else ""


def write(system: System, path: Path, since: date | None = None, folder: Path | None = None) -> Report:
    """Write the questions that changed since that day (all, where it is None) to `path`, and their files to `folder`.

    Raises UsageError for another ending than .xlsx, .csv and .json, or a place that cannot be written.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path}: results are written as .xlsx, .csv or .json")
    report = Report()
    try:
        with _beside(path) as temporary:
            writer(temporary, _rows(system, since, folder, report), system.policy.timezone)
    except OSError as error:
        raise UsageError(
            f"{error.filename or path}: {error.strerror}: the folder must exist and be writable"
        ) from error
    return report


def _rows(system: System, since: date | None, folder: Path | None, report: Report) -> Iterator[Row]:
    conn, zone = system.store.conn, system.policy.timezone
    begin = datetime.combine(since, time(), zone) if since else None
    unpacked = Unpacked(folder) if folder else None
    for id in results.ids(conn, begin):
        result = results.get(conn, id)
        paths = []
        for file in result.files:
            path = file.name
            try:
                path = unpacked.put(result.ref, file.name, results.content(conn, file)) if unpacked else path
                report.files += bool(unpacked)
            except KeyError:
                report.missing += (f"{result.ref}: {file.name}",)
            paths.append(path)
        report.rows += 1
        yield Row(result, tuple(paths))


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A new file in the folder of `path`, which takes its place once it is whole and on the disk."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        with open(temporary, "rb") as whole:
            os.fsync(whole.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


# The three kinds of file


def _csv(path: Path, rows: Iterable[Row], zone: ZoneInfo) -> None:
    """RFC 4180, UTF-8, commas, as `import` reads it."""
    with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(HEADERS)
        for row in rows:
            sheet.writerow(_plain(value, zone) for value in cells(row).values())


def _plain(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return _iso(value, zone)
    return FORMULA.sub("'", seen("" if value is None else str(value)))


def _json(path: Path, rows: Iterable[Row], zone: ZoneInfo) -> None:
    """One array, an object a line."""
    with open(path, "w", encoding="utf-8", errors="replace") as file:
        before = "[\n"
        for row in rows:
            file.write(before + json.dumps(as_json(row, zone), ensure_ascii=False))
            before = ",\n"
        file.write("\n]\n" if before == ",\n" else "[]\n")


def _xlsx(path: Path, rows: Iterable[Row], zone: ZoneInfo) -> None:
    from openpyxl import Workbook  # its import would slow every other command
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("resultats")
    sheet.freeze_panes = "B2"

    def cell(value: Any) -> Any:
        made = WriteOnlyCell(sheet, _excel(value, zone))
        if isinstance(value, str):
            made.data_type = "s"  # never a formula, whatever it begins with
        elif isinstance(value, datetime):
            made.number_format = "yyyy-mm-dd hh:mm"
        return made

    sheet.append(HEADERS)
    for row in rows:
        sheet.append([cell(value) for value in cells(row).values()])
    book.save(path)


def _excel(value: Any, zone: ZoneInfo) -> Any:
    """A value as a cell takes it: times as the clock of the association shows them, text of a length that it holds."""
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None)
    if not isinstance(value, str):
        return value
    text = seen(value)
    if len(text) <= CELL_LIMIT:
        return text
    note = f"\n[… texte coupé : {len(text)} caractères en tout, dans les fichiers .csv et .json]"
    return text[: CELL_LIMIT - len(note)] + note


Writer = Callable[[Path, Iterable[Row], ZoneInfo], None]
WRITERS: dict[str, Writer] = {".xlsx": _xlsx, ".csv": _csv, ".json": _json}


# The files


class Unpacked:
    """A folder that files are written into: FOLDER/<reference>/<name>, never two under one name, never outside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: set[str] = set()

    def put(self, ref: str, name: str, data: bytes) -> str:
        """Write one file; returns its path from the folder. One that an earlier call to `write` left is replaced."""
        place, name = safe(ref, "sans-reference"), safe(name, "fichier")
        path, n = f"{place}/{name}", 1
        while path.casefold() in self._taken:
            n += 1
            stem, dot, ending = name.rpartition(".")
            path = f"{place}/{stem} ({n}).{ending}" if dot and stem else f"{place}/{name} ({n})"
        self._taken.add(path.casefold())
        whole = self._folder / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        with _beside(whole) as temporary:
            temporary.write_bytes(data)
        return path


def safe(name: str, otherwise: str) -> str:
    """A name that is one file in one folder on every system; `otherwise` where nothing of it is left."""
    name = _UNSAFE.sub("_", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if len(name.encode()) > NAME_BYTES:
        ending = ending if dot and len(ending.encode()) <= 20 else ""
        stem = (stem if ending else name).encode()[: NAME_BYTES - len(ending.encode()) - 1].decode(errors="ignore")
        name = f"{stem.rstrip(' .')}.{ending}" if ending else stem.rstrip(" .")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return name or otherwise
