"""Letters with several questions, reminders and digests, as scenes with sample data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mailbot.domain.digest import (
    Away,
    Bounced,
    Disowned,
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
    Unconfirmed,
    Unread,
)
from mailbot.domain.model import (
    Outcome,
    Person,
    Role,
    State,
)
from mailbot.letters.scene import Mail, Scene, Unplaced
from tests.unit.letters.people import (
    ADDRESS,
    AICHA,
    ALONE,
    ELISE,
    MAITE,
    MIREILLE,
    NADEGE,
    OGA,
    PAGE,
    SCRIPTED,
)
from tests.unit.letters.several_world import (
    ADDED,
    ANNEX,
    APPROVAL,
    ASKED_AT,
    B_SNIR,
    CA3,
    COEFFICIENT,
    COMPLETED,
    DAY,
    DETAIL,
    DURAND,
    FINANCIAL,
    FIVE,
    HARISTOY,
    LABAT,
    LATER_DUE,
    LOUSTAU,
    MANY,
    NOW,
    OLIVIER,
    ONE,
    OTHER,
    PART_TIME,
    PATRICK,
    PEIO,
    RATIO,
    SNIR,
    THREE,
    TO_MAITE,
    TO_REDO,
    TWO,
    WAGES,
    XABI,
    A,
    B,
    C,
    D,
    _answer,
    _file,
    item,
    own,
    submitted,
)

REMIND = Scene(
    OGA, datetime(2026, 11, 18, 8, tzinfo=UTC), ELISE, (PATRICK,), reply_to=ADDRESS, about="answer", items=FIVE,
    approver=MAITE, others=(AICHA, OLIVIER),
)  # fmt: skip
LAST_DAY = datetime(2026, 12, 14, 8, tzinfo=UTC)
SOON = (item("1", SNIR, last=True), item("2", CA3, last=True))
LAST = replace(REMIND, now=LAST_DAY, to=MAITE, staff=(MIREILLE,), items=SOON, approver=None, others=())
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
AWAY = (
    Away(AICHA, date(2026, 12, 2), deputy="Mme Julie Petit, j.petit@etcheverry.example, 05 59 12 34 56"),
    Away(OLIVIER, date(2027, 1, 3), since=date(2026, 12, 21)),
    Away(ELISE),
)
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
    bounced=(
        Bounced(replace(PEIO, email="bruno.moreau@oloron.example", name="Bruno Moreau"), "unknown", MORNING, PEIO),
    ),
    failed=(Failed("reminder", "x.garat@lafitte.example", MORNING - DAY, "550 5.7.1 Message rejected by policy"),),
    away=AWAY,
    disowned=(
        Disowned(MAITE, MORNING - DAY, "Chrome sous Linux", "D0009-2025-2"),
        Disowned(MIREILLE, MORNING - 2 * DAY, "Un navigateur inconnu", "", opened=True),
    ),
    unconfirmed=(
        Unconfirmed(MAITE, MORNING - DAY, denied=True, question=UNAPPROVED),
        Unconfirmed(MIREILLE, MORNING - 3 * DAY, denied=False),
    ),
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
    away=AWAY,
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
            REMIND, to=AICHA, others=(), staff=(MIREILLE,), items=(TO_REDO,)
        ),
        "asked_again": replace(
            REMIND, to=AICHA, others=(), staff=(MIREILLE,),
            items=(item("A", replace(OTHER, version=1, handed_over=1, round=2), comment="Et la page 2 ?"), B_SNIR),
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
        "several_left_open": replace(
            RECEIPT, missing=("3",), undo_until=None,
            unplaced=(
                Unplaced("Les charges sont payées en janvier."),
                Unplaced("7) Voir le relevé de la banque.", label="7"),
                Unplaced(label="1", files=("scan0012.pdf", "scan0013.pdf")),
                Unplaced(label="2", files=("livre-de-paie.pdf",)),
            ),
        ),
        "several_refused_file": replace(
            RECEIPT, missing=("2", "3"), undo_until=None,
            items=(
                SITTING[0],
                item("2", OTHER, refusal="NothingWritten", files=(SCRIPTED,)),
                item("3", WAGES, refusal="NothingWritten"),
            ),
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
        "several_left_open": replace(
            DECIDED, unplaced=(Unplaced("F ok", label="F"), Unplaced("Et pour l'autre, voir avec moi."))
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
    }
    | {
        f"address_{word}": replace(TO_MAITE, question=None, by=AICHA, about="address", word=word, decided_at=NOW - DAY)
        for word in ("unknown", "full", "other")
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
        "which_file": replace(
            REMIND, about="which",
            mail=Mail("Re: ECCV 2025 : 5 questions", NOW, "", files=(_file("scan0012.pdf", 90_000),)),
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
