"""Letters with several questions, reminders and digests, as scenes with sample data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mailbot.domain.digest import (
    Bounced,
    ExpertDigest,
    Failed,
    HeldMail,
    Late,
    LateSection,
    Line,
    OpenDossier,
    Section,
    Since,
    StaffDigest,
    Unread,
)
from mailbot.domain.model import (
    Answer,
    Channel,
    Dossier,
    File,
    Firm,
    Outcome,
    Person,
    Question,
    Role,
    State,
)
from mailbot.letters.scene import Item, Mail, Scene
from tests.unit.letters.people import (
    ADDRESS,
    AICHA,
    ALONE,
    DOSSIER,
    ELISE,
    FIRM,
    FIRST,
    MAITE,
    MIREILLE,
    NADEGE,
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
REMIND = Scene(
    OGA, datetime(2026, 11, 18, 8, tzinfo=UTC), ELISE, (PATRICK,), reply_to=ADDRESS, about="answer", items=FIVE,
    approver=MAITE, others=(AICHA, OLIVIER),
)  # fmt: skip
LAST_DAY = datetime(2026, 12, 14, 8, tzinfo=UTC)
SOON = (item("1", SNIR, last=True), item("2", CA3, last=True))
LAST = replace(REMIND, now=LAST_DAY, to=MAITE, staff=(MIREILLE,), items=SOON, approver=None, others=())
MANY = tuple(
    item(chr(ord("A") + n) if n < 26 else f"A{chr(ord('A') + n - 26)}", replace(question, id=100 + n))
    for n, question in enumerate((ANNEX, FINANCIAL, COEFFICIENT, OTHER, WAGES, SNIR) * 5)
)
DOSSIER_LETTER = Scene(
    OGA, ASKED_AT, AICHA, (MIREILLE,), reply_to=ADDRESS, approver=MAITE, others=(ELISE,), event="asked",
    items=tuple(
        item(str(n), question, reply_to=own(n + 1, "z"))
        for n, question in enumerate((COEFFICIENT, OTHER, WAGES), 1)
    ),
)  # fmt: skip

SITTING = (replace(ONE, event="proposed"), replace(TWO, event="proposed", undo=True))
RECEIPT = Scene(
    OGA, datetime(2026, 11, 23, 15, 57, tzinfo=UTC), AICHA, (MIREILLE,), TWO.question, reply_to=ADDRESS, by=AICHA,
    approver=MAITE, items=SITTING, approval_at=datetime(2026, 11, 23, 16, 27, tzinfo=UTC),
    undo_until=datetime(2026, 11, 23, 16, 7, tzinfo=UTC),
)  # fmt: skip
DIRECT = tuple(
    item(i.label, submitted(i.question, replace(DETAIL, by=MAITE, set_aside="")), event="submitted",
         answer=replace(DETAIL, by=MAITE, set_aside=""))
    for i in SOON
    if i.question
)  # fmt: skip

HER_MAIL = Mail(
    "RE: ECCV 2025 : 4 réponses à valider",
    NOW + timedelta(minutes=18),
    f"B non : joindre la note de calcul\n\nC compléter : {ADDED}\n\nD ok",
)
DECIDED = replace(
    TO_MAITE,
    now=HER_MAIL.at,
    mail=HER_MAIL,
    undo_until=HER_MAIL.at + timedelta(minutes=10),
    items=(
        A,
        item("B", replace(COEFFICIENT, state=State.ASKED), answer=RATIO, event="sent_back", comment="joindre la note"),
        item(
            "C", submitted(OTHER, COMPLETED), answer=COMPLETED, before=DETAIL, author=AICHA, event="amended", undo=True
        ),
        item("D", submitted(WAGES, PART_TIME), answer=PART_TIME, event="approved", undo=True),
    ),
)
TREATED = replace(LOUSTAU, id=5)
NO_ANSWER = replace(
    CA3, id=12, ref="D0050-2024-2", dossier=LOUSTAU, exercice=2024, title="véhicule", due=date(2026, 11, 20),
    state=State.TREATED, outcome=Outcome.NO_ANSWER, asked=(PEIO,), asked_at=datetime(2026, 10, 5, tzinfo=UTC),
)  # fmt: skip
ZONE = submitted(
    replace(CA3, id=13, ref="D0022-2025-2", number=2, dossier=DURAND, title="exonération zonée", asked=(PEIO,)),
    _answer(
        replace(PEIO, name="Luc Barneix"),
        "Implantation en ZRR le 4 septembre 2022, première période de cinq ans exonérée en totalité, puis dégressive.",
        NOW - DAY,
        (_file("Attestation.pdf", 50_000), _file("Kbis.pdf", 60_000)),
    ),
)
STAFF_MAIL = Mail("Re: récapitulatif", NOW, "1 traité\n2 redemander : quelle part en espèces ?\n3 traité sans réponse")
CASH = submitted(
    replace(CA3, id=14, ref="D0089-2025-1", number=1, dossier=ALONE, title="encaissements en espèces", asked=(NADEGE,)),
    _answer(NADEGE, "Tiers payant pour la quasi-totalité des actes.", NOW - DAY),
)
PAID = submitted(WAGES, replace(PART_TIME, approved_by=MAITE, approved_at=NOW))
BY_STAFF = Scene(
    OGA, NOW, MIREILLE, reply_to=ADDRESS, mail=STAFF_MAIL, undo_until=NOW + timedelta(minutes=10),
    items=(
        item("1", replace(PAID, state=State.TREATED), answer=PAID.answer, event="treated", undo=True,
             outcome=Outcome.SATISFACTORY),
        item("2", replace(CASH, state=State.ASKED), answer=CASH.answer, event="asked_again"),
        item("3", NO_ANSWER, event="treated", outcome=Outcome.NO_ANSWER, undo=True),
        item("4", replace(ZONE, state=State.TREATED), answer=ZONE.answer, refusal="OutOfTurn", by=PATRICK,
             at=datetime(2026, 11, 24, 8, 12, tzinfo=UTC)),
        item("6", CASH, held="filed", comment="karine.dupouy@orange.example"),
        item("7", CASH, held="blocked", comment="promo@reclame.example"),
    ),
)  # fmt: skip

OVERDUE = replace(NO_ANSWER, state=State.ASKED, outcome=None)
UNAPPROVED = replace(
    OVERDUE, id=15, ref="D0033-2024-1", number=1, state=State.PROPOSED, due=date(2026, 11, 23),
    dossier=replace(DURAND, id=7, ref="D0033", member="Cyril Duffau"),
    answer=_answer(replace(PEIO, name="Zoé Casamayor"), "Voir l'annexe.", NOW - 9 * DAY),
)  # fmt: skip
MORNING = datetime(2026, 11, 24, 6, 45, tzinfo=UTC)
HELD = (
    HeldMail(
        6, "karine.dupouy@orange.example", MORNING - timedelta(hours=13, minutes=35), "stranger",
        "Bonjour, je remplace le collaborateur du cabinet. Voici l'attestation demandée par le message du 3 novembre, "
        "avec ses annexes, merci d'en accuser réception.", 1,
        replace(CASH, ref="D0030-2025-1", dossier=replace(DURAND, ref="D0030", member="Anne Duhalde")), "subject",
    ),
    HeldMail(7, "e.duhalde@etcheverry.example", MORNING - timedelta(minutes=43), "unproven", "L'exonération…", 0),
)  # fmt: skip
COUNTS = ((State.ASKED, 41), (State.PROPOSED, 12), (State.SUBMITTED, 9), (State.TREATED, 48))
STAFF_DIGEST = StaffDigest(
    since=MORNING - DAY,
    counts=COUNTS,
    to_treat=Section((Line(1, PAID, PAID.answer, PAGE), Line(2, CASH, CASH.answer, PAGE)), more=4),
    overdue=Section((Line(3, OVERDUE),)),
    late=LateSection((Late(replace(OVERDUE, ref="D0050-2025-1"), (PEIO,), 21),)),
    to_treat_others=Section((Line(4, ZONE, ZONE.answer, PAGE),), more=2),
    overdue_others=Section((Line(5, UNAPPROVED),)),
    late_others=LateSection(
        (
            Late(replace(ZONE, ref="D0018-2025-3"), (PEIO, XABI), 21),
            Late(replace(ZONE, ref="D0033-2025-2"), (XABI,), 12),
        )
    ),
    held=HELD,
    unread=(Unread("M-20261123-0217", MORNING - timedelta(hours=17, minutes=19)),),
    bounced=(Bounced(replace(PEIO, email="bruno.moreau@oloron.example", name="Bruno Moreau"), "unknown", MORNING),),
    failed=(Failed("reminder", "x.garat@lafitte.example", MORNING - DAY, "550 5.7.1 Message rejected by policy"),),
    last_mail_at=MORNING - timedelta(minutes=4),
    journal_seq=4812,
    journal_hash="81dd6b775afcccb6dbb8a25a58ea844271bbefaeea7cb1d91c1687d7450f850c",
    arrived=3,
)
QUIET = StaffDigest(
    MORNING - 3 * DAY, ((State.ASKED, 12), (State.PROPOSED, 0), (State.SUBMITTED, 0), (State.TREATED, 3)),
    Section(), Section(), LateSection(), Section(), Section(), LateSection(),
)  # fmt: skip
TO_STAFF = Scene(OGA, MORNING, MIREILLE, reply_to=ADDRESS, digest=STAFF_DIGEST)
EXPERT_DIGEST = ExpertDigest(
    since=MORNING - DAY,
    exercice=2025,
    counts=((State.ASKED, 5), (State.PROPOSED, 3), (State.SUBMITTED, 1), (State.TREATED, 1)),
    to_approve=Section(tuple(Line(n, i.question, i.answer, PAGE) for n, i in enumerate((A, B, C), 1) if i.question)),
    oldest_days=1,
    open=(
        OpenDossier(LABAT, 1, (ELISE, OLIVIER), date(2026, 12, 31)),
        OpenDossier(HARISTOY, 4, (MAITE,), date(2026, 12, 15)),
    ),
    happened=(
        Since(PAID, "approved", MAITE, NOW),
        Since(replace(CASH, ref="D0003-2025-1"), "treated", MIREILLE, NOW, Outcome.SATISFACTORY),
    ),
)

#: kind -> variant -> scene
SCENES: dict[str, dict[str, Scene]] = {
    "approval": {
        "several": APPROVAL,
        "several_one_dossier": replace(APPROVAL, items=(ONE, TWO, THREE), page="", staff=(MIREILLE,)),
        "several_on_the_page": replace(APPROVAL, attached=False, items=(replace(A, new=False), B)),
        "several_additions": replace(
            APPROVAL, items=(B, replace(C, answer=replace(COMPLETED, by=AICHA), before=DETAIL, new=True))
        ),
        "several_single": replace(APPROVAL, items=(C,)),
    },
    "reminder": {
        "": REMIND,
        "one_dossier": replace(REMIND, to=AICHA, items=DOSSIER_LETTER.items, others=(ELISE,), staff=(MIREILLE,)),
        "one": replace(REMIND, to=AICHA, items=(item("2", OTHER),), others=(), staff=(MIREILLE,)),
        "expert_joins": replace(REMIND, to=MAITE, approver=None, others=()),
        "many": replace(REMIND, items=MANY),
        "member": replace(
            REMIND, to=NADEGE, approver=None, others=(), items=(item("1", replace(CASH, state=State.ASKED)),)
        ),
        "sent_back": replace(
            REMIND, to=AICHA, others=(), staff=(MIREILLE,), items=(item("2", replace(OTHER, version=1)),)
        ),
        "asked_again": replace(
            REMIND, to=AICHA, others=(), staff=(MIREILLE,),
            items=(item("1", SNIR), item("2", replace(OTHER, version=1, handed_over=1, round=2))),
        ),
        "approval": replace(APPROVAL, about="approval", items=(replace(A, new=False), B, replace(D, label="C"))),
        "approval_one": replace(APPROVAL, about="approval", items=(C,), staff=(MIREILLE,)),
    },
    "last_reminder": {
        "": LAST,
        "with_others": replace(LAST, items=(*SOON, item("3", LATER_DUE))),
        "several_dossiers": replace(
            LAST, now=LAST_DAY - 2 * DAY, to=ELISE, approver=MAITE,
            items=(item("A", ANNEX), item("B", FINANCIAL, last=True), item("C", COEFFICIENT, last=True)),
        ),
        "one": replace(LAST, items=(item("1", SNIR, last=True),)),
        "approval": replace(
            APPROVAL, now=LAST_DAY, about="approval",
            items=(replace(A, new=False, last=True), replace(B, last=True), replace(D, label="C", new=False)),
        ),
        "approval_one": replace(APPROVAL, now=LAST_DAY, about="approval", items=(replace(C, last=True),)),
    },
    "dossier": {"": DOSSIER_LETTER, "one": replace(DOSSIER_LETTER, items=DOSSIER_LETTER.items[:1], others=())},
    "receipt": {
        "several": RECEIPT,
        "several_missing": replace(RECEIPT, missing=("3",)),
        "several_one_of_three": replace(RECEIPT, items=SITTING[1:], missing=("1", "3")),
        "several_expert": replace(
            RECEIPT, to=MAITE, items=DIRECT, question=DIRECT[0].question, approver=None, approval_at=None
        ),
        "several_mixed": replace(
            RECEIPT, to=OLIVIER, question=A.question, undo_until=None,
            items=(
                replace(A, event="proposed", new=False),
                replace(B, question=submitted(COEFFICIENT, RATIO), event="submitted"),
                item("C", replace(OTHER, postponed_until=date(2026, 12, 22)), event="postponed"),
                item("D", replace(WAGES, passed_on=(AICHA,)), event="passed_on"),
                item("E", ANNEX, refusal="Unclear", comment="voir avec le client"),
            ),
        ),
        "several_file_announced": replace(
            RECEIPT, file_announced=True, items=(SITTING[0], replace(SITTING[1], answer=replace(DETAIL, files=())))
        ),
        "several_undone": replace(
            RECEIPT, items=(item("1", COEFFICIENT, event="undone"), item("2", OTHER, refusal="NothingToUndo")),
            undo_until=None, approval_at=None,
        ),
        "several_decisions_undone": replace(
            RECEIPT, to=MAITE, items=tuple(replace(i, event="undone") for i in (A, C)), missing=("B",),
            mail=Mail("RE: ECCV 2025 : 4 réponses à valider", NOW, "annuler"), undo_until=None, approval_at=None,
        ),
        "hours": replace(RECEIPT, items=(), answer=DETAIL, event="proposed"),
        "postponed_hours": replace(
            RECEIPT, items=(), question=OTHER, event="postponed", until=date(2026, 12, 22), approval_at=None
        ),
    },
    "decided": {
        "several": DECIDED,
        "several_all": replace(
            DECIDED, page="", items=tuple(replace(i, new=False, event="approved", undo=True) for i in (A, B))
        ),
        "several_refused": replace(
            DECIDED, undo_until=None,
            items=(
                replace(A, new=False, refusal="VersionChanged"),
                replace(B, refusal="Unclear", about="reserve"),
                replace(C, refusal="Unclear", comment="bof"),
                replace(D, new=False, refusal="NotAllowed"),
            ),
        ),
        "several_staff": BY_STAFF,
        "hours": replace(
            TO_MAITE, question=submitted(OTHER, DETAIL), answer=DETAIL, author=AICHA, by=MAITE, event="approved",
            undo_until=NOW + timedelta(minutes=10), mail=HER_MAIL,
        ),
        "hours_staff": replace(
            BY_STAFF, items=(), question=PAID, answer=PAID.answer, author=AICHA, by=MIREILLE, event="treated",
            outcome=Outcome.SATISFACTORY,
        ),
    },
    "digest": {
        "staff": TO_STAFF,
        "staff_quiet": replace(TO_STAFF, digest=QUIET),
        "staff_paused": replace(
            TO_STAFF, digest=replace(QUIET, paused="plus de 600 lettres en une heure.", held=HELD[:1], arrived=1)
        ),
        "staff_late": replace(
            TO_STAFF,
            digest=replace(
                QUIET,
                late=LateSection(
                    tuple(
                        Late(replace(ZONE, ref=f"{dossier.ref}-2025-{n}", number=n, dossier=dossier), who, 36)
                        for dossier, who, numbers in (
                            (replace(DURAND, id=20, ref="D0035"), (PEIO,), (1, 2, 3, 4)),
                            (replace(DURAND, id=21, ref="D0036"), (PEIO, XABI), (1, 3)),
                            (replace(DURAND, id=22, ref="D0044"), (XABI,), (2,)),
                        )
                        for n in numbers
                    )
                ),
            ),
        ),
        "expert": replace(TO_STAFF, to=MAITE, digest=EXPERT_DIGEST),
        "expert_one": replace(
            TO_STAFF, to=MAITE,
            digest=replace(
                EXPERT_DIGEST, since=MORNING - 4 * DAY, to_approve=Section(EXPERT_DIGEST.to_approve.lines[:1], 2),
                open=(), more_open=0, happened=EXPERT_DIGEST.happened[:1], more_happened=3,
            ),
        ),
        "expert_nothing_to_approve": replace(
            TO_STAFF, to=MAITE, digest=replace(EXPERT_DIGEST, to_approve=Section(), oldest_days=0, more_open=1)
        ),
    },
    "notice": {
        f"undone_{event}": replace(TO_MAITE, to=to, by=to, about="undone", event=event, question=question)
        for event, to, question in (
            ("proposed", AICHA, OTHER),
            ("submitted", MAITE, SNIR),
            ("approved", MAITE, C.question),
            ("amended", MAITE, C.question),
            ("added", MAITE, PAID),
            ("treated", MIREILLE, PAID),
        )
    },
    "refusal": {
        "OutOfTurn_answered": replace(
            RECEIPT, items=(), refusal="OutOfTurn", question=PAID,
            mail=Mail("Re: charges", NOW, "Je n'ai pas ce dossier"),
            decided="submitted", decided_by=ELISE, decided_at=NOW - DAY,
        ),
        "NothingToUndo_staff": replace(TO_MAITE, to=MIREILLE, refusal="NothingToUndo", question=PAID, mail=STAFF_MAIL),
    },
    "clarification": {
        "which_answer": replace(
            REMIND, about="which", mail=Mail("Re: ECCV 2025 : 5 questions", NOW, "Voici le détail demandé.")
        ),
        "which_approval": replace(APPROVAL, about="which", mail=Mail("Re: 4 réponses à valider", NOW, "OK")),
        "which_staff": replace(
            TO_STAFF, digest=None, about="which", items=(item("1", PAID), item("2", SNIR)),
            mail=Mail("Re: ECCV 2025 : récapitulatif du 24 novembre", NOW, "Traité"),
        ),
    },
    "alarm": {
        "": Scene(
            OGA, NOW, Person(0, "operator@assaprol.example", "", Role.STAFF), word="no mail can be sent",
            comment="smtp.assaprol.example has refused every letter since 14:02.\n23 letters wait.",
        ),
    },
}  # fmt: skip
