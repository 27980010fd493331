"""What went wrong with incoming mail in other systems, one test each, named after what failed there.

The letter that is answered is a golden one; a message is read as `mailbot read` reads it.
"""

from __future__ import annotations

import json
import unicodedata
from base64 import b64encode, encodebytes
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mailbot.cli import cli
from mailbot.service import describe
from tests.files import PDF, PNG, docm
from tests.unit.mail import packing

GOLDEN = Path(__file__).parents[2] / "golden"
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ONE = (GOLDEN / "question.txt").read_text("utf-8").split("\n\n", 1)[1]
THREE = (GOLDEN / "dossier.txt").read_text("utf-8").split("\n\n", 1)[1]
SAID = "Le mar. 24 nov. 2026 à 09:12, ASSAPROL <eccv@assaprol.example> a écrit :"
HEAD = (
    "From: a.dubois@etcheverry.example\r\nTo: eccv@assaprol.example\r\nSubject: RE: ECCV 2025\r\n"
    "Message-ID: <1@x.example>\r\nMIME-Version: 1.0\r\n"
)


def mail(body: str, kind: str = "text/plain; charset=utf-8", more: str = "") -> bytes:
    return f"{HEAD}{more}Content-Type: {kind}\r\n\r\n".encode() + body.replace("\n", "\r\n").encode()


def mixed(*parts: tuple[str, str | bytes], sub: str = "mixed") -> bytes:
    """A multipart of parts given as (header fields, content); bytes go as base64."""
    out = [f'{HEAD}Content-Type: multipart/{sub}; boundary="B"\r\n\r\n'.encode()]
    for fields, content in parts:
        packed = isinstance(content, bytes)
        data = encodebytes(content) if packed else content.encode()
        out.append(
            f"--B\r\n{fields}{'Content-Transfer-Encoding: base64' + chr(13) + chr(10) if packed else ''}".encode()
        )
        out.append(b"\r\n" + data + b"\r\n")
    return b"".join(out) + b"--B--\r\n"


def text(words: str) -> tuple[str, str]:
    return "Content-Type: text/plain; charset=utf-8\r\n", words


def file(name: str, data: bytes, kind: str = "application/pdf", more: str = "") -> tuple[str, bytes]:
    return f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n{more}', data


def read(raw: bytes, sent: str = ONE) -> dict[str, Any]:
    return describe.describe(raw, describe.envelope(raw, NOW), sent)


def words(raw: bytes, sent: str = ONE) -> list[str]:
    return [line for line in read(raw, sent)["text"].splitlines() if line]


def quoted(letter: str = ONE, prefix: str = "> ") -> str:
    return "\n".join(f"{prefix}{line}".rstrip() for line in letter.splitlines())


# --- what a person typed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["> ", ""], ids=["marked", "unmarked"])
def test_interleaved_answers_were_lost(prefix: str) -> None:
    at = "Merci d’en donner le détail.\n"
    letter = quoted(ONE.replace(at, f"{at}@@\n"), prefix)
    body = f"{SAID}\n\n{letter}".replace(f"{prefix}@@", "\nSous-traitance 14 300 €, le reste en logiciels.\n")
    assert words(mail(body)) == ["Sous-traitance 14 300 €, le reste en logiciels."]


def test_the_whole_reply_of_thunderbird_was_lost() -> None:
    """Nothing vanishes: what is not typed is set aside or history, and the three together are the message."""
    body = (
        '<p>Le bail est joint.</p><div class="moz-cite-prefix">Le 24/11/2026 à 09:12, ASSAPROL a écrit :<br></div>'
        f'<blockquote type="cite" cite="mid:1@x">{"<br>".join(ONE.splitlines())}</blockquote>'
        '<pre class="moz-signature" cols="72">-- \nAïcha Dubois\n05 59 86 85 95</pre>'
    )
    found = read(mail(body, "text/html; charset=utf-8"))
    assert found["text"] == "Le bail est joint."
    assert "05 59 86 85 95" in found["set_aside"]


def test_a_numbered_list_of_outlook_was_taken_for_a_signature() -> None:
    items = "".join(f'<p class="MsoListParagraph"><span>{n}.&nbsp;</span>compte {n}<o:p></o:p></p>' for n in (1, 2, 3))
    body = (
        f'<div class="WordSection1"><p class="MsoNormal">Détail :</p>{items}<p class="MsoNormal">Total exact.</p></div>'
    )
    assert len(words(mail(body, "text/html; charset=utf-8"))) == 5


