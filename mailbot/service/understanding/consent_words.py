"""How people say yes, say no, and put off, as data: patterns of folded words, put together from a few small ones.

`@` stands for the name of somebody at the firm, `oga` for the association and its people (consent.plain).
"""

from __future__ import annotations

import re


def _any(text: str, **parts: str) -> str:
    """One pattern of alternatives, written on several lines, with {parts} put in."""
    lines = (line.strip() for line in text.strip().splitlines())
    return "(?:" + "".join(lines).format(**parts) + ")"


#: Abbreviations and what they stand for.
SHORT = dict(
    pair.split("=")
    for pair in (
        "pr=pour tt=tout ts=tous bcp=beaucoup rep=reponse repons=reponse dsl=desole bjr=bonjour bsr=bonsoir slt=salut stp=svp dac=d'accord "
        "dacc=d'accord d'acc=d'accord dak=d'accord nn=non nan=non nope=non niet=non vs=vous ns=nous rv=rdv pb=probleme "
        "pbs=problemes okay=ok okey=ok oki=ok okk=ok okok=ok okidoki=ok okidac=ok ui=oui ouais=oui ouep=oui yes=oui yep=oui jvalide=valide "
        "mrc=merci mci=merci thx=merci cdt=cordialement cdlt=cordialement crdlt=cordialement cdmt=cordialement "
        "pj=piece mle=mlle envoye=envoyee c=c'est valid=valide pa=pas nickels=nickel 👌=👍 ✅=👍 ✔=👍 🆗=👍"
    ).split()
)
#: Words that are slips of none of these, however like.
WORDS = frozenset("parait repose confire convint approve revir".split())
#: Long words that are known again with two letters exchanged, one left out or one doubled; never their ends.
TYPED = frozenset(
    "valide validee valider parfait parfaite transmettre transmettez envoyer envoyez accord d'accord approuve conforme confirme "
    "impeccable reponse pouvez convient remarque objection bonjour cordialement completer corriger revoir reprendre "
    "renvoyer preciser".split()
)

_ME = _any(
    "pour (?:moi|nous|ma part|notre part)|par (?:mes soins|moi(?: meme)?)|de (?:mon|notre) cote|de (?:ma|notre) part|en ce qui me concerne"
)
_WHOSE = r"(?: (?:de |d')(?:@|(?:ma|mon) (?:collaboratrice|collaborateur|collegue|assistante?|equipe)))?"
_ANSWER = _any(
    """(?:(?:la|cette|sa|ta|votre|toute la) )?reponse{whose}(?: (?:telle que |ainsi )?(?:redigee|proposee|presentee|ci dessous)(?: par @)?)?
    |(?:le|ce|son) (?:texte|contenu|projet(?: de reponse)?)|(?:la|cette|sa) (?:redaction|proposition(?: de reponse)?)
    |l'ensemble(?: de la reponse)?|le tout|tout|ca|cela""",
    whose=_WHOSE,
)
_AS_IS = _any(
    """telles? quelles?|tel quel|aussitot|en l'etat|ainsi|comme (?:ca|cela|telle?|elle est)|des maintenant|directement
    |sans (?:aucune? )?(?:modifications?|changements?|reserves?|restrictions?|remarques?|corrections?|souci|probleme|attendre)"""
)
_WHERE = "(?:a (?:l')?(?:oga|association|organisme(?: de gestion)?))"
_SEND = "(?:transmettre|envoyer|adresser|expedier|communiquer|transferer|faire (?:suivre|partir))"
_SENT = (
    rf"(?:(?:la |le |les |tout )?{_SEND}|l'(?:envoyer|adresser|expedier))(?: {_ANSWER})?(?: {_AS_IS})?(?: {_WHERE})?"
)
_SENDING = r"(?:l'|la |cette |son |sa )?(?:envoi|transmission|validation|depart|depot)"
_GOOD = _any(
    """(?:(?:tout a fait|tout|tres|totalement|entierement) )?(?:bon|bonne|ok|parfaite?|nickel|impec(?:cable)?|conforme|validee?
    |correcte?|approuvee?|satisfaisante?|en ordre|en regle|d'accord|entendu|impeccable)"""
)
_TRUE = "(?:tres |bien |tout a fait )?(?:complete?|exacte?|claire?|precise?|juste|detaillee?|fidele)"
_REMARK = "(?:remarques?|objections?|observations?|commentaires?|modifications?|modifs?|inconvenients?|corrections?|reserves?|changements?|opposition)"
_SEEN = "(?:lu|relu|verifie|controle|regarde|revu)"

