"""Puts Roundup 2.6 beside mailbot on the same replies: `make bench-peers`; in a virtual environment of its own."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import tempfile
import venv
from pathlib import Path

import click

from bench.incoming import accepted, asked, worked
from bench.workload import Place, replies
from mailbot.demo.sandbox import sandbox

HOME = Path(".venv/peers")
TICKETS, COUNT = 100, 300
LETTER = "Le poste « autres frais divers de gestion » atteint 24 725 €. Merci d'en donner le détail.\n" * 12
SETTINGS = {
    "main": {"admin_email": "roundup-admin"},
    "tracker": {"web": "http://localhost/t/", "email": "issue_tracker"},
    "mail": {"domain": "assaprol.example", "host": "localhost", "debug": "{home}/mail.out"},
    "nosy": {"messages_to_author": "no"},
    "rdbms": {"backend": "sqlite", "name": "roundup"},
}
FILL = """
import sys, roundup.instance
db = roundup.instance.open(sys.argv[1]).open("admin")
for n in range(1, int(sys.argv[2]) + 1):
    who = db.user.create(username=f"collab{n}", address=f"collab{n}@cabinet.example", roles="User")
    db.issue.create(title=f"Question ECCV {n}", nosy=[who, "1"], assignedto=who)
db.commit()
db.close()
"""
RUN = """
import glob, json, sys, time, roundup.instance
from roundup.mailgw import MailGW
class Arguments:
    default_class = ""; set_value = []; set = []; args = []
    password = None; oauth_directory = None; oauth_client_id = None
gateway = MailGW(roundup.instance.open(sys.argv[1]), Arguments())
files = sorted(glob.glob(sys.argv[2] + "/*.eml"))
begin = time.perf_counter()
for name in files:
    with open(name, "rb") as file:
        gateway.main(file)
seconds = time.perf_counter() - begin
db = roundup.instance.open(sys.argv[1]).open("admin")
print(json.dumps({"rate": len(files) / seconds, "kept": len(db.msg.list())}))
db.close()
"""


def _run(*words: str, said: str = "") -> str:
    done = subprocess.run(words, capture_output=True, text=True, input=said)
    if done.returncode:
        raise click.ClickException(f"{' '.join(words)[:80]}: {(done.stderr or done.stdout)[-1500:]}")
    return done.stdout


def _tracker(home: Path) -> None:
    """A classic tracker on SQLite with an issue for each ticket and one nosy reader besides its writer."""
    admin = str(HOME / "bin/roundup-admin")
    _run(admin, "-i", str(home), "install", "classic", "sqlite")
    ini = home / "config.ini"
    text = ini.read_text(encoding="utf-8")
    for section, settings in SETTINGS.items():
        start = text.index(f"\n[{section}]")
        end = text.find("\n[", start + 2) if text.find("\n[", start + 2) > 0 else len(text)
        block = text[start:end]
        for key, value in settings.items():
            block = re.sub(rf"(?m)^#?\s*{key}\s*=.*$", f"{key} = {value.format(home=home)}", block, count=1)
        text = text[:start] + block + text[end:]
    ini.write_text(text, encoding="utf-8")
    _run(admin, "-i", str(home), "initialise", "adminpw", said="Y\n")
    _run(str(HOME / "bin/python"), "-c", FILL, str(home), str(TICKETS))


def _mails(folder: Path) -> None:
    places = [
        Place(f"collab{n}@cabinet.example", "issue_tracker@assaprol.example", LETTER) for n in range(1, TICKETS + 1)
    ]
    for n, (_, _, raw) in enumerate(replies(places, COUNT)):
        subject = f"Subject: RE: [issue{n % TICKETS + 1}] ECCV 2025".encode()
        (folder / f"{n:05}.eml").write_bytes(raw.replace(b"Subject: RE: ECCV 2025", subject, 1))


def roundup() -> float:
    """Replies a second that Roundup takes in, in one process, each with one mail to write. Installs it where needed."""
    if not (HOME / "bin/roundup-admin").exists():
        venv.create(HOME, with_pip=True)
        _run(str(HOME / "bin/python"), "-m", "pip", "install", "-q", "roundup==2.6.0")
    with tempfile.TemporaryDirectory() as folder:
        tracker, mails = Path(folder) / "tracker", Path(folder) / "mails"
        mails.mkdir()
        _mails(mails)
        _tracker(tracker)
        found = json.loads(_run(str(HOME / "bin/python"), "-c", RUN, str(tracker), str(mails)).splitlines()[-1])
    if found["kept"] < COUNT:
        raise click.ClickException(f"Roundup kept {found['kept']} of {COUNT} replies: the comparison would be unfair")
    return float(found["rate"])


@click.command()
@click.option("--rounds", default=3, show_default=True)
def main(rounds: int) -> None:
    """Print Roundup's rate and ours, and how many times Roundup's ours is."""
    rows: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, rate in _rates().items():
            rows.setdefault(name, []).append(rate)
    theirs = statistics.median(next(iter(rows.values())))
    click.echo(f"{'replies/s':40}{'median':>10}{'min':>10}{'max':>10}{'ratio':>10}")
    for name, rates in rows.items():
        middle = statistics.median(rates)
        click.echo(f"{name:40}{middle:10.1f}{min(rates):10.1f}{max(rates):10.1f}{middle / theirs:10.2f}")


def _rates() -> dict[str, float]:
    """Replies a second of one round. What Roundup does in one step is for us to accept and then to work."""
    with tempfile.TemporaryDirectory() as folder, sandbox(Path(folder)) as here:
        taken, done = accepted(here, asked(here, COUNT)), worked(here)
    return {
        "Roundup 2.6, from file to mail": roundup(),
        "mailbot, accepted over SMTP": taken,
        "mailbot, worked to the queued letter": done,
        "mailbot, accepted and then worked": 1 / (1 / taken + 1 / done),
    }


if __name__ == "__main__":
    main()
