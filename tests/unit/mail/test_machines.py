"""Mail that machines write, and mail that people write and that looks like it. Each case says what it is."""

from datetime import UTC, datetime

import pytest

from mailbot.mail import parse
from mailbot.mail.disposition import Disposition, Own, screen
from mailbot.mail.envelope import Envelope

OWN = Own("eccv@oga.example", "oga.example")
REPLY = "In-Reply-To: <x@oga.example>\n"
ABSENT = "Bonjour,\n\nJe suis absente jusqu'au 2 décembre.\n"
ANSWER = "Bonjour,\n\nVoici le détail du compte : 1 250 € de fournitures.\n"
QUOTED = "\nLe 23 nov. 2026 à 10:00, ASSAPROL <eccv@oga.example> a écrit :\n> Question 2\n> Merci de préciser.\n"


def screened(
    subject: str,
    head: str = "",
    text: str = ANSWER,
    sender: str = "Aïcha <a@firm.example>",
    reverse_path: str = "a@firm.example",
):
    raw = f"From: {sender}\nSubject: {subject}\n{head}"
    raw += "" if "content-type" in head.lower() else "Content-Type: text/plain; charset=utf-8\n"
    envelope = Envelope(reverse_path, ("eccv@oga.example",), datetime(2026, 11, 24, tzinfo=UTC))
    return screen(parse.parse(f"{raw}\n{text}".encode()), envelope, OWN)


HEADERS = [
    "Auto-Submitted: auto-replied",
    "Auto-Submitted: auto-replied (zimbra; vacation)",
    "AUTO-SUBMITTED: (x) Auto-Generated; owner=y",
    "Auto-Submitted: auto-notified",
    "Precedence: bulk",
    "Precedence: auto_reply",
    "X-Autoreply: yes",
    "X-Autorespond: x",
    "X-AutoResponder: 1",
    "X-Auto-Reply: yes",
    "X-Vacation: on",
    "Delivered-To: Autoresponder",
    "X-POST-MessageClass: 9; Autoresponder",
    "X-Mailer: vacation 1.2",
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_of_an_autoresponder(header):
    assert screened("Re: ECCV 2025", header + "\n", ABSENT).disposition is Disposition.AUTO


@pytest.mark.parametrize(
    "subject",
    [
        "Réponse automatique : ECCV 2025",
        "Réponse automatique",
        "REPONSE AUTOMATIQUE: ECCV",
        "Message d'absence : ECCV",
        "Notification d’absence",
        "Absence du bureau : ECCV",
        "Absente du bureau",
        "Automatic reply: ECCV 2025",
        "Auto-reply: ECCV",
        "Out of Office: ECCV",
        "Out of office",
        "Out-of-Office Reply: ECCV",
        "[Auto] ECCV",
        "Automatische Antwort: ECCV",
        "ECCV 2025 (réponse automatique)",
        "Absence du bureau Re: ECCV 2025",
        "Réponse auto : ECCV",
        "AUTO: Paul Martin is out of the office (returning 04/01/2027)",
    ],
)
def test_a_subject_that_only_autoresponders_write(subject):
    assert screened(subject, text="Bonjour").rule == "absence_subject"


@pytest.mark.parametrize(
    "subject",
    [
        "Absent jusqu'au 2 décembre",
        "Absente du 23/12 au 02/01",
        "Je suis en congés du 23/12 au 02/01",
        "Congés annuels",
        "Fermeture du cabinet",
        "Out of office until 4 January",
        "Paul Martin est absent",
    ],
)
def test_a_subject_that_people_write_too_with_the_words_of_an_absence(subject):
    assert screened(subject, REPLY, ABSENT).rule == "absence_subject"
    assert screened(subject, REPLY).disposition is Disposition.ACCEPT
    assert screened(subject, text=ABSENT).disposition is Disposition.ACCEPT, "a mail of its own may ask for an absence"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Absent de la compta 2025", ANSWER),
        ("Re: absence de justificatif", "Le client est absent jusqu'au 2 décembre, voici le reste.\n"),
        ("Absence de justificatif", "Le client est absent jusqu'au 2 décembre, voici le reste.\n"),
        ("Re: Réponse automatique : ECCV", ANSWER),
        ("Réponse automatique du logiciel Quadra", ANSWER),
        ("Auto : frais de véhicule", ANSWER),
        ("ABSENT JUSQU'AU 3 janvier", "Élise me remplace.\n"),
        ("Lu : je m'en occupe", "Le montant est juste.\n"),
        ("Accusé de réception : votre question", "Nous avons bien reçu votre demande, voici la pièce.\n"),
        ("Votre demande du 3 novembre", ANSWER),
        ("[Ticket #4512] ECCV", ANSWER),
        ("Re: ECCV 2025", "Merci de confirmer que le message a bien été remis à M. Martin, http://firm.example\n"),
        ("Re: ECCV 2025", "Cliquez sur le lien du portail http://impots.example pour vérifier.\n"),
        ("Accepté : ECCV", "C'est bon pour nous.\n"),
        (
            "Re: ECCV",
            "Votre message a été transmis au client. Répondez à ce message pour confirmer. http://x.example\n",
        ),
        ("Re: Message de Mailinblack reçu hier", "Nous avons changé de filtre depuis.\n"),
    ],
)
@pytest.mark.parametrize("head", ["", REPLY, REPLY + "X-Auto-Response-Suppress: All\n"])
def test_what_people_write_is_read(subject, text, head):
    assert screened(subject, head, text + QUOTED).disposition is Disposition.ACCEPT


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Lu : ECCV 2025", "Votre message\n\nÀ : x\nObjet : ECCV\n\na été lu le lundi 23 novembre 2026 à 10:00.\n"),
        ("Read: ECCV 2025", "Your message to x was read on Monday.\n"),
        ("Non lu : ECCV 2025", "Votre message a été supprimé sans avoir été lu le 23 novembre.\n"),
        ("Accusé de lecture : ECCV", ""),
        ("Accusé de réception (affiché) - ECCV", "Ceci est un accusé de réception pour le message envoyé à x.\n"),
        ("Gelesen: ECCV", ""),
    ],
)
def test_a_read_receipt_without_its_type(subject, text):
    assert screened(subject, text=text).rule == "read_receipt"


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("x@firm.example", "[Action requise] Authentification de votre message", "Cliquez."),
        ("x@firm.example", "Demande d’authentification", "Bonjour"),
        ("Mailinblack <noreply@mailinblack.example>", "ECCV", "Bonjour"),
        ("bot@mib.mailinblack.com", "ECCV", "Bonjour"),
        ("x@boxbe.com", "ECCV (Your reply is needed)", "Hello"),
        (
            "Paul Martin <p@firm.example>",
            "Re: ECCV 2025",
            "Bonjour,\nVotre message est en attente. Pour qu'il me soit remis, merci de confirmer que vous n'êtes pas"
            " un"
            " robot en cliquant ici : https://filtre.example/abc",
        ),
        (
            "Paul Martin <p@firm.example>",
            "ECCV",
            "I am protecting myself from receiving junk mail. Your message has been held. Please click the link below"
            " to"
            " complete the verification process: http://filter.example/abc",
        ),
        (
            "p@firm.example",
            "Re: ECCV",
            "Afin de délivrer votre message à son destinataire, suivez ce lien et recopiez les caractères pour valider"
            " votre adresse : https://antispam.example/v",
        ),
    ],
)
def test_a_challenge(sender, subject, text):
    found = screened(subject, text=text, sender=sender)
    assert (found.disposition, found.rule) in {(Disposition.AUTO, "challenge"), (Disposition.AUTO, "no_reply")}


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Accusé de réception : votre demande",
            "Votre demande a bien été enregistrée sous le ticket n° 4512. Merci de ne pas répondre à ce message.",
        ),
        ("[Ticket #4512] ECCV", "Your request has been received. Ticket number: 4512. Do not reply to this mail."),
        (
            "Confirmation de votre inscription",
            "Votre inscription a bien été confirmée. Ceci est un message automatique.",
        ),
    ],
)
def test_an_acknowledgement(subject, text):
    assert screened(subject, text=text).rule == "acknowledgement"


