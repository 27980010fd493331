"""The process that reads mail: it says what would be said here, and what kills it harms nothing else."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.demo.postoffice import reply, submit
from mailbot.errors import NoReader, Unreadable
from mailbot.gateways import reader
from mailbot.gateways.reader import Apart
from mailbot.mail.disposition import Own
from mailbot.mail.envelope import Envelope
from mailbot.mail.message import InboundMessage, Split
from mailbot.mail.mime.limits import Limits
from mailbot.mail.reader import Here
from mailbot.service import desk, incidents
from mailbot.service.work import work_all, work_one
from mailbot.store import inbox
from tests.campaign import AICHA, Campaign

pytestmark = pytest.mark.slow  # a process for each test: `make test` only

CORPUS = sorted((Path(__file__).parent.parent / "mail" / "corpus").glob("*.eml"))
PLAIN = b"From: a@firm.example\r\nSubject: Re\r\nMessage-ID: <1@firm.example>\r\n\r\nLe loyer.\r\n\r\n> Bonjour\r\n"
POISONED = "tests.gateways.poisoned"
WHEN = datetime(2026, 11, 25, 8, tzinfo=UTC)
ENVELOPE, OWN = Envelope("a@firm.example", ("eccv@oga.example",), WHEN), Own("eccv@oga.example", "oga.example")
SECONDS = 1.0  #: of processor time, so that tests need not wait for two


def poison(how: str) -> bytes:
    return f"X-Poison: {how}\r\n".encode() + PLAIN


@pytest.fixture
def apart() -> Iterator[Apart]:
    with Apart(SECONDS, 256, POISONED) as made:
        yield made


class Slow(Here):
    """Takes 60 ms of processor time a step."""

    def parse(self, raw: bytes, limits: Limits) -> InboundMessage:
        begin = time.process_time()
        while time.process_time() < begin + 0.06:
            pass
        return super().parse(raw, limits)

    def written(self, message: InboundMessage, sent: str) -> Split:
        self.parse(PLAIN, Limits())
        return super().written(message, sent)


def pid(apart: Apart) -> int:
    assert apart._child is not None
    return apart._child._process.pid


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_says_what_would_be_said_here() -> None:
    here = Here()
    with Apart() as there:
        for case in CORPUS:
            said = [_said(one, case.read_bytes(), case) for one in (here, there)]
            assert said[0] == said[1], case.name


def _said(one: Here | Apart, raw: bytes, case: Path) -> object:
    sent = case.with_suffix(".sent.txt")
    try:
        message, screened = one.open(raw, Limits(), ENVELOPE, OWN)
        split = one.written(message, sent.read_text("utf-8") if sent.exists() else "")
        return message, screened, split, one.parse(raw, Limits())
    except Unreadable as error:
        return str(error)


@pytest.mark.parametrize(
    ("how", "seconds", "why"),
    [
        ("processor", SECONDS, "took more than 1 s"),
        ("memory", 30.0, "took more than 256 MB"),  # a busy machine takes its time to hand out so much
        ("crash", SECONDS, "ended by SIGSEGV"),
    ],
)
def test_what_kills_it_is_unreadable_and_the_next_message_is_read(how: str, seconds: float, why: str) -> None:
    with Apart(seconds, 256, POISONED) as apart:
        with pytest.raises(Unreadable, match=why):
            apart.open(poison(how), Limits(), ENVELOPE, OWN)
        message, _ = apart.open(PLAIN, Limits(), ENVELOPE, OWN)
        assert apart.written(message, "").text == "Le loyer."


def test_what_does_not_end_is_ended(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    apart.parse(PLAIN, Limits())
    monkeypatch.setattr(reader, "PATIENCE", 0.2)
    monkeypatch.setattr(reader, "TRIES", 1)
    with pytest.raises(Unreadable, match="no end after 0 s on the clock"):
        apart.parse(poison("sleep"), Limits())


def test_a_message_is_tried_again_in_a_fresh_process(apart: Apart) -> None:
    apart.parse(PLAIN, Limits())
    first = pid(apart)
    assert apart.parse(poison("second"), Limits()).subject == "Re"
    assert pid(apart) != first
    assert gone(first)


def test_what_our_code_fails_on_keeps_the_process(apart: Apart) -> None:
    apart.parse(PLAIN, Limits())
    first = pid(apart)
    with pytest.raises(RuntimeError, match="KeyError: 'a bug'") as failed:
        apart.parse(poison("bug"), Limits())
    assert "in _bug" in failed.value.__notes__[0]
    assert apart.parse(PLAIN, Limits()).subject == "Re"
    assert pid(apart) == first


def test_a_message_is_cut_also_by_a_process_that_did_not_parse_it(apart: Apart) -> None:
    message = apart.parse(PLAIN, Limits())
    other = apart.parse(PLAIN.replace(b"Le loyer", b"La taxe"), Limits())
    assert apart.written(message, "").text == "Le loyer."
    os.kill(pid(apart), signal.SIGKILL)
    assert apart.written(message, "").text == "Le loyer."
    assert apart.written(other, "").text == "La taxe."


def test_what_was_begun_ahead_is_taken_when_its_time_comes(apart: Apart) -> None:
    mails = [PLAIN.replace(b"loyer", b"loyer %d" % n) for n in range(3)]
    first, _ = apart.open(mails[0], Limits(), ENVELOPE, OWN)
    apart.ahead(mails[1], Limits(), ENVELOPE, OWN)
    second, _ = apart.open(bytes(bytearray(mails[1])), Limits(), ENVELOPE, OWN)
    apart.ahead(mails[2], Limits(), ENVELOPE, OWN)
    assert [apart.written(m, "").text for m in (first, second)] == ["Le loyer 0.", "Le loyer 1."]
    apart.ahead(mails[0], Limits(), ENVELOPE, OWN)
    third, _ = apart.open(mails[2], Limits(), ENVELOPE, OWN)
    assert apart.written(third, "").text == "Le loyer 2."


def test_poison_that_was_begun_ahead_harms_its_own_message_only(apart: Apart) -> None:
    apart.open(PLAIN, Limits(), ENVELOPE, OWN)
    apart.ahead(poison("crash"), Limits(), ENVELOPE, OWN)
    assert apart.open(PLAIN, Limits(), ENVELOPE, OWN)[0].subject == "Re"
    apart.ahead(poison("crash"), Limits(), ENVELOPE, OWN)
    with pytest.raises(Unreadable, match="SIGSEGV"):
        apart.open(poison("crash"), Limits(), ENVELOPE, OWN)
    assert apart.open(PLAIN, Limits(), ENVELOPE, OWN)[0].subject == "Re"


def test_a_refused_message_leaves_nothing_behind(apart: Apart) -> None:
    message = apart.parse(PLAIN, Limits())
    with pytest.raises(Unreadable, match="header fields"):
        apart.parse(PLAIN, replace(Limits(), headers=1))
    assert apart.written(message, "").text == "Le loyer."


def test_what_one_message_may_take_is_counted_for_all_its_steps() -> None:
    steps = reader._Steps(SECONDS)
    steps._reader = Slow()
    steps.carry_out("parse", PLAIN, Limits())
    steps.carry_out("written", None, "")
    assert steps._left < SECONDS - 0.1
    steps.carry_out("parse", PLAIN, Limits())
    assert steps._left > SECONDS - 0.1
    assert signal.setitimer(signal.ITIMER_PROF, 0) == (0.0, 0.0)


def test_threads_wait_for_each_other(apart: Apart) -> None:
    def read(n: int) -> str:
        message = apart.parse(PLAIN.replace(b"loyer", b"loyer %d" % n), Limits())
        return apart.written(message, "").text

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(40))) == [f"Le loyer {n}." for n in range(40)]


def test_nothing_of_the_service_is_open_in_it(apart: Apart, campaign: Campaign) -> None:
    apart.parse(PLAIN, Limits())
    open_ = {os.readlink(link) for link in Path(f"/proc/{pid(apart)}/fd").iterdir()}
    assert len([name for name in open_ if name.startswith("socket:")]) == 1
    assert not [name for name in open_ if "mailbot.db" in name]
    environment = Path(f"/proc/{pid(apart)}/environ").read_bytes()
    assert {entry.partition(b"=")[0] for entry in environment.split(b"\0") if entry} <= {b"PYTHONPATH", b"LC_CTYPE"}


def test_a_signal_for_the_whole_group_does_not_end_it(apart: Apart) -> None:
    apart.parse(PLAIN, Limits())
    first = pid(apart)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(first, number)
    assert apart.parse(PLAIN, Limits()).subject == "Re"
    assert pid(apart) == first


def test_it_ends_with_the_service(apart: Apart) -> None:
    apart.parse(PLAIN, Limits())
    process = pid(apart)
    apart.close()
    assert gone(process)
    with pytest.raises(NoReader):
        apart.parse(PLAIN, Limits())


def test_it_ends_when_nobody_holds_the_other_end(apart: Apart) -> None:
    apart.parse(PLAIN, Limits())
    assert apart._child is not None
    apart._child._pipe.close()
    assert apart._child._process.wait(20) == 0


def test_a_service_that_ends_does_not_wait_for_the_message_that_is_read(apart: Apart) -> None:
    apart.parse(PLAIN, Limits())
    failed: list[Exception] = []

    def read() -> None:
        try:
            apart.parse(poison("sleep"), Limits())
        except NoReader as error:
            failed.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    while not apart._lock.locked():
        thread.join(0.001)
    apart.close()
    thread.join(20)
    assert len(failed) == 1


def test_only_values_of_ours_are_taken_from_it() -> None:
    import pickle

    with pytest.raises(pickle.UnpicklingError, match="no value of ours"):
        reader._values(pickle.dumps((reader.DONE, os.system)))


def test_one_that_does_not_start_is_no_fault_of_the_message(campaign: Campaign) -> None:
    with Apart(module="mailbot.no_such_module") as broken:
        _read_by(campaign, broken)
        submit(campaign.port, reply(campaign.letter(AICHA, "question"), AICHA, "Le loyer."))
        for _ in range(inbox.STRIKES + 1):
            with pytest.raises(NoReader, match="did not begin: ended with status 1"):
                work_one(campaign.system)
    _read_by(campaign, Here())
    campaign.run()
    assert campaign.show()["state"] == "proposed"


@pytest.mark.parametrize("how", ["processor", "memory", "crash"])
def test_a_poison_message_is_held_and_the_service_goes_on(campaign: Campaign, apart: Apart, how: str) -> None:
    _read_by(campaign, apart)
    letter = campaign.letter(AICHA, "question")
    mails = [reply(letter, AICHA, words) for words in ("La taxe.", "Le poison.", "Le loyer.")]
    mails[1]["X-Poison"] = how
    for mail in mails:
        submit(campaign.port, mail)
    assert work_all(campaign.system) == 3
    told = _why(campaign, mails[1])
    assert (told["state"], told["disposition"], told["letters"]) == ("held", "hold", [])
    assert told["reason"].startswith("unreadable: ")
    assert [_why(campaign, mails[n])["decision"] for n in (0, 2)] == ["propose", "propose"]
    assert inbox.counts(campaign.system.store.conn)["shunted"] == 0
    (shown,) = incidents.gather(campaign.system, campaign.system.store.conn, campaign.now - timedelta(1), 0).held
    assert (shown.why, shown.sender, shown.excerpt) == ("unreadable", AICHA[1], "")


def _read_by(campaign: Campaign, one: Here | Apart) -> None:
    campaign.app = replace(campaign.app, system=replace(campaign.system, reader=one))


def _why(campaign: Campaign, mail: EmailMessage) -> dict[str, object]:
    row = inbox.find(campaign.system.store.conn, str(mail["Message-ID"]))
    assert row is not None
    return desk.why(campaign.system.store.conn, row)
