"""Whether two mails say about the same: a machine repeats itself, with another number, date or link each time.

A gist is a line of short hashes of the words, without what changes by itself; the words cannot be read from it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b

LONGEST = 20_000  #: characters of a text that are looked at
KEPT = 64  #: words of which a gist keeps a hash: those whose hashes are the least, so that gists can be compared
ALIKE = 0.7  #: the part of their words that two mails share which say about the same
_BYTES = 3
#: what is another one in each mail of a machine: a link, an address, whatever holds a digit
_CHANGES = re.compile(r"https?:|www\.|@|\d")
_WORD = re.compile(r"[^\W_]+")
_DAYS = frozenset(
    "lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout septembre "
    "octobre novembre decembre monday tuesday wednesday thursday friday saturday sunday january february march april "
    "may june july august september october november december montag dienstag mittwoch donnerstag freitag samstag "
    "sonntag januar februar marz juni juli oktober dezember lunes martes miercoles jueves viernes sabado domingo enero "
    "febrero marzo abril mayo junio julio agosto septiembre noviembre diciembre lunedi martedi mercoledi giovedi "
    "venerdi sabato domenica gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre am pm".split()
)


@dataclass(frozen=True)
class Gist:
    """What a mail says, as far as that can be compared."""

    words: frozenset[str]
    files: frozenset[str]

    def __str__(self) -> str:
        return "".join(sorted(self.words)) + "/" + "".join(sorted(self.files))


def of(text: str, files: tuple[str, ...] = (), figures: bool = False) -> Gist:
    """The gist of what a person wrote and of the hashes of the files beside it. Figures count with `figures`, and where
    nothing else is written."""
    folded = _folded(text[:LONGEST])
    lasting = " ".join(piece for piece in folded.split() if not _CHANGES.search(piece))
    words = [word for word in _WORD.findall(lasting) if word not in _DAYS and not figures]
    hashes = sorted({_hash(word) for word in words or _WORD.findall(folded)})
    return Gist(frozenset(hashes[:KEPT]), frozenset(_hash(file) for file in files))


def read(line: str) -> Gist:
    """The gist that `str` wrote."""
    words, _, files = line.partition("/")
    return Gist(_hashes(words), _hashes(files))


def alike(one: Gist, other: Gist) -> bool:
    """True where the first says about what the other says, and brings no file that the other has not."""
    if not one.files <= other.files:
        return False
    together = sorted(one.words | other.words)[:KEPT]  # the least of the union stand for all (MinHash, bottom k)
    shared = sum(word in one.words and word in other.words for word in together)
    return shared >= ALIKE * len(together)


def _folded(text: str) -> str:
    """Lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def _hash(word: str) -> str:
    return blake2b(word.encode(), digest_size=_BYTES).hexdigest()


def _hashes(line: str) -> frozenset[str]:
    width = 2 * _BYTES
    return frozenset(line[at : at + width] for at in range(0, len(line), width))
