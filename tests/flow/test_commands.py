"""The commands as an operator types them, on a real database."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import smtplib
import time
from pathlib import Path
from typing import Any

import pytest

from mailbot import resources
from mailbot.demo.postoffice import PostOffice, reply
from mailbot.demo.sandbox import SAMPLE, SHEETS, configuration, sandbox
from mailbot.store.db import moment
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, REF, Campaign
from tests.operators import Run


@pytest.fixture
def run(command: Run) -> Run:
    """Run one command line in a folder: (exit code, stdout, stderr)."""
    return lambda folder, *words: command(folder / "config.toml", *words)


@pytest.fixture
def folder(tmp_path: Path, run: Run) -> Path:
    """A sandbox of an operator: initialised, the sample campaign imported."""
    (tmp_path / "config.toml").write_text(configuration(1), encoding="utf-8")
    assert run(tmp_path, "init", "--sandbox")[0] == 0
    assert run(tmp_path, "import", *(str(SAMPLE / f"{name}.csv") for name in SHEETS))[0] == 0
    return tmp_path


def words(*said: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said[1])
    return found


def test_init_is_safe_to_repeat_and_keeps_the_key_private(folder: Path, run: Run) -> None:
    key = folder / "var" / "mailbot.key"
    before = key.read_text()
    assert run(folder, "init")[0] == 0
    assert key.read_text() == before
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    code, _, err = run(folder, "status")
    assert (code, "chmod 600" in err) == (1, True)


@pytest.mark.slow
def test_init_in_an_empty_folder_brings_a_configuration(tmp_path: Path, run: Run) -> None:
    code, out, _ = run(tmp_path / "new", "init")
    assert code == 0
    assert "set [oga] and [mail]" in out
    assert run(tmp_path / "new", "check")[0] == 0


@pytest.mark.slow
def test_check_names_everything_at_once(folder: Path, run: Run) -> None:
    assert run(folder, "check")[0] == 0
    config = folder / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("max_parts = 100", "max_parts = 'many'\nmax_partz = 3"), encoding="utf-8")
    code, out, _ = run(folder, "check")
    assert code == 1
    assert "mail.max_parts" in out
    assert "mail.max_partz" in out
    assert run(folder, "status")[0] == 1


@pytest.mark.slow
def test_a_broken_template_is_found_by_check(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    data, copy = resources.data, folder / "templates"
    shutil.copytree(data("templates"), copy)
    (copy / "question" / "body.txt").write_text("{% if %}")
    monkeypatch.setattr(resources, "data", lambda name: copy if name == "templates" else data(name))
    code, out, _ = run(folder, "check")
    assert (code, "templates/question/body.txt" in out) == (1, True), out
    (copy / "question" / "body.txt").unlink()
    code, out, _ = run(folder, "check")
    assert (code, "TemplateNotFound: " in out) == (1, True), out
    (copy / "question" / "body.txt").write_text("{{ nobody_knows_this }}")
    code, out, _ = run(folder, "check")
    assert (code, "'nobody_knows_this' is undefined" in out) == (1, True)


def test_nothing_leaves_without_the_number_typed(folder: Path, run: Run) -> None:
    code, out, _ = run(folder, "ask", "--dry-run")
    assert (code, out) == (0, "110 questions, 136 letters\n")
    code, _, err = run(folder, "ask")
    assert (code, "--yes" in err) == (1, True)
    assert words(*run(folder, "status", "--json"))["questions"]["draft"] == 110
    assert run(folder, "ask", "--dossier", "D0009", "--yes")[0] == 0
    assert words(*run(folder, "status", "--json"))["questions"]["asked"] == 3


def test_a_broken_sheet_imports_nothing_and_lists_its_rows(folder: Path, run: Run) -> None:
    sheet = folder / "questions.csv"
    sheet.write_text("dossier,exercice,code,question\nD0009,2025,,Bonne ?\nD9999,2025,,Qui ?\nD0009,deux,,?\n")
    code, _, err = run(folder, "import", str(sheet))
    assert code == 1
    assert "line 3" in err
    assert "line 4" in err
    assert words(*run(folder, "status", "--json"))["questions"]["draft"] == 110


def test_one_process_works_a_database(folder: Path, run: Run) -> None:
    with open(folder / "var" / "mailbot.lock", "w") as held:
        held.write(str(os.getpid()))
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)
        code, _, err = run(folder, "tick")
        assert (code, str(os.getpid()) in err) == (1, True)
        assert run(folder, "status")[0] == 0, "everything else runs beside it"


def test_time_goes_forward_and_ahead_only_in_a_sandbox(folder: Path, run: Run) -> None:
    assert run(folder, "tick", "--at", "2030-01-01T08:00:00Z")[0] == 0
    code, _, err = run(folder, "tick", "--at", "2029-01-01T08:00:00Z")
    assert (code, "time does not go back" in err) == (1, True)
    assert run(folder, "ask", "--dossier", "D0009", "--yes")[0] == 0
    asked = words(*run(folder, "show", REF, "--json"))["history"][0]["at"]
    assert moment(asked).year == 2030
    real = folder / "real"
    real.mkdir()
    (real / "config.toml").write_text(configuration(1), encoding="utf-8")
    run(real, "init")
    code, _, err = run(real, "tick", "--at", "2030-01-01T08:00:00Z")
    assert (code, "--sandbox" in err) == (1, True)


@pytest.mark.slow
def test_a_question_goes_its_whole_way_on_the_command_line(folder: Path, run: Run) -> None:
    run(folder, "ask", "--dossier", "D0009", "--yes")
    by = {"aicha": AICHA[1], "maite": MAITE[1], "mireille": MIREILLE[1]}
    steps = (
        ("answer", "aicha", ["--text", "Le détail."], "proposed"),
        ("send-back", "maite", ["--text", "La date ?"], "asked"),
        ("answer", "aicha", ["--text", "Le 1er mars."], "proposed"),
        ("amend", "maite", ["--text", "Le contrat B."], "submitted"),
        ("ask-again", "mireille", ["--text", "Et la page 2 ?", "--due", "2027-02-01"], "asked"),
        ("set-due", "mireille", ["--due", "2027-03-01"], "asked"),
        ("answer", "maite", ["--text", "La page 2.", "--replace"], "submitted"),
        ("add", "maite", ["--text", "Et la page 3."], "submitted"),
        ("treat", "mireille", ["--outcome", "satisfactory"], "treated"),
        ("withdraw", "mireille", [], None),
    )
    for command, who, more, state in steps:
        code, out, err = run(folder, command, REF, "--by", by[who], *more)
        assert (code, out) == ((0, f"{REF} is {state}\n") if state else (1, "")), err
    shown = words(*run(folder, "show", REF, "--json"))
    assert shown["answers"][-1]["text"] == "La page 2.\n\nEt la page 3."
    assert {a["channel"] for a in shown["answers"]} == {"cli"}


def test_who_may_not_is_told_so(folder: Path, run: Run) -> None:
    run(folder, "ask", "--dossier", "D0009", "--yes")
    run(folder, "answer", REF, "--by", AICHA[1], "--text", "Le détail.")
    code, _, err = run(folder, "approve", REF, "--by", AICHA[1])
    assert (code, "expert of the dossier" in err) == (1, True)
    assert run(folder, "approve", REF, "--by", "nobody@x.example")[0] == 1
    assert run(folder, "approve", "D0009-2025-99", "--by", MAITE[1])[0] == 1
    assert run(folder, "approve", REF)[0] == 2


def test_what_scripts_read(folder: Path, run: Run) -> None:
    run(folder, "ask", "--dossier", "D0009", "--yes")
    shown = words(*run(folder, "show", REF, "--json"))
    assert {"ref", "dossier", "state", "code", "text", "due", "outcome", "answers", "history", "letters"} <= set(shown)
    assert shown["letters"][0].keys() == {"kind", "to", "state", "message_id", "at"}
    dossier = words(*run(folder, "show", "D0009", "--json"))
    assert dossier["expert"] == MAITE[1]
    assert len(dossier["questions"]) == 3
    assert words(*run(folder, "show", AICHA[1], "--json"))["role"] == "collaborateur"
    assert words(*run(folder, "show", "C01", "--json"))["name"] == "Cabinet Etcheverry & Associés"
    held = words(*run(folder, "address", REF, "--person", AICHA[1], "--purpose", "answer", "--json"))
    assert held.keys() == {"address", "page", "message_id"}
    assert held["message_id"] in {letter["message_id"] for letter in shown["letters"]}
    assert run(folder, "address", REF, "--person", MAITE[1], "--purpose", "approve")[0] == 1, "no answer yet"
    assert run(folder, "show", "nothing")[0] == 1


def test_read_tells_what_a_mail_would_do_and_stores_nothing(folder: Path, run: Run) -> None:
    run(folder, "ask", "--dossier", "D0009", "--yes")
    held = words(*run(folder, "address", REF, "--person", AICHA[1], "--purpose", "answer", "--json"))
    raw = f"From:\r\n {AICHA[1]}\r\nTo: {held['address']}\r\nSubject: Re\r\nMessage-ID: <1@x>\r\n\r\nLe détail.\r\n"
    (folder / "mail.eml").write_text(raw, encoding="utf-8")
    found = words(*run(folder, "read", str(folder / "mail.eml")))
    assert (found["disposition"], found["text"], found["trust"]) == ("accept", "Le détail.", "token")
    command = {"verb": "propose", "question": REF, "args": {}, "text": "Le détail.", "outcome": "done"}
    assert found["commands"] == [command]
    alone = words(*run(folder, "read", str(folder / "mail.eml"), "--as", ELISE[1]))
    assert alone["commands"][0]["verb"] == "submit"
    assert run(folder, "read", str(folder / "mail.eml"), "--text")[1] == "Le détail.\n"
    (folder / "mail.eml").write_text(raw.replace("Le détail.", "Je n'ai pas ce dossier"), encoding="utf-8")
    (passed,) = words(*run(folder, "read", str(folder / "mail.eml")))["commands"]
    assert (passed["verb"], passed["args"], passed["outcome"]) == ("pass_on", {"question": REF}, "done")
    (folder / "mail.eml").write_text(raw.replace("Le détail.", "Besoin de temps jusqu'au 22/12"), encoding="utf-8")
    later = words(*run(folder, "read", str(folder / "mail.eml"), "--at", "2026-12-01T09:00:00+01:00"))["commands"][0]
    assert (later["verb"], later["args"]) == ("postpone", {"until": "2026-12-22", "question": REF})
    assert words(*run(folder, "show", REF, "--json"))["state"] == "asked"
    assert words(*run(folder, "status", "--json"))["inbox"] == {"new": 0, "done": 0, "held": 0, "shunted": 0}


def test_held_mail_is_listed_exported_filed_and_retried(campaign: Campaign, office_folder: Path, run: Run) -> None:
    stranger = ("Inès Garat", "ines@mail.example")
    mail = reply(campaign.letter(AICHA, "question"), stranger, "Je réponds pour Aïcha.")
    held = campaign.hand_in(mail)
    code, out, _ = run(office_folder, "inbox", "list", "--json")
    (line,) = [json.loads(row) for row in out.splitlines()]
    assert (line["state"], line["from"], line["disposition"]) == ("held", stranger[1], "hold")
    assert json.loads(run(office_folder, "why", str(mail["Message-ID"]), "--json")[1])["letters"] == []
    run(office_folder, "inbox", "export", str(held["id"]), str(office_folder / "x.eml"))
    assert str(mail["Message-ID"]).encode() in (office_folder / "x.eml").read_bytes()
    assert run(office_folder, "inbox", "assign", str(held["id"]), REF)[0] == 1, "whose answer is it?"
    code, out, _ = run(office_folder, "inbox", "assign", str(held["id"]), REF, "--as", AICHA[1])
    assert (code, "proposed" in out) == (0, True)
    assert campaign.show()["answers"][0]["text"] == "Je réponds pour Aïcha."
    assert run(office_folder, "inbox", "retry", str(held["id"]))[0] == 1, "it waits no more"


@pytest.fixture
def office_folder(campaign: Campaign) -> Path:
    """The folder of the campaign's configuration."""
    return Path(campaign.system.store.path).parent.parent


