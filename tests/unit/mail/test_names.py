"""Names of files, in every way that mail programs encode them, and with every trick."""

import base64

import pytest

from mailbot.mail import parse
from mailbot.mail.mime import names

HEAD = (
    b'From: a@cabinet.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n--B\n\nVoici.\n--B\n'
)


def attached(fields: bytes):
    """The one file of a message in which it has those header fields."""
    (file,) = parse.parse(HEAD + fields + b"\n\nx\n--B--\n").attachments
    return file


def disposition(value: bytes) -> bytes:
    return b"Content-Type: application/pdf\nContent-Disposition: attachment; " + value


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"filename*=utf-8''re%C3%A7u%20n%C2%B01.pdf", "reçu n°1.pdf"),
        (b"filename*=UTF-8'fr'l%E2%80%99%C3%A9t%C3%A9.pdf", "l’été.pdf"),
        (b"filename*=iso-8859-1''re%E7u.pdf", "reçu.pdf"),
        (b"filename*=iso-8859-1''re%C3%A7u.pdf", "reçu.pdf"),
        (b"filename*=x-inconnu''re%C3%A7u.pdf", "reçu.pdf"),
        (b"filename*=\"utf-8''re%C3%A7u.pdf\"", "reçu.pdf"),
        (b"filename*0*=utf-8''re%C3%A7u;\n filename*1*=%20de%20mars.pdf", "reçu de mars.pdf"),
        (b'filename*0="releve de";\n filename*1=" mars.pdf"', "releve de mars.pdf"),
        (b"filename*0*=utf-8''re%C3%A7;\n filename*1=\"u.pdf\"", "reçu.pdf"),
        (b'filename*0="=?utf-8?q?re=C3=A7"; filename*1="u?=.pdf"', "reçu.pdf"),
        (b'filename="=?utf-8?q?re=C3=A7u.pdf?="', "reçu.pdf"),
        (b"filename==?utf-8?q?re=C3=A7u.pdf?=", "reçu.pdf"),
        (b'filename="=?utf-8?q?re=C3=A7u_de?=\n =?utf-8?q?_mars.pdf?="', "reçu de mars.pdf"),
        (b'filename="=?utf-8?q?re=C3?= =?utf-8?q?=A7u.pdf?="', "reçu.pdf"),
        (b'filename="=?utf-8?b?cmXDp3U?=.pdf"', "reçu.pdf"),
        (b'filename="=?utf-8?b?cmXDp3U?==?utf-8?b?LnBkZg==?="', "reçu.pdf"),
        (b'filename="=?iso-8859-1?q?re=C3=A7u.pdf?="', "reçu.pdf"),
        (b'filename="=?windows-1252?q?5_000_=80.pdf?="', "5 000 €.pdf"),
        (b'filename="=?utf-8?q?re=C3=A7u mars.pdf?="', "reçu mars.pdf"),
        (b'filename="re\xe7u.pdf"', "reçu.pdf"),
        (b'filename="re\xc3\xa7u.pdf"', "reçu.pdf"),
        (b'filename="rec\xcc\xa7u.pdf"', "reçu.pdf"),
        (b'filename="re%C3%A7u.pdf"', "reçu.pdf"),
        (b'filename="remise 10%20.pdf"', "remise 10 .pdf"),
        (b'filename="taux 5%EF.pdf"', "taux 5%EF.pdf"),
        (b"filename=\"utf-8''re%C3%A7u.pdf\"", "reçu.pdf"),
        (b"filename=sans guillemets.pdf", "sans guillemets.pdf"),
        (b'filename="a;b.pdf"', "a;b.pdf"),
        (b'name="sous name.pdf"', "sous name.pdf"),
        (b'FILENAME="MAJUSCULES.PDF"', "MAJUSCULES.PDF"),
    ],
)
def test_every_way_to_encode_a_name(value, name):
    assert attached(disposition(value)).name == name


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b'filename="../../etc/passwd"', "passwd"),
        (b'filename="C:\\\\temp\\\\a.pdf"', "a.pdf"),
        (b"filename*=utf-8''..%2F..%2Fa.pdf", "a.pdf"),
        (b'filename="=?utf-8?q?=2E=2E=2Fa.pdf?="', "a.pdf"),
        (b'filename="=?utf-8?b?4oCuZmRwLmV4ZQ==?="', "fdp.exe"),
        (b"filename*=utf-8''a.pdf%00.exe", "a.pdf.exe"),
        (b"filename*=utf-8''a%0D%0ABcc:%20x.pdf", "a Bcc: x.pdf"),
        (b'filename="a.exe. . ."', "a.exe"),
        (b'filename="..."', "piece-2.pdf"),
        (b'filename=""', "piece-2.pdf"),
        (b'filename="/"', "piece-2.pdf"),
    ],
)
def test_no_name_reaches_a_path_or_hides_its_ending(value, name):
    assert attached(disposition(value)).name == name


def test_a_name_of_4000_characters_keeps_its_ending():
    name = "é" * 4000 + ".pdf"
    packed = base64.b64encode(name.encode()).decode()
    words = "\n ".join(f"=?utf-8?b?{packed[at : at + 60]}?=" for at in range(0, len(packed), 60)).encode()
    segments = b"".join(
        b";\n filename*%d*=%s%s" % (n, b"utf-8''" if n == 0 else b"", b"%C3%A9" * 10) for n in range(400)
    )
    for file in (attached(disposition(b'filename="' + words + b'"')), attached(disposition(segments[1:].strip()))):
        assert len(file.name) <= 180 and file.name.startswith("ééé")
    assert attached(disposition(b'filename="' + words + b'"')).name.endswith(".pdf")


@pytest.mark.parametrize(
    ("fields", "name", "others"),
    [
        (
            b'Content-Type: application/pdf; name="a.exe"\nContent-Disposition: attachment; filename="a.pdf"',
            "a.pdf",
            "a.exe",
        ),
        (disposition(b"filename=a.pdf; filename*=utf-8''a.exe"), "a.exe", "a.pdf"),
        (disposition(b"filename=\"recu.pdf\"; filename*=utf-8''re%C3%A7u.pdf"), "reçu.pdf", "recu.pdf"),
        (b"Content-Type: application/pdf; name=a.pdf; name*=utf-8''b.pdf", "b.pdf", "a.pdf"),
        (
            b'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="a.pdf"',
            "a.pdf",
            "",
        ),
    ],
)
def test_names_that_disagree_are_all_kept(fields, name, others):
    file = attached(fields)
    assert (file.name, " ".join(file.other_names)) == (name, others)


def test_a_type_name_without_a_disposition_is_read():
    assert attached(b'Content-Type: application/pdf; name="=?utf-8?q?re=C3=A7u.pdf?="').name == "reçu.pdf"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("=?utf-8?q?=C3=A9?= et =?utf-8?q?=C3=A8?=", "é et è"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=E9?=", "aé"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?q?a", "=?utf-8?q?a"),
        ("=?utf-8*fr?q?=C3=A9?=", "é"),
        ("=?utf-8?b?w6k?=", "é"),
        ("=?utf-8?b?!!?=", ""),
        ("=?rot13?q?bhv?=", "bhv"),
        ("Re: =?UTF-8?Q?Re=C3=A7u?= (fin)", "Re: Reçu (fin)"),
    ],
)
def test_encoded_words(text, plain):
    assert names.words(text) == plain
