"""A real clamd with a throw-away configuration and one signature of our own; and scanners that say nothing."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.files import EICAR

STREAM_BYTES = 2_000_000  #: more than this in one stream it refuses to look at
_CONFIG = """\
LocalSocket {folder}/clamd.sock
LocalSocketMode 666
DatabaseDirectory {folder}/signatures
LogFile {folder}/clamd.log
Foreground yes
StreamMaxLength {most}
MaxThreads 2
OfficialDatabaseOnly no
"""


@dataclass(frozen=True)
class Running:
    """Where a clamd listens, and who called where it is a mute one."""

    socket: str
    calls: list[socket.socket] = field(default_factory=list)


def find_clamd() -> str | None:
    """The path of an installed clamd, or None."""
    return shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def start() -> Iterator[Running]:
    """Run clamd, as nobody where we are root, until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="clamd"))  # short: the path of a socket holds 107 bytes
    (folder / "signatures").mkdir()
    (folder / "signatures" / "own.ndb").write_text(f"Own-Eicar:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(_CONFIG.format(folder=folder, most=STREAM_BYTES))
    user = _hand_over(folder) if os.getuid() == 0 else None
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [str(find_clamd()), "-c", str(folder / "clamd.conf")], stdout=said, stderr=said, user=user
        )
        try:
            _wait(process, folder)
            yield Running(str(folder / "clamd.sock"))
        finally:
            process.terminate()
            process.wait(10)
            shutil.rmtree(folder, ignore_errors=True)


def _hand_over(folder: Path) -> int:
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_uid


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Until it answers PING."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, (folder / "said").read_text()
        with suppress(OSError), socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(1)
            peer.connect(str(folder / "clamd.sock"))
            peer.sendall(b"zPING\0")
            if peer.recv(10) == b"PONG\0":
                return
        time.sleep(0.01)
    raise AssertionError((folder / "said").read_text())


@contextmanager
def mute() -> Iterator[Running]:
    """A socket that takes whatever it is told and never answers."""
    folder = tempfile.mkdtemp(prefix="mute")
    running = Running(f"{folder}/clamd.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(running.socket)
        listener.listen()
        listener.settimeout(0.1)
        stop = threading.Event()

        def take() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    running.calls.append(listener.accept()[0])

        thread = threading.Thread(target=take)
        thread.start()
        yield running
        stop.set()
        thread.join()
    for peer in running.calls:
        peer.close()
    shutil.rmtree(folder, ignore_errors=True)
