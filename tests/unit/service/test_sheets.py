"""Sheets as people save them become rows of text."""

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from mailbot.errors import ImportRefused
from mailbot.service.sheets import fold, read

SAMPLE = Path(__file__).parents[3] / "mailbot/demo/sample"
HEADER = "cabinet,nom\n"


def csv(folder: Path, text: str | bytes, name: str = "cabinets.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def xlsx(folder: Path, title: str, *lines: list[object]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for line in lines:
        sheet.append(line)
    path = folder / "book.xlsx"
    book.save(path)
    return path


def refused(*files: Path) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        read(files)
    return [str(row) for row in caught.value.rows]


@pytest.mark.parametrize(
    "data",
    [
        "cabinet,nom\nC01,Élise & Cœur\n".encode(),
        "\ufeffcabinet,nom\r\nC01,Élise & Cœur\r\n".encode(),
        "cabinet;nom\nC01;Élise & Cœur\n".encode("cp1252"),
        "NOM , Cabinet\n Élise & Cœur\xa0,\u202fC01\n".encode(),
        "\n,\ncabinet,nom\n\n,,\nC01,Élise & Cœur\n\n".encode(),
    ],
    ids=["utf-8", "bom", "windows", "order, case and spaces", "empty lines"],
)
def test_csv_as_people_save_it(tmp_path: Path, data: bytes) -> None:
    (sheet,) = read([csv(tmp_path, data)])
    assert sheet.kind == "cabinets"
    (row,) = sheet.rows
    assert (row["cabinet"], row["nom"], row["ville"]) == ("C01", "Élise & Cœur", "")


def test_lines_count_as_the_spreadsheet_program_counts_them(tmp_path: Path) -> None:
    (sheet,) = read([csv(tmp_path, HEADER + '\nC01,"two\nlines"\n\nC02,B\n')])
    assert [(row.line, row["nom"]) for row in sheet.rows] == [(3, "two lines"), (5, "B")]


def test_excel_dates_numbers_and_truth(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path,
        "Questions",
        ["Dossier", "Exercice", "Échéance", "Question", "Pièce attendue"],
        ["D0001", 2025, datetime(2026, 12, 15), 1250.5, True],
    )
    (sheet,) = read([path])
    (row,) = sheet.rows
    assert (row["exercice"], row["echeance"], row["question"]) == ("2025", "2026-12-15", "1250.5")
    assert row["piece_attendue"] == "oui"


def test_a_formula_is_an_error(tmp_path: Path) -> None:
    path = xlsx(tmp_path, "cabinets", ["cabinet", "nom"], ["C01", '=CONCATENATE("a","b")'])
    assert refused(path) == ["cabinets, line 2, column nom: a formula: paste its value instead"]
    assert "column nom: a formula" in refused(csv(tmp_path, HEADER + "C01,=1+1\n"))[0]


def test_everything_wrong_with_headers_and_cells_is_said_at_once(tmp_path: Path) -> None:
    found = refused(
        csv(tmp_path, "cabinet,noms,ville,ville\nC01,a,b,c,d\n"),
        csv(tmp_path, "x\n1\n", "dosiers.csv"),
        csv(tmp_path, "x", "notes.txt"),
        csv(tmp_path, "not a zip", "broken.xlsx"),
        tmp_path / "gone.csv",
    )
    assert found == [
        "cabinets.csv, line 1, column noms: unknown column; did you mean nom?",
        "cabinets.csv, line 1, column ville: the column stands twice",
        "cabinets.csv, line 1, column nom: the column is missing",
        "cabinets.csv, line 2, column number 5: « d » stands under no header",
        "dosiers.csv, line 1, column -: no such sheet; "
        "there are cabinets, personnes, dossiers, questions, documents, statistiques",
        "notes.txt, line 0, column -: neither .xlsx nor .csv",
        "broken.xlsx, line 0, column -: not a readable .xlsx file",
        "gone.csv, line 0, column -: No such file or directory",
    ]


def test_an_empty_sheet_is_left_out(tmp_path: Path) -> None:
    assert read([xlsx(tmp_path, "Feuil1")]) == []


def test_the_sample_is_the_same_as_csv_and_as_xlsx() -> None:
    def rows(files: list[Path]) -> dict[str, list[dict[str, str]]]:
        return {sheet.kind: [dict(row.cells) for row in sheet.rows] for sheet in read(files)}

    as_csv = rows(sorted(SAMPLE.glob("*.csv")))
    assert rows([SAMPLE / "campagne.xlsx"]) == as_csv
    assert {kind: len(found) for kind, found in as_csv.items()} == {
        "cabinets": 8,
        "personnes": 39,
        "dossiers": 89,
        "questions": 110,
        "documents": 24,
        "statistiques": 50,
    }


def test_no_cell_brings_what_nobody_sees_nor_a_second_line(tmp_path: Path) -> None:
    evil = "\u202eNom\r\nBcc: x@y.example\x00\u200b\u2028{{ 7*7 }}\x1b[2J"
    lines = ["cabinet,nom", f'C01,"{evil}"']
    for path in (
        csv(tmp_path, "\n".join(lines)),
        xlsx(tmp_path, "cabinets", ["cabinet", "nom"], ["C01", evil.replace("\x00", "")[:-4]]),
    ):
        (sheet,) = read([path])
        assert sheet.rows[0]["nom"].startswith("Nom Bcc: x@y.example {{ 7*7 }}")
    (sheet,) = read([csv(tmp_path, 'dossier,exercice,question\nD1,2025,"Un\r\ndeux"', "questions.csv")])
    assert sheet.rows[0]["question"] == "Un\ndeux"


def test_fold() -> None:
    assert fold(" Pièce  Attendue\xa0") == fold("piece_attendue") == fold("PIÈCE-ATTENDUE")
