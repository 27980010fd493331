"""How machines write: subjects, phrases and headers of what nobody typed. Data only, French first; rules.py decides.

Subjects and phrases are searched in a folded line (lower case, straight apostrophes, single spaces: `lines.fold`).
None nests a repetition inside a repetition: time stays linear.
"""

from __future__ import annotations

import re

#: Characters of a body in which phrases of machines are looked for: they say what they are at once.
TOP = 3000

# --- headers --------------------------------------------------------------------------------------------------------

#: What autoresponders wrote before RFC 3834, and some still do beside it: names of headers. Not among them is
#: X-Auto-Response-Suppress, which people's mail carries.
AUTOMATIC_NAME = re.compile(
    r"x-(?:[a-z0-9]+-){0,3}auto-?(?:reply|respond(?:er)?|response|generated)(?:-(?:from|to|id))?|x-vacation"
    r"|x-fc-machinegenerated|x-cron-env"
)
AUTOMATIC_NOT = frozenset({"no", "false", "0"})  #: values with which such a header says the contrary
#: header -> what it says of a machine
AUTOMATIC_VALUES = {
    "delivered-to": re.compile(r"autoresponder", re.I),
    "x-post-messageclass": re.compile(r"autoresponder", re.I),
    "x-mailer": re.compile(r"^vacation\b|autorespond", re.I),
    "x-list-administrivia": re.compile(r"^yes", re.I),
}
#: The local part of addresses that nobody reads.
NO_REPLY = re.compile(
    r"(?:[\w.-]+[-_.+])?(?:no[-_.]?reply|not?[-_.]?respond|do[-_.]?not[-_.]?reply|ne[-_.]?pas[-_.]?repondre"
    r"|pas[-_.]?de[-_.]?reponse|nepasrepondre|sans[-_.]?reponse)(?:[-_.+][\w.-]+)?",
    re.I,
)
#: Who sends challenges for a living.
CHALLENGE_SENDER = re.compile(
    r"@(?:[\w-]+\.)*(?:mailinblack|boxbe|spamarrest|altospam|bluebottle|knowspam|choicemail|0spam|vaderetro"
    r"|sendio|cleanmail)\b",
    re.I,
)

# --- absences -------------------------------------------------------------------------------------------------------

#: A whole subject, or what stands before its colon: nobody types that above an answer.
ABSENCE_SUBJECT = re.compile(
    r"^\W{0,3}(?:(?:réponse|reponse|message|courriel|e-?mail) (?:automatique|auto|d'absence)(?: d'absence)?"
    r"|(?:notification|avis|alerte) d'absence|absence du bureau|absente? du bureau|en absence du bureau"
    r"|automat(?:ic|ed) (?:reply|response|answer)|auto[- ]?(?:reply|response|responder|generated reply)"
    r"|vacation (?:reply|response|notice)|out[- ]of[- ](?:the[- ])?office(?: (?:auto[- ]?reply|reply|message|notice))?"
    r"|ooo|oof|abwesenheitsnotiz|automatische antwort|abwesend|risposta automatica|fuori sede|respuesta automática"
    r"|fuera de la oficina|resposta automática|automatisch antwoord|afwezig)\W{0,3}(?:[:–—|]|- |re ?: |$)"
    r"|^auto ?: .{1,80}\b(?:is|will be|est|sera) (?:out of|away|on |absent|en cong|not |hors)|^\[(?:auto|automatique"
    r"|auto[- ]?reply|réponse automatique|absence|ooo)\]"
    r"|^[^:]{0,200}\((?:réponse automatique|automatic reply|auto-reply|out of office)\)$"
)
#: A subject that people type as well: an absence only where the words of the mail say so, too.
ABSENCE_LIKELY = re.compile(
    r"^\W{0,3}(?:absente?s? (?:jusqu|du \d|du (?:lun|mar|mer|jeu|ven)|du bureau|le \d|ce |aujourd|pour cong|en cong"
    r"|actuellement|cette semaine)|absente?s?\W{0,3}$|absence (?:jusqu|du \d|du bureau|pour cong|temporaire|prolong"
    r"|annuelle)|absence\W{0,3}$|absence ?: "
    r"|(?:je (?:suis|serai)|nous (?:sommes|serons)|we are|i am|i'm) (?:actuellement |currently )?"
    r"(?:absent|en (?:cong|vacances|déplac|rtt|arr|formation)|out of|away|on )"
    r"|(?:en |mes |nos )?(?:congés?|vacances)(?: (?:jusqu|du \d|annuel|d'été|maternité|de noël)|\W{0,3}$)"
    r"|fermeture (?:annuelle|des bureaux|jusqu|exceptionnelle|du (?:cabinet|bureau)(?= ?(?:$|[:,(–-]|du |le |jusqu"
    r"|pour |en |à partir|entre |exceptionnelle|annuelle)))|(?:cabinet|bureaux?) fermés?|indisponib"
    r"|out of (?:the )?office|away (?:from|until)|on (?:holiday|leave)|auto ?:|holiday|annual leave"
    r"|[^:]{1,60} (?:est|sera|is) (?:absent|en cong|out of|away))"
)
#: A reply or a forward begins so, and no autoresponder of those without a header.
ANSWERS_SUBJECT = re.compile(r"^(?:re|réf?|rép|tr|fwd?|aw|sv) ?: ")

