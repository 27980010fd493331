"""Which answer a file goes to, and when that is only a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.service.splitting.filing import Filed, labels_of
from mailbot.service.splitting.typed import Labels, Part

LABELS = Labels(("1", "2", "3"), {f"d0042-2025-{n}": str(n) for n in (1, 2, 3)})
TWO = [Part("1", "Le coefficient est de 0,92."), Part("2", "Le loyer a augmenté.")]


def filed(names: list[str], *texts: str, shown: dict[int, str] | None = None, decides: bool = False) -> list[Filed]:
    parts = [Part(str(n), text) for n, text in enumerate(texts, 1)]
    places = [(shown or {}).get(n, "") for n in range(len(names))]
    return labels_of(names, places, parts, LABELS, decides)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("Bail.pdf", ("0,92.", "Voir Bail.pdf.")),
        ("Bail.pdf", ("0,92.", "Voir le bail.")),
        ("Facture Durand mars.pdf", ("0,92, facture à venir.", "Voir facture Durand.")),
        ("Releve_bancaire_2025.pdf", ("0,92.", "Le relevé bancaire le montre.")),
        ("Detail-comptes-ligne-30.pdf", ("0,92.", "Voir le détail des comptes.")),
        ("D0042-2025-2.pdf", ("0,92.", "Voir la pièce.")),
        ("d0042-2025-2 bail.pdf", ("Ci-joint.", "Voir.")),
        ("Q2 - tableau.xlsx", ("Ci-joint le tableau.", "Voir.")),
        ("question 2.jpg", ("0,92.", "Voir.")),
        ("Réponse_2.docx", ("0,92.", "Voir.")),
        ("scan0012.pdf", ("0,92.", "Vous trouverez ci-joint le bail.")),
        ("scan0012.pdf", ("0,92.", "Je joins le bail.")),
        ("scan0012.pdf", ("Pas de pièce jointe.", "Voir PJ.")),
    ],
)
def test_a_file_that_says_where_it_belongs(name: str, texts: tuple[str, str]) -> None:
    assert filed([name], *texts) == [Filed("2")]


def test_by_their_order() -> None:
    assert filed(["a.pdf", "b.pdf", "c.pdf"], "Voir PJ 2.", "Voir pièces n° 1 et 3.") == [
        Filed("2"),
        Filed("1"),
        Filed("2"),
    ]


def test_a_number_in_the_names_is_not_their_order() -> None:
    assert filed(["PJ 2.pdf", "PJ 1.pdf"], "Voir PJ 1.", "Voir PJ 2.") == [Filed("2"), Filed("1")]


def test_by_their_place() -> None:
    assert filed(["IMG_0001.jpg", "IMG_0002.jpg"], "0,92.", "Voir.", shown={0: "2", 1: "3"}) == [Filed("2"), Filed("3")]


def test_words_that_name_it_win_over_the_place() -> None:
    assert filed(["Bail.pdf"], "0,92.", "Voir le bail.", shown={0: "1"}) == [Filed("2")]


def test_what_nothing_places_goes_to_the_first_and_is_not_sure() -> None:
    assert filed(["scan.pdf"], "0,92.", "Le loyer.") == [Filed("1", surely=False)]
    assert filed(["scan.pdf"], "Ci-joint.", "Ci-joint.") == [Filed("1", surely=False)]
    assert filed(["scan.pdf"], "Ci-joint.") == [Filed("1")], "there is no other"


@pytest.mark.parametrize(
    "name", ["1.pdf", "de.pdf", "2025.pdf", "scan.pdf", "facture 2.pdf", "2025-2.pdf", "annexe 2.pdf"]
)
def test_a_name_that_any_text_holds_names_nothing(name: str) -> None:
    assert filed([name], "Le scan de 2025 est flou.", "1 loyer, 2 mois.") == [Filed("1", surely=False)]


def test_a_mail_with_files_alone() -> None:
    assert filed(["Q3 - tableau.xlsx", "D0042-2025-1.pdf"]) == [Filed("3"), Filed("1")]
    assert filed(["scan.pdf"]) == [Filed("")]


def test_a_file_beside_decisions_goes_to_the_one_that_adds() -> None:
    assert filed(["scan.pdf"], "ok", "compléter : le contrat", decides=True) == [Filed("2")]


def test_a_number_alone_is_a_guess() -> None:
    assert filed(["2.pdf", "1.pdf"], "0,92.", "Voir.") == [Filed("2", surely=False), Filed("1", surely=False)]


def test_names_that_all_begin_with_a_number() -> None:
    assert filed(["2-detail.pdf", "1. calcul.pdf"], "0,92.", "Voir.") == [Filed("2"), Filed("1")]
    assert filed(["2-detail.pdf", "2-suite.pdf"], "0,92.", "Voir.")[0] == Filed("1", surely=False)
    assert filed(["1-2025.pdf", "2-2026.pdf"], "0,92.", "Voir.")[1] == Filed("1", surely=False)


def test_the_document_that_a_question_asks_for() -> None:
    wanted = replace(LABELS, documents={"1": "note de calcul du coefficient", "2": "bail et quittances"})
    (found,) = labels_of(["quittances du bail.pdf"], [""], TWO, wanted, decides=False)
    assert found == Filed("2", surely=False)
