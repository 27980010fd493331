"""Every letter in every variant: it reads as its golden file, and keeps the rules of letters.

After a wording was changed on purpose, `MAILBOT_UPDATE_GOLDEN=1 pytest tests/unit/letters` writes the files anew.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import cast

import pytest
from jinja2 import Environment, FileSystemLoader

from mailbot import resources
from mailbot.demo.postoffice import Letter
from mailbot.letters.render import (
    ALONE,
    FOLDERS,
    FOOT,
    FOOT_ALONE,
    HTML_LIMIT,
    KINDS,
    environment,
    folder,
    render,
    subject,
)
from mailbot.letters.scene import Rendered, Scene
from tests import letter_rules
from tests.unit.letters.people import ADDRESS, FIRST, OGA
from tests.unit.letters.scenes import ASKED, RECEIPT, SCENES, TO_MAITE

GOLDEN = Path(__file__).parents[2] / "golden"
UPDATE = bool(os.environ.get("MAILBOT_UPDATE_GOLDEN"))
ALL = [
    pytest.param(kind, scene, id=f"{kind}-{name}".rstrip("-"))
    for kind, v in SCENES.items()
    for name, scene in v.items()
]
#: words of later releases: no letter may offer them yet
LATER = re.compile(r"« ?DOSSIER|QUESTIONS à|« ?QUESTIONS|STATISTIQUES|RAPPELS|« ?POINT|AFFECTER|\bDAE\b|\bCRM\b")


@pytest.fixture(scope="module")
def env() -> Environment:
    return environment(FileSystemLoader(resources.data("templates")))


def test_every_folder_of_templates_is_a_kind_with_scenes() -> None:
    folders = {path.parent.name for path in resources.data("templates").glob("*/body.txt")}
    assert folders == set(FOLDERS) == {folder(kind, scene) for kind, v in SCENES.items() for scene in v.values()}
    assert set(SCENES) == set(KINDS)


def test_no_golden_file_is_left_over() -> None:
    names = {f"{case.id}.{part}" for case in ALL for part in ("txt", "html")}
    assert {path.name for path in GOLDEN.iterdir()} == names


@pytest.mark.parametrize(("kind", "scene"), ALL)
def test_a_letter_reads_as_its_golden_file(
    env: Environment, kind: str, scene: Scene, request: pytest.FixtureRequest
) -> None:
    letter = render(env, kind, scene)
    id = request.node.callspec.id
    for part, shown in (("txt", f"Objet: {letter.subject}\n\n{letter.text}"), ("html", letter.html)):
        path = GOLDEN / f"{id}.{part}"
        if UPDATE:
            path.write_text(shown, encoding="utf-8")
        assert shown == path.read_text(encoding="utf-8"), f"{path.name} differs"


@pytest.mark.parametrize(("kind", "scene"), ALL)
def test_a_letter_keeps_the_rules(env: Environment, kind: str, scene: Scene) -> None:
    letter = render(env, kind, scene)
    letter_rules.check(cast(Letter, _Sent(kind, letter)))
    if kind == "alarm":
        return
    assert f"\n{FOOT_ALONE if kind in ALONE else FOOT}{ADDRESS}\n" in letter.text
    assert f"écrivez AIDE à {OGA.bot}" in re.sub(r"\s+", " ", letter.text)
    if kind != "clarification":
        assert not LATER.search(letter.text)
        assert not LATER.search(letter.html)


@pytest.mark.parametrize(("kind", "scene"), ALL)
def test_no_level_of_headings_is_skipped(env: Environment, kind: str, scene: Scene) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", render(env, kind, scene).html)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


class _Sent:
    """A letter as the post office shows it to the rules."""

    def __init__(self, kind: str, letter: Rendered) -> None:
        self.kind, self.subject, self.text = kind, letter.subject, letter.text
        self.message = EmailMessage()
        self.message.set_content(letter.text)
        self.message.add_alternative(letter.html, subtype="html")


@pytest.mark.parametrize(("kind", "scene"), ALL)
def test_what_a_person_typed_is_data(env: Environment, kind: str, scene: Scene) -> None:
    evil = "{{ 711*7 }} <script>alert(1)</script> \u202ecod.exe\r\n> cité\n-- \nBcc: x@y.example"
    dossier = replace(ASKED.dossier, member=evil)
    question = replace(scene.question, text=evil, title=evil, dossier=dossier) if scene.question else None
    answer = (
        replace(scene.answer, text=evil, set_aside=evil, files=(replace(FIRST.files[0], name=evil),))
        if scene.answer
        else None
    )
    mail = replace(scene.mail, text=evil, subject=evil) if scene.mail else None
    letter = render(
        env, kind, replace(scene, question=question, answer=answer, mail=mail, comment=evil, draft=evil, word=evil)
    )
    assert not re.search(r"[\r\n\u202e]", letter.subject)
    assert "<script" not in letter.html
    assert "\u202e" not in letter.html
    assert "4977" not in letter.text + letter.html
    assert not re.search(r"^(>|--|__)", letter.text, re.MULTILINE)


def test_typed_lines_and_paragraphs_stay(env: Environment) -> None:
    answer = replace(FIRST, text="Un\ndeux\n\ntrois  et   quatre\n    retrait")
    letter = render(env, "receipt", replace(RECEIPT, answer=answer))
    assert "  | Un\n  | deux\n  |\n  | trois  et   quatre\n  |     retrait\n" in letter.text
    assert re.search(r"<p[^>]*>Un<br>deux</p>\s*<p[^>]*>trois  et   quatre<br>", letter.html)


def test_a_long_answer_is_cut_in_html_and_says_so(env: Environment) -> None:
    letter = render(env, "approval", replace(TO_MAITE, answer=replace(FIRST, text="<&> mot\n\n" * 20_000)))
    assert len(letter.html.encode()) <= HTML_LIMIT
    assert "de plus, conservés]" in letter.html
    assert "de plus, conservés]" in letter.text


def test_times_are_those_of_the_association(env: Environment) -> None:
    assert "23\u00a0novembre\u00a02026, 16\u00a0h\u00a042" in render(env, "receipt", RECEIPT).text


def test_the_subject_names_nobody_unless_configured() -> None:
    end = "autres frais divers [D0009-2025-2]"
    shown = [subject(ASKED, replace(OGA, subject_name=name)) for name in ("initials", "none", "full")]
    assert shown == [
        f"ECCV 2025 · Z. E. (411ETCH09) · {end}",
        f"ECCV 2025 · (411ETCH09) · {end}",
        f"ECCV 2025 · Zoé Etchegoyen (411ETCH09) · {end}",
    ]
    bare = replace(ASKED, title="", number=4, ref="D0009-2025-4", dossier=replace(ASKED.dossier, firm_reference=""))
    assert subject(bare, OGA) == "ECCV 2025 · Z. E. · question n° 4 [D0009-2025-4]"


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("unknown", {}),
        ("clarification", {"about": "moods"}),
        ("refusal", {"refusal": "Held"}),
        ("notice", {"about": ""}),
    ],
)
def test_a_letter_that_does_not_exist_is_refused(env: Environment, kind: str, changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"no letter|does not know"):
        render(env, kind, replace(RECEIPT, **changes))


def test_a_letter_takes_few_milliseconds(env: Environment) -> None:
    render(env, "approval", TO_MAITE)
    start = perf_counter()
    for _ in range(20):
        render(env, "approval", TO_MAITE)
    assert (perf_counter() - start) / 20 < 0.02
