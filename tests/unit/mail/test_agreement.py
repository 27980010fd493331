"""A text part that says something else than the HTML beside it is noted; what clients do to either is not."""

import html

import pytest

from mailbot.mail import reply
from mailbot.mail.message import Address, InboundMessage

LE = "Le mar. 24 nov. 2026 à 10:12, ASSAPROL <eccv@assaprol.example> a écrit :"
OURS = "Bonjour,\n\nRépondez « OK » ou « Non : motif ».\n\nLes recettes (24 725 €) sont-elles complètes ?"
QUOTED = "\n".join(f"> {row}" for row in OURS.split("\n"))
HISTORY = f"<div class=gmail_attr>{html.escape(LE)}</div><blockquote>{OURS.replace(chr(10), '<br>')}</blockquote>"


def disagree(text: str, rich: str, sent: str = OURS) -> bool:
    author = (Address("Aïcha Dubois", "a@cabinet.example"),)
    return reply.PARTS_DISAGREE in reply.written(InboundMessage("<1@x>", author, 1, text=text, html=rich), sent).notes


@pytest.mark.parametrize("sent", [OURS, ""], ids=["sent known", "sent unknown"])
@pytest.mark.parametrize(
    ("text", "rich"),
    [
        ("Non, je refuse.", "<p>Validé</p>"),
        ("OK", "<p>Non</p>"),
        ("OK", "<p>OK, sauf la ligne 3</p>"),
        ("Le montant de 4 120 € est juste.", "<p>Le montant de 9 860 € est juste.</p>"),
        ("Je ne valide pas ces montants, ils sont faux.", "<p>Je valide ces montants, ils sont faux.</p>"),
        ("OK\n\nNon, finalement pas.", "<p>OK</p>"),
    ],
)
def test_what_says_something_else(text: str, rich: str, sent: str) -> None:
    assert disagree(text, rich, sent)
    assert disagree(f"{text}\n\n{LE}\n\n{QUOTED}", rich + HISTORY, sent)


@pytest.mark.parametrize("sent", [OURS, ""], ids=["sent known", "sent unknown"])
@pytest.mark.parametrize(
    ("text", "rich"),
    [
        ("OK", "<p>OK</p>"),
        ("1. oui\n2. non", "<ol><li>oui</li><li>non</li></ol>"),
        ("1) oui\n   a) non", "<ul><li>oui</li><li>a) non</li></ul>"),
        ("Voir *le tableau* [image: tableau.png]", "<p>Voir <b>le tableau</b> <img src=cid:x></p>"),
        ("Le d?tail est joint, pay? en mai.", "<p>Le détail est joint, payé en mai.</p>"),
        ("Voir www.impots.example <https://www.impots.example/> svp", "<p>Voir <a>www.impots.example</a> svp</p>"),
        ("OK\n\n-- \nAïcha Dubois\nTél. 05 59 00 00 00", "<p>OK</p><div class=gmail_signature>Aïcha Dubois</div>"),
        ("OK\n\n[cid:logo.png]\nGaranti sans virus. www.avast.com", "<p>OK</p><img src=cid:logo.png>"),
        ("Le montant\nest juste :\n\n\n9\u00a0860 €", "<p>Le montant est juste : 9 860 €</p>"),
    ],
)
def test_what_says_the_same(text: str, rich: str, sent: str) -> None:
    assert not disagree(text, rich, sent)
    assert not disagree(f"{text}\n\n{LE}\n\n{QUOTED}", rich + HISTORY, sent)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "Votre messagerie ne prend pas en charge le format HTML.",
        "Your client does not show HTML. View this message in a browser.",
    ],
)
def test_a_text_part_that_says_nothing(text: str) -> None:
    assert not disagree(text, "<p>Non</p>")


def test_text_that_stands_in_the_html_as_another_part_is_no_second_opinion() -> None:
    assert not disagree("Voici la photo :", "<div>Voici la photo :</div>\n<p>Et la suite, que le texte n'a pas.</p>")
