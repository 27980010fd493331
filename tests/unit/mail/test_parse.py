"""Reading raw messages: parts, charsets, names, addresses, limits, and the key of a mail already known."""

from datetime import UTC, datetime

import pytest

from mailbot.errors import Unreadable
from mailbot.mail import parse
from mailbot.mail.mime import bodies, names
from mailbot.mail.mime.limits import Limits

HEAD = b"From: Nathalie Dufau <N.Dufau@cabinet.example>\nTo: eccv@oga.example\nSubject: Re: ECCV\nMessage-ID: <1@x>\n"
MIXED = HEAD + b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n'


def mixed(*parts: bytes) -> bytes:
    return MIXED + b"".join(b"--B\n" + part + b"\n" for part in parts) + b"--B--\n"


def test_a_plain_message():
    raw = HEAD + b"Date: Tue, 24 Nov 2026 15:42:18 +0100\nReferences: <a@b>\n <c@d>\nIn-Reply-To: <c@d>\n\nBonjour\n"
    message = parse.parse(raw)
    assert message.sender is not None
    assert (message.sender.name, message.sender.address) == ("Nathalie Dufau", "n.dufau@cabinet.example")
    assert message.date == datetime(2026, 11, 24, 14, 42, 18, tzinfo=UTC)
    assert (message.message_id, message.references, message.in_reply_to) == ("<1@x>", ("<a@b>", "<c@d>"), ("<c@d>",))
    assert (message.subject, message.text, message.html, message.notes) == ("Re: ECCV", "Bonjour\n", "", ())


def test_a_message_inside_is_an_attachment_and_never_text():
    inner = b"Content-Type: message/rfc822\n\nFrom: expert@cabinet.example\nSubject: S\n\nValide\n"
    message = parse.parse(mixed(b"Content-Type: text/plain\n\nVoir ci-joint\n", inner))
    assert message.text.strip() == "Voir ci-joint"
    (attached,) = message.attachments
    assert (attached.part, attached.type, attached.name) == ("2", "message/rfc822", "S.eml")
    assert b"Valide" in parse.part(mixed(b"Content-Type: text/plain\n\nVoir\n", inner), "2")


def test_a_pdf_without_a_name_is_an_attachment_with_a_lasting_name():
    raw = mixed(b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n")
    (attached,) = parse.parse(raw).attachments
    assert (attached.name, attached.size, attached.part) == ("piece-1.pdf", 5, "1")
    assert parse.part(raw, "1") == b"%PDF-"
    with pytest.raises(KeyError):
        parse.part(raw, "7")


def test_parts_are_numbered_as_imap_does():
    inner = b'Content-Type: multipart/alternative; boundary="C"\n\n--C\nContent-Type: text/plain\n\na\n--C\n'
    inner += b"Content-Type: application/pdf\n\nx\n--C--\n"
    raw = mixed(inner, b"Content-Type: image/png; name=a.png\n\nx\n")
    assert [a.part for a in parse.parse(raw).attachments] == ["1.2", "2"]


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("iso-8859-1", b"1 250 \x80, l\x92\xe9t\xe9", "1 250 €, l’été"),
        ("us-ascii", "été".encode(), "été"),
        ("utf-8", b"\xe9t\xe9", "été"),
        ("iso-8859-1", "été".encode(), "été"),
        ("iso-8859-15", b"412 \xa4", "412 €"),
        ("x-inconnu", "été".encode(), "été"),
        ("rot13", b"oui", "oui"),
        ("idna", "é".encode(), "é"),
        ("utf-8", b"\xef\xbb\xbfoui\r\nnon\r", "oui\nnon\n"),
    ],
)
def test_charsets_that_lie(charset, data, text):
    assert bodies.decode(data, charset)[0] == text
    assert parse.parse(HEAD + f"Content-Type: text/plain; charset={charset}\n\n".encode() + data).text == text


def test_flowed_lines_are_joined_and_quotes_stay_apart():
    assert bodies.unflow("un deux \ntrois\n> cité \n> suite\n quatre\n-- \nsig", False) == (
        "un deux trois\n> cité suite\nquatre\n-- \nsig"
    )
    assert bodies.unflow("anti \nconstitutionnel", True) == "anticonstitutionnel"


