"""Characters that nobody sees: they reorder text, hide in it, or break a line where no reader expects it.

What was typed is kept with them; what we show, send or log goes without.
"""

from __future__ import annotations

import re

#: Every way to end a line: RFC 5322 has one, terminals, browsers and Python know more.
BREAK = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
#: Controls but tab and line feed, bidirectional and zero-width marks, fillers that look like nothing, tags, variation
#: selectors (but that of emoji), half characters and what is no character at all.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def seen(text: str) -> str:
    """`text` without them; its lines stay, and every one ends in a bare line feed."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return UNSEEN.sub("", BREAK.sub("\n", text))
