# ruff: noqa: E501
"""MIME as programs, gateways and scripts write it: what the person typed comes out, files are files.

Each row says what is odd, the message, its text and the names of its files; where the disposition is not `accept` it
stands in the name of the table.
"""

import base64
import quopri

import pytest

from tests.mail.making.mails import File, mail, part, read, several, text
from tests.mail.making.office import ooxml
from tests.mail.making.pdf import pdf

SAID = "Les honoraires s'élèvent à 1 250 €, réglés en décembre."
HTML = f"<html><body><p>{SAID}</p></body></html>"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\0\0\0\1\0\x08\2\0\0\0" + bytes(200)
PDF = part(File("a.pdf", pdf(), "application/pdf"))
LOGO = f'Content-Type: image/png; name="image001.png"\nContent-ID: <image001.png@01DB>\nContent-Disposition: inline; filename="image001.png"\nContent-Transfer-Encoding: base64\n\n{base64.encodebytes(PNG).decode()}'


def b64(data: bytes, width: int = 76) -> str:
    packed = base64.b64encode(data).decode()
    return "\n".join(packed[i : i + width] for i in range(0, len(packed), width))


def qp(data: bytes) -> str:
    return quopri.encodestring(data).decode()


def row(ident: str, raw: bytes, said: str = SAID, *files: str) -> object:
    return pytest.param(raw, said, list(files), id=ident)


def raw_text(head: str, body: bytes, **more: str | None) -> bytes:
    return mail(head.encode() + b"\n\n" + body, **more)


def wide(words: str, kind: str = "plain", charset: str = "utf-8") -> str:
    return text(words, f"text/{kind}; charset={charset}")


LATIN = SAID.replace("€", "euros").encode("latin-1")
EUROS = SAID.replace("€", "euros")
# fmt: off
CHARSETS = [
    row("no-content-type", mail("\n" + SAID, MIME_Version=None)),
    row("no-content-type-cp1252", mail(b"\n" + SAID.encode("cp1252"), MIME_Version=None)),
    row("no-mime-version", mail(wide(SAID), MIME_Version=None)),
    row("charset-in-quotes", mail(text(SAID, 'text/plain; charset="UTF-8"'))),
    row("charset-in-single-quotes", mail(text(SAID, "text/plain; charset='utf-8'"))),
    row("charset-with-comment", mail(text(SAID, "text/plain; charset=utf-8 (Unicode)"))),
    row("charset-space-around", mail(text(SAID, "text/plain; charset = utf-8"))),
    row("charset-utf8", mail(text(SAID, "text/plain; charset=utf8"))),
    row("charset-unicode-1-1-utf-8", mail(text(SAID, "text/plain; charset=unicode-1-1-utf-8"))),
    row("charset-windows-1252", raw_text("Content-Type: text/plain; charset=Windows-1252\nContent-Transfer-Encoding: 8bit", SAID.encode("cp1252"))),
    row("charset-cp-850-lie", raw_text("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit", SAID.encode("cp1252"))),
    row("charset-ansi", raw_text("Content-Type: text/plain; charset=ansi\nContent-Transfer-Encoding: 8bit", SAID.encode("cp1252"))),
    row("charset-none-named", raw_text("Content-Type: text/plain; charset=\nContent-Transfer-Encoding: 8bit", SAID.encode())),
    row("charset-8859-15", raw_text("Content-Type: text/plain; charset=ISO-8859-15\nContent-Transfer-Encoding: quoted-printable", qp(SAID.encode("iso-8859-15")).encode())),
    row("charset-utf-16le", raw_text("Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64", b64(SAID.encode("utf-16-le")).encode())),
    row("charset-mac", raw_text("Content-Type: text/plain; charset=macintosh\nContent-Transfer-Encoding: quoted-printable", qp(EUROS.encode("mac-roman")).encode(), ), EUROS),
    row("charset-twice", mail(text(SAID, "text/plain; charset=utf-8; charset=us-ascii"))),
    row("byte-order-mark", mail(text("\ufeff" + SAID))),
    row("decomposed", mail(text(SAID.replace("é", "e\u0301"))), SAID.replace("é", "e\u0301")),
    row("text-without-slash", mail(text(SAID, "text"))),
    row("plain-text-upper", mail(text(SAID, "TEXT/PLAIN; CHARSET=UTF-8"))),
    row("semicolon-at-end", mail(text(SAID, "text/plain; charset=utf-8;"))),
    row("html-meta-says-other", raw_text("Content-Type: text/html\nContent-Transfer-Encoding: 8bit", f'<meta http-equiv="Content-Type" content="text/html; charset=windows-1252"><p>{SAID}</p>'.encode("cp1252"))),
    row("html-entities", mail(text("<p>Les honoraires s&#39;&eacute;l&egrave;vent &agrave; 1 250&nbsp;&euro;, r&#233;gl&#xe9;s en d&eacute;cembre.</p>", "text/html; charset=us-ascii")), SAID.replace("0 €", "0\u00a0€")),
]

