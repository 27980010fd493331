"""`inbox export`: a message that was read wrongly becomes a case of the corpus."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from mailbot.demo.postoffice import reply
from mailbot.mail.parse import parse
from tests.campaign import AICHA, Campaign
from tests.operators import Run

TYPED = (
    "Bonjour,\n\nLe poste comprend 14 300 € de sous-traitance confiée à Gontran Bordagaray.\n\nCordialement,\n\n"
    "Aïcha Dubois\nCabinet Etcheverry & Associés\n05 59 86 85 95"
)


@pytest.fixture
def office_folder(campaign: Campaign) -> Path:
    """The folder of the campaign's configuration."""
    return Path(campaign.system.store.path).parent.parent


@pytest.fixture
def exported(campaign: Campaign, office_folder: Path, run: Run) -> dict[str, bytes]:
    """The files of an anonymous case, by their endings."""
    mail = reply(campaign.letter(AICHA, "question"), AICHA, TYPED, {"Détail Etcheverry.pdf": b"%PDF-1.4 secret"})
    done = campaign.hand_in(mail)
    code, out, err = run("inbox", "export", str(done["id"]), str(office_folder / "corpus"))
    assert (code, err) == (0, ""), (out, err)
    return {path.name.partition(".")[2]: path.read_bytes() for path in (office_folder / "corpus").iterdir()}


def test_a_case_has_all_its_files_and_reads_as_the_original(exported: dict[str, bytes]) -> None:
    assert set(exported) == {"eml", "txt", "sent.txt", "toml", "why"}
    text = exported["txt"].decode()
    assert re.match(r"Bonjour,\n\nLe poste comprend \d\d \d00? ?\d* ?€ de sous-traitance|Bonjour,", text)
    assert len(text.splitlines()) == len(TYPED.split("\n\nCordialement")[0].splitlines())
    assert tomllib.loads(exported["toml"].decode())["disposition"] == "accept"
    assert "Répondez au-dessus de cette ligne" in exported["sent.txt"].decode()


def test_nobody_is_named_in_it(exported: dict[str, bytes]) -> None:
    message = parse(exported["eml"])
    headers = "\n".join(value for values in message.headers.values() for value in values)
    names = "\n".join(a.name for a in message.attachments)
    letter = exported["sent.txt"].decode()
    whole = "\n".join((headers, message.subject, message.text, message.html, names, letter, exported["txt"].decode()))
    for word in ("Aïcha", "Dubois", "Etcheverry", "Gontran", "Bordagaray", "Anguelu", "Etchegoyen", "ASSAPROL"):
        assert word.lower() not in whole.lower(), word
    for figure in ("14 300", "24 725", "05 59 86 85 95", "D0009"):
        assert figure not in whole.replace("\u00a0", " "), figure
    assert b"secret" not in exported["eml"]
    assert set(re.findall(r"@[\w.-]+\.(\w+)", whole)) <= {"example", "invalid"}


def test_the_next_case_gets_the_next_number(campaign: Campaign, office_folder: Path, run: Run) -> None:
    done = campaign.hand_in(reply(campaign.letter(AICHA, "question"), AICHA, "Le détail."))
    corpus = office_folder / "corpus"
    corpus.mkdir()
    (corpus / "41-odd.eml").write_bytes(b"")
    run("inbox", "export", str(done["id"]), str(corpus))
    assert sorted(path.name for path in corpus.glob("*.eml")) == ["41-odd.eml", "42-message.eml"]


def test_raw_keeps_every_byte(campaign: Campaign, office_folder: Path, run: Run) -> None:
    mail = reply(campaign.letter(AICHA, "question"), AICHA, "Le détail.")
    done = campaign.hand_in(mail)
    run("inbox", "export", str(done["id"]), "--raw", str(office_folder / "corpus"))
    (case,) = (office_folder / "corpus").glob("*.eml")
    run("inbox", "export", str(done["id"]), str(office_folder / "x.eml"))
    bytes_ = (office_folder / "x.eml").read_bytes()
    assert case.read_bytes() == b"Return-Path: <" + AICHA[1].encode() + b">\r\n" + bytes_
    found = json.loads(run("read", "--sent", str(next(case.parent.glob("*.sent.txt"))), str(case))[1])
    assert found["text"] == "Le détail."


def test_why_says_what_was_cut(campaign: Campaign, run: Run) -> None:
    done = campaign.hand_in(reply(campaign.letter(AICHA, "question"), AICHA, TYPED))
    told = json.loads(run("why", str(done["id"]), "--json")[1])
    assert (told["matched_by"], told["trust"], told["command"]) == ("envelope", "proven", "answer")
    lines = {line.partition(" ")[2]: line.partition(" ")[0] for line in told["cut"]}
    assert lines["lines taken as typed"] == "2"
    assert lines["lines set aside"] == "4"
    assert "lines taken for history" in lines
    assert any(line.startswith("cut by: ") for line in told["cut"])
    assert "2 lines taken as typed" in run("why", str(done["id"]))[1]
