"""Reads what a mail server says of a letter that did not arrive: RFC 3464 first, then prose, French and English.

Each recipient has a state of its own: a report that names several says of each what became of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.mail import machines
from mailbot.mail.message import InboundMessage
from mailbot.mail.quoting import html
from mailbot.mail.quoting.lines import fold

LONGEST = 20_000  #: characters of prose that are read
_FIELD = re.compile(r"^([A-Za-z-]+)[ \t]*:[ \t]*([^\n]*(?:\n[ \t]+\S[^\n]*)*)", re.M)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])")
_ADDRESS = re.compile(r"[\w.+'=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_MESSAGE_ID = re.compile(r"^[ \t>]*message-id ?:\s*(<[^<>\s]+>)", re.I | re.M)
#: RFC 3463 §3: the mailbox or its domain is wrong. 5.1.7 and 5.1.8 speak of our own address.
_WRONG_ADDRESS = re.compile(r"5\.1\.(?!7$|8$)\d+|5\.4\.4|5\.4\.310")
#: Says nothing exact, or what Exchange Online says of an address it does not know: the words decide.
_VAGUE = re.compile(r"|5\.[0-9]{1,2}\.0|5\.4\.1|5\.2\.1|5\.7\.1")
ARRIVED = frozenset({"delivered", "relayed", "expanded"})


@dataclass(frozen=True)
class Report:
    """What became of the letter to one recipient."""

    recipient: str  #: lower case
    action: str = ""  #: failed, delayed, delivered, relayed or expanded (RFC 3464 §2.3.3)
    status: str = ""  #: RFC 3463, for example "5.1.1"; "" where the server gives none
    permanent: bool = False  #: the address or its domain does not exist: writing again is no use
    also: str = ""  #: the address as we wrote it, where the server names another as the final one


@dataclass(frozen=True)
class Bounce:
    """What happened to one letter of ours; of several recipients the worst."""

    recipients: tuple[str, ...]  #: lower case; those the server speaks of
    status: str = ""
    permanent: bool = False
    delayed: bool = False  #: it is late; the server goes on trying
    original_message_id: str = ""  #: with its brackets; "" where it did not come back
    reports: tuple[Report, ...] = ()

    def of(self, address: str) -> Report | None:
        """What became of the letter to `address`, None where the server does not speak of it."""
        known = [report for report in self.reports if address.lower() in (report.recipient, report.also)]
        return min(known, key=_rank, default=None)

    @property
    def worst(self) -> Report | None:
        """What became of the letter where it went worst."""
        return min(self.reports, key=_rank, default=None)

    @property
    def arrived(self) -> bool:
        """True for a report of success only."""
        return bool(self.reports) and all(report.action in ARRIVED for report in self.reports)


def read(message: InboundMessage, null_path: bool = False) -> Bounce | None:
    """The bounce that `message` is, or None if it is none. `null_path`: it came with the null reverse-path."""
    if message.status:
        return _bounce(_from_report(message.status), _original(message, ""))
    text = (message.text or html.text(message.html[: 2 * LONGEST]))[:LONGEST]
    server = "x-failed-recipients" in message.headers or any(
        machines.SERVER_ADDRESS.match(one.address) or machines.SERVER_NAME.match(one.name) for one in message.from_
    )
    if not server and not null_path:
        return None
    found = machines.RETURNED.search(text)
    told, original = (text[: found.start()] if found else text), _original(message, text)
    said = fold(told)
    if not machines.UNDELIVERED.search(said) and not (server and machines.UNDELIVERED.search(fold(message.subject))):
        return None
    reports = _from_prose(message, told, fold(f"{message.subject}. {told}"))
    return _bounce(reports, original) if server or original or reports else None


def _bounce(reports: list[Report], original: str) -> Bounce:
    worst = min(reports, key=_rank, default=Report(""))
    return Bounce(
        recipients=tuple(dict.fromkeys(name for one in reports for name in (one.recipient, one.also) if name)),
        status=worst.status,
        permanent=worst.permanent,
        delayed=worst.action == "delayed",
        original_message_id=original,
        reports=tuple(reports),
    )


def _rank(report: Report) -> tuple[bool, int, bool]:
    """The worst first."""
    order = {"failed": 0, "": 1, "delayed": 2}
    return not report.permanent, order.get(report.action, 3), not report.status


def _from_report(status: str) -> list[Report]:
    """The per-recipient fields of RFC 3464 §2.3: a block each, parted by blank lines."""
    reports: list[Report] = []
    for block in re.split(r"\n[ \t]*\n", status.replace("\r\n", "\n")):
        fields = {name.lower(): " ".join(value.split()) for name, value in reversed(_FIELD.findall(block))}
        final = _ADDRESS.search(fields.get("final-recipient", ""))
        original = _ADDRESS.search(fields.get("original-recipient", ""))
        if final or original or {"action", "status"} <= fields.keys():
            reports.append(_report(fields, *(found[0].lower() if found else "" for found in (final, original))))
    return reports


def _report(fields: dict[str, str], final: str, original: str) -> Report:
    diagnostic = fields.get("diagnostic-code", "")
    status = next(iter(_STATUS.findall(fields.get("status", ""))), "")
    exact = next((code for code in _STATUS.findall(diagnostic) if code[0] == (status or code)[0]), "")
    if exact and _VAGUE.fullmatch(status):
        status = exact
    action = fields.get("action", "").lower().partition(" ")[0]
    code = _REPLY_CODE.search(diagnostic)
    action = action or {"5": "failed", "4": "delayed", "2": "delivered"}.get(
        status[:1] or (code[1] if code else ""), ""
    )
    permanent = action == "failed" and _is_permanent(status, fold(diagnostic))
    return Report(final or original, action, status, permanent, original if original != final else "")


def _from_prose(message: InboundMessage, told: str, said: str) -> list[Report]:
    """A state for each address that the prose names, from the words behind it; for one address from all of them."""
    named = dict.fromkeys(found.lower() for found in _ADDRESS.findall(message.header("x-failed-recipients")))
    places = {found[0].lower(): found.start() for found in reversed(list(_ADDRESS.finditer(told)))}
    known = list(named) or list(places)
    if len(known) < 2:
        return [_told(address, said) for address in known]
    order = sorted((places.get(address, 0), address) for address in known)
    ends = [start for start, _ in order[1:]] + [len(told)]
    return [_told(one, fold(told[start:end])) for (start, one), end in zip(order, ends, strict=True)]


def _told(address: str, said: str) -> Report:
    """What folded prose says of one recipient."""
    status = min(_STATUS.findall(said), key=lambda found: found[0] != "5", default="")
    code = status[:1] or next(iter(_REPLY_CODE.findall(said)), "")
    late = code != "5" and (code == "4" or bool(machines.DELAYED.search(said)))
    if late and not machines.GIVEN_UP.search(said):
        return Report(address, "delayed", status)
    return Report(address, "failed", status, _is_permanent(status, said))


def _is_permanent(status: str, said: str) -> bool:
    """A mailbox that is full, or a policy, may change; an address that is wrong does not (RFC 3463 §3.2)."""
    if _WRONG_ADDRESS.fullmatch(status):
        return True
    if not _VAGUE.fullmatch(status) or machines.NOT_THE_ADDRESS.search(said):
        return False
    return bool(machines.UNKNOWN_ADDRESS.search(said))


def _original(message: InboundMessage, text: str) -> str:
    found = _MESSAGE_ID.search(message.original) or _MESSAGE_ID.search(text)
    return found[1] if found else ""
