"""Damaged mail: whatever bytes come, reading ends well, and every file that is named can be fetched."""

from __future__ import annotations

import base64
import hashlib
import random
import time
from pathlib import Path

import pytest

from mailbot.errors import Unreadable
from mailbot.mail import parse
from tests.unit.mail import packing

pytestmark = pytest.mark.slow  # thousands of mutants: `make test` only

CORPUS = Path(__file__).parents[2] / "mail" / "corpus"
HEAD = b"From: Nathalie <n@cabinet.example>\nTo: eccv@oga.example\nSubject: =?utf-8?q?R=C3=A9?=\nMIME-Version: 1.0\n"
MUTANTS = 600
#: what a mutation may put in: the bytes that parsers stumble over
SPLICES = (
    b"\0", b"\r", b"\n\n", b"\r\n\r\n", b"--", b"--B\n", b"--B--\n", b"=?", b"?=", b"=", b'"', b"\\", b";", b"(", b"<",
    b"\xff", b"\xed\xa0\x80", b"Content-Type: multipart/mixed; boundary=B\n", b"Content-Type: message/rfc822\n",
    b"Content-Transfer-Encoding: base64\n", b"; charset=utf-16", b"; charset=idna", b"filename*0*=", b"\x30\x80",
    b"Content-Type: application/ms-tnef\n", b"begin 644 a\n", b"end\n", b"=mailbot-heavy-0=\r\n",
)  # fmt: skip


def built() -> list[bytes]:
    """Messages that hold one of everything."""
    pdf = b"Content-Type: application/pdf; name*=utf-8''re%C3%A7u.pdf\nContent-Transfer-Encoding: base64\n\n"
    pdf += base64.encodebytes(bytes(range(256)) * 40)
    dat = packing.tnef(packing.packed_file(b"un", b"a.txt"), packing.attribute(1, 0x800C, b"oui\0"))
    packed = b"Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(dat)
    uu = b"Content-Type: text/plain; format=flowed\n\nVoici \nle fichier\nbegin 644 a.txt\n#86)C\n`\nend\n"
    inner = b"Content-Type: message/rfc822\n\nSubject: S\n\noui\n"
    parts = (uu, pdf, packed, inner, b"Content-Type: text/html\n\n<p>oui</p>\n")
    mixed = (
        b"Content-Type: multipart/mixed; boundary=B\n\n" + b"".join(b"--B\n" + p + b"\n" for p in parts) + b"--B--\n"
    )
    field = b"Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
    signed = [field + base64.encodebytes(packing.signed(mixed, outer=outer)) for outer in (packing.der, packing.ber)]
    return [HEAD + entity for entity in (mixed, *signed)]


def mutant(rnd: random.Random, raw: bytes) -> bytes:
    """`raw` with up to six damages."""
    data = bytearray(raw)
    for _ in range(rnd.randrange(1, 7)):
        at = rnd.randrange(len(data) + 1)
        size = rnd.choice((0, 1, 1, 2, 8, 60, 400))
        what = rnd.random()
        if what < 0.3:
            data[at : at + size] = b""
        elif what < 0.6:
            data[at:at] = rnd.choice(SPLICES)
        elif what < 0.75:
            data[at : at + 1] = bytes([rnd.randrange(256)])
        elif what < 0.9:
            other = rnd.randrange(len(data) + 1)
            data[at:at] = data[other : other + size]
        else:
            del data[at:]
    return bytes(data)


@pytest.mark.parametrize("seed", range(6))
def test_no_mutant_gets_further_than_unreadable(seed: int) -> None:
    rnd = random.Random(seed)
    bases = [*built(), *(path.read_bytes() for path in rnd.sample(sorted(CORPUS.glob("*.eml")), 12))]
    read = 0
    for n in range(MUTANTS // 6):
        raw = mutant(rnd, bases[n % 3] if n % 2 else rnd.choice(bases))
        begin = time.process_time()
        try:
            message = parse.parse(raw)
        except Unreadable:
            continue
        assert time.process_time() - begin < 2
        read += 1
        "\0".join((message.text, message.html, message.subject, *message.notes)).encode("utf-8")
        assert "\0" not in message.text + message.html + message.subject
        for file in message.attachments:
            assert hashlib.sha256(parse.part(raw, file.part)).hexdigest() == file.sha256, file
            assert file.name.strip() and "/" not in file.name and len(file.name) <= 180
        assert len({file.part for file in message.attachments}) == len(message.attachments)
    assert read > MUTANTS // 12
