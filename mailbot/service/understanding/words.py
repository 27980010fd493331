"""The words of people, as data: what counts as a yes, a no, courtesy, an outcome. All are folded (see french.fold)."""

from __future__ import annotations

import re

from ...domain.model import Outcome

#: An unconditional yes, as whole clauses.
_YES = """
    ok|okay|o k|oki|oui|ouii|yes|valide|je valide|validee|valides|reponse validee|je la valide|c'est valide|valide pour moi
    ok valide|oui valide|ok je valide|oui je valide|validation ok|c'est ok|c'est ok pour moi|ok pour moi|ok de mon cote
    ok pour envoi|bon pour envoi|bon pour accord|bon pour transmission|bon pour validation|bpe|bpa|bon a envoyer
    c'est bon|c'est bon pour moi|bon pour moi|tout est bon|tout est ok|tout bon|ca me va|cela me va|ca me convient
    cela me convient|parfait|c'est parfait|tres bien|d'accord|accord|je suis d'accord|d'accord pour moi|entendu|conforme
    ras|r a s|rien a signaler|rien a redire|rien a ajouter|vous pouvez transmettre|vous pouvez envoyer|vous pouvez l'envoyer
    vous pouvez la transmettre|pouvez transmettre|tu peux transmettre|tu peux envoyer|vous pouvez y aller|transmettez
    envoyez|a transmettre|a envoyer|j'approuve|approuve|approuvee|je confirme|confirme|impeccable|nickel|ok pour transmission
    ok pour l'envoyer|ok pour l'envoyer ainsi|ok pour transmettre|ok envoyez|ok transmettez|valider|ok pour validation
    oui c'est bon|ok c'est bon|oui ok|ok oui|ok parfait|oui parfait|ok tres bien|reponse conforme|ok pour cette reponse
"""
YES = frozenset(clause.strip() for line in _YES.splitlines() for clause in line.split("|") if clause.strip())

_THANKED = (
    r"(?:(?:votre|vos|ton|ta|tes|la|le|l'|cette|ce|ces) ?)(?:reponse|retour|aide|travail|message|mail|courriel|reactivite|"
    r"efficacite|attention|diligence|suivi|rappel|relance|envoi|precisions?|explications?|comprehension|collaboration|"
    r"confiance|rapidite|disponibilite)(?: (?:claires?|completes?|rapides?|precises?))?"
)
#: Clauses that may stand around a decision and say nothing.
COURTESY = re.compile(
    r"(bonjour|bonsoir|hello|salut|re|rebonjour|re bonjour|chere?|madame|monsieur|mesdames|messieurs|"
    rf"(?:un grand |grand |mille )?mercis?(?: (?:de|pour) {_THANKED}(?: et {_THANKED})?| beaucoup| bien| infiniment| encore|"
    r" d'avance| par avance| pour tout| mille fois)?(?: a (?:vous|toi|tous|toutes)(?: (?:deux|tous|toutes))?)?(?: d'avance| par avance)?|"
    r"(bien |tres )?cordialement( votre| a vous)?|(bien )?a (vous|toi)|(sinceres|meilleures|mes) salutations|salutations( distinguees)?|"
    r"(je vous souhaite une )?(tres )?(bonne|belle|excellente) (journee|soiree|semaine|fin de (journee|semaine)|reception|apres midi|annee)"
    r"( a (vous|toi|tous)( deux| aussi)?)?|(bon|bonnes|joyeuses|excellent) (week end|apres midi|fetes)( a (vous|toi|tous)( deux| aussi)?)?|"
    r"a bientot|respectueusement|amicalement|bien a toi|cdlt|cdt|bav|slts|crdlt|cdmt)"
)
#: Words that a greeting may not hold: it would say more than a name.
_SAID = (
    r"(?:ok|oui|non|pas|plus|ne|n'\w+|je|j'\w+|tu|il|elle|on|nous|ils|mais|sauf|si|avant|apres|sans|sous|reserve|attend\w*|stop|bon|bonne|"
    r"c'\w+|ca|cela|ce|la|le|les|un|une|des|de|du|pour|avec|par|quand|des|merci|voir|voici|projet|brouillon|refus\w*|valid\w*|envoy\w*|transm\w*|"
    r"corrig\w*|complet\w*|ajout\w*|revoir|encore|presque|jamais|toujours|patientez|verifi\w*|regard\w*|laissez|gardez|faites|dites|notez|"
    r"voyez|suspend\w*|annul\w*|bloqu\w*|condition\w*|rien|aucune?|a(?! tous| toutes| vous| toi))"
)
_TO_WHOM = rf"(?: (?!{_SAID}\b)[^\W\d_][\w'’.-]*){{0,4}}(?: a (?:tous|toutes|vous|toi)(?: (?:deux|tous|toutes))?)?"
GREETING = re.compile(rf"(?:bonjour|bonsoir|chere?|salut|hello|madame|monsieur)\b{_TO_WHOM}$")
OPENING = re.compile(rf"(?:bonjour|bonsoir|hello|salut)\b{_TO_WHOM} ?[,!]\s*")