#: What says yes. A text of such units and of BESIDE, at least one of these among them, is an unconditional yes.
YES = re.compile(
    _any(
        """(?:ok|oui|validee?|d'accord|parfait) (?:@|oga)|ok|oui|👍|d'accord|accord|entendu|parfait|impec(?:cable)?|nickel|tres bien|validee?|approuvee?|conforme|confirme
        |acceptee?|ras|r a s|bpe|bpa|feu vert|(?:bon(?:ne)? |ok )(?:a|pour) (?:envoyer|transmettre|partir)
        |(?:c'est )?(?:tout )?(?:bon|ok|accord|d'accord|feu vert|validee?) pour (?:moi|nous|accord|{sending}|{answer}|{sent}|valider)
        |(?:c'est |tout est )?(?:tout )?(?:bon|ok|d'accord|feu vert) pour {sending}(?: de {answer})?(?: {as_is})?(?: {where})?
        |(?:c'est|tout est|{answer} est|elle est|tout) {good}|ca y est c'est {good}|tout va bien|{answer} {good}
        |(?:{answer}|elle|tout cela) (?:me|nous) (?:va|convient)(?: (?:parfaitement|tout a fait|tres bien|bien))?
        |(?:je|nous|on) (?:(?:vous|te) )?(?:(?:la|le|les) )?(?:l')?(?:valid|approuv|confirm|accept)(?:e|ons)(?: {answer})?(?: {as_is})?
        |(?:j'|je l'|nous l'|on l')(?:approuv|accept)(?:e|ons)(?: {answer})?(?: {as_is})?
        |(?:je|nous) (?:vous )?(?:donn|confirm)(?:e|ons) (?:mon|notre|l'|le|un) ?(?:plein )?(?:accord|feu vert|ok|aval)(?: {me}| pour (?:{sending}(?: de {answer})?|{sent}))?
        |(?:vous avez|tu as|avec) (?:mon|notre|le) (?:accord|feu vert|ok|aval)(?: pour (?:{sending}(?: de {answer})?|{sent}))?
        |(?:je suis |nous sommes )?(?:tout a fait |entierement |totalement |bien )?(?:d'accord|ok|favorable)(?: (?:avec|a|sur) {answer}| (?:pour|a|avec) {sending}| pour que vous (?:la )?(?:transmettiez|envoyiez)(?: {answer})?)?
        |(?:je suis )?en accord avec {answer}|je confirme (?:{sending}|que {answer} est {good}|que c'est {good})|validation {me}|ca marche {me}|avis favorable|c'est parti|c'est tres bien|go|mon accord|validation ok|ok validation|j'autorise {sending}|je (?:vous|t') ?autorise a {sent}|(?:aucun|pas de) (?:souci|probleme) pour {sending}
        |(?:vous pouvez|tu peux|on peut|pouvez|je vous laisse|je te laisse) (?:donc |maintenant )?(?:{sent}|y aller|proceder(?: a {sending})?)
        |(?:on peut|vous pouvez|tu peux) (?:la |l')?valider {answer}|on peut (?:la )?valider
        |{answer} peut (?:partir|etre (?:transmise?|envoyee?))(?: {as_is})?(?: {where})?|peut (?:partir|etre transmise?)(?: {as_is})?
        |ca (?:part|peut partir)(?: {as_is})?|on y va|allez y|vas y|on envoie|on transmet|on l'envoie|on la transmet
        |(?:a )?(?:transmettre|envoyer)(?: {answer})?(?: {as_is})?(?: {where})?|envoie|envoyez|transmets|transmettez(?: la)?|envoyez la
        |merci de (?:bien vouloir )?(?:(?:la|le) {send}|l'(?:envoyer|adresser)|{send} {answer}|{send} (?=a ))(?: {as_is})?(?: ?{where})?
        |(?:(?:je|nous|on) (?:n'ai|n'avons|n'a|ne vois|n'y vois|n'y voyons|ai|vois|emets|n'emets) |il n'y a )?(?:aucune?|pas de|pas d') ?(?:autres? )?{remark}(?: (?:a (?:faire|formuler|apporter|ajouter|signaler)|particulieres?|complementaires?))?(?: sur {answer}| (?:a|pour|sur) {sending}| {me})?
        |sans {remark}|(?:je n'ai |il n'y a |je ne vois )?rien (?:d'autre |de plus )?a (?:re)?(?:dire|signaler|ajouter|modifier|changer|corriger|objecter)
        |rien de (?:special|particulier)(?: a signaler)?""",
        answer=_ANSWER,
        as_is=_AS_IS,
        where=_WHERE,
        send=_SEND,
        sending=_SENDING,
        sent=_SENT,
        good=_GOOD,
        me=_ME,
        remark=_REMARK,
    )
)

