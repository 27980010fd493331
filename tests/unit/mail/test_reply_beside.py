"""What stands beside our letter in a reply: buttons, comparisons, wrapped ends, other people's words and mail."""

import pytest

from mailbot.mail import reply
from mailbot.mail.message import Address, InboundMessage
from tests.unit.mail.test_reply_inside import HEADER, LE, SENT, split

BUTTON = "mailto:eccv%2Bcaaaaaamolhm4kwjpx5fjzmmq4@assaprol.example?subject=Re%3A%20ECCV&amp;body=OK"
PAGE = (
    "https://eur02.safelinks.example/?url=https%3A%2F%2Feccv.assaprol.example%2Fv%2Fdaaaaaafe7gxlvkpdcpudmaau4&amp;x=1"
)


def test_the_labels_of_our_buttons_are_ours_though_the_text_of_the_letter_has_none() -> None:
    ours = SENT.replace("\n", "<br>")
    buttons = f'<table><tr><td><a href="{PAGE}">Ouvrir la page</a></td><td><a href="{BUTTON}">OK</a></td></tr></table>'
    head = '<div id="appendonsend"></div>'
    assert split(html=f"<p>Oui.</p>{head}{ours}{buttons}<a href='{BUTTON}'>Demander un délai</a>").text == "Oui."


def test_what_is_typed_behind_the_label_of_a_button_is_not_ours() -> None:
    ours = SENT.replace("\n", "<br>")
    typed = f'<br><a href="{BUTTON}">Répondre<br>Oui, 0,82.</a><p>Voir <a href="{BUTTON}">ici</a> pour la suite</p>'
    assert split(html=f'<div id="appendonsend"></div>{ours}{typed}').text == "Oui, 0,82.\nVoir ici pour la suite"


def test_the_labels_of_our_buttons_in_a_text_part_are_ours() -> None:
    link = BUTTON.replace("&amp;", "&")
    found = split(f"Oui.\n\n{LE}\n\n{SENT}\n\nRépondre<{link}>\nPas mon dossier <{link}>\nmais oui")
    assert found.text == "Oui.\n\nmais oui"


def test_comparisons_below_what_is_quoted_are_typed() -> None:
    quoted_letter = "\n".join(f"> {row}".rstrip() for row in SENT.split("\n"))
    typed = "> 5 000 € : voir facture Martin\n> 3 000 € : relevé\n< 500 € : petites fournitures"
    assert split(f"{LE}\n{quoted_letter}\n\n{typed}").text == typed
    kept = f"{LE}\n{quoted_letter}\n> 5 000 €\n\nOui.\n\n> 12 400 €\n> Merci.\n"
    assert split(kept).text == "Oui."


def test_rows_of_dashes_between_typed_lines_stay_below_our_letter() -> None:
    typed = "Tableau :\n-----------------\nCessions | 1 200\n-----------------\nTotal 5 700"
    quoted_letter = "\n".join(f"> {row}".rstrip() for row in SENT.split("\n"))
    assert split(f"{LE}\n{quoted_letter}\n\n{typed}").text == typed


def test_ends_of_quoted_lines_that_a_client_wrapped_off_are_quoted() -> None:
    came = (
        "> Le dossier présente des recettes taxables et des recettes exonérées. Quel\n"
        "coefficient de déduction a été appliqué ?\n"
        ">\n"
        "> Une cession de matériel figure au tableau des plus-values mais la ligne 35\n"
        "est servie pour 0 €.\n"
        ">\n"
        "> Quelle en est la raison ?\n"
        "Un oubli.\n"
    )
    message = InboundMessage(
        "<1@x>", (Address("M", "m@cabinet.example"),), 1, text=f"Voir ci-dessous.\n\n{LE}\n\n{came}"
    )
    assert reply.written(message, "").text == "Voir ci-dessous.\n\nUn oubli."


@pytest.mark.parametrize("answer", ["Oui.", "oui, au prorata", "12 000 €"])
def test_an_answer_right_below_a_long_quoted_line_is_typed(answer: str) -> None:
    came = f"> Quel coefficient de déduction a été appliqué en 2025 et comment a-t-il\n{answer}\n> été déterminé ?"
    message = InboundMessage("<1@x>", (Address("M", "m@cabinet.example"),), 1, text=f"{LE}\n\n{came}")
    assert reply.written(message, "").text == answer


