"""Several parts on one line: « 1 oui, 2 oui sauf la page 3, 3 non : motif », « 1) 0,92 ; 2) voir la pièce »."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from ..understanding import words as w
from .typed import same_length

LONGEST = 2000  #: characters of a line that may hold several parts

#: A decision of one or two words, whole: what may stand before the next label without a comma.
_SHORT = re.compile(
    r"[*•\-–\s]*[a-z]{0,2}\d{0,3}\s*(?:[).:=-]\s*)?"
    r"(?:ok|oui|yes|non|nan|no|valide\w*|traite\w*|d'accord|bon pour accord)\s*",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"(?<![\w«\"(,.])(?P<label>\d{1,2}|[A-Za-z])\s?(?P<sign>[).:/°])(?=\s)")
#: Words that point at the number behind them: « voir la question 2) ».
_POINTED_AT = frozenset(
    "question questions point points ligne lignes page pages piece pieces pj annexe annexes voir cf et ou au aux a la "
    "le les n no numero article art reponse reponses compte comptes".split()
)
_FURTHER = re.compile(
    r"(?<=[.;!?])\s{1,4}"
    r"(?=(?:pour|concernant|quant [aà]|s'agissant de) (?:la )?question (?:n°\s?)?(?:\d{1,2}|[a-z])\s?[,:])",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"([^\W_]+)\W*$")
_SAID = r"(?:ok|oui|non|d'accord|valide|traite)\s+(?:(?:pour|a)\s+)?(?:(?:la|le|les|tout|toutes|tous)\s+)*"


def one_a_line(text: str, names: Collection[str], decides: bool, several: re.Pattern[str]) -> list[str]:
    """The lines of a text, each with one part at most. `several` matches labels alone: « 1, 2 ok » is one part."""
    found: list[str] = []
    begins = _decision_behind(names) if decides else None
    for line in text.splitlines():
        cuts = []
        if len(line) <= LONGEST:
            cuts = _decisions(line, begins, several) if begins else _answers(line, names)
        ends = [(0, 0), *cuts, (len(line), len(line))]
        found += [line[a:b] for (_, a), (b, _) in pairwise(ends)]
    return found


def _decision_behind(names: Collection[str]) -> re.Pattern[str]:
    """What parts two decisions: a comma, or, behind a whole decision (`weak`), a space."""
    one = "(?:" + "|".join(map(re.escape, names)) + r")(?!\w)"
    labelled = rf"(?:(?:la|le)\s+)?{one}\s*(?:[):=.-]\s*)?(?:{w.DECISION.pattern})"
    others = rf"(?:les autres|le reste)\s*:?\s*(?:{w.DECISION.pattern})"
    sure = rf"(?:\s*[,;/]\s*(?:(?:et|mais)\s+)?)(?={labelled}|{_SAID}(?:{one}|autres|reste)|{others})"
    weak = rf"(?P<weak>(?<!\s)\s{{1,4}}(?:et\s+|[-–—]\s+)?|\.\s+)(?={labelled})"
    return re.compile(f"{sure}|{weak}", re.IGNORECASE)


def _decisions(line: str, begins: re.Pattern[str], several: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where « 1 ok, 2 non : motif » is cut: from and to."""
    folded, cuts, at = same_length(line), [], 0
    for cut in begins.finditer(folded):
        before = folded[at : cut.start()]
        if several.fullmatch(before) or (cut["weak"] and not _SHORT.fullmatch(before)):
            continue
        cuts.append(cut.span())
        at = cut.end()
    return cuts


def _answers(line: str, names: Collection[str]) -> list[tuple[int, int]]:
    """Where « 1) … 2) … 3) … » is cut: one row of labels from the first sign of the line to the last, or nowhere.

    « Pour la question 3 : » behind the end of a sentence begins another part too.
    """
    folded = same_length(line)
    if further := [found.span() for found in _FURTHER.finditer(folded)]:
        return further
    signed = list(_SIGNED.finditer(folded))
    if len(signed) < 2 or folded[: signed[0].start()].strip(" *•-–"):
        return []
    known = [name.lower() for name in names]
    row = [one["label"].lower() for one in signed]
    if len({one["sign"] for one in signed}) > 1 or any(label not in known for label in row):
        return []
    places = [known.index(label) for label in row]
    parted = all(_is_parted(folded[max(0, one.start() - 60) : one.start()], one["sign"]) for one in signed[1:])
    if not parted or any(b != a + 1 for a, b in pairwise(places)):
        return []
    return [(len(folded[: one.start()].rstrip(" ;,")), one.start()) for one in signed[1:]]


def _is_parted(before: str, sign: str) -> bool:
    """Whether what stands before a label ends something: a sign, or for « 2) » a word that points at no number."""
    if before.rstrip().endswith((";", ",", ".", "!", "?")):
        return True
    last = _LAST_WORD.search(before)
    return sign == ")" and last is not None and last[1].lower() not in _POINTED_AT
