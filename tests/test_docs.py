"""What the documents say exists: every name in docs/flow.md, and the schema as the migrations give it."""

from __future__ import annotations

import re
from pathlib import Path
from pkgutil import resolve_name

import pytest

from mailbot.store.db import Store, migrate

ROOT = Path(__file__).resolve().parent.parent
NAMES = sorted(set(re.findall(r"`(mailbot(?:\.\w+)+)`", (ROOT / "docs" / "flow.md").read_text(encoding="utf-8"))))


@pytest.mark.parametrize("name", NAMES)
def test_what_the_flow_names_exists(name: str) -> None:
    assert resolve_name(name) is not None


def test_the_flow_names_its_steps() -> None:
    assert len(NAMES) > 30
    assert "mailbot.domain.questions.decide" in NAMES


def test_a_name_that_is_gone_is_noticed() -> None:
    with pytest.raises(AttributeError):
        resolve_name("mailbot.domain.questions.decided_elsewhere")


def tables(store: Store) -> dict[str, list[str]]:
    """The statements that made each table and its indexes, table first."""
    rows = store.conn.execute(
        "select tbl_name, sql from sqlite_master where sql is not null and tbl_name not like '\\_%' escape '\\' "
        "and tbl_name not like 'sqlite\\_%' escape '\\' order by tbl_name, type desc, name"
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["tbl_name"], []).append(f"{row['sql']};\n")
    return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "mailbot.db")
    migrate(store, ROOT / "db")
    return store


def test_schema_sql_is_what_the_migrations_give(store: Store) -> None:
    """To renew it after a new migration: write what stands on the left into db/schema.sql."""
    assert "\n".join("".join(sql) for sql in tables(store).values()) == (ROOT / "db" / "schema.sql").read_text("utf-8")


def test_every_column_has_its_line_in_the_readme(store: Store) -> None:
    readme = (ROOT / "db" / "README.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `(\w+)`.*?\n(.*?)(?=^## |\Z)", readme, re.M | re.S))
    told = {table: re.findall(r"^\| `(\w+)` \|", text, re.M) for table, text in sections.items()}
    columns = {t: [r["name"] for r in store.conn.execute(f"pragma table_info({t})")] for t in tables(store)}
    assert told == columns


THREATS = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
ROWS = [line for line in THREATS.splitlines() if line.startswith("| ") and not line.startswith("| threat ")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:60])
def test_each_threat_names_tests_that_exist(row: str) -> None:
    *_, tests, _ = row.split("|")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", tests)
    assert named, f"no test: {row}"
    for path, name in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {name}(" in source if name else "def test_" in source, f"{path}::{name}"


def test_there_are_threats() -> None:
    assert len(ROWS) > 30
