"""What somebody types into the letter we sent comes out, wherever it stands, and our words stay out."""

import pytest

from mailbot.mail import reply
from mailbot.mail.message import Address, Attachment, InboundMessage, Split
from mailbot.mail.quoting.lines import Kind

SENT = """——— Répondez au-dessus de cette ligne ———

Bonjour Aïcha Dubois,

Question 1 [D0009-2025-1]
  OGBNC05 · coefficient de déduction

    Le dossier présente des recettes taxables et des recettes exonérées.
    Quel coefficient de déduction a été appliqué en 2025 et comment
    a-t-il été déterminé ?

    Pièce attendue : note de calcul du coefficient de déduction
    Réponse attendue le 15 décembre 2026

Question 2 [D0009-2025-2]
  2035-A · BM (ligne 30)

    Le poste « autres frais divers de gestion » atteint 24 725 €, soit
    34 % des dépenses. Merci d’en donner le détail.

    Pièce attendue : détail des comptes composant la ligne 30

Pour répondre, ou faire répondre un collègue : eccv+caaaaaamolhm4kwjpx5fjzmmq4@assaprol.example
Mireille Anguelu
gestionnaire, ASSAPROL"""
LE = "Le mar. 24 nov. 2026 à 10:12, ASSAPROL <eccv@assaprol.example> a écrit :"
HEADER = "De : ASSAPROL <eccv@assaprol.example>\nEnvoyé : mardi 24 novembre 2026 10:12\nÀ : A\nObjet : ECCV"


def split(text: str = "", html: str = "", files: tuple[Attachment, ...] = ()) -> Split:
    author = (Address("Aïcha Dubois", "a@cabinet.example"),)
    return reply.written(InboundMessage("<1@x>", author, 1, text=text, html=html, attachments=files), SENT)


def paragraphs() -> list[str]:
    """Our letter as a client wraps it: a paragraph a line."""
    return [" ".join(block.split()) for block in SENT.split("\n\n")]


def quoted(prefix: str, old: str, new: str) -> str:
    """Our letter as it came back with `old` replaced, every paragraph a line behind `prefix`."""
    changed = "\n".join(prefix + row for row in paragraphs()).replace(old, new)
    assert new in changed
    return changed


@pytest.mark.parametrize("prefix", ["", "> "])
@pytest.mark.parametrize(
    ("old", "new", "typed"),
    [
        ("été déterminé ?", "été déterminé ? Coefficient de 0,82, au prorata.", "Coefficient de 0,82, au prorata."),
        ("Merci d’en", "Oui : sous-traitance. Merci d’en", "Oui : sous-traitance."),
        ("en 2025 et comment", "en 2025 (0,82 comme en 2024) et comment", "(0,82 comme en 2024)"),
        ("le détail.", "le détail. *Voir tableau joint*", "*Voir tableau joint*"),
        ("ligne 30)", "ligne 30) NON", "NON"),
        ("Quel coefficient", "Bonjour, 0,82. Quel coefficient", "Bonjour, 0,82."),
    ],
)
def test_typed_inside_a_line_of_ours(old: str, new: str, typed: str, prefix: str) -> None:
    found = split(f"{HEADER}\n\n{quoted(prefix, old, new)}")
    assert found.text == typed
    assert [block.text for block in found.blocks if block.kind is Kind.TYPED] == [typed]


@pytest.mark.parametrize("heading", ["Question :", "Demande 2 :", "Notre question :", "Oui :"])
def test_a_heading_that_a_program_puts_before_our_words_is_kept_beside_the_reply(heading: str) -> None:
    found = split(f"Voici le détail.\n\n{LE}\n" + quoted("> ", "Le dossier présente", f"{heading} Le dossier présente"))
    answers = heading in ("Oui :", "Demande 2 :")  # a figure may be an answer
    assert found.text == ("Voici le détail." if not answers else f"Voici le détail.\n\n{heading}")
    assert found.set_aside == ("" if answers else heading)


