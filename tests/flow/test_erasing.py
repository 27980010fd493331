"""What is erased is gone: from the file of the database, from letters, mails and pages; and nothing else is."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.demo.postoffice import Letter
from mailbot.mail import traces
from mailbot.service import alarm
from mailbot.service.keeping import erasing
from mailbot.service.pages import visits as pages
from mailbot.store import inbox, journal
from tests.campaign import AICHA, ELISE, MAITE, MIREILLE, REF, Campaign
from tests.operators import Run, alarms, kinds_of_journal, tampering, with_policy

pytestmark = pytest.mark.slow  # whole services and files: `make test` only

WORD, NAMED, FILE = "canari-réponse-4711", "canari-pièce.pdf", b"%PDF-1.4 canari-contenu-0815\n%%EOF\n"
VIEWS = (
    "status", f"show {REF}", "show D0009", "show 1", "show C01", "why 1", "why", "inbox list --all", "inbox show 1",
    "outbox list --all", "outbox show 1", "digest --preview", "check",
)  # fmt: skip
TOMORROW = (date.today() + timedelta(days=40)).isoformat()
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
MEMBER = "Zoé Etchegoyen"


def answered(campaign: Campaign, treat: bool = True) -> Letter:
    """Aïcha answers every question of D0009 with canaries, Maïté approves, Mireille treats; the approval letter."""
    for n in (1, 2, 3):
        ref = f"D0009-2025-{n}"
        words = f"{WORD} : le détail est de 4 711 €."
        campaign.reply(campaign.letter(AICHA, "question", ref), AICHA, words, files={NAMED: FILE})
        approval = campaign.letter(MAITE, "approval", ref)
        campaign.reply(approval, MAITE, "OK")
        if treat:
            campaign.reply(campaign.letter(MIREILLE, "to_treat", ref), MIREILLE, "traité")
    return approval


def files_of(campaign: Campaign) -> dict[str, bytes]:
    """The database and what lies beside it."""
    path = Path(campaign.system.store.path)
    return {each.name: each.read_bytes() for each in path.parent.glob(path.name + "*")}


def written(word: str) -> list[bytes]:
    """A word in the forms in which bytes may hold it."""
    found = [word.encode(), word.encode("latin-1"), binascii.b2a_qp(word.encode()), json.dumps(word)[1:-1].encode()]
    for before in (b"", b"x", b"xx"):  # base64 in its three alignments, without the ends that depend on what is around
        found.append(base64.b64encode(before + word.encode())[4 if before else 0 : -4])
    return found


def holding(campaign: Campaign, word: str) -> list[str]:
    """The files in which a word still stands, in any form."""
    return [
        f"{name}: {form!r} {data[data.index(form) - 60 : data.index(form) + 60]!r}"
        for name, data in files_of(campaign).items()
        for form in written(word)
        if form in data
    ]


def test_a_closed_dossier_goes_and_everything_still_works(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    run("ask", "--dossier", "D0003", "--yes")
    campaign.run()
    approval = answered(campaign)
    campaign.advance(timedelta(days=1, hours=9))  # digests name the dossier
    question = campaign.letter(AICHA, "question", "D0003-2025-1")
    pages_of = [url.rpartition("/")[2] for url in re.findall(r"https?://\S+/v/\S+", approval.text)]
    for word in (WORD, MEMBER, "canari-pièce", "canari-contenu-0815"):
        assert holding(campaign, word), word
    assert run("export", "D0009", "--to", str(tmp_path / "preuve"))[0] == 0
    code, out, _ = run("purge", "--before", TOMORROW, "--dry-run")
    assert (code, "1 dossiers" in out, "D0009" in out, "D0003" in out) == (0, True, True, False), out
    code, _, err = run("purge", "--before", TOMORROW)
    assert (code, "--yes" in err) == (1, True)
    assert holding(campaign, WORD), "nothing was done"
    code, out, err = run("purge", "--before", TOMORROW, "--yes", "--by", MIREILLE[1], "--reason", "six ans")
    assert (code, "Backups" in out, "younger" in err) == (0, True, True), out + err
    for word in (WORD, MEMBER, MEMBER.upper(), "canari-pièce", "canari-contenu-0815", "411ETCH09"):
        assert holding(campaign, word) == [], word
    says_who(campaign)
    everything_works(campaign, run, tmp_path)
    assert [pages.view(campaign.system, token) for token in pages_of] == [None] * len(pages_of)
    assert (tmp_path / "preuve" / "index.html").exists()
    for letter in (approval, campaign.letter(AICHA, "question", "D0009-2025-1")):
        before = len(campaign.office.letters())
        said = campaign.reply(letter, MAITE, "OK")
        assert said["decision"] != "approve"
        told = campaign.office.letters()[before:]
        assert all("D0009" not in one.text and MEMBER not in one.text for one in told)
    done = campaign.reply(question, AICHA, "La réponse de l'autre dossier.")
    assert (done["decision"], campaign.show("D0003-2025-1")["state"]) == ("propose", "proposed")
    assert run("purge", "--before", TOMORROW, "--yes")[0] == 0, "again does no harm"
    assert kinds_of_journal(campaign).count("purged") == 1


def says_who(campaign: Campaign) -> None:
    conn = campaign.system.store.conn
    row = conn.execute(
        "select j.*, p.payload, e.email from journal j join journal_payload p on p.seq = j.seq "
        "join person e on e.id = j.person_id where j.kind = 'purged'"
    ).fetchone()
    told = json.loads(row["payload"])
    assert (row["email"], told["reason"], told["dossier"]) == (MIREILLE[1], "six ans", "D0009")
    assert told["user"]
    gone = [r["seq"] for r in conn.execute("select seq from journal_payload where erased_at is not null order by 1")]
    assert told["rows"] == erasing.ranges(gone)
    assert len(gone) >= 12
    assert list(journal.faults(conn)) == []


def everything_works(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    """Every view of what was erased says so, or is silent."""
    code, out, _ = run("verify")
    assert (code, "effacé le" in out, "six ans" in out) == (0, True, True), out
    for words in (*VIEWS, f"export D0009 --to {tmp_path / 'neu'}"):
        code, out, err = run(*words.split())
        assert code == 0, (words, err)
        assert MEMBER not in out, words
        assert WORD not in out, words
    assert run("inbox", "export", "1", str(tmp_path / "x.eml"))[0] == 1
    for name in ("results.xlsx", "results.csv", "results.json"):
        assert run("results", str(tmp_path / name), "--files", str(tmp_path / "pieces"))[0] == 0
    assert run("backup", str(tmp_path / "copy.db"))[0] == 0
    assert written(WORD)[0] not in (tmp_path / "copy.db").read_bytes()
    assert not [x for x in campaign.office.letters()[-3:] if "D0009" in x.subject and x.kind == "reminder"]


def test_an_open_dossier_stays_as_it_is(campaign: Campaign, run: Run) -> None:
    answered(campaign, treat=False)
    before = holding(campaign, WORD)
    code, out, _ = run("purge", "--before", TOMORROW, "--yes")
    assert (code, "nothing is due" in out) == (0, True), out
    assert bool(before) is True
    assert [a["text"] for a in campaign.show()["answers"]] == [f"{WORD} : le détail est de 4 711 €."]
    assert run("verify")[0] == 0
    code, _, err = run("forget", AICHA[1], "--yes")
    assert (code, "D0009 (collaborator)" in err) == (1, True)
    code, _, err = run("forget", "D0009", "--yes")
    assert (code, REF in err) == (1, True)
    assert run("forget", "D9999")[0] == 1
    assert run("purge", "--by", AICHA[1])[0] == 1, "no member of staff"
    assert run("purge", "--before", "hier")[0] == 1


def test_a_mail_about_two_dossiers_goes_with_the_last_of_them(campaign: Campaign, run: Run) -> None:
    run("ask", "--dossier", "D0003", "--yes")
    campaign.advance(timedelta(days=17))
    reminder = next(x for x in campaign.office.mailbox(AICHA[1]) if x.kind == "reminder")
    labels = re.findall(r"Question\s([A-D])\s\[", reminder.text)
    done = campaign.reply(reminder, AICHA, "\n".join(f"{label} : {WORD}" for label in labels), files={NAMED: FILE})
    close(run, "D0009-2025-1", "D0009-2025-2", "D0009-2025-3")
    code, out, err = run("purge", "--before", TOMORROW, "--yes")
    assert (code, "1 mails also speak of other dossiers" in out) == (0, True), out + err
    assert campaign.show("D0003-2025-1")["answers"][0]["text"] == WORD
    assert holding(campaign, MEMBER) == [] or "blob" not in campaign.show("D0003-2025-1"), "in that mail alone"
    assert run("verify")[0] == 0
    close(run, "D0003-2025-1")
    assert run("purge", "--before", TOMORROW, "--yes")[0] == 0
    assert (holding(campaign, WORD), holding(campaign, MEMBER)) == ([], [])
    assert campaign.system.store.conn.execute("select erased_at from inbox where id = ?", (done["id"],)).fetchone()[0]


def close(run: Run, *refs: str) -> None:
    for ref in refs:
        code, _, err = run("treat", ref, "--by", MIREILLE[1], "--outcome", "no_answer")
        if code:
            code, _, err = run("withdraw", ref, "--by", MIREILLE[1])
        assert code == 0, err


def test_a_person_is_forgotten(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    first = f"{AICHA[0]} a vérifié. {WORD}"
    campaign.reply(campaign.letter(ELISE, "question", "D0009-2025-3"), ELISE, f"{first}\n\nJe complète.")
    answered(campaign)
    close(run, *open_with(campaign, AICHA[1]))
    campaign.advance(timedelta(days=1, hours=9))
    code, out, err = run("forget", AICHA[1], "--dry-run")
    assert (code, "3 mails by him" in out, "export" in err) == (0, True, True), out + err
    assert run("forget", AICHA[1])[0] == 1
    code, out, err = run("forget", AICHA[1], "--yes", "--by", MIREILLE[1])
    number = re.search(r"personne effacée n° (\d+)", out)
    assert (code, bool(number)) == (0, True), out + err
    for word in (AICHA[0], AICHA[1], AICHA[0].upper(), f"{WORD} : le", "canari-contenu-0815"):
        assert holding(campaign, word) == [], word
    others = campaign.show("D0009-2025-3")["answers"]
    assert others[0]["text"].startswith(f"personne effacée n° {number[1]} a vérifié."), "Élise's words stay"
    assert others[-1]["text"] == "", "what Aïcha added to them"
    found = campaign.show()
    assert [a["text"] for a in found["answers"]] == [""]
    assert found["answers"][0]["by"].endswith("@personne.invalid")
    assert found["answers"][0]["approved_by"] == MAITE[1], "who decided is still known"
    code, out, _ = run("verify")
    assert (code, "effacé le" in out) == (0, True), out
    assert kinds_of_journal(campaign)[-2:] == ["erasing", "forgotten"]
    assert run("show", AICHA[1])[0] == 1
    code, out, _ = run("forget", AICHA[1], "--yes")
    assert (code, "nothing is due" in out) == (0, True), out
    for words in (*VIEWS, f"results {tmp_path / 'r.csv'}", f"export D0009 --to {tmp_path / 'preuve'}"):
        code, out, err = run(*words.split())
        assert (code, AICHA[0] in out, AICHA[1] in out) == (0, False, False), (words, err)
    before = len(campaign.office.letters())
    campaign.reply(campaign.letter(AICHA, "question", "D0009-2025-1"), AICHA, "Encore moi.")
    assert len(campaign.office.letters()) == before, "as any stranger: nobody outside is told"


def open_with(campaign: Campaign, email: str) -> list[str]:
    """The open questions of a person's dossiers."""
    rows = campaign.system.store.conn.execute(
        "select q.ref from question q join assignment a on a.dossier_id = q.dossier_id join person p "
        "on p.id = a.person_id where p.email = ? and q.state not in ('treated', 'withdrawn')",
        (email,),
    )
    return [row["ref"] for row in rows]


