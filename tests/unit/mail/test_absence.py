"""Until when somebody is away, and who answers meanwhile, as out-of-office replies say it."""

from datetime import date
from time import perf_counter

import pytest

from mailbot.mail import absence, days, parse

TODAY = date(2026, 11, 24)  # a Tuesday

#: what is written -> the last day away, None for none that can be used
UNTIL = [
    ("Je suis absente jusqu'au 2 décembre inclus.", date(2026, 12, 2)),
    ("Je suis absent jusqu’au mercredi 2 décembre 2026.", date(2026, 12, 2)),
    ("Absente jusqu'au 02/12.", date(2026, 12, 2)),
    ("Absent jusqu'au 2.12.2026 au soir", date(2026, 12, 2)),
    ("Je suis absent du bureau jusqu'au vendredi 4 déc.", date(2026, 12, 4)),
    ("Je serai absente jusqu'au 1er décembre compris.", date(2026, 12, 1)),
    ("Je suis absent jusqu'au 7 décembre exclu.", date(2026, 12, 6)),
    ("Je serai de retour le lundi 7 décembre.", date(2026, 12, 6)),
    ("Je suis actuellement en congés et serai de retour à compter du 7 décembre 2026.", date(2026, 12, 6)),
    ("De retour au bureau dès le 30/11, je traiterai alors votre demande.", date(2026, 11, 29)),
    ("Je reviendrai mardi.", date(2026, 11, 30)),
    ("Je reviens lundi prochain.", date(2026, 11, 29)),
    ("Je suis absent ce jour et de retour demain.", date(2026, 11, 24)),
    ("Je suis absente aujourd'hui, mardi 24 novembre.", date(2026, 11, 24)),
    ("Je suis en congés du 23/12 au 02/01.", date(2027, 1, 2)),
    ("Je suis en congés du 23 au 31 décembre inclus.", date(2026, 12, 31)),
    ("Congés du lundi 21 décembre 2026 au vendredi 1er janvier 2027.", date(2027, 1, 1)),
    ("Je serai absente les 25 et 26 novembre.", date(2026, 11, 26)),
    ("Le cabinet sera fermé du 24 décembre au 3 janvier inclus, réouverture le 4 janvier.", date(2027, 1, 3)),
    ("Nos bureaux sont fermés jusqu'au 4 janvier.", date(2027, 1, 4)),
    ("Absence du 1er au 5 décembre. Votre message sera traité à compter du 7 décembre.", date(2026, 12, 5)),
    ("Absent à compter du 25 novembre et de retour le 1er décembre.", date(2026, 11, 30)),
    ("En déplacement, je répondrai à vos messages à mon retour le 8 décembre.", date(2026, 12, 7)),
    ("Je ne serai pas disponible avant le 30 novembre.", date(2026, 11, 29)),
    ("Je serai de nouveau joignable à partir du mardi 1er décembre.", date(2026, 11, 30)),
    ("Absente jusqu'à fin décembre.", date(2026, 12, 31)),
    ("Je suis en arrêt jusqu'à mi-janvier.", date(2027, 1, 15)),
    ("Je suis absent jusqu'à lundi.", date(2026, 11, 30)),
    ("Je suis en congé maternité jusqu'au 15 juin 2027.", date(2027, 6, 15)),
    ("Je suis\nabsente jusqu'au\n2 décembre.", date(2026, 12, 2)),
    ("I am out of the office until 4 January.", date(2027, 1, 4)),
    ("I will be out of office until January 4th, 2027.", date(2027, 1, 4)),
    ("I am on annual leave, returning on Monday 30 November.", date(2026, 11, 29)),
    ("I will be back in the office on December 7th.", date(2026, 12, 6)),
    ("Out of office from 24 Dec to 2 Jan.", date(2027, 1, 2)),
    ("I am away from 24/12/2026 through 02/01/2027.", date(2027, 1, 2)),
    ("Je suis absent jusqu'au 2026-12-02.", date(2026, 12, 2)),
    ("Je suis absente jusqu'au 27.", date(2026, 11, 27)),
    ("Absent du 24 au 27 inclus.", date(2026, 11, 27)),
    ("De retour lundi 30 à 9h.", date(2026, 11, 29)),
    ("Je suis absente toute cette semaine.", date(2026, 11, 29)),
    ("De retour la semaine prochaine.", date(2026, 11, 29)),
    # what cannot be used
    ("Je suis absente. Mon bureau est au 27 rue des Lilas.", None),
    ("Je suis absente pour le moment.", None),
    ("Je suis absente jusqu'à nouvel ordre.", None),
    ("Je suis absente jusqu'au 2 novembre.", None),
    ("Je suis absent jusqu'au 30 novembre 2025.", None),
    ("Je suis absent jusqu'au 1er mars 2029.", None),
    ("Je suis absent jusqu'au 31/02.", None),
    ("Je suis absent à compter du 25 novembre.", None),
    ("Je suis absent. Nos bureaux sont ouverts du lundi au vendredi de 9h à 18h.", None),
    ("Je suis absent. La réponse est attendue pour le 15 décembre.", None),
]

