"""Letters as bytes: written by us, read back by the email package."""

import email
import email.policy
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.compose import compose
from mailbot.mail.message import Address, AttachedFile, OutgoingMessage
from mailbot.mail.unseen import seen

SUBJECT = "ECCV 2025 · Z. E. (411ETCH) · frais divers [D0009-2025-2]"
LETTER = OutgoingMessage(
    kind="question",
    to=Address("Zoé Étcheverry", "z.etcheverry@cabinet.example"),
    from_=Address("ASSAPROL, contrôle ECCV", "eccv@oga.example"),
    reply_to="eccv+abcdefghijklmnopqrstuvwxyz@oga.example",
    subject=SUBJECT,
    text="——— Répondez au-dessus de cette ligne ———\n\nBonjour,\n.\n..\nFrom here  \nRecettes : 1 250 €\n",
    html='<!DOCTYPE html>\n<html lang="fr"><body style="color:#123">Écart : 1 250 €</body></html>\n',
    date=datetime(2026, 3, 16, 8, 15, tzinfo=UTC),
    message_id="<eccv.abc.1@oga.example>",
    references=("<root.1@oga.example>", "<eccv.abc.0@oga.example>"),
    in_reply_to="<eccv.abc.0@oga.example>",
    seed="17",
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def attached(name: str, data: bytes, type: str = "application/pdf") -> tuple[AttachedFile, dict[str, bytes]]:
    sha = hashlib.sha256(data).hexdigest()
    return AttachedFile(name, type, sha, 1, "2"), {sha: data}


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert [defect for part in message.walk() for defect in part.defects] == []
    return message


def wanted(text: str) -> str:
    """A body as it comes back: line ends made one kind, the last line ended."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.endswith("\n") else text + "\n"


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return part.get_payload(decode=True).decode().replace("\r\n", "\n")


def one_line(text: str) -> str:
    return re.sub(" {2,}", " ", seen(CONTROLS.sub(" ", text))).strip(" ")


def header(raw: bytes, name: str) -> str:
    """A header as an old-fashioned reader decodes it."""
    value = email.message_from_bytes(raw)[name]
    return str(make_header(decode_header(value.replace("\r\n", ""))))


def assert_fit_for_the_wire(raw: bytes) -> None:
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    assert raw.isascii()
    head, _, rest = raw.partition(b"\r\n\r\n")
    assert max(map(len, rest.split(b"\r\n"))) <= 76
    assert max(map(len, head.split(b"\r\n"))) <= 78


def test_a_letter_reads_back() -> None:
    message = read(compose(LETTER, {}))
    assert message["Subject"] == SUBJECT
    assert message["From"].addresses[0].display_name == LETTER.from_.name
    assert message["From"].addresses[0].addr_spec == "eccv@oga.example"
    assert message["To"].addresses[0].display_name == LETTER.to.name
    assert message["Reply-To"] == LETTER.reply_to
    assert message["Message-ID"] == LETTER.message_id
    assert message["In-Reply-To"] == LETTER.in_reply_to
    assert message["References"].split() == list(LETTER.references)
    assert message["Date"].datetime == LETTER.date
    assert message["Content-Language"] == "fr"
    assert message["MIME-Version"] == "1.0"
    assert message["X-Mailbot"] == "question"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert body(message, "plain") == LETTER.text
    assert body(message, "html") == LETTER.html


def test_twice_gives_the_same_bytes_and_another_seed_other_boundaries() -> None:
    file, files = attached("Écritures.pdf", b"%PDF-1.4 \x00\xff" * 99)
    letter = replace(LETTER, files=(file,))
    assert compose(letter, files) == compose(letter, files)
    other = read(compose(replace(letter, seed="18"), files))
    assert other.get_boundary() != read(compose(letter, files)).get_boundary()


def test_the_wire_form() -> None:
    assert_fit_for_the_wire(compose(LETTER, {}))


def test_a_letter_that_awaits_a_person_wants_to_know_of_an_absence() -> None:
    message = read(compose(LETTER, {}))
    assert message["X-Auto-Response-Suppress"] == "DR, RN, NRN"
    assert message["Auto-Submitted"] is None


def test_an_automatic_letter_wants_no_answer_from_a_machine() -> None:
    message = read(compose(replace(LETTER, automatic=True), {}))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"


def test_what_is_empty_is_left_out() -> None:
    bare = replace(LETTER, reply_to="", in_reply_to="", references=(), html="", to=Address("", "a@b.example"))
    message = read(compose(bare, {}))
    assert [message[name] for name in ("Reply-To", "In-Reply-To", "References")] == [None] * 3
    assert message["To"] == "a@b.example"
    assert message.get_content_type() == "text/plain"
    assert message.get_payload(decode=True).decode().replace("\r\n", "\n") == LETTER.text


@pytest.mark.parametrize(
    "name",
    [
        "bilan 2025.pdf",
        "Écritures – été 2025.pdf",
        'devis "final".pdf',
        "日本語の請求書.pdf",
        "é" * 120 + ".pdf",
        "100 % vrai; filename=x.exe.pdf",
    ],
)
def test_a_file_keeps_its_name_and_bytes(name: str) -> None:
    data = bytes(range(256)) * 300
    file, files = attached(name, data)
    raw = compose(replace(LETTER, files=(file,)), files)
    assert_fit_for_the_wire(raw)
    message = read(raw)
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "application/pdf"
    assert part.get_content() == data
    extended = email.message_from_bytes(raw).get_payload()[1].get_params(header="Content-Disposition")
    assert name in [email.utils.collapse_rfc2231_value(value) for key, value in extended if key == "filename"]


def test_the_plain_file_name_is_ascii() -> None:
    file, files = attached("Écritures – été.pdf", b"x")
    raw = compose(replace(LETTER, files=(file,)), files)
    assert b'filename="Ecritures _ ete.pdf"' in raw
    assert b"filename*=utf-8''%C3%89critures%20%E2%80%93%20%C3%A9t%C3%A9.pdf" in raw


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\r\nBcc: x@evil.example\r\n\r\n.pdf", "", "x" * 900 + ".pdf"])
def test_a_bad_file_name_stays_a_name(name: str) -> None:
    file, files = attached(name, b"x")
    message = read(compose(replace(LETTER, files=(file,)), files))
    (part,) = message.iter_attachments()
    shown = part.get_filename()
    assert shown and "/" not in shown and len(shown) <= 150 and "\n" not in shown
    assert "Bcc" not in [*message.keys(), *part.keys()]


@pytest.mark.parametrize("type", ["multipart/mixed; boundary=x", "message/rfc822", "text/html\r\nBcc: x@y", "", "é/é"])
def test_a_type_that_would_confuse_readers_is_octet_stream(type: str) -> None:
    file, files = attached("a.eml", b"Subject: x\r\n\r\nx", type)
    (part,) = read(compose(replace(LETTER, files=(file,)), files)).iter_attachments()
    assert part.get_content_type() == "application/octet-stream"


def test_a_file_that_was_not_handed_in_is_an_error() -> None:
    file, _ = attached("a.pdf", b"x")
    with pytest.raises(KeyError):
        compose(replace(LETTER, files=(file,)), {})


def test_nothing_can_be_injected_into_the_headers() -> None:
    evil = "x\r\nBcc: victim@evil.example\r\n\r\nbody\x00\x0b\u2028\x85Bcc: y"
    letter = replace(
        LETTER,
        kind=evil,
        to=Address(evil, "a@b.example>\r\nBcc: v@evil.example, <c@d.example"),
        from_=Address(evil, "eccv@oga.example"),
        reply_to="r@b.example\r\nBcc: v@evil.example",
        subject=evil,
        message_id="<1@x>\r\nBcc: v@evil.example",
        in_reply_to="<2@x>\r\n\r\nBcc: v@evil.example",
        references=("<3@x>\nBcc: v@evil.example",),
    )
    message = read(compose(letter, {}))
    assert set(message.keys()) == set(read(compose(LETTER, {})).keys())
    assert len(message["To"].addresses) == 1
    assert body(message, "plain") == LETTER.text


@given(WORDS, WORDS)
def test_any_subject_and_name_read_back(subject: str, name: str) -> None:
    raw = compose(replace(LETTER, subject=subject, to=Address(name, "a@b.example")), {})
    assert_fit_for_the_wire(raw)
    assert header(raw, "Subject") == one_line(subject)
    shown, address = parseaddr(email.message_from_bytes(raw)["To"].replace("\r\n", ""))
    assert address == "a@b.example"
    assert str(make_header(decode_header(shown))) == one_line(name)


@given(st.text(max_size=400), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400))
def test_any_body_reads_back(text: str, html: str) -> None:
    raw = compose(replace(LETTER, text=text, html=html), {})
    assert_fit_for_the_wire(raw)
    message = read(raw)
    assert body(message, "plain") == wanted(text.encode("utf-8", "replace").decode())
    assert body(message, "html") == wanted(html)


def test_lines_of_any_script_stay_short() -> None:
    letter = replace(LETTER, text="a" * 5000 + "\n" + "é " * 5000, html="<p>" + "日本" * 5000)
    raw = compose(letter, {})
    assert_fit_for_the_wire(raw)
    assert b"Content-Transfer-Encoding: base64" in raw
    assert body(read(raw), "html") == letter.html + "\n"
