"""How sure we are who wrote: the word of our own front server on the sender (RFC 8601), and the grade it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

import authres

from mailbot.mail.envelope import Dmarc, Verdict
from mailbot.mail.mime import limits

_RESULTS = re.compile(rb"^authentication-results[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)(?:\r?\n|\r|\Z)", re.I | re.M)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_METHOD = re.compile(r"^\s*dmarc\s*=\s*([a-z]+)", re.I)
_FROM = re.compile(r"(?:^|\s)header\.from\s*=\s*([^\s;]+)", re.I)


class Trust(IntEnum):
    """How sure we are that a person wrote a message. The names, in lower case, stand in JSON."""

    NONE = 0  #: a stranger, or a mail that its alleged domain disowns
    CLAIMED = 1  #: says to be somebody we know; nothing proves it
    TOKEN = 2  #: holds the token that was sent to that person
    PROVEN = 3  #: the domain of the address vouches for it


def grade(sender: str | None, verdict: Verdict, known: bool, holds_token: bool) -> Trust:
    """The grade of a message. `sender` is the one address of its one From, None where there is no such; `known`:
    it stands in the people table; `holds_token`: the token was sent to that person."""
    if sender is None or not known or verdict.dmarc is Dmarc.FAIL:
        return Trust.NONE
    domain = sender.rpartition("@")[2].lower()
    if verdict.dmarc is Dmarc.PASS and domain and verdict.domain.lower().rstrip(".") == domain:
        return Trust.PROVEN
    return Trust.TOKEN if holds_token else Trust.CLAIMED


def verdict(raw: bytes, authserv_id: str) -> Verdict:
    """What the topmost Authentication-Results with exactly our id says of DMARC; others, and comments, say nothing."""
    for _, value in _results(raw):
        if _id(value) == authserv_id.lower():
            return _read(value)
    return Verdict()


def strip(raw: bytes, authserv_id: str) -> bytes:
    """`raw` without the Authentication-Results that claim our id (RFC 8601 §5); every other byte stays."""
    out = raw
    for (start, end), value in reversed(list(_results(raw))):
        if _id(value) == authserv_id.lower():
            out = out[:start] + out[end:]
    return out


def _results(raw: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """(where it stands, its value without comments, unfolded) of each Authentication-Results, from the top."""
    block = raw[: len(limits.head(raw)) + 2]
    for found in _RESULTS.finditer(block):
        value = " ".join(found[1].decode("utf-8", "replace").split())
        yield found.span(), _without_comments(value)


def _without_comments(value: str) -> str:
    """Comments nest (RFC 5322 §3.2.2), and do not begin inside a quoted string."""
    out: list[str] = []
    depth, quoted, skip = 0, False, False
    for char in value:
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif char == '"' and depth == 0:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
            continue
        elif char == ")" and not quoted and depth:
            depth -= 1
            continue
        if depth == 0:
            out.append(char)
    return "".join(out)


def _id(value: str) -> str:
    """The authserv-id, without a version behind it, lower case."""
    return next(iter(value.partition(";")[0].split()), "").strip('"').lower()


def _read(value: str) -> Verdict:
    try:
        return _said(_strictly(value))
    except Exception:  # authres gives up on what several servers write
        return _said(_tolerantly(value))


def _strictly(value: str) -> list[tuple[str, str]]:
    """(result, domain of From) of each dmarc result, as authres reads them."""
    header = authres.AuthenticationResultsHeader.parse_value(value)
    out: list[tuple[str, str]] = []
    for result in header.results:
        if str(result.method).lower() == "dmarc":
            said = {f"{found.type}.{found.name}".lower(): str(found.value) for found in result.properties}
            out.append((str(result.result).lower(), said.get("header.from", "")))
    return out


def _tolerantly(value: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for piece in _QUOTED.sub('""', value).split(";")[1:]:
        if method := _METHOD.match(piece):
            domain = _FROM.search(piece)
            out.append((method[1].lower(), domain[1] if domain else ""))
    return out


def _said(results: list[tuple[str, str]]) -> Verdict:
    """One verdict of all dmarc results: a fail outweighs a pass, and passes for several domains prove none."""
    words = {word for word, _ in results}
    domains = {domain.rpartition("@")[2].lower() for _, domain in results}
    if "fail" in words:
        return Verdict(Dmarc.FAIL, next(iter(sorted(domains)), ""))
    if words == {"pass"} and len(domains) == 1:
        return Verdict(Dmarc.PASS, domains.pop())
    return Verdict()
