"""Logos are told from documents: by where they stand, by their size, and by how often they came."""

import pytest

from mailbot.mail import parse, reply
from mailbot.mail.mime.pictures import ornaments

HEAD = b"From: Nathalie Dufau <n@cabinet.example>\nTo: eccv@oga.example\nSubject: Re: ECCV\nMIME-Version: 1.0\n"
SHOWN = b'<img src="cid:i@x">'
TYPED = b"<p>Voir l'extrait :</p><p>" + SHOWN + b"</p><p>Cordialement</p>"
SIGNATURE = b'<p>Le loyer.</p><div class="gmail_signature">' + SHOWN + b"<br>Nathalie Dufau<br>05 59 00 00 00</div>"
HISTORY = b'<p>Le loyer.</p><div class="gmail_quote">Le 3 mars, X a &eacute;crit :<blockquote>' + SHOWN
HISTORY += b"Question</blockquote></div>"


def dropped(html: bytes, size: int, before: int = 0, type_: bytes = b"image/png", extra: bytes = b"") -> bool:
    """Whether the one file of a mail, shown in its HTML as `cid:i@x`, is taken for an ornament."""
    raw = (
        HEAD
        + b'Content-Type: multipart/related; boundary="B"\n\n--B\nContent-Type: text/html; charset=utf-8\n\n'
        + html
    )
    raw += b"\n--B\nContent-Type: " + type_ + b"\nContent-ID: <i@x>\n" + extra + b"\n" + b"x" * size + b"\n--B--\n"
    message = parse.parse(raw)
    (file,) = message.attachments
    return ornaments(message, reply.written(message), {file.sha256: before}) == {file.part}


@pytest.mark.parametrize(
    ("html", "size", "before", "gone"),
    [
        (TYPED, 300_000, 0, False),
        (TYPED, 30_000, 0, False),
        (TYPED, 30_000, 1, False),
        (TYPED, 30_000, 2, True),
        (TYPED, 2_000, 0, True),
        (SIGNATURE, 20_000, 0, True),
        (SIGNATURE, 120_000, 0, True),
        (SIGNATURE, 400_000, 0, False),
        (SIGNATURE, 400_000, 1, True),
        (HISTORY, 20_000, 0, True),
        (HISTORY, 300_000, 0, False),
        (HISTORY, 300_000, 1, True),
        (b"<p>Le loyer.</p>", 300_000, 5, False),
    ],
    ids=[
        "a pasted screenshot", "a small screenshot", "came once", "came twice: a logo", "an icon", "a logo", "a banner",
        "too large for a banner", "came before", "history", "large, in history", "ours of an earlier mail", "not shown",
    ],
)  # fmt: skip
def test_a_picture(html, size, before, gone):
    assert dropped(html, size, before) is gone


@pytest.mark.parametrize("html", [TYPED, SIGNATURE, HISTORY])
@pytest.mark.parametrize("type_", [b"application/pdf", b"application/octet-stream", b"text/csv; name=a.csv"])
def test_what_is_no_picture_is_never_dropped(html, type_):
    assert not dropped(html, 100, 9, type_)


def test_a_photograph_of_a_phone_is_a_document():
    raw = HEAD + b'Content-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: text/plain\n\nVoici.\n'
    raw += b"--B\nContent-Type: image/jpeg; name=a.jpeg\nContent-Disposition: inline; filename=a.jpeg\n\nxx\n--B--\n"
    message = parse.parse(raw)
    assert ornaments(message, reply.written(message), {}) == frozenset()


def test_a_picture_that_is_attached_and_shown_nowhere_is_a_document():
    assert not dropped(b"<p>Voici.</p>", 2_000, 9, extra=b"Content-Disposition: attachment; filename=a.png\n")
