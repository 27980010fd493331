"""Whose word counts on the sender, and what it is worth."""

import pytest

from mailbot.mail import trust
from mailbot.mail.envelope import Dmarc, Verdict
from mailbot.mail.trust import Trust

ID = "mx.oga.example"
PASS = "mx.oga.example; spf=pass smtp.mailfrom=a.example; dmarc=pass header.from=a.example"


def verdict(*values: str) -> Verdict:
    head = "".join(f"Authentication-Results: {value}\r\n" for value in values)
    return trust.verdict(f"{head}From: x@a.example\r\n\r\nAuthentication-Results: {PASS}\r\n".encode(), ID)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([PASS], Verdict(Dmarc.PASS, "a.example")),
        (["mx.oga.example 1; dmarc=pass (p=reject)\r\n header.from=A.example"], Verdict(Dmarc.PASS, "a.example")),
        (["mx.oga.example; dmarc=fail header.from=a.example", PASS], Verdict(Dmarc.FAIL, "a.example")),
        (["mx.other.example; dmarc=fail header.from=a.example", PASS], Verdict(Dmarc.PASS, "a.example")),
        (["mx.oga.example.evil.test; dmarc=pass header.from=a.example"], Verdict()),
        (["(mx.oga.example;) evil.test; dmarc=pass header.from=a.example"], Verdict()),
        (['mx.oga.example; dkim=fail reason="; dmarc=pass header.from=a.example"'], Verdict()),
        (["mx.oga.example; dkim=none (; dmarc=pass header.from=a.example)"], Verdict()),
        (
            ["mx.oga.example; dmarc=pass header.from=a.example; dmarc=fail header.from=a.example"],
            Verdict(Dmarc.FAIL, "a.example"),
        ),
        (
            ["mx.oga.example; dmarc=pass action=none header.from=a.example;compauth=pass reason=100"],
            Verdict(Dmarc.PASS, "a.example"),
        ),
        (["mx.oga.example; dmarc=temperror header.from=a.example"], Verdict()),
        (["mx.oga.example; none"], Verdict()),
        ([""], Verdict()),
        ([], Verdict()),
    ],
)
def test_the_topmost_header_with_our_id_counts(values, expected):
    assert verdict(*values) == expected


def test_strip_takes_out_what_claims_our_id_and_nothing_else():
    raw = (
        b"Received: x\r\nAuthentication-Results: mx.oga.example;\r\n dmarc=pass header.from=a.example\r\n"
        b"AUTHENTICATION-RESULTS : MX.oga.example; none\r\nAuthentication-Results: mx.other.example; none\r\n"
        b"From: x@a.example\r\n\r\nAuthentication-Results: mx.oga.example; none\r\n\x00\xff"
    )
    assert trust.strip(raw, ID) == (
        b"Received: x\r\nAuthentication-Results: mx.other.example; none\r\n"
        b"From: x@a.example\r\n\r\nAuthentication-Results: mx.oga.example; none\r\n\x00\xff"
    )
    assert trust.strip(b"\xff\n", ID) == b"\xff\n"


@pytest.mark.parametrize(
    ("sender", "verdict", "known", "token", "expected"),
    [
        ("x@a.example", Verdict(Dmarc.PASS, "a.example"), True, False, Trust.PROVEN),
        ("x@a.example", Verdict(Dmarc.PASS, "a.example"), False, True, Trust.NONE),
        ("x@a.example", Verdict(Dmarc.PASS, "evil.test"), True, True, Trust.TOKEN),
        ("x@a.example", Verdict(Dmarc.PASS, ""), True, False, Trust.CLAIMED),
        ("x@a.example", Verdict(Dmarc.FAIL, "a.example"), True, True, Trust.NONE),
        ("x@a.example", Verdict(), True, True, Trust.TOKEN),
        ("x@a.example", Verdict(), True, False, Trust.CLAIMED),
        (None, Verdict(Dmarc.PASS, "a.example"), True, True, Trust.NONE),
    ],
)
def test_grades(sender, verdict, known, token, expected):
    assert trust.grade(sender, verdict, known, token) is expected