@pytest.mark.parametrize("row", ["-" * 30, "=" * 40, "_" * 32, "* * * * *", "- - -"])
def test_a_row_of_dashes_cut_the_mail(row: str) -> None:
    body = f"Urssaf 12 400\n{row}\nTotal 18 718, soit 2 318 de plus que l'appel.\n"
    assert "Total 18 718, soit 2 318 de plus que l'appel." in words(mail(body))


@pytest.mark.parametrize(
    "sentence",
    [
        "Le bailleur, le 12 mars 2025, nous a écrit que le loyer passait à 1 550 €.",
        "Le client a écrit :\n« rien ne change »\net nous l'avons cru.",
        "Le 3 avril, l'Urssaf écrit :\nvotre compte est soldé.",
    ],
)
def test_le_a_ecrit_ate_paragraphs(sentence: str) -> None:
    body = f"Bonjour,\n\n{sentence}\n\nVoilà l'origine de l'écart.\n\n{SAID}\n\n{quoted()}"
    assert words(mail(body)) == ["Bonjour,", *sentence.splitlines(), "Voilà l'origine de l'écart."]


@pytest.mark.parametrize(
    "heading",
    [
        "Le mar. 24 nov. 2026 à 09:12, ASSAPROL <eccv@assaprol.example> a\nécrit :",
        "Le mardi 24 novembre 2026 à 09:12, ASSAPROL\n<eccv@assaprol.example> a écrit :",
        "On Tue, Nov 24, 2026 at 9:12 AM ASSAPROL <eccv@assaprol.example>\nwrote:",
        "________________________________\nDe : ASSAPROL <eccv@assaprol.example>\n"
        "Envoyé : mardi 24 novembre 2026 09:12\nÀ : Aïcha Dubois <a.dubois@etcheverry.example>\nObjet : ECCV 2025",
    ],
)
def test_a_heading_on_two_lines_or_in_french_was_not_seen(heading: str) -> None:
    assert words(mail(f"Frais réels.\n\n{heading}\n\n{quoted()}"), sent="") == ["Frais réels."]


def test_the_separator_line_came_back_with_the_chain() -> None:
    body = f"Frais réels.\n\n{quoted(ONE, '|')}"
    assert words(mail(body)) == ["Frais réels."]


def test_one_mail_two_questions_was_one_answer() -> None:
    body = f"1) Coefficient de 0,82.\n3) Décalage de paiement.\n\n{SAID}\n\n{quoted(THREE)}"
    answers = {part["question"]: part["text"] for part in read(mail(body), THREE)["answers"]}
    assert answers == {"D0009-2025-1": "Coefficient de 0,82.", "D0009-2025-3": "Décalage de paiement."}


# --- parts and files ------------------------------------------------------------------------------------------------


def test_the_text_after_the_picture_was_lost() -> None:
    raw = mixed(text("La quittance :\r\n"), file("a.png", PNG, "image/png"), text("et le bail suit.\r\n"))
    assert words(raw) == ["La quittance :", "et le bail suit."]


def test_a_file_inside_the_alternative_was_lost() -> None:
    html = "Content-Type: text/html; charset=utf-8\r\n", "<p>Facture jointe.</p>"
    found = read(mixed(text("Facture jointe.\r\n"), html, file("facture.pdf", PDF), sub="alternative"))
    assert ([a["name"] for a in found["attachments"]], found["text"]) == (["facture.pdf"], "Facture jointe.")


def test_winmail_dat_hid_the_file() -> None:
    dat = packing.tnef(packing.packed_file(PDF, b"bail.pdf"))
    found = read(mixed(text("Bail joint.\r\n"), file("winmail.dat", dat, "application/ms-tnef")))
    assert [(a["name"], a["verdict"]) for a in found["attachments"]] == [("bail.pdf", "ok")]


def test_signed_mail_arrived_empty() -> None:
    inner = b"Content-Type: text/plain; charset=utf-8\r\n\r\nJe confirme l'absence de plus-value.\r\n"
    kind = 'application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"'
    coded = encodebytes(packing.signed(inner)).decode()
    found = read(mail(coded, kind, "Content-Transfer-Encoding: base64\r\n"))
    assert (found["disposition"], found["text"]) == ("accept", "Je confirme l'absence de plus-value.")


def test_encrypted_mail_was_taken_for_an_empty_one() -> None:
    kind = 'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"'
    coded = encodebytes(packing.signed(b"?", packing.ENVELOPED_DATA)).decode()
    found = read(mail(coded, kind, "Content-Transfer-Encoding: base64\r\n"))
    assert (found["disposition"], found["reason"]) == ("hold", "encrypted")


