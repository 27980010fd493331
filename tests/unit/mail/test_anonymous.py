"""A message that was made anonymous reads as it did, and nothing of it is left that names anybody."""

import html
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailbot.mail import parse, reply
from mailbot.mail.specimen.anonymous import anonymous
from mailbot.mail.specimen.scrub import ROLES, Scrubber, fold
from mailbot.service import cases, describe
from tests.mail.test_corpus import CASES, NOW, sent

FIGURE = re.compile(r"\d(?:[\d.,]|[ \u00a0\u202f](?=\d{3}\b))*\d(?=\s?€)|\b\d{2}(?:[ .]\d{2}){4}\b")


def people(case: Path) -> set[str]:
    message = parse.parse(case.read_bytes())
    found = {a.name for a in (*message.from_, *message.to, *message.cc)}
    return {word for name in found for word in re.findall(r"[^\W\d_]{3,}", name)}


@cache
def made(case: Path) -> tuple[bytes, str]:
    ours = {word for word in people(case) if fold(word) not in cases.ordinary()}
    scrubber = Scrubber("seed", ours, cases.ordinary())
    return anonymous(case.read_bytes(), scrubber), scrubber.text(sent(case))


def shape(raw: bytes, letter: str) -> Any:
    read = describe.describe(raw, describe.envelope(raw, NOW), letter)
    blocks = [(block.kind, len(block.text.splitlines())) for block in reply.written(parse.parse(raw), letter).blocks]
    return read["disposition"], blocks, [(a["part"], a["verdict"], a["logo"]) for a in read["attachments"]]


def words(raw: bytes) -> str:
    message = parse.parse(raw)
    headers = "\n".join(value for values in message.headers.values() for value in values)
    names = "\n".join(a.name for a in message.attachments)
    return html.unescape("\n".join((headers, message.subject, message.text, message.html, names, message.status)))


#: Every tenth in the fast part.
WALKED = [
    pytest.param(case, id=case.stem, marks=[] if number % 10 == 0 else [pytest.mark.slow])
    for number, case in enumerate(CASES)
]


@pytest.mark.parametrize("case", WALKED)
def test_it_is_read_alike(case: Path) -> None:
    assert shape(*made(case)) == shape(case.read_bytes(), sent(case))


@pytest.mark.parametrize("case", WALKED)
def test_nobody_is_named(case: Path) -> None:
    before, after = words(case.read_bytes()), words(made(case)[0])
    for word in people(case):
        if fold(word) not in cases.ordinary() | ROLES:
            assert not re.search(rf"\b{re.escape(word)}\b", after, re.I), word
    for address in set(re.findall(r"[\w.+-]+@[\w.-]+\.\w+", re.sub(r"cid:\S+", "", before))):
        assert address.lower() not in after.lower(), address
    for figure in set(FIGURE.findall(before)):
        assert not re.search(rf"(?<![\d ]){re.escape(figure)}(?![\d ])", after), figure


@pytest.mark.parametrize("case", CASES[:60:3], ids=lambda path: path.stem)
def test_the_structure_stays(case: Path) -> None:
    """Headers, boundaries, encodings and markup are those of the original."""
    before, after = case.read_bytes(), made(case)[0]
    structure = re.compile(rb"^(?:--\S.*|content-transfer-encoding:.*|mime-version:.*|x-mailer:.*)$", re.I | re.M)
    assert structure.findall(after) == structure.findall(before)
    tags = re.compile(r"<(?:/?\w+)")
    assert tags.findall(parse.parse(after).html) == tags.findall(parse.parse(before).html)


def test_the_same_is_the_same_everywhere() -> None:
    scrubber = Scrubber("seed", ["Aïcha Dubois"], cases.ordinary())
    text = scrubber.text(
        "Aïcha DUBOIS <aicha.dubois@cabinet.example>, aïcha dubois : 4 120 € puis 4.120 €, D0009-2025-2"
    )
    first, *rest = re.findall(r"[^\W\d_]+", text)
    assert len(first) == 5
    assert first.lower() in [word.lower() for word in rest]
    figures = re.findall(r"(\d)[ .](\d{3}) €", text)
    assert len(set(figures)) == 1
    assert figures[0] != ("4", "120")
    assert re.search(r"\b[A-Z]\d{4}-2025-2\b", text)
    assert "0009" not in text


def test_what_rules_look_for_stays() -> None:
    scrubber = Scrubber("seed", [], cases.ordinary())
    text = "Le 24 nov. 2026 à 09:12, X a écrit :\nEnvoyé de mon iPhone\n1) Bonjour\n550 5.1.1 User unknown"
    assert scrubber.text(text) == text


def test_another_seed_makes_another_name() -> None:
    names = {Scrubber(seed, ["Aïcha"], ()).text("Aïcha") for seed in "abcdef"}
    assert len(names) > 3
    assert "Aïcha" not in names
