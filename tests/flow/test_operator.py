"""The operator's side: brakes and alarms, results, verify, backup and restore, on a real database and real mail."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import smtplib
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mailbot.cli import main
from mailbot.demo.postoffice import reply, submit
from mailbot.demo.sandbox import Sandbox, sandbox
from mailbot.mail.backoff import Outcome, Result
from mailbot.mail.token import Purpose
from mailbot.service import alarm, brakes, delivery, results
from mailbot.service.delivery import deliver_due
from mailbot.store import copies, inbox, outbox, people, schedule
from mailbot.store.db import set_setting, stamp
from tests.campaign import AICHA, ELISE, MAITE, REF, Campaign
from tests.gateways.clients import wait_until

pytestmark = pytest.mark.slow  # many days, or a whole service: `make test` only

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(campaign: Campaign, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run one command line on the campaign: (exit code, stdout, stderr)."""
    handlers = logging.root.handlers[:]

    def _run(*words: str) -> tuple[int, str, str]:
        config = Path(campaign.system.store.path).parent.parent / "config.toml"
        monkeypatch.setattr(sys, "argv", ["mailbot", "--config", str(config), *words])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    yield _run
    logging.root.handlers[:] = handlers


def with_policy(campaign: Campaign, **changes: Any) -> None:
    """The campaign under other rules of the configuration."""
    system = campaign.system
    campaign.app = replace(campaign.app, system=replace(system, policy=replace(system.policy, **changes)))


def status(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("status", "--json")[1])
    return found


def alarms(campaign: Campaign) -> list[str]:
    return [letter.subject for letter in campaign.office.mailbox("ops@assaprol.example")]


def kinds_of_journal(campaign: Campaign) -> list[str]:
    return [row["kind"] for row in campaign.system.store.conn.execute("select kind from journal order by seq")]


# The brakes


def test_while_paused_mail_is_worked_and_no_letter_leaves(campaign: Campaign, run: Run) -> None:
    assert run("pause", "--reason", "the host is moved")[0] == 0
    before = len(campaign.office.letters())
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.")
    assert campaign.show()["state"] == "proposed", "mail is worked"
    assert len(campaign.office.letters()) == before, "nothing leaves"
    assert (status(run)["paused"], status(run)["outbox"]["due"]) == (True, 2)
    first = run("status")[1].splitlines()[0]
    assert "the host is moved" in first
    assert "mailbot resume" in first
    code, out, _ = run("resume")
    assert (code, "2 letters leave now" in out) == (0, True)
    campaign.run()
    assert len(campaign.office.letters()) == before + 2
    assert status(run)["paused"] is False
    assert kinds_of_journal(campaign)[-2:] == ["proposed", "resumed"]
    assert "paused" in kinds_of_journal(campaign)


def test_a_pause_holds_what_was_about_to_leave(campaign: Campaign) -> None:
    """The first letter of a batch is on its way when somebody types `pause`: the second stays."""
    brakes.pause(campaign.system, "by hand")
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.")
    brakes.resume(campaign.system)
    sent: list[str] = []

    def send(_: str, to: str, __: bytes) -> Outcome:
        sent.append(to)
        brakes.pause(campaign.system, "by hand")
        return Outcome(Result.SENT, 250, "ok")

    assert deliver_due(campaign.system, send) == {"sent": 1, "deferred": 0, "failed": 0}
    assert len(sent) == 1
    assert outbox.counts(campaign.system.store.conn)["due"] == 1


def test_what_is_past_is_skipped_and_can_be_sent_again(campaign: Campaign, run: Run) -> None:
    run("pause")
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.")
    before = len(campaign.office.letters())
    code, _, err = run("resume", "--skip-past")
    assert (code, "2 letters that are due" in err, "--yes" in err) == (1, True, True)
    assert status(run)["paused"] is True, "nothing was done"
    with campaign.system.store.tx() as conn:
        conn.execute("update question set remind_at = ? where state = 'asked'", (stamp(campaign.system.now()),))
    code, out, _ = run("resume", "--skip-past", "--yes")
    assert (code, "2 letters were passed over" in out, "of 2 questions" in out) == (0, True, True), out
    assert schedule.due(campaign.system.store.conn, campaign.system.now()) == []
    campaign.run()
    assert len(campaign.office.letters()) == before
    rows = [json.loads(row) for row in run("outbox", "list", "--json")[1].splitlines()]
    assert {(row["state"], row["reply"]) for row in rows} == {("failed", "skipped by resume --skip-past")}
    run("outbox", "retry", str(next(row["id"] for row in rows if row["kind"] == "approval")))
    campaign.run()
    assert campaign.kinds(MAITE)[-1] == "approval"


