"""Settings that work and are weak: each is a line of `mailbot check` that says what may happen and what to do."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

from ..config import Config
from .keeping import keyring


@dataclass(frozen=True)
class Line:
    """One thing that was looked at."""

    level: str  #: ok, warning or error
    what: str
    says: str


#: Endings of files that run something, or hide what does.
DANGEROUS = frozenset(
    "7z ace apk app bat cab cmd com cpl dll docm dotm exe gz hta htm html iso jar js jse lnk lzh mht mhtml msc msi ps1 "
    "rar reg scr sct svg swf sys tar vb vbe vbs vhd wsf wsh xlam xlsb xlsm xltm zip".split()
)
WIDEST_V4, WIDEST_V6 = 16, 48  #: bits: a wider network outside private space is nobody's front server
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MANY = {
    "letters_per_hour": 5_000,
    "letters_per_conversation_per_day": 10,
    "mails_per_minute_per_sender": 1_000,
}
SHORTEST_ROTATION = 30  #: days: with less, sixteen ids do not last for as long as old keys are kept


def lines(config: Config, path: Path) -> Iterator[Line]:
    """All of them."""
    for look in LOOKS:
        yield from look(config)
    yield from _files(config, path)


def _warning(what: str, says: str) -> Line:
    return Line("warning", what, says)


def _verdicts(config: Config) -> Iterator[Line]:
    if config.mail.auth_results == "none":
        yield _warning("mail.auth_results", "none: nobody is proven by mail, experts decide on the page only")
    elif config.smtp_in.enabled and not config.smtp_in.trusted:
        yield _warning("smtp_in.trusted", "empty: no server's verdict on a sender is believed; name your front server")
    for network in config.smtp_in.trusted:
        if _too_wide(network):
            yield Line(
                "error" if network.prefixlen == 0 else "warning",
                "smtp_in.trusted",
                f"{network}: whoever is in it can write as anybody; name your front server alone, as ADDRESS/32",
            )


def _too_wide(network: IPv4Network | IPv6Network) -> bool:
    widest = WIDEST_V4 if network.version == 4 else WIDEST_V6
    return network.prefixlen < widest and not (network.is_private and network.prefixlen >= 8)


def _listener(config: Config) -> Iterator[Line]:
    c = config.smtp_in
    if c.enabled and c.host not in LOOPBACK and not c.tls_cert:
        yield _warning("smtp_in.tls_cert", f"none: mail to {c.host} comes in the clear; give tls_cert and tls_key")


def _way_out(config: Config) -> Iterator[Line]:
    c = config.smtp_out
    if c.security == "none" and c.host not in LOOPBACK:
        level = "error" if c.user else "warning"
        also = ", and so does the password" if c.user else ""
        yield Line(level, "smtp_out.security", f"none: letters leave in the clear{also}; use starttls or tls")
    if not c.verp:
        yield _warning("smtp_out.verp", "false: fewer bounces are recognised; keep true where the host takes it")


def _pages(config: Config) -> Iterator[Line]:
    c = config.web
    if not c.enabled:
        return
    if not c.confirm_browser:
        yield _warning(
            "web.confirm_browser", "false: whoever holds a forwarded letter can decide on its page; set true"
        )
    inside = (urlsplit(c.public_url).hostname or "") in LOOPBACK
    if inside and not config.mail.address.endswith((".example", ".test", ".invalid")):
        yield _warning("web.public_url", f"{c.public_url}: only this machine can open links in letters; set your own")
    if c.host not in LOOPBACK:
        yield _warning(
            "web.host", f"{c.host}: pages are served without TLS; listen on 127.0.0.1 behind a proxy with TLS"
        )
    if any(_too_wide(network) for network in c.metrics):
        yield _warning("web.metrics", "a wide network may read figures; name the machine of your Prometheus")


def _limits(config: Config) -> Iterator[Line]:
    for name, most in MANY.items():
        count = getattr(config.limits, name)
        if count > most:
            yield _warning(f"limits.{name}", f"{count}: stops nothing in time; at most {most} is of use")
    if config.mail.max_message_bytes > 150_000_000:
        yield _warning("mail.max_message_bytes", f"{config.mail.max_message_bytes}: a few such mails fill the memory")
    if config.store.key_rotation_days < SHORTEST_ROTATION:
        yield _warning(
            "store.key_rotation_days",
            f"{config.store.key_rotation_days}: old keys are kept for {keyring.KEPT.days} days, and there are "
            f"{keyring.IDS} ids; at least {SHORTEST_ROTATION}",
        )


def _answers(config: Config) -> Iterator[Line]:
    bad = sorted({one.lower().lstrip(".") for one in config.answers.allowed_types} & DANGEROUS)
    if bad:
        yield Line("error", "answers.allowed_types", f"{', '.join(bad)}: such files can harm who opens them; take out")


def _somebody(config: Config) -> Iterator[Line]:
    if not (config.alarm.email or config.alarm.command):
        yield _warning("alarm", "nobody is called when mail stands still; set alarm.email or alarm.command")


#: What is looked at in the configuration, in its order.
LOOKS: tuple[Callable[[Config], Iterator[Line]], ...] = (
    _verdicts,
    _listener,
    _way_out,
    _pages,
    _limits,
    _answers,
    _somebody,
)


def _files(config: Config, path: Path) -> Iterator[Line]:
    """What others may read or change."""
    secret = [s.password_file for s in (config.imap_in, config.smtp_out) if s.password_file]
    secret += [s.oauth_client_secret_file for s in (config.imap_in, config.smtp_out) if s.oauth_client_secret_file]
    secret += [config.smtp_in.tls_key] if config.smtp_in.tls_key else []
    for file in secret:
        if _mode(file) & 0o077:
            yield Line("error", str(file), f"a secret that others may read: chmod 600 {file}")
    for file in (
        config.store.path,
        *(config.store.path.with_name(config.store.path.name + e) for e in ("-wal", "-shm")),
    ):
        if _mode(file) & 0o077:
            yield _warning(str(file), f"holds all mail, and others may read it: chmod 600 {file}")
    if _mode(path) & 0o022:
        yield _warning(str(path), f"others may change it: chmod go-w {path}")
    for folder in dict.fromkeys((config.store.key_file.parent, config.store.path.parent)):
        if _mode(folder) & 0o022 and not _mode(folder) & stat.S_ISVTX:
            yield _warning(str(folder), f"others may put another file in place of key or database: chmod go-w {folder}")


def _mode(path: Path) -> int:
    """The permissions of a file; 0 where there is none."""
    try:
        return os.stat(path).st_mode
    except OSError:
        return 0
