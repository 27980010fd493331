"""How people's mail programs write: Outlook, Gmail, a phone. Pure: each function builds a mail and sends nothing.

The structures are those that the programs really write, since reply extraction lives on them: Outlook's border above
its header block, Gmail's `gmail_quote`, Apple Mail's `blockquote type=cite`.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
import textwrap
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from enum import Enum
from html import escape

from selectolax.lexbor import LexborHTMLParser

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_ADDRESS_LINKS = re.compile(r"([\w.+-]+@[\w.-]+\w)")


class Manner(Enum):
    """The mail program a person writes with."""

    OUTLOOK = "outlook"  #: Outlook for Windows: above a header block, everything below it as it was
    GMAIL = "gmail"  #: Gmail in a browser: above « Le … a écrit », quoted
    PHONE = "iphone"  #: the mail program of an iPhone


@dataclass(frozen=True)
class Writer:
    """Who writes, with the lines that his firm puts under his mail ("" for none)."""

    name: str
    address: str
    signature: str = ""


@dataclass(frozen=True)
class Typed:
    """What a person put into the window of his mail program."""

    text: str
    to: str
    subject: str
    files: dict[str, bytes] = field(default_factory=dict)
    carbon: str = ""  #: Cc


@dataclass(frozen=True)
class Bodies:
    """The two parts of a mail."""

    text: str
    html: str


def new(writer: Writer, typed: Typed, manner: Manner, at: datetime) -> EmailMessage:
    """A mail that answers nothing."""
    return _message(writer, typed, manner, at, _WRITE[manner](writer, typed.text))


def reply(
    original: EmailMessage, writer: Writer, typed: Typed, manner: Manner, at: datetime, quote: bool = True
) -> EmailMessage:
    """A reply to `original`, quoted below what was typed unless `quote` is off. `at` is aware, where the writer is."""
    below = _quoted(original, at) if quote else None
    message = _message(writer, typed, manner, at, _WRITE[manner](writer, typed.text, below))
    known = str(original["Message-ID"] or "").strip()
    if known:
        message["In-Reply-To"] = known
        before = [] if manner is Manner.PHONE else str(original["References"] or "").split()
        message["References"] = " ".join([*before, known])
    return message


def forward(original: EmailMessage, writer: Writer, typed: Typed, manner: Manner, at: datetime) -> EmailMessage:
    """`original` handed on to somebody else, its files with it, as each program does: nothing in References."""
    both = _FORWARD[manner](writer, typed.text, _quoted(original, at))
    files = {str(part.get_filename()): part.get_content() for part in original.iter_attachments()}
    kept = {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}
    more = Typed(typed.text, typed.to, typed.subject, {**kept, **typed.files}, typed.carbon)
    return _message(writer, more, manner, at, both)


def reply_subject(original: EmailMessage, manner: Manner) -> str:
    """The subject that the program writes by itself: « RE: » in Outlook, « Re: » elsewhere."""
    return ("RE: " if manner is Manner.OUTLOOK else "Re: ") + _bare(original)


def forward_subject(original: EmailMessage, manner: Manner) -> str:
    """« TR : » in Outlook, « Fwd: » in Gmail, « Tr : » on a phone."""
    return {Manner.OUTLOOK: "TR : ", Manner.GMAIL: "Fwd: ", Manner.PHONE: "Tr : "}[manner] + _bare(original)


def reply_to(original: EmailMessage) -> str:
    """Where an answer to `original` goes."""
    return str(original["Reply-To"] or original["From"] or "")


def bodies(message: EmailMessage) -> Bodies:
    """Both parts of a mail; the HTML is made from the text where there is none."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    text = str(plain.get_content()) if plain else ""
    return Bodies(text, str(html.get_content()) if html else f"<div>{_lines(text)}</div>")


def _bare(original: EmailMessage) -> str:
    return re.sub(r"^(?:(?:re|tr|fwd?) ?: ?)+", "", str(original["Subject"] or ""), flags=re.I)


# --- the message ----------------------------------------------------------------------------------------------------


