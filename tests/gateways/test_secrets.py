"""Nothing secret in a log, a status, a figure or an alarm: a story with canaries, in which everything goes wrong."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mailbot import maillog
from mailbot.gateways.smtp_out import Host, Sender
from mailbot.mail.backoff import Outcome, Result
from mailbot.service import alarm, checks, correspondence, handlers, health, status
from mailbot.service.delivery import deliver_due
from mailbot.store import outbox
from tests.campaign import AICHA, MAITE, Campaign
from tests.gateways.visiting import codes, confirmed
from tests.operators import alarms, with_policy

pytestmark = pytest.mark.slow
BODY, FIGURE, FILE, SUBJECT, PASSWORD = (
    "marabout-du-corps",
    "48 217,36",
    "releve-banane.pdf",
    "objet-papaye",
    "s3cr3t-kiwi",
)
TOKEN = re.compile(r"[a-z2-7]{26}")


@pytest.fixture(params=["text", "json"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Everything that is logged, by whomever and however little it matters, as the service writes it."""
    root, kept = logging.getLogger(), io.StringIO()
    handlers_, level = root.handlers[:], root.level
    ours = logging.getLogger("mailbot").level
    maillog.start(request.param == "json", logging.DEBUG)
    assert isinstance(root.handlers[0], logging.StreamHandler)
    root.handlers[0].setStream(kept)
    root.setLevel(logging.DEBUG)
    yield kept
    root.handlers[:] = handlers_
    root.setLevel(level)
    logging.getLogger("mailbot").setLevel(ours)


def secrets_of(here: Campaign) -> set[str]:
    """All that may not be shown: what was typed, every token and code that left, the key."""
    system = here.system
    found = {BODY, FIGURE, FILE, SUBJECT, PASSWORD, *(key.hex() for key in system.keys.by_id.values())}
    for letter in here.office.letters():
        found |= set(TOKEN.findall(letter.raw.decode("ascii", "replace")))
        if letter.kind == "confirm_code":
            found |= {"".join(code.split()) for code in codes(here)}
    return found


def broken(*_: Any) -> Any:
    raise ValueError(f"cannot read {BODY} of {SUBJECT}: {FIGURE}\n2026-01-01 INFO forged line")


def echoing(reverse_path: str, to: str, data: bytes) -> Outcome:
    """A host that says again what it was told."""
    return Outcome(Result.FAILED, 550, f"<{reverse_path}> to <{to}>: {TOKEN.findall(data.decode())[:3]} refused")


def raising(reverse_path: str, to: str, data: bytes) -> Outcome:
    raise RuntimeError(f"{reverse_path} {data.decode()}")


