"""MIME as it comes: what is the text of a message and what are its files, whatever built it."""

from __future__ import annotations

import binascii
from itertools import permutations

import pytest

from mailbot.mail import parse, reply
from mailbot.mail.mime import bodies, charsets

HEAD = b"From: Nathalie <n@cabinet.example>\nTo: eccv@oga.example\nSubject: Re: ECCV\nMIME-Version: 1.0\n"
TEXT = b"Content-Type: text/plain; charset=utf-8\n\n"
HTML = b"Content-Type: text/html; charset=utf-8\n\n"
PDF = b"Content-Type: application/pdf; name=a.pdf\nContent-Disposition: inline; filename=a.pdf\n\n%PDF-1.4\n"
PHOTO = b"Content-Type: image/jpeg; name=p.jpg\nContent-Disposition: inline; filename=p.jpg\n\nx\n"
LOGO = b"Content-Type: image/png\nContent-ID: <logo@x>\nContent-Disposition: inline\n\nx\n"


def container(kind: str, *parts: bytes, boundary: str = "B") -> bytes:
    mark = boundary.encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode()
    return head + b"".join(b"--" + mark + b"\n" + part + b"\n" for part in parts) + b"--" + mark + b"--\n"


def read(entity: bytes):
    return parse.parse(HEAD + entity)


def typed(entity: bytes) -> list[str]:
    return reply.written(read(entity)).text.split()


def names(entity: bytes) -> list[str]:
    return [file.name for file in read(entity).attachments]


# --- texts and files in all orders ----------------------------------------------------------------------------------


def test_text_after_a_picture_as_apple_mail_sends_it():
    entity = container("mixed", TEXT + b"avant\n", PHOTO, TEXT + b"apr\xc3\xa8s\n")
    assert (typed(entity), names(entity)) == (["avant", "après"], ["p.jpg"])


@pytest.mark.parametrize("order", list(permutations((HTML + b"<p>un</p>", PDF, TEXT + b"deux", PHOTO))))
def test_html_text_and_files_in_any_order_lose_nothing(order):
    entity = container("mixed", *order)
    assert sorted(typed(entity)) == ["deux", "un"]
    assert sorted(names(entity)) == ["a.pdf", "p.jpg"]


def test_html_pieces_with_a_pdf_between_inside_the_alternative():
    pieces = container("mixed", HTML + b"<p>un</p>", PDF, HTML + b"<p>deux</p>", TEXT + b"trois", boundary="C")
    entity = container("alternative", TEXT + b"un deux trois\n", pieces)
    message = read(entity)
    assert typed(entity) == ["un", "deux", "trois"]
    assert (message.text.split()[:3], names(entity)) == (["un", "deux", "trois"], ["a.pdf"])
    assert message.html.index("un") < message.html.index("a.pdf") < message.html.index("deux")


def test_a_file_inside_the_alternative_is_a_file():
    entity = container("alternative", TEXT + b"oui\n", HTML + b"<p>oui</p>", PDF)
    assert (typed(entity), names(entity)) == (["oui"], ["a.pdf"])


@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
def test_related_in_any_order(order):
    parts = [HTML + b'<p>un</p><img src="cid:logo@x">', LOGO, PDF]
    entity = container("related", *(parts[at] for at in order))
    assert typed(entity) == ["un"]
    assert sorted(file.inline for file in read(entity).attachments) == [False, True]


def test_html_in_related_only_and_a_useless_text_part():
    related = container("related", HTML + b"<p>Le loyer.</p>", LOGO, boundary="C")
    entity = container("alternative", TEXT + b"Votre messagerie n'affiche pas le HTML.\n", related)
    assert typed(entity) == ["Le", "loyer."]


def test_html_that_shows_nothing_leaves_the_text():
    entity = container("alternative", TEXT + b"Le loyer.\n", HTML + b"<div><br></div>")
    assert typed(entity) == ["Le", "loyer."]


def test_html_before_text_in_an_alternative_is_still_read_once():
    assert typed(container("alternative", HTML + b"<p>oui</p>", TEXT + b"oui\n")) == ["oui"]


def test_a_second_text_part_is_kept():
    entity = container("mixed", TEXT + b"Le loyer.\n", TEXT + b"Ce message est confidentiel.\n")
    assert read(entity).text.split("\n") == ["Le loyer.", "", "Ce message est confidentiel.", ""]


