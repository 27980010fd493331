"""How people speak of their other addresses."""

import pytest

from mailbot.service.understanding.addresses import Said, read

OTHER = "prenom@autre.example"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"J'écris aussi depuis {OTHER}", Said(OTHER)),
        (f"J’écris aussi depuis {OTHER}, merci.", Said(OTHER)),
        (f"Bonjour, j'écris également de l'adresse {OTHER.upper()}.", Said(OTHER)),
        (f"j'ecris aussi depuis mon autre adresse : <{OTHER}>", Said(OTHER)),
        (f"j'écris aussi depuis {OTHER}<mailto:{OTHER}>", Said(OTHER)),
        (f"J'utilise aussi {OTHER}", Said(OTHER)),
        (f"Mon autre adresse est {OTHER}", Said(OTHER)),
        (f"oublier {OTHER}", Said(OTHER, drop=True)),
        (f"Merci d'oublier {OTHER}", None),
        (f"Retirer mon adresse {OTHER}", Said(OTHER, drop=True)),
        (f"Je n'utilise plus {OTHER}", Said(OTHER, drop=True)),
        ("mes adresses", Said()),
        ("Mes autres adresses ?", Said()),
        (f"J'écris depuis {OTHER}", None),
        (f"J'écris aussi depuis {OTHER} et x@autre.example", None),
        (f"j'écris aussi depuis {OTHER} mais ne l'ajoutez pas", None),
        (f"{OTHER}", None),
        ("oublier 2", None),
        ("j'écris aussi depuis mon bureau", None),
        ("", None),
    ],
)
def test_a_whole_line_says_it_or_nothing_does(line: str, said: Said | None) -> None:
    assert read(line) == said
