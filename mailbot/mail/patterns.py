"""What mail clients, systems and people write around a reply: data only, French first. Nothing here decides.

Every expression is searched in a folded line (lower case, straight apostrophes, single spaces: `lines.fold`) of at most
LONGEST characters, and none nests a repetition inside a repetition: time stays linear.
"""

from __future__ import annotations

import re

LONGEST = 400  #: a longer line is prose, never a pattern

# --- HTML of mail clients -------------------------------------------------------------------------------------------
# Searched in "tag#id .classes [name] data-marker".

HTML_QUOTED = re.compile(
    r"gmail_attr\b|\bms-outlook-mobile-reference-message|\bgmail_quote_attribution|moz-cite-prefix|yahoo_quoted"
    r"|moz-forward-container|protonmail_quote|tutanota_quote|spark_quote|front-blockquote|zmail_extra|history_container|ntes_|cite-prefix|WordSection1_quoted"
    r"|\[messageReplySection\]|#OLK_SRC_BODY_SECTION|#mail-editor-reference-message-container|#isForwardContent"
    r"|__QUOTED_TEXT__|__HEADERS__|\[quote\]"
)
HTML_SIGNATURE = re.compile(
    r"\.gmail_signature\b|gmail_signature_prefix|moz-signature|moz-txt-sig|#[Ss]ignature\b|#signature_old"
    r"|#ms-outlook-mobile-signature|#composer_signature|protonmail_signature_block|tutanota_signature|#blue-signature"
    r"|\[messageSignatureSection\]|\[signature\]|#DAB4FAD8-|__SIG_P|elementToProof_signature|#AppleMailSignature"
    r"|yahoo-signature|\bk9mail-signature|front-signature|#_rc_sig|io-ox-signature|\bsh-signature|aqm-signature"
    r"|#mb_sig|\bbloop_sign|#ydp\w*signature"
)
HTML_CUT = re.compile(
    r"#(?:x_)*divRplyFwdMsg|#(?:x_)*appendonsend|hr#zwchr|hr#stopSpelling|OutlookMessageHeader|#(?:x_)*reply-intro"
    r"|#divtagdefaultwrapper_quoted|__DIVIDER__"
)
#: The line that Outlook draws above the header of what it quotes.
HTML_CUT_STYLE = re.compile(
    r"border-top: ?(?:solid #?\w+ 1(?:\.0)?pt|1(?:\.0)?pt solid|1px solid #?\w+; ?padding: ?3)"
    r"|border-width: ?1(?:\.0)?pt (?:medium|0|none)|border-style: ?solid none none",
    re.I,
)
HTML_INDENT = re.compile(r"border: ?(?:none|0|medium none)|border-left-style: ?none|margin-left: ?40px", re.I)
HIDDEN_STYLE = re.compile(
    r"display: ?none|visibility: ?hidden|mso-hide: ?all|font-size: ?0(?:px|pt|em|%)?(?:[;\s!]|$)"
    r"|opacity: ?0(?:\.0+)?(?:[;\s!]|$)|max-height: ?0(?:px)?(?:[;\s!]|$)",
    re.I,
)
#: Paragraphs without a space between them.
TIGHT = re.compile(r"MsoNormal|MsoPlainText|margin(?:-bottom)?: ?0")
UNSEEN_TAGS = frozenset({"style", "script", "head", "title", "template", "noscript", "meta", "link", "object", "svg"})
BLOCK_TAGS = frozenset(
    "p div tr table tbody thead blockquote ul ol li h1 h2 h3 h4 h5 h6 hr pre section article header footer address"
    " center dl dt dd form fieldset figure main nav aside body caption".split()
)
NEVER_NESTED = frozenset("br hr img meta link input col area base wbr p li td th tr option".split())

# --- links ----------------------------------------------------------------------------------------------------------

#: A token of ours (mail/token.py), the end of which may be lost, in an address or a link, also as it is written in
#: the links of programs that check links.
OUR_LINK = re.compile(r"(?:[+/]|%(?:25){0,2}2[bf])[a-z2-7]{24,26}(?![a-z0-9])", re.I)
LONGEST_LABEL = 40  #: letters on a button of ours; who writes more writes a sentence
LINK = re.compile(r"https?://|[\w.+%-]{1,64}@", re.I)

