"""How mail programs send a reply to a letter of ours: for any typed text, the bodies of the message.

Typed text is paragraphs, parted by blank lines; `INSIDE` programs put it into our letter, the others above or below.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from mailbot.mail.quoting import html

GOLDEN = Path(__file__).parents[2] / "golden"


@dataclass(frozen=True)
class Letter:
    """A letter of ours: its two bodies, and a paragraph of it that stands there once."""

    text: str
    body: str  #: what stands in <body>
    anchor: str

    @classmethod
    def of(cls, name: str, anchor: str) -> Letter:
        text = (GOLDEN / f"{name}.txt").read_text("utf-8").partition("\n\n")[2]
        page = (GOLDEN / f"{name}.html").read_text("utf-8")
        found = re.search(r"<body[^>]*>(.*)</body>", page, re.S)
        assert found and anchor in found[1] and anchor in text
        return cls(text, found[1], anchor)

    @property
    def sent(self) -> str:
        return f"{self.text}\n{html.text(self.body)}"


LETTER = Letter.of("dossier", "donner le détail.")
WHEN = "Le mar. 24 nov. 2026 à 10:12, ASSAPROL <eccv@assaprol.example> a écrit :"
HEADERS = [
    ("De", "ASSAPROL <eccv@assaprol.example>"),
    ("Envoyé", "mardi 24 novembre 2026 10:12"),
    ("À", "Aïcha Dubois <a@cabinet.example>"),
    ("Objet", "ECCV 2025 · Z. E. (411ETCH09) · 3 questions [D0009-2025]"),
]
BLOCK = "\n".join(f"{name} : {value}" for name, value in HEADERS)
RICH = "<br>".join(f"<b>{name}&nbsp;:</b> {escape(value)}" for name, value in HEADERS)


def paragraphs(typed: str, opening: str = "<p>", closing: str = "</p>") -> str:
    """The typed text as HTML: a paragraph an element, a line break within it as <br>."""
    return "".join(opening + escape(part).replace("\n", "<br>") + closing for part in typed.split("\n\n"))


def quoted(text: str, prefix: str = "> ") -> str:
    return "\n".join(f"{prefix}{row}".rstrip() for row in text.split("\n"))


def word(typed: str) -> tuple[str, str]:
    """Outlook for Windows: paragraphs of Word, a drawn line, our letter without its styles."""
    line = "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
    ours = re.sub(r' style="[^"]*"', "", LETTER.body)
    rich = paragraphs(typed, "<p class=MsoNormal>", "<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>")
    return (
        f"{typed}\n\n{BLOCK}\n\n{LETTER.text}",
        f"<div class=WordSection1>{rich}<div>{line}<p class=MsoNormal>{RICH}</p></div></div>{ours}</div>",
    )


def word_text(typed: str) -> tuple[str, str]:
    return f"{typed}\n\n-----Message d'origine-----\n{BLOCK}\n\n{LETTER.text}", ""


def owa(typed: str) -> tuple[str, str]:
    rich = paragraphs(typed, '<div class="elementToProof">', "</div><div><br></div>")
    rule = '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
    return "", f'{rich}{rule}<div id="divRplyFwdMsg" dir="ltr"><font>{RICH}</font></div>{LETTER.body}'


def outlook_phone(typed: str) -> tuple[str, str]:
    foot = "Obtenir Outlook pour iOS<https://aka.ms/o0ukef>\n________________________________"
    return f"{typed}\n\n{foot}\n{BLOCK}\n\n{html.text(LETTER.body)}", ""


def gmail(typed: str) -> tuple[str, str]:
    rich = paragraphs(typed, "<div>", "</div><div><br></div>")
    quote = f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{LETTER.body}</blockquote>'
    attribution = f'<div dir="ltr" class="gmail_attr">{escape(WHEN)}<br></div>'
    html_ = f'<div dir="ltr">{rich}</div><div class="gmail_quote gmail_quote_container">{attribution}{quote}</div>'
    return f"{typed}\n\n{WHEN}\n\n{quoted(html.text(LETTER.body))}", html_


def gmail_text(typed: str) -> tuple[str, str]:
    wrapped = WHEN.replace(" a écrit", "\na écrit")
    return f"{typed}\n\n{wrapped}\n\n{quoted(html.text(LETTER.body))}", ""


def iphone(typed: str) -> tuple[str, str]:
    foot = '<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Envoyé de mon iPhone</div>'
    quote = f'<blockquote type="cite">{escape(WHEN)}<br><br></blockquote>'
    body = f'<blockquote type="cite"><div dir="ltr">{LETTER.body}</div></blockquote>'
    return f"{typed}\n\nEnvoyé de mon iPhone\n\n> {WHEN}\n>\n{quoted(LETTER.text)}", paragraphs(
        typed, "<div>", "</div><div><br></div>"
    ) + foot + f'<div dir="ltr"><br>{quote}</div>{body}'


def apple(typed: str) -> tuple[str, str]:
    quote = f'<blockquote type="cite"><div>{escape(WHEN)}</div><br class="Apple-interchange-newline"><div>'
    return (
        "",
        f"{paragraphs(typed, '<div>', '</div><div><br></div>')}<div>{quote}{LETTER.body}</div></blockquote></div>",
    )


def thunderbird(typed: str) -> tuple[str, str]:
    cite = f'<div class="moz-cite-prefix">{escape(WHEN)}<br></div>'
    return "", f'{paragraphs(typed)}{cite}<blockquote type="cite" cite="mid:1@x">{LETTER.body}</blockquote>'


def thunderbird_below(typed: str) -> tuple[str, str]:
    return f"{WHEN}\n{quoted(LETTER.text)}\n\n{typed}\n", ""


def zimbra(typed: str) -> tuple[str, str]:
    head = f'<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{RICH}</div>'
    return "", f'{paragraphs(typed)}{head}<div data-marker="__QUOTED_TEXT__">{LETTER.body}</div>'


def orange(typed: str) -> tuple[str, str]:
    head = ["Message du 24/11/26 10:12", *(f"{name} : {value}" for name, value in HEADERS if name != "Envoyé")]
    rows = "".join(f"<p>&gt; {escape(row)}</p>" for row in [*head, "", *html.text(LETTER.body).split("\n")])
    return "", f"{paragraphs(typed)}<p>&nbsp;</p>{rows}"


def notes(typed: str) -> tuple[str, str]:
    head = BLOCK.replace(" : ", " :\t").replace("Envoyé", "Date").replace("mardi 24 novembre 2026", "24/11/2026")
    return f"{typed}\n\n\n\n{head}\n\n\n\n{LETTER.text}", ""


def unmarked(typed: str) -> tuple[str, str]:
    return f"{typed}\n\n{LETTER.text}", ""


def between(typed: str) -> tuple[str, str]:
    """Between our quoted lines."""
    row = next(row for row in quoted(LETTER.text).split("\n") if row.endswith(LETTER.anchor))
    return f"{WHEN}\n" + quoted(LETTER.text).replace(row, f"{row}\n\n{typed}\n"), ""


def red(typed: str) -> tuple[str, str]:
    """In red, behind the last word of one of our paragraphs."""
    rich = "<br>".join(escape(part).replace("\n", "<br>") for part in typed.split("\n\n"))
    ours = LETTER.body.replace(LETTER.anchor, f'{LETTER.anchor} <span style="color:red">{rich}</span>')
    return "", f'<div id="divRplyFwdMsg">{RICH}</div>{ours}'


def inside(typed: str) -> tuple[str, str]:
    """Behind the last word of one of our paragraphs, in plain text with nothing to mark either."""
    return f"{BLOCK}\n\n" + LETTER.text.replace(LETTER.anchor, f"{LETTER.anchor} {typed}"), ""


PROGRAMS: tuple[Callable[[str], tuple[str, str]], ...] = (
    word, word_text, owa, outlook_phone, gmail, gmail_text, iphone, apple, thunderbird, thunderbird_below, zimbra,
    orange, notes, unmarked, between, red, inside,
)  # fmt: skip