#: The beginning of an unconditional no, or of a request to do it again. The rest is the comment.
NO = re.compile(
    r"(non|nan|no)(?=$|\s*[,.:;!\n-]| (il|elle|ce|c'|merci|pas|je|on|nous|vous|la|le|les|a)\b)|(a|est a|c'est a) (revoir|refaire|completer|corriger|reprendre|preciser)\b|"
    r"(je )?((la |le )?renvoie(?=$|\s*[,.:;!\n])|renvoyer|refuse|refusee?|rejete|rejetee?|pas d'accord|ne valide pas|desapprouve)\b|"
    r"(merci|priere) de (bien vouloir )?(le |la |les )?(completer|corriger|revoir|refaire|reprendre|preciser|joindre|ajouter)\b|"
    r"(il faut|il faudrait|peux tu|pouvez vous|pourrais tu|pourriez vous) "
    r"(le |la |les )?(completer|corriger|revoir|refaire|reprendre|preciser)\b"
)

#: Words that carry text behind a colon or a line break.
ADD = re.compile(r"(completer|complement|ajouter|ajout)\s*[:\n]")
REPLACE = re.compile(r"(remplacer|modifier)\s*[:\n]")


DELAY = re.compile(
    r"((j'ai|j'aurai|nous avons|nous aurons|on a|il me faut|il nous faut|j'aurais|nous aurions) )?"
    r"(besoin (de temps|d'un delai|de delai|d'un peu (plus )?de temps|de plus de temps)|un delai|du temps)"
    r"( supplementaire| de plus| en plus)?( (jusqu'|jusque|pour le |au |avant )[^?]{1,60})?"
)
NOT_MINE = re.compile(
    r"(je n'ai pas|je n'ai plus|nous n'avons pas|nous n'avons plus|je ne suis pas|je ne suis plus|je ne m'occupe pas de|"
    r"je ne m'occupe plus de|ce n'est pas|c'est pas|pas) (ce dossier|mon dossier|le mien|notre dossier)\b|"
    r"ce dossier n'est (pas|plus) (le mien|a moi|chez nous|chez moi|le notre)\b"
)

TREATED = re.compile(r"(traitee?s?|clos|closes?|cloturee?s?)\b")
OUTCOMES: tuple[tuple[re.Pattern[str], Outcome], ...] = (
    (re.compile(r"satisfaisante?"), Outcome.SATISFACTORY),
    (re.compile(r"(declaration )?rectificative|rectificatif"), Outcome.CORRECTIVE_RETURN),
    (re.compile(r"insuffisante?"), Outcome.INSUFFICIENT),
    (re.compile(r"(pour )?information|info"), Outcome.INFORMATION),
    (re.compile(r"sans reponse"), Outcome.NO_ANSWER),
)
ASK_AGAIN = re.compile(r"redemander\s*[:\n]|redemander\s+(?=\S)")
REQUEST = re.compile(
    r"\?|\bmerci de (?:bien vouloir |nous |me |le |la |les |l')*\w+(?:er|ir|re)\b|\b(pouvez[ -]vous|pourriez[ -]vous|pourriez|il manque|il manquerait|il faudrait|veuillez|"
    r"nous aurions besoin|j'aurais besoin|precisez|joignez|envoyez|indiquez|transmettez)\b"
)

