"""From words to what is wanted. Pure: the text, the purpose of the letter, and today's date go in.

READERS[purpose](words) -> Intent, or a Refusal that asks back. Anything doubtful decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from ...domain.model import Outcome
from ...errors import NothingWritten, NotOffered, Unclear
from ...mail.token import Purpose
from . import absence
from . import addresses as words_addresses
from . import browsers as words_browsers
from . import words as w
from .consent import NOBODY, Names, approves, sends_back
from .delegation import meanings
from .french import clauses, core, day, fold


class Verb(Enum):
    """What a mail can ask for. Rights make an ANSWER a proposal, a submission or an addition."""

    ANSWER = "answer"  #: words and files for a question
    POSTPONE = "postpone"  #: « Besoin de temps jusqu'au … »
    PASS_ON = "pass_on"  #: « Je n'ai pas ce dossier »
    APPROVE = "approve"  #: an unconditional yes
    AMEND = "amend"  #: « Compléter : », « Remplacer : »
    SEND_BACK = "send_back"  #: « Non : »
    TREAT = "treat"  #: « traité »
    ASK_AGAIN = "ask_again"  #: « redemander : », or a request in words
    WITHDRAW = "withdraw"  #: « retirer », of staff
    UNDO = "undo"  #: « annuler »
    ABSENCE = "absence"  #: « ABSENT JUSQU'AU … »
    STAND_IN = "stand_in"  #: the same, naming who decides meanwhile
    BACK = "back"  #: « je suis de retour »
    ADDRESSES = "addresses"  #: « mes adresses »
    OTHER_ADDRESS = "other_address"  #: « J'écris aussi depuis … », « oublier … »
    CONFIRM = "confirm"  #: « OUI » or « NON » about a mail that waits
    HELP = "help"  #: « AIDE »
    BROWSERS = "browsers"  #: « NAVIGATEURS »
    FORGET = "forget_browsers"  #: « OUBLIER 2 », « OUBLIER TOUS »


@dataclass(frozen=True)
class Intent:
    """What is wanted, with the words that go with it."""

    verb: Verb
    text: str = ""
    replace: bool = False
    outcome: Outcome | None = None
    until: date | None = None
    since: date | None = None
    who: str = ""  #: the person named, as typed
    yes: bool = True
    numbers: tuple[int, ...] = ()  #: of browsers; none for all
    add: bool = False  #: « AJOUTER »: and whoever wrote it is to join the firm


@dataclass(frozen=True)
class Words:
    """What a person wrote in one mail."""

    text: str
    today: date
    subject: str = ""
    files: int = 0  #: how many files came with it and are accepted
    refused: int = 0  #: how many came and are not
    names: Names = NOBODY  #: whom it may name: « merci Aïcha », « à transmettre à l'ASSAPROL »


def read(purpose: Purpose, words: Words) -> Intent:
    """What is wanted. Raises NothingWritten, NotOffered or Unclear, each of which asks back."""
    alone = _alone(words.text)
    if alone in w.HELP:
        return Intent(Verb.HELP)
    if alone in w.UNDO and not words.files:
        return Intent(Verb.UNDO)
    if not words.text.strip() and not words.files:
        if purpose is Purpose.APPROVE:
            raise Unclear("nothing written", about="empty")
        if purpose is not Purpose.MENU:
            raise NothingWritten("nothing written, no file that is accepted", refused=words.refused > 0)
    if purpose is not Purpose.CONFIRM and (found := _away(words, purpose)):
        return found
    if purpose is not Purpose.CONFIRM and not words.files and w.NOT_OFFERED.fullmatch(alone):
        raise NotOffered(f"« {alone} » is not offered", word=core(words.text))
    return READERS[purpose](words)


def speaks_of_the_mail(text: str) -> bool:
    """True for a word that is about no question: « annuler », « aide »."""
    return _alone(text) in w.UNDO | w.HELP or absence.back(text) or absence.announces(text)


def _away(words: Words, purpose: Purpose) -> Intent | None:
    """An absence of the writer, or his return; None where the words say anything else. Raises Unclear where they begin
    so and name no day."""
    if words.files:
        return None
    if absence.back(words.text):
        return Intent(Verb.BACK)
    said = absence.read(words.text, words.today, named=purpose is Purpose.MENU)
    if said is None and absence.speaks_of_absence(words.text):
        raise Unclear("an absence without a day", about="absence")
    return _absence(said) if said else None


def _absence(said: absence.Said) -> Intent:
    verb = Verb.STAND_IN if said.deputy else Verb.ABSENCE
    return Intent(verb, until=said.until, since=said.since, who=said.deputy)


def undoes(text: str) -> bool:
    """True for « annuler » and nothing else."""
    return _alone(text) in w.UNDO


def agrees(text: str) -> bool:
    """True for words that approve or treat, and say no more."""
    return approves(text) or w.TREATED.match(_wanted(text)) is not None


def _alone(text: str) -> str:
    return fold(core(text)).strip(" .!:\"'«»")


def _wanted(text: str) -> str:
    """The words that count, folded: without greeting, thanks and closing."""
    return w.OPENING.sub("", fold(core(text)), count=1)


def _behind(pattern: re.Pattern[str], text: str) -> str | None:
    """What stands behind a word such as « Compléter : » at the beginning of `text`, as typed; None without it."""
    wanted = core(text)
    folded = fold(wanted + "\n")
    if not (pattern.match(folded) or pattern.match(folded + "\n")):
        return None
    return re.sub(r"^\w+\s*:?\s*", "", wanted, count=1).strip()


REASON = 120  #: characters that the reason of a delay may take; more is an answer


def answer(words: Words) -> Intent:
    """A reply to a question: everything is an answer but a delay, « pas mon dossier » and « REMPLACER : »."""
    wanted = _wanted(words.text)
    if not words.files and _only_a_delay(wanted):
        return _delay(wanted, words.today)
    if not words.files and w.NOT_MINE.match(wanted):
        note = core(words.text)
        return Intent(Verb.PASS_ON, "" if len(clauses(wanted)) <= 1 else note)
    replaced = _behind(w.REPLACE, words.text)
    if replaced is not None and (replaced or words.files):
        return Intent(Verb.ANSWER, replaced, replace=True)
    return Intent(Verb.ANSWER, words.text)


def _only_a_delay(wanted: str) -> bool:
    """True if it begins by asking for time and says nothing of the matter: a short reason, without a figure."""
    first, *reason = clauses(wanted) or [""]
    said = " ".join(reason)
    return bool(w.DELAY.fullmatch(first)) and len(said) <= REASON and not re.search(r"\d", said)


def _delay(wanted: str, today: date) -> Intent:
    until = day(wanted, today)
    if until is None:
        raise Unclear("a delay without a date", about="delay")
    return Intent(Verb.POSTPONE, until=until)


def approve(words: Words) -> Intent:
    """A reply to an approval letter: yes, no, « Compléter : », « Remplacer : »; all else decides nothing."""
    for pattern, replaces in ((w.ADD, False), (w.REPLACE, True)):
        text = _behind(pattern, words.text)
        if text is not None:
            if not text and not words.files:
                raise Unclear("nothing to add", about="empty")
            return Intent(Verb.AMEND, text, replace=replaces)
    if sends_back(words.text, words.names):
        if words.files:
            raise Unclear("a no with a file, which would go nowhere", about="files")
        return Intent(Verb.SEND_BACK, _comment(words.text))
    if approves(words.text, words.names) and not words.files:
        return Intent(Verb.APPROVE)
    raise Unclear("no decision in these words", about=_doubt(_wanted(words.text)), draft=core(words.text))


def _without_thanks(piece: str) -> str:
    return re.sub(r"\s+merci( beaucoup| bien)?$|^merci\s+", "", piece).replace("-", " ").strip()


def _comment(text: str) -> str:
    """The words behind « Non », as typed; the whole where it does not begin so."""
    wanted = core(text)
    return re.sub(r"^(non|nan|no)\b\s*[:,;.!-]*\s*", "", wanted, count=1, flags=re.IGNORECASE).strip()


def _doubt(wanted: str) -> str:
    if "?" in wanted:
        return "question"
    begins = clauses(wanted)[:1]
    yes = bool(begins) and (begins[0] in w.YES or begins[0].split(" ")[0] in {"ok", "oui", "valide", "d'accord"})
    return "reserve" if yes else ""


def treat(words: Words) -> Intent:
    """A reply of staff to an answer to treat."""
    if words.files:
        raise Unclear("a file of staff would go nowhere", about="files")
    behind = _behind(w.ASK_AGAIN, words.text)
    if behind:
        return Intent(Verb.ASK_AGAIN, behind)
    wanted = _wanted(words.text)
    if w.WITHDRAWN.fullmatch(wanted.strip(" .!")):
        return Intent(Verb.WITHDRAW)
    if found := w.TREATED.match(wanted):
        rest = wanted[found.end() :].strip(" .,;:!-")
        return Intent(Verb.TREAT, outcome=_outcome(rest))
    if w.REQUEST.search(wanted):
        return Intent(Verb.ASK_AGAIN, core(words.text))
    raise Unclear("no decision in these words", about="treat")


def _outcome(rest: str) -> Outcome:
    rest = rest.removesuffix("merci").strip(" .,;:!-")
    if not rest:
        return Outcome.SATISFACTORY
    for pattern, outcome in w.OUTCOMES:
        if pattern.fullmatch(rest):
            return outcome
    raise Unclear(f"« {rest} » is no outcome", about="treat")


def confirm(words: Words) -> Intent:
    """« OUI » or « NON » about a mail that waits; « ACCEPTER », « AJOUTER » or « REFUSER » about a stranger's."""
    meant = [_said(piece) for piece in clauses(_wanted(words.text))]
    found = set().union(*meant)
    if not all(meant) or len(found & {"yes", "no"}) != 1:
        raise Unclear("neither yes nor no", about="confirm")
    return Intent(Verb.CONFIRM, yes="yes" in found, add="add" in found)