ENCODINGS = [
    row("qp-long-lines", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable", SAID.encode().replace(b"\xc3", b"=C3").replace(b"\xa9", b"=a9"))),
    row("qp-trailing-blanks", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable", b"Les honoraires s'=C3=A9l=C3=A8vent =C3=A0 =  \n1 250 =E2=82=AC, r=C3=A9gl=C3=A9s en d=C3=A9cembre.=")),
    row("qp-upper-named", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: QUOTED-PRINTABLE", qp(SAID.encode()).encode())),
    row("qp-in-quotes", raw_text('Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "quoted-printable"', qp(SAID.encode()).encode())),
    row("qp-comment", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable (by gateway)", qp(SAID.encode()).encode())),
    row("base64-one-line", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", b64(SAID.encode(), 5000).encode())),
    row("base64-blank-lines", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", b64(SAID.encode(), 20).replace("\n", "\n\n").encode())),
    row("base64-list-foot", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", b64(SAID.encode()).encode() + b"\n")),
    row("base64-no-padding", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", b64(SAID.encode()).rstrip("=").encode())),
    row("encoding-unknown", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: utf-8", SAID.encode())),
    row("encoding-named-7bit", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit", SAID.encode())),
    row("encoding-8-bit", raw_text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8-bit", SAID.encode())),
    row("encoding-on-multipart", mail(several(wide(SAID), PDF, more="\nContent-Transfer-Encoding: quoted-printable")), SAID, "a.pdf"),
    row("encoding-base64-on-multipart", mail(several(wide(SAID), PDF, more="\nContent-Transfer-Encoding: base64")), SAID, "a.pdf"),
    row("flowed", mail(text("Les honoraires s'élèvent à 1 250 €, \nréglés en décembre.", "text/plain; charset=utf-8; format=flowed"))),
    row("flowed-delsp", mail(text("Les honoraires s'élèvent à 1 250 €,  \nréglés en décembre.", "text/plain; charset=utf-8; format=flowed; delsp=yes"))),
]

SHAPES = [
    row("outlook-related", mail(several(several(several(wide(SAID), wide(HTML, "html"), kind="alternative", mark="_002_"), LOGO, kind="related", mark="_004_", more='; type="multipart/alternative"'), PDF, mark="_005_")), SAID, "a.pdf"),
    row("apple-text-pdf-text", mail(several(wide("Premier point."), PDF, wide("Second point."))), "Premier point.\n\nSecond point.", "a.pdf"),
    row("apple-html-pieces", mail(several(wide("Voir"), several(wide("<div>Voir</div>", "html"), PDF.replace("attachment", "inline"), wide("<div>Merci de confirmer.</div>", "html"), kind="mixed", mark="b"), kind="alternative", mark="a")), "Voir\n\nMerci de confirmer.", "a.pdf"),
    row("notes-related-outside", mail(several(several(wide(SAID), wide(HTML, "html"), kind="alternative", mark="x"), LOGO, kind="related")), SAID),
    row("php-html-only-mixed", mail(several(wide(HTML, "html"), PDF)), SAID, "a.pdf"),
    row("php-html-first", mail(several(wide(HTML, "html"), wide(SAID), kind="alternative"))),
    row("file-in-alternative", mail(several(wide(SAID), wide(HTML, "html"), PDF, kind="alternative")), SAID, "a.pdf"),
    row("file-first", mail(several(PDF, wide(SAID))), SAID, "a.pdf"),
    row("single-part-file", mail(PDF), "", "a.pdf"),
    row("boundary-with-blanks", mail(several(wide(SAID), PDF, mark="----=_Part_1 2")), SAID, "a.pdf"),
    row("boundary-no-quotes", mail(several(wide(SAID), PDF).replace('"=_a7"', "=_a7")), SAID, "a.pdf"),
    row("boundary-prefix-of-other", mail(several(several(wide(SAID), wide(HTML, "html"), kind="alternative", mark="abc1"), PDF, mark="abc")), SAID, "a.pdf"),
    row("boundary-blanks-behind", mail(several(wide(SAID), PDF).replace("--=_a7\n", "--=_a7  \t\n")), SAID, "a.pdf"),
    row("no-closing-boundary", mail(several(wide(SAID), PDF).replace("--=_a7--\n", "")), SAID, "a.pdf"),
    row("preamble", mail(several(wide(SAID), PDF).replace("\n\n--", "\n\nThis is a multi-part message in MIME format.\n\n--", 1)), SAID, "a.pdf"),
    row("epilogue-of-a-gateway", mail(several(wide(SAID)) + "\n_____\nScanned by MailGate\n")),
    row("part-without-header", mail(several("\n" + SAID, PDF)), SAID, "a.pdf"),
    row("empty-text-good-html", mail(several(wide(""), wide(HTML, "html"), kind="alternative"))),
    row("useless-text", mail(several(wide("Votre logiciel de messagerie ne prend pas en charge les messages au format HTML."), wide(HTML, "html"), kind="alternative"))),
    row("text-holds-html", mail(wide(HTML))),
    row("html-says-plain-line-breaks", mail(text(f"Bonjour,<br>\r\n<br>{SAID}", "text/html; charset=utf-8")), f"Bonjour,\n\n{SAID}"),
    row("digest", mail(several(wide(SAID), "Content-Type: message/rfc822\n\nFrom: a@b.example\nSubject: Devis\n\nOui\n", kind="mixed")), SAID, "Devis.eml"),
    row("amp-version", mail(several(wide(SAID), text("<html amp4email><body>x</body></html>", "text/x-amp-html"), wide(HTML, "html"), kind="alternative"))),
    row("calendar-beside-answer", mail(several(wide(SAID), text("BEGIN:VCALENDAR\nEND:VCALENDAR", "text/calendar; name=a.ics") .replace("Content-Transfer", "Content-Disposition: attachment; filename=a.ics\nContent-Transfer"))), SAID, "a.ics"),
    row("text-file-inline", mail(several(wide(SAID), text("401000;12", "text/plain; name=b.txt").replace("Content-Transfer", "Content-Disposition: inline; filename=b.txt\nContent-Transfer"))), SAID, "b.txt"),
    row("csv-as-second-part", mail(several(wide(SAID), text("a;b", "text/csv; name=b.csv"))), SAID, "b.csv"),
    row("disposition-unknown", mail(several(wide(SAID), PDF.replace("attachment;", "pj;"))), SAID, "a.pdf"),
    row("disposition-only-name", mail(several(wide(SAID), PDF.replace("attachment; filename", "filename"))), SAID, "a.pdf"),
    row("pdf-called-text", mail(several(wide(SAID), part(File("a.pdf", pdf(), "text/plain")))), SAID, "a.pdf"),
    row("docx-from-phone", mail(several(wide(SAID), part(File("R\u00e9ponse.docx", ooxml("docx"), "application/zip")))), SAID, "Réponse.docx"),
    row("two-images-no-text", mail(several(wide(""), part(File("IMG_1.png", PNG + bytes(40_000), "image/png")))), "", "IMG_1.png"),
    row("list-foot-as-part", mail(several(wide(SAID), text("_______\nListe du cabinet\nhttps://listes.example/x", "text/plain; charset=us-ascii").replace("Content-Transfer", "Content-Disposition: inline\nContent-Transfer"))), SAID),
    row("antivirus-part", mail(several(wide(SAID), text("--\nL'absence de virus dans ce courrier électronique a été vérifiée par le logiciel antivirus Avast.\nwww.avast.com"))), SAID),
    row("mbox-from-line", b"From c.durand@cabinet-a.example Tue Nov 24 10:12:00 2026\r\n" + mail(wide(SAID))),
    row("bare-line-feeds", mail(several(wide(SAID), PDF)).replace(b"\r\n", b"\n"), SAID, "a.pdf"),
    row("mixed-line-ends", mail(wide("Un.\nDeux.")).replace(b"Un.\r\n", b"Un.\r"), "Un.\nDeux."),
    row("subject-8bit", mail(wide(SAID), Subject="Réponse à la question d'honoraires")),
    row("to-undisclosed", mail(wide(SAID), To="undisclosed-recipients:;")),
    row("from-8bit-name", mail(wide(SAID), From="Hélène Etchegaray <c.durand@cabinet-a.example>")),
    row("no-date-no-id", mail(wide(SAID), Date=None, Message_ID=None)),
    row("folded-with-tab-only", mail(wide(SAID), Subject="Re: honoraires\n\t\n\tsuite")),
    row("mime-version-comment", mail(wide(SAID), MIME_Version="1.0 (Apple Message framework v1283)")),
    row("tnef-broken", mail(several(wide(SAID), part(File("winmail.dat", b"broken" + bytes(20), "application/ms-tnef")))), SAID, "winmail.dat"),
    row("uuencode-inside", mail(wide(f"{SAID}\n\nbegin 644 a.csv\n$83MB\"@``\n`\nend\n")), SAID, "a.csv"),
    row("ics-forward-of-text", mail(several(several(wide(SAID), wide(HTML, "html"), kind="alternative", mark="q"), kind="mixed"))),
    row("report-of-a-human", mail(several(wide(SAID), PDF, kind="report")), SAID, "a.pdf"),
]

HOLD = [
    pytest.param(mail(several("Content-Type: message/external-body; access-type=URL; URL=http://x.example/a\n\nContent-Type: application/pdf\n\n", wide(SAID))), id="external-body"),
    pytest.param(mail("Content-Type: message/partial; id=a; number=2; total=2\n\nsuite\n"), id="partial"),
    pytest.param(mail(several("Content-Type: application/pgp-encrypted\n\nVersion: 1\n", text("-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----", "application/octet-stream"), kind="encrypted", more='; protocol="application/pgp-encrypted"')), id="pgp-mime"),
    pytest.param(mail(wide("-----BEGIN PGP MESSAGE-----\n\nhQEMA1b\n=abcd\n-----END PGP MESSAGE-----")), id="pgp-inline"),
    pytest.param(mail(several(*[several(wide("x"), mark=f"m{n}") for n in range(120)])), id="parts"),
    pytest.param(mail("".join(f'Content-Type: multipart/mixed; boundary="d{n}"\n\n--d{n}\n' for n in range(60)) + wide("x")), id="depth"),
    pytest.param(mail(wide(SAID), **{f"X_N{n}": "x" for n in range(700)}), id="headers"),
]
# fmt: on


def flat(words: str) -> str:
    return " ".join(words.split())


@pytest.mark.parametrize(("raw", "said", "files"), [*CHARSETS, *ENCODINGS, *SHAPES])
def test_what_was_typed_comes_out(raw: bytes, said: str, files: list[str]) -> None:
    found = read(raw)
    assert flat(found["text"]) == flat(said)
    assert [attached["name"] for attached in found["attachments"] if attached["name"] != "image001.png"] == files
    assert found["disposition"] == "accept"


@pytest.mark.parametrize("raw", HOLD)
def test_what_nobody_should_read_by_itself_waits(raw: bytes) -> None:
    assert read(raw)["disposition"] == "hold"
