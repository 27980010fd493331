"""What a person of the sandbox does at his desk: looks into his mailbox, answers, hands on, writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage

from ..service.desk import why
from ..store import inbox
from . import firstday, forging, manner, showing
from .forging import Forged, Proof
from .manner import Manner, Typed
from .people import STRANGER, Box, boxes
from .postoffice import SENT, Letter, addresses, is_of
from .running import PARIS, Running
from .sandbox import BOT

NEWS = 8  #: letters that are named; the others are counted
HOWS = {Manner.OUTLOOK: "Outlook", Manner.GMAIL: "Gmail", Manner.PHONE: "iPhone"}
#: what became of a mail, by the state of its row
STATES = {
    "done": "Le service l’a lu.",
    "held": "Le service le retient : une personne d’ASSAPROL doit le regarder. Personne d’autre n’en sait rien.",
    "shunted": "Le service n’a pas su le lire : il est mis de côté, entier.",
}


class NotSent(Exception):
    """What was typed cannot be sent; says why, in French."""


@dataclass(frozen=True)
class Form:
    """What stands in the form."""

    to: str
    subject: str
    text: str = ""
    how: str = Manner.OUTLOOK.value
    quote: bool = True
    signed: bool = False
    link: bool = False  #: a link of a letter filled it: a mail program then begins a new mail
    name: str = ""  #: the address of somebody else, in whose name it is written
    proof: str = Proof.CAUGHT.value  #: what the front server says of that


@dataclass(frozen=True)
class News:
    """A letter that arrived, for the list of what happened."""

    box: Box
    number: int
    kind: str
    title: str


@dataclass(frozen=True)
class Arrived:
    """What arrived since a number."""

    named: list[News]
    more: int


@dataclass(frozen=True)
class Read:
    """What mailbot made of a mail."""

    id: int
    said: str
    trace: str  #: as `mailbot why` has it


@dataclass(frozen=True)
class Start:
    """One of the things a newcomer may try first."""

    box: Box
    number: int
    text: str


@dataclass(frozen=True)
class Attempt:
    """A forgery that a newcomer may try: who writes, in whose name, and how the form is filled."""

    box: Box
    victim: Box
    fields: dict[str, str]


class Desk:
    """All desks of one sandbox."""

    def __init__(self, here: Running) -> None:
        self.here, self.office = here, here.office
        self._forged: dict[str, Forged] = {}  #: by Message-ID, since the page was opened

    def boxes(self) -> list[Box]:
        return boxes(self.here.app.system.store.conn)

    def box(self, address: str) -> Box | None:
        """The mailbox of an address, or None."""
        return next((box for box in self.boxes() if box.address == address.lower()), None)

    def lines(self, box: Box) -> list[showing.Line]:
        """The letters of a mailbox, newest first."""
        unread, now = self.office.unread(box.address), self.here.now()
        letters = reversed(self.office.mailbox(box.address))
        return [showing.line(letter, letter.number in unread, PARIS, now) for letter in letters]

    def sent(self, box: Box) -> list[showing.Line]:
        """What a person sent, newest first."""
        now = self.here.now()
        letters = reversed(self.office.mailbox(SENT + box.address))
        return [showing.line(letter, False, PARIS, now, "To") for letter in letters]

    def letter(self, box: Box, number: int) -> Letter | None:
        """A letter that a person got or sent, by its number."""
        return self.office.letter(box.address, number) or self.office.letter(SENT + box.address, number)

    def news(self, since: int) -> Arrived:
        """The letters that arrived after number `since`, those to the mailboxes shown from the start before others."""
        people = {box.address: box for box in self.boxes()}
        arrived = [x for x in self.office.letters() if x.number > since and x.to in people]
        arrived.sort(key=lambda letter: not people[letter.to].first)
        named = [
            News(people[x.to], x.number, showing.KINDS.get(x.kind, "message"), showing.title(x)) for x in arrived[:NEWS]
        ]
        return Arrived(named, len(arrived) - len(named))

    def read(self, message_id: str) -> Read | None:
        """What mailbot made of a mail, None where none of it came to mailbot."""
        conn = self.here.app.system.store.conn
        row = inbox.find(conn, message_id)
        if row is None:
            return None
        found = why(conn, row)
        names = ("disposition", "matched_by", "trust", "command", "decision", "reason")
        trace = " · ".join(f"{name} {found[name]}" for name in names if found.get(name))
        forged = self._forged.get(message_id)
        worked = found["state"] in STATES
        said = forging.told(forged, found) if forged and worked else STATES.get(found["state"], "Pas encore lu.")
        return Read(row["id"], said, trace)

    def starts(self) -> list[Start]:
        """Where to begin: a question to answer, an answer to approve, one to treat."""
        wanted = (
            (firstday.AICHA, "question", firstday.TO_ANSWER, "Répondre à une question, avec une pièce"),
            (firstday.MAITE, "approval", firstday.TO_APPROVE, "Valider une réponse, par message ou sur la page"),
            (firstday.MIREILLE, "to_treat", firstday.TO_TREAT, "Traiter une réponse, ou redemander une précision"),
        )
        found = []
        for address, kind, ref, text in wanted:
            box = self.box(address)
            letters = [x for x in self.office.mailbox(address) if x.kind == kind and ref in f"{x.subject} {x.text}"]
            if box and letters:
                found.append(Start(box, letters[-1].number, text))
        return found

    def forgery(self) -> Attempt | None:
        """A mail that approves in the name of an expert, ready to be sent by the stranger."""
        box, victim = self.box(STRANGER[1]), self.box(firstday.MAITE)
        letters = [x for x in self.office.mailbox(firstday.MAITE) if x.kind == "approval"]
        if not (box and victim and letters):
            return None
        to, subject = manner.reply_to(letters[-1].message), manner.reply_subject(letters[-1].message, Manner.PHONE)
        return Attempt(
            box, victim, {"a": to, "objet": subject, "texte": "OK", "pour": victim.address, "preuve": "none"}
        )

    # --- forms --------------------------------------------------------------------------------------------------

    def reply_form(self, letter: Letter, asked: Mapping[str, str]) -> Form:
        """The form below a letter; a `mailto:` link of the letter fills it, and then nothing is quoted."""
        if "a" in asked:
            return self.kept({**asked, "lien": "oui"})
        return Form(manner.reply_to(letter.message), manner.reply_subject(letter.message, Manner.OUTLOOK))

    def forward_form(self, letter: Letter, asked: Mapping[str, str]) -> Form:
        return Form(asked.get("a", ""), manner.forward_subject(letter.message, Manner.OUTLOOK))

    def new_form(self, asked: Mapping[str, str]) -> Form:
        form = Form(asked.get("a", BOT), asked.get("objet", ""), asked.get("texte", ""))
        return replace(form, name=asked.get("pour", ""), proof=asked.get("preuve", Proof.CAUGHT.value))

    def kept(self, fields: Mapping[str, str]) -> Form:
        """The form as it was filled."""
        return Form(
            to=fields.get("a", ""),
            subject=fields.get("objet", ""),
            text=fields.get("texte", "").replace("\r\n", "\n"),
            how=fields.get("maniere", Manner.OUTLOOK.value),
            quote=fields.get("citer") == "oui",
            signed=fields.get("signature") == "oui",
            link=fields.get("lien") == "oui",
            name=fields.get("pour", "").lower(),
            proof=fields.get("preuve", Proof.CAUGHT.value),
        )

    # --- mails --------------------------------------------------------------------------------------------------

    def reply(self, box: Box, fields: Mapping[str, str], files: dict[str, bytes], letter: Letter) -> str:
        """Send a reply; returns its Message-ID. Raises NotSent, smtplib.SMTPException."""
        form = self._checked(fields)
        typed = Typed(fields.get("mot") or form.text, form.to, form.subject, files)
        writer, how, at = self._author(box, form).writer(form.signed), Manner(form.how), self.here.now()
        if form.link and not form.quote:
            return self._send(box, form, manner.new(writer, typed, how, at))
        return self._send(box, form, manner.reply(letter.message, writer, typed, how, at, form.quote))

    def forward(self, box: Box, fields: Mapping[str, str], files: dict[str, bytes], letter: Letter) -> str:
        """Hand a letter on to a colleague. Raises NotSent, smtplib.SMTPException."""
        form = self._checked(fields)
        typed = Typed(form.text, form.to, form.subject, files)
        how, at = Manner(form.how), self.here.now()
        return self.here.send(manner.forward(letter.message, box.writer(form.signed), typed, how, at))

    def write(self, box: Box, fields: Mapping[str, str], files: dict[str, bytes]) -> str:
        """Send a new mail; a button with a verb sends that word. Raises NotSent, smtplib.SMTPException."""
        verb = fields.get("verbe", "")
        form = self._checked({**fields, "a": BOT, "objet": verb, "texte": verb} if verb else fields)
        typed = Typed(form.text, form.to, form.subject, files)
        writer = self._author(box, form).writer(form.signed)
        return self._send(box, form, manner.new(writer, typed, Manner(form.how), self.here.now()))

    def _author(self, box: Box, form: Form) -> Box:
        """Whose name stands in From: the owner of the mailbox, or whom he claims to be."""
        return (form.name and self.box(form.name)) or box

    def _send(self, box: Box, form: Form, message: EmailMessage) -> str:
        author = self._author(box, form)
        if author == box:
            return self.here.send(message)
        forged = Forged(author.name, Proof(form.proof))
        self._forged[str(message["Message-ID"])] = forged
        return self.here.send(message, forged.proof.value, box.address)

    def _checked(self, fields: Mapping[str, str]) -> Form:
        form = self.kept(fields)
        if form.how not in [how.value for how in Manner]:
            raise NotSent("Ce logiciel de messagerie n’existe pas ici.")
        if form.name and self.box(form.name) is None:
            raise NotSent(f"Personne n’a l’adresse {form.name} dans ce bac à sable.")
        if form.proof not in [proof.value for proof in Proof]:
            raise NotSent("Le serveur de messagerie ne dit rien de tel.")
        found = addresses(form.to)
        if not found:
            raise NotSent("Il manque une adresse de destinataire.")
        for address in found:
            if not is_of(address, BOT) and self.box(address) is None:
                raise NotSent(f"Personne n’a l’adresse {address} dans ce bac à sable.")
        return replace(form, to=", ".join(found))
