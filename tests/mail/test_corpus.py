"""Every message of the corpus is read as a person would read it.

A case is `NN-what-is-odd.eml`, beside it `.txt` (what the person typed), `.or1.txt`, `.or2.txt` (also right, as
with the closing kept), `.sent.txt` (our letter that it answers, where known) and `.why` (one line: what is odd).
"""

import re
from pathlib import Path

import pytest

from mailbot.mail import parse, reply

CORPUS = Path(__file__).parent / "corpus"
CASES = sorted(CORPUS.glob("*.eml"))


def flat(text: str) -> str:
    """White space is not judged; nor is what cannot be seen."""
    return " ".join(re.sub("[\u00ad\u200b-\u200f\u2060\ufeff]", "", text).split())


def accepted(case: Path) -> list[str]:
    return [
        flat(path.read_text("utf-8"))
        for path in (case.with_suffix(".txt"), *sorted(CORPUS.glob(case.stem + ".or?.txt")))
    ]


def sent(case: Path) -> str:
    path = case.with_suffix(".sent.txt")
    return path.read_text("utf-8") if path.exists() else ""


@pytest.mark.parametrize("known", [True, False], ids=["sent known", "sent unknown"])
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_what_was_typed_comes_out(case: Path, known: bool) -> None:
    split = reply.written(parse.parse(case.read_bytes()), sent(case) if known else "")
    assert flat(split.text) in accepted(case), case.with_suffix(".why").read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_nothing_vanishes(case: Path) -> None:
    message = parse.parse(case.read_bytes())
    split = reply.written(message, sent(case))
    whole = flat("\n".join((split.text, split.set_aside, split.quoted)))
    assert sorted(whole.split()) == sorted(flat("\n".join(line.text for line in reply.body(message))).split())


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_every_case_says_why(case: Path) -> None:
    assert re.match(r"\d\d-[a-z0-9-]+$", case.stem)
    assert case.with_suffix(".why").read_text("utf-8").strip().count("\n") == 0
