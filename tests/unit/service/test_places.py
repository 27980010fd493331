"""Answers between the lines of our letter: each stands under the question quoted above it, or is asked back."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.mail.message import Block, Split
from mailbot.mail.quoting.lines import Kind
from mailbot.service.splitting.apart import Said, taken_apart
from mailbot.service.splitting.places import Asked, asked_in
from mailbot.service.splitting.typed import Labels, says_nothing, words

GOLDEN = Path(__file__).parents[2] / "golden"
LETTER = (GOLDEN / "dossier.txt").read_text(encoding="utf-8").replace("\u00a0", " ").replace("\u202f", " ")
APPROVAL = (GOLDEN / "approval-several.txt").read_text(encoding="utf-8").replace("\u00a0", " ").replace("\u202f", " ")
DIGEST = (GOLDEN / "digest-staff.txt").read_text(encoding="utf-8").replace("\u00a0", " ").replace("\u202f", " ")
ASKED = asked_in(LETTER)
#: the last line of each question in the letter
ENDS = {
    "1": "Réponse attendue le 15 décembre 2026\n\nQuestion 2",
    "2": "Réponse attendue le 15 décembre 2026\n\nQuestion 3",
    "3": "Réponse attendue le 15 janvier 2027",
}


def labels(asked: list[Asked]) -> Labels:
    names = [one.label for one in asked]
    return Labels(names, {one.ref: one.label for one in asked if one.ref}, names)


def reply(letter: str, typed: dict[str, str], top: str = "", foot: str = "") -> Split:
    """The letter quoted whole, with lines typed behind others: {line of the letter: what was typed below it}."""
    blocks = [Block(Kind.TYPED, top)] if top else []
    blocks.append(Block(Kind.QUOTED, "Le mar. 24 nov. 2026 à 09:00, ASSAPROL a écrit :"))
    rest = letter
    for line, text in typed.items():
        before, found, rest = rest.partition(line)
        assert found, line
        head, _, tail = line.partition("\n\n")
        rest = tail + rest
        quoted = "\n".join(f"> {row}" for row in (before + head).splitlines())
        blocks += [Block(Kind.QUOTED, quoted), Block(Kind.TYPED, text)]
    blocks.append(Block(Kind.QUOTED, "\n".join(f"> {row}" for row in rest.splitlines())))
    blocks += [Block(Kind.TYPED, foot)] if foot else []
    typed_text = "\n\n".join(block.text for block in blocks if block.kind is Kind.TYPED)
    return Split(typed_text, blocks=tuple(blocks))


def answered(split: Split) -> Said:
    return taken_apart(split, ASKED, labels(ASKED), decides=False)


def pairs(said: Said) -> list[tuple[str, str]]:
    return [(part.label, part.text) for part in said.parts]


def test_each_answer_stands_under_its_question() -> None:
    said = answered(reply(LETTER, {ENDS["1"]: "0,92.", ENDS["2"]: "Voir le détail.", ENDS["3"]: "36 %."}))
    assert pairs(said) == [("1", "0,92."), ("2", "Voir le détail."), ("3", "36 %.")]
    assert (said.before, said.loose) == ("", ())


def test_an_answer_in_the_middle_of_its_question() -> None:
    said = answered(reply(LETTER, {"recettes taxables et des recettes exonérées.": "C'est exact.", ENDS["3"]: "36 %."}))
    assert pairs(said) == [("1", "C'est exact."), ("3", "36 %.")]


@pytest.mark.parametrize(
    "top",
    [
        "Bonjour,",
        "Bonjour, voici nos réponses dans le texte.",
        "Bonjour,\n\nMes réponses sont en rouge dans votre message.\n\nCordialement",
        "Vous trouverez nos réponses ci-dessous.",
        "Je vous réponds point par point.",
    ],
)
def test_a_bare_courtesy_above_is_about_nothing(top: str) -> None:
    said = answered(reply(LETTER, {ENDS["2"]: "Voir le détail."}, top=top))
    assert pairs(said) == [("2", "Voir le détail.")]
    assert (said.before, said.loose) == ("", ())


def test_words_above_are_about_the_whole_and_words_below_about_nothing() -> None:
    split = reply(
        LETTER, {ENDS["2"]: "Voir le détail."}, top="Le cabinet ferme vendredi.", foot="Les 36 % sont justes."
    )
    said = answered(split)
    assert pairs(said) == [("2", "Voir le détail.")]
    assert said.before == "Le cabinet ferme vendredi."
    assert [part.text for part in said.loose] == ["Les 36 % sont justes."]


def test_a_label_that_was_typed_wins_over_the_place() -> None:
    said = answered(reply(LETTER, {ENDS["1"]: "0,92.", ENDS["3"]: "Question 2 : voir le détail.\n3) 36 %."}))
    assert pairs(said) == [("1", "0,92."), ("2", "voir le détail."), ("3", "36 %.")]


def test_numbers_at_the_top_and_a_place_further_down() -> None:
    said = answered(reply(LETTER, {ENDS["3"]: "36 %."}, top="Bonjour,\n1) 0,92.\n2) Voir le détail."))
    assert pairs(said) == [("1", "0,92."), ("2", "Voir le détail."), ("3", "36 %.")]


def test_a_list_below_a_question_is_its_answer() -> None:
    listed = "1. Loyer\n2. Eau\n3. Gaz"
    said = answered(reply(LETTER, {ENDS["1"]: "0,92.", ENDS["2"]: listed, ENDS["3"]: "36 %."}))
    assert pairs(said) == [("1", "0,92."), ("2", listed), ("3", "36 %.")]


def test_a_list_that_may_answer_another_question_is_asked_about() -> None:
    said = answered(reply(LETTER, {ENDS["2"]: "1. Loyer\n2. Eau", ENDS["3"]: "36 %."}))
    assert pairs(said) == [("3", "36 %.")]
    assert [part.text for part in said.loose] == ["1. Loyer\n2. Eau"]


def test_all_of_it_below_the_whole_letter_stands_under_no_question() -> None:
    said = answered(reply(LETTER, {}, foot="Le coefficient est de 0,92."))
    assert pairs(said) == []
    said = answered(reply(LETTER, {}, foot="1) 0,92.\n2) Voir le détail.\n3) 36 %."))
    assert [part.label for part in said.parts] == ["1", "2", "3"]


def test_answers_above_their_questions_are_not_moved_to_the_one_before() -> None:
    above = {
        "trois\nprécisions. Vous pouvez y répondre en une ou plusieurs fois.": "Le coefficient est de 0,92.",
        ENDS["1"]: "Voir le détail.",
        ENDS["2"]: "Le rapport est de 36 %.",
    }
    assert pairs(answered(reply(LETTER, above))) == []


def test_labels_of_an_older_letter_are_other_questions() -> None:
    older = LETTER.replace("D0009-2025", "D0042-2024")
    said = answered(reply(older, {ENDS["2"]: "Voir le détail."}))
    assert pairs(said) == []


def test_a_question_repeated_without_its_label() -> None:
    quoted = "Le poste « autres frais divers de gestion » atteint 24 725 €, soit 34 % des dépenses."
    blocks = (Block(Kind.QUOTED, f"> {quoted}"), Block(Kind.TYPED, "Voir le détail."), Block(Kind.QUOTED, "> Merci."))
    assert pairs(answered(Split("Voir le détail.", blocks=blocks))) == [("2", "Voir le détail.")]


def test_a_file_goes_to_the_place_where_it_is_shown() -> None:
    split = reply(LETTER, {ENDS["1"]: "0,92.", ENDS["2"]: "Voir la photo."})
    blocks = tuple(Block(b.kind, b.text, ("2",)) if b.text == "Voir la photo." else b for b in split.blocks)
    assert answered(Split(split.text, blocks=blocks)).shown == {"2": "2"}


def test_a_photograph_below_one_numbered_answer() -> None:
    blocks = (
        Block(Kind.TYPED, "1) 0,92."),
        Block(Kind.TYPED, "2) Voir la photo.", ("1.2",)),
        Block(Kind.TYPED, "", ("1.3",)),
        Block(Kind.TYPED, "3) 36 %.\nEt merci.", ("1.4", "1.5")),
    )
    said = answered(Split("\n".join(b.text for b in blocks), blocks=blocks))
    assert said.shown == {"1.2": "2", "1.3": "2", "1.4": "3", "1.5": "3"}


# --- decisions


def approvals() -> list[Asked]:
    """The items of the approval letter, with what it says of each."""
    found = asked_in(APPROVAL)
    return [Asked(one.label, one.ref, one.text, one.words | frozenset(words("Nouvelle"))) for one in found]


def decided(typed: dict[str, str], **more: str) -> Said:
    asked = approvals()
    return taken_apart(reply(APPROVAL, typed, **more), asked, labels(asked), decides=True)


def test_decisions_under_the_answers() -> None:
    typed = {
        "* IFU-2025.pdf (PDF, 76 Ko)": "ok",
        "coefficient de\n    déduction": "non : joindre la note",
        "* Quittance-RC-decennale-2025.pdf (PDF, 412 Ko)": "tout est ok",
    }
    assert pairs(decided(typed)) == [("A", "ok"), ("B", "non : joindre la note"), ("C", "tout est ok")]


def test_a_decision_at_the_foot_is_about_no_answer() -> None:
    said = decided({"* IFU-2025.pdf (PDF, 76 Ko)": "ok"}, foot="N'envoyez rien avant lundi.")
    assert pairs(said) == [("A", "ok")]
    assert [part.text for part in said.loose] == ["N'envoyez rien avant lundi."]


ANSWER = (
    "Une salariée à temps partiel. Le rapport tient au paiement en janvier 2025 des cotisations du quatrième trimestre"
)


def test_lines_of_a_digest() -> None:
    asked = [
        Asked("1", "d0009-2025-3", "", frozenset(words(f"Zoé Etchegoyen Charges sociales Maïté Martin {ANSWER}"))),
        Asked("3", "d0050-2024-2", "", frozenset(words("Nadège Loustau Peio Dupuy 2024 5 20"))),
        Asked("6", "", "", frozenset(words("karine.dupouy@orange.example"))),
    ]
    typed = {
        "partiel. Le rapport tient au paiement en": "traité",
        "le 20 novembre\n\nPour décider": "retirer",
        "7 · e.duhalde@etcheverry.example": "non",
    }
    said = taken_apart(reply(DIGEST, typed), asked, labels(asked), decides=True)
    assert pairs(said) == [("1", "traité"), ("3", "retirer")]
    assert [part.text for part in said.loose] == ["non"], "held mail 7 is none of these lines"


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("Bonjour,", True),
        ("Mes décisions sont dans le texte.", True),
        ("Je vous réponds question par question.", True),
        ("Je vous réponds demain.", False),
        ("Voir avec le client ci-dessous.", False),
        ("Voici nos réponses, sauf la 3.", False),
        ("Le détail est en rouge.", False),
    ],
)
def test_what_says_nothing(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing
