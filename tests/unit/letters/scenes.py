"""Every kind of letter in each of its variants, as scenes with sample data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from mailbot.domain.model import Outcome, Question, State
from mailbot.letters.render import ABOUTS, REFUSALS
from mailbot.letters.scene import Mail, News, Scene
from tests.unit.letters import browser_scenes, confirm_scenes, delegation_scenes, several_scenes
from tests.unit.letters.people import (
    ADDRESS,
    AICHA,
    ALONE,
    AMENDED,
    AT,
    DOSSIER,
    ELISE,
    FIRST,
    LATER,
    MACRO,
    MAITE,
    MIREILLE,
    NADEGE,
    OGA,
    PAGE,
    PDF,
    SCRIPTED,
    SECOND,
    UNSAFE,
)

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

_SINGLE: dict[str, dict[str, Scene]] = {
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
        "addition": replace(
            TO_AICHA,
            question=SUBMITTED,
            answer=SECOND,
            by=MAITE,
            event="sent_back",
            comment="Inutile ici.",
            author=AICHA,
        ),
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
        "sent_back_addition": replace(
            TO_MAITE, by=MAITE, question=SUBMITTED, answer=SECOND, event="sent_back", comment="Inutile ici."
        ),
        "withdrawn": replace(BY_STAFF, question=replace(ASKED, state=State.WITHDRAWN), event="withdrawn"),
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
            mail=replace(MAIL, text="") if about in ("empty", "refused", "sealed") else MAIL,
            word="" if about else "DOSSIERS",
            question=None if about == "no_conversation" else ASKED,
            files=(UNSAFE,) if about in ("unsafe", "beside") else (SCRIPTED,) if about == "refused" else (),
        )
        for about in ABOUTS["clarification"]
        if about != "which"
    },
    "refusal": {
        **{name: replace(TO_MAITE, refusal=name, mail=MAIL, until=date(2027, 1, 14)) for name in REFUSALS},
        "OutOfTurn_treated": replace(TO_AICHA, refusal="OutOfTurn", question=TREATED, answer=FIRST, mail=MAIL),
        "OutOfTurn_withdrawn": replace(
            TO_AICHA, refusal="OutOfTurn", question=replace(ASKED, state=State.WITHDRAWN), mail=MAIL
        ),
    },
    "unproven": {about: replace(TO_MAITE, about=about, mail=MAIL) for about in ABOUTS["unproven"]},
    "notice": {
        about: replace(TO_MAITE, about=about, mail=MAIL, comment="")
        for about in ABOUTS["notice"]
        if about not in ("undone", "address")
    },
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

_OTHERS = (several_scenes.SCENES, delegation_scenes.SCENES, browser_scenes.SCENES, confirm_scenes.SCENES)

#: kind -> variant -> scene
SCENES: dict[str, dict[str, Scene]] = {kind: dict(found) for kind, found in _SINGLE.items()}
for _more in _OTHERS:
    for _kind, _found in _more.items():
        SCENES.setdefault(_kind, {}).update(_found)
