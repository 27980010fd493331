"""A campaign comes in whole or not at all, and once however often it is imported."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.errors import ConfigError, ImportRefused
from mailbot.service.catalogue import fill, lacking
from mailbot.service.imports import Report, import_files
from mailbot.store.db import Store, migrate

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "mailbot/demo/sample"
CATALOGUE = ROOT / "mailbot/demo/catalogue.csv"
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
KINDS = ("cabinets", "personnes", "dossiers", "questions", "documents", "statistiques")
TABLES = ("firm", "person", "dossier", "assignment", "question", "document", "statistic", "blob")

GOOD = {
    "cabinets": "cabinet,nom\nC01,Cabinet Etcheverry\nC02,Cabinet Lafitte\n",
    "personnes": "email,nom,role,cabinet,droits\n"
    "g@oga.example,Mireille Anguelu,gestionnaire,,\n"
    "e@c01.example,Maïté Martin,expert,C01,\n"
    "a@c01.example,Aïcha Dubois,collaborateur,C01,répondre\n"
    "e@c02.example,Jean Lafitte,expert,C02,\n"
    "m@membre.example,Zoé Etchegoyen,adhérent,,\n",
    "dossiers": "dossier,adherent,profession,cabinet,expert,collaborateurs,gestionnaire\n"
    "D0001,Nadège Larralde,Psychologue,C01,e@c01.example,a@c01.example,g@oga.example\n"
    "D0002,Zoé Etchegoyen,Géomètre,,m@membre.example,,g@oga.example\n",
    "questions": "dossier,exercice,code,question,parametres,piece_attendue,echeance\n"
    "D0001,2025,COH-12,,montant=38 838,,15/12/2026\n"
    "D0001,2025,,Pourquoi $montant ?,,Une note,2026-12-15\n"
    "D0002,2025,COH-12,,montant=1,,\n"
    "D0001,2025,,Et encore ?,,,\n",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path / "mailbot.db")
    migrate(found, ROOT / "db")
    yield found
    found.close()


def files(folder: Path, **sheets: str) -> list[Path]:
    """The good sheets, those given instead, as files; "" leaves one out."""
    folder.mkdir(exist_ok=True)
    written = []
    for kind, text in (GOOD | sheets).items():
        if text:
            written.append(folder / f"{kind}.csv")
            written[-1].write_text(text, encoding="utf-8")
    return written


def run(store: Store, paths: list[Path], dry_run: bool = False) -> Report:
    return import_files(store, paths, CATALOGUE, NOW, dry_run)


def refused(store: Store, paths: list[Path]) -> list[str]:
    before = dump(store)
    with pytest.raises(ImportRefused) as caught:
        run(store, paths)
    assert dump(store) == before
    return [str(row) for row in caught.value.rows]


def dump(store: Store) -> dict[str, list[tuple[object, ...]]]:
    return {table: [tuple(row) for row in store.conn.execute(f"select * from {table}")] for table in TABLES}


def question(store: Store, ref: str) -> sqlite3.Row:
    row = store.conn.execute("select * from question where ref = ?", (ref,)).fetchone()
    assert row is not None
    return row


def test_the_sample(store: Store) -> None:
    report = run(store, sorted(SAMPLE.glob("*.csv")))
    assert {kind: change["new"] for kind, change in report.counts.items()} == dict(
        zip(KINDS, (8, 39, 89, 110, 24, 50), strict=True)
    )
    found = question(store, "D0009-2025-2")
    assert found["text"].startswith("Le poste « autres frais divers de gestion » atteint 24 725 €, soit 34 %")
    assert (found["code"], found["form"], found["line"]) == ("VRA-05", "2035-A", "BM (ligne 30)")
    assert (found["due"], found["state"], found["number"]) == ("2026-12-15", "draft", 2)
    assert found["document"] == "Détail des comptes composant la ligne 30"
    assert not store.conn.execute("select ref from question where text like '%$%' or document like '%$%'").fetchall()
    kept = store.conn.execute(
        "select b.bytes from document d join blob b on b.sha256 = d.sha256 where d.name = 'D0001-2025-dae.pdf'"
    ).fetchone()
    assert kept["bytes"] == (SAMPLE / "D0001-2025-dae.pdf").read_bytes()


def test_again_changes_nothing_whichever_way_it_comes(store: Store) -> None:
    run(store, sorted(SAMPLE.glob("*.csv")))
    before = dump(store)
    for paths in (sorted(SAMPLE.glob("*.csv")), [SAMPLE / "campagne.xlsx"]):
        report = run(store, paths)
        assert all(change["new"] == change["changed"] == 0 for change in report.counts.values())
        assert dump(store) == before


@pytest.mark.parametrize("address", ["eccv@oga.example", "ECCV+abc@oga.example", "no-reply@firm.example"])
def test_an_address_of_ours_or_of_nobody_is_no_person(store: Store, tmp_path: Path, address: str) -> None:
    row = f"{address},X,gestionnaire,,,,\n"
    paths = files(tmp_path, personnes=GOOD["personnes"] + row)
    with pytest.raises(ImportRefused) as caught:
        import_files(store, paths, CATALOGUE, NOW, own="eccv@oga.example")
    assert address.lower() in str(caught.value.rows[0]), "it names the address"


def test_a_dry_run_counts_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    before = dump(store)
    report = run(store, files(tmp_path), dry_run=True)
    assert report.dry_run
    assert report.counts["questions"] == {"new": 4, "changed": 0, "same": 0}
    assert dump(store) == before


def test_questions_are_numbered_in_the_order_of_the_sheet(store: Store, tmp_path: Path) -> None:
    run(store, files(tmp_path))
    assert "$montant" in question(store, "D0001-2025-2")["text"], "the text of a sheet is no template"
    assert question(store, "D0001-2025-3")["text"] == "Et encore ?"
    assert "38 838" in question(store, "D0001-2025-1")["text"]
    more = "dossier,exercice,question\nD0001,2025,Une de plus ?\nD0001,2025,Une de plus ?\nD0001,2024,Avant ?\n"
    report = run(store, files(tmp_path, cabinets="", personnes="", dossiers="", questions=more))
    assert report.counts == {"questions": {"new": 3, "changed": 0, "same": 0}}
    assert question(store, "D0001-2025-4")["text"] == question(store, "D0001-2025-5")["text"]
    assert question(store, "D0001-2024-1")["text"] == "Avant ?"


def test_a_draft_is_brought_up_to_date_and_an_asked_question_stays(store: Store, tmp_path: Path) -> None:
    run(store, files(tmp_path))
    with store.tx() as conn:
        conn.execute("update question set state = 'asked' where ref = 'D0002-2025-1'")
    later = (
        GOOD["questions"].replace("2026-12-15", "2026-12-31").replace("montant=1,,", "montant=1,Un relevé,2026-12-31")
    )
    report = run(store, files(tmp_path, questions=later))
    assert report.counts["questions"] == {"new": 0, "changed": 1, "same": 3}
    assert question(store, "D0001-2025-2")["due"] == "2026-12-31"
    assert question(store, "D0002-2025-1")["due"] is None


def test_firms_people_and_dossiers_are_brought_up_to_date(store: Store, tmp_path: Path) -> None:
    run(store, files(tmp_path))
    report = run(
        store,
        files(
            tmp_path,
            cabinets=GOOD["cabinets"].replace("Lafitte", "Lafitte & Fils"),
            personnes=GOOD["personnes"].replace("répondre", "répondre_seul"),
            dossiers=GOOD["dossiers"].replace(",a@c01.example,", ",,"),
        ),
    )
    assert [report.counts[kind]["changed"] for kind in KINDS[:3]] == [1, 1, 1]
    rights = store.conn.execute("select rights from person where email = 'a@c01.example'").fetchone()["rights"]
    assert rights == "repondre repondre_seul"
    assert not store.conn.execute("select * from assignment").fetchall()


@pytest.mark.parametrize(
    ("kind", "old", "new", "why"),
    [
        ("dossiers", "C01,e@c01", "C01,x@c01", "dossiers.csv, line 2, column expert: no such person: x@c01.example"),
        ("dossiers", "D0002,Z", "d0001,Z", "line 3, column dossier: d0001 stands on line 2 already"),
        ("dossiers", "C01,e@c01", "C01,a@c01", "column expert: a@c01.example is collaborateur, not expert"),
        ("dossiers", "C01,e@c01", "C01,e@c02", "column expert: e@c02.example belongs to C02, the dossier to C01"),
        ("dossiers", "a@c01.example,g@", "a@c01.example,e@", "column gestionnaire: no such person: e@oga.example"),
        ("dossiers", "D0002,", "D 2,", "column dossier: D 2: letters, digits"),
        ("dossiers", "Nadège Larralde", "", "line 2, column adherent: must be given"),
        ("personnes", "expert,C01", "patron,C01", "line 3, column role: no such role: patron"),
        ("personnes", "expert,C02", "expert,C09", "line 5, column cabinet: no such firm: C09"),
        ("personnes", "expert,C02", "expert,", "line 5, column cabinet: must be given for the role expert"),
        ("personnes", "adhérent,", "adhérent,C01", "line 6, column cabinet: must be empty"),
        ("personnes", "e@c02.example", "E@c01.example", "line 5, column email: E@c01.example stands on line 3 already"),
        ("personnes", "e@c02.example", "lafitte", "line 5, column email: not an address: lafitte"),
        ("personnes", "répondre", "repondre;voter", "line 4, column droits: no such right: voter"),
        ("questions", "15/12/2026", "31/02/2026", "questions.csv, line 2, column echeance: not a date: 31/02/2026"),
        ("questions", "D0001,2025,COH-12", "D0001,2025,COH-99", "line 2, column code: no such code in the catalogue"),
        ("questions", "montant=38 838", "", "line 2, column parametres: the text of COH-12 needs montant=…"),
        ("questions", "montant=38 838", "montant", "line 2, column parametres: « montant » is not name=value"),
        ("questions", "D0002,2025", "D0009,2025", "line 4, column dossier: no such dossier: D0009"),
        ("questions", "D0002,2025", "D0002,25", "line 4, column exercice: not a year: 25"),
        ("questions", "Et encore ?", "", "line 5, column question: must be given where there is no code"),
        ("questions", "Et encore ?", "=A1", "line 5, column question: a formula"),
    ],
)
def test_one_wrong_cell_stops_the_import(store: Store, tmp_path: Path, kind: str, old: str, new: str, why: str) -> None:
    assert old in GOOD[kind]
    assert why in "\n".join(refused(store, files(tmp_path, **{kind: GOOD[kind].replace(old, new, 1)})))


def test_every_wrong_row_is_named(store: Store, tmp_path: Path) -> None:
    wrong = "dossier,exercice,code,parametres,echeance\nD7,25,X,,demain\nD0001,2025,COH-12,montant=1,never\n"
    assert [row.split(": ")[0] for row in refused(store, files(tmp_path, questions=wrong))] == [
        "questions.csv, line 2, column dossier",
        "questions.csv, line 2, column exercice",
        "questions.csv, line 2, column code",
        "questions.csv, line 2, column echeance",
        "questions.csv, line 3, column echeance",
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("D0001,2025,dae,gone.pdf", "line 2, column fichier: no such file beside the sheet: gone.pdf"),
        ("D0001,2025,dae,../outside.pdf", "line 2, column fichier: ../outside.pdf does not lie beside the sheet"),
        ("D0001,2025,avis,here.pdf", "line 2, column type: no such document: avis; there are dae, crm"),
        ("D0001,2025,dae,here.pdf\nD0001,2025,DAE,here.pdf", "line 3, column type: DAE stands on line 2 already"),
    ],
)
def test_wrong_documents(store: Store, tmp_path: Path, line: str, why: str) -> None:
    folder = tmp_path / "sheets"
    paths = files(folder, documents=f"dossier,exercice,type,fichier\n{line}\n")
    (folder / "here.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "outside.pdf").write_bytes(b"%PDF-1.7")
    assert why in "\n".join(refused(store, paths))


def test_a_newer_document_takes_the_place_of_the_old_one(store: Store, tmp_path: Path) -> None:
    paths = files(tmp_path, documents="dossier,exercice,type,fichier\nD0001,2025,dae,here.pdf\n")
    (tmp_path / "here.pdf").write_bytes(b"%PDF-1.7 one")
    run(store, paths)
    (tmp_path / "here.pdf").write_bytes(b"%PDF-1.7 two")
    assert run(store, paths).counts["documents"] == {"new": 0, "changed": 1, "same": 0}
    rows = store.conn.execute("select b.bytes from document d join blob b on b.sha256 = d.sha256").fetchall()
    assert [row["bytes"] for row in rows] == [b"%PDF-1.7 two"]


def test_warnings_do_not_stop_it(store: Store, tmp_path: Path) -> None:
    run(store, files(tmp_path))
    people = GOOD["personnes"].replace("cabinet,droits", "cabinet,droits,actif").replace("répondre", "répondre,non")
    people += "contact@c02.example,Anne Lafitte,expert,C02,,\n"
    questions = GOOD["questions"].replace("15/12/2026", "01/10/2026")
    assert run(store, files(tmp_path, personnes=people, questions=questions)).warnings == (
        "personnes.csv, line 4: a@c01.example is deactivated",
        "personnes.csv, line 7: contact@c02.example looks like a mailbox that several people read; "
        "an expert decides from it",
        "dossiers.csv, line 2: a@c01.example (collaborateurs) is not active",
        "questions.csv, line 2: the date 01/10/2026 (echeance) is past",
    )


def test_a_failure_while_writing_leaves_nothing(store: Store, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == total - 1:
            raise KeyboardInterrupt

    before = dump(store)
    with pytest.raises(KeyboardInterrupt):
        import_files(store, files(tmp_path), CATALOGUE, NOW, progress=stop)
    assert dump(store) == before


def test_progress_counts_every_row(store: Store, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    import_files(store, files(tmp_path), CATALOGUE, NOW, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 13) for n in range(1, 14)]


def test_a_catalogue_that_cannot_be_read(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"questions\.catalogue"):
        import_files(store, files(tmp_path), tmp_path / "gone.csv", NOW)
    bare = tmp_path / "bare.csv"
    bare.write_text("code,question\nA,B\n")
    with pytest.raises(ConfigError, match="lacks the column titre_court"):
        import_files(store, files(tmp_path), bare, NOW)


def test_places_are_filled_as_plain_data() -> None:
    assert fill("$montant € et $montant_lie €", {"montant": "$montant_lie", "montant_lie": r"\1 {{x}}"}) == (
        r"$montant_lie € et \1 {{x}} €"
    )
    assert lacking("$a $b $a", {"b": "1"}) == ["a"]


@pytest.mark.slow
def test_ten_thousand_questions(store: Store, tmp_path: Path) -> None:
    for name in ("cabinets", "personnes", "dossiers"):
        shutil.copy(SAMPLE / f"{name}.csv", tmp_path)
    lines = [f"D{1 + n % 9:04},2025,Question numéro {n} ?\n" for n in range(10_000)]
    (tmp_path / "questions.csv").write_text("dossier,exercice,question\n" + "".join(lines), encoding="utf-8")
    began = datetime.now(UTC)
    report = run(store, sorted(tmp_path.glob("*.csv")))
    assert report.counts["questions"]["new"] == 10_000
    assert (datetime.now(UTC) - began).total_seconds() < 15