@pytest.mark.parametrize("sent", [SENT, ""])
def test_markup_that_is_not_closed_as_it_was_opened_hides_no_answer(sent: str) -> None:
    """A blockquote that ends inside a table ends nowhere; the text part still shows what was typed."""
    first, second = SENT.split("\n\nQuestion 2")
    rows = [f"Question 2{second}".replace("\n", "<br>"), first.replace("\n", "<br>")]
    quote = '<blockquote type="cite">'
    html = f"{quote}{LE}<table><tr><td>{rows[1]}</blockquote><p>0,82, au prorata.</p>{quote}{rows[0]}</td></tr></table>"
    text = "\n".join(f"> {row}" for row in f"{LE}\n{first}".split("\n")) + "\n\n0,82, au prorata.\n\n"
    text += "\n".join(f"> {row}" for row in f"Question 2{second}".split("\n"))
    message = InboundMessage("<1@x>", (Address("M", "m@cabinet.example"),), 1, text=text, html=html)
    found = reply.written(message, sent)
    assert found.text == "0,82, au prorata."
    assert sent or reply.PARTS_DISAGREE in found.notes


@pytest.mark.parametrize("sent", [SENT, ""], ids=["sent known", "sent unknown"])
@pytest.mark.parametrize("prefix", ["> ", ""])
@pytest.mark.parametrize(
    ("above", "typed"),
    [
        ("M. Lopez a écrit :", "M. Lopez a écrit :"),
        ("Le 12 mars, M. Lopez a écrit :", "Le 12 mars, M. Lopez a écrit :"),
        ('M. Lopez a écrit : "bon pour accord"', 'M. Lopez a écrit : "bon pour accord"'),
        ("ASSAPROL a écrit :", ""),
        ("Le 12/01/2026, ASSAPROL a écrit :", ""),
        ("<eccv@assaprol.example> a écrit :", ""),
    ],
)
def test_who_wrote_the_letter_is_named_by_a_program_and_others_by_a_person(
    above: str, typed: str, prefix: str, sent: str
) -> None:
    letter = SENT.replace("ligne ———\n", "ligne ———\n\nASSAPROL · D0009-2025\n", 1)
    below = "\n".join(f"{prefix}{row}".rstrip() for row in letter.split("\n"))
    message = InboundMessage("<1@x>", (Address("M", "m@cabinet.example"),), 1, text=f"Voir.\n\n{above}\n\n{below}")
    assert reply.written(message, sent and letter).text == f"Voir.\n\n{typed}".strip()


CLIENT = "De : Karim Benali <k@client.example>\nEnvoyé : vendredi 20 novembre 2026 18:04\nÀ : A\nObjet : RE: véhicule"
WORDS = "J'ai changé de voiture en mars."


@pytest.mark.parametrize("sent", [SENT, ""], ids=["sent known", "sent unknown"])
@pytest.mark.parametrize("letter", [f"{HEADER}\n\n{SENT}", f"{LE}\n\n{SENT}", SENT], ids=["block", "said", "bare"])
def test_a_mail_that_the_writer_announces_is_part_of_his_answer(letter: str, sent: str) -> None:
    typed = f"Voici ce que m'écrit le client :\n\n{CLIENT}\n\n{WORDS}"
    message = InboundMessage("<1@x>", (Address("Aïcha Dubois", "a@cabinet.example"),), 1, text=f"{typed}\n\n{letter}")
    found = reply.written(message, sent)
    assert found.text == typed
    assert reply.ANOTHER_MAIL not in found.notes


@pytest.mark.parametrize("drawn", ["", "________________________________\n"])
@pytest.mark.parametrize("sent", [SENT, ""], ids=["sent known", "sent unknown"])
def test_a_mail_that_is_handed_on_is_history_and_noted(sent: str, drawn: str) -> None:
    above = "Voir la réponse du client :" if drawn else "Pour info, voir ci-dessous."
    text = f"{above}\n\n{drawn}{CLIENT}\n\n{WORDS}\n\n{drawn}{HEADER}\n\n{SENT}"
    message = InboundMessage("<1@x>", (Address("Aïcha Dubois", "a@cabinet.example"),), 1, text=text)
    found = reply.written(message, sent)
    assert found.text == above
    assert WORDS in found.quoted
    assert reply.ANOTHER_MAIL in found.notes


def test_his_own_earlier_answer_is_no_mail_of_another() -> None:
    own = "Le mar. 24 nov. 2026 à 11:00, Aïcha Dubois <a@cabinet.example> a écrit :"
    found = split(f"Suite.\n\n{own}\n\nVoir plus tard.\n\n{HEADER}\n\n{SENT}")
    assert found.text == "Suite."
    assert reply.ANOTHER_MAIL not in found.notes