def test_two_answers_inside_stay_apart_and_in_order() -> None:
    body = quoted("", "déterminé ?", "déterminé ? Oui, 0,82.").replace("le détail.", "le détail. Sous-traitance.")
    found = split(f"Voir ci-dessous.\n\n{LE}\n{body}")
    assert found.text == "Voir ci-dessous.\n\nOui, 0,82.\n\nSous-traitance."
    kinds = [block.kind for block in found.blocks]
    assert kinds == [Kind.TYPED, Kind.QUOTED, Kind.TYPED, Kind.QUOTED, Kind.TYPED, Kind.QUOTED]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("é", "e"), ("é", "?"), ("é", "Ã©"), ("é", "e\u0301"), ("é", ""), ("’", "'"), (" ", "\u00a0"), ("œ", "oe"),
        ("Question", "*Question*"), ("\n", "\n\n"), ("\n", "\n> "), ("Aïcha Dubois", "Marc Petit"), ("de", "de\u200b"),
        ("caaaaaamolhm4kwjpx5fjzmmq4", "caaaaaazlhm4kwjpx5fjzmmq2"), ("A", "a"),
        ("ASSAPROL", "ASSAPROL<https://eur02.safelinks.protection.outlook.com/?url=http%3A%2F%2Fx&data=05>"),
    ],
)  # fmt: skip
def test_what_clients_do_to_our_letter_is_not_typed(old: str, new: str) -> None:
    found = split(f"Oui.\n\n{HEADER}\n\n{SENT.replace(old, new)}")
    assert found.text == "Oui."


def test_a_few_of_our_words_in_a_sentence_of_others_stay_in_it() -> None:
    typed = "Le poste autres frais divers de gestion atteint 24 725 € car la sous-traitance a doublé."
    assert split(f"{LE}\n" + quoted("", "comptes composant", f"comptes\n{typed}\ncomposant")).text == typed


def test_red_inside_our_html() -> None:
    body = "".join(f"<p class=MsoNormal>{row}</p>" for row in paragraphs())
    answered = body.replace(
        "le détail.", "le détail. <span style='color:red'>Sous-traitance, 12&nbsp;000&nbsp;€.</span>"
    )
    head = f"<div style='border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal>{HEADER.replace(chr(10), '<br>')}</p></div>"
    html = f"<p class=MsoNormal>Réponse en rouge.</p>{head.replace('<eccv@assaprol.example>', 'eccv')}{answered}"
    assert split(html=html).text.replace("\u00a0", " ") == "Réponse en rouge.\n\nSous-traitance, 12 000 €."


def test_a_question_typed_again_above_the_history_stays() -> None:
    typed = "Le poste « autres frais divers de gestion » atteint 24 725 €, soit 34 % des dépenses.\n\nSous-traitance."
    assert split(f"{typed}\n\n{LE}\n\n{SENT}").text == typed


def test_a_sentence_that_looks_like_an_attribution_stays_above_our_letter() -> None:
    typed = "Le 12/03/2025 à 14:30, le client a écrit :\nje conteste ce montant."
    assert split(f"{typed}\n\n{LE}\n\n{SENT}").text == typed


def test_an_attribution_behind_the_last_words_is_cut_off() -> None:
    found = split(f"Oui, 0,82. {LE}\n" + "\n".join(f"> {row}" for row in SENT.split("\n")))
    assert found.text == "Oui, 0,82."
    assert found.quoted.startswith("Le mar. 24")


def test_what_the_writer_quotes_himself_stays() -> None:
    text = "> Article 93 du CGI\n\nIl s'applique ici."
    assert split(text).text == text


def test_a_mail_address_at_the_end_of_an_attribution_is_no_quote() -> None:
    text = "Oui.\n\nLe mar. 24 nov. 2026 à 10:12, ASSAPROL <eccv@assaprol.example\n> a écrit :\n\n> Bonjour,\n> Quel ?"
    assert split(text).text == "Oui."


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("-- \nOui, le loyer est joint.", "--\nOui, le loyer est joint."),
        ("Le 12 mars 2026 à 10:12, le client a écrit :\n\nje conteste.", "je conteste."),
    ],
)
def test_in_doubt_it_is_kept_and_said(text: str, typed: str) -> None:
    found = split(text)
    assert found.text == typed
    assert found.notes[-1].startswith("doubt")