NEWS = "List-Unsubscribe: <mailto:u@news.example>\n"


@pytest.mark.parametrize("head", [NEWS, NEWS + "List-Id: <n.example>\nPrecedence: bulk\n"])
def test_a_newsletter(head):
    assert screened("La lettre de novembre", head).rule == "newsletter"


@pytest.mark.parametrize(
    "head",
    [
        "List-Id: <compta.firm.example>\nPrecedence: list\n",
        NEWS + "List-Id: <compta.firm.example>\nList-Post: <mailto:compta@firm.example>\nPrecedence: bulk\n",
        NEWS + "List-Id: <compta.firm.example>\nPrecedence: list\n",
        NEWS + REPLY,
    ],
)
def test_a_person_through_a_list_is_a_person(head):
    assert screened("Re: ECCV 2025", head).disposition is Disposition.ACCEPT


@pytest.mark.parametrize(
    "address", ["noreply@x.example", "no-reply@x.example", "ne-pas-repondre@x.example", "x.donotreply@x.example"]
)
def test_nobody_reads_that_address(address):
    assert screened("Re: ECCV", sender=address).rule == "no_reply"


def test_an_absence_that_names_no_letter_but_was_sent_to_a_token():
    raw = f"From: a@firm.example\nSubject: Je suis en congés du 23/12 au 02/01\n\n{ABSENT}".encode()
    envelope = Envelope("a@firm.example", (f"eccv+{'a' * 26}@oga.example",), datetime(2026, 11, 24, tzinfo=UTC))
    assert screen(parse.parse(raw), envelope, OWN).rule == "absence_subject"


def test_an_absence_with_nothing_but_a_null_path():
    assert screened("Re: ECCV 2025", text=ABSENT, reverse_path="").disposition is Disposition.AUTO
    assert screened("Re: ECCV 2025", reverse_path="").disposition is Disposition.HOLD


def test_a_calendar_reply_by_its_parts():
    head = "Content-Type: multipart/alternative; boundary=B\n"
    parts = "--B\nContent-Type: text/plain\n\n{}\n--B\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n"
    parts += "--B--\n"
    assert screened("Réunion", head, parts.format("")).rule == "calendar_reply"
    assert screened("Accepté : réunion", head, parts.format("d'accord")).rule == "calendar_reply"
    assert screened("Re: ECCV", head, parts.format("voici l'agenda")).disposition is Disposition.ACCEPT


def test_our_name_as_a_loop():
    assert screened("ECCV", "X-Loop: oga.example\n").disposition is Disposition.LOOP
    assert screened("ECCV", "X-Loop: other.example\n").disposition is Disposition.ACCEPT
