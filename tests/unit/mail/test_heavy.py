"""Lightening changes nothing that is read: the same message, the same bytes of every part."""

from __future__ import annotations

import base64
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail import parse
from mailbot.mail.mime import heavy
from mailbot.mail.mime.heavy import Light, lighten


def message(data: bytes, line_end: bytes = b"\r\n") -> bytes:
    made = EmailMessage()
    made["From"], made["To"] = "a@firm.example", "eccv@assaprol.example"
    made.set_content("Voici.")
    made.add_attachment(data, maintype="application", subtype="pdf", filename="x.pdf")
    return made.as_bytes(policy=policy.SMTP).replace(b"\r\n", line_end)


@pytest.mark.slow
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@given(st.binary(min_size=1, max_size=64), st.integers(0, 30_000))
def test_every_byte_comes_back(line_end: bytes, head: bytes, size: int) -> None:
    data = head + bytes(range(256)) * (size // 256)
    raw = message(data, line_end)
    light = lighten(raw)
    assert light.restored(light.raw) == raw
    assert parse.part(raw, "2") == data
    assert parse.parse(raw).attachments[0].size == len(data)


def test_a_long_attachment_is_taken_out() -> None:
    light = lighten(message(bytes(100_000)))
    assert len(light.raw) < 1_000
    assert len(light.runs) == 1


def test_a_message_that_holds_our_mark_is_left_alone() -> None:
    raw = message(bytes(100_000)) + b"\r\n=mailbot-heavy-0=\r\n"
    assert lighten(raw) == Light(raw)


def test_two_encodings_of_one_part_lose_nothing() -> None:
    """The part says base64 to us and something else to the parser: its payload is put back before it is decoded."""
    lines = base64.encodebytes(bytes(range(256)) * 60)
    raw = (
        b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf\r\n"
        b"Content-Transfer-Encoding: 8bit\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ) + lines.replace(b"\n", b"\r\n")
    assert lighten(raw).runs
    assert parse.parse(raw).attachments[0].size == len(raw.partition(b"\r\n\r\n")[2])


def test_text_that_looks_like_base64_is_no_attachment() -> None:
    raw = b"From: a@b.example\r\n\r\n" + base64.encodebytes(bytes(30_000))
    assert lighten(raw).runs == ()


def test_a_hostile_row_of_headers_is_read_in_linear_time() -> None:
    raw = b"Content-Transfer-Encoding: base64\r\n" * 20_000 + b"\r\n" + b"QUJD" * 18 + b"\r\n"
    assert lighten(raw).raw == raw
    assert heavy.Light(raw).restored(b"x") == b"x"
