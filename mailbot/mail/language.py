"""Which language a text is in, by the small words that every sentence needs. A guess: "" where they do not tell."""

from __future__ import annotations

import re

#: Frequent words of each language. Those that two of them share (« de », « la », « in », « on ») stand nowhere.
_WORDS = {
    "fr": "le les des et est du une au aux pour dans sur avec ce cette il elle nous vous je n'est sont été pas plus "
    "par qui que votre notre vos nos bonjour merci cordialement oui voici ci-joint suite car dont mais c'est s'agit "
    "d'un d'une l'écart",
    "en": "the and is of to for that it this with are was we you have has not from by be our your please find hello "
    "thanks thank regards yes will were which no dear",
    "de": "der die das und ist nicht ein eine den dem von zu mit für auf im wir sie ich sind war wird haben guten tag "
    "bitte danke grüßen anbei beigefügt gruß hallo wurde bis auch ja nein",
    "es": "el los las y es una para por con del se no lo que esta este como son más su al un saludo gracias buenos "
    "días adjunto sí corresponde hola",
    "it": "il gli e è una per con del della che non si sono lo dei delle questo questa più al alla di buongiorno "
    "grazie saluti cordiali allegato nel ma sì salve",
}
_LANGUAGES = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_READ = 4_000  #: characters that are enough to tell


def guess(text: str) -> str:
    """fr, en, de, es or it; "" where no language has more of its words in the text than each other one."""
    words = [word.replace("\u2019", "'") for word in _WORD.findall(text[:_READ].lower())]
    words += [half for word in words if "'" in word for half in word.split("'")]
    counts = sorted(((sum(w in known for w in words), name) for name, known in _LANGUAGES.items()), reverse=True)
    (most, name), (second, _) = counts[0], counts[1]
    return name if most > second else ""