def test_versions_for_watches_and_animations_are_no_files():
    versions = [b"Content-Type: text/%s\n\noui\n" % kind for kind in (b"x-amp-html", b"watch-html", b"enriched")]
    entity = container("alternative", TEXT + b"oui\n", *versions, HTML + b"<p>oui</p>")
    assert (typed(entity), names(entity)) == (["oui"], [])


# --- a text with a name ---------------------------------------------------------------------------------------------


def test_a_text_with_a_name_beside_a_body_is_a_file():
    note = b"Content-Type: text/plain; name=note.txt\nContent-Disposition: inline; filename=note.txt\n\n12 000\n"
    entity = container("mixed", TEXT + b"Voir la note.\n", note)
    assert (typed(entity), names(entity)) == (["Voir", "la", "note."], ["note.txt"])
    assert names(container("mixed", note, TEXT + b"Voir la note.\n")) == ["note.txt"]


def test_a_first_text_with_disposition_inline_is_the_body():
    entity = container("mixed", b"Content-Type: text/plain\nContent-Disposition: inline\n\nLe loyer.\n", PDF)
    assert (typed(entity), names(entity)) == (["Le", "loyer."], ["a.pdf"])


@pytest.mark.parametrize(
    "field", [b"text/plain; name=message.txt", b'text/plain; name="Partie 1"', b"text/html; name=x"]
)
def test_a_body_that_has_a_name_where_there_is_no_other_is_still_the_body(field):
    body = b"Content-Type: " + field + b"\n\nLe loyer.\n"
    assert typed(body) == ["Le", "loyer."]
    assert (typed(container("mixed", body, PDF)), names(container("mixed", body, PDF))) == (["Le", "loyer."], ["a.pdf"])


def test_a_text_that_is_attached_is_never_the_body():
    note = b"Content-Type: text/plain\nContent-Disposition: attachment; filename=note.txt\n\n12 000\n"
    assert (typed(note), names(note)) == ([], ["note.txt"])


# --- messages inside ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (b"Content-Type: message/rfc822", "Relevé de mars.eml"),
        (b'Content-Type: message/rfc822; name="ancien.eml"', "ancien.eml"),
        (b"Content-Type: message/rfc822\nContent-Disposition: attachment; filename=ancien.eml", "ancien.eml"),
        (b"Content-Type: application/octet-stream; name=ancien.eml", "ancien.eml"),
        (b"Content-Type: application/vnd.ms-outlook; name=ancien.msg", "ancien.msg"),
        (b"Content-Type: application/vnd.ms-outlook", "piece-2.msg"),
    ],
)
def test_a_message_inside_is_kept_as_a_file_and_never_read(fields, name):
    inner = b"From: expert@x.example\nSubject: =?utf-8?q?Relev=C3=A9_de_mars?=\n\nJe valide\n"
    entity = container("mixed", TEXT + b"Ci-joint.\n", fields + b"\n\n" + inner)
    assert (typed(entity), names(entity)) == (["Ci-joint."], [name])
    assert b"Je valide" in parse.part(HEAD + entity, "2")


def test_a_message_inside_that_was_packed_as_base64_is_unpacked():
    inner = binascii.b2a_base64(b"Subject: S\n\nJe valide\n")
    entity = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + inner
    assert b"Je valide" in parse.part(HEAD + container("mixed", TEXT + b"x", entity), "2")


def test_a_message_without_a_subject_has_a_lasting_name():
    entity = container("mixed", TEXT + b"x", b"Content-Type: message/rfc822\n\nSubject: ../..\n\nx\n")
    assert names(entity) == ["-.eml"] or names(entity) == ["piece-2.eml"]


# --- boundaries and headers that are wrong --------------------------------------------------------------------------


def test_a_boundary_that_is_not_the_one_it_names():
    entity = container("mixed", TEXT + b"Le loyer.\n", PDF).replace(b'boundary="B"', b'boundary="autre"')
    assert (typed(entity), names(entity)) == (["Le", "loyer."], ["a.pdf"])
    assert parse.part(HEAD + entity, "2").startswith(b"%PDF")


def test_a_multipart_without_any_boundary_is_text():
    assert typed(b"Content-Type: multipart/mixed\n\nLe loyer.\n") == ["Le", "loyer."]


def test_a_message_that_ends_before_its_last_boundary():
    entity = container("mixed", TEXT + b"Le loyer.\n", PDF).removesuffix(b"--B--\n")
    assert (typed(entity), names(entity)) == (["Le", "loyer."], ["a.pdf"])


