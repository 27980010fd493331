"""The signing keys: their file, how they grow old and are replaced, and whether they belong to the database.

A line of the file is `id hex day`: the last one signs, the others still verify. Whoever reads a key can forge reply
addresses; without it none that was sent is known. The database holds fingerprints of the keys, never a key.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from ...errors import UsageError
from ...mail.token import Keys
from ...store import journal
from ...store.db import Store, set_setting, setting

log = logging.getLogger("mailbot.keys")

KEY_BYTES = 32  #: of a signing key (RFC 2104 §3: as long as the hash)
IDS = 16  #: a token has four bits for the id of its key
KEPT = timedelta(days=400)  #: how long an old key still verifies: a campaign, its reminders, and answers after it
KNOWN = "key_fingerprints"  #: the setting: `id:fingerprint` of each key that signed
LOST = (
    "put back the key of your backup (FILE.key). If it is lost for good: move what is there away and type `mailbot "
    "init`; replies to letters that have left then wait for staff, and reminders carry new addresses"
)


@dataclass(frozen=True)
class Key:
    """One line of the file."""

    id: int
    secret: bytes
    made: date

    @property
    def fingerprint(self) -> str:
        """Names the key, and says nothing of it."""
        return f"{self.id}:{hmac.digest(self.secret, b'mailbot fingerprint', hashlib.sha256)[:8].hex()}"


def create(path: Path, today: date, used: Iterable[int] = ()) -> None:
    """Make a key file, for its owner only, whose key bears an id above those used before. Raises OSError."""
    id = (max(used, default=0) + 1) % IDS
    _write(path, [Key(id, secrets.token_bytes(KEY_BYTES), today)], new=True)


def read(path: Path) -> list[Key]:
    """The keys of a file, the one that signs last. Raises UsageError where it is missing, damaged, another's, or may be
    read by others; it says what to type."""
    try:
        lines, found = path.read_text().split("\n"), path.stat()
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no key file: {LOST}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', 'no text')}: {LOST}") from error
    if found.st_mode & 0o077:
        raise UsageError(f"{path} may be read by others: chmod 600 {path}")
    if found.st_uid != os.geteuid() != 0:
        raise UsageError(f"{path} belongs to another user, who may change it: chown {os.geteuid()} {path}")
    try:
        keys = [
            _key(line.split(), datetime.fromtimestamp(found.st_mtime, UTC).date()) for line in lines if line.strip()
        ]
        if not keys or len({key.id for key in keys}) < len(keys):
            raise ValueError
    except (ValueError, IndexError):
        raise UsageError(
            f"{path} is no key file: a line is an id from 0 to {IDS - 1}, each once, and at least {KEY_BYTES} bytes in "
            f"hex; {LOST}"
        ) from None
    return keys


def _key(words: list[str], today: date) -> Key:
    """The key of a line; one without a day is as old as its file."""
    number, secret = int(words[0]), bytes.fromhex(words[1])
    if not 0 <= number < IDS or len(secret) < KEY_BYTES or len(words) > 3:
        raise ValueError
    return Key(number, secret, date.fromisoformat(words[2]) if len(words) == 3 else today)


def keys_of(keys: list[Key]) -> Keys:
    """What signs and verifies tokens."""
    return Keys(keys[-1].id, {key.id: key.secret for key in keys})


class Keyring:
    """The keys of one running mailbot, read from their file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._looked: date | None = None
        self._take(read(path))

    def _take(self, keys: list[Key]) -> None:
        self.keys = keys_of(keys)

    def turn(self, store: Store, now: datetime, days: int) -> None:
        """Once a day: see to it that the database knows the keys, and that none signs for longer than `days`."""
        if self._looked != now.date():
            self.remember(store)
            self.rotate(store, now, days)
            self._looked = now.date()

    def rotate(self, store: Store, now: datetime, days: int) -> None:
        """Make a new key where the one that signs is `days` old, and drop those whose time is over. The file is on the
        disk before anything is signed. Where no id is free nothing is done but to say so."""
        keys, today = read(self.path), now.date()
        kept = [key for key, after in pairwise(keys) if today - after.made < KEPT] + keys[-1:]
        dropped = [key.id for key in keys if key not in kept]
        free = _free(kept)
        due = today - keys[-1].made >= timedelta(days=days)
        if due and free is None:
            log.error("no new key: all %s ids stand in letters that may be answered; raise key_rotation_days", IDS)
        new = [Key(free, secrets.token_bytes(KEY_BYTES), today)] if due and free is not None else []
        if new or dropped:
            with store.tx() as conn:
                _write(self.path, [*kept, *new])
                payload = {"key": [*kept, *new][-1].id, "dropped": dropped}
                journal.add(conn, now, "key_rotated" if new else "key_dropped", payload)
                _remember(store, conn, [*kept, *new])
            log.info("keys: new=%s dropped=%s", [key.id for key in new], dropped)
        self._take([*kept, *new])

    def remember(self, store: Store) -> None:
        """Keep the fingerprints of the keys in the database, where it has none yet."""
        if not setting(store, KNOWN):
            with store.tx() as conn:
                _remember(store, conn, read(self.path))


def _free(kept: list[Key]) -> int | None:
    """The next id round that no key bears which still verifies."""
    taken, last = {key.id for key in kept}, kept[-1].id
    return next((n % IDS for n in range(last + 1, last + IDS) if n % IDS not in taken), None)


def _remember(store: Store, conn: sqlite3.Connection, keys: list[Key]) -> None:
    set_setting(conn, KNOWN, " ".join(key.fingerprint for key in keys))


def forget(store: Store, now: datetime) -> list[int]:
    """The key is lost and a new one is made: the ids that were used, which no new key may bear."""
    used = [int(one.partition(":")[0]) for one in setting(store, KNOWN).split()]
    if used:
        with store.tx() as conn:
            set_setting(conn, KNOWN, "")
            journal.add(conn, now, "key_lost", {"keys": used})
    return used


def missing(keys: list[Key], known: str) -> str:
    """Why a file does not belong to a database that knows those fingerprints, "" where it does. It may know more: a
    key that was made a moment before a machine stopped."""
    if not known or known.split()[-1] in {key.fingerprint for key in keys}:
        return ""
    return f"it lacks the key that signed last (key {known.split()[-1].partition(':')[0]})"


def holds(path: Path, other: Path) -> bool:
    """True where the first file has every key of the other."""
    try:
        return {key.fingerprint for key in read(other)} <= {key.fingerprint for key in read(path)}
    except UsageError:
        return False


def belongs(path: Path, store: Store) -> None:
    """Raise UsageError where the key file is not the one of this database."""
    if why := missing(read(path), setting(store, KNOWN)):
        raise UsageError(f"{path} is not the key of this database: {why}, so no reply would be known: {LOST}")


def _write(path: Path, keys: list[Key], new: bool = False) -> None:
    """Write a key file for its owner only, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(path if new else beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{key.id} {key.secret.hex()} {key.made.isoformat()}\n" for key in keys)
        file.flush()
        os.fsync(file.fileno())
    if not new:
        beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
