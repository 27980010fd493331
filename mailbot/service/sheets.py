"""Reading the sheets of an import: .xlsx and .csv files become rows of text under known French headers.

What a spreadsheet program does to a file is undone here: byte order marks, Windows code pages, semicolons, stray and
no-break spaces, empty lines, dates and numbers as Excel keeps them. What a cell means is not judged here.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..errors import BadRow, ImportRefused
from ..mail.unseen import seen


@dataclass(frozen=True)
class Columns:
    """The headers of a kind of sheet."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return self.needed + self.optional


#: kind of sheet -> its headers; the order is the order of import
KINDS = {
    "cabinets": Columns(("cabinet", "nom"), ("adresse", "code_postal", "ville", "telephone", "email")),
    "personnes": Columns(("email", "nom", "role"), ("cabinet", "droits", "actif", "partage")),
    "dossiers": Columns(
        ("dossier", "adherent", "expert", "gestionnaire"),
        ("profession", "cabinet", "collaborateurs", "reference_cabinet"),
    ),
    "questions": Columns(("dossier", "exercice"), ("code", "question", "parametres", "piece_attendue", "echeance")),
    "documents": Columns(("dossier", "exercice", "type", "fichier")),
    "statistiques": Columns(("profession", "exercice", "indicateur", "valeur"), ("unite",)),
}


@dataclass(frozen=True)
class Row:
    """One line of a sheet; `cells` holds every header of its kind, "" where nothing stands."""

    sheet: str
    line: int  #: as the spreadsheet program numbers it, the header being line 1
    cells: Mapping[str, str]
    folder: Path  #: where the file lies

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet, of a kind of KINDS."""

    kind: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class _Bad:
    """A cell that cannot be read as text."""

    why: str


#: columns whose cells may have several lines; in all others the end of a line is a space
LINES = frozenset({"question", "parametres", "droits", "collaborateurs"})

Cell = str | _Bad
Line = tuple[int, list[Cell]]

FORMULA = "a formula: paste its value instead"


def fold(text: str) -> str:
    """Letters without accents and case, spaces and dashes as `_`: how headers and keywords are compared."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[\s_-]+", "_", plain.strip().casefold())


def read(files: Sequence[Path]) -> list[Sheet]:
    """The sheets of the files, in the order of KINDS; empty sheets are left out.

    Raises ImportRefused with every sheet, header or cell that cannot be read.
    """
    bad: list[BadRow] = []
    sheets = [sheet for file in files for sheet in _sheets(file, bad)]
    if bad:
        raise ImportRefused(bad)
    return sorted(sheets, key=lambda sheet: list(KINDS).index(sheet.kind))


def _sheets(file: Path, bad: list[BadRow]) -> Iterator[Sheet]:
    """Read one file; what is wrong goes to `bad`."""
    readers = {".csv": _csv, ".xlsx": _xlsx}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        bad.append(BadRow(file.name, 0, "-", "neither .xlsx nor .csv"))
        return
    try:
        tables = reader(file)
    except Exception as error:  # openpyxl raises whatever its zip and XML readers raise
        why = error.strerror if isinstance(error, OSError) and error.strerror else f"not a readable {file.suffix} file"
        bad.append(BadRow(file.name, 0, "-", why))
        return
    for title, lines in tables:
        yield from _sheet(title, lines, file.parent, bad)


def _sheet(title: str, lines: list[Line], folder: Path, bad: list[BadRow]) -> Iterator[Sheet]:
    """One sheet, nothing where it is empty or wrong."""
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if not filled:
        return
    kind = fold(title.removesuffix(".csv").removesuffix(".CSV"))
    if kind not in KINDS:
        bad.append(BadRow(title, 1, "-", f"no such sheet; there are {', '.join(KINDS)}"))
        return
    number, header = filled[0]
    columns = _header(kind, title, number, header, bad)
    yield Sheet(kind, title, tuple(_row(kind, title, line, columns, folder, bad) for line in filled[1:]))


def _header(kind: str, title: str, number: int, header: list[Cell], bad: list[BadRow]) -> list[str]:
    """The column that each cell of the header names, "" for none."""
    names = [fold(cell) if isinstance(cell, str) else "" for cell in header]
    known = KINDS[kind]
    for at, name in enumerate(names):
        if name and name not in known.all:
            bad.append(BadRow(title, number, str(header[at]), f"unknown column{_near(name, known.all)}"))
        elif name and name in names[:at]:
            bad.append(BadRow(title, number, name, "the column stands twice"))
    bad += [BadRow(title, number, name, "the column is missing") for name in known.needed if name not in names]
    return names


def _row(kind: str, title: str, line: Line, columns: list[str], folder: Path, bad: list[BadRow]) -> Row:
    number, cells = line
    found = dict.fromkeys(KINDS[kind].all, "")
    for at, cell in enumerate(cells):
        column = columns[at] if at < len(columns) else ""
        if isinstance(cell, _Bad):
            bad.append(BadRow(title, number, column or f"number {at + 1}", cell.why))
        elif cell and not column:
            bad.append(BadRow(title, number, f"number {at + 1}", f"« {cell} » stands under no header"))
        elif cell:
            found[column] = cell if column in LINES else " ".join(cell.split("\n"))
    return Row(title, number, found, folder)


def _near(word: str, known: Any) -> str:
    near = get_close_matches(word, list(known), 1, 0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _csv(file: Path) -> list[tuple[str, list[Line]]]:
    """A .csv file: UTF-8 with or without byte order mark, else Windows-1252; commas or semicolons."""
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    header = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [(file.name, [(n, [_text(cell) for cell in cells]) for n, cells in enumerate(records, 1)])]


def _text(value: str) -> Cell:
    """A cell of text without what nobody sees, its ends cleared of spaces of every kind; spaces inside stay."""
    text = seen(value).strip(" \t\n\xa0\u202f\u2007")
    return _Bad(FORMULA) if text.startswith("=") else text


def _xlsx(file: Path) -> list[tuple[str, list[Line]]]:
    """An .xlsx file, read as a stream; formulas are seen as such, not by the value Excel last computed."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations that do not concern us
        book = load_workbook(file, read_only=True, data_only=False)
        try:
            return [(sheet.title, list(_lines(sheet))) for sheet in book.worksheets]
        finally:
            book.close()


def _lines(sheet: Any) -> Iterator[Line]:
    sheet.reset_dimensions()  # what some programs write there is wrong
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [_cell(cell.value, cell.data_type) for cell in cells]


def _cell(value: object, kind: str) -> Cell:
    """A cell as text: dates as YYYY-MM-DD, whole numbers without decimals, truth as oui and non."""
    if value is None:
        return ""
    if kind == "f":
        return _Bad(FORMULA)
    if kind == "e":
        return _Bad(f"an error of the spreadsheet: {value}")
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _text(str(value))
