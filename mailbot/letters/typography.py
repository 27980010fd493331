"""French typography and the few forms of words that letters need: dates, hours, sizes, elision, plurals.

`french` is for our own words and the catalogue's. What a person typed, commands to copy, subjects and addresses never
go through it. All times are shown as they are given: the caller puts them into the zone of the reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from ..mail.unseen import seen

NBSP = "\u00a0"  #: the plain no-break space: old mail fonts lack the narrow one
MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)  #: in order, lower case as French writes them
#: nouns that stay with their number
COUNTED = "message|messages|caractères|question|questions|ligne|lignes|version|exercice|compte|page|pages|pièce|pièces"
UNITS = "€|%|Ko|Mo|o|h|jours?|essais?"
ASPIRATED = frozenset(
    "hamed hamid hamza hakim halima hans harald harold harry hassan hassen heinrich heinz helmut hocine houcine "
    "houria hussein".split()
)  #: given names whose h keeps « de » whole

_DAY = rf"(?:\d{{1,2}}|1er)[ {NBSP}](?:{'|'.join(MONTHS)})"
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\u202f"), NBSP),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"\.\.\."), "…"),
    (re.compile(r"(?<=[ (])-(?=\d)"), "−"),
    (re.compile(r" (?=[:;?!€%»](?:\W|$))"), NBSP),
    (re.compile(r"« "), "«" + NBSP),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), NBSP),
    (re.compile(r"(?<=n°) (?=\d)"), NBSP),
    (re.compile(rf"(?<=\d) (?=(?:{UNITS}|{COUNTED})\b|[€%])"), NBSP),
    (re.compile(r"(?<=\bh) (?=\d\d\b)"), NBSP),
    (re.compile(rf"\b({COUNTED}) (?=\d)", re.IGNORECASE), rf"\1{NBSP}"),
    (re.compile(rf"\b{_DAY}(?: \d{{4}})?\b"), lambda found: found[0].replace(" ", NBSP)),
)


def french(text: str) -> str:
    """`text` with French apostrophes, ellipses and no-break spaces. Applied twice it changes nothing more."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def day(on: date) -> str:
    """« 3 novembre », « 1er mars »."""
    return f"{'1er' if on.day == 1 else on.day}{NBSP}{MONTHS[on.month - 1]}"


def full_day(on: date) -> str:
    """« 3 novembre 2026 »."""
    return f"{day(on)}{NBSP}{on.year}"


def clock(at: datetime) -> str:
    """« 16 h 42 », « 10 h »."""
    return f"{at.hour}{NBSP}h" + (f"{NBSP}{at.minute:02}" if at.minute else "")


def moment(at: datetime) -> str:
    """« 23 novembre 2026, 16 h 42 »."""
    return f"{full_day(at)}, {clock(at)}"


def short_moment(at: datetime) -> str:
    """« 23 novembre, 16 h 42 »."""
    return f"{day(at)}, {clock(at)}"


WEEK = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()


def week_day(on: date) -> str:
    """« mardi 15 décembre »."""
    return f"{WEEK[on.weekday()]} {day(on)}"


def hour(at: datetime, now: datetime) -> str:
    """« 17 h 27 » on the day of `now`, « 9 h le 24 novembre » on another: after « avant », « vers »."""
    return clock(at) if at.date() == now.date() else f"{clock(at)} le {day(at)}"


def recent(at: datetime, now: datetime) -> str:
    """« ce matin à 7 h 02 », « aujourd’hui à 14 h », « hier à 18 h 10 », « le 3 novembre à 9 h »."""
    days = (now.date() - at.date()).days
    named = {0: "ce matin" if at.hour < 12 else "aujourd’hui", 1: "hier"}
    return f"{named.get(days, 'le ' + day(at))} à {clock(at)}"


def size(octets: int) -> str:
    """« 184 Ko », « 1,2 Mo ». Rounded up below 1 Mo, so that nothing weighs 0 Ko; 1 Ko is 1,024 octets."""
    kilo = max(1, -(-octets // 1024))
    if kilo < 1000:
        return f"{kilo}{NBSP}Ko"
    mega = f"{octets / 1024**2:.1f}".removesuffix(".0").replace(".", ",")
    return f"{mega}{NBSP}Mo"


def plural(count: int, singular: str, several: str = "") -> str:
    """« 1 pièce », « 2 pièces »; French counts 0 as one. `several` is the plural where an s is not enough."""
    return f"{count}{NBSP}{singular if count < 2 else several or singular + 's'}"


def of(name: str) -> str:
    """« d’Aïcha Dubois », « de Maïté Martin », « d’Hélène », « de Hassan », « d’Yves », « de Yann »."""
    return f"d’{name}" if _elides(name) else f"de {name}"


def _elides(name: str) -> bool:
    plain = _plain(name)
    first = re.split(r"[^a-z]", plain, maxsplit=1)[0]
    if plain[:1] == "h":
        return first not in ASPIRATED
    if plain[:1] == "y":
        return plain[1:2] not in tuple("aeiou")
    return plain[:1] in tuple("aeiouœæ")


def _plain(text: str) -> str:
    """Lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def initials(name: str) -> str:
    """« Z. E. », « J.-P. D. »: of each word but the particles."""
    words = [word for word in name.split() if word.lower() not in ("de", "du", "des", "la", "le", "et")]
    return " ".join("-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in words)


def listed(names: list[str] | tuple[str, ...], last: str = "et") -> str:
    """« A », « A et B », « A, B et C »."""
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


NUMBERS = (
    "zéro une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit"
    " dix-neuf vingt".split()
)


def spelled(count: int, one: str = "une") -> str:
    """« une », « deux », « vingt », « 21 »; `one` is « un » before a masculine noun."""
    if count == 1:
        return one
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else str(count)


def counted(count: int, singular: str, several: str = "", one: str = "une") -> str:
    """« une réponse », « deux réponses », « 21 réponses »: within a sentence."""
    return f"{spelled(count, one)}{' ' if count <= 20 else NBSP}{singular if count < 2 else several or singular + 's'}"


def grouped(count: int) -> str:
    """« 4 812 »."""
    return f"{count:,}".replace(",", NBSP)


def upper_first(text: str) -> str:
    """« deux réponses » as a sentence begins."""
    return text[:1].upper() + text[1:]


def one_line(text: str) -> str:
    """`text` on one line, without the characters that nobody sees."""
    return re.sub(r"[\n\t]+", " ", seen(text)).strip()


def shortened(name: str, most: int) -> str:
    """A name, of a file say, cut before its ending where it has more than `most` characters."""
    if len(name) <= most:
        return name
    stem, dot, ending = name.rpartition(".")
    ending = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
    return (stem if ending else name)[: most - len(ending) - 1].rstrip() + "…" + ending


def inner(text: str) -> str:
    """A text that stands between « and »: its own marks become “ and ”, so that it ends where we end it."""
    return text.replace("«", "“").replace("»", "”")
