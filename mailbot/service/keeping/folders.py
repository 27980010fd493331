"""A folder that is written file by file, for its owner only, and named in SHA256SUMS: what it holds can be proved."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ..results import safe

SUMS = "SHA256SUMS"
MARK = ".mailbot-export"  #: says of which dossier a folder is the export


class Folder:
    """Writes an export. What an earlier export of the same dossier left and this one has not is removed at the end."""

    def __init__(self, path: Path, ref: str) -> None:
        """Raises UsageError for a folder that holds anything else."""
        self.path = path
        self._sums: dict[str, str] = {}
        self._taken: dict[str, int] = {}
        self._before = _listed(path) if _allowed(path, ref) else frozenset[str]()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write(MARK, json.dumps({"dossier": ref}).encode())

    def put(self, place: str, name: str, data: bytes) -> str:
        """Write one file; returns its path from the folder. `name` may be anything: never outside, never twice."""
        name = safe(name, "fichier")
        stem, dot, ending = name.rpartition(".")
        path, n = f"{place}/{name}" if place else name, self._taken.get(f"{place}/{name}".casefold(), 1)
        while path.casefold() in self._taken:
            n += 1
            path = f"{place}/{stem} ({n}).{ending}" if dot and stem else f"{place}/{name} ({n})"
        self._taken[f"{place}/{name}".casefold()] = n
        self._taken[path.casefold()] = 1
        self._write(path, data)
        self._sums[path] = hashlib.sha256(data).hexdigest()
        return path

    def put_pieces(self, path: str, pieces: Iterable[str]) -> None:
        """Write a file that is made piece by piece."""
        digest = hashlib.sha256()
        temporary = self.path / f".{path}.{os.getpid()}"
        with open(_private(temporary), "wb") as file:
            for piece in pieces:
                data = piece.encode("utf-8", "replace")
                digest.update(data)
                file.write(data)
        temporary.replace(self.path / path)
        self._sums[path] = digest.hexdigest()

    def end(self) -> int:
        """Write SHA256SUMS, and remove what is no longer of the export; returns how many files there are."""
        self._write(SUMS, "".join(f"{digest}  {path}\n" for path, digest in sorted(self._sums.items())).encode())
        for path in self._before - self._sums.keys():
            with suppress(FileNotFoundError, IsADirectoryError):
                (self.path / path).unlink()
        return len(self._sums)

    def _write(self, path: str, data: bytes) -> None:
        whole = self.path / path
        for folder in reversed(whole.relative_to(self.path).parents):
            (self.path / folder).mkdir(mode=0o700, exist_ok=True)
        temporary = whole.with_name(f".{os.getpid()}.part")
        with open(_private(temporary), "wb") as file:
            file.write(data)
        temporary.replace(whole)


def _private(path: Path) -> int:
    """A new file that only its owner may read."""
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _allowed(path: Path, ref: str) -> bool:
    """True for an export of the same dossier, False for a folder that is empty or not there. Raises UsageError."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is no folder")
    if not path.exists() or not any(path.iterdir()):
        return False
    try:
        if json.loads((path / MARK).read_text(encoding="utf-8"))["dossier"] == ref:
            return True
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise UsageError(f"{path} is not empty, and no export of {ref}: name another folder")


def _listed(path: Path) -> frozenset[str]:
    """The files of an earlier export, as far as they are inside its folder."""
    try:
        lines = (path / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return frozenset()
    inside = path.resolve()
    names = (line.partition("  ")[2] for line in lines)
    return frozenset(name for name in names if name and (path / name).resolve().is_relative_to(inside))


class Spool:
    """A list of any length, kept on the disk while it is needed."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8", errors="surrogatepass")
        self.count = 0

    def add(self, value: dict[str, Any]) -> None:
        """One more."""
        self._file.write(json.dumps(value, ensure_ascii=False) + "\n")
        self.count += 1

    def close(self) -> None:
        """It is needed no more."""
        self._file.close()

    def lines(self) -> Iterator[str]:
        """All, as JSON, a line each."""
        self._file.seek(0)
        yield from (line.rstrip("\n") for line in self._file)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(json.loads, self.lines())
