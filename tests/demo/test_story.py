"""The story of `mailbot demo --script`, the sandbox that is kept in a folder, and the command that shows the page."""

from __future__ import annotations

import threading
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from mailbot.cli import cli
from mailbot.demo import firstday, story, visit
from mailbot.demo.postoffice import SENT, PostOffice, post, recipients
from mailbot.demo.running import free_port, running
from mailbot.errors import UsageError

pytestmark = pytest.mark.slow  # many days, or a whole service: `make test` only


def test_the_story_holds_and_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    story.play(tmp_path, told.append)
    assert [line.partition(".")[0] for line in told] == [str(n) for n in range(1, len(told) + 1)]
    assert len(told) >= 9
    assert "INFO" in (tmp_path / "mailbot.log").read_text(), "the log is in a file, not between the lines"


def test_a_step_that_does_not_hold_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "_state", lambda *_: "lost")
    with pytest.raises(UsageError, match="the story stops here"):
        story.play(tmp_path, lambda line: None)


def test_a_kept_sandbox_goes_on_where_it_was(tmp_path: Path) -> None:
    with running(tmp_path) as here:
        firstday.begin(here)
        letters = [(x.number, x.to, x.raw) for x in here.office.letters()]
        ids = [str(x.message["Message-ID"]) for x in here.office.letters() if not x.to.startswith(SENT)]
        assert len(ids) == len(set(ids)), "two that send at once never send the same letter"
        here.office.open_letter(here.office.letters()[0])
        unread, now = here.office.unread(firstday.AICHA), here.now()
    with running(tmp_path) as here:
        assert [(x.number, x.to, x.raw) for x in here.office.letters()] == letters
        assert here.office.unread(firstday.AICHA) == unread
        assert 0 <= (here.now() - now).total_seconds() < 60
        letter = firstday.question(here, firstday.AICHA, firstday.TO_ANSWER)
        box = firstday.boxes(here.app.system.store.conn)[0]
        here.send(firstday.answer(letter, box.writer(True), firstday.Manner.GMAIL, here.now(), "Voici le détail."))
        assert here.settle()
        assert here.office.wait(firstday.AICHA, "receipt", firstday.TO_ANSWER).number > len(letters)


def test_the_command_shows_the_page_until_it_is_stopped(tmp_path: Path) -> None:
    stop, told = threading.Event(), []

    def say(line: str) -> None:
        told.append(line)
        if line.startswith("its pages"):
            address = told[0].split()[1]
            pages.append(httpx.get(address).text)
            stop.set()

    pages: list[str] = []
    visit.receive(None, 0, say, stop)
    assert "Par où commencer" in pages[0]
    folder = Path(told[1].split()[4])
    assert not folder.exists(), "a fresh sandbox is gone afterwards"


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with running(tmp_path / "first") as here:
        taken = here.smtp_port
        assert free_port(taken) != taken
        with pytest.raises(UsageError, match=f"port {taken}"):
            visit.receive(tmp_path / "second", taken, lambda line: None, threading.Event())


def test_the_command_line_says_what_it_takes() -> None:
    words = CliRunner().invoke(cli, ["demo", "--help"]).output
    assert all(option in words for option in ("--script", "--port", "--dir"))


def test_mail_between_people_goes_straight_into_the_mailbox(tmp_path: Path) -> None:
    office = PostOffice(tmp_path)
    message = EmailMessage()
    message["From"] = "Élise <elise@firm.example>"
    message["To"] = "Olivier <olivier@firm.example>, OLIVIER@firm.example"
    message["Cc"] = "aicha@firm.example"
    message.set_content("Bonjour\n")
    assert recipients(message) == ["olivier@firm.example", "aicha@firm.example"]
    post(office, 0, message, "eccv@assaprol.example")
    boxes = ["olivier@firm.example", "aicha@firm.example", SENT + "elise@firm.example"]
    assert [x.to for x in office.letters()] == boxes
    assert office.unread("olivier@firm.example") == {1}