#: How a yes ends behind which a name may say to whom: « à transmettre Aïcha » goes to her.
TO_WHOM = re.compile(rf"(?:{_SEND}|envoie|envoyez|transmets|transmettez|la|on transmet|valider)$")
#: What may stand beside a yes and takes nothing of it back.
BESIDE = re.compile(
    _any(
        """{me}|{as_is}|et|donc|alors|aussi|egalement|bien sur|bien entendu|tout a fait|super|top|genial|excellent|voila|svp|s'il (?:vous|te) plait
        |vu|lu|relu|note|c'est note|bien recu|bien note|pas de (?:souci|probleme)|aucun (?:souci|probleme)|ca marche|merci de (?:bien vouloir )?{send}|a nos echanges|vu avec @|vu ensemble|lecture faite|{true}(?: et {true})*
        |(?:vous pouvez|tu peux) (?:cloturer|clore|classer)(?: (?:la question|le dossier|le point))?|merci pour (?:votre|ta) patience
        |(?:tout|ca|cela|{answer}) (?:me )?(?:semble|parait) {good}|envoi|avec plaisir|c'est vu|pas besoin de (?:modifier|changer|retouche)|(?:je )?vous remercie|je te remercie|comme convenu|🙂|😊|😉|😀|🙏
        |apres (?:re)?(?:lecture|verification|controle|examen)|j'ai (?:bien |tout )?{seen}(?: {answer}| les pieces| le detail)?
        |(?:c'est|{answer} est|elle est|{answer}) {true}(?: et {true})*|c'est bien ca|bonne reponse|tout y est|bon travail|beau travail
        |(?:les (?:pieces|chiffres|montants) sont|tout est) (?:bons|bonnes|corrects|correctes|exacts|exactes|ok|la)
        |(?:desolee?|pardon|navree?|(?:toutes )?mes excuses|excusez moi)(?: (?:pour|de|du) (?:(?:le|ce|mon|ma|la|cette) )?(?:delai|retard|reponse tardive|contretemps))?
        |j'etais (?:en (?:rdv|rendez vous|deplacement|conges?|vacances|reunion|formation|arret|clientele|audit)|absente?|malade|prise?|occupee?|debordee?)
        |je (?:rentre|reviens) de (?:conges?|vacances|deplacement)
        |suite a notre (?:echange|appel|conversation|entretien)(?: telephonique)?(?: de ce (?:jour|matin)| d'hier)?""",
        me=_ME,
        as_is=_AS_IS,
        answer=_ANSWER,
        true=_TRUE,
        good=_GOOD,
        send=_SEND,
        seen=_SEEN,
    )
)