# --- receipts -------------------------------------------------------------------------------------------------------

RECEIPT_SUBJECT = re.compile(
    r"^\W{0,3}(?:(?:non )?lu|(?:not )?read|(?:un)?gelesen|letto|leído|confirmation de lecture|read receipt"
    r"|return receipt|accusé de (?:lecture|réception)(?: \(affiché\))?|acc\. de lecture|remis|delivered|relayed"
    r"|supprimé|deleted)\W{0,2}(?:[:–—]|- |$)"
)
RECEIPT_TEXT = re.compile(
    r"\b(?:a|ont) (?:bien )?été (?:lue?s?|ouverte?s?|affichée?s?|consultée?s?|supprimée?s? sans (?:avoir été|être) lu"
    r"|remise?s? aux destinataires)\b|\bwas (?:read|opened|displayed|deleted without being read)\b"
    r"|\b(?:accusé|confirmation) de (?:lecture|réception|remise)\b|\b(?:return|read|delivery) receipt\b"
    r"|\b(?:has been|was|were) (?:successfully )?delivered to\b|la remise à ces destinataires .{0,60}terminée"
)

# --- challenges -----------------------------------------------------------------------------------------------------

CHALLENGE_SUBJECT = re.compile(
    r"authentification de votre (?:message|e-?mail|courriel|adresse|envoi)|demande d'authentification"
    r"|authentifiez[- ](?:vous|votre)|\bmailinblack\b|\bspam ?arrest\b|\bboxbe\b|\baltospam\b"
    r"|confirmez (?:votre (?:envoi|message|e-?mail|courriel|adresse)|que vous (?:êtes|n'êtes))"
    r"|confirmation (?:de votre envoi|d'envoi|de l'expéditeur) (?:requise|demandée|nécessaire)"
    r"|(?:please )?(?:confirm|verify) (?:your e?-?mail (?:to|address)|that you are|you are (?:a )?human)"
    r"|verify (?:your )?(?:message|sender)|sender (?:verification|address verification)|challenge[- ]response"
    r"|message (?:en attente|retenu|bloqué) ?[:,-]? (?:de|d'|merci de|veuillez)? ?(?:validation|authentif|confirm)"
)
#: Three of a kind: what became of the letter, what to do, and to prove what. Together with a link they are no person's.
CHALLENGE_FATE = re.compile(
    r"(?:message|e-?mail|mail|courriel|envoi)\b[^.!?]{0,160}(?:en attente|mis en (?:attente|quarantaine)|bloqué|retenu"
    r"|(?:soit|sera|être) (?:bien |définitivement |automatiquement )?(?:remis|délivré|distribué|transmis|acheminé|livré"
    r"|accepté|débloqué|libéré)|n'a pas (?:encore )?(?:été|pu être) (?:remis|délivré|distribué|acheminé|livré)"
    r"|on hold|held|pending|quarantin|(?:to|will|can|not|not yet) (?:be|been|get) (?:\w+ )?(?:delivered|released"
    r"|accepted|received|placed))"
    r"|(?:délivrer|remettre|acheminer|distribuer|libérer|débloquer|deliver|release) (?:votre|ce|your|the|this)"
    r" (?:message|e-?mail|mail|courriel)"
)
CHALLENGE_DEED = re.compile(
    r"cliqu|suiv(?:ez|re) (?:le|ce) lien|ouvr(?:ez|ir) (?:le|ce) lien|\bclick|follow (?:the|this) link|visit (?:the"
    r"|this)"
    r"|répond(?:ez|re) (?:simplement )?à ce (?:message|mail|courriel)|(?:simply |just )?reply to this|recopi"
    r"|saisi(?:ssez|r) (?:le|les|ce)|captcha|enter the (?:code|word|characters)"
)
CHALLENGE_PROOF = re.compile(
    r"authentifi|confirm(?:er|ez|ation)|\bvalid(?:er|ez|ation)|vérif|verif|\bprouv|\bprove|\bhumain|\bhuman\b|robot"
    r"|anti-?spam|expéditeurs? (?:autorisé|inconnu|reconnu|approuvé)|liste (?:blanche|d'approb)|whitelist|guest list"
    r"|approved sender|junk|indésirable"
)

