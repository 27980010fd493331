"""Tricks with the names and types of files, as the headers of a mail carry them."""

import base64

import pytest

from mailbot.mail.files.danger import Danger as D
from mailbot.mail.message import Attachment
from mailbot.mail.parse import parse
from tests.files import HTML, PDF, PROGRAM


def attached(headers: str, data: bytes) -> Attachment:
    raw = (
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        f"--x\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n--x\r\n{headers}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(data) + b"\r\n--x--\r\n"  # fmt: skip
    (found,) = parse(raw).attachments
    return found


def named(name: str) -> str:
    return f'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"'


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        (named("releve\u202efdp.exe"), PROGRAM),
        (named("=?utf-8?B?" + base64.b64encode("releve\u202eslx.pdf".encode()).decode() + "?="), PDF),
        ("Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''a%E2%80%AEfdp.exe", PDF),
        (named("releve.pdf\u200b"), HTML),
        (named("releve.pdf" + " " * 80 + ".scr"), PDF),
        ("Content-Type: application/pdf; name=a.exe\r\nContent-Disposition: attachment; filename=a.pdf", PDF),
        ("Content-Type: a/pdf\r\nContent-Disposition: attachment; filename=a.pdf; filename*=utf-8''a.exe", PDF),
        ("Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.exe; filename=a.pdf", PDF),
        ("Content-Type: application/pdf\r\nContent-Disposition: attachment", HTML),
        ("Content-Type: text/html; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf", PDF),
    ],
    ids=range(10),
)  # fmt: skip
def test_a_disguise_is_seen(headers: str, data: bytes) -> None:
    assert attached(headers, data).danger is D.DISGUISED


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (named("RELEVÉ.PDF"), "RELEVÉ.PDF"),
        (named("Relevé de M. Durand"), "Relevé de M. Durand.pdf"),
        (named("scan.2025"), "scan.2025.pdf"),
        ("Content-Type: application/octet-stream\r\nContent-Disposition: attachment", "piece-2.pdf"),
        ("Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=A.PDF", "A.PDF"),
    ],
)
def test_an_honest_pdf_has_its_ending(headers: str, name: str) -> None:
    found = attached(headers, PDF)
    assert (found.danger, found.content, found.name) == (None, "pdf", name)
