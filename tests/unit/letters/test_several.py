"""Letters that hold much: what fits, what stays answerable, and which folder writes what."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from jinja2 import Environment, FileSystemLoader

from mailbot import resources
from mailbot.domain.digest import SECTION, Bounced, Failed, Late, LateSection, Line, Section, Unread
from mailbot.letters import several
from mailbot.letters.render import HTML_LIMIT, environment, folder, render
from tests.unit.letters import several_scenes as s
from tests.unit.letters.people import AICHA, MAITE, OGA, PAGE
from tests.unit.letters.scenes import RECEIPT


@pytest.fixture(scope="module")
def env() -> Environment:
    return environment(FileSystemLoader(resources.data("templates")))


@pytest.mark.parametrize(
    ("kind", "scene", "place"),
    [
        ("approval", s.APPROVAL, "approval_several"),
        ("approval", replace(s.APPROVAL, items=()), "approval"),
        ("receipt", s.RECEIPT, "receipt_several"),
        ("receipt", RECEIPT, "receipt"),
        ("decided", s.DECIDED, "decided_several"),
        ("reminder", s.REMIND, "reminder"),
        ("digest", s.TO_STAFF, "digest_staff"),
        ("digest", replace(s.TO_STAFF, digest=s.EXPERT_DIGEST), "digest_expert"),
    ],
)
def test_the_scene_chooses_the_folder(kind: str, scene: s.Scene, place: str) -> None:
    assert folder(kind, scene) == place


def test_a_digest_without_lines_is_refused(env: Environment) -> None:
    with pytest.raises(ValueError, match="no letter"):
        render(env, "digest", replace(s.TO_STAFF, digest=None))


def full(line: Line, first: int) -> Section:
    return Section(tuple(replace(line, number=first + n) for n in range(SECTION)), more=7)


def test_a_digest_with_every_section_full_fits(env: Environment) -> None:
    d = s.STAFF_DIGEST
    late = LateSection(d.late_others.lines[:1] * SECTION, 3)
    digest = replace(
        d,
        to_treat=full(Line(1, s.ZONE, s.ZONE.answer, PAGE), 1),
        overdue=full(d.overdue.lines[0], 26),
        late=late,
        to_treat_others=full(Line(1, s.ZONE, s.ZONE.answer, PAGE), 51),
        overdue_others=full(d.overdue_others.lines[0], 76),
        late_others=late,
        held=tuple(replace(s.HELD[0], number=101 + n) for n in range(SECTION)),
        more_held=2,
        unread=(Unread("M-20261123-0217", s.MORNING),) * SECTION,
        bounced=d.bounced[:1] * SECTION,
        failed=d.failed[:1] * SECTION,
    )
    letter = render(env, "digest", replace(s.TO_STAFF, digest=digest))
    assert len(letter.html.encode()) <= HTML_LIMIT
    for part in (letter.text, letter.html):
        assert all(re.search(rf"\b{number}\b", part) for number in range(1, 126))
    assert isinstance(digest.bounced[0], Bounced)
    assert isinstance(digest.failed[0], Failed)
    assert isinstance(late.lines[0], Late)


def test_an_expert_digest_with_every_section_full_fits(env: Environment) -> None:
    d = s.EXPERT_DIGEST
    digest = replace(
        d,
        to_approve=full(d.to_approve.lines[0], 1),
        open=d.open[:1] * SECTION,
        more_open=4,
        happened=d.happened[:1] * SECTION,
    )
    assert len(render(env, "digest", replace(s.TO_STAFF, to=MAITE, digest=digest)).html.encode()) <= HTML_LIMIT


def test_every_question_of_a_long_reminder_can_be_answered(env: Environment) -> None:
    items = tuple(replace(s.MANY[n % 30], label=f"L{n}", reply_to=s.own(2, "q")) for n in range(90))
    letter = render(env, "reminder", replace(s.REMIND, items=items))
    assert len(letter.html.encode()) <= HTML_LIMIT
    for item in items:
        assert re.search(rf"\b{item.label}\b", letter.text)
        assert re.search(rf"\b{item.label}\b", letter.html)


@pytest.mark.slow
def test_many_long_answers_fit_and_the_text_part_has_them_all(env: Environment) -> None:
    long = replace(s.DETAIL, text="Un mot après l'autre.\n\n" * 400, files=s.DETAIL.files * 3)
    items = tuple(replace(s.C, label=f"L{n}", answer=long) for n in range(40))
    letter = render(env, "approval", replace(s.APPROVAL, items=items))
    assert len(letter.html.encode()) <= HTML_LIMIT
    assert all(f"\nRéponse {item.label}\n" in letter.text for item in items)
    assert all(re.search(rf"\b{item.label}\b", letter.html) for item in items)
    receipt = replace(s.RECEIPT, items=tuple(replace(i, event="proposed") for i in items))
    assert len(render(env, "receipt", receipt).html.encode()) <= HTML_LIMIT
    decided = replace(s.DECIDED, items=tuple(replace(i, event="amended", before=s.DETAIL) for i in items))
    assert len(render(env, "decided", decided).html.encode()) <= HTML_LIMIT


def test_a_dossier_with_many_questions_fits(env: Environment) -> None:
    items = tuple(replace(s.DOSSIER_LETTER.items[1], label=str(n)) for n in range(1, 31))
    letter = render(env, "dossier", replace(s.DOSSIER_LETTER, items=items))
    assert len(letter.html.encode()) <= HTML_LIMIT
    assert all(f"Question {n} [" in letter.text.replace("\u00a0", " ") for n in range(1, 31))


def test_no_letter_asks_and_approves_at_once(env: Environment) -> None:
    assert "OK pour tous" not in render(env, "reminder", s.REMIND).text
    assert "« A) »" not in render(env, "reminder", replace(s.APPROVAL, about="approval")).text.replace("\u00a0", " ")


def test_chips_of_the_new_stand_only_where_some_are_not(env: Environment) -> None:
    assert render(env, "approval", s.APPROVAL).html.count("Nouvelle<") == 2
    new = tuple(replace(item, new=True) for item in s.APPROVAL.items)
    letter = render(env, "approval", replace(s.APPROVAL, items=new))
    assert "Nouvelle<" not in letter.html
    assert "figur" not in letter.text


def test_what_was_set_aside_counts_once_a_message() -> None:
    same = (s.ONE, replace(s.TWO, answer=s.ONE.answer))
    assert several.asides(same) == several.Aside(4, several.asides(same).lines, each=False)
    assert several.asides((s.ONE, s.TWO)).each
    assert several.asides((s.A, s.B, s.C)).count == 8


def test_dossiers_and_years_are_told_apart() -> None:
    other = replace(s.C, label="E", question=replace(s.OTHER, exercice=2024))
    groups = several.by_dossier((s.B, s.C, other))
    assert [(group.ref, len(group.items)) for group in groups] == [("D0009-2025", 2), ("D0009-2024", 1)]
    assert several.about((s.B, s.C)) == "D0009-2025"
    assert several.about((s.A, s.B)) == "2\u00a0dossiers"
    assert several.about((s.B,)) == "D0009-2025-1"


def test_the_day_offered_for_a_delay() -> None:
    today = date(2026, 11, 18)
    assert several.later([date(2026, 12, 15)], None, today) == date(2026, 12, 22)
    assert several.later([], None, today) == date(2026, 11, 25)
    assert several.later([date(2026, 12, 15)], date(2026, 12, 18), today) == date(2026, 12, 18)


@pytest.mark.parametrize(
    ("subject", "bare"),
    [("RE: Re : ECCV 2025", "ECCV 2025"), ("TR: Fwd: x", "x"), ("Rechute", "Rechute"), ("", "")],
)
def test_a_subject_loses_what_mail_programs_put_before_it(subject: str, bare: str) -> None:
    assert several.bare_subject(subject) == bare


def test_a_held_line_needs_no_question(env: Environment) -> None:
    scene = replace(s.BY_STAFF, items=(s.item("6", None, held="dropped"), s.item("7", None, refusal="Unclear")))
    text = render(env, "decided", scene).text
    assert "6 · message retenu  [Écarté]" in text
    assert "7  [Sans effet]" in text


@pytest.mark.parametrize(
    ("refusal", "about", "says"),
    [
        ("OutOfTurn", "held", "Ce message est déjà réglé."),
        ("OutOfTurn", "", "Déjà traitée par Patrick Sarthou, le 24 novembre à 9 h 12."),
        ("Unclear", "held", "Nous n’avons pas compris « 6 peut-être » : rien n’a changé."),
        ("NotProven", "", "Rien ne prouve que ce message vient de votre messagerie : rien n’a changé."),
        ("NotOffered", "", "« 6 peut-être » n’est pas proposé ici : rien n’a changé."),
        ("VersionChanged", "", "La réponse a changé depuis notre message"),
    ],
)
def test_a_line_without_effect_says_why(env: Environment, refusal: str, about: str, says: str) -> None:
    line = replace(s.BY_STAFF.items[3], refusal=refusal, about=about, comment="6 peut-être")
    text = render(env, "decided", replace(s.BY_STAFF, items=(line,))).text
    assert says in " ".join(text.replace("\u00a0", " ").split())
    assert "Rien n’a changé\n====" in text


def test_the_reader_is_who_joined_or_who_was_asked(env: Environment) -> None:
    joined = render(env, "reminder", replace(s.REMIND, to=MAITE)).text
    assert "un rappel est resté sans réponse" in " ".join(joined.split())
    asked = render(env, "last_reminder", s.LAST).text
    assert "un rappel est resté sans réponse" not in " ".join(asked.split())
    assert AICHA.name not in asked
    assert OGA.name in asked