# --- acknowledgements and newsletters -------------------------------------------------------------------------------

ACKNOWLEDGED = re.compile(
    r"(?:votre|vos|your|the|this|la|cette) (?:demandes?|messages?|tickets?|requêtes?|incidents?|e-?mails?|courriels?"
    r"|request|case|enquiry|inquiry|inscription|subscription|abonnement)\b[^.!?]{0,80}(?:(?:a|ont) (?:bien )?été"
    r" (?:reçu|enregistré|prise? en compte|créé|transmi|attribué|confirmé)|est (?:bien )?(?:enregistré|confirmé|prise?"
    r" en (?:compte|charge))|(?:has|have) been (?:\w+ )?(?:received|created|logged|registered|opened|recorded"
    r"|confirmed)|(?:was|is) (?:received|created|confirmed))"
    r"|(?:nous )?(?:accusons|avons bien) (?:réception de|reçu) votre (?:demande|message|e-?mail|courriel|mail)"
    r"|we (?:have|'ve) received your|a (?:new )?(?:ticket|case) (?:has been|was) (?:created|opened)"
)
#: What only a system says of itself, or asks for.
BY_A_SYSTEM = re.compile(
    r"(?:merci de )?ne (?:pas|veuillez pas) (?:y )?répondre|prière de ne pas répondre|sans réponse possible"
    r"|(?:please )?do not reply|ceci est un (?:message|e-?mail|courriel|mail) automatique|(?:message|e-?mail|courriel"
    r"|mail|réponse)(?: a été)?(?: est)? (?:généré|envoyé|émis)e? (?:automatiquement|par un automate)"
    r"|automatically generated|auto-?generated|this is an automat|numéro de (?:ticket|suivi|demande)"
    r"|(?:ticket|case|incident) ?(?:number|n°|no\.?|id|#|:) ?\W{0,2}[a-z]{0,5}-?\d+"
)
ACKNOWLEDGEMENT_SUBJECT = re.compile(
    r"^\W{0,3}(?:accusé de réception|confirmation de (?:réception|(?:votre )?(?:demande|inscription|abonnement))"
    r"|votre (?:demande|ticket|message|inscription)|nous avons bien reçu|your (?:request|ticket|case|message)"
    r"|(?:ticket|case|request|incident) (?:received|created|opened|créé|enregistré|ouvert)"
    r"|(?:nouveau|new) ticket|\[?(?:ticket|case|demande|incident|request|support|helpdesk|sav)[ -]?(?:id|n°|no)?"
    r"[ :#-]{0,3}[a-z]{0,5}-?\d+)"
)

