"""What the rows of an import must be: every cell judged, nothing written. Complete before a transaction begins."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from ..domain.model import Right, Role
from ..errors import BadRow, ImportRefused
from ..mail.envelope import split
from ..mail.machines import NO_REPLY
from ..store.imports import DocumentRow, DossierRow, FirmRow, Known, PersonRow, QuestionRow, StatisticRow
from .catalogue import Entry, fill, lacking
from .sheets import Row, Sheet, fold

#: local parts that several people usually read
SHARED = {"contact", "cabinet", "info", "accueil", "compta", "secretariat"}
YES, NO = {"oui", "o", "vrai", "x", "1"}, {"non", "n", "faux", "0"}
DOCUMENTS = ("dae", "crm")
YEARS = range(1990, 2100)
T = TypeVar("T")
_EMAIL = re.compile(r"[^@\s<>(),;:\"\[\]\\]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
_REF = re.compile(r"[A-Z0-9][A-Z0-9_.-]*")


@dataclass(frozen=True)
class Campaign:
    """What an import brings, valid in itself and beside what is known."""

    firms: tuple[FirmRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    dossiers: tuple[DossierRow, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    documents: tuple[tuple[DocumentRow, Path], ...] = ()
    statistics: tuple[StatisticRow, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass
class _Check:
    """What is known while rows are judged, and what was found wrong."""

    catalogue: Mapping[str, Entry]
    today: date
    firms: set[str]
    people: dict[str, PersonRow]
    dossiers: set[str]
    active_before: frozenset[str]
    own: str  #: the bot's own address
    bad: list[BadRow] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def wrong(self, row: Row, column: str, why: str) -> None:
        self.bad.append(BadRow(row.sheet, row.line, column, why))

    def warn(self, row: Row, why: str) -> None:
        self.warnings.append(f"{row.sheet}, line {row.line}: {why}")

    def needed(self, row: Row, *columns: str) -> None:
        for column in columns:
            if not row[column]:
                self.wrong(row, column, "must be given")

    def once(self, row: Row, column: str, key: object, seen: dict[object, int]) -> None:
        if key in seen:
            self.wrong(row, column, f"{row[column]} stands on line {seen[key]} already")
        seen.setdefault(key, row.line)


def judge(
    sheets: Iterable[Sheet], known: Known, catalogue: Mapping[str, Entry], today: date, own: str = ""
) -> Campaign:
    """The sheets as values. `known` is what the database holds, which rows may refer to; `own` is the bot's address,
    which is nobody's: letters to it would come back for ever.

    Raises ImportRefused with every wrong cell.
    """
    rows = _by_kind(sheets)
    active = frozenset(email for email, person in known.people.items() if person.active)
    check = _Check(catalogue, today, set(known.firms), dict(known.people), set(known.dossiers), active, own)
    firms = _all(check, rows["cabinets"], _firm, "cabinet")
    check.firms |= {firm.code for firm in firms}
    people = _all(check, rows["personnes"], _person, "email")
    check.people |= {person.email: person for person in people}
    dossiers = _all(check, rows["dossiers"], _dossier, "dossier")
    check.dossiers |= {dossier.ref for dossier in dossiers}
    questions = _questions(check, rows["questions"])
    documents = _documents(check, rows["documents"])
    statistics = _statistics(check, rows["statistiques"])
    if check.bad:
        raise ImportRefused(check.bad)
    return Campaign(firms, people, dossiers, questions, documents, statistics, tuple(check.warnings))


def _by_kind(sheets: Iterable[Sheet]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {
        kind: [] for kind in ("cabinets", "personnes", "dossiers", "questions", "documents", "statistiques")
    }
    for sheet in sheets:
        rows[sheet.kind].extend(sheet.rows)
    return rows


def _all(check: _Check, rows: Sequence[Row], judge_row: Callable[[_Check, Row], T], key: str) -> tuple[T, ...]:
    seen: dict[object, int] = {}
    for row in rows:
        if row[key]:
            check.once(row, key, row[key].casefold(), seen)
    return tuple(judge_row(check, row) for row in rows)


def _firm(check: _Check, row: Row) -> FirmRow:
    check.needed(row, "cabinet", "nom")
    postcode = row["code_postal"]
    if len(postcode) == 4 and postcode.isdigit():
        postcode = f"0{postcode}"  # Excel drops the zero of 01000
    email = _email(check, row, "email") if row["email"] else ""
    return FirmRow(row["cabinet"].upper(), row["nom"], row["adresse"], postcode, row["ville"], row["telephone"], email)


def _person(check: _Check, row: Row) -> PersonRow:
    check.needed(row, "email", "nom", "role")
    person = PersonRow(
        email=_email(check, row, "email"),
        name=row["nom"],
        role=_role(check, row),
        firm=_firm_of(check, row),
        rights=_rights(check, row),
        active=_truth(check, row, "actif", True),
        shared=_truth(check, row, "partage", False),
    )
    _role_and_firm(check, row, person)
    if person.role is Role.EXPERT and not person.shared and SHARED & set(re.split(r"[._@-]", fold(person.email))[:1]):
        check.warn(row, f"{person.email} looks like a mailbox that several people read; an expert decides from it")
    if not person.active and person.email in check.active_before:
        check.warn(row, f"{person.email} is deactivated")
    return person


def _role(check: _Check, row: Row) -> Role:
    try:
        return Role(fold(row["role"]))
    except ValueError:
        if row["role"]:
            check.wrong(row, "role", f"no such role: {row['role']}; there are {', '.join(r.value for r in Role)}")
        return Role.COLLABORATOR


def _role_and_firm(check: _Check, row: Row, person: PersonRow) -> None:
    of_a_firm = person.role in (Role.EXPERT, Role.COLLABORATOR)
    if of_a_firm and not row["cabinet"] and row["role"]:
        check.wrong(row, "cabinet", f"must be given for the role {person.role.value}")
    if not of_a_firm and row["cabinet"]:
        check.wrong(row, "cabinet", f"must be empty for the role {person.role.value}")


def _firm_of(check: _Check, row: Row) -> str:
    code = row["cabinet"].upper()
    if code and code not in check.firms:
        check.wrong(row, "cabinet", f"no such firm: {row['cabinet']}")
    return code


def _rights(check: _Check, row: Row) -> frozenset[Right]:
    """The rights; whoever may answer alone may answer."""
    rights = set()
    for word in _list(row["droits"]):
        try:
            rights.add(Right(fold(word)))
        except ValueError:
            check.wrong(row, "droits", f"no such right: {word}; there are {', '.join(r.value for r in Right)}")
    return frozenset(rights | ({Right.ANSWER} if Right.ANSWER_ALONE in rights else set()))


def _dossier(check: _Check, row: Row) -> DossierRow:
    check.needed(row, "dossier", "adherent", "expert", "gestionnaire")
    ref = row["dossier"].upper()
    if ref and not _REF.fullmatch(ref):
        check.wrong(row, "dossier", f"{row['dossier']}: letters, digits and - . _ only")
    firm = _firm_of(check, row)
    helpers = _list(row["collaborateurs"])
    staff = _someone(check, row, "gestionnaire", row["gestionnaire"], (Role.STAFF,), "")
    return DossierRow(
        ref=ref,
        member=row["adherent"],
        profession=row["profession"],
        firm=firm,
        expert=_someone(check, row, "expert", row["expert"], (Role.EXPERT if firm else Role.MEMBER,), firm),
        staff=staff,
        collaborators=tuple(
            dict.fromkeys(_someone(check, row, "collaborateurs", one, (Role.COLLABORATOR,), firm) for one in helpers)
        ),
        firm_reference=row["reference_cabinet"],
    )


def _someone(check: _Check, row: Row, column: str, value: str, roles: tuple[Role, ...], firm: str) -> str:
    """The address of a person of one of these roles at that firm ("" for none)."""
    email = value.lower()
    person = check.people.get(email)
    if not email:
        return ""
    if person is None:
        check.wrong(row, column, f"no such person: {value}")
    elif person.role not in roles:
        check.wrong(row, column, f"{value} is {person.role.value}, not {roles[0].value}")
    elif person.firm != firm:
        check.wrong(row, column, f"{value} belongs to {person.firm or 'no firm'}, the dossier to {firm or 'no firm'}")
    elif not person.active:
        check.warn(row, f"{value} ({column}) is not active")
    return email


def _questions(check: _Check, rows: Iterable[Row]) -> tuple[QuestionRow, ...]:
    seen: Counter[tuple[object, ...]] = Counter()
    return tuple(_question(check, row, seen) for row in rows)


def _question(check: _Check, row: Row, seen: Counter[tuple[object, ...]]) -> QuestionRow:
    dossier, exercice = _dossier_of(check, row), _year(check, row)
    code = row["code"].upper()
    entry = check.catalogue.get(code)
    if code and entry is None:
        check.wrong(row, "code", f"no such code in the catalogue: {row['code']}")
    if not code and not row["question"]:
        check.wrong(row, "question", "must be given where there is no code")
    values = _values(check, row)
    same = (dossier, exercice, code, tuple(sorted(values.items())), row["question"])
    seen[same] += 1
    filled = {"exercice": row["exercice"], **values}
    return QuestionRow(
        dossier=dossier,
        exercice=exercice,
        sheet_key=_key(code, values, row["question"], seen[same]),
        text=row["question"] or _filled(check, row, entry.text if entry else "", filled),
        code=code,
        title=entry.title if entry else "",
        form=entry.form if entry else "",
        line=entry.line if entry else "",
        document=row["piece_attendue"] or _filled(check, row, entry.document if entry else "", filled),
        due=_due(check, row),
    )


def _filled(check: _Check, row: Row, text: str, values: Mapping[str, str]) -> str:
    for name in lacking(text, values):
        check.wrong(row, "parametres", f"the text of {row['code']} needs {name}=…")
    return fill(text, values)


def _values(check: _Check, row: Row) -> dict[str, str]:
    """`montant=1250;ecart=300`; the numbers stay as they were given."""
    values: dict[str, str] = {}
    for part in _list(row["parametres"]):
        name, equals, value = part.partition("=")
        if not equals or not value.strip():
            check.wrong(row, "parametres", f"« {part} » is not name=value")
        elif fold(name) in values:
            check.wrong(row, "parametres", f"{fold(name)} stands twice")
        else:
            values[fold(name)] = value.strip()
    return values


def _key(code: str, values: Mapping[str, str], text: str, occurrence: int) -> str:
    """What knows a row again: what is asked and of what, and the how manieth of its like it is."""
    parts = (code, *(f"{name}={value}" for name, value in sorted(values.items())), text, str(occurrence))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _due(check: _Check, row: Row) -> date | None:
    text = row["echeance"]
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"):
        try:
            due = datetime.strptime(text, form).date()
        except ValueError:
            continue
        if due < check.today:
            check.warn(row, f"the date {text} (echeance) is past")
        return due
    check.wrong(row, "echeance", f"not a date: {text}; write 15/12/2026 or 2026-12-15")
    return None


def _documents(check: _Check, rows: Iterable[Row]) -> tuple[tuple[DocumentRow, Path], ...]:
    seen: dict[object, int] = {}
    found = []
    for row in rows:
        dossier, exercice, kind = _dossier_of(check, row), _year(check, row), fold(row["type"])
        check.needed(row, "type", "fichier")
        if row["type"] and kind not in DOCUMENTS:
            check.wrong(row, "type", f"no such document: {row['type']}; there are {', '.join(DOCUMENTS)}")
        check.once(row, "type", (dossier, exercice, kind), seen)
        path = _file(check, row)
        found.append((DocumentRow(dossier, exercice, kind, path.name), path))
    return tuple(found)


def _file(check: _Check, row: Row) -> Path:
    """A file beside the sheet, or in a folder beside it."""
    path = row.folder / row["fichier"].replace("\\", "/")
    if row["fichier"] and not path.resolve().is_relative_to(row.folder.resolve()):
        check.wrong(row, "fichier", f"{row['fichier']} does not lie beside the sheet")
    elif row["fichier"] and not path.is_file():
        check.wrong(row, "fichier", f"no such file beside the sheet: {row['fichier']}")
    return path


def _statistics(check: _Check, rows: Iterable[Row]) -> tuple[StatisticRow, ...]:
    seen: dict[object, int] = {}
    found = []
    for row in rows:
        check.needed(row, "profession", "indicateur", "valeur")
        figure = StatisticRow(row["profession"], _year(check, row), row["indicateur"], row["valeur"], row["unite"])
        check.once(row, "indicateur", (figure.profession, figure.exercice, figure.indicator), seen)
        found.append(figure)
    return tuple(found)


def _dossier_of(check: _Check, row: Row) -> str:
    ref = row["dossier"].upper()
    check.needed(row, "dossier")
    if ref and ref not in check.dossiers:
        check.wrong(row, "dossier", f"no such dossier: {row['dossier']}")
    return ref


def _year(check: _Check, row: Row) -> int:
    check.needed(row, "exercice")
    text = row["exercice"]
    if text.isascii() and text.isdigit() and int(text) in YEARS:
        return int(text)
    if text:
        check.wrong(row, "exercice", f"not a year: {text}")
    return 0


def _email(check: _Check, row: Row, column: str) -> str:
    email = row[column].lower()
    if email and not _EMAIL.fullmatch(email):
        check.wrong(row, column, f"not an address: {row[column]}")
    name, _, domain = split(email)
    if email and f"{name}@{domain}" == check.own.lower():
        check.wrong(row, column, f"{email} is the address of mailbot itself (mail.address)")
    if NO_REPLY.fullmatch(email.partition("@")[0]):
        check.wrong(row, column, f"{email} looks like an address that nobody reads")
    return email


def _truth(check: _Check, row: Row, column: str, default: bool) -> bool:
    word = fold(row[column])
    if word and word not in YES | NO:
        check.wrong(row, column, f"must be oui or non, not {row[column]}")
    return word in YES if word else default


def _list(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(";") if part.strip())
