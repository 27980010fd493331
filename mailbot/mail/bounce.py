"""Reads what a mail server says of a letter that did not arrive: RFC 3464 first, then prose of qmail and Exchange."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.mail.message import InboundMessage

_FIELD = re.compile(r"^([A-Za-z-]+):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.M)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY_CODE = re.compile(r"\b([45])\d\d[ -]")
_ADDRESS = re.compile(r"[\w.+'=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]+>)", re.I | re.M)
_RETURNED = re.compile(
    r"^-{2,} ?(?:below this line|this is a copy|en-têtes|original message|diagnostic information)", re.I | re.M
)
_PROSE = re.compile(
    r"this is the qmail-send program|i wasn't able to deliver your message|delivery has failed to these recipients"
    r"|échec de la remise (?:pour|à) ces destinataires|votre message n'a pas (?:pu être|été) (?:remis|distribué"
    r"|délivré)"
    r"|could not be delivered to one or more|the following address(?:es)? failed|undeliverable to the following"
    r"|remise a échoué|n'est pas parvenu à ses destinataires",
    re.I,
)
_FROM_SERVER = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|microsoftexchange[0-9a-f]{32})@", re.I)
_UNKNOWN = re.compile(
    r"user unknown|unknown user|no such user|no mailbox here|does ?n[o']t exist|n'existe pas|address not found"
    r"|invalid recipient"
    r"|(?:host|domain)(?: name)? (?:unknown|not found)|adresse introuvable|destinataire inconnu|recipientnotfound",
    re.I,
)
#: RFC 3463 §3: the mailbox or its domain is wrong. 5.1.7 and 5.1.8 speak of our own address.
_WRONG_ADDRESS = re.compile(r"5\.1\.(?!7$|8$)\d+|5\.4\.4")


@dataclass(frozen=True)
class Bounce:
    """What happened to one letter of ours."""

    recipients: tuple[str, ...]  #: lower case; those the server speaks of
    status: str = ""  #: RFC 3463, for example "5.1.1"; "" where the server gives none
    permanent: bool = False  #: the address or its domain does not exist: writing again is no use
    delayed: bool = False  #: it is late; the server goes on trying
    original_message_id: str = ""  #: with its brackets; "" where it did not come back


def read(message: InboundMessage) -> Bounce | None:
    """The bounce that `message` is, or None if it is none."""
    if message.status:
        return _from_report(message)
    text = message.text[:20_000]
    by_server = any(_FROM_SERVER.match(address.address) for address in message.from_)
    return _from_prose(message, text) if by_server and _PROSE.search(text) else None


def _from_report(message: InboundMessage) -> Bounce:
    """The per-recipient fields of RFC 3464 §2.3. One that failed speaks louder than one that is late."""
    recipients: list[str] = []
    statuses: list[str] = []
    actions: set[str] = set()
    diagnostics = ""
    for name, value in _FIELD.findall(message.status):
        field, words = name.lower(), " ".join(value.split())
        if field in ("final-recipient", "original-recipient"):
            recipients += [found.lower() for found in _ADDRESS.findall(words)]
        elif field == "action":
            actions.add(words.lower().partition(" ")[0])
        elif field == "status":
            statuses += _STATUS.findall(words)
        elif field == "diagnostic-code":
            diagnostics += f" {words}"
    status = max(statuses, default="")
    failed = "failed" in actions or (not actions and status.startswith("5"))
    return Bounce(
        recipients=tuple(dict.fromkeys(recipients)),
        status=status,
        permanent=failed and _is_permanent(status, diagnostics),
        delayed="delayed" in actions and not failed,
        original_message_id=_original(message, ""),
    )


def _from_prose(message: InboundMessage, text: str) -> Bounce:
    found = _RETURNED.search(text)
    told = text[: found.start()] if found else text
    status = next(iter(_STATUS.findall(told)), "")
    code = _REPLY_CODE.search(told)
    late = status.startswith("4") or (not status and code is not None and code[1] == "4")
    recipients = tuple(dict.fromkeys(address.lower() for address in _ADDRESS.findall(told)))
    return Bounce(recipients, status, not late and _is_permanent(status, told), late, _original(message, text))


def _is_permanent(status: str, diagnostics: str) -> bool:
    """A mailbox that is full, or a policy, may change; an address that is wrong does not (RFC 3463 §3.2)."""
    if _WRONG_ADDRESS.fullmatch(status):
        return True
    return status in ("", "5.0.0", "5.5.0", "5.3.0") and bool(_UNKNOWN.search(diagnostics))


def _original(message: InboundMessage, text: str) -> str:
    found = _MESSAGE_ID.search(message.original) or _MESSAGE_ID.search(text)
    return found[1] if found else ""