def _message(writer: Writer, typed: Typed, manner: Manner, at: datetime, parts: Bodies) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(writer.name, addr_spec=writer.address)
    message["To"] = typed.to
    if typed.carbon:
        message["Cc"] = typed.carbon
    message["Subject"] = " ".join(typed.subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = _message_id(writer, typed, manner, at)
    for name, value in _EXTRA[manner].items():
        message[name] = value
    message.set_content(parts.text)
    message.add_alternative(parts.html, subtype="html")
    for name, data in typed.files.items():
        kind = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
        message.add_attachment(data, maintype=kind[0], subtype=kind[2], filename=name)
    return message


_EXTRA: dict[Manner, dict[str, str]] = {
    Manner.OUTLOOK: {"Accept-Language": "fr-FR, en-US", "Content-Language": "fr-FR", "X-MS-TNEF-Correlator": ""},
    Manner.GMAIL: {},
    Manner.PHONE: {"X-Mailer": "iPhone Mail (22B91)"},
}


def _message_id(writer: Writer, typed: Typed, manner: Manner, at: datetime) -> str:
    """Of the form that the program gives it; another one for each mail and instant."""
    seed = f"{writer.address} {at.isoformat()} {typed.to} {typed.subject} {typed.text}"
    mark = hashlib.sha256(seed.encode()).hexdigest().upper()
    if manner is Manner.OUTLOOK:
        return f"<PAXP193MB{mark[:28]}@PAXP193MB{mark[28:32]}.EURP193.PROD.OUTLOOK.COM>"
    if manner is Manner.GMAIL:
        return f"<CAF{mark[:40]}@mail.gmail.com>"
    return f"<{mark[:8]}-{mark[8:12]}-{mark[12:16]}-{mark[16:20]}-{mark[20:32]}@{writer.address.rpartition('@')[2]}>"


# --- what is quoted -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Quoted:
    """The original as a program quotes it."""

    sender: str
    name: str
    address: str
    to: str
    subject: str
    date: datetime
    bodies: Bodies
    style: str
    inner: str


def _quoted(original: EmailMessage, at: datetime) -> _Quoted:
    """`original`, its date where the writer is at `at`."""
    parts = bodies(original)
    tree = LexborHTMLParser(parts.html)
    style = "\n".join(str(node.html) for node in tree.css("style"))
    for node in tree.css("style, script, title, meta"):
        node.decompose()
    inner = re.sub(r"\A<body[^>]*>|</body>\Z", "", str(tree.body.html) if tree.body else "")
    sender = original["From"].addresses[0] if original["From"] else None
    return _Quoted(
        sender=str(original["From"] or ""),
        name=(sender.display_name or sender.addr_spec) if sender else "",
        address=sender.addr_spec if sender else "",
        to=str(original["To"] or ""),
        subject=str(original["Subject"] or ""),
        date=original["Date"].datetime.astimezone(at.tzinfo),
        bodies=parts,
        style=style,
        inner=inner,
    )


def _lines(text: str) -> str:
    """Typed text as HTML, a line break a line."""
    return "<br>\n".join(escape(line, quote=False) for line in text.strip("\n").split("\n"))


def _linked(text: str) -> str:
    return _ADDRESS_LINKS.sub(r'<a href="mailto:\1">\1</a>', escape(text, quote=False))


# --- Outlook --------------------------------------------------------------------------------------------------------

_WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="Generator" content="Microsoft Word 15 (filtered medium)">
<style><!--
p.MsoNormal, li.MsoNormal, div.MsoNormal {{margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif;}}
a:link, span.MsoHyperlink {{color:#0563C1; text-decoration:underline;}}
@page WordSection1 {{size:612.0pt 792.0pt; margin:70.85pt 70.85pt 70.85pt 70.85pt;}}
div.WordSection1 {{page:WordSection1;}}
--></style>
{style}
</head>
<body lang="FR" link="#0563C1" vlink="#954F72" style="word-wrap:break-word">
<div class="WordSection1">
{typed}
{history}
</div>
</body>
</html>
"""
_BORDER = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"


def _outlook(writer: Writer, text: str, quoted: _Quoted | None = None) -> Bodies:
    typed = text.strip("\n") + (f"\n\n{writer.signature}" if writer.signature else "")
    above = "\n".join(_mso(line) for line in typed.split("\n"))
    if quoted is None:
        return Bodies(f"{typed}\n", _WORD.format(style="", typed=above, history=""))
    rows = (
        ("De", quoted.sender),
        ("Envoyé", _outlook_date(quoted.date)),
        ("À", quoted.to),
        ("Objet", quoted.subject),
    )
    header = "<br>\n".join(f"<b>{name}&nbsp;:</b> {escape(value, quote=False)}" for name, value in rows)
    history = f'<div>\n<div style="{_BORDER}">\n<p class="MsoNormal">{header}</p>\n</div>\n</div>\n{_mso("")}\n'
    plain = "\n".join(f"{name} : {value}" for name, value in rows)
    return Bodies(
        f"{typed}\n\n{plain}\n\n{quoted.bodies.text}",
        _WORD.format(style=quoted.style, typed=f"{above}\n{_mso('')}", history=history + quoted.inner),
    )


def _mso(line: str) -> str:
    inside = escape(line, quote=False) if line.strip() else "&nbsp;"
    return f'<p class="MsoNormal"><span style="mso-fareast-language:EN-US">{inside}<o:p></o:p></span></p>'


def _outlook_date(when: datetime) -> str:
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when.year} {when:%H:%M}"


# --- Gmail ----------------------------------------------------------------------------------------------------------

_GMAIL_QUOTE = "margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"


def _gmail_typed(writer: Writer, text: str) -> Bodies:
    typed = text.strip("\n")
    html = f'<div dir="ltr">{_lines(typed)}</div>'
    if not writer.signature:
        return Bodies(typed, html)
    signature = f'<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{_lines(writer.signature)}'
    prefix = '<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br>'
    return Bodies(f"{typed}\n\n-- \n{writer.signature}", f"{html}{prefix}{signature}</div>")


def _gmail(writer: Writer, text: str, quoted: _Quoted | None = None) -> Bodies:
    above = _gmail_typed(writer, text)
    if quoted is None:
        return Bodies(above.text + "\n", above.html)
    day = f"Le {_DAYS[quoted.date.weekday()][:3]}. {quoted.date.day} {_SHORT[quoted.date.month - 1]} {quoted.date.year}"
    said = textwrap.fill(f"{day} à {quoted.date:%H:%M}, {quoted.name} <{quoted.address}> a écrit :", 76)
    link = f'&lt;<a href="mailto:{quoted.address}">{quoted.address}</a>&gt;'
    head = f"{day} à&nbsp;{quoted.date:%H:%M}, {escape(quoted.name)} {link} a écrit&nbsp;:<br></div>"
    history = (
        f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{head}'
        f'<blockquote class="gmail_quote" style="{_GMAIL_QUOTE}">{quoted.style}{quoted.inner}</blockquote></div>'
    )
    return Bodies(f"{above.text}\n\n{said}\n\n{_prefixed(quoted.bodies.text)}\n", above.html + history)


def _prefixed(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.rstrip("\n").split("\n"))


# --- a phone --------------------------------------------------------------------------------------------------------

_PHONE_HEAD = '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">'
_SENT_FROM = "Envoyé de mon iPhone"


def _phone(writer: Writer, text: str, quoted: _Quoted | None = None) -> Bodies:
    """The firm's signature does not stand on a phone: its own line does."""
    typed = text.strip("\n")
    above = (
        f'{_PHONE_HEAD}{_lines(typed)}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr"><br>{_SENT_FROM}</div>'
    )
    if quoted is None:
        return Bodies(f"{typed}\n\n{_SENT_FROM}\n", f"{above}</body></html>")
    day = f"Le {quoted.date.day} {_SHORT[quoted.date.month - 1]} {quoted.date.year} à {quoted.date:%H:%M}"
    said = f"{day}, {quoted.name} <{quoted.address}> a écrit :"
    history = (
        f'<div dir="ltr"><br><blockquote type="cite">{escape(said, quote=False)}<br><br></blockquote></div>'
        f'<blockquote type="cite"><div dir="ltr">\ufeff{quoted.style}{quoted.inner}</div></blockquote></body></html>'
    )
    return Bodies(f"{typed}\n\n{_SENT_FROM}\n\n> {said}\n>\n{_prefixed(quoted.bodies.text)}\n", above + history)


# --- handing on -----------------------------------------------------------------------------------------------------


def _forward_rows(quoted: _Quoted, date: str) -> list[tuple[str, str]]:
    return [("De", quoted.sender), ("Date", date), ("Objet", quoted.subject), ("À", quoted.to)]


def _gmail_forward(writer: Writer, text: str, quoted: _Quoted) -> Bodies:
    above = _gmail_typed(writer, text)
    date = f"{_DAYS[quoted.date.weekday()][:3]}. {quoted.date.day} {_SHORT[quoted.date.month - 1]} {quoted.date:%Y}"
    rows = _forward_rows(quoted, f"{date} à {quoted.date:%H:%M}")
    plain = "\n".join(f"{name} : {value}" for name, value in rows)
    html = "<br>".join(f"{name}&nbsp;: {_linked(value)}" for name, value in rows)
    return Bodies(
        f"{above.text}\n\n---------- Forwarded message ---------\n{plain}\n\n{quoted.bodies.text}",
        f'{above.html}<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f"---------- Forwarded message ---------<br>{html}<br></div><br><br>{quoted.style}{quoted.inner}</div>",
    )


def _phone_forward(writer: Writer, text: str, quoted: _Quoted) -> Bodies:
    above = _phone(writer, text)
    rows = _forward_rows(quoted, f"{_outlook_date(quoted.date)} {quoted.date:%Z}")
    html = "<br>".join(f"<b>{name}:</b> {_linked(value)}" for name, value in rows)
    plain = "\n".join(f"> {name}: {value}" for name, value in rows)
    start = "Début du message transféré :"
    return Bodies(
        f"{above.text}\n{start}\n\n{plain}\n>\n{_prefixed(quoted.bodies.text)}\n",
        above.html.removesuffix("</body></html>")
        + f'<div dir="ltr"><br>{start}<br><br></div><blockquote type="cite"><div dir="ltr">{html}<br><br></div>'
        f'</blockquote><blockquote type="cite"><div dir="ltr">\ufeff{quoted.style}{quoted.inner}</div></blockquote>'
        "</body></html>",
    )


_WRITE = {Manner.OUTLOOK: _outlook, Manner.GMAIL: _gmail, Manner.PHONE: _phone}
_FORWARD = {Manner.OUTLOOK: _outlook, Manner.GMAIL: _gmail_forward, Manner.PHONE: _phone_forward}