def test_a_space_before_the_colon_is_no_end_of_the_header():
    message = parse.parse(b"From: a@x.example\nSubject : Re: ECCV\nMessage-ID\t: <1@x>\n\noui\n")
    assert (message.subject, message.message_id, message.text) == ("Re: ECCV", "<1@x>", "oui\n")


# --- transfer encodings ---------------------------------------------------------------------------------------------


def quoted(body: bytes, charset: bytes = b"utf-8") -> str:
    return read(
        b"Content-Type: text/plain; charset=%s\nContent-Transfer-Encoding: quoted-printable\n\n" % charset + body
    ).text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"l'=C3=A9t=C3=A9", "l'été"),
        (b"l'=c3=a9t=c3=a9", "l'été"),
        (b"un =\ndeux", "un deux"),
        (b"un =  \ndeux", "un deux"),
        (b"un =\r\r\ndeux", "un deux"),
        (b"coup=C3=\n=A9", "coupé"),
        (b"fin=", "fin"),
        (b"fin=\n", "fin"),
        (b"a=b, 5 000 = 5 000", "a=b, 5 000 = 5 000"),
        (b"t=C3=A9l : \xc3\xa9t\xc3\xa9", "tél : été"),
        (b"t=E9l", "tél"),
        (b"t=E9l et =C3=A9t=C3=A9 =C3=A0 =C3=A9", "tél et été à é"),
    ],
)
def test_quoted_printable_that_was_damaged(body, text):
    assert quoted(body) == text


def packed(body: bytes, type_: bytes = b"text/plain; charset=utf-8") -> str:
    return read(b"Content-Type: " + type_ + b"\nContent-Transfer-Encoding: base64\n\n" + body).text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"TGUgbG95ZXIu", "Le loyer."),
        (b"TGUgbG95ZXIu=", "Le loyer."),
        (b"TGUg\n\n bG95ZXIu", "Le loyer."),
        (b"w6l0w6k", "été"),
        (
            b"TGUgbG95ZXIu\n_____\nListe interne, https://liste.example\n",
            "Le loyer.\n\n_____\nListe interne, https://liste.example",
        ),
        (b"Le loyer du mois de mars, en clair.\n", "Le loyer du mois de mars, en clair.\n"),
        (b"Oui.\n", "Oui.\n"),
        (b"Merci\n", "Merci\n"),
        ("Le préavis a été payé.\n".encode(), "Le pr?avis a ?t? pay?.\n"),
    ],
)
def test_base64_that_is_damaged_or_none(body, text):
    found = packed(body)
    assert found == text or found == text.replace("?", "�") or "avis a" in found


def test_uuencode_in_the_text_becomes_files():
    rows = b"".join(binascii.b2a_uu(b"%PDF-1.4 " + bytes(30)) for _ in range(3))
    entity = TEXT + b"Voici.\nbegin 644 facture mars.pdf\n" + rows + b"`\nend\nCordialement\n"
    message = read(entity)
    assert message.text.split() == ["Voici.", "Cordialement"]
    (file,) = message.attachments
    assert (file.part, file.name, file.type, file.size) == ("1.uu.1", "facture mars.pdf", "application/pdf", 117)
    assert parse.part(HEAD + entity, "1.uu.1").startswith(b"%PDF-1.4")


@pytest.mark.parametrize(
    "text",
    [b"begin 644 a.pdf\nrien\nend\n", b"On begin 644 x\n", b"begin 644 a\n" * 50, b"=ybegin line=128\nx\n=yend\n"],
)
def test_what_is_no_uuencode_stays_text(text):
    message = read(TEXT + text)
    assert (message.text, message.attachments) == (text.decode(), ())


@pytest.mark.parametrize(
    ("text", "delsp", "joined"),
    [
        ("un deux \ntrois\n> cité \n> suite\n quatre", False, "un deux trois\n> cité suite\nquatre"),
        ("anti \nconstitutionnel", True, "anticonstitutionnel"),
        (" > 5 000 €", False, "> 5 000 €"),
        (" From ici", False, "From ici"),
        ("fin \n-- \nAlice", False, "fin \n-- \nAlice"),
        ("fin \n\nsuite", False, "fin \n\nsuite"),
        ("> un \n>> deux\n> trois", False, "> un \n>> deux\n> trois"),
        (">>> un \n>>> deux", False, ">>> un deux"),
        ("", False, ""),
        (" ", False, ""),
    ],
)
def test_flowed(text, delsp, joined):
    assert bodies.unflow(text, delsp) == joined