def test_a_story_in_which_everything_goes_wrong(
    campaign: Campaign, site: str, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_policy(campaign, alarm_email="ops@assaprol.example")
    question = campaign.letter(AICHA, "question")
    files = {FILE: b"%PDF-1.4\n%%EOF\n"}
    campaign.reply(question, AICHA, f"{BODY} : {FIGURE} €", files=files)
    _pages(campaign, site)
    with monkeypatch.context() as patched:
        patched.setitem(handlers.HANDLERS, handlers.Verb.ANSWER, broken)
        why = campaign.reply(campaign.letter(AICHA, "question", "D0009-2025-1"), AICHA, f"{BODY} {FIGURE}")
        assert why["state"] == "shunted"
        patched.setattr(correspondence, "render", broken)
        why = campaign.reply(campaign.letter(AICHA, "question", "D0009-2025-3"), AICHA, f"{BODY} encore")
        assert why["state"] == "shunted"
    for n, send in enumerate((echoing, raising)):
        campaign.reply(question, AICHA, f"{BODY} {n} {chr(97 + n) * 9}")
        with campaign.system.store.tx() as conn:
            conn.execute("update outbox set state = 'due', due_at = '2020-01-01T00:00:00Z' where state <> 'sent'")
        deliver_due(campaign.system, send)
    _login_fails()
    alarm.watch(campaign.system)
    campaign.run()
    said = written.getvalue()
    assert "shunted inbox=" in said
    assert "ValueError" in said, "what failed is named"
    assert "test_secrets.py" in said, "and where"
    assert "\n2026-01-01 INFO forged line" not in said
    shown = "\n".join([said, *_shown(campaign)])
    leaks = [
        (one, shown[max(0, shown.index(one) - 200) : shown.index(one) + 60])
        for one in secrets_of(campaign)
        if one in shown
    ]
    assert leaks == []


def _pages(here: Campaign, site: str) -> None:
    """Pages that are there, that are not, and posts that mean nothing."""
    found = re.search(r"/v/[a-z2-7]{26}", here.letter(MAITE, "approval").text)
    assert found
    browser = confirmed(here, site + found[0])
    assert browser.get(site + found[0]).status_code == 200
    for path in (found[0] + "x", found[0].replace("/v/", "/f/") + "/9", "/v/" + "a" * 26):
        browser.get(site + path)
    browser.post(site + found[0], data={"decision": BODY, "n": SUBJECT, "v": FIGURE})
    with pytest.raises(httpx.HTTPError):
        httpx.request("GE T", site + found[0])
    browser.close()


def _login_fails() -> None:
    sender = Sender(Host(host="127.0.0.1", port=1, security="none", user="u", password=PASSWORD, timeout=2))
    assert sender.send("a@x.example", "b@x.example", b"x").kind is Result.DEFERRED
    sender.close()


def _shown(here: Campaign) -> Iterator[str]:
    """All that operators see without asking for a message."""
    yield status.status(here.system).as_text()
    yield health.metrics(here.system)
    path = here.system.store.path
    yield from (str(line) for line in checks.run(path, lambda: here.app.config, lambda: here.system))
    assert len(alarms(here)) >= 1
    yield from (letter.text for letter in here.office.mailbox("ops@assaprol.example"))
    yield from (f"{row['reply']}" for row in outbox.listing(here.system.store.conn, ("failed", "deferred", "sent")))


@pytest.mark.parametrize("error", [ValueError(BODY), KeyError(FIGURE), UnicodeError(SUBJECT), RuntimeError(BODY)])
def test_of_most_exceptions_the_type_is_told(error: Exception) -> None:
    assert maillog.told(error) == type(error).__name__


def test_of_the_machine_s_own_more_is_told() -> None:
    assert maillog.told(OSError(28, "No space left on device", "/srv/x.db")) == (
        "OSError: [Errno 28] No space left on device: '/srv/x.db'"
    )
    assert "\n" not in maillog.told(OSError(2, "a\nb"))


def test_causes_are_named_and_say_nothing() -> None:
    try:
        try:
            raise KeyError(BODY)
        except KeyError as error:
            raise ValueError(FIGURE) from error
    except ValueError:
        record = logging.LogRecord("mailbot", logging.ERROR, "x.py", 1, "failed", (), __import__("sys").exc_info())
    said = maillog.Text().format(record)
    assert "KeyError" in said and "ValueError" in said
    assert BODY not in said and FIGURE not in said


def test_a_token_is_taken_out_of_any_line() -> None:
    token = "abcdefghijklmnopqrstuvwxyz"
    record = logging.LogRecord("uvicorn.error", logging.WARNING, "x.py", 1, "GET /v/%s", (token,), None)
    assert token not in maillog.Text().format(record) + maillog.Json().format(record)
    assert "[…]" in maillog.Text().format(record)


@pytest.mark.parametrize("break_", ["\n", "\r", "\x85", "\u2028", "\x1b[2J", "\u202e", "\x0b"])
def test_no_word_of_the_outside_world_forges_another_line(break_: str) -> None:
    record = logging.LogRecord(
        "mailbot.x", logging.INFO, "x", 1, "refused %s", (f"a{break_}INFO accepted inbox=1",), None
    )
    text, line = maillog.Text().format(record), maillog.Json().format(record)
    for written in (text, line):
        assert len(written.splitlines()) == 1
        assert written.isprintable()
    assert json.loads(line)["event"] == f"refused a{break_}INFO accepted inbox=1"
