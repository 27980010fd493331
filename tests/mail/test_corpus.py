"""Every message of the corpus is read as a person would read it.

A case is `NN-what-is-odd.eml`, and beside it, with the same name:

`.txt`                what the person typed; absent where nobody judges that (a bounce, an absence)
`.or1.txt`, `.or2…`   also right, as with the closing kept
`.sent.txt`           our letter that it answers, where known
`.toml`               what else `mailbot read` must say of it:
                      disposition (else "accept"), language, sender
                      files = ["name verdict"], all but logos, in their order
                      set_aside = [words that must stand there]
                      notes = [words that one of the notes must hold]
                      needs_sent = true: without our letter nobody could tell its words from the writer's
                      [answers] label or reference of a question = what was written about it
                      [answer_files] the same = [names]
                      [absence] until, deputy (words that must stand in it)
                      [bounce] recipients, status, permanent, delayed
`.why`                one line: what is odd
"""

import json
import re
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailbot.mail import parse, reply
from mailbot.service import describe

CORPUS = Path(__file__).parent / "corpus"
CASES = sorted(CORPUS.glob("*.eml"))
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
KEYS = set("disposition language sender files set_aside notes needs_sent answers answer_files absence bounce".split())


def flat(text: str) -> str:
    """White space is not judged; nor is what cannot be seen."""
    return " ".join(re.sub("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]", "", text).split())


def accepted(case: Path) -> list[str]:
    first = case.with_suffix(".txt")
    if not first.exists():
        return []
    return [flat(path.read_text("utf-8")) for path in (first, *sorted(case.parent.glob(case.stem + ".or?.txt")))]


def sent(case: Path) -> str:
    path = case.with_suffix(".sent.txt")
    return path.read_text("utf-8") if path.exists() else ""


def says(case: Path) -> dict[str, Any]:
    path = case.with_suffix(".toml")
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def why(case: Path) -> str:
    return case.with_suffix(".why").read_text("utf-8")


@cache
def read(case: Path, known: bool) -> dict[str, Any]:
    """What `mailbot read` prints of a case; `known`: with --sent."""
    raw = case.read_bytes()
    found = describe.describe(raw, describe.envelope(raw, NOW), sent(case) if known else "")
    return dict(json.loads(json.dumps(found)))


def by_question(case: Path, expected: dict[str, Any]) -> dict[str, Any]:
    """Expectations by label, as by reference: « 2 » is D0009-2025-2."""
    refs = dict(re.findall(r"^\s*Question\s+(\w+)\s+\[([\w-]+)\]", sent(case), re.M))
    return {refs.get(label, label): value for label, value in expected.items()}


@pytest.mark.parametrize("known", [True, False], ids=["sent known", "sent unknown"])
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_what_was_typed_comes_out(case: Path, known: bool) -> None:
    right = accepted(case)
    if not right or (not known and says(case).get("needs_sent")):
        right = [flat(read(case, known)["text"])]
        assert says(case), "nothing is said of this case"
    assert flat(read(case, known)["text"]) in right, why(case)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_it_is_read_for_what_it_is(case: Path) -> None:
    found, expected = read(case, True), says(case)
    assert expected.keys() <= KEYS
    assert found["disposition"] == expected.get("disposition", "accept"), (found["reason"], why(case))
    assert found["language"] == expected.get("language", found["language"])
    assert found["from"]["address"] == expected.get("sender", found["from"]["address"])
    files = [f"{a['name']} {a['verdict']}" for a in found["attachments"] if not a["logo"]]
    assert files == expected.get("files", files), why(case)
    for words in expected.get("set_aside", ()):
        assert flat(words) in flat(found["set_aside"]), why(case)
    for words in expected.get("notes", ()):
        assert any(words in note for note in found["notes"]), found["notes"]
    for name in ("absence", "bounce"):
        wanted = expected.get(name, {})
        told = found[name] or {}
        assert {key: told.get(key) for key in wanted if key != "deputy"} == {
            key: value for key, value in wanted.items() if key != "deputy"
        }, why(case)
    deputy = expected.get("absence", {}).get("deputy", "")
    assert deputy in ((found["absence"] or {}).get("deputy") or ""), why(case)


@pytest.mark.parametrize("case", [case for case in CASES if "answers" in says(case)], ids=lambda path: path.stem)
def test_each_answer_is_about_its_question(case: Path) -> None:
    answers = {part["question"]: part for part in read(case, True)["answers"]}
    texts = by_question(case, says(case)["answers"])
    assert {ref: flat(part["text"]) for ref, part in answers.items() if ref} == {r: flat(t) for r, t in texts.items()}
    files = by_question(case, says(case).get("answer_files", {}))
    assert {ref: answers[ref]["files"] for ref in files} == files


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_nothing_vanishes(case: Path) -> None:
    message = parse.parse(case.read_bytes())
    split = reply.written(message, sent(case))
    whole = flat("\n".join((split.text, split.set_aside, split.quoted)))
    assert sorted(whole.split()) == sorted(flat("\n".join(line.text for line in reply.body(message))).split())


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_every_case_says_why(case: Path) -> None:
    assert re.match(r"\d{2,3}-[a-z0-9-]+$", case.stem)
    assert why(case).strip().count("\n") == 0


def test_no_file_of_the_corpus_belongs_to_no_case() -> None:
    names = {case.stem for case in CASES}
    assert {path.name.partition(".")[0] for path in CORPUS.iterdir()} == names
    assert len(names) >= 150


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_nobody_in_the_corpus_is_real(case: Path) -> None:
    """Every address stands in a domain that cannot exist (RFC 2606)."""
    message = parse.parse(case.read_bytes())
    people = [a.address for a in (*message.from_, *message.to, *message.cc, *message.reply_to)]
    words = re.sub(r"cid:\S+", "", " ".join((*people, message.text, message.html)))
    found = re.findall(r"@[\w.-]+\.(\w+)", words)
    assert set(found) <= {"example", "invalid"}
