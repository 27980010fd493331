"""Raw mail of our own making, and how mailbot reads it."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mailbot.service import describe

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
TO = "eccv+q5v7b2k9m3x8t4n6p1r0w7y2z4@oga.example"
HEAD = {
    "From": "Claire Durand <c.durand@cabinet-a.example>",
    "To": TO,
    "Subject": "Re: [ECCV q5v7] D0042 : charges =?utf-8?q?d=27honoraires?=",
    "Date": "Tue, 24 Nov 2026 10:12:00 +0100",
    "Message-ID": "<a1b2@cabinet-a.example>",
    "MIME-Version": "1.0",
}


def mail(body: str | bytes, **more: str | None) -> bytes:
    """A message: `body` begins with its own Content-* lines, or with an empty line; `more`: headers, None drops one."""
    head: dict[str, str | None] = dict(HEAD)
    for key, value in more.items():
        name = key.replace("_", "-")
        known = next((k for k in head if k.lower() == name.lower()), name)
        head[known] = value
    lines = "".join(f"{k}: {v}\n" for k, v in head.items() if v is not None)
    raw = body.encode("utf-8") if isinstance(body, str) else body
    return (lines.encode("utf-8") + raw).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def text(words: str, kind: str = "text/plain; charset=utf-8", cte: str = "8bit") -> str:
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: {cte}\n\n{words}\n"


def several(*parts: str, kind: str = "mixed", mark: str = "=_a7", more: str = "") -> str:
    """A multipart of `parts`, each with its own Content-* lines."""
    inside = "".join(f"--{mark}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{mark}"{more}\n\n{inside}--{mark}--\n'


@dataclass(frozen=True)
class File:
    """A file as mail brings it; `head` replaces the usual Content-* lines."""

    name: str
    data: bytes
    type: str = "application/octet-stream"
    head: str = ""


def part(file: File) -> str:
    head = file.head or (
        f'Content-Type: {file.type}; name="{file.name}"\nContent-Disposition: attachment; filename="{file.name}"'
    )
    return f"{head}\nContent-Transfer-Encoding: base64\n\n{base64.encodebytes(file.data).decode()}"


def with_file(
    file: File, words: str = "Bonjour,\n\nVoici la pièce demandée : les honoraires sont de 1 250 €."
) -> bytes:
    return mail(several(text(words), part(file)))


def read(raw: bytes, sent: str = "") -> dict[str, Any]:
    """What `mailbot read` prints of it."""
    found = describe.describe(raw, describe.envelope(raw, NOW), sent)
    return dict(json.loads(json.dumps(found)))
