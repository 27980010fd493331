"""Makes mail that nobody sent from mail that somebody did: each mutator changes one thing, a few in a row make one."""

from __future__ import annotations

import base64
import quopri
import random
import re
from collections.abc import Callable, Sequence

BLANK = re.compile(rb"\r?\n\r?\n")
BOUNDARY = re.compile(rb"boundary=\"?([^\"\s;]+)", re.I)
CHARSETS = (
    "utf-8 us-ascii iso-8859-15 cp1252 utf-7 utf-16 utf-32 idna rot13 hex unicode_escape x-inconnu gb18030 koi8-r"
)
ENCODINGS = ("base64", "quoted-printable", "7bit", "8bit", "binary", "x-uuencode", "bäse64", "")
TYPES = (
    "text/plain", "text/html", "text/plain; format=flowed; delsp=yes", "multipart/mixed", "multipart/alternative",
    "multipart/report; report-type=delivery-status", "multipart/digest", "message/rfc822", "message/partial; id=x",
    "message/delivery-status", "application/ms-tnef", "application/pkcs7-mime", "text/calendar", "text", "a/b/c", "",
)  # fmt: skip
FIELDS = (
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "Precedence",
    "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Received", "Return-Path", "X-Mailbot",
    "Authentication-Results", "List-Id", "X-Failed-Recipients", "Content-ID", "Sender", "Reply-To",
)  # fmt: skip
VALUES = (
    "=?utf-8?B?4pyT?=", "=?utf-8?Q?=00=0A=0D?=", "=?x?x?x?=", "=?utf-8?B?" + "A" * 300, "a@b", "<>", "(" * 50, "\"" * 9,
    "a@b, c@d, e@f;", "Mon, 31 Feb 2026 25:61:61 +9999", "<a@b>" * 40, "é\u202e\u0000", " " * 300, "auto-replied",
    "text/plain; charset=\"", "x; a*0*=utf-8''%; a*99999=b", "Réponse automatique : absent", "Re: " * 60, "",
)  # fmt: skip
WORDS = (
    "Le 15/03/2026 à 08:00, ASSAPROL <eccv@assaprol.example> a écrit :", "-----Message d'origine-----", "> ", ">>>> ",
    "De : ", "From: a@b\nSent: today\nTo: x\nSubject: y\n", "-- \n", "Envoyé de mon iPhone", "1) ", "Q2 : ", "A. ",
    "——— Répondez au-dessus de cette ligne ———", "REMPLACER : ", "COMPLÉTER : ", "non", "OK", "validé", "mais", "?",
    "\u00a0", "\u200b", "\u202e", "\ufeff", "\x00", "\x0c", "\x85", "\u2028", "😀", "e\u0301", "\t" * 40, " " * 400,
    "<blockquote>", "</blockquote>", "<div class=\"gmail_quote\">", "<!--", "-->", "<![CDATA[", "<table><tr><td>",
    "<span style=\"display:none\">", "</", "<p", "&#0;", "&nbsp;", "&#x1F600;", "<br>" * 50, "<div>" * 90,
    "begin 644 x", "du 3 au 17 août", "jusqu'au 31/12/2026", "=3D", "=\r\n", "=C3", "+AOk-", "AAAA" * 40,
    "--", "----=_b0--",
)  # fmt: skip
LARGEST = 600_000  #: bytes of a mutant: the limits of the door are not what is tried here

Mutator = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def mutant(rng: random.Random, corpus: Sequence[bytes]) -> bytes:
    """A mail of the corpus after one to six changes."""
    raw = rng.choice(corpus)
    for _ in range(rng.choice((1, 1, 2, 2, 3, 6))):
        raw = rng.choice(MUTATORS)(rng, raw, corpus)[:LARGEST]
    return raw


def _slice(rng: random.Random, raw: bytes, longest: int = 4_000) -> tuple[int, int]:
    start = rng.randrange(len(raw) + 1)
    return start, min(len(raw), start + rng.randrange(longest))


def _head(raw: bytes) -> tuple[list[bytes], bytes]:
    """(the fields of the header, folded lines with theirs; what follows with its empty line)."""
    found = BLANK.search(raw)
    block, rest = (raw[: found.start()], raw[found.start() :]) if found else (raw, b"")
    return re.split(rb"\r?\n(?![ \t])", block), rest


def _any_head(rng: random.Random, raw: bytes) -> int:
    """Where a header begins: that of the message, or one behind a delimiter."""
    return rng.choice([0, *(found.end() for found in re.finditer(rb"^--[^\r\n]*\r?\n", raw, re.M))])


