"""Machines that answer every letter, and answer the answer to that: a mailbox each, for closed loops with the service.

None of them bears a header by which a machine is known, but for those that real ones of their kind have.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from itertools import cycle

from mailbot.demo.postoffice import Letter, reply

Who = tuple[str, str]
#: A machine makes a mail of a letter; None: it says nothing to that one.
Machine = Callable[[Letter, Who, int, datetime], EmailMessage | None]

ABSENCES = {
    "French": "Bonjour,\n\nJe suis actuellement en congés et prendrai connaissance de votre message à mon retour.",
    "English": "Hello,\n\nI am currently out of the office with limited access to email and will reply on my return.",
    "German": "Guten Tag,\n\nich bin zurzeit nicht im Büro und werde Ihre Nachricht nach meiner Rückkehr lesen.",
    "Spanish": "Hola:\n\nEn este momento estoy fuera de la oficina y responderé a su mensaje a mi regreso.",
    "Italian": "Buongiorno,\n\nsono fuori ufficio e risponderò al suo messaggio al mio rientro.",
}


def says(make: Callable[[int, datetime], str]) -> Machine:
    """Answers with words that it makes of the number of the letter and the time."""
    return lambda letter, who, n, now: reply(letter, who, make(n, now))


def unquoted(make: Callable[[int], str]) -> Machine:
    """A new mail each time, without our letter below it and without its Message-ID."""

    def machine(letter: Letter, who: Who, n: int, now: datetime) -> EmailMessage:
        return new(letter, who, f"[#{90210 + n}] {letter.subject}", make(n))

    return machine


def new(letter: Letter, who: Who, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{who[0]} <{who[1]}>", str(letter.message["Reply-To"])
    mail["Subject"], mail["Message-ID"] = subject, make_msgid(domain=who[1].partition("@")[2])
    mail.set_content(text)
    return mail


def inside(letter: Letter, who: Who, n: int, now: datetime) -> EmailMessage:
    """Its words below, and ours inside them without any mark."""
    told = " ".join(letter.text.split())[:600]
    return new(letter, who, f"RE: {letter.subject}", f"Votre message « {told} » nous est bien parvenu. Dossier {n}.")


def forwards(letter: Letter, who: Who, n: int, now: datetime) -> EmailMessage:
    """A rule that forwards everything back to its sender."""
    head = f"-------- Message transféré --------\nSujet : {letter.subject}\nDe : {letter.message['From']}\n\n"
    return new(letter, who, f"TR: {letter.subject}", head + letter.text)


def redirects(letter: Letter, who: Who, n: int, now: datetime) -> EmailMessage:
    """A mailbox or a list that sends our very mail back to us."""
    found = message_from_bytes(letter.raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    found.replace_header("To", str(letter.message["Reply-To"]))
    return found


def reflects(letter: Letter, who: Who, n: int, now: datetime) -> EmailMessage:
    """A list that puts its own name into From, takes out headers that it does not know, and adds its foot."""
    mail = new(letter, who, f"[cabinet] {letter.subject}", f"{letter.text}\n_______________\nListe cabinet\n")
    mail["List-Id"] = "<cabinet.cabinetetcheverry.example>"
    mail["In-Reply-To"] = str(letter.message["In-Reply-To"] or "")
    return mail


def mailbot_too(letter: Letter, who: Who, n: int, now: datetime) -> EmailMessage:
    """Another system of our kind, which acknowledges what it gets and shows it again."""
    shown = "\n".join(f"    {line}" for line in letter.text.splitlines()[:40])
    text = f"Votre message du {now:%d/%m/%Y %H:%M} est enregistré sous le numéro {7000 + n}.\n\nIl disait :\n\n{shown}"
    return new(letter, who, f"Accusé de réception {7000 + n}", text)


def cycling(*texts: str) -> Machine:
    words = cycle(texts)
    return lambda letter, who, n, now: reply(letter, who, next(words))


def unlike() -> Machine:
    """Never says the same twice."""
    alphabet = (
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt labore magna".split()
    )
    return says(lambda n, _: " ".join(f"{word}{chr(97 + n % 26)}x{chr(97 + n // 26)}" for word in alphabet))


MACHINES: dict[str, Callable[[], Machine]] = {
    "the same body": lambda: says(lambda *_: "Votre message a été transmis au service concerné."),
    "the same body, our letter quoted between its words": lambda: inside,
    "a counter": lambda: says(lambda n, _: f"Message n° {n} bien enregistré, nous revenons vers vous."),
    "a date": lambda: says(lambda _, now: f"Reçu le {now:%A %d %B %Y à %H:%M:%S}, nous revenons vers vous."),
    "tickets": lambda: unquoted(lambda n: f"Un ticket a été ouvert sous le numéro SD-{4711 + n}.\nMerci de patienter."),
    "tickets that name our subject": lambda: (
        lambda letter, who, n, now: new(letter, who, f"[SD-{n}]", f"Ticket SD-{n} ouvert : {letter.subject}")
    ),
    "challenge-response": lambda: unquoted(
        lambda n: f"Merci de confirmer votre envoi : https://filtre.example/c/{n * 7919:x}\nUne seule fois suffit."
    ),
    "OK": lambda: says(lambda *_: "OK"),
    "Bien reçu": lambda: says(lambda *_: "Bien reçu, merci."),
    "one courtesy after the other": lambda: cycling("OK", "Bien reçu", "Merci", "C'est noté", "D'accord", "Entendu"),
    "a mailbot": lambda: mailbot_too,
    "a rule that forwards back": lambda: forwards,
    "a redirection": lambda: redirects,
    "a list": lambda: reflects,
    "nothing but our letter": lambda: says(lambda *_: ""),
    "AIDE": lambda: says(lambda *_: "Aide"),
    "never the same": unlike,
    **{f"an absence in {name}": (lambda text=text: says(lambda *_: text)) for name, text in ABSENCES.items()},
}