_REDO = (
    "(?:completer|corriger|revoir|refaire|reprendre|preciser|modifier|rectifier|retravailler|detailler|reformuler|reecrire|remplacer|"
    "retoucher|etoffer|justifier|developper|etayer)"
)
_REDONE = "(?:completee?|corrigee?|revue?|refaite?|reprise?|modifiee?|precisee?|rectifiee?|detaillee?|reformulee?)"
_RETURN = "(?:renvoyer|retourner|rendre)"
_BRING = "(?:supprimer|enlever|retirer|expliquer|joindre|ajouter|fournir|produire|inclure|rajouter|mentionner|indiquer|verifier)"
_REDO_YOU = (
    "(?:completez|corrigez|revoyez|refaites|reprenez|precisez|modifiez|rectifiez|retravaillez|detaillez|reformulez|justifiez|"
    "joignez|ajoutez|corrige|revois|refais|reprends|rajoutez|complete (?=avec|par|la |le |les )|ajoute|precise (?=la |le |les ))"
)
_REDO_SHE = "(?:complete|corrige|revoie|refasse|reprenne|precise|modifie|rectifie|detaille|joigne|ajoute|justifie)"
_BACK = "(?:a (?:@|(?:ma|mon) (?:collaboratrice|collaborateur|collegue|assistante?)|l'(?:envoyeur|expediteur|auteur)))"
_BAD = _any(
    """ok|d'accord|bon|bonne|validee?|valable|conforme|correcte?|exacte?|complete?|suffisante?|satisfaisante?|acceptable|recevable|juste|possible
    |assez (?:precise?|claire?|detaillee?|complete?)|claire?|precise?|le bon|la bonne|les bonnes|les bons|convaincante?"""
)
_ASKING = _any(
    """merci|priere|il faut|faut|il faudrait|il conviendrait|il convient|je (?:vous |te )?(?:demande|souhaite|prefere|prie)|veuillez
    |je (?:voudrais|souhaiterais|prefererais)|vous devez|tu dois|(?:@|elle|il) doit|pensez a|penser a"""
)
_BECAUSE = (
    r"(?=$|\s*[,.:;!\n(-]| (?:car|parce|puisque|du tout|avec|sur|le|la|les|l'\w+|il|elle|ce|cette|c'est|on|nous|vous|merci|en l'etat|comme|"
    r"tel|telle|a (?:cette|la|sa) reponse|pour (?:moi|nous|cette|la reponse|l'envoi))\b)"
)
_END = r"(?=$|\s*[,.:;!\n(-])"