def test_the_logo_of_a_signature_became_a_file_of_every_answer() -> None:
    html = "Content-Type: text/html; charset=utf-8\r\n", '<p>Le bail.</p><p>Aïcha<br><img src="cid:logo@x"></p>'
    logo = file("image001.png", PNG, "image/png", "Content-ID: <logo@x>\r\n")
    found = read(mixed(html, logo, file("bail.pdf", PDF, more="Content-ID: <bail@x>\r\n"), sub="related"))
    assert [(a["name"], a["logo"]) for a in found["attachments"]] == [("image001.png", True), ("bail.pdf", False)]
    assert found["answers"][0]["files"] == ["bail.pdf"]


def test_mail_as_a_file_was_dropped_or_read_as_words() -> None:
    inside = "From: x@y.example\r\nSubject: devis\r\n\r\nOK, je valide.\r\n"
    eml = 'Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename="devis.eml"\r\n', inside
    msg = file("échange.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "application/vnd.ms-outlook")
    found = read(mixed(text("Voici l'échange.\r\n"), eml, msg))
    assert [a["name"] for a in found["attachments"]] == ["devis.eml", "échange.msg"]
    assert found["text"] == "Voici l'échange."


@pytest.mark.parametrize("charset", ["x-inconnu", "utf-7", "unicode-escape", "idna", "rot13", "", "é", "cp1252\x00"])
def test_a_charset_made_mail_unprocessable(charset: str) -> None:
    found = read(mail("L'écart est de 2 318.", f"text/plain; charset={charset}"))
    assert (found["disposition"], found["text"].endswith("cart est de 2 318.")) == ("accept", True)


@pytest.mark.parametrize(
    "field",
    [
        'filename="=?utf-8?B?' + b64encode("Relevé été.pdf".encode()).decode() + '?="',
        "filename*=UTF-8''Relev%C3%A9%20%C3%A9t%C3%A9.pdf",
        "filename*0*=UTF-8''Relev%C3%A9;\r\n filename*1*=%20%C3%A9t%C3%A9;\r\n filename*2=.pdf",
        "filename*=UTF-8''" + "".join(f"%{c:02X}" for c in unicodedata.normalize("NFD", "Relevé été.pdf").encode()),
    ],
    ids=["2047", "2231", "pieces", "decomposed"],
)
def test_the_encoding_of_a_file_name_made_mail_unprocessable(field: str) -> None:
    part = f"Content-Type: application/pdf\r\nContent-Disposition: attachment; {field}\r\n", PDF
    (found,) = read(mixed(text("Relevé.\r\n"), part))["attachments"]
    assert (found["name"], found["verdict"]) == ("Relevé été.pdf", "ok")


def test_a_refused_file_was_dropped_silently() -> None:
    found = read(mixed(text("Tableau.\r\n"), file("a.xyz", b"\1\2\3" * 50, "application/x-xyz"), file("b.pdf", PDF)))
    assert [(a["name"], a["verdict"]) for a in found["attachments"]] == [("a.xyz", "refused"), ("b.pdf", "ok")]
    assert found["answers"][0]["files"] == ["b.pdf"]


def test_a_document_with_macros_was_passed_on() -> None:
    found = read(mixed(text("Tableau.\r\n"), file("tableau.docx", docm(), "application/octet-stream")))
    assert (found["disposition"], [a["verdict"] for a in found["attachments"]]) == ("hold", ["macro"])


# --- one by one -----------------------------------------------------------------------------------------------------


def test_one_malformed_mail_blocked_all_that_followed(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(b"Subject: a\r\n" + b"To: a@b.example, " * 60_000 + b"\r\n\r\nx")
    (tmp_path / "2.eml").write_bytes(b"\xff\xfe\x00" * 2_000)
    (tmp_path / "3.eml").write_bytes(mail("Le détail."))
    (tmp_path / "4.eml").mkdir()
    done = CliRunner().invoke(cli, ["--config", str(tmp_path / "none.toml"), "read", str(tmp_path)])
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(one["file"]).name for one in found] == ["1.eml", "2.eml", "3.eml", "4.eml"]
    assert (found[0]["disposition"], found[3]["disposition"]) == ("hold", "hold")
    assert found[0]["notes"] == [found[0]["reason"]]
    assert found[2]["text"] == "Le détail."
    assert all(one.keys() >= {"disposition", "reason", "text", "attachments", "notes"} for one in found)