UNDO = frozenset({"annuler", "annule", "annulez", "j'annule", "a annuler", "annulation"})
WITHDRAWN = re.compile(r"retirer|retiree?|a retirer")

HELP = frozenset({"aide", "help", "aidez moi", "?", "a l'aide"})

#: Words that a later part offers. Alone in a mail they are asked back, never filed as an answer.
NOT_OFFERED = re.compile(
    r"dossiers( cabinet)?|dossier( [a-z]?\d[\w-]*)?|questions( a traiter)?|(dae|crm)( [\w-]+)?( \d{4})?|dae tous|"
    r"statistiques?( [\w' -]{1,30})?|cabinet|collaborateurs|(affecter|retirer|droits|nouveau collaborateur|depart|"
    r"je prends|transferer) .{1,120}|rappels .{1,40}|point chaque .{1,20}|absente? jusqu'au .{1,60}|sans piece|accepter|"
    r"refuser|bloquer|import|bilan \d{4}|resultats|ok pour tous|[abd-z] ok"  # « c ok » is « c'est ok »
)

#: How words that decide begin, behind a label without a sign: « A ok », « 3 traité », « 6 → D0030-2025-1 ».
DECISION = re.compile(
    r"(?:ok\w*|oui|yes|non|nan|no|d'accord|valid\w*|bon pour|complet\w*|complement|ajout\w*|remplac\w*|modifi\w*|renvo\w*|"
    r"refus\w*|trait\w*|clos\w*|clotur\w*|redemand\w*|retir\w*|bloqu\w*|reprend\w*|annul\w*|vu\b|(?:est )?[aàÀ] (?:revoir|refaire|completer|corriger|reprendre|"
    r"preciser)\b|pas (?:ok|d'accord|valide\w*)|[a-z]\d{3,}-\d{4}-\d+)"
)

NUMBERS = tuple(
    "zero une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
)

#: One decision for all items of a letter, but those named.
_EXCEPT = r"\s*,?\s*(?:sauf|hormis|excepte|a l'exception d\w+)\s+(?:la |le |les |pour )*"
_BUT = rf"(?:{_EXCEPT}(?P<but>.+))?"
_ALL = r"(?:tous|toutes|tout|l'ensemble)(?: (?:les|des|mes|vos|nos|ces) (?:reponses|questions|lignes))?"
EVERYTHING = re.compile(
    r"(?:(?P<before>[a-z' ]{2,40}?),? (?:(?:pour|a) )?(?:(?:toutes |tous )?les (?P<count>(?!autres)\w+)(?: \w+)?|"
    + _ALL
    + ")"
    rf"|{_ALL} (?:est |sont )?(?P<after>[a-z' ]{{2,40}}?)|(?P<bare>[a-z' ]{{2,40}}?)(?={_EXCEPT}))" + _BUT
)
#: One decision for what the lines before it did not name.
OTHERS = re.compile(
    r"(?:et )?(?:(?P<before>[a-z' ]{2,30}?) (?:pour |a )?(?:tou(?:te)?s )?(?:les autres|le reste)(?: (?:reponses|questions))?"
    r"|(?:tou(?:te)?s )?(?:les autres|le reste)(?: (?:reponses|questions))?\s*:?\s*(?:est |sont )?(?P<after>[a-z' ]{2,30}?))"
)

