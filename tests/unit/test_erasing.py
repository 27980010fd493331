"""What goes and what stays: decided for every column that may hold words."""

from __future__ import annotations

import base64
import quopri
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.mail import traces
from mailbot.service.keeping.erasing import _ago, ranges
from mailbot.service.keeping.forgetting import _without
from mailbot.store.db import Store, migrate, moment
from mailbot.store.erasing import BLANKED, DELETED, KEPT

ROOT = Path(__file__).resolve().parents[2]
#: names of columns that are times or hashes, whatever they hold
PLAIN = re.compile(r"(?:.*_at|at|until|since|.*sha256)$")


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    store = Store(tmp_path / "mailbot.db")
    migrate(store, ROOT / "db")
    yield store.conn
    store.close()


def columns(conn: sqlite3.Connection) -> dict[str, list[str]]:
    """The columns of words of each table."""
    rows = conn.execute(
        "select m.name as tbl, c.name as col, c.type from sqlite_master m, pragma_table_info(m.name) c "
        "where m.type = 'table' and m.name not like '\\_%' escape '\\'"
    ).fetchall()
    found: dict[str, list[str]] = {row["tbl"]: [] for row in rows}
    for row in rows:
        if row["type"].lower() in ("text", "blob", "") and not PLAIN.match(row["col"]):
            found[row["tbl"]].append(row["col"])
    return found


def test_it_is_decided_of_every_column_whether_it_goes_or_stays(conn: sqlite3.Connection) -> None:
    """A new column fails here until it stands in BLANKED, its table in DELETED, or it in KEPT with a reason."""
    for table, names in columns(conn).items():
        if table in DELETED:
            continue
        kept = {name for group in KEPT.get(table, {}) for name in group.split()}
        gone = set(BLANKED.get(table, {}))
        assert set(names) - kept - gone == set(), f"{table}: erased, or kept with a reason?"
        assert kept & gone == set(), table
        assert all(KEPT.get(table, {}).values()), f"{table}: a reason"


def test_nothing_is_decided_of_what_is_not_there(conn: sqlite3.Connection) -> None:
    found = columns(conn)
    everything = {row["name"] for row in conn.execute("select name from sqlite_master where type = 'table'")}
    assert DELETED | BLANKED.keys() | KEPT.keys() <= everything
    for table, group in KEPT.items():
        assert {name for names in group for name in names.split()} <= set(found[table]), table
    for table, values in BLANKED.items():
        sets = ", ".join(f"{name} = {value}" for name, value in values.items())
        conn.execute(f"update {table} set {sets} where 0")


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ("2026-11-24", 72, "2020-11-24"),
        ("2028-02-29", 12, "2027-02-28"),
        ("2026-01-31", 2, "2025-11-30"),
        ("2026-12-31", 12, "2025-12-31"),
        ("2026-03-31", 1, "2026-02-28"),
    ],
)
def test_years_and_months_ago(now: str, months: int, then: str) -> None:
    assert _ago(moment(f"{now}T08:00:00Z"), months).date().isoformat() == then


def test_the_words_of_one_go_out_of_the_answer_of_another() -> None:
    his = ["le détail", "le détail\n\nsuite", " "]
    assert _without("Avant.\n\nle détail\n\nsuite\n\nAprès.", his) == "Avant.\n\n[texte effacé]\n\nAprès."
    assert _without("Rien de lui.", his) == "Rien de lui."


def test_ranges() -> None:
    assert ranges([1, 3, 4, 5, 9, 10]) == "1, 3-5, 9-10"
    assert ranges([]) == ""


@pytest.mark.parametrize(
    "written",
    [
        "Bonjour Aïcha Dubois,",
        "AÏCHA DUBOIS",
        "aicha dubois",
        "Dubois Aïcha",
        "Dubois, Aïcha",
        "> Aïcha\n> Dubois",
        "Aïcha\u00a0Dubois",
        "A\u0131cha".replace("\u0131", "i\u0308") + " Dubois",
        "Aïcha&nbsp;Dubois",
        "a.dubois@cabinet.example",
        "mailto:A.Dubois%40cabinet.example?subject",
    ],
)
def test_a_person_is_found_however_the_name_is_written(written: str) -> None:
    found = traces.pattern(("Aïcha Dubois",), ("a.dubois@cabinet.example",))
    assert found.sub("X", written) != written


def test_others_are_not_found() -> None:
    found = traces.pattern(("Aïcha Dubois", "Zoé d'Ornano-Petit"), ("a.dubois@cabinet.example",))
    for other in (
        "Aïcha Duboisset",
        "Maïcha Dubois",
        "Marie Dubois",
        "ma.dubois@cabinet.example",
        "Aïcha et Marie Dubois",
    ):
        assert found.search(other) is None, other
    assert found.search("Zoe D&#39;ORNANO petit")
    assert traces.pattern((), ()).search("") is None


def test_a_word_is_found_in_every_form_of_a_message() -> None:
    word = "détail-canari"
    forms = [
        word.encode(),
        word.encode("latin-1"),
        quopri.encodestring(("x " * 34 + word).encode()),
        base64.b64encode(word.encode()),
        base64.encodebytes(("mot " * 60 + word).encode()),
        b"Subject: =?utf-8?q?d=C3=A9tail-?=\r\n =?utf-8?b?" + base64.b64encode(b"canari") + b"?=",
    ]
    for raw in forms:
        mail = b"From: a@b.example\r\n\r\n" + raw + b"\r\n"
        assert any(word in form for form in traces.forms(mail)), raw
