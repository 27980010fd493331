"""Reads what an out-of-office reply says: until when its writer is away, and who answers meanwhile.

Every date of the text is looked at with the words before it: « jusqu'au », « de retour le », « du … au ». Nothing is
guessed: a date that speaks of anything else, that has passed, or lies more than a year ahead, is not used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from mailbot.mail import days
from mailbot.mail.days import Day
from mailbot.mail.deputy import deputy
from mailbot.mail.message import InboundMessage, Split
from mailbot.mail.quoting.lines import Kind
from mailbot.mail.reply import written

LONGEST = 6000  #: characters that are read; an out-of-office reply is short
FARTHEST = timedelta(days=366)
#: An absence that begins and ends so near to a day of return is the same: a week-end lies between.
SAME = timedelta(days=4)

#: What says that somebody is away; in plain letters (days.plain).
AWAY = re.compile(
    r"\babsente?s?\b|\b(?:mon|notre|son|leur|cette|une) absence\b|\babsence (?:du bureau|jusqu|du \d|prolongee"
    r"|temporaire"
    r"|pour)|\ben (?:conges?|vacances|rtt|deplacement|formation|arret|repos|mission|seminaire|reunion)\b"
    r"|\bconges? (?:annuel|maternite|paternite|parental|maladie|d'ete|de fin|scolaire|jusqu|du \d|a partir)|\bconges\b"
    r"|\bde retour\b|\bmon retour\b|\bnotre retour\b|\breviendr|\breviens\b|\brentrer(?:ai|ons)\b|\brepren(?:ds|drai)\b"
    r"|\b(?:cabinet|bureaux?|etude|agence|societe|accueil|entreprise|nous)\b[^.!?]{0,40}\bfermee?s?\b|\bfermeture (?:du"
    r"|de|des|annuelle|exceptionnelle|estivale)\b|\b(?:de|a) nouveau (?:joignable|disponible|au)|\bindisponibles?\b"
    r"|\binjoignables?\b|\bpas (?:disponible|joignable|au bureau|au cabinet|present)|\bhors du (?:bureau|cabinet)\b"
    r"|\bout of (?:the |my )?office\b|\baway (?:from|until|till|on)\b|\bon (?:annual |maternity |parental |sick "
    r"|medical )?(?:leave|holidays?|vacation|pto)\b|\b(?:be|am|is|are) (?:back|away|out)\b|\bback (?:in|on|at)\b"
    r"|\breturn(?:ing)? (?:on|to|in)\b|\bunavailable\b|\b(?:office|offices|we|practice|firm)\b[^.!?]{0,30}\bclosed\b"
    r"|^\W{0,3}(?:date de )?retour (?:prevue? |fixe )?(?:le|au|lundi|mardi|mercredi|jeudi|vendredi)\b"
    r"|\ba quitte (?:le|la|notre|ses)\b|\bne (?:fait|travaille) plus (?:partie|au|chez|dans|pour|avec)\b"
    r"|\bno longer (?:works?|with|at|employed|part)\b|\b(?:has|have) left (?:the|our)\b"
    r"|\babwesend\b|\bnicht im buro\b|\bim urlaub\b"
)
#: Right before a date: the last day of the absence.
_LAST = re.compile(
    r"(?:\bjusqu'? ?(?:au|a|en|a la)|\bjusque|\buntil|\btill?|\bthrough|\bthru|\bup to|\bbis(?: zum)?)"
    r"(?: et)?(?: y)?(?: compris)?(?: and)?(?: including)?(?: mon retour)?[ ,:]*(?:le|ce|the|au)? ?$"
)
#: Right before a date: the day of the return.
_BACK = re.compile(
    r"(?:\bretour\b|\brevien|\brentr|\brepren|\brouvr|\breouv|\bjoignables?\b|\bdisponibles?\b|\bdisposition\b"
    r"|\bback\b|\breturn|\breopen|\bresum|\bavailable\b|\bwieder\b|\btraiter|\brepondr)[^.!?]{0,60}$"
)
_FAR = re.compile(r"\b(?:depuis|absent|conge|ferme|avant|before|jusqu|until|away|closed|out of)\b[^.!?]*$")
#: « pas avant le », « not before »: the day of the return.
_NOT_BEFORE = re.compile(r"\b(?:avant|before)(?: mon retour)?[ ,]*(?:le|the)? ?$")
_NOT = re.compile(r"\b(?:ne|n'|pas|not|no|won't|unable)\b")
#: Right before a date: the one day of the absence.
_ON = re.compile(
    r"(?:\babsente?s?|\bfermee?s?|\bconges?|\brtt|\bformation|\bdeplacement|\bindisponibles?|\boffice|\baway|\bclosed"
    r"|\bleave|\bpas disponible)[^.!?\d]{0,25}?(?:\b(?:le|ce|on|pour la journee du)? ?)$"
)
#: Between two dates: a range.
_TO = re.compile(
    r"\s*(?:\(?inclus\)?|\(?compris\)?|matin|soir|au soir|au matin)?[ ,]*(?:jusqu'? ?au|jusqu'a|au|a|et|to|until|till"
    r"|through|and|bis(?: zum)?|-|–|—|→|>)\s*(?:le|the)?\s*"
)
#: A range whose first day has no month: « du 21 au 28 décembre », « les 25 et 26 novembre ».
_FROM_NUMBER = re.compile(
    r"\b(?:du|de|from|entre le|between|vom|les)(?: le)?(?: [a-z]{3,9}\.?)? (\d{1,2})(?:er)?"
    r" (?:au|a|et le|et|to|-|–|bis)(?: le)?(?: the)?(?: [a-z]{3,9}\.?)? ?$"
)
#: Right before a date: the first day of an absence, or of anything else.
_FROM = re.compile(r"(?:\bdu|\bdepuis(?: le)?|\bcompter du|\bpartir du|\bdes le|\bfrom|\bsince|\bstarting(?: on)?) ?$")


@dataclass(frozen=True)
class Absence:
    """What an out-of-office reply says."""

    until: date | None  #: its last day; None where it says none that can be used
    deputy: str = ""  #: who answers meanwhile, with what address and telephone stand beside; "" for nobody
    since: date | None = None  #: its first day, where that still lies ahead


@dataclass(frozen=True)
class _Span:
    """An absence as one date of the text gives it."""

    until: date
    since: date | None = None
    back: bool = False  #: from the day of the return


def read(message: InboundMessage, today: date) -> Absence | None:
    """The absence that `message` announces on the day `today`, None where it speaks of none."""
    return of_split(message.subject, written(message), today)


def of_split(subject: str, split: Split, today: date) -> Absence | None:
    """The same of a mail that is cut already: its history says nothing."""
    own = [block.text for block in split.blocks if block.kind is not Kind.QUOTED]
    return of_text(subject, "\n\n".join(own)[:LONGEST], today)


def of_text(subject: str, body: str, today: date) -> Absence | None:
    """The same of a subject and the words of a mail."""
    sentences = [days.joined(subject), *days.sentences(body)]
    plain = [days.plain(sentence) for sentence in sentences]
    if not any(AWAY.search(sentence) for sentence in plain):
        return None
    spans = [span for sentence in plain for span in _spans(sentence, today)]
    usable = [span for span in spans if today <= span.until <= today + FARTHEST]
    span = _best(usable)
    since = span.since if span and span.since and span.since > today else None
    return Absence(span.until if span else None, deputy(sentences[1:]), since)


def away(text: str) -> bool:
    """True if the words of a mail say that their writer is away."""
    return AWAY.search(days.plain(days.joined(text))) is not None


def _best(spans: list[_Span]) -> _Span | None:
    """The first that names a last day, unless a return long after it is named as well; else the first return."""
    last = next((span for span in spans if not span.back), None)
    back = next((span for span in spans if span.back), None)
    if last and back and back.until - last.until > SAME:
        return _Span(back.until, last.since)
    return last or back


def _spans(sentence: str, today: date) -> list[_Span]:
    """What the dates of one plain sentence say, each with the words before it."""
    found = days.find(sentence, today)
    out: list[_Span] = []
    for at, day in enumerate(found):
        if at and _to(sentence, found[at - 1], day):
            out.append(_range(found[at - 1].date, day.date))
        elif at + 1 == len(found) or not _to(sentence, day, found[at + 1]):
            out += filter(None, [_span(sentence, sentence[max(0, day.start - 160) : day.start], day)])
    return out


def _to(sentence: str, first: Day, last: Day) -> bool:
    """True if two days of a sentence are the ends of a range."""
    return not (first.vague or last.vague) and _TO.fullmatch(sentence[first.end : last.start]) is not None


def _span(sentence: str, before: str, day: Day) -> _Span | None:
    if number := _FROM_NUMBER.search(before):
        return _range(_same_month(day.date, int(number[1])), day.date)
    if _LAST.search(before):
        return _last(sentence, before, day)
    if _NOT_BEFORE.search(before) and _NOT.search(before):
        return _return(day.date)
    if (back := _BACK.search(before)) and not _FAR.search(back[0]):
        return _return(day.date) if not day.vague or len(back[0]) <= 30 else None
    if _ON.search(before) and not _FROM.search(before):
        return _Span(day.date, None if day.vague else day.date)
    return None


def _last(sentence: str, before: str, day: Day) -> _Span:
    """« jusqu'au 2 décembre »; « exclu », « jusqu'à mon retour le »: the day before."""
    after = sentence[day.end : day.end + 20]
    if "retour" in before[-14:] or re.match(r"[ ,(]{0,2}(?:exclu|non inclus|non compris)", after):
        return _return(day.date)
    return _Span(day.date)


def _return(day: date) -> _Span:
    return _Span(day - timedelta(1), back=True)


def _range(first: date, last: date) -> _Span:
    """« du 23/12 au 02/01 »: where the first day seems to come later, it was last year's."""
    return _Span(last, first if first <= last else _year_before(first))


def _same_month(last: date, number: int) -> date:
    try:
        return last.replace(day=number)
    except ValueError:
        return last


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day - timedelta(365)
