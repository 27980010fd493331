"""Keys that are right each by itself and wrong together."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from .model import (
    AlarmSection,
    ApprovalSection,
    Grade,
    ImapInSection,
    QuestionsSection,
    RemindersSection,
    SmtpInSection,
    SmtpOutSection,
    TrustSection,
    WebSection,
)

Problem = tuple[str, str]  #: the path of the key, and what is wrong
GRADES: tuple[Grade, ...] = ("claimed", "token", "proven")


def _loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _smtp_in(c: SmtpInSection) -> list[Problem]:
    if (c.tls_cert is None) == (c.tls_key is None):
        return []
    given, missing = ("tls_cert", "tls_key") if c.tls_cert else ("tls_key", "tls_cert")
    return [(missing, f"must be given with {given}")]


def _login(c: SmtpOutSection | ImapInSection) -> list[Problem]:
    secret = c.password or c.oauth_client_secret
    if c.user and not secret:
        return [("user", "has no password: give password_file, or the password in the environment")]
    if secret and not c.user:
        return [("user", "must be given where there is a password")]
    return []


def _imap_in(c: ImapInSection) -> list[Problem]:
    if not c.enabled:
        return []
    return [(key, "must be given when imap_in is enabled") for key in ("host", "user") if not getattr(c, key)] + _login(
        c
    )


def _web(c: WebSection) -> list[Problem]:
    if c.public_url.startswith("http:") and not _loopback(c.public_url):
        return [("public_url", "must be https: http is for loopback only")]
    return []


def _questions(c: QuestionsSection) -> list[Problem]:
    if c.catalogue.exists() and not c.catalogue.is_file():
        return [("catalogue", "is not a file")]
    return []


def _approval(c: ApprovalSection) -> list[Problem]:
    if c.longest_minutes < c.settle_minutes:
        return [("longest_minutes", "must not be less than settle_minutes")]
    return []


def _reminders(c: RemindersSection) -> list[Problem]:
    problems = [(k, "must grow") for k in ("answer", "approval") if list(getattr(c, k)) != sorted(set(getattr(c, k)))]
    if list(c.before_deadline) != sorted(set(c.before_deadline), reverse=True):
        problems.append(("before_deadline", "must fall"))
    if c.send_between[0] >= c.send_between[1]:
        problems.append(("send_between", "must begin before it ends"))
    return problems


def _trust(c: TrustSection) -> list[Problem]:
    floor = {key: field.default for key, field in TrustSection.model_fields.items()}
    lowered = [key for key in floor if GRADES.index(getattr(c, key)) < GRADES.index(floor[key])]
    return [(key, f"may be raised, never lowered: at least {floor[key]}") for key in lowered]


def _alarm(c: AlarmSection) -> list[Problem]:
    try:
        shlex.split(c.command)
    except ValueError as error:
        return [("command", f"is no command line: {error}")]
    return []


def _own_address(sections: Mapping[str, Any]) -> list[Problem]:
    """Letters to the bot's own address would come back to it for ever."""
    own = sections["mail"].address.lower() if "mail" in sections else ""
    named = {"threads.common_box": ("threads", "common_box"), "alarm.email": ("alarm", "email")}
    return [
        (path, f"{own} is mail.address, the address of mailbot itself")
        for path, (section, key) in named.items()
        if own and section in sections and getattr(sections[section], key).lower() == own
    ]


#: section -> what may contradict in it, as (key, what is wrong)
RULES: dict[str, Callable[[Any], list[Problem]]] = {
    "smtp_in": _smtp_in,
    "smtp_out": _login,
    "imap_in": _imap_in,
    "web": _web,
    "questions": _questions,
    "approval": _approval,
    "reminders": _reminders,
    "trust": _trust,
    "alarm": _alarm,
}


def contradictions(sections: Mapping[str, Any]) -> list[Problem]:
    """What is wrong in the sections that could be read, by the path of the key."""
    readable = {name: rule for name, rule in RULES.items() if name in sections}
    problems = [(f"{name}.{key}", why) for name, rule in readable.items() for key, why in rule(sections[name])]
    problems += _own_address(sections)
    doors = [sections.get("smtp_in"), sections.get("imap_in")]
    if all(door is not None and not door.enabled for door in doors):
        problems.append(("smtp_in.enabled", "no mail can come in: enable smtp_in or imap_in"))
    return problems
