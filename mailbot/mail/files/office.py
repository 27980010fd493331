"""Looks for programs in documents of Word, Excel and their kind: in the packed ones (.docx, .odt) and the old (.doc).

Of a packed document the list of its members is read, and the beginning of its small XML parts inflated up to a bound:
the relations that fetch something, the declarations that expand. An archive is never unpacked. Of an old document the
names in its directory are looked for as bytes, so that a damaged one hides nothing.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise

from mailbot.mail.files.danger import Danger

Looked = tuple[str, Danger | None]  #: what it is, and what is wrong

# --- packed: zip with known members -------------------------------------------------------------------------------

MEMBERS = 10_000  #: more than any document has
_DIRECTORY = 4_000_000  #: bytes of the list of members
_END = b"PK\x05\x06"
_FAR = 65_557  #: bytes from the end at which the end record begins at the latest (APPNOTE §4.3.16)
UNPACKED = 100_000_000  #: bytes; beyond it the ratio counts
RATIO = 150  #: more than repetitive sheets reach
MOST_UNPACKED = 4_000_000_000
PARTS, PART_BYTES, ALL_BYTES = 1_000, 1_000_000, 16_000_000  #: how much is inflated: of how many parts, of one, of all
RELATIONS = 3_000_000  #: bytes of one list of relations; what is longer, or in more lists than PARTS, hides something

_ODF = {"text": "odt", "spreadsheet": "ods", "presentation": "odp", "graphics": "odp", "formula": "odp"}
_OOXML = (("word/", "word"), ("xl/", "sheet"), ("ppt/", "slides"))
_CODE = re.compile(
    r"(?:.*/)?(?:vbaproject\.bin|vbadata\.xml)|xl/(?:intl)?macrosheets/.+|basic/[^/]+/(?!script-l|dialog-l).+"
    r"|scripts/.+\.\w+|.*\.(?:docm|dotm|xlsm|xltm|xlsb|pptm)"
)
_CONTROLS = re.compile(
    r".*/activex/.+|.*\.(?:exe|scr|com|bat|cmd|js|jse|vbs|vbe|wsf|hta|lnk|ps1|jar|dll|msi|zip|rar|7z)"
)
_ESCAPES = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[a-z]:")
_MACRO_TYPE = re.compile(rb"macroEnabled|vnd\.ms-office\.vbaProject|relationships/vbaProject", re.I)
_RELATION = re.compile(rb"<\w*:?relationship\b[^<>]{1,4000}>", re.I)
_FETCHES = re.compile(r"relationships/(?:attachedtemplate|oleobject|frame|subdocument|afchunk)[\"']", re.I)
_EXTERNAL = re.compile(r"targetmode\s*=\s*[\"']external", re.I)
_ELSEWHERE = re.compile(
    r"target\s*=\s*[\"']\s*(?:mhtml:|x-usc:|!)*(?:(?:https?|ftp)://|(?:file:)?[/\\]+)([^/\\\"']*)", re.I
)
_OF_THE_HOUSE = re.compile(r"[^.@]*|[a-z]:.*|[^@]+\.(?:local|lan|intra|internal)(?::\d+)?", re.I)
_DECLARES = re.compile(rb"<!ENTITY", re.I)
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.I)
_FIELDS = re.compile(rb"\bDDEAUTO\b|<(?:\w+:)?ddeLink\b|<office:dde-source\b|<text:dde-connection|[=(]\s?DDE\(")
_INSTRUCTION = re.compile(rb"<\w+:instrText\b[^>]{0,100}>([^<]{0,1000})")
_RUNS_OVER = re.compile(rb"\bDDE(?:AUTO)?\s")
_LISTENER = b"vnd.sun.star.script:"  #: a macro that an OpenDocument calls, wherever it lies
_OF_PASSWORD = re.compile(rb"<manifest:encryption-data")


def packed(data: bytes) -> Looked:
    """What a zip is: a document, an archive, or ("", None) for one whose list cannot be read."""
    end = _end(data)
    if end < 0 or len(data) < end + 22:
        return "", None
    count, size = struct.unpack_from("<HL", data, end + 10)
    if size > _DIRECTORY or count > MEMBERS:
        return "archive", Danger.BOMB
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, struct.error, UnicodeDecodeError):
        return "", None
    names = [member.filename.lower() for member in members]
    kind = _kind(names, members, data)
    if kind == "archive":
        return kind, Danger.ARCHIVE
    return kind, _in_names(names, data) or _in_sizes(members) or _in_parts(members, data)


def ends_as_archive(data: bytes) -> bool:
    """True where the list of a zip ends the file: with another beginning it is two things at once."""
    end = _end(data)
    if end < 0 or len(data) < end + 22:
        return False
    count, size, _, comment = struct.unpack_from("<HLLH", data, end + 10)
    return (
        count > 0
        and 46 <= size <= end
        and data[end - size : end - size + 4] == b"PK\x01\x02"
        and (end + 22 + comment <= len(data))
    )


def _end(data: bytes) -> int:
    return data.rfind(_END, max(0, len(data) - _FAR))


def _kind(names: list[str], members: list[zipfile.ZipInfo], data: bytes) -> str:
    if names[:1] == ["mimetype"]:
        said = re.match(rb"application/vnd\.oasis\.opendocument\.(\w+)", _begins(members[0], data, 100))
        return _ODF.get(said[1].decode(), "archive") if said else "archive"
    if "[content_types].xml" not in names:
        return "archive"
    return next((kind for name in names for folder, kind in _OOXML if name.startswith(folder)), "archive")


def _in_names(names: list[str], data: bytes) -> Danger | None:
    """What the names of the members tell; of one that only a local header names, too."""
    if any(map(_CODE.fullmatch, names)) or b"vbaProject.bin" in data:
        return Danger.MACRO
    if any(map(_ESCAPES.search, names)):
        return Danger.BOMB
    return Danger.ACTIVE if any(map(_CONTROLS.fullmatch, names)) else None


def _in_sizes(members: list[zipfile.ZipInfo]) -> Danger | None:
    if any(member.flag_bits & 1 for member in members):
        return Danger.LOCKED
    whole, packed_ = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    ordered = sorted(members, key=lambda member: member.header_offset)
    overlap = any(a.header_offset + 30 + a.compress_size > b.header_offset for a, b in pairwise(ordered))
    monstrous = whole > MOST_UNPACKED or (whole > UNPACKED and whole > RATIO * packed_)
    return Danger.BOMB if overlap or monstrous else None


def _in_parts(members: list[zipfile.ZipInfo], data: bytes) -> Danger | None:
    """What the XML of the document fetches, runs or expands."""
    lists = [member.file_size for member in members if member.filename.lower().endswith(".rels")]
    found = {Danger.BOMB} if len(lists) > PARTS or max(lists, default=0) > RELATIONS else set()
    for name, text in _parts(members, data):
        plain = text.replace(b"\0", b"")
        if has_code(text) if name.endswith(".bin") else _is_macro(name, plain):
            found.add(Danger.MACRO)
        elif name.endswith(".bin") and _packages(text):
            found.add(Danger.ACTIVE)
        elif _DECLARES.search(plain) or (_DOCTYPE.search(plain) and not name.startswith("meta-inf/")):
            found.add(Danger.BOMB)
        elif _FIELDS.search(plain) or _RUNS_OVER.search(b"".join(_INSTRUCTION.findall(plain))):
            found.add(Danger.ACTIVE)
        elif _OF_PASSWORD.search(plain):
            found.add(Danger.LOCKED)
    order = (Danger.MACRO, Danger.BOMB, Danger.ACTIVE, Danger.LOCKED)
    return next((danger for danger in order if danger in found), None)


def _is_macro(name: str, text: bytes) -> bool:
    if _LISTENER in text:
        return True
    names_it = name == "[content_types].xml" or name.endswith(".rels")
    return names_it and (bool(_MACRO_TYPE.search(text)) or any(map(_fetches, _RELATION.findall(text))))


def _fetches(relation: bytes) -> bool:
    """True for a template, an object or a page that is loaded from another house when the document opens.

    A template on a drive, or on a server of the house (`\\\\SRV01\\modeles`), is what many firms have.
    """
    said = html.unescape(relation.decode("utf-8", "replace"))
    elsewhere = _ELSEWHERE.search(said)
    if elsewhere is None or _OF_THE_HOUSE.fullmatch(elsewhere[1]):
        return False
    return bool(_FETCHES.search(said) and _EXTERNAL.search(said))


def _parts(members: list[zipfile.ZipInfo], data: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, how it begins) of the parts that say what the document does: relations first, then the rest."""
    left = ALL_BYTES
    wanted = [m for m in members if m.filename.lower().endswith((".rels", ".xml", ".bin", ".vml"))]
    wanted.sort(key=lambda m: not m.filename.lower().endswith((".rels", "[content_types].xml", "manifest.xml")))
    for member in wanted[:PARTS]:
        if left <= 0:
            return
        name = member.filename.lower()
        text = _begins(member, data, min(left, RELATIONS if name.endswith(".rels") else PART_BYTES))
        left -= len(text)
        yield name, text