@pytest.mark.parametrize("connections", [1, 4])
def test_letters_beyond_the_hourly_number_stay(campaign: Campaign, run: Run, connections: int) -> None:
    """Two may leave; receipt and approval of two answers are four."""
    with_policy(campaign, letters_per_hour=2, alarm_email="ops@assaprol.example")
    brakes.pause(campaign.system, "by hand")
    for ref in (REF, "D0009-2025-1"):
        campaign.reply(campaign.letter(AICHA, "question", ref), AICHA, "Voici le détail.")
    run("resume")
    with campaign.system.store.tx() as conn:
        conn.execute("update outbox set confirmed = 0 where state = 'due'")  # as if nobody had resumed
    before = len(campaign.office.letters())
    sent = deliver_due(campaign.system, campaign.sender.send, connections)
    assert sent == {"sent": 3, "deferred": 0, "failed": 0}, "two letters, and the alarm"
    assert len(campaign.office.letters()) == before + 3
    assert alarms(campaign) == ["mailbot: the outbox paused itself"]
    assert "letters_per_hour" in brakes.paused(campaign.system.store)
    assert outbox.counts(campaign.system.store.conn)["due"] == 2, "none is lost"
    assert "2 letters leave now" in run("resume")[1]
    campaign.run()
    assert outbox.counts(campaign.system.store.conn)["due"] == 0
    assert brakes.allowance(campaign.system) == 2, "a person has looked: the number begins anew"


def test_letters_of_an_ask_whose_number_was_typed_do_not_count(campaign: Campaign, run: Run) -> None:
    with_policy(campaign, letters_per_hour=1)
    run("ask", "--dossier", "D0005", "--yes")
    before = len(campaign.office.letters())
    campaign.run()
    assert len(campaign.office.letters()) > before + 1
    assert brakes.paused(campaign.system.store) == ""
    assert brakes.allowance(campaign.system) == 1


