"""A letter as a mail program shows it: its HTML in a frame, its text, its source, its files. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser

from ..letters import typography
from ..mail.marker import MARKER
from .postoffice import Letter, is_of
from .sandbox import BOT

_TITLE = re.compile(r"^(\S.*(?:\n\S.*)*?)\n=+$", re.M)
_ALL = re.compile(r"«\s*OK pour tous\s*»")
_PAGE = re.compile(r"http://127\.0\.0\.1:\d+(?=/[vf]/)")
#: what a mail program gives a mail that says nothing of its look
_PLAIN = "<style>body { margin: 12px; font: 15px/1.45 Arial, sans-serif; }</style>"
OURS = "ASSAPROL"
SOURCE_CHARACTERS = 200_000  #: of a letter's source that are shown
#: kinds of our letters, as the list of what happened names them
KINDS = {
    "question": "question",
    "dossier": "questions du dossier",
    "receipt": "accusé de réception",
    "decided": "accusé de réception",
    "approval": "réponse à valider",
    "approval_unclear": "décision à préciser",
    "to_treat": "réponse à traiter",
    "sent_back": "réponse renvoyée",
    "asked_again": "nouvelle précision",
    "reminder": "rappel",
    "last_reminder": "dernier rappel",
    "digest": "point du jour",
    "help": "aide",
    "notice": "avis",
    "refusal": "refus",
    "clarification": "à préciser",
    "not_your_answer": "à confirmer",
    "unproven": "à confirmer",
    "confirm_mail": "à confirmer",
    "someone_answered": "réponse d'un inconnu",
    "add_collaborator": "collaborateur à ajouter",
    "absence_noted": "absence notée",
    "confirm_address": "à confirmer",
    "addresses": "adresses",
    "alarm": "alarme",
}
#: one word that most people answer a letter with
QUICK = {
    "approval": "OK",
    "to_treat": "traité",
    "approval_unclear": "OK",
    "not_your_answer": "OUI",
    "confirm_mail": "OUI",
}


@dataclass(frozen=True)
class File:
    """An attached file: its number in the letter, and what is said of it."""

    number: int
    name: str
    ending: str
    size: str


@dataclass(frozen=True)
class Line:
    """A letter in the list of a mailbox."""

    number: int
    sender: str
    subject: str
    title: str
    when: str
    unread: bool


@dataclass(frozen=True)
class Shown:
    """A letter, opened."""

    number: int
    subject: str
    sender: str
    to: str
    carbon: str
    when: str
    html: str  #: for the frame, "" where there is none
    text: str
    source: str
    files: tuple[File, ...]
    reply_to: str
    quick: str


def line(letter: Letter, unread: bool, zone: ZoneInfo, now: datetime, whose: str = "From") -> Line:
    """A letter as a row of its mailbox; `whose` is the header that is named, To where it was sent from here."""
    return Line(
        number=letter.number,
        sender=_name(letter.message[whose]),
        subject=letter.subject,
        title=title(letter),
        when=_when(_date(letter.message, zone), now.astimezone(zone)),
        unread=unread,
    )


def _name(header: Any) -> str:
    """The first person in From or To; who writes to a reply address writes to us."""
    people = header.addresses if header else ()
    if not people:
        return ""
    return OURS if is_of(people[0].addr_spec, BOT) else people[0].display_name or people[0].addr_spec


def title(letter: Letter) -> str:
    """What our letter says above everything else, or the first line of another mail."""
    found = _TITLE.search(letter.text)
    if found and letter.message["X-Mailbot"]:
        return " ".join(found[1].split())
    rows = (row.strip() for row in letter.text.splitlines())
    return next((row for row in rows if row and MARKER not in row), "")[:120]


def shown(letter: Letter, zone: ZoneInfo, here: str, pages: str) -> Shown:
    """A letter, opened. `here` is the absolute address of its page, `pages` that of mailbot's own pages."""
    message = letter.message
    return Shown(
        number=letter.number,
        subject=letter.subject,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        carbon=str(message["Cc"] or ""),
        when=typography.moment(_date(message, zone)),
        html=frame(letter.html, here, pages) if letter.html else "",
        text=_PAGE.sub(pages, letter.text),
        source=letter.raw.decode("utf-8", "replace").replace("\r\n", "\n")[:SOURCE_CHARACTERS],
        files=tuple(_file(n, part) for n, part in enumerate(message.iter_attachments(), 1)),
        reply_to=str(message["Reply-To"] or message["From"] or ""),
        quick="OK pour tous" if _ALL.search(letter.text) else QUICK.get(letter.kind, ""),
    )


def frame(html: str, here: str, pages: str) -> str:
    """The HTML of a letter for the frame: links open elsewhere, those that write a mail fill the form of `here`.

    Nothing is cleaned: the frame runs no script and may load nothing.
    """
    tree = LexborHTMLParser(_PAGE.sub(pages, html))
    for link in tree.css("a[href^='mailto:']"):
        link.attrs["href"] = f"{here}?{urlencode(mail_link(str(link.attrs['href'])))}#repondre"
        link.attrs["target"] = "_top"
    text = str(tree.html or "")
    return text.replace("<head>", f'<head><base target="_blank">{_PLAIN}', 1)


def mail_link(address: str) -> Mapping[str, str]:
    """What a `mailto:` link fills in (RFC 6068 §2): the fields of the form."""
    parts = urlsplit(address)
    asked = {name.lower(): values[0] for name, values in parse_qs(parts.query.replace("+", "%2B")).items()}
    return {"a": unquote(parts.path), "objet": asked.get("subject", ""), "texte": asked.get("body", "")}


def attached(letter: Letter, number: int) -> tuple[str, bytes] | None:
    """(name, bytes) of an attached file, or None."""
    for n, part in enumerate(letter.message.iter_attachments(), 1):
        if n == number:
            return str(part.get_filename() or "sans-nom"), _bytes(part)
    return None


def _bytes(part: EmailMessage) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _file(number: int, part: EmailMessage) -> File:
    name = str(part.get_filename() or "sans-nom")
    ending = name.rpartition(".")[2].upper() if "." in name else "?"
    return File(number, name, ending[:5], typography.size(len(_bytes(part))))


def _date(message: EmailMessage, zone: ZoneInfo) -> datetime:
    return parsedate_to_datetime(str(message["Date"])).astimezone(zone)


def _when(at: datetime, now: datetime) -> str:
    """« 7 h 45 » today, « hier », « 3 nov. » before."""
    days = (now.date() - at.date()).days
    if days == 0:
        return typography.clock(at)
    return "hier" if days == 1 else f"{at.day} {_MONTHS[at.month - 1]}"


_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