#: « ci-joint » and its like, in one clause: a file should have come.
_DOCUMENT = (
    r"(?:documents?|fichiers?|tableaux?|releves?|attestations?|factures?|justificatifs?|pieces?|copies?|scans?|photos?|"
    r"captures?|detail|details|etats?|bulletins?|contrats?|bail|baux|echeanciers?|avis|extraits?|courriers?|notes?|listes?|"
    r"decomptes?|declarations?|grand livre|balance|annexes?|pdf|excel|jugement|acte|statuts|certificats?)"
)
ANNOUNCED = re.compile(
    r"\bci ?-? ?(?:joint|joints|jointe|jointes|inclus|incluse|incluses|annexee?s?|attachee?s?)\b|\bci-(?:apres|dessous) jointe?s?\b|"
    r"\b(?:en|cf\.?|voir|voyez|selon|suivant|dans|avec|trouver|consulter) (?:la |les |le |une? |deux |trois )?(?:pieces? jointes?|p\.? ?j\.?(?!\w)|attache\b|fichiers? joints?)|"
    r"^(?:p\.? ?j\.?|pieces? jointes?) ?:|\bp\.?j\.? (?:ci-|jointe)|"
    r"\b(?:je|j'|nous|on) ?(?:(?:vous|te|le|la|les|y|en) ){0,2}(?:joins|joint|joignons|annexe|annexons|attache|mets en piece|mets en copie le|mets en annexe)\b|"
    r"\b(?:trouve|trouver|trouverez|trouveras|trouvez|mets|adresse|envoie|transmets|transmettons|adressons|envoyons) .{0,60}\ben annexes?\b(?! (?:de|du|des|n°|\d))|"
    r"\b" + _DOCUMENT + r"(?: [\w'-]+){0,4} (?:est |sont )?(?:jointe?s?|annexee?s?)\b(?! (?:au|aux|a la|a l'|de|du)\b)|"
    r"\bjointe?s? (?:a|au|avec) (?:ce|cet|cette|mon|le present|la presente|present) ?(?:mail|message|courriel|e-?mail|envoi|reponse)?\b|"
    r"\b(?:trouverez|trouver) jointe?s?\b|\b(?:please find|find|see|i have|i've|is|are|i am|i'm) (?:the )?(?:attached|attaching|enclosed)\b|"
    r"\battached (?:is|are|you|please|the|file|document)\b|\b(?:see|in|as) (?:the |an )?attach(?:ment|ed)\b|^attached\b"
)
#: ... but not where it is denied, about another mail, or about something that is no file.
NOT_ANNOUNCED = re.compile(
    r"\b(?:pas|plus|sans|aucune?|ni|rien|point|jamais|no|not|without|oublie de|oublier de)(?: [\w'-]+){0,4}? "
    r"(?:(?:d'|a |en |ci-?|ci |n'est |ne sont |n'y est |trouve )?(?:pieces? jointes?|p\.? ?j\.?|joint\w*|joins|ci-joint\w*|annexee?s?|attach\w*|fichiers? joints?))|"
    r"\b(?:pieces? jointes?|p\.? ?j\.?|ci-joint\w*|jointe?s?)(?: [\w'-]+){0,2} (?:a|de|dans|avec|par|que) (?:votre|vos|vous|mon precedent|notre precedent|mon dernier|mes precedents?|"
    r"mon (?:mail|message|courriel) d[ue']|le mail d[ue']|son|leur)\b|"
    r"\b(?:votre|vos) (?:pieces? jointes?|p\.?j\.?|[\w-]+ ci-jointe?s?)|"
    r"\bdeja (?:ete )?(?:joint|transmis|envoye|adresse)\w*|\bcomptes? joints?\b|\b(?:me|se|s'est|suis) joint\w*\b"
)
#: A clause that says by what other way, or that it is for later.
ELSEWHERE = re.compile(
    r"\b(?:par|sous) (?:courrier|la poste|voie postale|fax|lettre|recommande|pli|porteur|navette|coursier|ailleurs|mail separe|message separe|courriel separe)\b|"
    r"\b(?:en main propre|via (?:wetransfer|dropbox|swisstransfer|un lien|le portail|jedeclare)|par wetransfer)\b|"
    r"\b(?:demain|ulterieurement|prochainement|plus tard|des (?:que|reception)|dans un second temps|la semaine prochaine)\b"
)
RECEIVED = re.compile(r"\b(?:recue?s?|obtenue?s?|recuperee?s?)\b")
#: Where one statement ends and another may begin; « cf. » and « p.j. » end none.
STATEMENT = re.compile(
    r"(?<!\bcf)(?<!\bp)(?<!\bpj)(?<!\bp\.j)\.(?=\s|$)|[!?;]|,(?= (?:mais|et|puis|car|l'|les? |la |je |nous |merci))|\n\s*\n|\n(?=[-*•])"
)