def _said(piece: str) -> set[str]:
    """What one clause says: yes or no, and whether somebody is to be added; nothing where that is doubtful."""
    if _without_thanks(piece) in w.YES:
        return {"yes"}
    return {"no"} if piece in ("non", "no", "nan") else meanings(_without_thanks(piece))


def menu(words: Words) -> Intent:
    """A mail to the bot's own address: a word in the subject or in the first line."""
    if found := _away_by_subject(words):
        return found
    first = next(iter(core(words.text).splitlines()), "")
    if own := _addresses(first) or _addresses(words.subject):
        return own
    if about_browsers := _browsers(first) or _browsers(words.subject):
        return about_browsers
    for asked in (words.subject, first):
        alone = _alone(asked)
        if alone in w.HELP:
            return Intent(Verb.HELP)
        if w.NOT_OFFERED.fullmatch(alone):
            raise NotOffered(f"« {alone} » is not offered", word=core(asked))
    raise Unclear("no word that we know", about="no_conversation")


def _away_by_subject(words: Words) -> Intent | None:
    """« ABSENT JUSQU'AU 3 janvier » as the subject, with who stands in below it; or a change of what was noted."""
    if words.files:
        return None
    if not core(words.text) and absence.back(words.subject):
        return Intent(Verb.BACK)
    for text in (f"{words.subject}, {core(words.text)}", "" if core(words.text) else words.subject):
        if said := absence.read(text, words.today, named=True):
            return _absence(said)
    said = absence.change(words.text, words.today)
    if said is None and absence.speaks_of_absence(words.subject) and not words.subject.lower().startswith("re"):
        raise Unclear("an absence without a day", about="absence")
    return _absence(said) if said else None


def _addresses(asked: str) -> Intent | None:
    """What a line says of the writer's other addresses; None where it says anything else."""
    said = words_addresses.read(asked)
    if said is None:
        return None
    return Intent(Verb.OTHER_ADDRESS, said.address, yes=not said.drop) if said.address else Intent(Verb.ADDRESSES)


def _browsers(asked: str) -> Intent | None:
    """What a line says of the writer's confirmed browsers; None where it says anything else."""
    alone = _alone(asked)
    numbers = words_browsers.forgotten(alone)
    if numbers is not None:
        return Intent(Verb.FORGET, numbers=numbers)
    return Intent(Verb.BROWSERS) if words_browsers.lists(alone) else None


READERS: dict[Purpose, Callable[[Words], Intent]] = {
    Purpose.ANSWER: answer,
    Purpose.APPROVE: approve,
    Purpose.TREAT: treat,
    Purpose.CONFIRM: confirm,
    Purpose.SEVERAL: answer,
    Purpose.DOSSIER: answer,
    Purpose.MENU: menu,
    Purpose.DIGEST: menu,  # one without a line to decide on
}
