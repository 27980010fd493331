"""Results for the association's own software: what was handed over, and nothing else."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailbot.demo.postoffice import reply
from mailbot.service import alarm, results
from tests.campaign import AICHA, ELISE, MAITE, REF, Campaign
from tests.operators import Run, handed_over

pytestmark = pytest.mark.slow  # whole services and files: `make test` only


def csv_rows(path: Path) -> dict[str, dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return {row["reference"]: row for row in csv.DictReader(file)}


def test_results_hold_what_was_handed_over_and_nothing_before(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.", files={"détail.pdf": b"%PDF-1.4\n"})
    file = tmp_path / "results.csv"
    assert run("results", str(file))[0] == 0
    row = csv_rows(file)[REF]
    assert (row["etat"], row["reponse"], row["pieces"]) == ("En attente de validation par l’expert", "", "")
    assert len(csv_rows(file)) == 110
    campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "OK")
    run("treat", REF, "--by", "gestion1@assaprol.example", "--outcome", "corrective_return")
    assert run("results", str(file))[0] == 0
    row = csv_rows(file)[REF]
    assert (row["reponse"], row["repondu_par"], row["valide_par"]) == ("Le détail.", AICHA[1], MAITE[1])
    assert (row["etat"], row["issue"], row["pieces"]) == ("Traitée", "déclaration rectificative demandée", "détail.pdf")
    offset = campaign.system.today().strftime("%z")
    assert row["traitee_le"].replace(":", "").endswith(offset), "in the zone of the association"
    found = {row["ref"]: row for row in json_rows(run, tmp_path)}[REF]
    assert (found["answer"], found["approved_by"], found["outcome"]) == ("Le détail.", MAITE[1], "corrective_return")
    assert found["files"][0]["name"] == "détail.pdf"


def json_rows(run: Run, folder: Path, *more: str) -> list[dict[str, Any]]:
    code, _, err = run("results", str(folder / "results.json"), *more)
    assert code == 0, err
    found: list[dict[str, Any]] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return found


def test_what_people_typed_is_never_a_formula(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    handed_over(campaign)
    run("results", str(tmp_path / "results.csv"))
    assert csv_rows(tmp_path / "results.csv")[REF]["reponse"] == "'-9 840 € en tout."
    with campaign.system.store.tx() as conn:
        conn.execute("update answer set text = ? where version = 2", ("=HYPERLINK(A1)\x07" + "x" * 40_000,))
    run("results", str(tmp_path / "results.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "results.xlsx")
    header, *rows = book["resultats"].iter_rows()
    assert [cell.value for cell in header] == list(results.HEADERS)
    (row,) = [dict(zip(results.HEADERS, r, strict=True)) for r in rows if r[0].value == REF]
    assert row["reponse"].data_type == "s"
    assert row["reponse"].value.startswith("=HYPERLINK(A1)x")
    assert "texte coupé : 40014 caractères" in row["reponse"].value
    assert row["valide_le"].value.hour == campaign.system.today().hour


def plain(text: str) -> str:
    return results._plain(text, results.ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", " =1", "\u00a0+1", "|x", "＝1", "－1", "−1"])
def test_every_way_to_begin_a_formula_is_defused(text: str) -> None:
    assert plain(text) == f"'{text}"


@given(st.text(st.sampled_from('=+-@|＝;,\t\r\n" \u00a0\u200b\u2028a1')))
@example("ok;=cmd|' /C calc'!A1")
def test_no_cell_of_any_csv_begins_a_formula(text: str) -> None:
    """However the program that opens it parts cells and lines, and whatever it skips before one."""
    for cell in re.split('[;,|\t\r\n"]', plain(text)):
        assert cell.lstrip(" \u00a0\u200b")[:1] not in set("=+-@＝")
    assert plain(text)[:1] not in set("\t\r\n|")


def test_what_people_type_reads_as_they_typed_it() -> None:
    for text in ("10 - 5 = 5", "Loyer-2025", "a+b@c.example", "l'avoir", "Oui.\nNon."):
        assert plain(text) == text


def test_since_means_changed_since(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    today = campaign.system.today().date()
    assert len(json_rows(run, tmp_path, "--since", today.isoformat())) == 3, "those that were asked today"
    assert json_rows(run, tmp_path, "--since", (today + alarm.timedelta(days=1)).isoformat()) == []
    assert run("results", str(tmp_path / "x.csv"), "--since", "demain")[0] == 1
    assert run("results", str(tmp_path / "x.ods"))[0] == 1


def test_a_file_of_results_is_replaced_whole_or_not_at_all(
    campaign: Campaign, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "results.csv"
    file.write_text("what stood there")
    monkeypatch.setattr(results.results, "get", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left", "x")))
    assert run("results", str(file))[0] == 1
    assert file.read_text() == "what stood there"
    assert [path.name for path in tmp_path.glob(".results*")] == []


def test_files_keep_their_names_and_never_meet(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    message = reply(campaign.letter(ELISE, "question"), ELISE, "Voici.")
    for name, data in (("a.pdf", b"%PDF-1\n"), ("A.pdf", b"%PDF-2\n"), ("../../etc/a.pdf", b"%PDF-3\n")):
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    campaign.hand_in(message)
    assert campaign.show()["state"] == "submitted"
    for _ in range(2):  # a second time replaces, and makes no copies
        found = {row["ref"]: row for row in json_rows(run, tmp_path, "--files", str(tmp_path / "out"))}[REF]
    written = {path.relative_to(tmp_path / "out").as_posix(): path.read_bytes() for path in
               (tmp_path / "out").rglob("*") if path.is_file()}  # fmt: skip
    assert {f["path"]: f["sha256"] for f in found["files"]} == {
        path: hashlib.sha256(data).hexdigest() for path, data in written.items()
    }
    assert len(written) == 3
    assert f"{REF}/A (2).pdf" in written


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("/etc/passwd", "_etc_passwd"),
        ("..", "x"),
        ("C:\\a\\b.pdf", "C__a_b.pdf"),
        ("con.pdf", "_con.pdf"),
        ("a\u202efdp.exe", "a_fdp.exe"),
        ("é" * 200 + ".pdf", "é" * 73 + ".pdf"),
        ("a\x00b\n.pdf", "a_b_.pdf"),
        (".htaccess", "htaccess"),
    ],
)
def test_a_name_is_one_file_in_one_folder(name: str, kept: str) -> None:
    assert results.safe(name, "x") == kept
    assert len(results.safe(name, "x").encode()) <= results.NAME_BYTES


def test_no_file_is_written_outside_the_folder(tmp_path: Path) -> None:
    unpacked = results.Unpacked(tmp_path / "out")
    for ref, name in (("../x", "../../a"), ("..", ".."), ("/etc", "/etc/a"), ("", ""), ("a/../..", "b/../../../c")):
        path = unpacked.put(ref, name, b"x")
        assert (tmp_path / "out" / path).resolve().parent.parent == (tmp_path / "out").resolve()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 5