@pytest.mark.parametrize(
    "text", ["Cordialement,\nAïcha Dubois", "Envoyé de mon iPhone", f"{LE}\n\n> {SENT}", "-- \nCabinet"]
)
def test_nothing_typed_is_nothing(text: str) -> None:
    assert split(text).text == ""


def test_pictures_belong_to_the_block_they_are_shown_in() -> None:
    files = tuple(Attachment(f"1.{n}", f"image00{n}.png", "image/png", 9, "x", f"i{n}@x", True) for n in (1, 2, 3))
    body = [f"<p>{row}</p>" for row in paragraphs()]
    body.insert(4, "<p>Le calcul :</p><p><img src='cid:i1@x'></p>")
    found = split(
        html=f"<p>Oui. <img src='CID:i2@x'></p><blockquote type=cite>{''.join(body)}</blockquote>", files=files
    )
    shown = [(block.kind, block.text, block.files) for block in found.blocks if block.files]
    assert shown == [(Kind.TYPED, "Oui.", ("1.2",)), (Kind.TYPED, "Le calcul :", ("1.1",))]
    found = split("Oui.\n\n[cid:i1@x]\n\nCordialement,\nAïcha Dubois\n[cid:i3@x]", files=files)
    assert [(block.kind, block.files) for block in found.blocks] == [(Kind.TYPED, ("1.1",)), (Kind.ASIDE, ("1.3",))]


def test_a_typed_block_right_above_the_header_of_ours_stays() -> None:
    typed = "Bail :\nDe : 01/01/2025\nÀ : 30/06/2025\nObjet : loyer"
    assert split(f"{typed}\n\n{HEADER}\n\n{SENT}").text == typed


@pytest.mark.parametrize(
    "signature",
    [
        '<div id="signature">Aïcha</div>', '<div fairemail="signature">Aïcha</div>',
        '<div id="x_Signature">Aïcha</div>',
        '<div class="ydp7ac1yahoo-signature">Aïcha</div>', '<div id="signature_old"><div>Aïcha</div></div>',
        '<div class="k9mail-signature">Aïcha</div>', '<div class="io-ox-signature">Aïcha</div>',
    ],
)  # fmt: skip
def test_signatures_of_clients(signature: str) -> None:
    found = split(html=f"<div>Oui.</div>{signature}<div id=appendonsend></div><p>De : ASSAPROL</p>")
    assert (found.text, found.set_aside) == ("Oui.", "Aïcha")


@pytest.mark.parametrize(
    "style",
    [
        "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm",
        "border-right: none; border-image: initial; border-top: 1pt solid rgb(225, 225, 225); padding: 3pt 0cm 0cm",
        "border-style: solid none none; border-width: 1pt medium medium; border-color: rgb(225, 225, 225)",
    ],
)
def test_the_line_that_outlook_draws(style: str) -> None:
    found = split(
        html=f"<p>Oui.</p><div style='{style}'><p><b>De :</b> ASSAPROL<br><b>Objet :</b> E</p></div><p>Non</p>"
    )
    assert found.text == "Oui."


def test_headings_between_two_letters_of_ours_are_history() -> None:
    """What stands between them in the message stands nowhere in `sent`, where one follows the other at once."""
    older = "Une question reste sans réponse sur le dossier D0009.\n\nMerci de nous répondre avant le 8 décembre 2026."
    author = (Address("Aïcha Dubois", "a@cabinet.example"),)
    chain = f"Oui.\n\n{HEADER}\n\n{older}\n\n{HEADER}\n\n{SENT}\n\nTout est joint."
    message = InboundMessage("<1@x>", author, 1, text=chain)
    assert reply.written(message, f"{older}\n{SENT}").text == "Oui.\n\nTout est joint."
    marked = "\n".join(f"> {row}" for row in f"{older}\n{LE}\n\n{SENT}".split("\n"))
    message = InboundMessage("<1@x>", author, 1, text=f"{LE}\n{marked}\n\nTout est joint.")
    assert reply.written(message, f"{older}\n{SENT}").text == "Tout est joint."


