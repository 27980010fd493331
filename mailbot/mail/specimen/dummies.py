"""Small files that are nobody's: of the type of another one, and of its size class."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

SMALL, LARGE = 2_000, 60_000  #: bytes of a dummy; a logo is told from a document by its size
_CLASS = 50_000  #: bytes from which a file is large
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|OpenAction|AA|Launch|EmbeddedFile|RichMedia|XFA|Encrypt|URI|SubmitForm)\b")
_OOXML = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|(?:word|xl|ppt)/[\w/.-]+|mimetype|content\.xml|META-INF/[\w.]+"
)


def like(data: bytes, scrub: Callable[[str], str]) -> bytes:
    """A file of the same type as `data` with nothing of its content; a text is scrubbed."""
    if data[:4] == b"PK\x03\x04":  # before a PDF: an archive may hold one as it is
        return _archive(data)
    if b"%PDF-" in data[:1024]:
        return _padded(_pdf(data), data)
    if _is_text(data):
        return scrub(data[:LARGE].decode("utf-8", "replace")).encode()
    return _padded(data[:16], data)


def _padded(begin: bytes, data: bytes) -> bytes:
    """With zeros up to the size of its class, never longer than it was."""
    size = min(len(data), LARGE if len(data) > _CLASS else SMALL)
    return begin + b"\0" * max(0, size - len(begin))


def _pdf(data: bytes) -> bytes:
    """A page with nothing on it, and what makes a PDF active where `data` has it."""
    active = b"".join(b"<<%s 9 0 R>>\n" % name for name in dict.fromkeys(_ACTIVE.findall(data)))
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        + active
        + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def _archive(data: bytes) -> bytes:
    """The members that tell a document from an archive, with nothing in them but what declares their types."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for n, member in enumerate(old.infolist()[:50]):
                known = _OOXML.fullmatch(member.filename)
                small = member.filename in ("[Content_Types].xml", "mimetype") and member.file_size < LARGE
                info = zipfile.ZipInfo(member.filename if known else f"{n}.{member.filename.rpartition('.')[2][:4]}")
                new.writestr(info, old.read(member) if small else b"<x/>" if known else b"")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return _padded(data[:16], data)
    return out.getvalue()


def _is_text(data: bytes) -> bool:
    sample = data[:4096]
    return bool(sample) and not any(c < 9 or 13 < c < 32 for c in sample)