def test_evidence_stays_without_the_name(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    answered(campaign)
    close(run, *open_with(campaign, AICHA[1]))
    code, _, err = run("forget", AICHA[1], "--keep-evidence", "--yes")
    assert code == 0, err
    found = campaign.show()["answers"][0]
    assert (found["text"], found["by"].endswith("@personne.invalid")) == (f"{WORD} : le détail est de 4 711 €.", True)
    assert run("results", str(tmp_path / "r.json"), "--files", str(tmp_path / "pieces"))[0] == 0
    assert FILE in [path.read_bytes() for path in (tmp_path / "pieces").rglob("*.pdf")], "kept on its own"
    assert run("verify")[0] == 0
    conn = campaign.system.store.conn
    for row in conn.execute("select subject, text, html, to_name from outbox"):
        assert all(AICHA[0] not in traces.plain(value) and AICHA[0] not in value for value in row)
    assert conn.execute("select count(*) n from inbox where erased_at is not null").fetchone()["n"] == 3


def test_what_a_purge_left_undone_is_done_by_the_next(
    campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies after the rows, before the bytes: the next run ends it."""
    answered(campaign)

    def dies(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(erasing, "sweep", dies)
        assert run("purge", "--before", TOMORROW, "--yes")[0] == 1
    assert run("verify")[0] == 0
    assert holding(campaign, "canari-contenu-0815")
    assert run("purge", "--before", TOMORROW, "--yes")[0] == 0
    assert (holding(campaign, "canari-contenu-0815"), holding(campaign, WORD)) == ([], [])


def test_raw_mail_may_go_before_its_dossier(campaign: Campaign, run: Run, tmp_path: Path) -> None:
    answered(campaign)
    system = campaign.system
    limits = erasing.Before(LONG_AGO, LONG_AGO, system.now() + timedelta(seconds=5))
    found = erasing.plan(system, limits)
    assert (found.dossiers, len(found.mails)) == ([], 9)
    erasing.purge(system, found, limits, erasing.Who("durée de conservation"))
    assert [a["text"] for a in campaign.show()["answers"]] == [f"{WORD} : le détail est de 4 711 €."]
    assert run("results", str(tmp_path / "r.json"), "--files", str(tmp_path / "pieces"))[0] == 0
    assert FILE in [path.read_bytes() for path in (tmp_path / "pieces").rglob("*.pdf")]
    assert run("verify")[0] == 0
    assert kinds_of_journal(campaign)[-1] == "erased"


def test_traces_of_no_dossier_go_after_some_months(campaign: Campaign, run: Run) -> None:
    campaign.hand_in(stranger(campaign, "canari-machine"))
    campaign.advance(timedelta(days=1, hours=9))
    system = campaign.system
    after = system.now() + timedelta(seconds=5)
    limits = erasing.Before(LONG_AGO, LONG_AGO, None, after)
    found = erasing.plan(system, limits)
    erasing.purge(system, found, limits, erasing.Who("durée de conservation"))
    conn = system.store.conn
    assert conn.execute("select count(*) n from outbox where kind = 'digest' and text <> ''").fetchone()["n"] == 0
    assert conn.execute("select count(*) n from outbox where kind = 'question' and text = ''").fetchone()["n"] == 0
    assert conn.execute("select count(*) n from inbox where peer <> '' and state = 'done'").fetchone()["n"] == 0
    assert erasing.plan(system, limits).things == 0
    assert run("verify")[0] == 0


def stranger(campaign: Campaign, word: str) -> Any:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"] = "robot@machine.example", "eccv@assaprol.example"
    message["Subject"], message["Message-ID"] = word, "<r1@machine.example>"
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(word)
    return message


def test_what_is_due_by_retention_is_said_and_goes(campaign: Campaign, run: Run) -> None:
    """Nothing goes by itself: status, check and, a month later, an alarm say it."""
    with_policy(campaign, alarm_email="ops@assaprol.example")
    close(run, "D0009-2025-1", "D0009-2025-2", "D0009-2025-3")
    campaign.run()
    assert json.loads(run("status", "--json")[1])["kept_too_long"] == 0
    with tampering(campaign) as conn:  # seven years pass in a moment
        conn.execute("update journal set at = '2019' || substr(at, 5)")
        conn.execute("update document set added_at = '2019' || substr(added_at, 5)")
    assert json.loads(run("status", "--json")[1])["kept_too_long"] == 9, "documents of dossiers without questions too"
    assert "mailbot purge" in run("status")[1]
    assert "kept longer" in run("check")[1]
    alarm.watch(campaign.system)
    alarm.watch(campaign.system)
    campaign.run()
    assert len(alarms(campaign)) == 1
    assert holding(campaign, MEMBER)
    code, out, err = run("purge", "--yes")
    assert (code, "9 dossiers" in out) == (0, True), out + err
    assert holding(campaign, MEMBER) == []
    assert json.loads(run("status", "--json")[1])["kept_too_long"] == 0


def test_somebody_who_is_not_registered_is_forgotten(campaign: Campaign, run: Run) -> None:
    message = stranger(campaign, "canari-inconnu")
    campaign.hand_in(message)
    assert holding(campaign, "robot@machine.example")
    code, out, err = run("forget", "Robot@machine.example", "--yes")
    assert (code, "1 mails by him" in out) == (0, True), out + err
    assert (holding(campaign, "robot@machine.example"), holding(campaign, "canari-inconnu")) == ([], [])
    assert run("verify")[0] == 0


def test_the_member_of_a_dossier_is_forgotten_by_its_reference(campaign: Campaign, run: Run) -> None:
    answered(campaign)
    code, out, err = run("forget", "D0009", "--yes")
    assert (code, "erased: 1 dossier years" in out) == (0, True), out + err
    assert (holding(campaign, MEMBER), holding(campaign, WORD)) == ([], [])
    assert run("verify")[0] == 0


def test_a_member_who_answers_for_himself_goes_with_his_dossier(campaign: Campaign, run: Run) -> None:
    """What waits for a person keeps it from being done."""
    nadege, ref = ("Nadège Duhalde", "nadege.duhalde@mail.example"), "D0089"
    run("ask", "--dossier", ref, "--yes")
    campaign.run()
    questions = [question["ref"] for question in campaign.show(ref)["questions"]]
    campaign.reply(campaign.letter(nadege, "question", questions[0]), nadege, WORD)
    waits = stranger(campaign, "canari-retenu")
    waits.replace_header("From", nadege[1])
    del waits["Auto-Submitted"]
    held = campaign.hand_in(waits)
    close(run, *questions)
    if held["state"] == "held":
        code, _, err = run("forget", nadege[1], "--yes")
        assert (code, "wait for a person" in err) == (1, True), err
        with campaign.system.store.tx() as conn:
            inbox.set_state(conn, held["id"], "closed")
    code, out, err = run("forget", nadege[1], "--yes")
    assert (code, "1 dossiers of his own" in out) == (0, True), out + err
    for word in (*nadege, WORD, "canari-retenu"):
        assert holding(campaign, word) == [], word
    assert campaign.show(ref)["member"] == "dossier effacé"
    assert run("verify")[0] == 0
