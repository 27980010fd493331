"""Keeping the data: whether it is what was written, a copy of it, and a copy put back.

A copy and its key belong together: reply addresses are signed with the key. A copy that is put back starts paused.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ... import resources
from ...errors import UsageError
from ...store import copies, integrity, journal
from ...store.copies import Content, Progress
from ...store.db import Store
from .. import brakes
from ..clock import Clock
from ..system import System
from . import keyring

Look = Callable[[sqlite3.Connection], Iterator[str]]


@dataclass(frozen=True)
class Findings:
    """What `verify` found."""

    faults: tuple[str, ...]
    notes: tuple[str, ...]  #: what was erased on purpose
    counts: dict[str, int]  #: how much was looked at


def verify(system: System) -> Findings:
    """Look at everything: journal chain, stored hashes, the database file."""
    conn = system.store.conn
    looks = (integrity.database, journal.faults, integrity.bytes_kept, integrity.answers, integrity.files)
    faults = tuple(fault for look in looks for fault in _as_far_as_it_reads(look, conn))
    return Findings(faults, tuple(integrity.erased(conn)), integrity.counts(conn))


def _as_far_as_it_reads(look: Look, conn: sqlite3.Connection) -> Iterator[str]:
    try:
        yield from look(conn)
    except sqlite3.DatabaseError as error:
        yield f"database: {' '.join(str(error).split())[:100]}"


@dataclass(frozen=True)
class Places:
    """Where the database and its key lie."""

    database: Path
    key: Path


def key_beside(file: Path) -> Path:
    """Where the key of a copy lies."""
    return file.with_name(file.name + ".key")


# A copy


def backup(places: Places, file: Path, progress: Progress = lambda _, __: None) -> Content:
    """Copy database and key, while others work: FILE and FILE.key, for their owner only. Neither may exist.

    Raises UsageError. FILE gets its name last, once everything is on the disk.
    """
    key = key_beside(file)
    for path in (file, key):
        if path.exists():
            raise UsageError(f"{path} exists: name another file, a copy never takes the place of one")
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        _empty(temporary)
        copies.copy(places.database, temporary, progress)
        content = copies.examine(temporary, resources.data("db"))
        _sync(temporary)
        _put(places.key, key)
        try:
            _name(temporary, file)
        except (OSError, UsageError):
            key.unlink()
            raise
    except OSError as error:
        raise UsageError(f"{error.filename or file}: {error.strerror}") from error
    finally:
        _remove(temporary)
    return content


def _empty(path: Path) -> None:
    """A new file that nobody else may read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _put(source: Path, target: Path) -> None:
    """A copy of a small file, for its owner only, on the disk."""
    _empty(target)
    target.write_bytes(source.read_bytes())
    _sync(target)


def _sync(path: Path) -> None:
    """Let a file, or the names in a folder, be on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(temporary: Path, file: Path) -> None:
    """Give a whole file its name; never that of another file."""
    try:
        os.link(temporary, file)
    except FileExistsError:
        raise UsageError(f"{file} exists: name another file") from None
    except OSError:  # a file system without hard links
        temporary.rename(file)
    _sync(file.parent.absolute())


def _remove(database: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            database.with_name(database.name + ending).unlink()


# A copy put back


@dataclass(frozen=True)
class Prepared:
    """A copy that was looked at and lies beside today's database, ready to take its place."""

    file: Path
    database: Path
    content: Content
    key: Path | None  #: the key that belongs to it, where that is another one than today's


def prepare(places: Places, file: Path) -> Prepared:
    """Look at FILE, and bring it beside today's database. Changes nothing there. Raises UsageError."""
    if not file.is_file():
        raise UsageError(f"no file {file}")
    if places.database.exists() and file.samefile(places.database):
        raise UsageError(f"{file} is the database itself")
    beside = places.database.with_name(f".{places.database.name}.restoring")
    _remove(beside)
    try:
        _empty(beside)
        copies.copy(file, beside)
        content = copies.examine(beside, resources.data("db"))
        key = _other_key(places, file)
        _fits(key or places.key, beside)
    except UsageError as error:
        _remove(beside)
        raise UsageError(f"{file} is not put back: {error}") from error
    return Prepared(file, beside, content, key)


def _other_key(places: Places, file: Path) -> Path | None:
    """The key of the copy; None where today's file will do, which may hold a younger one beside it."""
    key = key_beside(file)
    if not key.exists():
        if not places.key.exists():
            raise UsageError(f"neither {key} nor {places.key} is there: without the key no reply address is known")
        return None
    return None if keyring.holds(places.key, key) else key


def _fits(key: Path, copy: Path) -> None:
    """Raise UsageError where that key did not sign the letters of the copy."""
    store = Store(copy)
    try:
        keyring.belongs(key, store)
    finally:
        store.close()


def discard(prepared: Prepared) -> None:
    """Forget a prepared copy."""
    _remove(prepared.database)


def restore(places: Places, prepared: Prepared) -> list[Path]:
    """Put a prepared copy in the place of today's database, paused; returns where today's files were moved to."""
    reason = f"restored from {prepared.file.name}"
    store = Store(prepared.database)
    with store.tx() as conn:
        brakes.stop(conn, Clock(store).now(), reason, "restored")
        copies.leave_a_gap(store, conn, copies.numbers(places.database) if places.database.exists() else {})
    store.close()
    _sync(prepared.database)
    moved = list(_aside(places, prepared.key is not None))
    if prepared.key:
        _put(prepared.key, places.key)
    prepared.database.rename(places.database)
    _sync(places.database.parent)
    return moved


def _aside(places: Places, key: bool) -> Iterator[Path]:
    """Move today's database, with what belongs to it, and today's key to names of their own."""
    mark = f".before-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    if places.database.exists():
        copies.fold(places.database)
        for ending in ("-wal", "-shm", ""):  # a -wal beside another database would be read into it
            old = places.database.with_name(places.database.name + ending)
            if old.exists():
                yield _moved(old, places.database.name + mark + ending)
    if key and places.key.exists():
        yield _moved(places.key, places.key.name + mark)


def _moved(old: Path, name: str) -> Path:
    new = old.with_name(name)
    if new.exists():
        raise UsageError(f"{new} exists: try again in a second")
    return Path(shutil.move(old, new))
