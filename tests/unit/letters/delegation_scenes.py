"""Letters about strangers who answered, and about who decides in whose place, as scenes with sample data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from mailbot.domain.model import File, Question, State, Verdict
from mailbot.letters.scene import Mail, Scene
from tests.unit.letters.people import ADDRESS, AICHA, ALONE, DOSSIER, MAITE, MIREILLE, NADEGE, OGA
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
    "add_collaborator": {
        "": replace(TO_MAITE, question=None, by=AICHA, word="D0009-2025-3"),
    },
}
