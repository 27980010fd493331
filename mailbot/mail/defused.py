"""The words of a stranger, fit to be shown to somebody: no link that a click follows, no line that passes for ours.

Only what is shown changes; what was written is kept as it came.
"""

from __future__ import annotations

import re

from mailbot.mail.marker import MARKER
from mailbot.mail.unseen import seen

#: « https://… », « www.… », and names that mail programs make links of.
_SCHEME = re.compile(r"\b([a-z][a-z0-9+.-]{1,15}):(?=//)", re.I)
_WWW = re.compile(r"\b(www)\.(?=\w)", re.I)
_DOMAIN = re.compile(
    r"(?<=[\w-])\.(?=(?:com|net|org|info|biz|fr|eu|be|ch|de|uk|es|it|lu|ru|cn|io|co|me|tv|cc|tk|ml|ga|cf|gq|top|xyz"
    r"|link|click|online|site|shop|store|app|dev|page|cloud|live|club|pro|icu|vip|zip|mov|example|test|php|html?)\b)",
    re.I,
)
_JAVASCRIPT = re.compile(r"\b(javascript|data|vbscript|mailto|tel|file):(?=\S)", re.I)
_RULES = re.compile(r"[—–―─━_=-]{3,}")
_OURS = re.compile(re.escape(MARKER.strip("— ")), re.I)
_TOKEN = re.compile(r"\b([a-z2-7]{3})[a-z2-7]{20}([a-z2-7]{3})\b", re.I)


def shown(text: str) -> str:
    """`text` as a letter may show it: to be read, and nothing else."""
    text = seen(text)
    text = _OURS.sub("[…]", _TOKEN.sub(r"\1…\2", text))
    text = _RULES.sub("—", text)
    text = _SCHEME.sub(r"\1 :", _WWW.sub(r"\1 .", text))
    return _JAVASCRIPT.sub(r"\1 :", _DOMAIN.sub(" .", text))


LONGEST_NAME = 60


def name(given: str, address: str, known: frozenset[str]) -> str:
    """How a stranger is called: by the name that his mail gives, unless it is one of `known` (folded), holds an address
    or a link, or is no name; then by his address."""
    called = " ".join(seen(given).split())
    odd = not re.search(r"[^\W\d_]{2}", called) or re.search(r"[@:/<>\[\]()|\\\"]|\.\w{2}|\d{3}", called)
    return address if odd or len(called) > LONGEST_NAME or folded(called) in known else called


def folded(called: str) -> str:
    """A name for comparing: neither the order of its words nor case or spaces count."""
    return " ".join(sorted(called.casefold().replace(",", " ").replace("-", " ").split()))
