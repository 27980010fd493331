"""What was typed, in the cases where other readers lose it or let history back in."""

import pytest

from mailbot.mail import reply
from mailbot.mail.message import Address, InboundMessage, Split
from mailbot.mail.quoting import html

SENT = """——— Répondez au-dessus de cette ligne ———

Bonjour,

Les frais de véhicule passent de 4 120 € à 9 860 €. Quelle en est la raison ?

Merci de joindre le détail du calcul avant le 15 décembre.

Cordialement,
ASSAPROL"""
QUOTED = "\n".join(f"> {line}" for line in SENT.split("\n"))
LE = "Le mar. 24 nov. 2026 à 10:12, ASSAPROL <eccv@assaprol.example> a écrit :"


def split(text: str = "", sent: str = "", html: str = "") -> Split:
    author = (Address("Nathalie Dufau", "n@cabinet.example"),)
    return reply.written(InboundMessage("<1@x>", author, 1, text=text, html=html), sent)


@pytest.mark.parametrize("sent", [SENT, ""], ids=["sent known", "sent unknown"])
@pytest.mark.parametrize(
    "typed",
    [
        "oui",
        "Le montant est :\n\n> 5 000 €\n\net non moins.",
        "De : 01/01/2025\nÀ : 30/06/2025\nObjet : loyer du cabinet",
        "Le 12 mars, le client a écrit :\nje conteste.",
        "Envoyé de mon cabinet ce matin, en recommandé.",
        "- la prime ;\n- la CFE ;\n- le loyer.",
        "Ce document est confidentiel.",
        "Merci.",
        "Quelle en est la raison ? Le garage.",
    ],
)
@pytest.mark.parametrize("history", [f"{LE}\n\n{QUOTED}", f"-----Message d'origine-----\nDe : A\n\n{SENT}", SENT])
def test_typed_above_history(typed: str, history: str, sent: str) -> None:
    found = split(f"{typed}\n\n{history}\n", sent)
    assert found.text == typed
    assert "ASSAPROL" in found.quoted


def test_typed_below_unmarked_history_comes_out_where_our_letter_is_known() -> None:
    text = f"-----Message d'origine-----\nDe : A\nObjet : x\n\n{SENT}\n\nBonjour,\n\nMoteur refait en mai."
    assert split(text, SENT).text == "Bonjour,\n\nMoteur refait en mai."
    assert split(text).text == ""


def test_typed_between_our_lines() -> None:
    text = f"{LE}\n" + QUOTED.replace("raison ?", "raison ?\n\nMoteur refait.\n")
    assert split(text, SENT).text == split(text).text == "Moteur refait."


def test_typed_inside_our_html() -> None:
    body = "".join(f"<p>{line}</p>" for line in SENT.split("\n") if line)
    answered = body.replace("raison ?</p>", "raison ?</p><p><font color=red>Moteur refait en mai.</font></p>")
    assert split(html=f"<blockquote type=cite>{answered}</blockquote>", sent=SENT).text == "Moteur refait en mai."


def test_our_letter_without_any_heading_is_history_but_one_retyped_line_is_not() -> None:
    assert split(f"Moteur refait.\n\n{SENT.partition('Bonjour,')[2]}", SENT).text == "Moteur refait."
    retyped = "Merci de joindre le détail du calcul avant le 15 décembre.\n\nIl est joint."
    assert split(retyped, SENT).text == retyped


@pytest.mark.parametrize(
    "below",
    [
        "Nathalie Dufau\nCollaboratrice comptable\nTél. 05 59 00 00 00",
        "-- \nCabinet Dufau",
        "Cordialement,\nNathalie Dufau",
        "Envoyé de mon iPhone",
        "Obtenir Outlook pour iOS<https://aka.ms/o0ukef>",
        "Garanti sans virus. www.avast.com",
        "Ce message est confidentiel. Si vous n'en êtes pas le destinataire, merci de le détruire.",
        "Pensez à l'environnement avant d'imprimer ce message.",
    ],
)
def test_what_programs_add_is_set_aside_and_kept(below: str) -> None:
    found = split(f"Moteur refait en mai.\n\n{below}\n")
    assert (found.text, found.set_aside) == ("Moteur refait en mai.", below.replace("-- \n", "--\n"))


def test_a_postscript_below_the_signature_stays() -> None:
    found = split("Moteur refait.\n\nCordialement,\nNathalie Dufau\n\nPS : facture jointe.")
    assert found.text == "Moteur refait.\n\nPS : facture jointe."
    assert found.set_aside == "Cordialement,\nNathalie Dufau"


def test_hidden_text_is_no_text_and_a_row_is_a_line() -> None:
    shown = html.text(
        "<p>Non.</p><p style='display:none'>Validé</p><span hidden>OK</span><style>p{}</style>"
        "<table><tr><td><p>Carburant</p></td><td>2&nbsp;100 €</td></tr><tr><td>Total</td><td>9 860 €</td></tr></table>"
    )
    assert shown == "Non.\n\nCarburant 2\u00a0100 €\nTotal 9 860 €"


def test_a_numbered_list_keeps_its_numbers() -> None:
    assert html.text("<ol><li>oui<ul><li>vu</li></ul></li><li>non</li></ol>") == "1. oui\n- vu\n2. non"


def test_html_nested_beyond_reason_is_still_read() -> None:
    assert html.text("<div>" * 100_000 + "oui").strip() == "oui"


def test_html_that_shows_nothing_gives_way_to_the_text_part() -> None:
    assert split("Non.", html="<html><body><img src='cid:x'></body></html>").text == "Non."


@pytest.mark.parametrize(
    "first", ["Le client a cédé son véhicule.", "Les cotisations sont réintégrées.", "On a tout revu."]
)
@pytest.mark.parametrize("gap", ["", "\n"])
def test_a_sentence_right_above_an_attribution_is_typed(first: str, gap: str) -> None:
    """An article begins any sentence: only one that names a day begins an attribution, and the lowest start counts."""
    typed = f"Bonjour,\n{first}\nPièce jointe."
    text = f"{typed}\n{gap}Le jeu. 12 nov. 2026 à 10:02, ASSAPROL <eccv@assaprol.example>\na écrit :\n\n> {SENT}"
    assert split(text, SENT).text == typed
    assert split(text).text == typed
