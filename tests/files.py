"""Files as people send them, and as attackers do: made here, so that nothing dangerous lies in the repository."""

from __future__ import annotations

import io
import zipfile
import zlib

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(40) + b"\xff\xd9"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40)
TIFF = b"II*\0\x08\0\0\0" + bytes(40)
PROGRAM = b"MZ\x90\0" + bytes(200)
HTML = b"<!DOCTYPE html>\n<html><body><script>alert(1)</script></body></html>"
CSV = "date;libellé;montant\n03/11/2025;Péage;-12,50\n04/11/2025;+33 5 59 00 00 00;@bureau\n".encode("cp1252")
FEC = "AC|Achats|1|20250105|606100|L'huile|-12,50|'x\r\n".encode("cp1252") * 20
DDE = b"=cmd|'/C calc'!A0;1\r\n"
MSG_TYPE = "application/vnd.ms-outlook"
#: the test pattern of all scanners (eicar.org), in two pieces so that none flags the repository
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"

_TYPES = '<?xml version="1.0"?><Types><Override ContentType="application/vnd.{}+xml"/></Types>'
_RELATION = (
    '<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"'
    ' Target="{}" TargetMode="External"/></Relationships>'
)


def _member(name: str) -> zipfile.ZipInfo:
    """Of one date, so that the same members give the same bytes."""
    return zipfile.ZipInfo(name)


def packed(members: dict[str, str | bytes]) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(_member(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def docx(more: dict[str, str | bytes] | None = None) -> bytes:
    types = _TYPES.format("openxmlformats-officedocument.wordprocessingml.document.main")
    return packed({"[Content_Types].xml": types, "word/document.xml": "<w:document/>", **(more or {})})


def xlsx(more: dict[str, str | bytes] | None = None) -> bytes:
    types = _TYPES.format("openxmlformats-officedocument.spreadsheetml.sheet.main")
    return packed({"[Content_Types].xml": types, "xl/workbook.xml": "<workbook/>", **(more or {})})


def docm() -> bytes:
    return docx({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(60)})


def odt(more: dict[str, str | bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(_member("mimetype"), "application/vnd.oasis.opendocument.text")
        for name, content in {"content.xml": "<office:document-content/>", **(more or {})}.items():
            archive.writestr(_member(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def relation(kind: str, target: str) -> str:
    """The relations of a part, with one to something outside the document."""
    return _RELATION.format(kind, target)


def ole(*entries: str, more: bytes = b"") -> bytes:
    """A compound file whose directory names these; one in capitals is a storage."""
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + bytes([2 * len(name) + 2, 0, 1 if name.isupper() else 2])
        + bytes(61)
        for name in entries
    )
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + directory + more


def pdf(catalog: bytes, before: bytes = b"") -> bytes:
    return before + PDF.replace(b"/Pages 2 0 R", b"/Pages 2 0 R" + catalog)


def pdf_with_object_stream(objects: bytes) -> bytes:
    """A PDF that keeps these objects packed, as newer programs write them."""
    packed_ = zlib.compress(objects)
    head = b"3 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed_)
    return PDF.replace(b"trailer", head + packed_ + b"\nendstream endobj\ntrailer")
