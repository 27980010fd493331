"""A whole mailbot in a folder of its own: sample campaign, real `serve`, letters to the post office on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import resources
from .postoffice import HOST, PostOffice

SAMPLE = resources.PACKAGE / "demo" / "sample"
BOT = "eccv@assaprol.example"
SHEETS = ("cabinets", "personnes", "dossiers", "questions", "documents", "statistiques")


@dataclass
class Sandbox:
    """A running sandbox."""

    folder: Path
    office: PostOffice
    smtp_port: int = 0
    web: str = ""
    process: subprocess.Popen[str] | None = None

    def run(self, *words: str) -> str:
        """One `mailbot` command; returns what it printed. Raises RuntimeError where it fails."""
        done = subprocess.run(self._command(*words), capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"mailbot {' '.join(words)}: {done.stderr or done.stdout}")
        return done.stdout

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "mailbot", "--config", str(self.folder / "config.toml"), *words]

    def inbox(self, state: str) -> int:
        """How many mails are in that state."""
        return int(json.loads(self.run("status", "--json"))["inbox"][state])

    def start(self) -> None:
        """Start `serve` and wait for its ready line."""
        log = open(self.folder / "serve.log", "a")  # the child has it for as long as it lives
        self.process = subprocess.Popen(self._command("serve"), stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            self.stop()
            raise RuntimeError(f"serve did not start: {(self.folder / 'serve.log').read_text()[-2000:]}")
        said = dict(word.split("=", 1) for word in line.split()[1:])
        self.smtp_port = int(said["smtp"].rpartition(":")[2])
        self.web = f"http://{said['http']}"

    def stop(self, kill: bool = False) -> None:
        """End `serve`: by SIGTERM, or at once by SIGKILL."""
        if self.process:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(30)
            if self.process.stdout:
                self.process.stdout.close()
            self.process = None


def configuration(smtp_out: int, web: int = 0) -> str:
    """The shipped config.toml for a sandbox: letters go to that port on loopback, pages are served at `web`."""
    shipped = resources.shipped("config.toml").read_text(encoding="utf-8")
    changes: dict[str, dict[str, Any]] = {
        "oga": {
            "name": '"ASSAPROL"',
            "footer": '"ASSAPROL, association régie par la loi du 1er juillet 1901"',
            "phone": '"05 36 49 12 00"',
            "website": '"www.assaprol.example"',
        },
        "mail": {"address": f'"{BOT}"', "auth_results": f'"id:{HOST}"'},
        "smtp_in": {"port": 0},
        "smtp_out": {"host": '"127.0.0.1"', "port": smtp_out, "security": '"none"'},
        "web": {"port": web, **({"public_url": f'"http://127.0.0.1:{web}"'} if web else {})},
    }
    section, lines = "", []
    for line in shipped.splitlines():
        section = line.strip("[]").partition("]")[0] if line.startswith("[") else section
        key = line.partition("=")[0].strip()
        new = changes.get(section, {}).get(key)
        lines.append(f"{key} = {new}" if new is not None else line)
    return "\n".join(lines) + "\n"


@contextmanager
def sandbox(folder: Path) -> Iterator[Sandbox]:
    """A sandbox in `folder` with the sample campaign imported, its post office open; `serve` is not started yet."""
    folder.mkdir(parents=True, exist_ok=True)
    office = PostOffice()
    office.open()
    here = Sandbox(folder, office)
    try:
        (folder / "config.toml").write_text(configuration(office.port), encoding="utf-8")
        here.run("init", "--sandbox")
        here.run("import", *(str(SAMPLE / f"{name}.csv") for name in SHEETS))
        yield here
    finally:
        here.stop()
        office.close()
