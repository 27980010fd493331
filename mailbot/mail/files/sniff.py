"""What the content of a file really is, by its first bytes, and whether its name, its declared type and it agree.

Nothing is unpacked and no picture is decoded. What may be inside a document is looked for in `office.py` and `pdf.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.mail.files import formulas, office, pdf
from mailbot.mail.files.danger import Danger

#: content -> the endings under which it is what it says
ENDINGS: dict[str, frozenset[str]] = {
    content: frozenset(endings.split())
    for content, endings in {
        "pdf": "pdf",
        "word": "docx docm dotx dotm doc",
        "sheet": "xlsx xlsm xltx xltm xlsb xlam xls",
        "slides": "pptx pptm potx ppsx ppt",
        "odt": "odt ott",
        "ods": "ods ots",
        "odp": "odp odg odf",
        "doc": "doc dot",
        "xls": "xls xlt xla",
        "ppt": "ppt pps",
        "msg": "msg",
        "ole": "msg",
        "rtf": "rtf doc",
        "image": "jpg jpeg jpe jfif png heic heif tif tiff gif bmp webp avif",
        "text": "txt csv tsv xls eml log md xml json asc",
        "xml": "xml txt",
        "html": "html htm xhtml svg mht hta",
        "archive": "zip rar 7z gz tgz bz2 xz tar cab iso img jar ace arj lzh",
        "mail": "dat",
    }.items()
}
#: what cannot be read without its password, and under which endings it is honest about it
LOCKED = frozenset("docx docm xlsx xlsm xlsb pptx doc xls ppt".split())
#: content -> the ending that a file without one gets
_ENDING = {"pdf": "pdf", "word": "docx", "sheet": "xlsx", "odt": "odt", "ods": "ods", "doc": "doc", "xls": "xls"}
_AS_SHEET = frozenset("csv tsv txt xls".split())  #: texts that a spreadsheet program may open
_ZIPPED = frozenset().union(*(ENDINGS[content] for content in ("word", "sheet", "slides", "odt", "ods", "archive")))
PROGRAMS = frozenset(
    "exe scr com pif bat cmd vbs vbe js jse wsf wsh hta lnk msi msp jar ps1 psm1 reg url one chm cpl dll sys gadget"
    " application html htm xhtml svg mht iso img vhd vhdx scf inf appx xll iqy slk py sh apk dmg pkg".split()
)
DOCUMENTS = frozenset("pdf docx doc xlsx xls odt ods csv txt rtf jpg jpeg png heic tif tiff gif".split())
WITH_MACROS = frozenset("docm dotm xlsm xltm xlsb xlam xla pptm potm ppsm ppam sldm".split())
#: declared types of pages and scripts: no document is sent so
ACTIVE_TYPES = re.compile(r"(text|application)/(xhtml\+xml|html|(x-)?javascript|hta|x-sh|java-archive)|image/svg\+xml")
#: contents that a program may export under a spreadsheet's or text's name: not accepted, and no deceit
EXPORTS = {
    "html": frozenset("xls doc csv txt".split()),
    "xml": frozenset("xls doc csv".split()),
    "ole": frozenset("doc dot xls xlt ppt pps".split()),
    "text": frozenset({"doc"}),
}

_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF8", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"II+\0", "image"),
    (b"MM\0+", "image"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"{\\rt", "rtf"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xce\xfa\xed\xfe", "program"),
    (b"\xfe\xed\xfa", "program"),
    (b"L\0\0\0\x01\x14\x02\0", "program"),
    (b"\xe4R\\{\x8c\xd8\xa7M", "program"),
    (b"ITSF", "program"),
    (b"FWS", "program"),
    (b"CWS", "program"),
    (b"ZWS", "program"),
    (b"#!", "program"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"MSCF", "archive"),
    (b"x\x9f>\x22", "mail"),
)
_PICTURES = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})
_TAG = re.compile(rb"<(!doctype html|html|head|body|script|iframe|svg|meta|table|\?php|%|hta:|object|embed|a )", re.I)
_MARKUP = re.compile(rb"<[a-z!?/%]", re.I)
_OBJECT = re.compile(rb"\d\s+obj\b|%%EOF")  #: a text that only speaks of « %PDF » has none
_BLANK = b"\xef\xbb\xbf \t\r\n\f"
_CONTROLS = bytes(sorted({*range(32), 127} - {9, 10, 12, 13, 27}))
_HEAD = 65_536
LATE_HEADER = 1024  #: where readers still look for « %PDF » (ISO 32000, annex H.3)
SHORTEST = 8  #: bytes; what is shorter deceives nobody


@dataclass(frozen=True)
class Sniffed:
    """What a file is, and what is wrong with it."""

    content: str  #: a key of ENDINGS, or program, locked; "" for what is not known
    danger: Danger | None = None


def sniff(names: Sequence[str], type_: str, data: bytes) -> Sniffed:
    """Look at a file. `names` are the one that is shown, then all that its headers give, as they came; `type_` is what
    they declare."""
    ending = extension(names[0]) if names else ""
    content, danger = _content(data)
    if content == "text" and ending in _AS_SHEET:
        danger = formulas.dangerous(data)
    if danger is Danger.MACRO or (ending in WITH_MACROS and content in ("word", "sheet", "slides", "xls", "locked")):
        return Sniffed(content, Danger.MACRO)
    if deceives(names) or (ACTIVE_TYPES.fullmatch(type_) and content not in ("html", "xml", "text", "archive", "")):
        return Sniffed(content, Danger.DISGUISED)
    if data.startswith(b"PK") and content == "text" and ending in _ZIPPED:
        content = ""  # broken off, or spoilt on the way
    return Sniffed(content, _disagrees(ending, content, len(data)) or danger)


def extension(name: str) -> str:
    """The ending of a name, lower case, without its dot; "" where it has none: « Relevé M. Durand », « scan.2025 »."""
    stem, dot, ending = name.strip(" .\0\t\r\n").rpartition(".")
    known = dot and stem and len(ending) <= 10 and ending.isalnum() and not ending.isdecimal()
    return ending.lower() if known else ""


def named(name: str, content: str) -> str:
    """The name of a file, with the ending of its content where it has none."""
    bare = extension(name) in ("", "bin", "dat") and content in _ENDING
    return f"{name.removesuffix('.bin').removesuffix('.dat')}.{_ENDING[content]}" if bare else name


# --- names --------------------------------------------------------------------------------------------------------

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_PUSHED = re.compile(r"\.\w{2,5}[\s\u00a0\u2000-\u200b\u3000\u3164\ufeff]{3,}\S*\.(\w{1,8})\s*$")


def deceives(names: Sequence[str]) -> bool:
    """True where a name shows another ending than it has, or two names of one file end differently."""
    endings = {ending for name in names if (ending := extension(name))}
    return any(map(_shows_another, names)) or not _alike(endings)


def _shows_another(name: str) -> bool:
    """Written backwards, pushed out of sight by blanks, or a program behind the ending of a document."""
    if _BIDI.search(name) or _PUSHED.search(name):
        return True
    before, ending = extension(name.strip(" .").rpartition(".")[0]), extension(name)
    return ending in PROGRAMS and before in DOCUMENTS


def _alike(endings: set[str]) -> bool:
    """True for one ending, or several of the same thing: jpg and jpeg, xls and xlsx."""
    return len(endings) < 2 or any(endings <= of_one for of_one in ENDINGS.values())


# --- content ------------------------------------------------------------------------------------------------------


def _disagrees(ending: str, content: str, size: int) -> Danger | None:
    """What is wrong with such a content under such an ending."""
    if content == "program" and ending not in PROGRAMS:
        return Danger.DISGUISED
    if content == "locked":
        return Danger.LOCKED if ending in LOCKED else Danger.DISGUISED
    known = [one for one, endings in ENDINGS.items() if ending in endings]
    if not known or content in known:
        return None
    harmless = not content or size < SHORTEST or ending in EXPORTS.get(content, ())
    return Danger.DAMAGED if harmless else Danger.DISGUISED


def _content(data: bytes) -> tuple[str, Danger | None]:
    """(what the bytes are, what is wrong inside)."""
    head = data[:_HEAD]
    kind = _sign(head)
    if kind == "zip":
        return office.packed(data)
    if kind == "ole":
        return office.compound(data)
    if kind == "archive":
        return "archive", Danger.ARCHIVE
    if kind == "rtf":
        return "rtf", office.in_rtf(data)
    if kind == "pdf" or (kind in ("", "text") and b"%PDF-" in head[:LATE_HEADER] and _OBJECT.search(data)):
        return "pdf", _in_pdf(data)
    if kind == "text":
        return _marked_up(head) or "text", None
    if office.ends_as_archive(data):
        return kind, Danger.DISGUISED
    return kind, None


def _in_pdf(data: bytes) -> Danger | None:
    """Disguised where it is something else as well; else what is wrong inside."""
    before = data[: data.find(b"%PDF-")]
    if _MARKUP.search(before) or _sign(before) not in ("", "text") or office.ends_as_archive(data):
        return Danger.DISGUISED
    return pdf.danger(data)


def _sign(head: bytes) -> str:
    """What the first bytes say."""
    start = head.lstrip(_BLANK)
    if start.startswith(b"%PDF-"):
        return "pdf"
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    if head[4:8] == b"ftyp" and head[8:12] in _PICTURES:
        return "image"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image"
    if head[257:262] == b"ustar" or head[0x8001:0x8006] == b"CD001":
        return "archive"
    if head and _is_text(head):
        return "text"
    if head.startswith(b"MZ"):
        return "program"
    return "image" if head.startswith(b"BM") else ""


def _is_text(head: bytes) -> bool:
    """True for bytes that a text editor shows: hardly a control; UTF-16 with its mark."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.replace(b"\0", b"")
    kept = head.translate(None, _CONTROLS)
    return len(head) - len(kept) <= len(head) // 200


def _marked_up(head: bytes) -> str:
    """html or xml, where a text begins as such; "" for any other."""
    start = head.replace(b"\0", b"").lstrip(_BLANK + b"\xff\xfe")[:4096]
    while start.startswith(b"<!--") and b"-->" in start:
        start = start.partition(b"-->")[2].lstrip(_BLANK)
    if _TAG.match(start):
        return "html"
    if not start.startswith(b"<?xml"):
        return ""
    return "html" if _TAG.search(start) else "xml"