#: what is written -> who answers meanwhile
DEPUTY = [
    (
        "En cas d'urgence contactez M. Paul Martin (p.martin@firm.example, 01 23 45 67 89).",
        "M. Paul Martin, p.martin@firm.example, 01 23 45 67 89",
    ),
    ("Je vous invite à vous rapprocher de Julie Petit.", "Julie Petit"),
    ("Vous pouvez joindre ma collègue Julie au 05 59 12 34 56.", "Julie, 05 59 12 34 56"),
    ("Pour toute urgence : Mme Claire Dupuis-Lafon au 05.59.12.34.56", "Mme Claire Dupuis-Lafon, 05.59.12.34.56"),
    ("Julie Petit me remplace pendant mon absence.", "Julie Petit"),
    ("Ma collègue Julie suivra vos dossiers (julie@firm.example).", "Julie, julie@firm.example"),
    ("Merci d'écrire à compta@firm.example.", "compta@firm.example"),
    ("Merci de contacter le standard au 05 59 00 00 00.", "le standard, 05 59 00 00 00"),
    ("Je suis remplacée par Élise de La Tour.", "Élise de La Tour"),
    ("Please contact my colleague John Smith on +33 1 23 45 67 89.", "John Smith, +33 1 23 45 67 89"),
    ("Vos messages sont transférés à Jean-Marc DUBOIS.", "Jean-Marc DUBOIS"),
    ("En cas d'urgence vous pouvez me joindre au 06 12 34 56 78.", ""),
    ("Je vous répondrai à mon retour. Cordialement, Aïcha Dubois", ""),
    ("Merci de contacter le Cabinet Etcheverry au 05 59 00 00 00.", "Cabinet Etcheverry, 05 59 00 00 00"),
    ("Merci de ne pas répondre.", ""),
]


@pytest.mark.parametrize(("text", "until"), UNTIL)
def test_the_last_day_away(text, until):
    found = absence.of_text("ECCV 2025", text, TODAY)
    assert found
    assert found.until == until


@pytest.mark.parametrize(("text", "deputy"), DEPUTY)
def test_who_answers_meanwhile(text, deputy):
    found = absence.of_text("", f"Bonjour,\n\nJe suis absente. {text}", TODAY)
    assert found
    assert found.deputy == deputy


@pytest.mark.parametrize(
    "text",
    [
        "Votre demande a bien été enregistrée.",
        "En l'absence de réponse sous 8 jours, le ticket sera clos.",
        "Voici le détail du compte 625700, arrêté au 31/12/2025.",
        "Votre message a été lu le 24 novembre.",
    ],
)
def test_a_mail_that_speaks_of_no_absence(text):
    assert absence.of_text("Re: ECCV 2025", text, TODAY) is None


def test_the_subject_may_say_it_all():
    found = absence.of_text("AUTO: Paul Martin est absent (retour 04/01/2027)", "", TODAY)
    assert found == absence.Absence(date(2027, 1, 3))


def test_an_absence_to_come_names_its_first_day():
    found = absence.of_text("", "Je suis en congés du 23/12 au 02/01.", TODAY)
    assert found == absence.Absence(date(2027, 1, 2), since=date(2026, 12, 23))


def test_a_day_of_the_week_chooses_the_year():
    found = absence.of_text("", "De retour le lundi 4 janvier.", date(2026, 12, 20))
    assert found and found.until == date(2027, 1, 3)


def test_history_says_nothing():
    raw = "From: a@x.example\nContent-Type: text/plain; charset=utf-8\n\nJe suis absent.\n\nLe 23 nov. 2026 à 10:00, "
    raw += "ASSAPROL <e@o.example> a écrit :\n> Nous sommes absents jusqu'au 2 décembre.\n> Contactez Paul Martin.\n"
    assert absence.read(parse.parse(raw.encode()), TODAY) == absence.Absence(None)


@pytest.mark.parametrize("piece", ["du 1 au ", "jusqu'au 2 décembre ", "contactez Paul ", "Ab Cd ", "01 ", "a.", "d'"])
def test_any_text_is_read_in_linear_time(piece):
    text = (piece * (400_000 // len(piece)))[:400_000]
    start = perf_counter()
    absence.of_text(text[:2000], "Je suis absent. " + text[: absence.LONGEST], TODAY)
    assert perf_counter() - start < 0.5


def test_plain_text_is_as_long_as_it_was():
    text = "Été, ÇA et l’Œuvre İ ß ﬁ 2\u00a0déc."
    assert len(days.plain(text)) == len(text)
