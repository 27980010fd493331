"""Whether what is kept is what was written."""

from __future__ import annotations

import json

import pytest

from tests.campaign import REF, Campaign
from tests.operators import Run, handed_over, tampering

pytestmark = pytest.mark.slow  # whole services and files: `make test` only


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
