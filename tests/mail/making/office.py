"""Office files built by hand, as the programs that write them lay them out."""

import io
import struct
import zipfile

KINDS = {
    "docx": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    "pptx": (
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
    "docm": ("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
    "dotm": ("word/document.xml", "application/vnd.ms-word.template.macroEnabledTemplate.main+xml"),
    "xlsm": ("xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    "xlsb": ("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
    "xlam": ("xl/workbook.xml", "application/vnd.ms-excel.addin.macroEnabled.main+xml"),
}
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'


def zipped(members: dict[str, bytes | str], stored: str = "", flagged: bool = False) -> bytes:
    """A zip; `stored`: the member that is not deflated; `flagged`: sizes after the data, as streams are written."""
    sink = io.BytesIO()
    out: io.BytesIO | Piped = Piped(sink) if flagged else sink
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:  # type: ignore[arg-type]
        for name, data in members.items():
            box.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def bomb(megabytes: int) -> bytes:
    """A workbook with a sheet that unpacks to so much, written piece by piece."""
    sink = io.BytesIO(ooxml("xlsx"))
    with zipfile.ZipFile(sink, "a", zipfile.ZIP_DEFLATED) as box, box.open("xl/worksheets/sheet9.xml", "w") as sheet_:
        for _ in range(megabytes):
            sheet_.write(b"0" * 1_000_000)
    return sink.getvalue()


class Piped:
    """A file that cannot be sought in: zipfile then writes data descriptors, as Google and Java do."""

    def __init__(self, sink: io.BytesIO) -> None:
        self.write, self.flush = sink.write, sink.flush


def relations(*links: tuple[str, str], external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    inside = "".join(
        f'<Relationship Id="rId{n}" Type="{RELS}/{kind}" Target="{target}"{mode}/>'
        for n, (kind, target) in enumerate(links, 1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def ooxml(kind: str, more: dict[str, bytes | str] | None = None, last: bool = False, **how: bool) -> bytes:
    """A document of `kind` with the members `more`; `last`: the list of types at the end, as LibreOffice does."""
    main, declared = KINDS[kind]
    types = (
        f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/{main}" ContentType="{declared}"/></Types>'
    )
    body = (
        f'{XML}<w:document xmlns:w="http://x"><w:body><w:p><w:r><w:t>Honoraires</w:t></w:r></w:p></w:body></w:document>'
    )
    members: dict[str, bytes | str] = {"_rels/.rels": relations(("officeDocument", main)), main: body, **(more or {})}
    first: dict[str, bytes | str] = {"[Content_Types].xml": types}
    return zipped({**members, **first} if last else {**first, **members}, **how)


def odf(kind: str, more: dict[str, bytes | str] | None = None, scripts: str = "<office:scripts/>") -> bytes:
    """An OpenDocument file; `kind`: text or spreadsheet."""
    content = f'{XML}<office:document-content xmlns:office="urn:x">{scripts}<office:body/></office:document-content>'
    members: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "Configurations2/accelerator/current.xml": "",
        "Thumbnails/thumbnail.png": b"\x89PNG\r\n\x1a\n" + bytes(40),
        "content.xml": content,
        "settings.xml": XML,
        "styles.xml": XML,
        "META-INF/manifest.xml": f'{XML}<manifest:manifest xmlns:manifest="urn:x"/>',
    }
    return zipped({**members, **(more or {})}, stored="mimetype")


def ole(*entries: str | tuple[str, bytes], clsid: bytes = bytes(16)) -> bytes:
    """A compound file ([MS-CFB]) with these streams; names that end in / are storages, their streams follow."""
    streams = [(e, b"") if isinstance(e, str) else e for e in entries]
    sectors: list[bytes] = []
    fat: list[int] = []

    def chain(data: bytes) -> int:
        start = len(sectors)
        pieces = [data[i : i + 512].ljust(512, b"\0") for i in range(0, len(data), 512)]
        sectors.extend(pieces)
        fat.extend([*range(start + 1, start + len(pieces)), 0xFFFFFFFE])
        return start

    rows = [directory("Root Entry", 5, 0xFFFFFFFE, 0, child=1, clsid=clsid)]
    for n, (name, data) in enumerate(streams, 1):
        right = n + 1 if n < len(streams) else 0xFFFFFFFF
        if name.endswith("/"):
            rows.append(directory(name[:-1], 1, 0, 0, right=right))
        else:
            padded = data.ljust(4096, b"\0")
            rows.append(directory(name, 2, chain(padded), len(padded), right=right))
    first = chain(b"".join(rows).ljust(512, b"\0"))
    table = len(sectors)
    fat.append(0xFFFFFFFD)
    sectors.append(struct.pack("<128I", *(fat + [0xFFFFFFFF] * (128 - len(fat)))))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    return head + struct.pack("<109I", table, *[0xFFFFFFFF] * 108) + b"".join(sectors)


def directory(
    name: str, kind: int, start: int, size: int, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF, clsid: bytes = b""
) -> bytes:
    wide = name.encode("utf-16-le")
    row = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide) + 2, kind, 1, 0xFFFFFFFF, right, child)
    return row + clsid.ljust(16, b"\0") + bytes(20) + struct.pack("<IQ", start, size)


def biff(version: int, *records: tuple[int, bytes]) -> bytes:
    """A workbook stream of Excel 5 (0x500) or 97 (0x600)."""
    bof = (0x809, struct.pack("<HHHH", version, 5, 0xDBB, 0x7CC) + bytes(8 if version == 0x600 else 0))
    return b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in (bof, *records, (10, b"")))


def sheet(name: str, kind: int = 0, hidden: int = 0) -> tuple[int, bytes]:
    """BOUNDSHEET of [MS-XLS]; kind 1 is a sheet of Excel 4 macros."""
    return 0x85, struct.pack("<IBBBB", 0x400, hidden, kind, len(name), 0) + name.encode("latin-1")