@pytest.mark.parametrize(
    ("packed", "data"),
    [(b"YWJj", b"abc"), (b"YWI", b"ab"), (b"YW J!j\n", b"abc"), (b"YQ==Yg==", b"ab"), (b"YWJjZ", b"abc"), (b"", b"")],
)
def test_broken_base64_is_read_as_far_as_it_goes(packed, data):
    raw = HEAD + b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + packed
    assert parse.parse(raw).text == data.decode()


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b'filename="=?utf-8?q?re=C3=A7u.pdf?="', "reçu.pdf"),
        (b"filename*=utf-8''re%C3%A7u%20n%C2%B01.pdf", "reçu n°1.pdf"),
        (b'filename="../../etc/passwd"', "passwd"),
        (b'filename="C:\\\\temp\\\\a.pdf"', "a.pdf"),
        (b'filename="rec\xcc\xa7u.pdf"', "reçu.pdf"),
        (b'filename="=?utf-8?b?4oCuZmRwLmV4ZQ==?="', "fdp.exe"),
        (b'filename="..."', "piece-1.pdf"),
    ],
)
def test_names_of_files(field, name):
    raw = mixed(b"Content-Type: application/pdf\nContent-Disposition: attachment; " + field + b"\n\nx\n")
    assert [a.name for a in parse.parse(raw).attachments] == [name]


def test_a_name_of_4000_characters_keeps_its_ending():
    name = names.file_name("é" * 4000 + ".pdf", "application/pdf", "1")
    assert len(name) <= 180 and name.endswith(".pdf")


def test_text_beside_the_html_part_is_not_lost():
    raw = mixed(
        b"Content-Type: text/html\n\n<p>avant</p>\n",
        b"Content-Type: image/png\nContent-Disposition: inline; filename=a.png\n\nx\n",
        b"Content-Type: text/plain\n\n< apr\xc3\xa8s >\n",
    )
    message = parse.parse(raw)
    assert message.html.index("avant") < message.html.index("&lt; après &gt;")
    assert message.attachments[0].inline


@pytest.mark.parametrize(
    "value",
    [
        b"expert@cabinet-a.example)bob@evil.example",
        b"expert@cabinet-a.example(<evil@x.example>",
        b"expert@cabinet-a.example <evil@x.example",
        b"",
    ],
)
def test_what_only_a_lenient_reader_takes_for_an_address_is_none(value):
    assert parse.parse(b"From: " + value + b"\n\nx").sender is None


def test_two_from_headers_or_two_addresses_are_no_sender():
    twice = parse.parse(b"From: a@x.example\nFrom: b@x.example\n\n")
    assert (twice.from_headers, len(twice.from_), twice.sender) == (2, 2, None)
    assert parse.parse(b"From: a@x.example, b@x.example\n\n").sender is None


def test_a_line_break_in_an_encoded_word_does_not_reach_the_subject():
    assert parse.parse(b"Subject: =?utf-8?q?Re=3A_ECCV=0D=0ABcc=3A_v=40x?=\n\n").subject == "Re: ECCV Bcc: v@x"


def test_a_report_gives_its_status_and_the_returned_header():
    raw = HEAD + b"Content-Type: multipart/report; report-type=Delivery-Status; boundary=B\n\n--B\n\nprose\n"
    raw += b"--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@x\n\n"
    raw += b"--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: <q@oga>\nSubject: s\n--B--\n"
    message = parse.parse(raw)
    assert message.report_type == "delivery-status"
    assert "Final-Recipient: rfc822; a@x" in message.status and "Message-ID: <q@oga>" in message.original


@pytest.mark.parametrize(
    "raw",
    [
        b"X: y\n" * 501 + b"\n",
        b"To: " + b"a@x.example, " * 1001 + b"\n\n",
        b"Subject: " + b"x" * 300_000 + b"\n\n",
        mixed(*[b"\nx"] * 101),
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
        b"Content-Type: message/rfc822\n\n" * 3000,
    ],
    ids=["headers", "addresses", "header-bytes", "parts", "depth", "messages-in-messages"],
)
def test_beyond_the_limits_nothing_is_parsed(raw):
    with pytest.raises(Unreadable):
        parse.parse(raw)


def test_limits_are_the_callers():
    raw = mixed(b"\na", b"\nb")
    assert parse.parse(raw, Limits(parts=3)).text.split() == ["a", "b"]
    with pytest.raises(Unreadable, match="more than 2 parts"):
        parse.parse(raw, Limits(parts=2))


def test_identity_is_message_id_and_body():
    assert parse.identity(b"Received: a\nMessage-ID: <1@x>\n\nb") == parse.identity(
        b"message-id:\r\n <1@x>\r\nX: 2\r\n\r\nb"
    )
    assert parse.identity(b"Message-ID: <1@x>\n\nb") != parse.identity(b"Message-ID: <1@x>\n\nc")
    one = b"From: a@x\nDate: d\nSubject: s\n\nb"
    assert parse.identity(one) == parse.identity(b"Received: r\nSubject: s\nDate: d\nFrom: a@x\n\nb")
    assert parse.identity(one) != parse.identity(one.replace(b"Subject: s", b"Subject: t"))


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\r\n\r\n", b"\xff\0", b"Message-ID:", b"Message-ID:\n\n", b"From: =?x?y\n\n"]
)
def test_identity_takes_any_bytes(raw):
    assert len(parse.identity(raw)) == 64