# --- calendars and forwards -----------------------------------------------------------------------------------------

CALENDAR_SUBJECT = re.compile(
    r"^(?:accepté|accepted|refusé|declined|provisoire|tentative(?:ly accepted)?|peut-être|invitation(?: mise à jour)?"
    r"|updated invitation|annulé|canceled|cancelled|événement annulé|nouvel(?:le)? (?:heure|horaire)"
    r"|(?:nouvelle )?proposition d'horaire|new time proposed|zugesagt|abgelehnt|mit vorbehalt|meeting forward"
    r" notification|réunion)[^:]{0,30}:"
)
FORWARD_SUBJECT = re.compile(
    r"^\W{0,2}(?:tr|fwd?|wg|enc|rv|i|doorst|vs|vb|pd|transf(?:ert|éré)?|trans|réexp(?:édié)?)\.? ?(?:\[\d{1,3}\] ?)?: "
)

# --- mail servers ---------------------------------------------------------------------------------------------------

SERVER_ADDRESS = re.compile(
    r"^(?:mailer-?daemon|postmaster|mail-?daemon|mdaemon|mail[-.]?delivery[\w.-]*|mailsystem"
    r"|microsoftexchange[0-9a-f]{32})@",
    re.I,
)
SERVER_NAME = re.compile(
    r"^(?:mail delivery|mail administrator|mail system|internet mail delivery|système de messagerie"
    r"|system administrator"
    r"|administrateur système|postmaster|mailer-daemon|microsoft outlook$|microsoft exchange)",
    re.I,
)
#: A letter did not arrive, or not yet.
UNDELIVERED = re.compile(
    r"\bqmail-send program\b|n't able to deliver|unable to deliver|undeliver(?:able|ed)|delivery (?:has "
    r"|to the following"
    r" recipients? )?(?:has )?failed|delivery (?:failure|status notification|incomplete|report)|mail delivery (?:failed"
    r"|failure|problem)|\bnon-?delivery\b|returned mail\b|(?:could|can) ?(?:not|n't) be (?:delivered|sent)"
    r"|(?:was|wasn't|been|not) (?:not )?(?:yet )?(?:been )?delivered\b|permanent (?:fatal )?errors?|address(?:es"
    r"|\(es\))?"
    r" failed|message (?:\w+ )?(?:was |has been |is )?(?:delayed|rejected|bounced)|delivery (?:is |has been "
    r"|was )?delayed"
    r"|échecs? (?:définitif |permanent |temporaire )?(?:de|dans|d'|lors de)(?: la | l'| )?(?:remise|livraison"
    r"|distribution"
    r"|délivrance|envoi|acheminement|transmission|délivrer)|\b(?:n'a|n'ont|n'est|ne sera|ne peut)(?: pas| pu| encore"
    r"| toujours| malheureusement){0,3} (?:été |être |pu être )?(?:remis|distribué|délivré|livré|acheminé|transmis"
    r"|envoyé"
    r"|parvenu)|\bnon[- ](?:remis|distribué|délivré|livré|distribution|remise)|impossible de (?:remettre|délivrer"
    r"|distribuer|livrer|acheminer|transmettre)|(?:remise|distribution|livraison)s? (?:a échoué|(?:est "
    r"|a été )?(?:différé"
    r"|retardé)e?|incomplète|impossible)|message (?:a été )?(?:retourné|refusé|rejeté)|adresse (?:est )?introuvable"
    r"|delivery failure report|rapport (?:d'échec|de non)"
)
DELAYED = re.compile(
    r"\bdelayed\b|will (?:be )?(?:retr|continue|keep trying)|not yet been|still (?:being tried|trying)"
    r"|no action is required"
    r"|delivery incomplete|temporar(?:y|ily) (?:problem|unable)|retardée?|différée?|pas encore (?:été|pu)"
    r"|nouvel(?:le)?s?"
    r" (?:essai|tentative)s?|tentatives? .{0,30}(?:se )?poursui|continuer(?:a|ont) (?:d'|à |les )"
    r"|distribution incomplète"
    r"|aucune action (?:de votre part )?n'est"
)
GIVEN_UP = re.compile(
    r"giving up|gave up|given up|trying for too long|too long|abandon|\bexpired\b|retry (?:time|timeout) (?:not|exceed)"
    r"|définitivement|échec définitif"
)
#: The mailbox or its domain does not exist.
UNKNOWN_ADDRESS = re.compile(
    r"user unknown|unknown (?:user|recipient|mailbox|address|local part)|no such (?:user|mailbox|recipient|person"
    r"|address"
    r"|account|domain)|no mailbox (?:here|found)|mailbox (?:not found|unavailable.{0,20}(?:not found|no such)"
    r"|does ?n[o']t"
    r" exist)|does ?n[o']?t exist|do(?:es)? not have an? .{0,30}account|n'existe (?:pas|plus)|address (?:could|couldn't"
    r"|wasn't|was|can).{0,10}(?:not |n't )?(?:be )?found|address not found|wasn't found|invalid (?:recipient|mailbox"
    r"|address)|recipient (?:address )?(?:not found|unknown|rejected: (?:access denied|user unknown|undeliverable))"
    r"|(?:host|domain)(?: name)?(?: or domain name)? (?:unknown|not found|(?:does|is) not (?:exist|valid))|unrouteable"
    r"|unroutable|unable to route|name service error.{0,60}not found|nxdomain|adresse (?:e-?mail |de messagerie |est"
    r" )*(?:introuvable|inconnue|inexistante|invalide|erronée|incorrecte)|l'adresse .{0,60}(?:introuvable|inconnue"
    r"|n'existe)|(?:destinataire|utilisateur|boîte|boite|compte|domaine)s? (?:\S+ ){0,3}(?:inconnue?|inexistante?"
    r"|introuvable|n'existe|non trouvée?)|(?:est|sont) introuvables?|recip(?:ient)?notfound|not listed in"
    r" .{0,30}directory|n'est pas répertorié|not a (?:known|valid) (?:user|address)|account (?:has been )?(?:deleted"
    r"|closed)|compte (?:a été )?(?:supprimé|clôturé|fermé)"
)
#: Our letter or our sender was disliked, or there was no room: not the address's fault.
NOT_THE_ADDRESS = re.compile(
    r"spam|black-?list|block-?list|\brbl\b|\bdnsbl\b|reputation|réputation|\bdmarc\b|\bspf\b|\bdkim\b|polic(?:y|ies)"
    r"|politique|sender (?:address )?(?:rejected|denied|verify)|expéditeur (?:refusé|rejeté)|message (?:size|too large)"
    r"|too large|trop volumineu|exceeds|mailbox (?:is )?full|over ?quota|quota|boîte (?:\S+ )?pleine"
    r"|boite (?:\S+ )?pleine"
    r"|insufficient|content|contenu|virus"
)
#: What stands above the letter that came back.
RETURNED = re.compile(
    r"^(?:-{2,} ?(?:below this line|this is a copy|en-têtes|original message|diagnostic information|the (?:header|body)"
    r"|forwarded|message d'origine|returned|undelivered|copie)|(?:original message headers|en-têtes d[eu] message"
    r"|message headers|----- ?message header)|received: from )",
    re.I | re.M,
)