#: What a text part says that has nothing to say.
NO_HTML = re.compile(r"\bhtml\b|version en ligne|(?:view|read|lire|voir|ouvrir) .{0,40}(?:browser|navigateur)")

# --- where history begins -------------------------------------------------------------------------------------------

#: The marker line of our letters, and those of other ticket systems.
MARKER = re.compile(
    r"répond(?:ez|re) au-dessus de cette ligne|(?:reply|type your (?:reply|response)) above th(?:is|e) line"
    r"|(?:please )?(?:type|enter|write) your (?:reply|response) above"
)
#: The verb of an attribution, at its end.
ATTRIBUTION_END = re.compile(
    r"(?:a écrit|a ecrit|à écrit|écrivait|wrote|writes|ha scritto|escribió|escreveu|schreef|napisał\(?a?\)?|skrev"
    r"|kirjoitti|написал\(?а?\)?|пишет|написав|schrieb|írta|napsal\(?a?\)?|pisze|geschreven|šta píše)"
    r"(?: (?:le|sur|on|am|el) .{1,80}| [^:]{0,80})? ?: ?$"
)
#: «schreef X <x@y> het volgende:», «於 … 寫道：»
ATTRIBUTION_OTHER = re.compile(r"(?:het volgende geschreven|(?:写道|寫道|のメール|さんは書きました)) ?[:：]? ?$")
#: Its first words: an article alone begins any sentence, so French and English must name a day.
ATTRIBUTION_DAY = re.compile(
    r"^(?:-+ ?)?(?:le (?:\d|lun|mar|mer|jeu|ven|sam|dim)"
    r"|on (?:\d|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|(?:am|den) (?:\d|mo|di|mi|do|fr|sa|so)|il (?:giorno|\d|lun|mar|mer|gio|ven|sab|dom)"
    r"|el (?:\d|lun|mar|mi[eé]|jue|vie|s[aá]b|dom)|op (?:\d|ma|di|wo|do|vr|za|zo)|em (?:\d|seg|ter|qu|sex|s[aá]b|dom)"
    r"|(?:w dniu|dnia) |(?:пн|вт|ср|чт|пт|сб|вс)\b)"
)
ATTRIBUTION_DATE = re.compile(r"^(?:-+ ?)?\d{1,4}[-./ ]")
#: A time or an address: without one of them a sentence may look like an attribution.
ATTRIBUTION_SURE = re.compile(r"\d{1,2} ?[:h] ?\d{2}|@|<[^<>]*>")
#: A date alone: a person writes that too, so history must be seen below it.
ATTRIBUTION_DATED = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
#: «ср, 30 апр. 2025 г. в 15:19, X <x@y>:»: a time, an address and no verb.
ATTRIBUTION_BARE = re.compile(r"\d{1,2} ?[:h] ?\d{2}.{1,200}<[^<>]*@[^<>]*> ?[:：]$")
#: Where an attribution begins behind other words of its line.
ATTRIBUTION_INSIDE = re.compile(
    r"(?i)[\s.!?-]((?:le (?:\d|lun|mar|mer|jeu|ven|sam|dim)"
    r"|on (?:\d|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|am (?:\d|mo|di|mi|do|fr|sa|so)))"
)

