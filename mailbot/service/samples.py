"""Made-up letters of every kind and variant, with which `check` tries the templates of an OGA."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from ..domain.browsers import Asked, Browser
from ..domain.digest import (
    Away,
    Bounced,
    Disowned,
    ExpertDigest,
    HeldMail,
    Late,
    LateSection,
    Line,
    OpenDossier,
    Section,
    StaffDigest,
)
from ..domain.model import (
    Answer,
    Channel,
    Dossier,
    File,
    Firm,
    News,
    Outcome,
    Person,
    Question,
    Role,
    State,
    Verdict,
)
from ..letters.render import ABOUTS, KINDS, REFUSALS
from ..letters.scene import Absent, Item, Mail, Oga, Scene, Would

_AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
_FIRM = Firm(1, "C00", "Cabinet Exemple")
_EXPERT = Person(1, "expert@cabinet.example", "Hélène Expert", Role.EXPERT, _FIRM)
_AUTHOR = Person(2, "auteur@cabinet.example", "Émile Auteur", Role.COLLABORATOR, _FIRM)
_STAFF = Person(3, "gestion@oga.example", "Anne Gestion", Role.STAFF)
_MEMBER = Person(4, "adherent@mail.example", "Yves Adhérent", Role.MEMBER)
_FILES = (
    File("Détail.pdf", "application/pdf", 188_416, "0" * 64, "2"),
    File("Macros.xlsm", "application/vnd.ms-excel", 65_536, "1" * 64, "3", verdict=Verdict.REFUSED, why="type"),
    File("Relevé.pdf", "application/pdf", 65_536, "2" * 64, "4", verdict=Verdict.UNSCANNED, why="unscanned"),
)
_BEFORE = Answer(1, 1, "Première réponse.", "Première réponse.", "", _AUTHOR, Channel.MAIL, _AT)
_ANSWER = Answer(
    2, 1, "Première réponse.\n\nUn ajout.", "Un ajout.", "Émile Auteur\n05 59 00 00 00", _AUTHOR, Channel.MAIL, _AT,
    _FILES, approved_by=_EXPERT, approved_at=_AT,
)  # fmt: skip
_DOSSIER = Dossier(1, "D0000", "Zoé Exemple", "géomètre", _FIRM, _EXPERT, _STAFF, (_AUTHOR,), "411EXEM00")
_QUESTION = Question(
    1, "D0000-2025-1", 1, _DOSSIER, 2025, "Le poste atteint 24 725 €. Merci d'en donner le détail.", title="frais",
    form="2035-A", line="BM (ligne 30)", document="détail des comptes", due=date(2026, 12, 15), state=State.PROPOSED,
    version=2, waiting=2, asked_at=_AT, asked=(_AUTHOR,), answer=_ANSWER,
)  # fmt: skip
_OTHER = replace(_QUESTION, id=2, ref="D0001-2025-1", dossier=replace(_DOSSIER, id=2, ref="D0001"))
_ITEMS = (
    Item("A", _QUESTION, _ANSWER, event="proposed", undo=True),
    Item("B", _OTHER, _ANSWER, _BEFORE, _AUTHOR, "amended", new=True, last=True, reply_to="x@oga.example"),
    Item("C", _QUESTION, _ANSWER, refusal="Unclear", comment="Un mot."),
)
_LINES = Section((Line(1, _QUESTION, _ANSWER, "https://oga.example/v/x"),), more=1)
_LATE = LateSection((Late(_OTHER, (_AUTHOR,), 12),))
_COUNTS = ((State.ASKED, 2), (State.PROPOSED, 1), (State.SUBMITTED, 0), (State.TREATED, 0))
_AWAY = (Away(_AUTHOR, date(2026, 12, 2), None, "Hélène Expert, 05 59 00 00 00"), Away(_EXPERT))
_DAYS = (date(2026, 12, 21), date(2027, 1, 3))
_ABSENCES = (Absent(*_DAYS, _AUTHOR, True, date(2027, 1, 4), (_QUESTION,)), Absent(*_DAYS))
_WOULD = (Would("approve", "D0000-2025-1", 2), Would("send_back", "D0000-2025-2", 1))
_DIGESTS = (
    StaffDigest(
        _AT, _COUNTS, _LINES, _LINES, _LATE, _LINES, _LINES, _LATE,
        (HeldMail(2, "x@mail.example", _AT, "stranger", "Un mot.", 1, _QUESTION, "subject"),), paused="un essai.",
        bounced=(Bounced(_AUTHOR, "unknown", _AT, _EXPERT),), away=_AWAY,
        disowned=(Disowned(_EXPERT, _AT, "Firefox sous Windows", "D0000-2025-1", True),),
    ),
    ExpertDigest(_AT, 2025, _COUNTS, _LINES, 1, (OpenDossier(_DOSSIER, 1, (_AUTHOR,), None),), away=_AWAY),
)  # fmt: skip
_MAIL = Mail("Re: ECCV", _AT, "Mon message.", "Signature", _FILES, "auteur@cabinet.example", "Hélène Expert")
_BROWSERS = (Browser(1, "Firefox sous Windows", _AT, _AT, _AT), Browser(2, "Safari sur iPhone", _AT, _AT, _AT))
_EVENTS = {
    "question": ("asked", "passed_on"),
    "receipt": ("proposed", "submitted", "added", "postponed", "passed_on"),
    "to_treat": ("submitted", "approved", "amended", "added"),
    "decided": ("approved", "amended", "sent_back", "treated", "asked_again"),
}


def scenes(oga: Oga) -> Iterator[tuple[str, Scene]]:
    """(kind, scene) for each letter that can be written, in each of its variants, to readers of each role."""
    whole = Scene(
        oga, _AT, _AUTHOR, (_STAFF,), _QUESTION, _ANSWER, _BEFORE, _EXPERT, _AUTHOR, comment="Un mot.",
        outcome=Outcome.SATISFACTORY, until=date(2026, 12, 22), passed_to=(_EXPERT,), approver=_EXPERT,
        reply_to=oga.bot, page="https://oga.example/v/x", mail=_MAIL, files=_FILES[1:2],
        news=(News(_QUESTION, _EXPERT, _AT, _BEFORE, _ANSWER),), browsers=_BROWSERS,
        asked=Asked("123456", "Firefox sous Windows", "D0000-2025-1", _AT, _AT),
    )  # fmt: skip
    for kind in KINDS:
        if kind in ("approval", "receipt", "decided"):
            yield kind, replace(whole, items=_ITEMS)
        for variant in _variants(kind, whole):
            yield kind, variant
            yield kind, _bare(variant)
    for reader in (_EXPERT, _AUTHOR, _STAFF, _MEMBER):
        yield "help", replace(whole, to=reader, question=None, answer=None, news=())


def _variants(kind: str, whole: Scene) -> Iterator[Scene]:
    if kind == "digest":
        yield from (replace(whole, digest=digest) for digest in _DIGESTS)
    elif kind == "absence_noted":
        yield from (replace(whole, absence=absence) for absence in _ABSENCES)
    elif kind == "confirm_address":
        yield replace(whole, to=replace(_EXPERT, name="", firm=None), question=None, would_until=_AT)
    elif kind == "confirm_mail":
        yield from (replace(whole, would=_WOULD[:n], would_until=_AT) for n in range(3))
    elif kind in ("reminder", "last_reminder", "dossier"):
        yield from (replace(whole, items=_ITEMS, about=about) for about in ABOUTS.get(kind, ("",)))
    elif kind in ABOUTS:
        told = replace(whole, decided_at=_AT)
        yield from (replace(told, about=about, draft="" if about else "Un ajout.") for about in ABOUTS[kind])
    elif kind == "refusal":
        yield from (replace(whole, refusal=name) for name in REFUSALS)
    else:
        yield from (replace(whole, event=event) for event in _EVENTS.get(kind, ("",)))


def _bare(scene: Scene) -> Scene:
    """The same without what a letter may lack."""
    due = _QUESTION.due if scene.about == "due_changed" else None
    plain = replace(_QUESTION, form="", line="", document="", due=due, title="")
    return replace(scene, question=plain, before=None, comment="", news=(), page="")