def _begins(member: zipfile.ZipInfo, data: bytes, most: int) -> bytes:
    """The first bytes of a member; b"" where they cannot be had."""
    at = member.header_offset
    if data[at : at + 4] != b"PK\x03\x04" or len(data) < at + 30:
        return b""
    name, extra = struct.unpack_from("<HH", data, at + 26)
    begins = at + 30 + name + extra
    packed_ = memoryview(data)[begins : begins + min(member.compress_size, most)]
    if member.compress_type == zipfile.ZIP_STORED:
        return bytes(packed_)
    if member.compress_type != zipfile.ZIP_DEFLATED:
        return b""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed_, most)
    except zlib.error:
        return b""


# --- compound: OLE ------------------------------------------------------------------------------------------------


def _wide(name: str) -> bytes:
    """A name as the directory of a compound file spells it ([MS-CFB] §2.6.1)."""
    return name.encode("utf-16-le")


_KINDS = (
    ("EncryptedPackage", "locked"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
    ("Book", "xls"),
)
_PROJECT = _wide("_VBA_PROJECT")
#: an entry called VBA: name, its length with the closing zero, kind ([MS-CFB] §2.6.1, [MS-OVBA] §2.2.1)
_STORAGE = re.compile(rb"[Vv]\0[Bb]\0[Aa]\0\0\0.{56}\x08\0[\x01\x02]", re.S)
_ENTRY = 128  #: bytes of an entry of the directory, which lies at a multiple of it
#: the record of a sheet of Excel 4 macros: BOUNDSHEET of type 1 ([MS-XLS] §2.4.28)
_SHEET = re.compile(rb"\x85\0(.)\0.{4}[\0-\x02]\x01(.)([\0\x01])", re.S)
_NATIVE, _PAINT = _wide("\x01Ole10Native"), b"PBrush\0"  #: [MS-OLEDS] §2.3.6
#: a field that runs something, its text of one or two bytes a character ([MS-DOC] §2.8.25)
_OLD_FIELD = re.compile(rb"\x13\0?(?: \0?){0,9}D\0?D\0?E(?:\0?A\0?U\0?T\0?O)?\0? ")
_INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")  #: class of a .msi


def compound(data: bytes) -> Looked:
    """What a compound file is (.doc, .xls, .ppt, .msg), and whether it carries a program."""
    if _INSTALLER in data:
        return "program", None
    kind = next((kind for name, kind in _KINDS if _wide(name) in data), "ole")
    if kind == "msg":
        return kind, None
    if has_code(data):
        return kind, Danger.MACRO
    return kind, Danger.ACTIVE if _packages(data) or _OLD_FIELD.search(data) else None


def _packages(data: bytes) -> bool:
    """True where a compound file holds a joined file of any kind; pictures of Paint are kept the same way."""
    return _NATIVE in data and _PAINT not in data


def has_code(data: bytes) -> bool:
    """True if a compound file names a VBA project or holds a sheet of Excel 4 macros."""
    return _PROJECT in data or _names_code(data) or any(map(_is_macro_sheet, _SHEET.finditer(data)))


def _names_code(data: bytes) -> bool:
    begins = data[::_ENTRY]
    return any(byte in b"Vv" and _STORAGE.match(data, n * _ENTRY) for n, byte in enumerate(begins))


def _is_macro_sheet(found: re.Match[bytes]) -> bool:
    """The lengths in the record agree: chance makes no such bytes."""
    length, letters, wide = found[1][0], found[2][0], found[3][0]
    return letters > 0 and length == 8 + letters * (1 + wide)


# --- RTF ----------------------------------------------------------------------------------------------------------

_OBJECTS = re.compile(rb"\\obj(?:data|update|ocx)\b|\\\*\s*\\template\s+(?:https?:|\\\\)|DDEAUTO")


def in_rtf(data: bytes) -> Danger | None:
    """ACTIVE for an RTF with an object in it, a template elsewhere, or a field that runs something."""
    return Danger.ACTIVE if _OBJECTS.search(data) else None
