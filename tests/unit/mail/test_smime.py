"""S/MIME: what is only signed is read, what is encrypted is known as such."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime

import pytest

from mailbot.mail import parse
from mailbot.mail.disposition import Disposition, Own, screen
from mailbot.mail.envelope import Envelope
from mailbot.mail.mime import smime
from tests.unit.mail import packing as p

HEAD = b"From: a@cabinet.example\nTo: eccv@oga.example\nSubject: Re: ECCV\nMIME-Version: 1.0\n"
INNER = (
    b'Content-Type: multipart/mixed; boundary="I"\r\n\r\n'
    b"--I\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nLe loyer.\r\n"
    b'--I\r\nContent-Type: application/pdf; name="a.pdf"\r\n\r\n%PDF-1.4\r\n--I--\r\n'
)
PGP = b"--B\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
PGP += b"--B\nContent-Type: application/octet-stream\n\nx\n--B--\n"
SHAPES = {
    "der": p.signed(INNER),
    "indefinite lengths": p.signed(INNER, outer=p.ber),
    "content in chunks": p.signed(INNER, outer=p.ber, chunk=40),
    "der with chunks": p.signed(INNER, chunk=7),
}


def opaque(
    data: bytes, parameters: str = "; smime-type=signed-data; name=smime.p7m", kind: str = "pkcs7-mime"
) -> bytes:
    field = f"Content-Type: application/{kind}{parameters}\nContent-Transfer-Encoding: base64\n\n"
    return HEAD + field.encode() + base64.encodebytes(data)


def screened(raw: bytes):
    envelope = Envelope("a@cabinet.example", ("eccv@oga.example",), datetime(2026, 1, 1, tzinfo=UTC))
    return screen(parse.parse(raw), envelope, Own("eccv@oga.example", "oga.example"))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["pkcs7-mime", "x-pkcs7-mime"])
@pytest.mark.parametrize("parameters", ["; smime-type=signed-data; name=smime.p7m", "", "; smime-type=enveloped-data"])
def test_what_is_only_signed_is_read_whatever_its_header_says(shape, kind, parameters):
    raw = opaque(SHAPES[shape], parameters, kind)
    message = parse.parse(raw)
    assert (message.text.strip(), message.content_type, message.sealed) == ("Le loyer.", "multipart/mixed", "")
    assert [(f.part, f.name) for f in message.attachments] == [("1.signed.2", "a.pdf")]
    assert parse.part(raw, "1.signed.2") == b"%PDF-1.4"
    assert message.notes == ("signed, not verified",)
    assert screened(raw).disposition is Disposition.ACCEPT


def test_octet_stream_named_smime_is_read_as_well():
    raw = opaque(SHAPES["der"], '; name="smime.p7m"', "octet-stream")
    assert parse.parse(raw).text.strip() == "Le loyer."


def test_signed_by_a_person_and_again_by_a_gateway():
    field = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = opaque(p.signed(field + base64.encodebytes(SHAPES["content in chunks"])))
    message = parse.parse(raw)
    assert (message.text.strip(), [f.part for f in message.attachments]) == ("Le loyer.", ["1.signed.signed.2"])
    assert parse.part(raw, "1.signed.signed.2") == b"%PDF-1.4"


def test_signed_and_then_a_footer_of_a_list():
    field = b"Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
    raw = HEAD + b'Content-Type: multipart/mixed; boundary="B"\n\n--B\n' + field + base64.encodebytes(SHAPES["der"])
    raw += b"--B\nContent-Type: text/plain\n\nListe interne\n--B--\n"
    assert parse.parse(raw).text.split() == ["Le", "loyer.", "Liste", "interne"]


@pytest.mark.parametrize(
    "kind",
    [
        "application/pkcs7-signature; name=smime.p7s",
        "application/x-pkcs7-signature",
        "application/octet-stream; name=smime.p7s",
        "application/pgp-signature; name=signature.asc",
    ],
)
def test_a_signature_beside_the_text_is_no_file(kind):
    raw = HEAD + b'Content-Type: multipart/signed; boundary="B"\n\n--B\nContent-Type: text/plain\n\nLe loyer.\n'
    raw += b"--B\nContent-Type: " + kind.encode() + b"\nContent-Transfer-Encoding: base64\n\nMIAG\n--B--\n"
    message = parse.parse(raw)
    assert (message.text.strip(), message.attachments, message.notes) == ("Le loyer.", (), ("signed, not verified",))


def test_a_document_that_somebody_signed_stays_a_file():
    raw = HEAD + b'Content-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: text/plain\n\nCi-joint.\n--B\n'
    raw += b"Content-Type: application/pkcs7-mime; name=bilan.pdf.p7m\nContent-Transfer-Encoding: base64\n\n"
    raw += base64.encodebytes(SHAPES["der"]) + b"--B--\n"
    message = parse.parse(raw)
    assert ([f.name for f in message.attachments], message.sealed) == (["bilan.pdf.p7m"], "")


def nested(depth: int) -> bytes:
    data = b"x"
    for _ in range(depth):
        data = p.ber(0x30, data)
    return data


@pytest.mark.parametrize(
    "data",
    [
        p.signed(INNER, oid=p.ENVELOPED_DATA),
        p.signed(INNER, oid=p.ENVELOPED_DATA, outer=p.ber),
        SHAPES["der"][:200],
        SHAPES["content in chunks"][:-200],
        b"",
        b"\x30\x80",
        b"\x30\xff" + b"\xff" * 127,
        nested(5_000),
        p.signed(INNER, outer=p.ber).replace(p.DATA, p.DATA + nested(100)),
        p.ber(0x30, p.SIGNED_DATA + p.ber(0xA0, p.ber(0x30, b"\4\0" * 1_000_000))),
    ],
    ids=["enveloped", "enveloped-ber", "cut", "cut-ber", "empty", "open", "length", "deep", "deep-inside", "elements"],
)
def test_what_is_encrypted_or_broken_waits_for_a_person(data):
    begin = time.process_time()
    raw = opaque(data)
    message = parse.parse(raw)
    assert time.process_time() - begin < 1.5
    assert (message.sealed, message.text, [f.name for f in message.attachments]) == ("smime", "", ["smime.p7m"])
    assert screened(raw).rule == "encrypted"


@pytest.mark.parametrize(
    "entity",
    [
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="B"\n\n' + PGP,
        b'Content-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: text/plain\n\n\n' + PGP,
        b"Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----\n",
        b"Content-Type: text/html\n\n<pre>-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----</pre>\n",
    ],
    ids=["pgp-mime", "as Exchange rebuilds it", "in the text", "in the HTML"],
)
def test_pgp_is_encrypted(entity):
    assert parse.parse(HEAD + entity).sealed == "pgp"
    assert screened(HEAD + entity).rule == "encrypted"


def test_a_text_that_pgp_signed_is_read_without_its_armour():
    armour = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nLe loyer.\n- -- \nAlice\n"
    message = parse.parse(
        HEAD + b"\n" + armour + b"-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\nfin\n"
    )
    assert message.text.split("\n") == ["Le loyer.", "-- ", "Alice", "fin", ""]


def test_what_was_signed_is_held_against_the_limits():
    inner = b'Content-Type: multipart/mixed; boundary="I"\r\n\r\n' + b"--I\r\n\r\nx\r\n" * 200
    with pytest.raises(parse.Unreadable, match="parts"):
        parse.parse(opaque(p.signed(inner)))


def test_signed_inside_signed_has_an_end():
    data = INNER
    field = b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    for _ in range(8):
        data = field + base64.encodebytes(p.signed(data))
    message = parse.parse(HEAD + data)
    assert (message.sealed, message.text) == ("smime", "")


def test_content_alone():
    assert smime.content(SHAPES["indefinite lengths"]) == INNER
    assert smime.content(p.signed(b"")) == b""
