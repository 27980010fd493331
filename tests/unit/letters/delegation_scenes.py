"""Letters about strangers who answered, and about who decides in whose place, as scenes with sample data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from mailbot.domain.model import File, Question, StandIn, State, Verdict
from mailbot.letters.scene import Absent, Mail, Scene
from tests.unit.letters.people import (
    ADDRESS,
    AICHA,
    ALONE,
    DOSSIER,
    ELISE,
    FIRST,
    LATER,
    MAITE,
    MIREILLE,
    NADEGE,
    OGA,
)
from tests.unit.letters.several_world import FIVE

NOW = datetime(2026, 11, 23, 14, 10, tzinfo=UTC)
WAGES = Question(
    3,
    "D0009-2025-3",
    3,
    DOSSIER,
    2025,
    "Les charges sociales représentent 44 % des salaires nets, rapport inhabituel. Merci d'indiquer les exonérations, "
    "aides ou décalages de paiement.",
    title="charges sociales",
    form="2035-A",
    line="BB/BC (lignes 9 et 10)",
    due=date(2027, 1, 15),
    state=State.ASKED,
    asked_at=datetime(2026, 11, 3, 8, tzinfo=UTC),
    asked=(AICHA,),
)
LIST = File("Recapitulatif-DSN-2025.pdf", "application/pdf", 98_304, "5" * 64, "2")
EXE = File("Relevé.pdf", "application/pdf", 65_000, "6" * 64, "3", verdict=Verdict.DISGUISED, why="disguised")
INES = Mail(
    "",
    datetime(2026, 11, 23, 14, 6, tzinfo=UTC),
    "Bonjour, Aïcha m'a transmis votre question. Une salariée à temps partiel, entrée en février. Les cotisations du "
    "quatrième trimestre 2024 ont été payées en janvier 2025. Récapitulatif joint.",
    files=(LIST,),
    sender="inesgarat@mail.example",
    name="Inès Garat",
)
TO_AICHA = Scene(OGA, NOW, AICHA, (MIREILLE,), WAGES, reply_to=ADDRESS, approver=MAITE, mail=INES)
TO_MAITE = replace(TO_AICHA, to=MAITE, approver=None)
OWN = replace(WAGES, ref="D0089-2025-1", number=1, dossier=ALONE, asked=(NADEGE,))
AWAY = Absent(
    date(2026, 12, 21), date(2027, 1, 3), ELISE, True, date(2027, 1, 4), (replace(WAGES, due=date(2026, 12, 31)),)
)
NOTED = Scene(OGA, NOW, MAITE, reply_to=ADDRESS, absence=AWAY, mail=replace(INES, subject="ABSENT JUSQU'AU 3 janvier"))
#: Élise decides in Maïté's place
COVERED = replace(
    DOSSIER, stand_ins=(StandIn(ELISE, datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 1, 4, tzinfo=UTC)),)
)
WAITS = replace(WAGES, dossier=COVERED, state=State.PROPOSED, version=1, waiting=1, answer=FIRST)
SENT = replace(FIRST, approved_by=ELISE, approved_at=LATER, approved_for=MAITE)
OVER = replace(WAITS, state=State.SUBMITTED, waiting=0, handed_over=1, answer=SENT)
TO_ELISE = Scene(
    OGA, LATER, ELISE, (MIREILLE,), WAITS, FIRST, by=AICHA, author=AICHA, reply_to=ADDRESS, event="proposed"
)

SCENES: dict[str, dict[str, Scene]] = {
    "someone_answered": {
        "": TO_AICHA,
        "expert": replace(TO_MAITE, mail=replace(INES, name="inesgarat@mail.example", files=())),
        "member": replace(TO_AICHA, to=NADEGE, question=OWN, approver=None),
        "several": replace(TO_AICHA, question=None, items=FIVE[:2]),
        "bad_file": replace(TO_AICHA, mail=replace(INES, files=(LIST, EXE))),
    },
    "notice": {
        about: replace(TO_MAITE, question=None, by=AICHA, about=about, mail=replace(INES, subject="Re: une question"))
        for about in ("joined", "not_joined", "not_wanted")
    },
    "absence_noted": {
        "": NOTED,
        "without_deputy": replace(NOTED, absence=replace(AWAY, deputy=None, decides=False, due=())),
        "collaborator": replace(NOTED, to=AICHA, absence=replace(AWAY, decides=False, due=())),
    },
    "approval": {"stand_in": TO_ELISE},
    "receipt": {"stand_in": replace(TO_ELISE, to=AICHA, approver=ELISE, mail=INES)},
    "to_treat": {
        "stand_in": replace(
            TO_ELISE, to=MIREILLE, staff=(), question=OVER, answer=SENT, by=ELISE, event="approved", instead_of=MAITE
        ),
        "written_by": replace(
            TO_ELISE,
            to=MIREILLE,
            staff=(),
            question=OVER,
            event="approved",
            by=MAITE,
            answer=replace(SENT, approved_for=None, approved_by=MAITE, written_by="Inès Garat, inesgarat@mail.example"),
        ),
    },
    "sent_back": {
        "stand_in": replace(
            TO_ELISE,
            to=AICHA,
            question=WAGES,
            approver=ELISE,
            by=ELISE,
            event="sent_back",
            comment="À préciser.",
            instead_of=MAITE,
        ),
    },
    "add_collaborator": {
        "": replace(TO_MAITE, question=None, by=AICHA, word="D0009-2025-3"),
    },
}
