"""One From, one address, and nothing beside it that reads as somebody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail import author
from mailbot.mail.parse import parse

EXPERT, EVIL = "e.martin@cabinet-a.example", "mallory@evil.test"


def doubt(*lines: str | bytes) -> str:
    head = b"".join(b"From: " + (x.encode() if isinstance(x, str) else x) + b"\r\n" for x in lines)
    return author.doubt(parse(head + b"To: a@oga.example\r\nSubject: s\r\n\r\nOK\r\n"))


@pytest.mark.parametrize(
    "line",
    [
        EXPERT,
        f"<{EXPERT}>",
        f"Élise Martin <{EXPERT}>",
        f'"Martin, Élise" <{EXPERT}>',
        f'"Cabinet A : comptabilité" <{EXPERT}>',
        f"=?utf-8?Q?Martin=2C_=C3=89lise?= <{EXPERT}>",
        f"=?utf-8?B?w4lsaXNl?= =?utf-8?Q?_Martin?= <{EXPERT}>",
        '"Élise" <e.martin@cabinet-a.example>'.encode("latin-1"),
        f"Martin, Élise <{EXPERT}>",
        f"{EXPERT} (Élise Martin)",
        f'"{EXPERT}" <{EXPERT}>',
        f"\"'{EXPERT}'\" <{EXPERT.upper()}>",
        f"{EXPERT} <{EXPERT}>",
        f'"Élise @ Cabinet A" <{EXPERT}>',
        "Élise <élise@étude.example>",
        "Élise <x@xn--tude-9oa.example>",
        f"Élise\r\n\tMartin\r\n <{EXPERT}>",
    ],
)
def test_an_honest_from_is_not_doubted(line: str | bytes) -> None:
    assert doubt(line) == ""


@pytest.mark.parametrize(
    "line",
    [
        "",
        f"{EXPERT}, {EVIL}",
        f"Élise <{EXPERT}>, Mallory <{EVIL}>",
        f"Cabinet A: {EXPERT};",
        f"Cabinet A:{EXPERT},{EVIL};",
        f"Cabinet A: Élise <{EXPERT}>;",
        "undisclosed-recipients:;",
        f"{EXPERT};{EVIL}",
        f"<@relay.test:{EXPERT}>",
        f'"{EXPERT}" <{EVIL}>',
        f"\"'{EXPERT}'\" <{EVIL}>",
        f"{EXPERT} <{EVIL}>",
        f"{EVIL} <{EXPERT}>",
        f"{EXPERT} ({EVIL})",
        f"Élise (({EVIL})) <{EXPERT}>",
        f"{EXPERT}({EVIL})",
        f"=?utf-8?Q?{EXPERT.replace('@', '=40')}?= <{EVIL}>",
        f"=?utf-8?Q?{EXPERT.replace('@', '=40')}=00?= <{EVIL}>",
        f"=?utf-8?Q?=3C{EXPERT.replace('@', '=40')}=3E?= <{EVIL}>",
        f"=?utf-8?Q?=C3=89lise_=3Ce.martin?= =?utf-8?Q?=40cabinet-a.example=3E?= <{EVIL}>",
        "=?utf-8?B?ZS5tYXJ0aW5AY2FiaW5ldC1hLmV4YW1wbGU=?=@evil.test",
        f"=?x-none?B?ZS5tYXJ0aW5AY2FiaW5ldC1hLmV4YW1wbGU <{EVIL}>",
        f'"e.martin＠cabinet-a.example" <{EVIL}>',
        f'"e.mar\u200btin@cabinet-a.example" <{EVIL}>',
        f"{EXPERT}){EVIL}",
        f"{EXPERT}(<{EVIL}>",
        f"{EXPERT}\x00 <{EVIL}>",
        f"Élise\x00 <{EXPERT}>",
        f"=?utf-8?Q?=C3=89lise=0D=0ABcc:_x?= <{EXPERT}>",
        f"{EXPERT}@evil.test",
        f'"{EXPERT}"@evil.test',
        f"<{EXPERT}> <{EVIL}>",
        "e.martin@ｃabinet-a.example",
        "ｅ.martin@cabinet-a.example",
        "е.martin@cabinet-a.example",  # Cyrillic
        "e.martin@cabinet-а.example",  # Cyrillic
        "e.martin@xn--cabinet--5fg.example",  # the same
        "e.martin@xn--cabinet-9999999999.example",
        "e.martin\u200b@cabinet-a.example",
        "e.martin@\u202ecabinet-a.example",
    ],
)
def test_what_could_be_read_as_somebody_else_is_doubted(line: str) -> None:
    assert doubt(line)


def test_two_from_headers_and_none_are_doubted() -> None:
    assert doubt(EXPERT, EVIL)
    assert doubt(EXPERT, EXPERT)
    assert doubt()


def test_a_letter_of_another_script_never_becomes_one_of_ours() -> None:
    """The Kelvin sign, in lower case, is a k."""
    read = parse("From: \u212aarl@cabinet-a.example\r\n\r\nOK\r\n".encode())
    assert read.sender is not None
    assert read.sender.address != "karl@cabinet-a.example"
    assert author.doubt(read)


@pytest.mark.parametrize(
    "other",
    [
        "e.rnartin@cabinet-a.example",
        "e.martin@cabinet-a.examp1e",
        "e.martın@cabinet-a.example",
        "é.martin@cabinet-a.example",
        "e.martin@xn--cabnet-a-vkb.example",
        "е.mаrtіn@саbіnеt-а.ехаmрlе",
    ],
)
def test_addresses_that_look_like_a_known_one_have_its_likeness(other: str) -> None:
    assert other != EXPERT
    assert author.likeness(other) == author.likeness(EXPERT)


def test_another_address_has_another_likeness() -> None:
    for other in ("e.martine@cabinet-a.example", "e.martin@cabinet-b.example", "emartin@cabinet-a.example", EVIL):
        assert author.likeness(other) != author.likeness(EXPERT)


@given(st.text(max_size=60))
def test_no_display_name_hides_an_address(name: str) -> None:
    shown = "".join(c for c in name if c not in '\r\n"\\')
    assert doubt(f'"{shown} {EXPERT}" <{EVIL}>'.encode("utf-8", "replace"))
