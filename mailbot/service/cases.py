"""A message of the inbox as a case of the corpus: its bytes, the letter it answers, and what was understood.

Where it is anonymous, every name, address, figure and file is another one; whether it is still read alike is told.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from .. import mail, resources
from ..errors import Held
from ..mail.envelope import Envelope
from ..mail.parse import parse
from ..mail.reply import written
from ..mail.specimen.anonymous import anonymous
from ..mail.specimen.scrub import Scrubber, fold
from ..store import blobs, inbox, names
from . import describe, target
from .reading import our_words
from .system import System

_RETURN_PATH = re.compile(rb"^return-path:", re.I | re.M)
_LETTERS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Case:
    """What stands in the files of a case, by their endings."""

    files: dict[str, bytes]
    alike: bool  #: read as the original is: the same kinds of lines, the same files, for the same reason


def case(system: System, row: sqlite3.Row, keep: bool = False) -> Case:
    """The case of a message; `keep` leaves it as it came. Raises Unreadable where it cannot be taken apart."""
    raw = _with_path(blobs.get(system.store.conn, row["sha256"]), inbox.envelope(row))
    sent = _sent(system, raw, inbox.envelope(row))
    other, said = (raw, sent) if keep else _anonymous(system, raw, sent)
    read = describe.describe(other, describe.envelope(other, None), said)
    files = {
        ".eml": other,
        ".sent.txt": said.encode(),
        ".txt": (read["text"].rstrip("\n") + "\n").encode(),
        ".toml": _says(read).encode(),
        ".why": b"what is odd about it: one line\n",
    }
    kept = {ending: data for ending, data in files.items() if data.strip()}
    return Case(kept, keep or _shape(raw, sent) == _shape(other, said))


def _with_path(raw: bytes, envelope: Envelope) -> bytes:
    """The message with the Return-Path that a mail server writes on top (RFC 5321 §4.4)."""
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    return raw if _RETURN_PATH.search(raw[:2000]) else f"Return-Path: <{envelope.reverse_path}>".encode() + end + raw


def _sent(system: System, raw: bytes, envelope: Envelope) -> str:
    message = parse(raw, system.policy.limits)
    try:
        found = target.find(system, system.store.conn, message, envelope).conversation
    except Held:
        return ""
    return our_words(system.store.conn, found, message) if found else ""


def _anonymous(system: System, raw: bytes, sent: str) -> tuple[bytes, str]:
    """The message and our letter, with the same other names in both."""
    persons, firms = names.persons(system.store.conn), names.firms(system.store.conn)
    message = parse(raw, system.policy.limits)
    persons += [address.name for address in (*message.from_, *message.to, *message.cc, *message.reply_to)]
    persons.append(system.oga.name)
    rare = [word for name in firms for word in _LETTERS.findall(name) if fold(word) not in ordinary()]
    scrubber = Scrubber(secrets.token_hex(16), (*persons, *rare), ordinary())
    return anonymous(raw, scrubber), scrubber.text(sent)


@cache
def ordinary() -> frozenset[str]:
    """The words of our letters and questions, and those that the rules of reading look for: they name nobody."""
    templates = [path.read_text("utf-8") for path in resources.data("templates").rglob("*.*") if path.suffix != ".css"]
    return frozenset(fold(word) for text in (*templates, *_patterns()) for word in _LETTERS.findall(text))


def _patterns() -> Iterator[str]:
    """What the modules that read mail look for: the source of their patterns without escapes, and their words.

    « conges? » looks for two words.
    """
    for module in iter_modules(mail.__path__):
        for name, value in vars(import_module(f"{mail.__name__}.{module.name}")).items():
            if name.startswith("__"):
                continue
            for one in value if isinstance(value, frozenset | set | tuple | list | dict) else (value,):
                source = one.pattern if isinstance(one, re.Pattern) else one
                if isinstance(source, str):
                    plain = re.sub(r"\\[A-Za-z]", " ", source)
                    yield from (plain, re.sub(r"([^\W\d_])\?", r"\1", plain), re.sub(r"[^\W\d_]\?", "", plain))


def _shape(raw: bytes, sent: str) -> tuple[Any, ...]:
    """What must not change: how a message is read, without its words."""
    read = describe.describe(raw, describe.envelope(raw, None), sent)
    split = written(parse(raw), sent)
    blocks = [(block.kind, len(block.text.splitlines())) for block in split.blocks]
    files = [(a["part"], a["verdict"], a["logo"]) for a in read["attachments"]]
    return read["disposition"], read["reason"], blocks, files, bool(read["absence"]), len(read["answers"])


def _says(read: dict[str, Any]) -> str:
    """What else the case says, for the person who corrects it."""
    lines = [f"disposition = {json.dumps(read['disposition'])}"]
    if files := [f"{a['name']} {a['verdict']}" for a in read["attachments"] if not a["logo"]]:
        lines.append(f"files = {json.dumps(files, ensure_ascii=False)}")
    if len(read["answers"]) > 1:
        lines += ["", "[answers]"]
        lines += [f"{json.dumps(a['question'])} = {json.dumps(a['text'], ensure_ascii=False)}" for a in read["answers"]]
    return "\n".join(lines) + "\n"