HEADER = re.compile(
    r"^[*_ ]{0,3}(?P<name>de|from|von|da|van|från|fra|od|expéditeur|mittente|от кого|от"
    r"|envoyé(?: le| par)?|sent|gesendet|inviato|enviado(?: el)?|verzonden|skickat|sendt|wysłano|отправлено|date"
    r"|datum|data|fecha|дата"
    r"|à|a|to|an|aan|para|till|til|do|per|destinataires?|кому"
    r"|cc|cci|bcc|copie(?: à)?|kopie|kopia|kopi|cco|c\.c\."
    r"|objet|subject|sujet|betreff|oggetto|asunto|assunto|onderwerp|ämne|emne|temat|тема"
    r"|message du|répondre à|reply-to|organisation|importance|priorité|pièces? jointes?|attachments?|anlagen?"
    r"|organization)"
    r"[*_ ]{0,3}[:：][*_ ]{0,3}(?P<value>.*)$"
)
#: eM Client writes them without a colon.
HEADER_BARE = re.compile(r'^(?P<name>de|from|à|to|date|objet|subject|cc) (?P<value>["<].*|.*@.*|\d{1,2}/.*|.{3,})$')
#: Several of them in one line.
HEADER_LINE = re.compile(
    r"^[*_ ]{0,3}(?:de|from|von) ?:[^:]{1,120}@[^:]{1,120}"
    r"\b(?:date|sent|envoyé(?: le)?|gesendet|to|à|an|subject|objet) ?:"
)
FROM_NAMES = frozenset([*"de from von da van från fra od expéditeur mittente от".split(), "message du", "от кого"])
DATE_NAMES = frozenset(
    "sent gesendet inviato enviado verzonden skickat sendt wysłano отправлено date datum data fecha дата envoyé".split()
) | {"envoyé le", "enviado el", "envoyé par", "message du"}
TO_NAMES = frozenset("à a to an aan para till til do per destinataire destinataires кому".split())
SUBJECT_NAMES = frozenset("objet subject sujet betreff oggetto asunto assunto onderwerp ämne emne temat тема".split())
TIME = re.compile(r"\d{1,2} ?[:h] ?\d{2}")
#: «2014-03-20 20:48 GMT+01:00 X <x@y>:» of Gmail, «---- On … wrote ----» of Zoho.
DATED = re.compile(
    r"^\d{4}-\d\d?-\d\d? \d\d?:\d\d gmt[+-]\d\d:?\d\d .{1,80}$|"
    r"^\d{4}[-./年] ?\d{1,2}[-./月] ?\d{1,2}\b.{0,120}<[^<>]*@[^<>]*>.{0,20}$"
    r"|^[- ]{2,}(?:on|le|am|el|il) .{4,200} (?:wrote|a écrit|schrieb|escribió|ha scritto) ?:?[- ]{2,}$"
)
#: «-----Message d'origine-----» and its like: the words between rules.
SEPARATOR = re.compile(
    r"^[-_=*–— ]{2,}(?:message d'origine|message original|mail original|e-mail d'origine|message transféré"
    r"|message réexpédié|courriel original|message initial|original message|forwarded message|forwarded by .{0,80}"
    r"|original mail|ursprüngliche nachricht|ursprungliche nachricht|weitergeleitete nachricht|weitergeleitet.{0,80}"
    r"|messaggio originale|messaggio inoltrato|mensaje original|mensaje reenviado|mensagem original"
    r"|mensagem encaminhada|oorspronkelijk bericht|doorgestuurd bericht|ursprungligt meddelande|original meddelelse"
    r"|oprindelig meddelelse|oprindelig besked|antwort nachricht"
    r"|opprinnelig melding|wiadomość oryginalna|исходное сообщение|пересылаемое сообщение"
    r"|reply message|reply separator|transféré par .{0,80})[-_=*–— ]{2,}$"
)
FORWARD = re.compile(
    r"^(?:[-_=*–— ]{2,}(?:forwarded message|message transféré|message transmis|message réexpédié"
    r"|weitergeleitete nachricht|messaggio inoltrato|mensaje reenviado|mensagem encaminhada|doorgestuurd bericht"
    r"|vidarebefordrat meddelande|videresendt meddelelse|forwarded by .{0,80}|пересылаемое сообщение"
    r"|transféré par .{0,80})[-_=*–— ]{2,}(?:$|(?:de|from|von|da|van|от) ?:)"
    r"|(?:début du message (?:réexpédié|transféré)|begin forwarded message|anfang der weitergeleiteten .{0,20}"
    r"|inizio messaggio inoltrato|inicio del mensaje reenviado|begin doorgestuurd bericht|forwarded message"
    r"|message transféré) ?:$)"
)
MESSAGE_OF = re.compile(r"^message du ?:? ?\d{1,2}/\d{1,2}/\d{2,4}")
RULE = re.compile(r"^[-_=*—–]{5,}$")
#: What a mail server puts above a letter from outside.
BANNER = re.compile(
    r"provient de l'extérieur|expéditeur externe|\bexternal (?:e-?mail|sender)|e-?mail externe"
    r"|outside (?:of )?(?:the|your) organi"
    r"|vous n'obtenez pas souvent d'e-mail|you don't often get email|pourquoi c'est important"
    r"|learn why this is important"
)

