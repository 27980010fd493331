"""winmail.dat: what Outlook packed into it comes out, and nothing in it takes long."""

from __future__ import annotations

import base64
import struct
import time

import pytest

from mailbot.mail import parse
from mailbot.mail.mime import rtf, tnef
from tests.unit.mail import packing as p

COMPRESSED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


def message(
    dat: bytes, text: bytes = b"Voici les pi\xc3\xa8ces.\n", name: str = "winmail.dat", type_: str = ""
) -> bytes:
    kind = type_ or "application/ms-tnef"
    return (
        b'From: a@cabinet.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n'
        b"--B\nContent-Type: text/plain; charset=utf-8\n\n"
        + text
        + f'--B\nContent-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n\n'.encode()
        + base64.encodebytes(dat)
        + b"--B--\n"
    )


def test_its_files_become_files_that_can_be_fetched_again():
    dat = p.tnef(
        p.packed_file(
            b"%PDF-1.4 un", b"RELEV~1.PDF", p.prop(0x3707, p.UNICODE, "Relevé de mars.pdf\0".encode("utf-16-le"))
        ),
        p.packed_file(b"deux", b"re\xe7u.txt"),
    )
    raw = message(dat)
    found = parse.parse(raw)
    assert [(f.part, f.name, f.type) for f in found.attachments] == [
        ("2.tnef.1", "Relevé de mars.pdf", "application/pdf"),
        ("2.tnef.2", "reçu.txt", "text/plain"),
    ]
    assert (parse.part(raw, "2.tnef.1"), parse.part(raw, "2.tnef.2")) == (b"%PDF-1.4 un", b"deux")
    assert found.text.strip() == "Voici les pièces."
    with pytest.raises(KeyError):
        parse.part(raw, "2.tnef.3")


@pytest.mark.parametrize(
    ("name", "type_"), [("winmail.dat", "application/octet-stream"), ("x.dat", "application/vnd.ms-tnef")]
)
def test_it_is_known_by_its_name_or_its_type(name, type_):
    raw = message(p.tnef(p.packed_file(b"un", b"a.txt")), name=name, type_=type_)
    assert [f.name for f in parse.parse(raw).attachments] == ["a.txt"]


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        (p.attribute(1, 0x800C, b"l'\xe9t\xe9\0"), "l'été"),
        (p.attribute(1, 0x9003, p.props(p.prop(0x1000, p.UNICODE, "l'été\0".encode("utf-16-le")))), "l'été"),
        (p.attribute(1, 0x9003, p.props(p.prop(0x1000, p.STRING, b"l'\xe9t\xe9\0"))), "l'été"),
        (p.attribute(1, 0x9003, p.props(p.prop(0x1009, p.BINARY, COMPRESSED))), "hello world"),
    ],
)
def test_its_text_is_read_only_where_there_is_no_other(attributes, text):
    dat = p.tnef(attributes)
    assert parse.parse(message(dat, b"\n")).text.strip() == text
    assert parse.parse(message(dat, b"Autre texte.\n")).text.strip() == "Autre texte."


def test_its_html_is_read_in_its_code_page():
    rows = p.prop(0x3FDE, p.LONG, struct.pack("<I", 65001)), p.prop(0x1013, p.BINARY, "<p>l'été</p>".encode())
    found = parse.parse(message(p.tnef(p.attribute(1, 0x9003, p.props(*rows))), b"\n"))
    assert "l'été" in found.html


def test_a_message_inside_gives_its_text_as_a_file_and_never_as_text():
    inner = p.tnef(
        p.attribute(
            1, 0x9003, p.props(p.prop(0x0037, p.STRING, b"Accord\0"), p.prop(0x1000, p.STRING, b"Je valide\0"))
        ),
        p.packed_file(b"un", b"a.txt"),
    )
    dat = p.tnef(p.packed_file(b"", b"", p.prop(0x3701, p.OBJECT, bytes(16) + inner)))
    found = parse.parse(message(dat, b"\n"))
    assert (found.text.strip(), [f.name for f in found.attachments]) == ("", ["Accord.txt", "a.txt"])


def bombs():
    huge = struct.pack("<I", 0xFFFFFFFF)
    nested = b"x"
    for _ in range(40):
        nested = p.tnef(p.packed_file(b"", b"", p.prop(0x3701, p.OBJECT, bytes(16) + nested)))
    yield "properties without end", p.tnef(p.attribute(1, 0x9003, huge))
    yield "values without end", p.tnef(p.attribute(1, 0x9003, p.props(struct.pack("<HH", 0x1002, 0x1000) + huge)))
    yield "strings without end", p.tnef(p.attribute(1, 0x9003, p.props(struct.pack("<HH", 0x1E, 0x1000) + huge)))
    yield (
        "a length beyond the end",
        p.tnef(p.attribute(1, 0x9003, p.props(struct.pack("<HHII", 0x1E, 0x1000, 1, 2**32 - 1)))),
    )
    yield "attributes without end", p.tnef(*[p.attribute(1, 0x8006, b"")] * 200_000)
    yield "recipients without end", p.tnef(p.attribute(1, 0x9004, huge))
    yield "messages in messages", nested
    yield (
        "rtf that grows",
        p.tnef(p.attribute(1, 0x9003, p.props(p.prop(0x1009, p.BINARY, struct.pack("<II4sI", 0, 2**31, b"LZFu", 0))))),
    )
    yield "cut off", p.tnef(p.packed_file(b"x" * 500, b"a.txt"))[:200]
    yield "empty", b""
    yield "something else", b"PK\x03\x04" * 100


@pytest.mark.parametrize(("kind", "dat"), list(bombs()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_bomb_is_kept_as_the_file_it_came_as(kind, dat):
    begin = time.process_time()
    found = parse.parse(message(dat))
    assert time.process_time() - begin < 1
    assert found.text.strip() == "Voici les pièces."
    assert all(f.name == "winmail.dat" for f in found.attachments) or kind in (
        "recipients without end",
        "messages in messages",
    )


def test_no_more_files_than_a_message_may_have():
    dat = p.tnef(*[p.packed_file(b"x", b"a.txt")] * 500)
    assert len(parse.parse(message(dat)).attachments) == 100


def test_what_is_no_rtf_gives_no_text():
    assert tnef.unpack(p.tnef(p.attribute(1, 0x9003, p.props(p.prop(0x1009, p.BINARY, b"x"))))) is None


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}Le loyer, l\'e9t\'e9\par 5 000\~\'80\par}",
            "Le loyer, lété\n5 000\u00a0€",
        ),
        (rb"{\rtf1\uc1 l\u8217?\u233?t\u233?{\*\htmltag84 <p>}\line fin}", "l’été\nfin"),
        (rb"{\rtf1\ansicpg1250 a{\pict 0102}\{b\}\\}", "a{b}\\"),
        (rb"{\rtf1 \u55357?\u56842?}", "😊"),
        (rb"}}}}{{{{\par", ""),
        (b"", ""),
    ],
)
def test_the_words_of_rtf(source, text):
    assert rtf.text(source) == text


def test_rtf_of_the_specification():
    assert rtf.decompress(COMPRESSED) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.decompress(struct.pack("<II4sI", 0, 5, b"MELA", 0) + b"{\\rtf") == b"{\\rtf"
