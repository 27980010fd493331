"""A copy while it runs, and putting it back."""

from __future__ import annotations

import smtplib
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mailbot.demo.sandbox import Sandbox, sandbox
from mailbot.service import brakes
from mailbot.store import copies
from mailbot.store.db import set_setting
from tests.campaign import REF, Campaign
from tests.gateways.clients import wait_until
from tests.operators import Run, handed_over, kinds_of_journal

pytestmark = pytest.mark.slow  # whole services and files: `make test` only


def folder_of(campaign: Campaign) -> Path:
    return Path(campaign.system.store.path).parent.parent


def test_a_backup_is_whole_private_and_never_takes_the_place_of_another(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    handed_over(campaign)
    file = tmp_path / "copy.db"
    assert run("backup", str(file), "--dry-run")[0] == 0
    assert not file.exists()
    code, out, _ = run("backup", str(file))
    assert (code, "110 questions" in out) == (0, True)
    key = tmp_path / "copy.db.key"
    assert [path.stat().st_mode & 0o777 for path in (file, key)] == [0o600, 0o600]
    assert key.read_bytes() == (folder_of(campaign) / "var" / "mailbot.key").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == ["copy.db", "copy.db.key"]
    before = file.read_bytes()
    code, _, err = run("backup", str(file))
    assert (code, "exists" in err) == (1, True)
    assert file.read_bytes() == before
    file.unlink()
    assert run("backup", str(file))[0] == 1, "nor its key"
    assert run("backup", str(tmp_path / "nowhere" / "x.db"))[0] == 1


def test_a_copy_put_back_starts_paused_and_nothing_of_today_is_lost(
    campaign: Campaign, run: Run, tmp_path: Path
) -> None:
    file, var = tmp_path / "copy.db", folder_of(campaign) / "var"
    run("backup", str(file))
    handed_over(campaign)
    highest = copies.numbers(campaign.system.store.path)
    assert run("restore", str(file), "--dry-run")[0] == 0
    code, _, err = run("restore", str(file))
    assert (code, "110 questions" in err, "--yes" in err) == (1, True, True)
    assert campaign.show()["state"] == "submitted", "nothing was done"
    campaign.system.store.close()
    code, out, _ = run("restore", str(file), "--yes")
    assert (code, "mailbot resume --skip-past" in out) == (0, True)
    assert campaign.show()["state"] == "asked", "as it was when the copy was made"
    assert "restored from copy.db" in brakes.paused(campaign.system.store)
    assert kinds_of_journal(campaign)[-1] == "restored"
    assert run("verify")[0] == 0
    (aside,) = var.glob("mailbot.db.before-*")
    with closing(sqlite3.connect(aside)) as conn:
        assert conn.execute("select state from question where ref = ?", (REF,)).fetchone()[0] == "submitted"
    assert not list(var.glob("mailbot.key.before-*")), "the same key"
    assert not list(var.glob("*restoring*"))
    assert run("resume", "--skip-past", "--yes")[0] == 0
    handed_over(campaign)
    new = copies.numbers(campaign.system.store.path)
    assert all(new[table] > highest[table] + copies.GAP for table in new), "no number of a letter is given twice"


def test_a_key_of_the_copy_takes_the_place_of_todays(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    file, key = tmp_path / "copy.db", folder_of(campaign) / "var" / "mailbot.key"
    run("backup", str(file))
    old = key.read_text()
    key.write_text(f"2 {'ab' * 32}\n")
    assert run("restore", str(file), "--yes")[0] == 0
    assert (key.read_text(), key.stat().st_mode & 0o777) == (old, 0o600)
    (aside,) = key.parent.glob("mailbot.key.before-*")
    assert aside.read_text() == f"2 {'ab' * 32}\n"


def test_a_wal_of_today_is_never_read_into_the_copy(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    """A process died: its last transactions stand in the -wal. They belong to the database that is moved aside."""
    file, database = tmp_path / "copy.db", campaign.system.store.path
    run("backup", str(file))
    campaign.system.store.close()
    code = (
        f"import sqlite3, os; c = sqlite3.connect({str(database)!r}); c.execute('pragma journal_mode = wal');"
        "c.execute('pragma wal_autocheckpoint = 0');"
        "c.execute(\"update question set text = 'written last'\"); c.commit(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert database.with_name("mailbot.db-wal").stat().st_size > 0
    assert run("restore", str(file), "--yes")[0] == 0
    (aside,) = (
        path for path in database.parent.glob("mailbot.db.before-*") if not path.name.endswith(("-wal", "-shm"))
    )
    for path, count in ((aside, 110), (database, 0)):
        with closing(sqlite3.connect(path)) as conn:
            assert conn.execute("select count(*) from question where text = 'written last'").fetchone()[0] == count


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.write_bytes(b"no database" * 500), "copied"),
        (lambda path: path.write_bytes(path.read_bytes()[:40_000]), "damaged"),
        (lambda path: execute(path, "drop table _sqlite_migrations"), "no database of mailbot"),
        (
            lambda path: execute(path, "update _sqlite_migrations set name = '9999_later' where name like '0001%'"),
            "later version",
        ),
        (lambda path: execute(path, "update answer set by_id = 9999"), "damaged"),
        (lambda path: path.unlink(), "no file"),
    ],
    ids="text cut stranger later references gone".split(),
)
def test_a_copy_that_is_damaged_is_not_put_back(
    campaign: Campaign, run: Run, tmp_path: Path, damage: Any, says: str
) -> None:
    handed_over(campaign)
    file = tmp_path / "copy.db"
    run("backup", str(file))
    damage(file)
    code, _, err = run("restore", str(file), "--yes")
    assert (code, says in err) == (1, True), err
    assert campaign.show()["state"] == "submitted"
    assert (
        sorted(p.name for p in (folder_of(campaign) / "var").iterdir() if "before" in p.name or "rest" in p.name) == []
    )


def execute(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute(sql)


@pytest.mark.slow
def test_a_backup_while_serve_works_is_whole_and_holds_nobody_up(tmp_path: Path) -> None:
    """Mail comes in while copies are made: each copy is whole, and holds the mails that were accepted before it."""
    with sandbox(tmp_path) as here:
        here.run("ask", "--dossier", "D0009", "--yes")
        here.start()
        code, _, err = restore_beside(here, tmp_path)
        assert (code, "stop it first" in err) == (1, True)
        stop, sent = threading.Event(), []
        feeding = threading.Thread(target=feed, args=(here, stop, sent))
        feeding.start()
        for n in range(4):
            wait_until(lambda n=n: len(sent) >= (n + 1) * 10)
            before = len(sent)
            here.run("backup", str(tmp_path / f"copy{n}.db"))
            with closing(sqlite3.connect(tmp_path / f"copy{n}.db")) as conn:
                assert conn.execute("pragma integrity_check").fetchone()[0] == "ok"
                assert conn.execute("select count(*) from inbox").fetchone()[0] >= before
        stop.set()
        feeding.join(20)
        assert max(sent) < 5, "seconds until a 250"
        here.stop()
        here.run("restore", str(tmp_path / "copy3.db"), "--yes")
        assert "no letter leaves: restored from copy3.db" in here.run("status")


@pytest.mark.slow
def test_serve_heeds_what_another_terminal_types(tmp_path: Path) -> None:
    with sandbox(tmp_path) as here:
        here.start()
        here.run("pause")
        here.run("ask", "--dossier", "D0009", "--yes")
        with smtplib.SMTP("127.0.0.1", here.smtp_port, timeout=60) as client:
            client.sendmail("", ["eccv@assaprol.example"], b"From: a@b.example\r\nMessage-ID: <1@b>\r\n\r\nx\r\n")
        wait_until(lambda: here.inbox("new") == 0)
        assert "question" not in {letter.kind for letter in here.office.letters()}
        here.run("resume")
        wait_until(lambda: [letter.kind for letter in here.office.letters()].count("question") == 6)


def restore_beside(here: Sandbox, tmp_path: Path) -> tuple[int, str, str]:
    """`restore` while `serve` runs."""
    here.run("backup", str(tmp_path / "first.db"))
    done = subprocess.run(here._command("restore", str(tmp_path / "first.db"), "--yes"), capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def feed(here: Sandbox, stop: threading.Event, sent: list[float]) -> None:
    n = 0
    with smtplib.SMTP("127.0.0.1", here.smtp_port, timeout=60) as client:
        while not stop.is_set():
            n += 1
            raw = f"From: a@b.example\r\nMessage-ID: <{n}@b.example>\r\nSubject: x\r\n\r\nBonjour {n}\r\n".encode()
            begin = time.monotonic()
            client.sendmail("a@b.example", ["eccv@assaprol.example"], raw)
            sent.append(time.monotonic() - begin)


def test_a_copy_is_that_of_its_first_moment_whatever_is_written_meanwhile(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page a step, and a transaction after each: the copy does not begin anew, and no writer waits."""
    monkeypatch.setattr(copies, "PAGES", 1)
    store, steps = campaign.system.store, []

    def write(done: int, total: int) -> None:
        steps.append(done)
        assert len(steps) <= total, "it began anew"
        with store.tx() as conn:
            set_setting(conn, "written", str(done))

    with store.tx() as conn:
        set_setting(conn, "written", "before")
    copies.copy(store.path, tmp_path / "copy.db", write)
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) > 100
    with closing(sqlite3.connect(tmp_path / "copy.db")) as conn:
        assert conn.execute("select value from setting where name = 'written'").fetchone()[0] == "before"