@pytest.mark.parametrize(
    ("old", "new", "typed"),
    [
        ("24 725 €", "24 775 €", "Le poste « autres frais divers de gestion » atteint 24 775 €, soit"),
        ("24 725 €", "24.775,50 €", "Le poste « autres frais divers de gestion » atteint 24.775,50 €, soit"),
        ("34 %", "31 %", "31 % des dépenses. Merci d’en donner le détail."),
        ("15 décembre", "31 décembre", "Réponse attendue le 31 décembre 2026"),
        ("note de calcul", "photo du calcul", "Pièce attendue : photo du calcul du coefficient de déduction"),
        ("24 725 €", "24725 €", ""),
    ],
)
def test_a_figure_or_a_word_put_in_the_place_of_ours_shows_its_line(old: str, new: str, typed: str) -> None:
    """«24 775 €» alone says nothing to anybody; white space is no change."""
    found = split(
        f"Corrigé ci-dessous.\n\n{LE}\n" + "\n".join(f"> {row}" for row in SENT.replace(old, new).split("\n"))
    )
    assert found.text == f"Corrigé ci-dessous.\n\n{typed}".strip()


@pytest.mark.parametrize(
    ("old", "new", "typed"),
    [
        ("(ligne 30)", "(ligneOui30)", "Oui"),
        ("collègue : eccv", "collègue : RASeccv", "RAS"),
        ("collègue : eccv", "collègue : Non.eccv", "Non."),
        ("attendue le 15", "attendue le demain15", "demain"),
    ],
)
def test_what_stands_against_a_word_of_ours_is_not_lost(old: str, new: str, typed: str) -> None:
    """The red words of a program that puts no space before ours."""
    assert typed in split(f"{LE}\n" + "\n".join(f"> {row}" for row in SENT.replace(old, new).split("\n"))).text


TWO = """Bonjour Maïté Martin,

La ligne 30 regroupe trois comptes : logiciels 9 840 €, assurance 11 260 €, formation 3 625 €.

La décennale a augmenté en 2025 (nouveau chantier). Le détail est joint.

Merci de valider cette réponse avant le 15 décembre 2026."""


@pytest.mark.parametrize("copies", [1, 2])
@pytest.mark.parametrize(
    ("behind", "typed"),
    [
        ("formation 3 625 €.", "Le détail est dans le tableau joint (3 lignes)."),
        ("(nouveau chantier).", "Le détail est dans le tableau joint (3 lignes)."),
        ("Bonjour Maïté Martin,", "La ligne 30 regroupe trois comptes et deux provisions."),
        ("Bonjour Maïté Martin,", "La décennale a augmenté en raison du sinistre de mars."),
        ("Le détail est joint.", "Merci de valider cette réponse, je pars en congé."),
    ],
)
@pytest.mark.parametrize("apart", ["\n\n", " ", "\n"])
def test_a_sentence_that_begins_as_one_of_ours_is_not_torn(behind: str, typed: str, apart: str, copies: int) -> None:
    came = TWO.replace(behind, f"{behind}{apart}{typed}")
    message = InboundMessage("<1@x>", (Address("M", "m@cabinet.example"),), 1, text=f"{LE}\n\n{came}")
    assert reply.written(message, "\n".join([TWO] * copies)).text == typed


@pytest.mark.parametrize("width", [40, 50, 60])
def test_a_link_of_ours_that_a_client_wrapped_is_ours(width: int) -> None:
    link = "https://eccv.assaprol.example/v/daaaaaafe7gxlvkpdcpudmaau4"
    sent = f"{TWO}\n\nSur la page de validation :\n{link}\n\nOu répondez simplement à ce message."
    cut = f"{link[:width]}\n> {link[width:]}" if width < len(link) else link[:width]
    came = sent.replace(link, cut).replace("\n", "\n> ")
    message = InboundMessage("<1@x>", (Address("M", "m@cabinet.example"),), 1, text=f"OK\n\n{LE}\n\n> {came}")
    assert reply.written(message, sent).text == "OK"
