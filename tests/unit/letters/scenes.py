"""Every kind of letter in each of its variants, as scenes with sample data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.domain.model import Answer, Channel, Dossier, File, Firm, Outcome, Person, Question, Right, Role, State
from mailbot.domain.model import Verdict as V
from mailbot.letters.render import ABOUTS, REFUSALS
from mailbot.letters.scene import Mail, News, Oga, Scene

AT = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)
LATER = AT + timedelta(hours=17)
ADDRESS = "eccv+caaaaaamolhm4kwjpx5fjzmmq4@assaprol.example"
PAGE = "https://eccv.assaprol.example/v/daaaaaafe7gxlvkpdcpudmaau4"

OGA = Oga(
    name="ASSAPROL",
    footer="ASSAPROL, association régie par la loi du 1er juillet 1901",
    phone="05 36 49 12 00",
    website="www.assaprol.example",
    bot="eccv@assaprol.example",
    timezone=ZoneInfo("Europe/Paris"),
)
FIRM = Firm(1, "C01", "Cabinet Etcheverry & Associés")
AICHA = Person(1, "a.dubois@etcheverry.example", "Aïcha Dubois", Role.COLLABORATOR, FIRM, frozenset({Right.ANSWER}))
ELISE = Person(2, "e.larralde@etcheverry.example", "Élise Larralde", Role.COLLABORATOR, FIRM, AICHA.rights)
MAITE = Person(3, "m.martin@etcheverry.example", "Maïté Martin", Role.EXPERT, FIRM)
MIREILLE = Person(4, "m.anguelu@assaprol.example", "Mireille Anguelu", Role.STAFF)
NADEGE = Person(5, "nadege@duhalde.example", "Nadège Duhalde", Role.MEMBER)

DOSSIER = Dossier(
    1, "D0009", "Zoé Etchegoyen", "géomètre-expert", FIRM, MAITE, MIREILLE, (AICHA, ELISE), firm_reference="411ETCH09"
)
ALONE = Dossier(2, "D0089", "Nadège Duhalde", "avocat", None, NADEGE, MIREILLE)

PDF = File("Detail-comptes-ligne-30.pdf", "application/pdf", 188_000, "0" * 64, "2")
MACRO = File("Honoraires-2025.xlsm", "application/x", 65_000, "1" * 64, "3", verdict=V.REFUSED, why="type")
SIGNATURE = "Aïcha Dubois\nCabinet Etcheverry & Associés\n12 rue des Arènes, 64100 Bayonne\n05 59 86 85 95"
WORDS = (
    "Bonjour,\n\nLa ligne 30 regroupe trois comptes : logiciels et abonnements de topographie 9 840 €, assurance RC "
    "professionnelle et décennale 11 260 €, formation et documentation 3 625 €.\n\nLa décennale a augmenté en 2025 "
    "(nouveau chantier). Le détail est joint."
)
FIRST = Answer(1, 1, WORDS, WORDS, SIGNATURE, AICHA, Channel.MAIL, AT, (PDF,), id=1)
MORE = "L'avenant de l'assureur est joint également."
SECOND = replace(FIRST, version=2, text=f"{WORDS}\n\n{MORE}", added=MORE, set_aside="", at=LATER, id=2)
AMENDED = replace(SECOND, by=MAITE, approved_by=MAITE, approved_at=LATER)

ASKED = Question(
    1,
    "D0009-2025-2",
    2,
    DOSSIER,
    2025,
    "Le poste « autres frais divers de gestion » atteint 24 725 €, soit 34 % des dépenses. "
    "Merci d'en donner le détail.",
    title="autres frais divers",
    form="2035-A",
    line="BM (ligne 30)",
    document="détail des comptes composant la ligne 30",
    due=date(2026, 12, 15),
    state=State.ASKED,
    asked_at=AT - timedelta(days=20),
    asked=(AICHA, ELISE),
)
PROPOSED = replace(ASKED, state=State.PROPOSED, version=1, waiting=1, answer=FIRST)
SUBMITTED = replace(ASKED, state=State.SUBMITTED, version=1, handed_over=1, answer=FIRST)
TREATED = replace(SUBMITTED, state=State.TREATED, outcome=Outcome.SATISFACTORY)
OWN = replace(ASKED, ref="D0089-2025-1", number=1, dossier=ALONE, asked=(NADEGE,))

MAIL = Mail("Re: une question", LATER, "La décennale tient à l'extension de garantie.", to="Élise Larralde")
NEWS = News(replace(SUBMITTED, ref="D0009-2025-1", number=1), MAITE, LATER, FIRST, AMENDED)

TO_AICHA = Scene(OGA, LATER, AICHA, (MIREILLE,), ASKED, reply_to=ADDRESS, approver=MAITE)
RECEIPT = replace(TO_AICHA, question=PROPOSED, answer=FIRST, by=AICHA, event="proposed", mail=MAIL)
BARE = replace(FIRST, files=(), set_aside="", text="Ci-joint l'IFU.", added="Ci-joint l'IFU.")
TO_MAITE = replace(RECEIPT, to=MAITE, author=AICHA, approver=None, page=PAGE)
TO_STAFF = replace(TO_MAITE, to=MIREILLE, staff=(), question=SUBMITTED, event="submitted")
BY_STAFF = replace(TO_STAFF, by=MIREILLE)

#: kind -> variant -> scene
SCENES: dict[str, dict[str, Scene]] = {
    "question": {
        "": replace(TO_AICHA, others=(ELISE,)),
        "passed_on": replace(TO_AICHA, to=ELISE, by=AICHA, event="passed_on", comment="Voir avec Élise."),
        "member": replace(TO_AICHA, to=NADEGE, question=OWN, approver=None),
        "news": replace(TO_AICHA, news=(NEWS,)),
        "second_delay": replace(TO_AICHA, question=replace(ASKED, postponed_until=date(2026, 12, 22))),
    },
    "receipt": {
        "": RECEIPT,
        "news": replace(RECEIPT, news=(NEWS, replace(NEWS, sent=FIRST))),
        "expert": replace(
            TO_MAITE,
            by=MAITE,
            question=SUBMITTED,
            answer=replace(FIRST, by=MAITE, files=(PDF, MACRO)),
            event="submitted",
            page="",
        ),
        "missing_file": replace(RECEIPT, question=replace(PROPOSED, answer=BARE), answer=BARE, file_announced=True),
        "only_a_file": replace(RECEIPT, answer=replace(FIRST, text="", added="", set_aside="")),
        "second": replace(RECEIPT, question=replace(PROPOSED, version=2, waiting=2, answer=SECOND), answer=SECOND),
        "same_as_before": replace(RECEIPT, same_as_before=True),
        "late": replace(RECEIPT, question=TREATED, answer=replace(SECOND, addition=True), event="added"),
        "postponed": replace(TO_AICHA, by=AICHA, event="postponed", until=date(2026, 12, 22), mail=MAIL),
        "passed_on": replace(TO_AICHA, by=AICHA, event="passed_on", passed_to=(ELISE,), mail=MAIL),
        "passed_on_to_nobody": replace(
            TO_AICHA, by=AICHA, event="passed_on", mail=MAIL, question=replace(ASKED, passed_on=(AICHA, ELISE))
        ),
    },
    "approval": {
        "": TO_MAITE,
        "by_link": replace(TO_MAITE, attached=False),
        "without_page": replace(TO_MAITE, page=""),
        "second_round": replace(TO_MAITE, answer=SECOND, before=FIRST),
        "addition": replace(
            TO_MAITE,
            question=replace(SUBMITTED, version=2, waiting=2),
            answer=replace(SECOND, addition=True),
            before=FIRST,
        ),
    },
    "sent_back": {
        "": replace(
            TO_AICHA, answer=FIRST, by=MAITE, event="sent_back", comment="Merci de préciser la hausse.", author=AICHA
        ),
        "news": replace(TO_AICHA, answer=FIRST, by=MAITE, event="sent_back", comment="À préciser.", news=(NEWS,)),
    },
    "asked_again": {
        "": replace(
            TO_AICHA,
            answer=FIRST,
            by=MIREILLE,
            event="asked_again",
            comment="Et janvier ?",
            question=replace(ASKED, round=2),
        ),
        "member": replace(
            TO_AICHA,
            to=NADEGE,
            answer=replace(FIRST, by=NADEGE),
            by=MIREILLE,
            event="asked_again",
            comment="Et janvier ?",
            question=OWN,
            approver=None,
        ),
    },
    "to_treat": {
        "": TO_STAFF,
        "approved": replace(
            TO_STAFF, by=MAITE, event="approved", answer=replace(FIRST, approved_by=MAITE, approved_at=LATER)
        ),
        "amended": replace(TO_STAFF, by=MAITE, event="amended", before=FIRST, answer=AMENDED),
        "added": replace(
            TO_STAFF, by=MAITE, event="added", before=FIRST, answer=replace(SECOND, by=MAITE, addition=True)
        ),
        "late": replace(TO_STAFF, question=TREATED, event="added", before=FIRST, answer=replace(SECOND, addition=True)),
    },
    "decided": {
        "approved": replace(TO_MAITE, by=MAITE, question=SUBMITTED, event="approved"),
        "amended": replace(TO_MAITE, by=MAITE, question=SUBMITTED, event="amended", before=FIRST, answer=AMENDED),
        "sent_back": replace(TO_MAITE, by=MAITE, question=ASKED, event="sent_back", comment="À préciser."),
        "treated": replace(BY_STAFF, question=TREATED, event="treated", outcome=Outcome.SATISFACTORY),
        "asked_again": replace(BY_STAFF, question=ASKED, event="asked_again", comment="Et janvier ?"),
    },
    "not_your_answer": {
        about: replace(TO_AICHA, mail=MAIL, answer=None, about=about) for about in ABOUTS["not_your_answer"]
    },
    "approval_unclear": {
        about or "words": replace(TO_MAITE, about=about, draft="" if about == "empty" else MAIL.text, mail=MAIL)
        for about in ABOUTS["approval_unclear"]
    },
    "clarification": {
        about or "word": replace(
            BY_STAFF if about in ("treat", "ask_again") else TO_AICHA,
            about=about,
            mail=MAIL,
            word="" if about else "DOSSIERS",
            question=None if about == "no_conversation" else ASKED,
        )
        for about in ABOUTS["clarification"]
    },
    "refusal": {
        **{name: replace(TO_MAITE, refusal=name, mail=MAIL, until=date(2027, 1, 14)) for name in REFUSALS},
        "OutOfTurn_treated": replace(TO_AICHA, refusal="OutOfTurn", question=TREATED, answer=FIRST, mail=MAIL),
        "OutOfTurn_withdrawn": replace(
            TO_AICHA, refusal="OutOfTurn", question=replace(ASKED, state=State.WITHDRAWN), mail=MAIL
        ),
    },
    "unproven": {about or "forged": replace(TO_MAITE, about=about, mail=MAIL) for about in ABOUTS["unproven"]},
    "notice": {about: replace(TO_MAITE, about=about, mail=MAIL, comment="") for about in ABOUTS["notice"]},
    "help": {
        person.role.value: replace(
            TO_AICHA,
            to=person,
            question=None,
            approver=None,
            staff=() if person is MIREILLE else (MIREILLE,),
            mail=replace(MAIL, subject="AIDE"),
        )
        for person in (AICHA, MAITE, NADEGE, MIREILLE)
    },
}
