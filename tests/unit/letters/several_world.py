"""The dossiers, questions and answers of the letters with several of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mailbot.domain.model import (
    Answer,
    Channel,
    Dossier,
    File,
    Firm,
    Person,
    Question,
    Role,
    State,
)
from mailbot.letters.scene import Item, Scene
from tests.unit.letters.people import (
    ADDRESS,
    AICHA,
    DOSSIER,
    ELISE,
    FIRM,
    FIRST,
    MAITE,
    MIREILLE,
    OGA,
    PAGE,
    SIGNATURE,
)

NOW = datetime(2026, 11, 23, 17, 22, tzinfo=UTC)
DAY = timedelta(days=1)
ASKED_AT = datetime(2026, 11, 3, 8, tzinfo=UTC)
PATRICK = Person(6, "p.sarthou@assaprol.example", "Patrick Sarthou", Role.STAFF)
OLIVIER = Person(7, "o.larralde@etcheverry.example", "Olivier Larralde", Role.COLLABORATOR, FIRM, AICHA.rights)
LAFITTE = Firm(2, "C02", "Lafitte Conseil")
PEIO = Person(8, "p.dupuy@lafitte.example", "Peio Dupuy", Role.COLLABORATOR, LAFITTE, AICHA.rights)
XABI = Person(9, "x.garat@lafitte.example", "Xabi Garat", Role.EXPERT, LAFITTE)

LABAT = Dossier(
    3,
    "D0005",
    "Amandine Labat",
    "infirmier libéral",
    FIRM,
    MAITE,
    PATRICK,
    (OLIVIER, ELISE),
    firm_reference="411LABA05",
)
HARISTOY = Dossier(
    4, "D0012", "Gérard Haristoy", "orthophoniste", FIRM, MAITE, MIREILLE, (), firm_reference="411HARI12"
)
LOUSTAU = Dossier(5, "D0050", "Nadège Loustau", "avocat", LAFITTE, XABI, MIREILLE, (PEIO,))
DURAND = Dossier(6, "D0022", "Paul Durand", "kinésithérapeute", LAFITTE, XABI, PATRICK, (PEIO,))

ANNEX = Question(
    5, "D0005-2025-1", 1, LABAT, 2025,
    "La déclaration reçue pour l'exercice 2025 ne comporte pas l'annexe 2035-B. Merci de nous la transmettre ou de "
    "nous confirmer qu'elle est sans objet.",
    title="annexe manquante", form="2035-SD", line="annexes",
    document="annexe manquante (PDF) ou nouvel envoi EDI-TDFC",
    due=date(2026, 12, 31), state=State.ASKED, asked_at=ASKED_AT, asked=(OLIVIER, ELISE),
)  # fmt: skip
FINANCIAL = replace(
    ANNEX, id=6, ref="D0005-2025-2", number=2, title="produits financiers", form="2035-A", line="AE (ligne 5)",
    text="À quels placements correspondent les produits financiers de 38 838 € et ces placements sont-ils liés à "
    "l'activité professionnelle ?",
    document="relevé ou imprimé fiscal unique de la banque", due=date(2026, 12, 15),
)  # fmt: skip
COEFFICIENT = replace(
    FINANCIAL, id=7, ref="D0009-2025-1", number=1, dossier=DOSSIER, title="coefficient de déduction",
    form="OGBNC05", line="coefficient de déduction",
    text="Le dossier présente des recettes taxables et des recettes exonérées. Quel coefficient de déduction a été "
    "appliqué en 2025 et comment a-t-il été déterminé ?",
    document="note de calcul du coefficient de déduction", asked=(AICHA, ELISE),
)  # fmt: skip
OTHER = replace(
    COEFFICIENT, id=1, ref="D0009-2025-2", number=2, title="autres frais divers", form="2035-A", line="BM (ligne 30)",
    text="Le poste « autres frais divers de gestion » atteint 24 725 €, soit 34 % des dépenses. Merci d'en donner le "
    "détail.",
    document="détail des comptes composant la ligne 30",
)  # fmt: skip
WAGES = replace(
    OTHER, id=8, ref="D0009-2025-3", number=3, title="charges sociales", line="BB/BC (lignes 9 et 10)",
    text="Les charges sociales représentent 44 % des salaires nets, rapport inhabituel. Merci d'indiquer les "
    "exonérations, aides ou décalages de paiement.",
    document="livre de paie et relevé des paiements Urssaf", due=date(2027, 1, 15),
)  # fmt: skip
SNIR = replace(
    ANNEX, id=9, ref="D0012-2025-1", number=1, dossier=HARISTOY, title="écart avec le relevé SNIR",
    form="2035-A", line="AA (ligne 1)",
    text="Le montant déclaré en AA est inférieur de 3 015 € aux honoraires figurant sur le relevé SNIR de l'exercice. "
    "Pouvez-vous nous en indiquer la raison (rétrocessions, décalages d'encaissement, honoraires perçus par un "
    "remplaçant) ?",
    document="relevé SNIR et tableau d'explication de l'écart", due=date(2026, 12, 15), asked=(MAITE,),
)  # fmt: skip
CA3 = replace(
    SNIR, id=10, ref="D0012-2025-2", number=2, title="rapprochement CA3", form="CA3 (3310-CA3-SD)",
    line="bases mensuelles ou trimestrielles",
    text="Le cumul des bases déclarées sur les CA3 de l'exercice (68 429 €) ne recoupe pas les recettes portées en AA "
    "(2 427 €). Pourriez-vous nous adresser le rapprochement, période par période ?",
    document="CA3 de l'exercice et tableau de rapprochement",
)  # fmt: skip
LATER_DUE = replace(CA3, id=11, ref="D0012-2025-3", number=3, title="véhicule", due=date(2027, 1, 15))


def own(number: int, letter: str) -> str:
    """An address of its own for one question."""
    return f"eccv+caaaaaa{letter}lhm4kwjpx5fjzmmq{number}@assaprol.example"


def item(label: str, question: Question | None, **more: object) -> Item:
    return Item(label, question, **more)  # type: ignore[arg-type]


def _answer(by: Person, text: str, at: datetime, files: tuple[File, ...] = (), version: int = 1) -> Answer:
    return Answer(version, 1, text, text, SIGNATURE if by is AICHA else "", by, Channel.MAIL, at, files, id=version)


def _file(name: str, size: int) -> File:
    return File(name, "application/pdf", size, "0" * 64, "2")


IFU = _answer(
    OLIVIER,
    "Ce sont les intérêts d'un compte à terme ouvert avec le produit de la vente de l'ancien local. Ci-joint l'IFU de "
    "la banque.",
    datetime(2026, 11, 23, 16, 52, tzinfo=UTC),
    (_file("IFU-2025.pdf", 77_000),),
    2,
)
RATIO = _answer(
    AICHA,
    "Le coefficient retenu est de 0,92. Recettes taxables 108 900 €, recettes totales 118 400 € : la différence, "
    "9 500 €, correspond à des formations exonérées.",
    datetime(2026, 11, 23, 15, 38, tzinfo=UTC),
)
DETAIL = replace(
    FIRST, files=(_file("Detail-comptes-ligne-30.pdf", 188_000), _file("Quittance-RC-decennale-2025.pdf", 421_000))
)
PART_TIME = _answer(
    AICHA,
    "Une salariée à temps partiel. Le rapport tient au paiement en janvier 2025 des cotisations du quatrième trimestre "
    "2024 (2 310 €). Hors ce décalage, il est de 36 %.",
    datetime(2026, 11, 23, 16, 40, tzinfo=UTC),
    (_file("Recapitulatif-DSN-2025.pdf", 98_000),),
)
ADDED = "la décennale a augmenté de 18 % en mars"
COMPLETED = replace(DETAIL, version=2, text=f"{DETAIL.text}\n\n{ADDED}", added=ADDED, by=MAITE, id=22)


def proposed(question: Question, answer: Answer) -> Question:
    return replace(
        question, state=State.PROPOSED, version=answer.version, waiting=answer.version, answer=answer, base=answer
    )


def submitted(question: Question, answer: Answer) -> Question:
    return replace(
        question, state=State.SUBMITTED, version=answer.version, handed_over=answer.version, answer=answer, base=answer
    )


A = item("A", proposed(FINANCIAL, IFU), answer=IFU, new=True)
B = item("B", proposed(COEFFICIENT, RATIO), answer=RATIO)
C = item("C", proposed(OTHER, DETAIL), answer=DETAIL)
D = item("D", proposed(WAGES, PART_TIME), answer=PART_TIME, new=True)
#: the same in a letter about one dossier
ONE, TWO, THREE = (replace(i, label=label, new=False) for i, label in ((B, "1"), (C, "2"), (D, "3")))

TO_MAITE = Scene(OGA, NOW, MAITE, (MIREILLE, PATRICK), reply_to=ADDRESS, page=PAGE)
APPROVAL = replace(TO_MAITE, items=(A, B, C, D), shown_at=datetime(2026, 11, 23, 16, 27, tzinfo=UTC))
FIVE = tuple(
    item(label, question, reply_to=own(number, label.lower()))
    for number, (label, question) in enumerate(
        (("A", ANNEX), ("B", FINANCIAL), ("C", COEFFICIENT), ("D", OTHER), ("E", WAGES)), 2
    )
)
B_SNIR = item("B", SNIR)
TO_REDO = item("2", replace(OTHER, version=1), comment="À revoir.")
MANY = tuple(
    item(chr(ord("A") + n) if n < 26 else f"A{chr(ord('A') + n - 26)}", replace(question, id=100 + n))
    for n, question in enumerate((ANNEX, FINANCIAL, COEFFICIENT, OTHER, WAGES, SNIR) * 5)
)
