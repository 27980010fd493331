"""Who answers while somebody is away: a name, an address and a telephone, taken from an out-of-office reply."""

from __future__ import annotations

import re

from mailbot.mail.days import plain

LONGEST = 160
_REACH = 200  #: characters behind the words that announce a deputy

#: What announces whom to write to; in plain letters.
_CUE = re.compile(
    r"\bcontact(?:er|ez|es)?\b|\bjoi(?:gnez|ndre)\b|\badresse[rz]?(?:[ -]vous)?\b|\brapproche[rz](?:[ -]vous)?\b"
    r"|\bappele[rz]\b|\becri(?:re|vez)\b|\bsollicite[rz]\b|\btransfere\w{0,3}\b|\btransm(?:et|is)\w{0,4}\b"
    r"|\btourner vers\b|\bremplace(?:e|r|ra)?\b|\bremplacante?\b|\bsupplee\b|\brelais\b|\bl'interim\b|\binterim\b"
    r"|\bsuppleante?\b|\bconfie|\bvoir avec\b|\bvoyez avec\b|\breach(?: out to)?\b|\bget in touch with\b|\bwrite to\b"
    r"|\burgen(?:ces?|te?s?|cy)\b|\bemergenc|\bcall\b|\be-?mail\b|\bcovering\b|\bcover\b|\breplaced by\b"
    r"|\binterlocut(?:eur|rice)s?\b|\bhandled by\b|\bforwarded to\b|\brefer to\b"
)
#: Before a cue: it is the writer himself who can be reached.
_HIMSELF = re.compile(r"\b(?:me|m')(?: |$)[^.!?]{0,12}$|\bm'$")
#: A name before one of these is the deputy's.
_AFTER = re.compile(
    r"\bme remplace|\bassure(?:ra|ront|nt)?\b|\bprend(?:ra|ront)? (?:le|la|mon|notre)\b|\bsuiv(?:ra|ront|i)\b"
    r"|\bse tient a votre\b|\bse tiennent a votre\b|\brest(?:e|era|ent)\b.{0,20}disposition\b|\brepondra\b|\btraitera\b"
    r"|\bpourra (?:vous|repondre)\b|\bsaura vous\b|\bwill (?:be )?(?:cover|assist|help|answer|handle|replac)"
    r"|\bis (?:covering|replacing|standing)\b|\bcan (?:help|assist)\b|\bfera le necessaire\b|\ben mon absence\b"
)
_CIVILITY = r"(?:MM?\.?|Mr\.?|Mme\.?|Mmes|Mlle\.?|Madame|Monsieur|Mademoiselle|Ma[îi]tre|Me|Dr\.?|Mrs\.?|Ms\.?|Miss)"
_WORD = r"[^\W\d_a-zà-öø-ÿ][\w'’-]*"
_NAME = re.compile(rf"(?:\b{_CIVILITY} )?\b{_WORD}(?: (?:(?:d[eu]|des|la|le|van|von|el|ben|di) |d['’])*{_WORD}){{0,4}}")
_COLLEAGUE = re.compile(
    r"\b(?:coll[eè]gue|collaborat(?:eur|rice)|associ[eé]e?|assistante?|conf?r[eè]re|cons[oœ]eur|secr[eé]taire|colleague"
    r"|partner|assistant|remplaçante?|supérieure?|responsable|coéquipi[eè]re?|bin[oô]me)[ ,:]+$",
    re.I,
)
_OFFICE = re.compile(
    r"\b(?:le|la|notre|l['’]|au|du|the|our) ?(standard|secr[eé]tariat|accueil|service [a-zà-ÿ]+|p[oô]le [a-zà-ÿ]+"
    r"|switchboard|front desk|reception)\b",
    re.I,
)
_MAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_PHONE = re.compile(r"(?<![\w/])(?:\+|00)?\d(?:[ .()-]{0,2}\d){8,12}(?![\w/])")
#: Capitals that begin a sentence or a closing, and no name.
_NO_NAME = frozenset(
    "bonjour madame monsieur mesdames messieurs cordialement merci bien je nous vous en pour le la les l un une votre"
    " vos"
    " mon ma notre nos si ce cette dans durant pendant avec sauf toute tout aucun i i'm my the for please if in during"
    " hello hi dear thank thanks best regards kind during and mail email e-mail tel tél tel. mob fax urgence"
    " cc re tr oga eccv assaprol absence a au aux du de des et ou or par sur".split()
)


def deputy(sentences: list[str]) -> str:
    """« M. Paul Martin, p.martin@cabinet.example, 05 59 00 00 00 », "" where nobody is named.

    `sentences` are those of the mail; what a contact gives may stand in the one after it.
    """
    for at, sentence in enumerate(sentences):
        found = _behind(sentence, sentences[at + 1 : at + 3]) or _before(sentence)
        if found:
            return found[:LONGEST]
    return ""


def _behind(sentence: str, following: list[str]) -> str:
    """Whom the words after a cue name."""
    said = plain(sentence)
    for cue in _CUE.finditer(said):
        if _HIMSELF.search(said[: cue.start()]) and not cue[0].startswith("rempla"):
            return ""
        rest = sentence[cue.end() :]
        own = rest.strip(" :.,").lower() in ("", "à l'adresse suivante", "la personne suivante")
        near = " ".join((rest, *following)) if len(rest) < 40 or own else rest
        found = _told(near[:_REACH])
        if found:
            return found
    return ""


def _before(sentence: str) -> str:
    """Whom a sentence names before it says what that person does meanwhile."""
    cue = _AFTER.search(plain(sentence))
    if cue is None:
        return ""
    name = _name(sentence[: cue.start()])
    return ", ".join(filter(None, (name, *_reached_by(sentence[:_REACH])))) if name else ""


def _told(text: str) -> str:
    contacts = _reached_by(text)
    name = _name(text) or _office(text)
    if not name and not any("@" in contact for contact in contacts):
        return ""
    return ", ".join(filter(None, (name, *contacts)))


def _reached_by(text: str) -> list[str]:
    mail, phone = _MAIL.search(text), _PHONE.search(_MAIL.sub(" ", text))
    return [found[0].strip(" .-'") for found in (mail, phone) if found]


def _name(text: str) -> str:
    """The first run of capitalised words that can be a name: two of them, a civility, or « ma collègue » before it."""
    for match in _NAME.finditer(_MAIL.sub(lambda mail: " " * len(mail[0]), text)):
        words = match[0].split(" ")
        titled = re.fullmatch(_CIVILITY, words[0]) is not None and len(words) > 1
        while words and not titled and plain(words[0]) in _NO_NAME:
            words.pop(0)
        known = bool(_COLLEAGUE.search(text[: match.start()]))
        if titled or len(words) > 1 or (words and known and words[0] == match[0].split(" ")[0]):
            return " ".join(words).rstrip(".,-'’")
    return ""


def _office(text: str) -> str:
    found = _OFFICE.search(text[:80])
    return f"le {found[1]}" if found and found[1][0].lower() not in "aeiou" else f"l’{found[1]}" if found else ""
