"""Bounces as servers write them."""

import pytest

from mailbot.mail import bounce, parse

SERVER = b"From: Mail Delivery System <MAILER-DAEMON@mx.example>\n"


def report(fields: str) -> bytes:
    head = SERVER + b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\n\nprose\n--B\n"
    head += b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n" + fields.encode() + b"\n--B\n"
    return head + b"Content-Type: message/rfc822\n\nMessage-ID: <q.1@oga.example>\nSubject: s\n\nValide\n--B--\n"


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "permanent", "delayed"),
    [
        ("failed", "5.1.1", "550 5.1.1 user unknown", True, False),
        ("failed", "5.1.2", "", True, False),
        ("failed", "5.2.2", "552 mailbox full, no such user", False, False),
        ("failed", "5.1.8", "sender address rejected", False, False),
        ("failed", "5.0.0", "550 No such user here", True, False),
        ("failed", "5.0.0", "550 blocked", False, False),
        ("delayed", "4.4.1", "connection timed out", False, True),
        ("failed", "4.4.7", "expired", False, False),
    ],
)
def test_a_report(action, status, diagnostic, permanent, delayed):
    fields = f"Final-Recipient: rfc822; A.B@x.example\nAction: {action}\nStatus: {status}\n"
    fields += f"Diagnostic-Code: smtp; {diagnostic}\n"
    found = bounce.read(parse.parse(report(fields)))
    assert found == bounce.Bounce(("a.b@x.example",), status, permanent, delayed, "<q.1@oga.example>")


def test_several_recipients():
    fields = "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n\n"
    fields += "Final-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.1.1\n"
    found = bounce.read(parse.parse(report(fields)))
    assert found and found.recipients == ("a@x.example", "b@x.example")


def test_prose_of_qmail():
    text = b"""
Hi. This is the qmail-send program at x.example.
<a@x.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: <q.1@oga.example>
To: other@x.example
"""
    found = bounce.read(parse.parse(SERVER + text))
    assert found == bounce.Bounce(("a@x.example",), "5.1.1", True, False, "<q.1@oga.example>")


def test_prose_of_exchange():
    text = "\nÉchec de la remise pour ces destinataires ou groupes :\n\na@x.example\n550 5.2.2 mailbox full\n"
    found = bounce.read(parse.parse(SERVER.replace(b"MAILER-DAEMON", b"postmaster") + text.encode()))
    assert found == bounce.Bounce(("a@x.example",), "5.2.2", False, False, "")


def test_a_person_who_quotes_a_bounce_is_none():
    assert (
        bounce.read(parse.parse(b"From: a@x.example\n\nDelivery has failed to these recipients: b@x.example\n")) is None
    )
