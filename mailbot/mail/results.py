"""Reads Authentication-Results (RFC 8601 §2.2), of which only the topmost is worth anything: what stands below it, in
its comments or inside its quoted strings may be the sender's own.

Our own reader, since servers write what the grammar does not know, and what cannot be taken apart for sure must prove
nothing instead of being read in another way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.mail.envelope import lower
from mailbot.mail.mime import limits

_FIELD = re.compile(rb"^authentication-results[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)(?:\r?\n|\r|\Z)", re.I | re.M)
_EQUALS = re.compile(r"\s*=\s*")
_METHOD = re.compile(r"([a-z0-9_-]+)(?:/\d+)?=([a-z]+)", re.I)
_INSIDE = re.compile(r"[\s;=]")
LONGEST = 10_000  #: characters of a header that are read; no server writes so many


@dataclass(frozen=True)
class Result:
    """What one check of the server found."""

    method: str  #: spf, dkim, dmarc, compauth, …; lower case
    word: str  #: pass, fail, none, …; lower case
    properties: tuple[tuple[str, str], ...] = ()  #: ("header.from", "cabinet.example"), lower case

    def domains(self, name: str) -> set[str]:
        """The domains that a property names: it is one where the server was of one mind."""
        return {value.rpartition("@")[2].rstrip(".") for key, value in self.properties if key == name}


@dataclass(frozen=True)
class Results:
    """One header."""

    id: str  #: the authserv-id, lower case; "" where the header begins with a result, as Exchange Online writes it
    found: tuple[Result, ...] = ()
    sure: bool = True  #: False where quotes or comments do not close: then it proves nothing

    def of(self, method: str) -> list[Result]:
        """The results of one method, in their order."""
        return [result for result in self.found if result.method == method]


def all_of(raw: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """(where it stands, its value unfolded) of each such header of a message, from the top."""
    block = raw[: len(limits.head(raw)) + 2]
    for field in _FIELD.finditer(block):
        yield field.span(), " ".join(field[1].decode("utf-8", "replace").split())[:LONGEST]


def read(value: str) -> Results:
    """A header taken apart. Nothing in a comment or a quoted string is a result."""
    plain, sure = _plain(value)
    first, *rest = (_EQUALS.sub("=", piece).strip() for piece in plain.split(";"))
    named = _METHOD.match(first) is None
    pieces = rest if named else [first, *rest]
    id = lower(next(iter(first.split()), "")) if named else ""
    if named and not id:
        id, sure = "?", False  # nobody at all
    return Results(id, tuple(filter(None, map(_result, pieces))), sure and len(value) < LONGEST)


def _result(piece: str) -> Result | None:
    words = piece.split()
    method = _METHOD.fullmatch(words[0]) if words else None
    if method is None:
        return None
    pairs = (word.partition("=") for word in words[1:])
    properties = tuple((lower(key), lower(said)) for key, equals, said in pairs if equals)
    return Result(lower(method[1]), lower(method[2]), properties)


def _plain(value: str) -> tuple[str, bool]:
    """`value` without comments (they nest, RFC 5322 §3.2.2) and quotes, what is quoted holding nothing that separates;
    and whether all of it closes. A quote inside a comment is no syntax, but reason enough to be unsure."""
    if not set('()"\\') & set(value):
        return value, True
    out: list[str] = []
    depth, quoted, skip, sure = 0, False, False, True
    for char in value:
        if skip:
            skip = False
            char = _INSIDE.sub("_", char)
        elif char == "\\":
            skip = True
            continue
        elif char == '"':
            sure = sure and depth == 0
            quoted = quoted != (depth == 0)
            continue
        elif not quoted and char in "()":
            depth += 1 if char == "(" else -1
            sure, depth = sure and depth >= 0, max(depth, 0)
            char = " "
        elif quoted:
            char = _INSIDE.sub("_", char)
        if depth == 0:
            out.append(char)
    return "".join(out), sure and not (depth or quoted or skip)
