"""What is screened off before anyone reads it, and what a mail with nothing typed is."""

from datetime import UTC, datetime

import pytest

from mailbot.mail import parse, reply
from mailbot.mail.disposition import Disposition, Own, nothing_typed, screen
from mailbot.mail.envelope import Envelope
from mailbot.mail.rules import RULES

OWN = Own("eccv@oga.example", "oga.example")
TOKEN = "ab2cd3ef4gh5ij6kl7mnopqrst"
FROM = b"From: a@cabinet.example\n"


def screened(raw: bytes, reverse_path: str = "a@cabinet.example"):
    envelope = Envelope(reverse_path, ("eccv@oga.example",), datetime(2026, 11, 24, tzinfo=UTC))
    return screen(parse.parse(raw), envelope, OWN)


@pytest.mark.parametrize(
    ("head", "disposition", "rule"),
    [
        (b"Auto-Submitted: (bot) Auto-Replied; x=y\n", Disposition.AUTO, "auto_submitted"),
        (b"X-Autoreply: yes\n", Disposition.AUTO, "automatic_header"),
        (b"Precedence: junk\n", Disposition.AUTO, "automatic_header"),
        ("Subject: Réponse automatique : ECCV\n".encode(), Disposition.AUTO, "absence_subject"),
        (b"Subject: Out of Office: ECCV\n", Disposition.AUTO, "absence_subject"),
        (b"Subject: Authentification de votre message\n", Disposition.AUTO, "challenge"),
        (b"Content-Type: text/calendar; method=REPLY\n", Disposition.AUTO, "calendar_reply"),
        (
            b"Content-Type: multipart/report; report-type=disposition-notification; boundary=B\n",
            Disposition.AUTO,
            "read_receipt",
        ),
        (b"Received: x\n" * 51, Disposition.HOLD, "too_many_hops"),
        (b"X-Mailbot: question\n", Disposition.LOOP, "our_own"),
        (f"Message-ID: <{TOKEN}.12@oga.example>\n".encode(), Disposition.LOOP, "our_own"),
        (b"From: b@x.example\n", Disposition.HOLD, "no_one_author"),
        (b"Content-Type: message/partial; id=1; number=1\n", Disposition.HOLD, "in_pieces"),
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n", Disposition.HOLD, "encrypted"),
        (b"Content-Type: multipart/encrypted; boundary=B\n", Disposition.HOLD, "encrypted"),
    ],
)
def test_what_is_not_read(head, disposition, rule):
    found = screened(FROM + head + b"\nOui\n")
    assert (found.disposition, found.rule) == (disposition, rule)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"Auto-Submitted: no\n",
        b"X-Auto-Response-Suppress: All\n",
        b"List-Id: <compta.cabinet.example>\nPrecedence: list\n",
        b"List-Id: <compta.cabinet.example>\nPrecedence: bulk\n",
        b"Subject: Re: Absence du bureau\n",
        b"Subject: ABSENT JUSQU'AU 3 mars\n",
        b"Message-ID: <20261124@oga.example>\n",
        b"Content-Type: multipart/signed; protocol=x; boundary=B\n",
        b"Received: x\n" * 50,
    ],
)
def test_what_a_person_sends_is_read(head):
    assert screened(FROM + head + b"\nOui\n").disposition is Disposition.ACCEPT


def test_the_bot_does_not_answer_itself():
    raw = f"From: eccv+{TOKEN}@OGA.example\n\nOui\n".encode()
    assert screened(raw).disposition is Disposition.LOOP


@pytest.mark.parametrize("null", ["", "<>"])
def test_the_null_reverse_path_is_a_bounce_unless_an_autoresponder_uses_it(null):
    assert screened(FROM + b"\nOui\n", null).rule == "null_reverse_path"
    assert screened(FROM + b"Auto-Submitted: auto-replied\n\nAbsent\n", null).disposition is Disposition.AUTO


def test_no_rule_stands_twice():
    assert len(set(RULES)) == len(RULES)


@pytest.mark.parametrize(
    ("raw", "disposition"),
    [
        (b"Subject: Re: ECCV\n\nOui\n", None),
        (b"Subject: Re: ECCV\n\n \n", Disposition.EMPTY),
        (b"Subject: TR : ECCV\n\n\n", Disposition.FORWARD),
        (
            b"Subject: ECCV\n\n---------- Forwarded message ---------\nDe : X <x@y.example>\nObjet : s\n\nt\n",
            Disposition.FORWARD,
        ),
        (b"Content-Type: application/pdf\n\nx", None),
        (b"Content-Type: message/rfc822\n\nFrom: b@c.example\n\nx", Disposition.FORWARD),
    ],
)
def test_nothing_typed(raw, disposition):
    message = parse.parse(FROM + raw)
    assert nothing_typed(message, reply.written(message)) is disposition