# --- what people do not write for us --------------------------------------------------------------------------------

_DEVICE = (
    r"(?:i ?phone|i ?pad|i ?pod|android|galaxy|samsung|huawei|xiaomi|redmi|honor|oppo|oneplus|pixel|nokia|blackberry"
    r"|windows|outlook|yahoo|gmail|proton ?mail|proton|tuta(?:nota)?|blue ?mail|smartphone|mobile|téléphone|telephone"
    r"|handy|appareil|tablette|sfr|orange|bouygues|free|la poste|hotmail|zoho|spark|mail(?: pour|\.ru)?|thunderbird"
    r"|em client|courrier|messagerie|aol|nine|k-9|verizon|at&t|t-mobile|htc|sony|lg|motorola|mac|typeapp|mailbird)"
)
DEVICE = re.compile(
    r"^[-_ ]{0,6}(?:(?:message )?(?:envoyé|expédié|écrit) (?:de|depuis|à partir d|avec|via|par|grâce à)"
    r"|obtenir|téléchargez|télécharger|obtenez|provenance ?:|get |sent (?:from|with|via|by) |sent using |download "
    r"|von meinem |gesendet (?:von|mit|über) |diese nachricht wurde von meinem |inviato da|enviado (?:desde|de|do) "
    r"|verzonden (?:vanaf|met|vanuit) |verstuurd vanaf |skickat från |sendt fra |wysłano z |отправлено (?:с|из) "
    r"|sécurisé (?:par|avec) |from my |téléchargement de )"
    rf"[^,;!?]{{0,40}}\b{_DEVICE}\b[^;!?]{{0,60}}$"
)
SECURITY = re.compile(
    r"garanti sans virus|antivirus d'avast|avast(?:\.com| antivirus)|virus-?free\b|logiciel antivirus"
    r"|checked for viruses|scanned (?:by|for)|vérifié par (?:le|un) .{0,20}antivirus|absence de virus"
)
#: Two of these in one paragraph make a disclaimer.
DISCLAIMER = (
    re.compile(r"\bconfidenti"),
    re.compile(r"\bdestinataires?\b|\bintended (?:recipient|solely|only)|\baddressee|\brecipient"),
    re.compile(r"\bpar erreur\b|\bin error\b|\birrtümlich|\bpor error\b|\bmistake\b"),
    re.compile(r"(?:ce|cet|présent) (?:message|e-?mail|courriel|mail)\b.{0,60}(?:pièces?|fichiers?|attach|annex)"),
    re.compile(r"this (?:e-?mail|message|communication)\b|diese (?:e-?mail|nachricht)\b"),
    re.compile(r"(?:interdite?|prohibited|unauthori[sz]ed|non autorisée?|strictly)"),
    re.compile(
        r"(?:détruire|supprimer|delete|destroy|notify the sender|(?:avertir|prévenir"
        r"|informer) (?:immédiatement )?l'expéditeur)"
    ),
    re.compile(r"(?:intégrité|responsabilité|altéré|falsifié|liability|privileged|disclos)"),
    re.compile(r"usage exclusif|l'intention exclusive|exclusivement destiné|solely for"),
)
ENVIRONMENT = re.compile(
    r"^\W{0,4}(?:pensez à l'environnement|avant d'imprimer|n'imprim|merci de (?:n'imprimer|ne pas imprimer"
    r"|penser à l'environnement)"
    r"|please consider the environment|think before you print|save paper|think of the environment"
    r"|préservons l'environnement"
    r"|p ?(?:pensez|please) )"
)
CLOSING = re.compile(
    r"^(?:(?:bien )?(?:cordialement|amicalement|sincèrement|respectueusement|confraternellement|courtoisement"
    r"|à vous|vôtre)"
    r"|(?:très |bien )?cordialement(?: à vous| votre)?|bien à (?:vous|toi)|cdl?t|cdlmt|bàv|sincères salutations"
    r"|(?:meilleures|cordiales|sincères|bonnes) salutations|salutations(?: distinguées| cordiales)?"
    r"|sentiments distingués"
    r"|(?:bonne|belle|excellente) (?:journée|soirée|fin de journée|semaine|réception|après-midi)(?: à (?:vous|toi"
    r"|tous))?"
    r"|bon(?:ne)? (?:week-?end|wk)|(?:dans l'attente|en vous souhaitant|je vous (?:prie|souhaite)"
    r"|veuillez (?:agréer|recevoir)"
    r"|nous vous prions|vous en souhaitant|restant à votre|je reste à votre|en vous remerciant|avec mes).{0,160}"
    r"|(?:best|kind|warm|warmest|many)(?: personal)? (?:regards|wishes|thanks)|(?:with )?(?:best |kind |warm )?regards"
    r"|(?:yours )?(?:sincerely|faithfully|truly)|cheers|sincerely yours|all the best|best|rgds"
    r"|(?:mit )?(?:freundlichen|freundliche|besten|beste|herzlichen|viele|liebe|schöne) (?:grüßen?|grüssen?|gruß)|mfg"
    r"|cordiali saluti|distinti saluti|saludos(?: cordiales)?|un saludo|atentamente|met vriendelijke groet(?:en)?)"
    r"(?: et (?:bonne|belle) \w+)?[ ,.;!:…]{0,3}$"
)
#: What somebody says to somebody: an "I", a sum, a file that comes with it.
SENTENCE = re.compile(
    r"\b(?:je|il|elle|ils|elles|on|c'est|c'était|n'est|n'a|i|i'm|we) |\bj'[a-zéêè]"
    r"|\b(?:ci-joint|joint|jointe|joints|jointes)\b"
    r"|\d ?€|\b(?:oui|non|merci de|nous avons|nous vous (?:joignons|transmettons|confirmons|adressons|précisons))\b"
)
#: What a firm says of itself, below its name.
SLOGAN = re.compile(
    r"règlement des honoraires|honoraires par chèque|membre d'une association|inscrite? (?:au tableau|à l'ordre)"
    r"|tableau de l'ordre|n'hésitez pas|suivez-nous|retrouvez-nous|prenez rendez-vous|horaires|ouvert d|sur rendez-vous"
    r"|partenaire|depuis \d{4}|à votre (?:écoute|service)|follow us|visit us"
)
POSTSCRIPT = re.compile(r"^(?:p\.? ?-?s\.?|n\.? ?b\.?|post-scriptum)(?: ?[:.,–-]| )")
#: What stands in a contact block and rarely in an answer. Two of them in one block of short lines make it one.
CONTACT = re.compile(
    r"^(?:t[ée]l|tél|phone|mob|mobile|portable|port|fax|ligne directe|direct|standard|t|m|p|f|siret|siren|rcs|ape"
    r"|tva)(?:\b|\.) ?[.:/]? ?[+(\d]"
    r"|(?:^|\D)(?:\+33|0033|0\d)(?: ?\(0\))?(?:[ .-]?\d){8,9}(?:\D|$)|^\+?\(?\d[\d ().-]{7,}$"
    r"|^(?:(?:site|web|internet)(?: web)? ?:? ?)?(?:www\.|https?://)\S+$|^[\w.+-]+@[\w.-]+$|\bsiret\b"
    r"|\bn° ?(?:orias|tva)|\bcedex\b|(?:^"
    r"|[ ,-])(?:f-)?\d{5} [a-zéèêîôûçàâ' -]{2,40}$"
    r"|^\d{1,4}(?: ?bis| ?ter)?,? (?:rue|avenue|av\.?|bd|boulevard|place|pl\.?|allées?|chemin|impasse|route|quai"
    r"|cours)\b"
    r"|\b(?:tél|tel|fax|phone|mobile|email|e-mail|mail) ?[.:]+ ?[\w+(]|(?:-|–|\|) ?0\d(?: ?\d{2}){4}$"
)
ROLE = re.compile(
    r"\b(?:collaborat(?:eur|rice)|assistante?|secrétaire|comptable|expert-comptable|experts?-comptables?|associée?s?"
    r"|gérante?|directeur|directrice|responsable|cabinet|société|s\.?a\.?r\.?l|selarl|sas|conseil|manager|director"
    r"|engineer|founder|ceo|cto|président|gestionnaire|stagiaire|commissaire aux comptes)\b"
)
