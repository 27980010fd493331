"""The SMTP envelope (RFC 5321 §3.3) and subaddresses (RFC 5233)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Dmarc(Enum):
    """What a trusted front server found out about the domain of the From header (RFC 8601)."""

    PASS = "pass"  #: the domain's owner vouches for the mail
    FAIL = "fail"  #: the domain's owner disowns it
    ALIGNED = "aligned"  #: the domain publishes no policy, and its own SPF or DKIM vouches for the mail
    NONE = "none"  #: no word from a server that we trust


@dataclass(frozen=True)
class Verdict:
    """Who vouches for the sender: the outcome of DMARC, and for which domain."""

    dmarc: Dmarc = Dmarc.NONE
    domain: str = ""  #: lower case; the header.from of the verdict

    @property
    def vouches(self) -> bool:
        """True where the mail is of that domain for sure."""
        return self.dmarc in (Dmarc.PASS, Dmarc.ALIGNED)


@dataclass(frozen=True)
class Envelope:
    """What the wire said of a message, complete at the door: nothing later needs the network."""

    reverse_path: str  #: "" is the null reverse-path of bounces (RFC 5321 §4.5.5)
    recipients: tuple[str, ...]
    received_at: datetime
    peer: str = ""  #: address of the client that handed the mail over
    trusted: bool = False  #: the peer stands in smtp_in.trusted
    tls: bool = False
    verdict: Verdict = Verdict()


_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def lower(address: str) -> str:
    """A to Z as a to z, and nothing else: str.lower() makes of other letters ours, of the Kelvin sign a k."""
    return address.translate(_LOWER)


def split(address: str, separator: str = "+") -> tuple[str, str, str]:
    """Split `local+detail@domain` into (local, detail, domain), lower-cased; detail is "" where there is none.

    `separator` is "+" or "-"; with "-" the last one counts, since a local part may hold others.
    """
    local, _, domain = address.strip().strip("<>").lower().rpartition("@")
    if separator == "-":
        name, found, detail = local.rpartition("-")
    else:
        name, found, detail = local.partition("+")
    return (name, detail, domain) if found else (local, "", domain)