def test_letters_are_listed_and_shown(campaign: Campaign, office_folder: Path, run: Run) -> None:
    campaign.proposed()
    rows = [json.loads(row) for row in run(office_folder, "outbox", "list", "--all", "--json")[1].splitlines()]
    assert {row["state"] for row in rows} == {"sent"}
    out = run(office_folder, "outbox", "show", str(rows[0]["id"]))[1]
    assert "Répondez au-dessus de cette ligne" in out
    assert run(office_folder, "outbox", "retry", str(rows[0]["id"]))[0] == 1


def test_a_port_in_use_is_said_clearly(folder: Path, run: Run) -> None:
    office = PostOffice()
    office.open()
    config = folder / "config.toml"
    text = config.read_text(encoding="utf-8").replace("port = 0", f"port = {office.port}", 1)
    config.write_text(text, encoding="utf-8")
    code, _, err = run(folder, "serve")
    office.close()
    assert code == 1
    assert f"127.0.0.1:{office.port}" in err


def test_a_folder_that_cannot_be_written_is_said_clearly(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("no folder")
    text = configuration(1).replace("sqlite:var/mailbot.db", "sqlite:file/mailbot.db")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    code, _, err = run(tmp_path, "init")
    assert (code, "file" in err, "writable" in err) == (1, True, True)


@pytest.mark.slow
def test_serve_goes_on_while_the_host_is_away(tmp_path: Path) -> None:
    with sandbox(tmp_path) as here:
        here.run("ask", "--dossier", "D0009", "--yes")
        here.office.close()
        here.start()
        with smtplib.SMTP("127.0.0.1", here.smtp_port, timeout=60) as client:
            assert client.noop()[0] == 250
        waited = time.monotonic() + 60
        while json.loads(here.run("status", "--json"))["outbox"]["deferred"] < 6:
            assert time.monotonic() < waited, "the letters are deferred, and serve is still there"
        rows = [json.loads(row) for row in here.run("outbox", "list", "--json").splitlines()]
        assert all("refused" in row["reply"].lower() for row in rows)


@pytest.mark.parametrize(
    "words",
    [
        ("why", "99999999999999999999"),
        ("inbox", "show", "²"),
        ("outbox", "show", "99999999999999999999"),
        ("tick", "--at", "9999-12-31T23:59:59-12:00"),
        ("answer", REF, "--by", AICHA[1], "--text", ""),
        ("answer", REF, "--by", AICHA[1], "--text", "\udcff"),
        ("set-due", REF, "--by", MIREILLE[1], "--due", "demain"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_clear_line(folder: Path, run: Run, words: tuple[str, ...]) -> None:
    code, _, err = run(folder, *words)
    assert code in (1, 2)
    assert "Traceback" not in err
    assert run(folder, "status")[0] == 0, "and everything still works"


@pytest.mark.parametrize("line", ["1 abcd", f"99 {'ab' * 32}", "x", ""])
def test_a_key_that_could_be_guessed_is_no_key(folder: Path, run: Run, line: str) -> None:
    (folder / "var" / "mailbot.key").write_text(line + "\n")
    code, _, err = run(folder, "status")
    assert (code, "no key file" in err) == (1, True)


def test_a_file_that_is_no_database_is_said_so(folder: Path, run: Run) -> None:
    (folder / "var" / "mailbot.db").write_bytes(b"no database" * 100)
    for command in ("status", "tick"):
        code, _, err = run(folder, command)
        assert (code, "is no database" in err) == (1, True)
    code, out, _ = run(folder, "check")
    assert (code, "error    database" in out) == (1, True)