def flip(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    out = bytearray(raw)
    for _ in range(rng.randrange(1, 12)):
        if out:
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def put_bytes(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + rng.randbytes(rng.randrange(1, 9)) + raw[at:]


def cut(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    start, end = _slice(rng, raw)
    return raw[:start] + raw[end:]


def truncate(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def repeat(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    start, end = _slice(rng, raw, rng.choice((8, 80, 800)))
    return raw[:end] + raw[start:end] * rng.choice((1, 2, 10, 300)) + raw[end:]


def splice(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    other = rng.choice(corpus)
    start, end = _slice(rng, other)
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + other[start:end] + raw[at:]


def swap_lines(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    lines = raw.splitlines(keepends=True)
    if len(lines) > 1:
        one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def put_words(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    """Something that the rules look for, where a line begins or anywhere."""
    word = rng.choice(WORDS).encode("utf-8", "surrogatepass") * rng.choice((1, 1, 1, 3, 200))
    starts = [found.end() for found in re.finditer(rb"\n", raw)] or [0]
    at = rng.choice(starts) if rng.random() < 0.7 else rng.randrange(len(raw) + 1)
    return raw[:at] + word + rng.choice((b"", b"\r\n", b"\n", b" ")) + raw[at:]


def put_field(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    at = _any_head(rng, raw)
    field = f"{rng.choice(FIELDS)}{rng.choice((':', ': ', ' : ', ':' + chr(10) + ' '))}{rng.choice(VALUES)}\r\n"
    return raw[:at] + field.encode("utf-8", "surrogatepass") * rng.choice((1, 1, 2, 60)) + raw[at:]


def drop_field(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    fields, rest = _head(raw)
    del fields[rng.randrange(len(fields))]
    return b"\r\n".join(fields) + rest


def change_field(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    fields, rest = _head(raw)
    at = rng.randrange(len(fields))
    name, _, value = fields[at].partition(b":")
    new = rng.choice(VALUES).encode("utf-8", "surrogatepass")
    fields[at] = name + b": " + rng.choice((new, value + new, value[: len(value) // 2] + b"\r\n\t" + value))
    return b"\r\n".join(fields) + rest


def change_type(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    kind = f"Content-Type: {rng.choice(TYPES)}; charset={rng.choice(CHARSETS.split())}".encode()
    return _one_of(rng, rb"^content-type:[^\r\n]*", kind, raw)


def change_encoding(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    new = f"Content-Transfer-Encoding: {rng.choice(ENCODINGS)}".encode()
    return _one_of(rng, rb"^content-transfer-encoding:[^\r\n]*", new, raw)


def change_charset(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    return _one_of(rng, rb"charset=\"?[\w-]+", f"charset={rng.choice(CHARSETS.split())}".encode(), raw)


def change_boundary(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    """One delimiter, or the name of one, becomes another's, longer, empty or an end."""
    names = BOUNDARY.findall(raw) or [b"x"]
    new = rng.choice([*names, b"", b"x" * 200, rng.choice(names) + b"--", b" ", b"=_b0"])
    return (
        _one_of(rng, rb"^--[^\r\n]+", b"--" + new, raw)
        if rng.random() < 0.6
        else _one_of(rng, rb"boundary=\"?[^\"\s;]+\"?", b'boundary="' + new + b'"', raw)
    )


def _one_of(rng: random.Random, pattern: bytes, new: bytes, raw: bytes) -> bytes:
    found = list(re.finditer(pattern, raw, re.I | re.M))
    if not found:
        return raw
    one = rng.choice(found)
    return raw[: one.start()] + new + raw[one.end() :]


def nest(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    """The whole message becomes a part of a new one, as a message or as a multipart."""
    fields = _head(rng.choice(corpus))[0]
    keep = [f for f in fields if not f.lower().startswith((b"content-", b"mime-"))]
    mark = b"n%d" % rng.randrange(10_000)
    kind = rng.choice((b"mixed", b"alternative", b"digest", b"signed", b"report", b"related"))
    part = rng.choice(
        (b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: text/plain\r\n\r\nOK\r\n--" + mark, b"")
    )
    head = b"\r\n".join([*keep, b"MIME-Version: 1.0", b'Content-Type: multipart/%s; boundary="%s"' % (kind, mark)])
    return head + b"\r\n\r\n--" + mark + b"\r\n" + part + raw + b"\r\n--" + mark + rng.choice((b"--\r\n", b"\r\n", b""))


def encode_body(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    """The body once more encoded, whether the header says so or not."""
    fields, rest = _head(raw)
    body = rest.lstrip(b"\r\n")
    coded = rng.choice((base64.encodebytes, quopri.encodestring, lambda data: data.hex().encode()))(body)
    said = [b"Content-Transfer-Encoding: " + rng.choice((b"base64", b"quoted-printable"))] if rng.random() < 0.7 else []
    return b"\r\n".join([*fields, *said]) + b"\r\n\r\n" + coded


def line_ends(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    return re.sub(rb"\r?\n", rng.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n")), raw)


MUTATORS: tuple[Mutator, ...] = (
    flip, put_bytes, cut, truncate, repeat, splice, swap_lines, put_words, put_words, put_field, drop_field,
    change_field, change_type, change_encoding, change_charset, change_boundary, nest, encode_body, line_ends,
)  # fmt: skip


def text_mutant(rng: random.Random, texts: Sequence[str]) -> str:
    """A text after a few changes of its own kind: words put in, pieces repeated, cut or taken from another."""
    text = rng.choice(texts)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(text) + 1)
        kind = rng.randrange(5)
        if kind == 0:
            text = text[:at] + rng.choice(WORDS) + text[at:]
        elif kind == 1:
            piece = text[at : at + rng.choice((1, 10, 200))]
            text = text[:at] + piece * rng.choice((2, 20, 400)) + text[at:]
        elif kind == 2:
            text = text[:at] + text[at + rng.randrange(40) :]
        elif kind == 3:
            other = rng.choice(texts)
            text = text[:at] + other[rng.randrange(len(other) + 1) :] + text[at:]
        else:
            text = text[:at] + chr(rng.choice((0, 9, 10, 13, 32, 160, 0x2028, 0xFFFD, 0x1F600, 0xD800))) + text[at:]
    return text[:LARGEST]
