"""Which part of a reply is about which question; what is doubtful begins no part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.service.splitting.lines import Labels, parts

NUMBERS = Labels(
    ("1", "2", "3"),
    {f"d0009-2025-{n}": str(n) for n in (1, 2, 3)},
    ("1", "2", "3"),
    {"aaaaaaabbbbbbbcccccccddddd": "1"},
    {"1": "Quel coefficient de déduction a été appliqué en 2025 ?", "2": "Merci de détailler la ligne 30."},
)
LETTERS = Labels(("A", "B", "C", "D"), {}, ("A", "B", "C", "D"))
TEN = tuple(str(n) for n in range(1, 11))
DIGEST = Labels((*TEN, "M-20261123-0217"), {}, TEN[:7])


def answers(text: str, labels: Labels = NUMBERS) -> list[tuple[str, str]]:
    return [(part.label, part.text) for part in parts(text, labels, decides=False)]


def decisions(text: str, labels: Labels = LETTERS) -> list[tuple[str, str]]:
    return [(part.label, part.text) for part in parts(text, labels, decides=True)]


@pytest.mark.parametrize(
    "typed",
    [
        "1) Oui.",
        "1. Oui.",
        "1 : Oui.",
        "Question 1 : Oui.",
        "Q1 Oui.",
        "question n° 1 - Oui.",
        "  1)  Oui.",
        "- 1) Oui.",
        "1- Oui.",
        "1/ Oui.",
        "1: Oui.",
        "1 – Oui.",
        "Q1 : Oui.",
        "Pour la question 1, Oui.",
        "Pour la question n°1 : Oui.",
        "Concernant la question 1 : Oui.",
        "En réponse à la question 1, Oui.",
        "À la question 1 : Oui.",
        "Réponse 1 : Oui.",
        "Réponse à la question 1 : Oui.",
        "Point 1 : Oui.",
        "1re question : Oui.",
        "Première question : Oui.",
        "D0009-2025-1 : Oui.",
        "[D0009-2025-1] Oui.",
        "Question 1 [D0009-2025-1] : Oui.",
        "Réf. D0009-2025-1 : Oui.",
        "<eccv+aaaaaaabbbbbbbcccccccddddd@oga.example> : Oui.",
    ],
)
def test_a_label_as_people_write_it(typed: str) -> None:
    assert answers(f"Bonjour,\n\n{typed}\nLa suite.\n\n2) Non.") == [("1", "Oui.\nLa suite."), ("2", "Non.")]


@pytest.mark.parametrize(
    "typed", ["2 140 € de loyers", "2.5 % du total", "1 140 €", "3 mars 2026", "2,5 %", "12) douze"]
)
def test_a_figure_begins_no_part(typed: str) -> None:
    assert answers(f"1) Le détail :\n{typed}") == [("1", f"Le détail :\n{typed}")]
    assert answers(typed) == [("", typed)]


def test_a_reference_begins_a_part() -> None:
    assert answers("D0009-2025-2 : le détail\n[D0009-2025-2] et la suite") == [("2", "le détail"), ("2", "et la suite")]


def test_what_stands_before_the_first_label_is_kept_apart() -> None:
    assert answers("Voici nos réponses, voir aussi le classeur.\n1) Oui.")[0] == (
        "",
        "Voici nos réponses, voir aussi le classeur.",
    )


def test_letters_need_a_sign_where_words_answer() -> None:
    assert answers("A) oui\nA partir de mars\nÀ partir d'avril\nB. non", LETTERS) == [
        ("A", "oui\nA partir de mars\nÀ partir d'avril"),
        ("B", "non"),
    ]


def test_decisions_line_by_line() -> None:
    assert decisions("A ok\nB : oui\nC compléter : la décennale\na augmenté\nD non : préciser") == [
        ("A", "ok"),
        ("B", "oui"),
        ("C", "compléter : la décennale\na augmenté"),
        ("D", "non : préciser"),
    ]
    assert decisions("a ok, b non : motif ; C compléter : x")[0:2] == [("A", "ok"), ("B", "non : motif")]
    assert decisions("A, B et D ok") == [("A", "ok"), ("B", "ok"), ("D", "ok")]


def test_one_word_for_all_of_them() -> None:
    assert [label for label, _ in decisions("OK pour tous")] == ["A", "B", "C", "D"]
    assert [label for label, _ in decisions("Bonjour,\nok pour toutes sauf B et D\nCordialement")] == ["A", "C"]
    assert dict(decisions("OK pour tous sauf B\nB non : motif"))["B"] == "non : motif"
    assert [label for label, _ in decisions("valide pour les quatre réponses")] == ["A", "B", "C", "D"]
    assert decisions("Valide pour les trois")[0][0] == "", "there are four: which three?"
    assert [label for label, _ in decisions("tout traité sauf 3, 7", DIGEST)] == ["1", "2", "4", "5", "6"]


def test_lines_of_a_digest() -> None:
    typed = (
        "3 traité\n5 traité rectificative\n7 : il manque la page 2\n9 → D0042-2025-3\n10 non\nM-20261123-0217 reprendre"
    )
    assert decisions(typed, DIGEST) == [
        ("3", "traité"),
        ("5", "traité rectificative"),
        ("7", "il manque la page 2"),
        ("9", "D0042-2025-3"),
        ("10", "non"),
        ("M-20261123-0217", "reprendre"),
    ]


@pytest.mark.parametrize("typed", ["OK", "A revoir", "Merci Anne", "Tous mes vœux", "D'accord avec vous"])
def test_what_names_nothing_is_one_part_without_a_label(typed: str) -> None:
    assert decisions(typed) == [("", typed)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1) 0,92 ; 2) voir la pièce ; 3) 36 %", [("1", "0,92"), ("2", "voir la pièce"), ("3", "36 %")]),
        ("1) oui 2) non 3) sans objet", [("1", "oui"), ("2", "non"), ("3", "sans objet")]),
        ("1. Oui. 2. Non.", [("1", "Oui."), ("2", "Non.")]),
        ("Questions 1 et 3 : sans objet.", [("1", "sans objet."), ("3", "sans objet.")]),
        ("Question 1 et 3 sans objet.", [("1", "sans objet."), ("3", "sans objet.")]),
        ("Questions 1 à 3 : voir le classeur.", [(n, "voir le classeur.") for n in "123"]),
        ("Pour la question 2, 3 pièces sont jointes.", [("2", "3 pièces sont jointes.")]),
        ("D0009-2025-1 et D0009-2025-3 : sans objet", [("1", "sans objet"), ("3", "sans objet")]),
        ("Bonjour Maïté, 1) oui\n2) non", [("1", "oui"), ("2", "non")]),
        (
            "Quel coefficient de déduction a été appliqué en 2025 ?\n0,92.\nMerci de détailler la ligne 30. Voir PJ.",
            [
                ("1", "Quel coefficient de déduction a été appliqué en 2025 ?\n0,92."),
                ("2", "Merci de détailler la ligne 30. Voir PJ."),
            ],
        ),
    ],
)
def test_answers_by_label(typed: str, expected: list[tuple[str, str]]) -> None:
    assert answers(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "2) Le poste comprend : 1) le loyer, 2) l'eau, 3) le gaz.",
        "2) Le détail :\n1. loyer\n2. eau\n3. gaz",
        "2) Voir la question 3) et le reste.",
        "2) Ligne 3 : 250 €\nLigne 1 : 40 €",
        "2) Le bail.\n12. rue des Arènes",
    ],
)
def test_a_list_inside_an_answer_holds_no_labels(typed: str) -> None:
    assert answers(typed) in ([("2", typed.removeprefix("2) "))], [("", typed)])


@pytest.mark.parametrize(
    ("typed", "stray"),
    [
        ("1) Oui.\n4) Non.", "4"),
        ("1) Oui.\nQuestion 7 : non.", "7"),
        ("1) Oui.\nD0042-2025-3 : non.", "D0042-2025-3"),
        ("1) Oui.\nQuestion 2 [D0042-2025-2] : non.", "D0042-2025-2"),
        ("1) Oui.\n4e question : non.", "4"),
    ],
)
def test_a_label_that_the_letter_does_not_have_is_told(typed: str, stray: str) -> None:
    found = parts(typed, NUMBERS, decides=False)
    assert [(part.label, part.stray) for part in found] == [("1", False), (stray, True)]
    assert found[0].text == "Oui."
    assert "on." in found[1].text


def test_an_ordinal_that_may_mean_two_questions_is_asked_about() -> None:
    found = parts("2e question : non.", Labels(("2", "3"), {}), decides=False)
    assert [(part.label, part.stray) for part in found] == [("2", True)]


FOUR = Labels(("1", "2", "3", "4"), {}, ("1", "2", "3", "4"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "1 oui, 2 oui sauf la page 3, 3 non : motif",
            [("1", "oui"), ("2", "oui sauf la page 3"), ("3", "non : motif")],
        ),
        ("1 oui ; 2 non : motif ; 3 ok", [("1", "oui"), ("2", "non : motif"), ("3", "ok")]),
        ("1 ok 2 ok 3 non : motif", [("1", "ok"), ("2", "ok"), ("3", "non : motif")]),
        ("1 ok et 2 non : motif", [("1", "ok"), ("2", "non : motif")]),
        ("1) ok - 2) ok - 3) non : motif", [("1", "ok"), ("2", "ok"), ("3", "non : motif")]),
        ("1 = ok\n2 -> non : motif", [("1", "ok"), ("2", "non : motif")]),
        ("1 et 3 ok", [("1", "ok"), ("3", "ok")]),
        ("1, 2 et 4 : traité", [("1", "traité"), ("2", "traité"), ("4", "traité")]),
        ("1-3 ok", [("1", "ok"), ("2", "ok"), ("3", "ok")]),
        ("1 à 3 : ok, 4 non : motif", [("1", "ok"), ("2", "ok"), ("3", "ok"), ("4", "non : motif")]),
        ("la 1 et la 3 ok", [("1", "ok"), ("3", "ok")]),
        ("pour la 2 : non, motif", [("2", "non, motif")]),
        ("OK pour 1 et 3, non pour la 2 : motif", [("1", "OK"), ("3", "OK"), ("2", "non : motif")]),
        ("Bonjour Maïté, ok pour tous", [(n, "ok") for n in "1234"]),
        ("Bonjour Maïté, 1 ok, 2 non : motif", [("1", "ok"), ("2", "non : motif")]),
        ("ok pour tous, merci", [(n, "ok") for n in "1234"]),
        ("ok toutes sauf la 2", [("1", "ok"), ("3", "ok"), ("4", "ok")]),
        ("OK, toutes sauf 2 et 3", [("1", "ok"), ("4", "ok")]),
        ("Ok sauf la 2", [("1", "ok"), ("3", "ok"), ("4", "ok")]),
        ("toutes les réponses sont ok sauf la 2", [("1", "ok"), ("3", "ok"), ("4", "ok")]),
        ("ok pour toutes sauf la 2, à revoir", [("1", "ok"), ("3", "ok"), ("4", "ok"), ("2", "à revoir")]),
        ("2 non : motif, les autres ok", [("2", "non : motif"), ("1", "ok"), ("3", "ok"), ("4", "ok")]),
        ("2 non : motif\nok pour le reste", [("2", "non : motif"), ("1", "ok"), ("3", "ok"), ("4", "ok")]),
    ],
)
def test_decisions_as_people_write_them(typed: str, expected: list[tuple[str, str]]) -> None:
    assert decisions(typed, FOUR) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "toutes sauf la 2",
        "les 2 ok",
        "ok pour les 2",
        "ok pour la 1 mais pas la 2",
        "les autres ok",
        "ok pour tous sauf la 7",
        "ok pour toutes sauf 2 et 3 : préciser",
        "Bonjour 1 ok",
        "pas ok pour la 2",
    ],
)
def test_what_may_mean_something_else_decides_nothing(typed: str) -> None:
    assert [part for part in parts(typed, FOUR, decides=True) if part.label and not part.stray] == []


def test_held_mail_is_filed_under_a_question_of_the_same_letter() -> None:
    labels = Labels(("1", "9"), {"d0042-2025-3": "1"}, ("1",))
    assert decisions("9 → D0042-2025-3", labels) == [("9", "D0042-2025-3")]
    assert [p.stray for p in parts("1 → D0009-2025-1\n9 non", labels, decides=True)] == [False, False]
    assert [p.stray for p in parts("1 [D0042-2025-3] ok", labels, decides=True)] == [False]


def test_a_decision_about_an_item_that_is_none() -> None:
    found = parts("A ok\nB non : motif\nE ok", Labels(("A", "B", "C"), {}, ("A", "B", "C")), decides=True)
    assert [(part.label, part.text, part.stray) for part in found] == [
        ("A", "ok", False),
        ("B", "non : motif", False),
        ("E", "E ok", True),
    ]


@given(st.text(alphabet="ABab123).:- \n€éÀok", max_size=200), st.booleans())
def test_no_character_vanishes(text: str, decides: bool) -> None:
    """Whatever is typed: letters and figures that are no label stand in a part, in their order."""
    found = "".join(part.text for part in parts(text, NUMBERS, decides=False))
    for sign in "€éÀ":
        assert found.count(sign) == text.count(sign)
    parts(text, LETTERS, decides)


@pytest.mark.parametrize(
    "above",
    ["Loyers :", "Voici le détail :", "Détail de la ligne 30 :", "Les frais se décomposent ainsi :", "Frais de 2025 :"],
)
def test_a_list_under_a_heading_of_its_own_is_asked_about(above: str) -> None:
    text = f"{above}\n1. janvier 800\n2. février 800\n3. mars 800"
    assert answers(text) == [("", text)]


@pytest.mark.parametrize(
    "above",
    [
        "Voici nos réponses :",
        "Bonjour,\n\nSuite à votre message :",
        "Ci-dessous le détail pour chaque question :",
        "Nos éléments :",
        "Voilà ce que je peux vous dire du dossier :",
        "Les loyers ont augmenté.",
    ],
)
def test_answers_under_what_leads_in(above: str) -> None:
    assert [label for label, _ in answers(f"{above}\n1. 0,92\n2. voir\n3. mars") if label] == ["1", "2", "3"]


def test_another_question_in_the_middle_of_a_line() -> None:
    typed = "Concernant la question 2, nous attendons la banque. Pour la question 3 : 36 %."
    assert answers(typed) == [("2", "nous attendons la banque."), ("3", "36 %.")]
    assert answers("1) Voir ma réponse pour la question 3 : elle vaut ici.") == [
        ("1", "Voir ma réponse pour la question 3 : elle vaut ici.")
    ]


def test_a_label_named_twice_before_others_decides_nothing() -> None:
    typed = "1 compléter : trois points\n1) loyer\n2) ok\n3) ok"
    assert decisions(typed, NUMBERS) == [("", typed)]
    assert decisions("A ok\nB ok\nA non") == [("A", "ok"), ("B", "ok"), ("A", "non")]
