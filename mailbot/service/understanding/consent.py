"""Whether words approve an answer, or send it back. Pure: the words of a reply and known names go in.

A yes is made of nothing but units that are known (consent_words.YES and BESIDE). A no begins as one (NO) and nothing
behind takes it back, puts it off or says yes after all. What is neither decides nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import consent_words as w
from .french import courteous, fold

LONGEST = 600  #: characters that a yes may take
LONGEST_NO = 20_000  #: characters that a no may take, with its comment
LONGEST_RUN = 80  #: words between two signs that may be part of a yes
_UNIT = 12  #: words that one unit may take
_APART = re.compile(r"[.,;!…()\"«»*_\n]+|(?<=\s)-+(?=\s)|^-+|-+$")
_MARKS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_LETTERS = re.compile(r"([a-z])\1{2,}")
_CUT_OFF = re.compile(r"\b([djlmnst]|qu|c(?= e)) (?=[aeiouyh]\w)")
_HYPHEN = re.compile(r"(?<=\w)-(?=[^\W\d])")
_TITLE = re.compile(r"\b(?:m|mr|mme|mlle)\.? (?=@|oga)")
_LED_BY = re.compile(r"^((?:ma |votre )?(?:decision|reponse|validation)|ok|oui|avis|valide|non)\s*:\s*")


@dataclass(frozen=True)
class Names:
    """Words of the names that a mail may hold, folded."""

    firm: frozenset[str] = frozenset()  #: of the people of the dossier at the firm, and of the writer
    oga: frozenset[str] = frozenset()  #: of the association and its people

    @classmethod
    def of(cls, firm: list[str], oga: list[str]) -> Names:
        """From whole names; what may be another word is left out."""
        return cls(_told(firm), _told(oga))


def _told(names: list[str]) -> frozenset[str]:
    words = {word for name in names for word in re.findall(r"[^\W\d_]{3,}", fold(name))}
    return frozenset(words - _GRAMMAR)


#: Words that say something: never a name, whoever is called so.
_GRAMMAR = frozenset(
    word
    for pattern in (w.YES, w.BESIDE, w.NO, w.AGAIN, w.LATER, w.MYSELF)
    for word in re.findall(r"[a-z]{3,}", pattern.pattern)
) | frozenset("mais sauf puis hormis avec sans merci attendre attend pas non que qui quand".split())


NOBODY = Names()


def plain(text: str, names: Names) -> str:
    """`text` folded, with abbreviations written out, slips of the finger put right and names as « @ » and « oga »."""
    folded = _HYPHEN.sub(" ", _MARKS.sub("", fold(text)))
    folded = _CUT_OFF.sub(r"\1'", _LETTERS.sub(r"\1", folded))
    words = re.sub(r"[^\W_]+(?:'[^\W_]+)*|[👌✅✔🆗]", lambda found: _written_out(found[0], names), folded)
    return _TITLE.sub("", re.sub(r"@(?: @)+", "@", words))


def _written_out(word: str, names: Names) -> str:
    if word in w.SHORT:
        return w.SHORT[word]
    short, apostrophe, name = word.rpartition("'")
    if name in names.firm or name in names.oga:
        return short + apostrophe + ("@" if name in names.firm else "oga")
    return word if len(word) < 5 or word in w.TYPED else _SLIPS.get(word, word)


def _slips() -> dict[str, str]:
    """Each slip of each word of TYPED: two neighbours exchanged, one letter left out or doubled, never at its ends."""
    found: dict[str, str] = {}
    for word in w.TYPED:
        for at in range(1, len(word) - 2):
            exchanged = word[:at] + word[at + 1] + word[at] + word[at + 2 :] if at < len(word) - 3 else word
            for slip in (exchanged, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]):
                found[slip] = word
    return {slip: word for slip, word in found.items() if slip not in w.TYPED | w.WORDS}


_SLIPS = _slips()


def approves(text: str, names: Names = NOBODY) -> bool:
    """True for an unconditional yes and nothing else but courtesy."""
    if len(text) > LONGEST:
        return False
    said = _LED_BY.sub(r"\1, ", plain(text, names))
    runs = [run for run in (piece.strip() for piece in _APART.split(said)) if run and not _says_nothing(run)]
    found = [_made_of(run) for run in runs]
    return any(found) and None not in found


def _says_nothing(run: str) -> bool:
    return (
        courteous(run)
        or re.fullmatch(r"(?:(?:chere?|m|mr|mme|madame|monsieur) )?(?:@|oga)(?: et (?:@|oga))?", run) is not None
    )


def _made_of(run: str) -> bool | None:
    """True where a run is made of units with a yes among them, False where of such that stand beside one; else None."""
    words = run.split()
    if len(words) > LONGEST_RUN:
        return None
    reached: dict[int, bool] = {0: False}
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - _UNIT), end):
            if start in reached and (kind := _unit(" ".join(words[start:end]))) is not None:
                reached[end] = reached.get(end, False) or reached[start] or kind
    return reached.get(len(words))


def _unit(piece: str) -> bool | None:
    said = piece.removesuffix(" @").removesuffix(" oga")
    if w.YES.fullmatch(piece) or (w.YES.fullmatch(said) and not w.TO_WHOM.search(said)):
        return True
    return False if w.BESIDE.fullmatch(piece) or courteous(said) else None


def sends_back(text: str, names: Names = NOBODY) -> bool:
    """True for an unconditional no, or a request to do it again, that nothing behind puts off or takes back."""
    if len(text) > LONGEST_NO:
        return False
    said = _from_the_verdict(_without_opening(plain(text, names)))
    no, again = w.NO.match(said), w.AGAIN.match(said)
    if kept := w.KEEP.match(said):
        no = kept if w.WRONG.search(said) else None
    found = no or again
    if found is None:
        return False
    first, *more = re.split(r"[.,;!:…()\n]+", w.POLITE.sub("", said[found.end() :]))
    clauses = [clause.strip(" -") for clause in (first if no else "", *more)]
    if any(_made_of(clause) for clause in clauses):
        return False
    if explained := _EXPLAINED.match(said):
        clauses = [] if ":" in explained[0] else clauses
    elif "?" in first or said.endswith("?") or (w.LATER if no else w.SOON).search(first):
        return False
    taken_back = any(w.MYSELF.match(clause) or w.AFTER_ALL.match(clause) for clause in clauses)
    return not taken_back and not (again and not no and w.AND_SEND.search(said))


#: « Non : » is offered with an explanation, which may be a question.
_EXPLAINED = re.compile(r"(?:non|refusee?)\s*[:,\n]")


def _from_the_verdict(said: str) -> str:
    """`said` without what is wrong, where that is said first: « Il manque la facture, à compléter. »"""
    while not (w.NO.match(said) or w.AGAIN.match(said)) and (found := _CLAUSE.match(said)):
        if not w.WRONG.search(found[1]) or w.LATER.search(found[1]) or w.KEEP.match(said):
            break
        said = said[found.end() :]
    return said


_CLAUSE = re.compile(r"([^.,;!?:\n]+)[.,;!:\n]+\s*(?=\S)")


def _without_opening(said: str) -> str:
    """`said` without the greeting, names and excuses that it begins with."""
    said = said.strip()
    while found := _CLAUSE.match(said):
        run = found[1].strip()
        if not (_says_nothing(run) or _made_of(run) is False):
            break
        said = said[found.end() :]
    return w.LEAD.sub("", said, count=1) if w.LEAD.match(said) else said
