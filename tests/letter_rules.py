"""The rules that every letter keeps, whatever it says; asked of each letter that any story sends."""

from __future__ import annotations

import re
from urllib.parse import unquote

from mailbot.demo.postoffice import Letter
from mailbot.mail.marker import MARKER

NEVER = re.compile(
    r"agréée?s?\b|merci de bien vouloir|dans les plus brefs délais|à défaut,|sous peine|nous vous rappelons|veuillez|"
    r"urgent|cliquez ici|\btoken\b|jeton|\bstatut\b|erreur \d|\bNone\b|\bundefined\b|\bTrue\b|\bFalse\b",
    re.IGNORECASE,
)
#: addresses and links hold random letters, which may spell anything
RANDOM = re.compile(r"https?://\S+|\S+@\S+")
#: lines that may be long: addresses, the foot line and the names of files never wrap
UNWRAPPED = re.compile(r"https?://|@|Pour répondre|^  \* ")


def check(letter: Letter) -> None:
    """Raise AssertionError where a letter breaks a rule of style or safety."""
    html = letter.message.get_body(("html",))
    assert html is not None, f"{letter.kind} has no HTML part"
    _text(letter.text, letter.kind)
    _html(html.get_content(), letter.kind)
    assert "\n" not in letter.subject
    assert not re.search(r"\d{2,} ?€", letter.subject), "no amount in a subject"


def _text(text: str, kind: str) -> None:
    assert text.count(MARKER) == 1, kind
    assert text.lstrip().startswith(MARKER), kind
    ours = [line for line in text.splitlines() if not line.startswith("  | ")]
    for line in ours:
        assert len(line) <= 72 or UNWRAPPED.search(line), f"{kind}: {line!r} is {len(line)} long"
        assert not line.startswith((">", "--", "__")), f"{kind}: {line!r} looks like a quote or a signature"
    words = RANDOM.sub("", "\n".join(ours))
    assert not NEVER.search(words), f"{kind}: {NEVER.search(words)}"
    assert "\n\n\n\n" not in text, f"{kind}: a hole in the text"


def _html(html: str, kind: str) -> None:
    assert len(html.encode()) <= 90_000, kind
    assert html.count(MARKER) == 1, kind
    assert f'<html lang="{"en" if kind == "alarm" else "fr"}">' in html
    assert html.count("<h1") == 1, kind
    assert not re.search(r"<(script|img|iframe|form)\b", html), kind
    for link in re.findall(r'href="(mailto:[^"]+)"', html):
        assert len(link) <= 500, f"{kind}: {unquote(link)}"
        assert "+" not in link.partition("?")[0], f"{kind}: a + in a mailto is written %2B"
    hidden = re.search(r'class="pre"[^>]*>([^<]*)<', html)
    assert hidden, f"{kind} has no preheader"
    assert len(hidden[1]) <= 90, f"{kind}: {hidden[1]!r}"