#: How an unconditional no begins; the rest is the comment.
NO = re.compile(
    _any(
        r"""non(?: non)*{end}|{answer} ne repond pas(?: (?:a|du tout) [a-z' ]+)?{end}|je ne (?:souhaite|veux) pas (?:la |l')?(?:transmettre|envoyer|valider)(?: {answer})?{end}|non (?=(?:il|elle|ce|c'|ca|merci|pas|je|on|nous|vous|la|le|les|l'|a|faux|manque|mauvais)\b)
        |negatif{end}|refus{end}|ko{end}|(?:non )?(?:{answer} )?(?:est )?(?:refusee?|rejetee?){because}|(?:{answer} )?non (?:ok|conforme|validee?|d'accord|approuvee?|recevable|satisfaisante?|acceptee?|acceptable){because}|(?:en )?desaccord{end}
        |(?:(?:c'est|ce n'est|{answer} est|{answer} n'est|elle est|elle n'est|il n'est|est|n'est) )?pas (?:du tout )?(?:en l'etat|comme ca|{bad}){because}
        |(?:(?:ca|cela|elle|{answer}) (?:ne )?|ne )(?:me |nous )?(?:va|convient) pas(?: du tout)?{end}
        |(?:je|nous) (?:ne )?(?:suis|sommes) pas (?:du tout )?(?:d'accord|ok|favorable|convaincue?(?: par {answer})?){because}
        |(?:je|nous|on) (?:n')?(?:ne )?(?:la |l')?(?:valide|validons|approuve|approuvons|accepte) pas(?: {answer})?(?: {as_is})?{end}
        |(?:je (?:ne )?peux pas|je ne peux|(?:il m'est )?impossible de) (?:la |l')?(?:valider|approuver|accepter) (?:{answer}(?: {as_is})?{end}|{as_is})
        |(?:je|nous) (?:la |le )?(?:refuse|refusons|rejette|rejetons|desapprouve)(?: {answer})?{because}
        |(?:je )?(?:(?:vous |te )?(?:la |le ))?(?:renvoie|retourne)(?: {answer})?(?:{end}| {back}(?: pour [a-z]+)?{end})
        |{ret}(?: {answer})?(?:{end}| {back}(?: pour [a-z]+)?{end})|(?:retour|renvoi) {back}
        |(?:c'est |(?:{answer} |elle )?(?:est )?)(?:beaucoup )?(?:trop (?:vague|courte?|succincte?|legere?|imprecise?)|incomplete?|insuffisante?|imprecise?|erronee?|incorrecte?|inexacte?|hors sujet|inacceptable){because}
        |(?:(?:{answer}|elle) est|c'est) (?:faux|fausse|mauvaise?){because}
        |(?:corrections?|complements?|modifications?) (?:a (?:faire|apporter)|necessaires?|demandee?s?|attendue?s?){because}""",
        end=_END,
        because=_BECAUSE,
        answer=_ANSWER,
        as_is=_AS_IS,
        ret=_RETURN,
        back=_BACK,
        bad=_BAD,
    )
)
#: How a request to do it again begins, which is the comment.
AGAIN = re.compile(
    _any(
        r"""(?:{answer} )?(?:(?:c'est|est|reste) )?(?:entierement )?a (?:{redo}|{ret})\b
        |(?:completer|corriger|revoir|refaire|reprendre|rectifier|modifier|supprimer|enlever)(?= (?:le|la|les|l'|cette|ce|votre|ta|avec|par|de)\b)|{redo_you}\b|(?:renvoyez|retournez|rendez)(?: (?:la|le))?(?: {answer})? {back}
        |{asking}(?: a)?(?: @)? ?(?:de |d')?(?:bien vouloir )?(?:(?:nous|le|la|les|y|en) |l')*(?:(?:{redo}|{bring})\b(?! (?:ce que vous|votre (?:demande|question|attente)))|{ret}(?: {answer})? {back})
        |(?:peux tu|pouvez vous|pourrais tu|pourriez vous) (?:le |la |les )?{redo}\b
        |(?:il faut|il faudrait|merci|je (?:demande|souhaite|voudrais|veux|prefere)|j'aimerais) (?:qu'|que )(?:(?:elle|il|@|(?:ma|mon) [a-z]+) (?:la |le |les |l')?{redo_she}\b|(?:elle|ce|ca|cela|{answer}) soit {redone}\b)
        |je (?:souhaite|voudrais|veux|prefere) une reponse plus [a-z]+|(?:{answer}|elle|ce texte) doit etre {redone}\b
        |(?:{asking} (?:de )?)?(?:demander|dire) a (?:@|(?:ma|mon) [a-z]+) (?:de |d'|pour )(?:bien vouloir )?(?:la |le |les |l')?(?:{redo}|{bring})\b""",
        answer=_ANSWER,
        redo=_REDO,
        ret=_RETURN,
        bring=_BRING,
        redo_you=_REDO_YOU,
        redo_she=_REDO_SHE,
        redone=_REDONE,
        back=_BACK,
        asking=_ASKING,
    )
)
#: « Do not hand it over », which is a no only where what is wrong is said.
KEEP = re.compile(
    r"(?:(?:merci|je (?:vous )?demande|priere) de |surtout )?ne (?:pas |surtout pas )(?:la |l')?(?:transmettre|envoyer|valider)\b|"
    r"(?:(?:surtout )?(?:ne |n'))?(?:la |l')?(?:transmettez|envoyez|validez) (?:surtout )?pas\b"
)
WRONG = re.compile(
    r"\b(?:(?:n'est|ne sont|c'est) pas (?:(?:le|la|les|du) ?(?:bon|bonne|bons|bonnes|tout)|ce qu[ie'])|ne repond pas|manque\w*|fau(?:x|sse|sses)|erreurs?|illisibles?|"
    r"mauvaise?s?|incomplet\w*|concerne(?:nt)?|correspond\w* pas|erronee?s?|incorrecte?s?|inexacte?s?|pas (?:conforme|a jour|joint\w*))\b"
)
#: What puts off, doubts or hands on: beside a no it decides nothing.
LATER = re.compile(
    r"\b(?:encore|pour l'instant|pour le moment|a ce (?:jour|stade)|demain|ce soir|cet apres midi|lundi|mardi|mercredi|jeudi|vendredi|"
    r"samedi|dimanche|plus tard|tout de suite|peut etre|sans doute|probablement|eventuellement|sauf|hormis|si|s'il|a moins|tant que|ensemble|"
    r"avant (?:que|d'avoir|de (?:savoir|voir))|sans (?:avoir|voir|la|le|les)|a voir|pas sure?|pas certaine?|je (?:crois|pense|suppose)|"
    r"ou (?:pas|non|alors|bien)|je ne sais pas)\b"
)
#: What makes a request one for another day, or of the writer to himself.
SOON = re.compile(
    r"\b(?:demain|plus tard|ensemble|avec moi|par mes soins|de mon cote|par moi|(?:lundi|mardi|mercredi|jeudi|vendredi|ce soir|la semaine prochaine)$|peut etre|eventuellement)\b|"
    r"^ (?:encore|si|sauf|ou) "
)
#: What is no condition.
POLITE = re.compile(r"\bs'il (?:vous|te) plait\b|\bsi (?:possible|besoin|necessaire)\b")
#: What stands before a no and changes nothing of it.
LEAD = re.compile(
    r"(?:desolee? mais|stop|malheureusement|pour moi|pour ma part|de mon cote|de ma part|en l'etat|alors|donc|la|attention|ah|helas|bah|"
    r"(?:ma )?(?:decision|reponse) :|@(?= (?:merci|il faut|peux tu|pouvez vous))),? "
)
#: How a clause begins that is no comment: the writer is not done, or does it himself.
MYSELF = re.compile(
    r"(?:mais |et |car )?(?:(?:je|j'|nous|on) ?(?:l'|la |le |les |vous |te |m'en |me |y |lui )*(?:regarde|verifie|reviens|revien|rappelle|appelle|vois avec|vais|attends|demande a|"
    r"occupe|renseigne|ferai|fais|valide|validerai|transfere|corrige|complete|repond|confirme)\w*|"
    r"(?:a|je) (?:confirmer|verifier|voir|suivre|discuter)\b|attend|on (?:verra|en (?:parle|reparle))|pas (?:encore|tout de suite|maintenant)|patien|"
    r"non\b|oui\b|ok\b|valide\b|d'accord\b)"
)
#: How a clause begins that says yes after all: « Non, c'est bon, vous pouvez envoyer ».
AFTER_ALL = re.compile(
    r"(?:non |mais |et |puis |ensuite |sinon |finalement |je n'ai |je ne vois |rien |il n'y a )*(?:ok\b|oui\b|d'accord\b(?! sur)|valide\b|je valide\b|c'est (?:tout |tres )?(?:bon|ok|parfait)\b|bon pour|"
    r"(?:vous pouvez|tu peux|on peut) (?:donc |la |le |l'|tout |y )*(?:transmettre|envoyer|valider|aller)|envoyez\b|transmettez\b(?! pas)|a (?:re)?dire\b|a (?:ajouter|signaler|modifier|changer)\b|"
    r"(?:aucune?|pas de|pas d') ?(?:autres? )?(?:remarque|objection|observation|commentaire|probleme|souci|modification|correction|reserve)|"
    r"tout (?:est|va) (?:bien|bon|ok)|ca va\b|ca me va\b|la reponse est (?:bonne|ok|parfaite|conforme|complete|correcte)|parfait\b|rien a\b|ne (?:changez|modifiez) rien)"
)
#: ... or hands over what is not corrected yet: « à corriger puis transmettre ».
AND_SEND = re.compile(
    r"\b(?:puis|et|ensuite|apres)\b[^.;!\n]{0,20}?\b(?:(?:la|le|l'|vous pouvez|tu peux|on peut|bonne?|ok) ?(?:la |l'|pour |a )*)?"
    r"(?:transmettre|envoyer|envoi|valider|transmission|transmettez|envoyez|validez|bon pour|ok|valide)\b"
)
