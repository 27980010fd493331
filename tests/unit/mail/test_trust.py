"""Whose word counts on the sender, and what it is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail import trust
from mailbot.mail.envelope import Dmarc, Verdict
from mailbot.mail.trust import Trust

ID = "id:mx.oga.example"
PASS = "mx.oga.example; spf=pass smtp.mailfrom=a.example; dmarc=pass header.from=a.example"
NONE = "mx.oga.example; dmarc=none header.from=a.example"
PASSED, FAILED, ALIGNED = (Verdict(word, "a.example") for word in (Dmarc.PASS, Dmarc.FAIL, Dmarc.ALIGNED))
NOTHING = Verdict()
#: Exchange Online, of a domain that publishes a policy, and of one that does not
MICROSOFT = (
    "spf=pass (sender IP is 203.0.113.7)\r\n smtp.mailfrom=a.example; dkim=pass (signature was verified)\r\n"
    " header.d=a.example;dmarc=pass action=none\r\n header.from=a.example;compauth=pass reason=100"
)
BESTGUESS = (
    "spf=none (sender IP is 203.0.113.7) smtp.mailfrom=bounce.other.example; dkim=pass (signature was verified)"
    " header.d=a.example;dmarc=bestguesspass action=none header.from=a.example;compauth=pass reason=109"
)
#: of tables further down: what no header may change, whatever it holds
LOUD = "dmarc=pass header.from=a.example; dkim=pass header.d=a.example; dmarc=fail header.from=a.example"


def message(*values: str) -> bytes:
    head = "".join(f"Authentication-Results: {value}\r\n" for value in values)
    return f"{head}From: x@a.example\r\n\r\nAuthentication-Results: {PASS}\r\n".encode()


def verdict(*values: str, ours: str = ID) -> Verdict:
    return trust.verdict(message(*values), ours)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([PASS], PASSED),
        (["mx.oga.example 1; dmarc=pass (p=reject)\r\n header.from=A.example"], PASSED),
        (['"MX.oga.example"; dmarc/1 = pass header.from="a.example."'], PASSED),
        (["mx.oga.example; dmarc=fail header.from=a.example", PASS], FAILED),
        (["mx.other.example; dmarc=fail header.from=a.example", PASS], NOTHING),
        (["mx.other.example; none", PASS], NOTHING),
        ([NONE, PASS], NOTHING),
        (["dmarc=pass header.from=a.example"], NOTHING),
        (["; dmarc=pass header.from=a.example", PASS], NOTHING),
        (["mx.oga.example.evil.test; dmarc=pass header.from=a.example"], NOTHING),
        (["(mx.oga.example;) evil.test; dmarc=pass header.from=a.example"], NOTHING),
        (['mx.oga.example; dkim=fail reason="; dmarc=pass header.from=a.example"'], NOTHING),
        (["mx.oga.example; dkim=none (; dmarc=pass header.from=a.example)"], NOTHING),
        (["mx.oga.example; dkim=none ((; dmarc=pass header.from=a.example) still)"], NOTHING),
        (["mx.oga.example; dmarc=pass header.from=a.example; dmarc=fail header.from=a.example"], FAILED),
        (["mx.oga.example; dmarc=pass header.from=a.example; dmarc=none header.from=a.example"], NOTHING),
        (["mx.oga.example; dmarc=pass header.from=a.example; dmarc=pass header.from=b.example"], NOTHING),
        (["mx.oga.example; dmarc=pass header.from=b.example header.from=a.example"], NOTHING),
        (["mx.oga.example; dmarc=pass action=none header.from=a.example;compauth=pass reason=100"], PASSED),
        (["mx.oga.example; dmarc=pass"], NOTHING),
        (["mx.oga.example; dmarc=temperror header.from=a.example; dkim=pass header.d=a.example"], NOTHING),
        (["mx.oga.example; none"], NOTHING),
        ([""], NOTHING),
        ([], NOTHING),
    ],
)
def test_only_the_topmost_header_speaks_and_only_with_our_id(values: list[str], expected: Verdict) -> None:
    assert verdict(*values) == expected


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ("dkim=pass header.d=a.example", ALIGNED),
        ("dkim=pass header.d=mail.a.example", ALIGNED),
        ("dkim=pass header.i=@a.example header.s=x", ALIGNED),
        ("dkim=pass header.d=evil.test header.i=@a.example", NOTHING),
        ("dkim=fail header.d=a.example", NOTHING),
        ("dkim=pass header.d=evil.test; dkim=pass header.d=a.example", ALIGNED),
        ("dkim=pass header.d=evil.test; dkim=fail header.d=a.example", NOTHING),
        ("dkim=pass header.d=example", NOTHING),  # above: a registry, or a host that many share
        ("dkim=pass header.d=b.example", NOTHING),
        ("dkim=pass header.d=eva.example", NOTHING),
        ("dkim=pass header.d=a.example.evil.test", NOTHING),
        ("spf=pass smtp.mailfrom=a.example", ALIGNED),
        ("spf=pass smtp.mailfrom=x@bounce.a.example", ALIGNED),
        ("spf=pass smtp.helo=a.example", NOTHING),
        ("spf=pass smtp.mailfrom=evil.test smtp.helo=a.example", NOTHING),
        ("spf=softfail smtp.mailfrom=a.example", NOTHING),
        ("spf=pass smtp.mailfrom=a.example; spf=fail smtp.mailfrom=a.example", NOTHING),
        ("spf=pass smtp.mailfrom=a.example; spf=pass smtp.mailfrom=evil.test", NOTHING),
        ("arc=pass header.d=a.example", NOTHING),
        ("dkim=pass header.d=a.example; compauth=fail reason=001", NOTHING),
    ],
)
def test_without_a_policy_spf_or_dkim_of_the_domain_itself_vouch(beside: str, expected: Verdict) -> None:
    assert verdict(f"{NONE}; {beside}") == expected
    assert verdict(f"mx.oga.example; {beside}") == NOTHING, "a server that does not speak of DMARC proves nothing"
    assert verdict(f"mx.oga.example; {beside}; dmarc=permerror header.from=a.example") == NOTHING
    assert verdict(f"mx.oga.example; {beside}; dmarc=fail header.from=a.example") == FAILED


def test_a_domain_of_one_label_is_nobodys() -> None:
    assert verdict("mx.oga.example; dmarc=none header.from=example; dkim=pass header.d=a.example") == NOTHING


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([MICROSOFT], PASSED),
        ([BESTGUESS], ALIGNED),
        ([BESTGUESS.replace("header.d=a.example", "header.d=other.example")], NOTHING),
        ([MICROSOFT.replace("dmarc=pass action=none", "dmarc=fail action=oreject")], FAILED),
        ([MICROSOFT.replace("compauth=pass", "compauth=fail")], NOTHING),
        ([f"mx.evil.test; {MICROSOFT}"], NOTHING),
        ([f"mx.evil.test; {MICROSOFT}", MICROSOFT], NOTHING),
        (["dkim=none (not signed) header.d=none;dmarc=none action=none header.from=a.example", MICROSOFT], NOTHING),
        (["none", MICROSOFT], NOTHING),
        ([f"; {MICROSOFT}"], NOTHING),
        ([], NOTHING),
    ],
)  # fmt: skip
def test_exchange_online_writes_no_id_and_then_only_its_topmost_header_speaks(
    values: list[str], expected: Verdict
) -> None:
    assert verdict(*values, ours="microsoft") == expected
    assert verdict(*values, ours="none") == NOTHING


@pytest.mark.parametrize("value", ['x; reason="; dmarc=fail', "x (; dmarc=fail", "x; dkim=none ); dmarc=fail"])
def test_what_does_not_close_proves_nothing_but_still_disowns(value: str) -> None:
    assert verdict(value.replace("x", "mx.oga.example") + " header.from=a.example").dmarc is Dmarc.FAIL
    open_ = value.replace("x", "mx.oga.example").replace("fail", "pass") + " header.from=a.example"
    assert verdict(open_) == NOTHING


def test_a_sender_who_ends_the_comment_that_shows_his_address_proves_nothing() -> None:
    """RFC 5321 lets a quoted local part hold anything, and not every server escapes it."""
    mine = '"a); dkim=pass header.d=a.example ("@evil.test'
    assert (
        verdict(f"mx.oga.example; spf=pass (domain of {mine} designates it); dmarc=none header.from=a.example")
        == NOTHING
    )


PIECES = [*'abc.;=() \\"\t', "dmarc=pass", " header.from=a.example", "dkim=pass header.d=a.example", "dmarc=fail"]
anything = st.lists(st.sampled_from([*PIECES, "mx.oga.example;"]), max_size=12).map("".join)
#: what the topmost header says, and whose it is
KNOWN = {
    PASS: ID,
    NONE: ID,
    f"{NONE}; dkim=pass header.d=a.example": ID,
    "mx.oga.example; dmarc=fail header.from=a.example": ID,
    MICROSOFT: "microsoft",
    BESTGUESS: "microsoft",
}


@given(
    st.sampled_from(sorted(KNOWN)), st.lists(st.one_of(anything, st.sampled_from([LOUD, PASS, MICROSOFT])), max_size=4)
)
def test_nothing_below_the_topmost_header_changes_the_verdict(top: str, below: list[str]) -> None:
    assert verdict(top, *below, ours=KNOWN[top]) == verdict(top, ours=KNOWN[top])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _comment(text: str) -> str:
    return "(" + "".join(f"\\{c}" if c in "()\\" else c for c in text if c != '"') + ")"


@given(st.sampled_from(sorted(KNOWN)), anything, st.integers(0, 9), st.booleans())
def test_nothing_in_a_comment_or_a_quoted_string_changes_the_verdict(
    top: str, text: str, place: int, quoted: bool
) -> None:
    text += LOUD
    pieces = top.split(";")
    at = place % len(pieces)
    if quoted and "=" in pieces[at]:
        pieces[at] += f" reason={_quoted(text)}"
    else:
        pieces[at] += f" {_comment(text)}"
    assert verdict(";".join(pieces), ours=KNOWN[top]) == verdict(top, ours=KNOWN[top])


@given(st.lists(anything, max_size=4), st.sampled_from([ID, "microsoft", "none"]))
def test_behind_the_door_nothing_is_left_to_believe(values: list[str], ours: str) -> None:
    assert trust.verdict(trust.strip(message(*values), ours), ours) == NOTHING


def test_strip_takes_out_what_claims_our_id_and_nothing_else() -> None:
    raw = (
        b"Received: x\r\nAuthentication-Results: mx.oga.example;\r\n dmarc=pass header.from=a.example\r\n"
        b"AUTHENTICATION-RESULTS : MX.oga.example; none\r\nAuthentication-Results: mx.other.example; none\r\n"
        b"From: x@a.example\r\n\r\nAuthentication-Results: mx.oga.example; none\r\n\x00\xff"
    )
    assert trust.strip(raw, ID) == (
        b"Received: x\r\nAuthentication-Results: mx.other.example; none\r\n"
        b"From: x@a.example\r\n\r\nAuthentication-Results: mx.oga.example; none\r\n\x00\xff"
    )
    assert trust.strip(raw, "microsoft") == raw
    assert trust.strip(b"Authentication-Results: dmarc=pass\r\nFrom: x\r\n\r\n", "microsoft") == b"From: x\r\n\r\n"
    assert trust.strip(b"\xff\n", ID) == b"\xff\n"


@pytest.mark.parametrize(
    ("sender", "verdict", "known", "token", "expected"),
    [
        ("x@a.example", PASSED, True, False, Trust.PROVEN),
        ("x@a.example", ALIGNED, True, False, Trust.PROVEN),
        ("x@a.example", PASSED, False, True, Trust.NONE),
        ("x@a.example", Verdict(Dmarc.PASS, "evil.test"), True, True, Trust.TOKEN),
        ("x@a.example", Verdict(Dmarc.ALIGNED, "evil.test"), True, True, Trust.TOKEN),
        ("x@sub.a.example", ALIGNED, True, True, Trust.TOKEN),
        ("x@a.example", Verdict(Dmarc.PASS, ""), True, False, Trust.CLAIMED),
        ("x@a.example", FAILED, True, True, Trust.NONE),
        ("x@a.example", Verdict(Dmarc.FAIL, "evil.test"), True, True, Trust.NONE),
        ("x@a.example", Verdict(), True, True, Trust.TOKEN),
        ("x@a.example", Verdict(), True, False, Trust.CLAIMED),
        ("x@étude.example", Verdict(Dmarc.PASS, "xn--tude-9oa.example"), True, False, Trust.PROVEN),
        ("x@xn--tude-9oa.example", Verdict(Dmarc.PASS, "étude.example"), True, False, Trust.PROVEN),
        ("x@k.example", Verdict(Dmarc.PASS, "\u212a.example"), True, False, Trust.CLAIMED),
        (None, PASSED, True, True, Trust.NONE),
    ],
)  # fmt: skip
def test_grades(sender: str | None, verdict: Verdict, known: bool, token: bool, expected: Trust) -> None:
    assert trust.grade(sender, verdict, known, token) is expected