def test_a_batch_asks_for_its_number_once_and_an_idle_tick_never(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(delivery.brakes, "allowance", lambda _: asked.append(1) or 600)
    campaign.run()
    assert asked == []
    campaign.proposed()
    assert asked == [1]


# Alarms


def test_an_alarm_is_raised_once_an_hour_and_runs_its_command(campaign: Campaign, tmp_path: Path) -> None:
    said = tmp_path / "said"
    with_policy(campaign, alarm_email="ops@assaprol.example", alarm_command=f"sh -c 'cat >> {said}; exit 3'")
    brakes.pause(campaign.system, "by hand")
    assert alarm.raise_alarm(campaign.system, "inbox", "Nothing moves.")
    assert not alarm.raise_alarm(campaign.system, "inbox", "Nothing moves still.")
    assert alarm.raise_alarm(campaign.system, "outbox", "No letter.")
    for thread in [t for t in alarm.threading.enumerate() if t.name == "mailbot-alarm"]:
        thread.join(20)
    assert sorted(said.read_text().splitlines()) == sorted(
        ["mailbot: mail is taken in, and not worked", "", "Nothing moves.",
         "mailbot: letters do not leave", "", "No letter."]
    )  # fmt: skip
    campaign.run()
    assert alarms(campaign) == ["mailbot: mail is taken in, and not worked", "mailbot: letters do not leave"]
    assert "Nothing moves." in campaign.office.mailbox("ops@assaprol.example")[0].text
    assert brakes.allowance(campaign.system) == campaign.system.policy.letters_per_hour, "alarms are not counted"


def test_a_command_that_hangs_is_killed_with_its_children(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    alarm.run(f"sh -c 'sleep 60 & echo $! > {tmp_path / 'child'}; wait'", "text", seconds=1)
    assert "ended with -9" in caplog.text
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    wait_until(lambda: not child.exists() or child.read_text().split()[2] in "ZX")
    alarm.run("/no/such/program", "text")
    assert "No such file" in caplog.text


def test_a_shunted_message_raises_an_alarm(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    with_policy(campaign, alarm_email="ops@assaprol.example")
    monkeypatch.setattr("mailbot.service.work.target.find", lambda *_: 1 / 0)
    found = campaign.reply(campaign.letter(AICHA, "question"), AICHA, "Voici le détail.")
    assert found["state"] == "shunted"
    assert alarms(campaign) == ["mailbot: a message could not be worked"]
    assert f"mailbot why {found['id']}" in campaign.office.mailbox("ops@assaprol.example")[0].text


def test_a_reply_to_an_alarm_waits_for_a_person_and_a_bounce_of_it_suspends_nobody(campaign: Campaign) -> None:
    with_policy(campaign, alarm_email="ops@assaprol.example")
    alarm.raise_alarm(campaign.system, "inbox", "Nothing moves.")
    campaign.run()
    (letter,) = campaign.office.mailbox("ops@assaprol.example")
    assert str(letter.message["Reply-To"]) == "eccv@assaprol.example"
    found = campaign.hand_in(reply(letter, ("Ops", "ops@assaprol.example"), "Je regarde."))
    assert found["state"] == "held"
    row = outbox.by_message_id(campaign.system.store.conn, str(letter.message["Message-ID"]))
    assert row is not None
    verp = campaign.system.address(Purpose.BOUNCE, row["id"])
    submit(campaign.port, bounce_of(verp))
    campaign.run()
    assert outbox.counts(campaign.system.store.conn)["bounced"] == 1
    assert people.count_suspended(campaign.system.store.conn) == 0


def bounce_of(verp: str) -> EmailMessage:
    """A mail server says that the address does not exist."""
    raw = (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {verp}\r\nSubject: Undelivered\r\nMessage-ID: <b1@mx.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nUnknown user\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ops@assaprol.example\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n\r\n--b--\r\n"
    )
    found = message_from_bytes(raw.encode(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_the_watch_sees_mail_that_is_not_worked_and_letters_that_do_not_leave(campaign: Campaign) -> None:
    with_policy(campaign, alarm_email="ops@assaprol.example")
    alarm.watch(campaign.system)
    assert inbox.oldest_new(campaign.system.store.conn) is None
    now, conn = campaign.system.now(), campaign.system.store.conn
    minute = alarm.timedelta(minutes=1)
    with campaign.system.store.tx():
        conn.execute("update outbox set state = 'due', due_at = ? where id = 1", (stamp(now - 61 * minute),))
    brakes.pause(campaign.system, "by hand")
    alarm.watch(campaign.system)
    assert outbox.due_alarms(conn, campaign.system.now()) == [], "paused on purpose is no alarm"
    brakes.resume(campaign.system)
    alarm.watch(campaign.system)
    assert [row["subject"] for row in outbox.due_alarms(conn, now + minute)] == ["mailbot: letters do not leave"]
    with campaign.system.store.tx():
        conn.execute("update inbox set state = 'new', received_at = ?", (stamp(now - 16 * minute),))
        inbox.add(conn, b"x", "x", envelope(now - 16 * minute), "<x@x>")
    alarm.watch(campaign.system)
    subjects = [row["subject"] for row in outbox.due_alarms(conn, now + minute)]
    assert subjects[-1] == "mailbot: mail is taken in, and not worked"


def envelope(at: Any) -> Any:
    from mailbot.mail.envelope import Envelope

    return Envelope("a@b.example", ("eccv@assaprol.example",), at)


def test_a_host_that_is_away_counts_as_letters_that_do_not_leave(campaign: Campaign) -> None:
    """Each try puts the due time off: the letter is old all the same. A 4xx of the host's own is no such thing."""
    conn, now = campaign.system.store.conn, campaign.system.now()
    with campaign.system.store.tx():
        conn.execute("update outbox set date = ?", (stamp(now - alarm.timedelta(hours=2)),))
        conn.execute("update outbox set state = 'deferred', due_at = ? where id = 1", (stamp(now + alarm.AGAIN),))
        conn.execute("update outbox set reply = '451 greylisted' where id = 1")
    assert outbox.oldest_due(conn, now) is None
    with campaign.system.store.tx():
        conn.execute("update outbox set reply = '0 ConnectionRefusedError' where id = 1")
    since = outbox.oldest_due(conn, now)
    assert since is not None
    assert now - since >= alarm.timedelta(hours=2)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda conn, now: outbox.oldest_due(conn, now), ["outbox_due", "outbox_away"]),
        (lambda conn, now: outbox.due(conn, now), ["outbox_due"]),
        (lambda conn, now: outbox.due_alarms(conn, now), ["outbox_kind"]),
        (lambda conn, now: outbox.count_unconfirmed(conn, now, 600), ["outbox_unconfirmed"]),
        (lambda conn, now: outbox.counts(conn), ["outbox_kind"]),
        (lambda conn, now: inbox.states(conn), ["inbox_state"]),
    ],
    ids="oldest due alarms unconfirmed letters mails".split(),
)
def test_what_is_asked_at_each_tick_or_probe_has_its_index(campaign: Campaign, ask: Any, index: list[str]) -> None:
    conn, said = campaign.system.store.conn, []
    conn.set_trace_callback(said.append)
    ask(conn, campaign.system.now())
    conn.set_trace_callback(None)
    plans = [" ".join(r["detail"] for r in conn.execute(f"explain query plan {sql}")) for sql in said]
    assert [name for plan, name in zip(plans, index, strict=True) if f"INDEX {name}" not in plan] == [], plans


# Verify


def test_verify_finds_nothing_where_nothing_was_changed(campaign: Campaign, run: Run) -> None:
    handed_over(campaign)
    code, out, _ = run("verify")
    assert (code, "1 files" in out, "2 answers" in out) == (0, True, True), out
    found = json.loads(run("verify", "--json")[1])
    assert (found["faults"], found["notes"]) == ([], [])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("update answer set text = 'autre'", f"answer {REF} version 1 was changed"),
        ("update answer set sha256 = '0' where version = 1", f"answer {REF} version 1 is not the one of journal row"),
        ("update answer_file set sha256 = '0'", "file 'détail.pdf' of mail 1 was changed"),
        ("update answer_file set part = '9'", "file 'détail.pdf' is not in mail 1"),
        ("update blob set bytes = bytes || x'00' where rowid = 1", "was changed"),
        ("update journal set kind = 'approved' where seq = 2", "journal row 2 was changed"),
        ("update journal_payload set payload = '{}' where seq = 2", "payload of journal row 2 was changed"),
        ("delete from journal where seq = 2", "journal row 2 is missing"),
        ("update answer set by_id = 9999", "database: row"),
    ],
    ids="text fingerprint file part mail journal payload gap reference".split(),
)
def test_verify_names_what_was_changed(campaign: Campaign, run: Run, change: str, fault: str) -> None:
    handed_over(campaign)
    with tampering(campaign) as conn:
        conn.execute(change)
    code, out, err = run("verify")
    assert (code, fault in out, "faults" in err) == (1, True, True), out + err


