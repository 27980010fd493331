"""How sure we are who wrote: the word of our own front server on the sender (RFC 8601), and the grade it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from mailbot.mail import results
from mailbot.mail.envelope import Dmarc, Verdict, lower
from mailbot.mail.results import Results

_FAILED = re.compile(r"\bdmarc\s*=\s*fail\b", re.I)
#: Exchange Online's words for "no policy is published" (the second: and none would have been violated).
_NO_POLICY = frozenset({"none", "bestguesspass"})


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
    domain = _ascii(sender.rpartition("@")[2])
    if verdict.vouches and domain and _ascii(verdict.domain) == domain:
        return Trust.PROVEN
    return Trust.TOKEN if holds_token else Trust.CLAIMED


def verdict(raw: bytes, auth_results: str) -> Verdict:
    """What the topmost Authentication-Results says of DMARC, where it is the one that `mail.auth_results` means:
    "id:HOST" (it bears exactly that authserv-id), "microsoft" (it bears none), "none" (never). Otherwise nothing, and
    nothing below it is looked at.

    The same for mail over SMTP from a trusted peer and for mail that lies in a mailbox of ours (IMAP).
    """
    for _, value in results.all_of(raw):
        found = results.read(value)
        return _said(found, value) if _meant(found, auth_results) else Verdict()
    return Verdict()


def strip(raw: bytes, auth_results: str) -> bytes:
    """`raw` without the Authentication-Results that would be taken for our own server's (RFC 8601 §5); every other
    byte stays."""
    out = raw
    for start, end in reversed(list(_ours(raw, auth_results))):
        out = out[:start] + out[end:]
    return out


def _ours(raw: bytes, auth_results: str) -> Iterator[tuple[int, int]]:
    return (span for span, value in results.all_of(raw) if _meant(results.read(value), auth_results))


def _meant(found: Results, auth_results: str) -> bool:
    if auth_results == "microsoft":
        return found.id == ""
    return auth_results.startswith("id:") and found.id == lower(auth_results.removeprefix("id:"))


def _said(found: Results, value: str) -> Verdict:
    """One verdict of all that a header says: a fail outweighs everything, and what is of two minds proves nothing."""
    dmarc = found.of("dmarc")
    domains = set[str]().union(*(result.domains("header.from") for result in dmarc))
    words = {result.word for result in dmarc}
    if "fail" in words or (not found.sure and _FAILED.search(value)):
        return Verdict(Dmarc.FAIL, min(domains, default=""))
    if not found.sure or len(domains) != 1 or not all(domains):
        return Verdict()
    domain = domains.pop()
    if any(result.word != "pass" for result in found.of("compauth")):
        return Verdict()
    if words == {"pass"}:
        return Verdict(Dmarc.PASS, domain)
    aligned = words <= _NO_POLICY and (_spf(found, domain) or _dkim(found, domain))
    return Verdict(Dmarc.ALIGNED, domain) if aligned else Verdict()


def _spf(found: Results, domain: str) -> bool:
    """SPF passed for the domain of the reverse-path (never for the name of the host, RFC 7208 §2.3), once."""
    judged = {(r.word, name) for r in found.of("spf") for name in r.domains("smtp.mailfrom")}
    return len(judged) == 1 and all(word == "pass" and _aligned(name, domain) for word, name in judged)


def _dkim(found: Results, domain: str) -> bool:
    """One of the signatures holds and is of the domain; what is signed for others beside it says nothing."""
    signed = (r.domains("header.d") or r.domains("header.i") for r in found.of("dkim") if r.word == "pass")
    return any(len(names) == 1 and all(_aligned(name, domain) for name in names) for names in signed)


def _aligned(name: str, domain: str) -> bool:
    """`name` is the domain of From, or lies below it. Never above nor beside it: where domains of one owner end only a
    list of all registries could tell, and on a shared host another customer's signature would count."""
    name, domain = _ascii(name), _ascii(domain)
    return "." in domain and (name == domain or name.endswith("." + domain))


def _ascii(domain: str) -> str:
    """A domain as the DNS writes it, lower case; nothing is made equal that is written with other letters."""
    labels = lower(domain).rstrip(".").split(".")
    return ".".join(x if x.isascii() else "xn--" + x.encode("punycode").decode("ascii") for x in labels)
