"""Monsters: each is refused, or read, in little time and memory, before or behind the limits."""

from __future__ import annotations

import base64
import subprocess
import sys
import time

import pytest

from mailbot.errors import Unreadable
from mailbot.mail import parse
from mailbot.mail.mime import limits
from mailbot.mail.mime.limits import Limits
from tests.unit.mail import packing

HEAD = b"From: a@x.example\nTo: b@y.example\nMIME-Version: 1.0\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=B\n\n--B\n"
SECONDS = 2.0  #: of the processor, where a message may take
MEGABYTES = 256

REFUSED = {
    "encoded words, each on its line": HEAD + b"Subject:" + b" =?utf-8?q?a=C3=A9?=\n" * 20_000 + b"\nx",
    "encoded words in a row": HEAD + b"Subject: " + b"=?utf-8?q?a?=" * 20_000 + b"\n\nx",
    "encoded words in an address": HEAD + b"Cc: " + b"=?utf-8?q?a?= " * 18_000 + b"<a@x.example>\n\nx",
    "50,000 addresses": HEAD + b"Cc: " + b", ".join(b"a%d@x.example" % n for n in range(50_000)) + b"\n\nx",
    "groups of addresses": HEAD + b"Cc: " + b"a:;" * 60_000 + b"\n\nx",
    "semicolons in a name": HEAD + b'Content-Type: text/plain; name="' + b";" * 200_000 + b'"\n\nx',
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a=b" * 40_000 + b"\n\nx",
    "segments of a name": MIXED + b"Content-Type: application/pdf"
    + b"".join(b";\n name*%d*=a" % n for n in range(5000)),
    "parameters of a part": MIXED + b"Content-Disposition: attachment" + b"; a=b" * 9_000 + b"\n\nx\n--B--\n",
    "the header of a part": MIXED + b"X: y\n" * 100_000 + b"\nx\n--B--\n",
    "a long field of a part": MIXED + b"X: " + b"y" * 200_000 + b"\n\nx\n--B--\n",
    "blocks of a report": MIXED + b"Content-Type: message/delivery-status\n\n" + b"X: y\n\n" * 5_000 + b"--B--\n",
    "a report alone": HEAD + b"Content-Type: message/delivery-status\n\n" + b"X: y\n\n" * 5_000,
    "lines": HEAD + b"\n" + b"\n" * 2_000_000,
    "lines of old Macs": HEAD + b"\n" + b"\r" * 2_000_000,
    "a line without end": HEAD + b"\n" + b"x" * 2_000_000,
    "a long line in the middle": HEAD + b"\n" + b"x\n" * 1000 + b"x" * 2_000_000 + b"\nx\n",
    "a text that is no letter": HEAD + b"\n" + b"Bonjour tout le monde.\n" * 100_000,
    "messages in a digest": HEAD + b"Content-Type: multipart/digest; boundary=D\n\n"
    + b"--D\n\nX: y\n\nz\n" * 90 + b"--D--\n",
    "multiparts inside a digest": HEAD
    + b"".join(b"Content-Type: multipart/digest; boundary=b%d\n\n--b%d\n\n" % (n, n) for n in range(100)),
    "multiparts behind a long header": HEAD + b"X: " + b"y" * 100_000 + b"\n"
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(100)),
    "a boundary for all levels": HEAD + b"Content-Type: multipart/mixed; boundary=A\n\n"
    + b"--A\nContent-Type: multipart/mixed; boundary=A\n\n" * 200,
    "multiparts in what was signed": HEAD
    + b"Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n"
    + base64.encodebytes(
        packing.signed(b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(100)))
    ),
}  # fmt: skip
READ = {
    "quotes": HEAD + b"Cc: " + b'"' * 200_000 + b" <a@x>\n\nx",
    "backslashes": HEAD + b"Cc: " + b"\\" * 200_000 + b" <a@x>\n\nx",
    "comments": HEAD + b"Cc: " + b"(" * 100_000 + b")" * 100_000 + b"\n\nx",
    "angles": HEAD + b"Cc: " + b"<" * 200_000 + b"\n\nx",
    "question marks": HEAD + b"Subject: =?utf-8?q?" + b"?" * 200_000 + b"\n\nx",
    "a date of digits": HEAD + b"Date: " + b"9 " * 100_000 + b"\n\nx",
    "a date of comments": HEAD + b"Date: " + b"(" * 200_000 + b"\n\nx",
    "references": HEAD + b"References: " + b"<a@b>" * 40_000 + b"\n\nx",
    "a Message-ID of angles": HEAD + b"Message-ID: " + b"<" * 200_000 + b"\n\nx",
    "an encoding without end": HEAD + b"Content-Transfer-Encoding: " + b"x" * 200_000 + b"\n\nx",
    "a boundary of 200 KB": HEAD + b"Content-Type: multipart/mixed; boundary=" + b"B" * 200_000 + b"\n\nx",
    "nearly boundaries": MIXED + b"\n" + b"--B\x0b\n" * 250_000 + b"--B--\n",
    "900 addresses": HEAD
    + b"Cc: "
    + b", ".join(b"=?utf-8?q?=C3=A9?= <a%d@x.example>" % n for n in range(900))
    + b"\n\nx",
    "padding": HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"YQ==\n" * 250_000,
    "soft breaks": HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=\n" * 290_000,
    "begin": HEAD + b"\n" + b"begin 644 a\n" * 150_000,
    "flowed": HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"> a \n>> b \n" * 140_000,
    "colons": HEAD + b":" * 200_000 + b"\n\nx",
    "a space before a colon": HEAD + b"a" * 200_000 + b" b :\n\nx",
    "folded lines": HEAD + b"Subject:" + b" x\n" * 60_000 + b"\nx",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_monster_is_refused_before_it_costs_anything(name):
    begin = time.process_time()
    with pytest.raises(Unreadable):
        parse.parse(REFUSED[name])
    assert time.process_time() - begin < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", READ)
def test_what_is_only_ugly_is_read_in_time(name):
    begin = time.process_time()
    parse.parse(READ[name])
    assert time.process_time() - begin < SECONDS


LARGEST = 26_000_000
LARGE = {
    "a file of 19 MB": b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
    + b"QUJD" * 19 + b"\n",
    "the same in long lines": b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
    + b"QUJD" * 247 + b"\n",
    "a file in quoted-printable": b"Content-Type: application/pdf; name=a.pdf\n"
    b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=C3=A9abcd" * 9 + b"=\n",
    "a text of 25 MB": b"\n" + b"Bonjour tout le monde, voici une ligne ordinaire.".ljust(99) + b"\n",
}  # fmt: skip
CHILD = """
import resource, sys
from mailbot.errors import Unreadable
from mailbot.mail.parse import parse
raw = sys.stdin.buffer.read()
try:
    parse(raw)
except Unreadable:
    pass
used = resource.getrusage(resource.RUSAGE_SELF)  # its ru_maxrss is inherited of the process that started this one
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(int(peak) // 1024, used.ru_utime + used.ru_stime)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_the_largest_messages_stay_within_memory(name):
    head, _, line = LARGE[name].rpartition(b"\n\n")
    line = LARGE[name][len(head) + 2 :] if head else LARGE[name][1:]
    raw = HEAD + (head + b"\n\n" if head else b"\n") + line * ((LARGEST - 500) // len(line))
    run = subprocess.run([sys.executable, "-c", CHILD], input=raw, capture_output=True, check=True)
    megabytes, seconds = map(float, run.stdout.split())
    assert megabytes < MEGABYTES and seconds < SECONDS


def test_the_limits_are_those_of_the_caller():
    raw = MIXED + b"\na\n--B\n\nb\n--B--\n"
    for tight in (Limits(parts=2), Limits(depth=0), Limits(headers=3), Limits(header_bytes=50), Limits(addresses=1)):
        with pytest.raises(Unreadable):
            parse.parse(raw, tight)
    assert parse.parse(raw, Limits(parts=3, depth=1, headers=4)).text.split() == ["a", "b"]


def test_a_reply_to_a_hundred_people_and_a_long_history_pass():
    to = b", ".join(b"=?utf-8?q?H=C3=A9l=C3=A8ne_%d?= <h%d@x.example>" % (n, n) for n in range(100))
    raw = HEAD + b"Cc: " + to + b"\n\n" + b"> une ligne de l'historique\n" * 20_000
    assert len(parse.parse(raw).cc) == 100


@pytest.mark.parametrize(
    ("raw", "head", "body"),
    [
        (b"a: b\r\n\r\nc", b"a: b", b"c"),
        (b"a: b\n\nc\r\n\r\nd", b"a: b", b"c\r\n\r\nd"),
        (b"a: b\r\rc", b"a: b", b"c"),
        (b"a: b", b"a: b", b""),
        (b"\na: b", b"", b"a: b"),
        (b"", b"", b""),
    ],
)
def test_head_and_body(raw, head, body):
    assert (limits.head(raw), limits.body(raw)) == (head, body)
