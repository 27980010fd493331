"""The evidence file of a dossier: all of it, as it was, and nothing of another."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from mailbot.mail import traces
from mailbot.service.keeping.folders import MARK, Folder
from mailbot.store import blobs, journal
from tests.campaign import AICHA, MAITE, REF, Campaign
from tests.operators import Run, handed_over

pytestmark = pytest.mark.slow  # whole services and files: `make test` only


def index(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    return found


def test_the_file_holds_what_left_what_came_and_what_was_decided(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    handed_over(campaign)
    folder = tmp_path / "preuve"
    code, _, err = run("export", "d0009", "--to", str(folder))
    assert code == 0, err
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder).returncode == 0
    found, conn = index(folder), campaign.system.store.conn
    left = {hashlib.sha256(letter.raw).hexdigest() for letter in campaign.office.letters() if "D0009" in letter.subject}
    letters = [one for one in found["letters"] if not one["shared"]]
    assert left == {one["sha256"] for one in letters if one["as_sent"]}
    for one in letters:
        assert hashlib.sha256((folder / one["paths"][0]).read_bytes()).hexdigest() == one["sha256"]
    assert len(found["mails"]) == 2
    for mail in found["mails"]:
        assert (folder / mail["path"]).read_bytes() == blobs.get(conn, mail["sha256"])
    (question,) = (q for q in found["questions"] if q["ref"] == REF)
    first, second = question["answers"]
    assert (first["by"]["email"], second["approved_by"]["email"]) == (AICHA[1], MAITE[1])
    assert (folder / first["files"][0]["path"]).read_bytes() == b"%PDF-1.4\n%%EOF\n"
    assert [e["event"] for e in question["history"]] == ["asked", "proposed", "amended"]
    rows = [json.loads(line) for line in (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    own = [row for row in rows if "prev" in row]
    names = ("seq", "at", "kind", "question_id", "version", "person_id", "inbox_id", "payload_sha256", "prev")
    assert all(journal.chain(tuple(row[name] for name in names)) == row["hash"] for row in own)
    assert all(hashlib.sha256(row["payload"].encode()).hexdigest() == row["payload_sha256"] for row in own)
    assert (found["journal"]["head_seq"], found["journal"]["head_hash"]) == journal.head(conn)
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*"))


OTHER, OTHERS_MEMBER = "D0003", "Thierry Martin"


def test_nothing_of_another_dossier_is_in_it(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    """Aïcha is reminded of two dossiers in one letter, answers both in one mail, and quotes one in a reply about the
    other; the digests speak of all."""
    run("ask", "--dossier", OTHER, "--yes")
    campaign.advance(timedelta(days=17))
    reminder = next(x for x in campaign.office.mailbox(AICHA[1]) if x.kind == "reminder")
    assert all(ref in reminder.text for ref in (REF, OTHER))
    labels = dict(re.findall(r"Question\s([A-D])\s\[(D\d{4}-2025-\d)\]", reminder.text))
    campaign.reply(reminder, AICHA, "\n".join(f"{label} : le détail suit." for label in labels))
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, f"Comme pour {OTHER}-2025-1, le détail.")
    folder = tmp_path / "preuve"
    code, out, err = run("export", "D0009", "--to", str(folder))
    assert (code, "speak of other dossiers" in out) == (0, True), err
    found = index(folder)
    assert {"reminder", "receipt", "approval"} <= {one["kind"] for one in found["letters"] if one["shared"]}
    assert [one["shared"] for one in found["mails"]] == [True, True]
    assert found["mails"][0]["parts"], "what it did to this dossier is named"
    for path in folder.rglob("*"):
        if path.is_file():
            said = traces.plain("\n".join(traces.forms(path.read_bytes())))
            typed = said.replace(traces.plain(f"Comme pour {OTHER}-2025-1"), "")
            assert traces.plain(OTHER) not in typed, path
            assert traces.plain(OTHERS_MEMBER) not in typed, path


def test_only_an_empty_folder_or_its_own_is_written(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "preuve"
    assert run("export", "D0009", "--to", str(folder))[0] == 0
    before = (folder / "SHA256SUMS").read_text()
    gone = folder / next(line.split("  ")[1] for line in before.splitlines() if ".eml" in line)
    (folder / "note.txt").write_text("de ma main")
    with campaign.system.store.tx() as conn:
        conn.execute("update outbox set erased_at = '2026-11-24T08:00:00Z' where id = ?", (int(gone.name[:6]),))
    assert run("export", "D0009", "--to", str(folder))[0] == 0
    assert not gone.exists(), "what the export no longer has"
    assert (folder / "note.txt").read_text() == "de ma main"
    for place, ref in ((folder, "D0003"), (tmp_path, "D0009"), (folder / "note.txt", "D0009"), (folder, "D9999")):
        code, _, err = run("export", ref, "--to", str(place))
        assert (code != 0, bool(err)) == (True, True)
    assert run("export", "D0009", "--to", str(tmp_path / "neu"))[0] == 0


def test_names_of_files_do_no_harm(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "x", "D1")
    names = [
        "../../etc/passwd",
        "a/../../b",
        "CON.txt",
        "\u202efdp.exe",
        "a" * 400 + ".pdf",
        "",
        "..",
        "x.pdf",
        "X.PDF",
        "x.pdf",
    ]
    paths = [folder.put("pieces", name, name.encode()) for name in names]
    assert len({path.casefold() for path in paths}) == len(names)
    written = [p for p in tmp_path.rglob("*") if p.is_file() and p.name != MARK]
    assert len(written) == len(names)
    assert all(p.parent == tmp_path / "x" / "pieces" for p in written)
    folder.end()
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path / "x").returncode == 0


def test_the_page_escapes_what_people_wrote(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script><img src=http://x.example/p onerror=alert(2)> {{ 7*7 }} javascript:alert(3)"
    evil += "\u202e\u2028x"
    campaign.reply(campaign.letter(AICHA, "question"), AICHA, evil, files={"<b>x&y</b>.pdf": b"%PDF-1.4\n%%EOF\n"})
    assert run("export", "D0009", "--to", str(tmp_path / "preuve"))[0] == 0
    page = (tmp_path / "preuve" / "index.html").read_text(encoding="utf-8")
    assert "alert(1)" in page
    assert not re.search("[\u202e\u2028]", page)
    assert [tag for tag in ("<script", "<img", "<b>", "<iframe", "<object", "<link") if tag in page] == []
    assert set(re.findall(r'href="([^"#:]+)"', page)) <= {quote(one) for one in listed(tmp_path / "preuve")}
    assert "49" not in re.findall(r"alert\(2\).{0,20}", page)[0]


def listed(folder: Path) -> list[str]:
    return [line.partition("  ")[2] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
