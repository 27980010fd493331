"""Who has a mailbox in the sandbox: the people of the sample campaign, those they add, and a stranger."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ..domain.model import Person, Right, Role
from ..service.understanding.french import fold
from ..store import people
from .manner import Writer
from .sandbox import SAMPLE

STRANGER = ("Un inconnu", "quelquun@ailleurs.example")
#: whom a newcomer meets first
FIRST = (
    "aicha.dubois@cabinetetcheverry.example",
    "elise.larralde@cabinetetcheverry.example",
    "m.martin@cabinetetcheverry.example",
    "gestion1@assaprol.example",
    "nadege.duhalde@mail.example",
    STRANGER[1],
)


class Group(Enum):
    """The headings of the list of mailboxes, in their order."""

    COLLABORATORS = "Collaborateurs"  #: of firms
    EXPERTS = "Experts-comptables"  #: of firms
    STAFF = "Gestionnaires d’ASSAPROL"  #: the association's own
    MEMBERS = "Adhérents sans cabinet"  #: who answer for themselves
    OTHERS = "Hors campagne"  #: nobody knows them


_GROUPS = {
    Role.COLLABORATOR: Group.COLLABORATORS,
    Role.EXPERT: Group.EXPERTS,
    Role.STAFF: Group.STAFF,
    Role.MEMBER: Group.MEMBERS,
}


@dataclass(frozen=True)
class Box:
    """A mailbox and its owner."""

    name: str
    address: str
    group: Group
    what: str  #: « collaborateur, avec validation · Cabinet Etcheverry & Associés »
    first: bool = False  #: shown from the start
    signature: str = ""  #: the lines of the firm under a mail

    def writer(self, signed: bool) -> Writer:
        return Writer(self.name, self.address, self.signature if signed else "")


def boxes(conn: sqlite3.Connection) -> list[Box]:
    """All mailboxes, those a newcomer meets first at the head, then by group and name."""
    firms = _firms()
    found = [_box(person, firms) for person in _everybody(conn)]
    found.append(Box(STRANGER[0], STRANGER[1], Group.OTHERS, "inconnu d’ASSAPROL", first=True))
    order = list(Group)
    return sorted(found, key=lambda box: (not box.first, order.index(box.group), fold(box.name)))


def _everybody(conn: sqlite3.Connection) -> list[Person]:
    """Those of the sample, and whoever joined one of their firms since."""
    with open(SAMPLE / "personnes.csv", encoding="utf-8", newline="") as file:
        known = [people.by_email(conn, row["email"]) for row in csv.DictReader(file)]
    sample = [person for person in known if person]
    firms = dict.fromkeys(person.firm.id for person in sample if person.firm)
    joined = [person for firm in firms for person in people.of_firm(conn, firm)]
    return list({person.id: person for person in [*sample, *joined]}.values())


def _firms() -> dict[str, str]:
    """Code -> the lines of the firm in a signature."""
    with open(SAMPLE / "cabinets.csv", encoding="utf-8", newline="") as file:
        return {
            row["cabinet"]: f"{row['nom']}\n{row['adresse']}, {row['code_postal']} {row['ville']}\n{row['telephone']}"
            for row in csv.DictReader(file)
        }


def _box(person: Person, firms: dict[str, str]) -> Box:
    firm = firms.get(person.firm.code, person.firm.name) if person.firm else ""
    return Box(
        name=person.name,
        address=person.email,
        group=_GROUPS[person.role],
        what=_what(person),
        first=person.email in FIRST,
        signature=f"{person.name}\n{firm}" if firm else "",
    )


def _what(person: Person) -> str:
    """What this person may do, in a few words."""
    if person.role is Role.COLLABORATOR:
        alone = Right.ANSWER_ALONE in person.rights
        may = "répond sans validation" if alone else "répond avec validation"
        return may if Right.ANSWER in person.rights else "consulte, ne répond pas"
    words = {Role.EXPERT: "valide les réponses", Role.STAFF: "pose et traite les questions"}
    return words.get(person.role, "répond directement")


def grouped(found: Iterable[Box]) -> list[tuple[str, list[Box]]]:
    """(heading, mailboxes) in the order of Group."""
    rows = list(found)
    return [(g.value, mine) for g in Group if (mine := [box for box in rows if box.group is g])]
