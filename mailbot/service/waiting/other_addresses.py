"""« J'écris aussi depuis prenom@autre.example »: a person's other addresses, each of which answered for itself.

A proven mail of the owner names one; one single letter goes there, without dossier, name or figure, and its token comes
back from there within 48 hours. Letters go on to the registered address alone.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ...domain.model import Person
from ...letters.scene import Mail, Scene
from ...mail import author
from ...mail.envelope import Dmarc
from ...mail.token import Purpose
from ...store import blocked, conversations, journal, people, person_addresses
from ...store.db import moment
from ...store.person_addresses import OtherAddress
from ..correspondence import Post, send
from ..job import Job
from ..reading import Reading
from ..system import System
from ..understanding import confirmation as words_confirmation
from ..understanding.intent import Intent

KIND = "address"  #: of the subject of the conversation in which an address answers
LASTS = timedelta(hours=48)
AGAIN = timedelta(days=30)  #: nobody is written to twice in that time who may never have heard of us
A_DAY = 3  #: addresses that one person may name in a day
MOST = 5  #: that one person may have


def handle(job: Job, intent: Intent) -> str:
    """Add or forget an address of the writer, or tell which there are; returns what happened."""
    if not intent.text:
        _tell(job, "")
    elif intent.yes:
        return _add(job, intent.text)
    else:
        _forget(job, intent.text)
    return "addresses"


def _forget(job: Job, email: str) -> None:
    done = person_addresses.end(job.conn, job.person.id, email, job.system.now())
    if done:
        _told(job.conn, job, "address_forgotten", email)
    _tell(job, "forgotten" if done else "unknown", email)


def _add(job: Job, email: str) -> str:
    now = job.system.now()
    if email in (job.person.email, *person_addresses.of_person(job.conn, job.person.id)):
        _tell(job, "known", email)
    elif _refused(job, email):
        _tell(job, "refused", email)
    else:
        if _may_be_asked(job, email):
            _ask(job, person_addresses.add(job.conn, job.person.id, email, job.inbox_id, now))
            _told(job.conn, job, "address_named", email)
        _tell(job, "asked", email)
    return "addresses"


def _may_be_asked(job: Job, email: str) -> bool:
    """False for an address that is somebody else's, or was written to already: the writer is told the same, for he
    must not learn whom we know."""
    asked = person_addresses.asked_since(job.conn, email, job.system.now() - AGAIN)
    return not (asked or people.by_email(job.conn, email) or blocked.contains(job.conn, email))


def _refused(job: Job, email: str) -> bool:
    """True for an address that nobody can have, and where there are enough."""
    ours = job.system.is_ours(email) or email.rpartition("@")[2] == job.system.domain
    since = job.system.now() - timedelta(days=1)
    many = person_addresses.count_asked(job.conn, job.person.id, since) >= A_DAY
    full = len(person_addresses.of_person(job.conn, job.person.id)) >= MOST
    return ours or many or full or author.strange(email) or _looks_like_another(job, email)


def _looks_like_another(job: Job, email: str) -> bool:
    others = people.of_firm(job.conn, job.person.firm.id) if job.person.firm else []
    alike = {author.likeness(p.email) for p in (*others, *people.staff(job.conn)) if p.id != job.person.id}
    return author.likeness(email) in alike


def _ask(job: Job, other: OtherAddress) -> None:
    """The one letter to an address that we do not know: it says nothing but that somebody named it."""
    conversation = conversations.of(job.conn, Purpose.CONFIRM, job.person.id, KIND, other.id)
    reader = replace(job.person, email=other.email, name="", firm=None)
    scene = Scene(job.system.oga, job.system.now(), reader, would_until=job.system.now() + LASTS)
    send(job.system, job.conn, Post("confirm_address", reader, conversation), scene)


def _tell(job: Job, about: str, email: str = "") -> None:
    """The list, and what became of the request, to the registered address."""
    conversation = conversations.of(job.conn, Purpose.MENU, job.person.id, "person", job.person.id)
    scene = _scene(job.system, job.conn, job.person, about, email)
    post = Post("addresses", job.person, conversation, reply=True)
    send(job.system, job.conn, post, replace(scene, mail=job.cause.mail), job.cause)


def _scene(system: System, conn: sqlite3.Connection, person: Person, about: str, email: str) -> Scene:
    listed = tuple(person_addresses.of_person(conn, person.id))
    return Scene(
        system.oga, system.now(), person, about=about, word=email, missing=listed, mail=Mail("", system.now())
    )  # fmt: skip


def _told(conn: sqlite3.Connection, job: Job, kind: str, email: str) -> None:
    journal.add(conn, job.system.now(), kind, {"email": email}, person_id=job.person.id, inbox_id=job.inbox_id)


def answered(
    system: System, conn: sqlite3.Connection, row: sqlite3.Row, reading: Reading, other_id: int
) -> tuple[str, dict[str, Any]]:
    """A reply to the letter that went to a new address: « OUI » from that very address, in time, makes it its owner's.
    Anything else waits for staff, and nobody is written to; (state of its row, trace)."""
    other, message = person_addresses.get(conn, other_id), reading.message
    held: tuple[str, dict[str, Any]] = ("held", {"disposition": "hold", "reason": "no answer of the address itself"})
    if other is None or message is None or message.sender is None or message.sender.address != other.email:
        return held
    late = moment(row["received_at"]) >= other.asked_at + LASTS or system.now() >= other.asked_at + LASTS
    if other.confirmed or other.ended or late or row["dmarc"] == Dmarc.FAIL.value:
        return held
    mine = words_confirmation.agrees(reading.split.text)
    if mine is None or people.by_email(conn, other.email) is not None:
        return held
    owner = people.get(conn, other.person_id)
    if not mine or not owner.active:
        person_addresses.end(conn, owner.id, other.email, system.now())
        return "done", {"command": "confirm", "decision": "address denied"}
    person_addresses.confirm(conn, other.id, system.now())
    journal.add(conn, system.now(), "address_confirmed", {"email": other.email}, person_id=owner.id, inbox_id=row["id"])
    conversation = conversations.of(conn, Purpose.MENU, owner.id, "person", owner.id)
    send(system, conn, Post("addresses", owner, conversation), _scene(system, conn, owner, "confirmed", other.email))
    return "done", {"person_id": owner.id, "command": "confirm", "decision": "address confirmed"}