def test_what_was_erased_on_purpose_is_no_fault(campaign: Campaign, run: Run) -> None:
    handed_over(campaign)
    with tampering(campaign) as conn:
        conn.execute("update journal_payload set payload = '', erased_at = '2026-11-24T08:00:00Z', erased_why = "
                     "'durée de conservation' where seq = 2")  # fmt: skip
    code, out, _ = run("verify")
    assert (code, "journal row 2: effacé le 2026-11-24 : durée de conservation" in out) == (0, True), out


@contextmanager
def tampering(campaign: Campaign) -> Iterator[sqlite3.Connection]:
    """Somebody writes into the file past mailbot."""
    with closing(sqlite3.connect(campaign.system.store.path)) as conn, conn:
        yield conn


def handed_over(campaign: Campaign) -> None:
    """Aïcha answers with a file, Maïté amends and hands over, Mireille treats."""
    files = {"détail.pdf": b"%PDF-1.4\n%%EOF\n"}
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, "=SOMME(A1)", files=files)
    campaign.reply(campaign.letter(MAITE, "approval"), MAITE, "Remplacer : -9 840 € en tout.")


# Results


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


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\r=1", "\n=1", "＝1"])
def test_every_way_to_begin_a_formula_is_defused(text: str) -> None:
    assert results._plain(text, results.ZoneInfo("Europe/Paris")) == f"'{text}"


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


# Backup and restore


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
        (lambda path: execute(path, "update _sqlite_migrations set name = '9999_later'"), "later version"),
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
        with smtplib.SMTP("127.0.0.1", here.smtp_port, timeout=10) as client:
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
    with smtplib.SMTP("127.0.0.1", here.smtp_port, timeout=30) as client:
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