def test_flowed_is_asked_of_the_header():
    field = b"Content-Type: text/plain; charset=utf-8; FORMAT=Flowed; DelSp=YES\n\n"
    assert read(field + b"anti \nconstitutionnel").text == "anticonstitutionnel"


def test_a_picture_in_its_own_address_becomes_a_file():
    data = b"\x89PNG\r\n\x1a\n" + bytes(100_000)
    address = b"data:image/png;base64," + binascii.b2a_base64(data, newline=False)
    entity = HTML + b'<p>Voir :</p><img src="' + address + b'"><p>Le loyer.</p>'
    message = read(entity)
    (file,) = message.attachments
    assert (file.part, file.name, file.type, file.size) == ("1.data.1", "piece-1.data.1.png", "image/png", len(data))
    assert (parse.part(HEAD + entity, "1.data.1"), len(message.html) < 100) == (data, True)
    assert reply.written(message).blocks[0].files == ("1.data.1",)
    with pytest.raises(KeyError):
        parse.part(HEAD + entity, "1.data.2")


def test_uuencode_in_flowed_text_is_taken_out_before_lines_are_joined():
    rows = b"".join(binascii.b2a_uu(bytes(45)).rstrip(b"\n") + b" \n" for _ in range(2))
    field = b"Content-Type: text/plain; format=flowed\n\n"
    entity = field + b"Voici \nle fichier.\nbegin 644 a.pdf\n" + rows + b"`\nend\n"
    assert read(entity).text.split("\n")[0] == "Voici le fichier."
    assert parse.part(HEAD + entity, "1.uu.1") == bytes(90)


# --- charsets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-16", "été".encode("utf-16"), "été"),
        ("utf-16", "oui, l'été".encode("utf-16-le"), "oui, l'été"),
        ("utf-16", "oui, l'été".encode("utf-16-be"), "oui, l'été"),
        ("utf-16le", "\ufeffoui".encode("utf-16-le"), "oui"),
        ("utf-8", "oui, l'été".encode("utf-16-le"), "oui, l'été"),
        ("", "oui, l'été".encode("utf-16-be"), "oui, l'été"),
        ("iso-8859-1", "été".encode("utf-16"), "été"),
        ("utf-16", "été, en vérité".encode(), "été, en vérité"),
        ("utf-16", "oui".encode("utf-16-le") + b"x", "oui"),
        ("utf-32", "été".encode("utf-32"), "été"),
        ("utf-8", "L’été à Bayonne, ".encode() + "fermé".encode("cp1252"), "L’été à Bayonne, fermé"),
        ("iso-8859-1", "L’été à Bayonne, ".encode() + "fermé".encode("cp1252"), "L’été à Bayonne, fermé"),
        ("utf-8", "fermé le 3 décembre".encode("cp1252"), "fermé le 3 décembre"),
        ("iso-8859-15", "l’été".encode("cp1252"), "l’été"),
        ("macintosh", "été".encode("mac_roman"), "été"),
        ("cp850", "été".encode("cp850"), "été"),
        ("ansi_x3.110-1983", b"\xe9t\xe9", "été"),
        ("x-user-defined", b"\xe9t\xe9", "été"),
        ("rot13", b"oui", "oui"),
        ("UTF7", b"R+AOk-", "R+AOk-"),
        ("unicode-1-1-utf-7", b"R+AOk-", "R+AOk-"),
        ("Unicode_Escape", rb"\x3c", r"\x3c"),
        ("raw unicode escape", rb"\u003c", r"\u003c"),
        ("undefined", b"oui", "oui"),
        ("hex", b"6f7569", "6f7569"),
        ("zlib", b"oui", "oui"),
        ("bz2_codec", b"oui", "oui"),
        ("idna", b"oui", "oui"),
        ("aliases", b"oui", "oui"),
        ("../../etc", b"oui", "oui"),
        ("x" * 5000, b"\xe9", "é"),
        ("\0", b"oui", "oui"),
        ("utf-8", b"a\0b\x1b[31mc\x07", "ab[31mc"),
        ("utf-8", b"\xef\xbb\xbfoui\r\nnon\r", "oui\nnon\n"),
        ("utf-8", b"", ""),
    ],
)
def test_charsets_that_lie_are_mixed_or_no_charsets(charset, data, text):
    assert charsets.decode(data, charset)[0] == text


def test_a_nul_and_a_byte_order_mark_leave_the_text():
    assert read(TEXT + b"\xef\xbb\xbfLe lo\0yer.\n").text == "Le loyer.\n"
