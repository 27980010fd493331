"""What people say of an answer that somebody else wrote for them, as data: make it mine, add him too, drop it.

All are folded (french.fold) and whole clauses; anything else decides nothing.
"""

from __future__ import annotations

import re

_OK = r"(?:(?:oui|ok|d'accord|entendu|bien sur|c'est bon)(?: pour)? )?"
_WHAT = (
    r"(?: (?:la|sa|cette|votre|son|ta) reponse| (?:le|ce|son) (?:texte|message)| ces? (?:elements?|precisions?)"
    r"| tout| en mon nom| pour moi| comme (?:ma|notre) reponse)*"
)
#: « ACCEPTER », « j'accepte sa réponse », « c'est ma réponse ».
ACCEPT = re.compile(
    rf"{_OK}(?:pour )?(?:je |j'|nous |on |vous pouvez |tu peux |a )?(?:l'|la |le |les )?"
    rf"(?:accept(?:e|er|ez|ee?s?|ons|ation)|repren(?:ds|ez|dre)|gard(?:e|er|ez)|enregistr(?:er|ez)){_WHAT}"
    r"|(?:c'est|ce sera|elle devient|ceci est|voici) (?:bien |bon )?(?:ma|notre|la bonne) reponse"
    rf"|{_OK}reponse acceptee"
)
#: « c'est ma collègue »: says who wrote, and decides nothing by itself.
KNOWN = re.compile(
    r"(?:oui )?(?:c'est|elle est|il est|il s'agit (?:bien )?d[e'])(?: bien)? ?(?:ma|mon|notre|une?|l'une? de nos) "
    r"(?:nouvelle? )?(?:collegues?|collaborateurs?|collaboratrices?|assistante?|associee?|stagiaire|consoeur|confrere)"
    r"(?: (?:du cabinet|de bureau))?"
)
_TO = (
    r"(?: (?:comme|en tant que|en qualite de|a titre de) (?:un |une )?(?:nouveau |nouvelle )?"
    r"(?:collaborateur|collaboratrice|collegue)"
    r"| (?:a|aux?|dans) (?:mes|nos|vos|les|l'|la|le|notre|votre)? ?"
    r"(?:collaborateurs|collaboratrices|equipe|cabinet|liste)"
    r"| au cabinet)*"
)
#: « AJOUTER », « ajoutez-la comme collaboratrice ».
ADD = re.compile(
    rf"{_OK}(?:pour )?(?:merci de |je souhaite |je veux |vous pouvez |tu peux |il faut |a )?"
    rf"(?:je |on |nous )?(?:l'|la |le |les )?(?:y )?(?:ajout(?:e|er|ez|ons|ee?s?)|rajout(?:e|er|ez))"
    rf"(?:[ -](?:le|la|les|lui))?{_TO}"
)
#: « REFUSER », « je ne connais pas cette personne ».
REFUSE = re.compile(
    r"(?:non )?(?:je |j'|on |nous |merci de |a |la |le )?(?:l'|la |le |les )?"
    rf"(?:refus(?:e|er|ez|ee?s?|ons)|ecart(?:e|er|ez|ee?s?)|rejet(?:er|ez|te|tee?s?)|supprim(?:e|er|ez)"
    rf"|ignor(?:e|er|ez)){_WHAT}"
    rf"|(?:non )?(?:je n'|n'|nous n'|on n'|ne l')accept(?:e|er|ez|ons) (?:pas|rien){_WHAT}"
    rf"|ne pas (?:l')?accepter{_WHAT}"
    r"|(?:non )?(?:je )?ne (?:la|le|les|l')? ?(?:connais|connaissons) pas(?: (?:cette|ce|cet) "
    r"(?:personne|monsieur|dame|expediteur|adresse))?"
    r"|(?:non )?(?:ce n'est|c'est|ce ne sont) pas (?:moi|ma reponse|notre reponse"
    r"|quelqu'un (?:de chez nous|du cabinet|de connu)|une? (?:collegue|collaborateur|collaboratrice)"
    r"|un (?:envoi|message) de (?:notre part|chez nous))"
    r"|(?:non )?(?:personne )?inconnue?(?: (?:au cabinet|de nos services|chez nous|au bataillon))?"
)


def meanings(piece: str) -> set[str]:
    """What one clause means: a set of yes, add, no and known; empty where it says anything else."""
    found: set[str] = set()
    for part in re.split(r"\s+(?:et|puis|&|\+)\s+", piece):
        meant = _meant(part)
        if not meant:
            return set()
        found |= meant
    return found


def _meant(part: str) -> set[str]:
    if REFUSE.fullmatch(part):
        return {"no"}
    if ADD.fullmatch(part):
        return {"yes", "add"}
    if ACCEPT.fullmatch(part):
        return {"yes"}
    return {"known"} if KNOWN.fullmatch(part) else set()
