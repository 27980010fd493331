"""The filters of the templates: typed words, files, changes and links, in both parts of a letter.

What a person typed is kept to the character. In HTML it is escaped, cut where the letter would grow too long, and
amounts do not break; in text each line starts with `  | `, so that no line looks like a quote, a signature, or ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from ..domain.model import File, Verdict
from .change import Kind, change
from .typography import NBSP, french

TEXT_WIDTH = 72
MAILTO_LIMIT = 500

_AMOUNT = re.compile(
    rf"(?<!\w)\d{{1,3}}(?:[ {NBSP}\u202f]\d{{3}})+(?!\d)(?:,\d+)?[ {NBSP}\u202f]?€?|\d+(?:,\d+)?[ {NBSP}\u202f]€"
)
_HANG = re.compile(r"  [*-] |  \[|! |")
CHANGED = "  |   "  #: how the further lines of what was added or removed begin
#: how a line begins that somebody typed -> how it goes on, so that no line of it looks like one of ours
_TYPED = {"  |": "  | ", "  . ": "  .   ", CHANGED: CHANGED, "  + AJOUTÉ": CHANGED, "  - RETIRÉ": CHANGED}
_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@pass_eval_context
def typed(context: EvalContext, text: str) -> str:
    """What a person typed, as paragraphs of HTML or as lines that start with `  | `."""
    return _typed_html(text) if context.autoescape else _typed_text(text)


def _typed_text(text: str) -> str:
    return "\n".join(f"  | {line}".rstrip(" ") for line in text.strip("\n").split("\n"))


def _typed_html(text: str) -> Markup:
    paragraphs = (p for p in re.split(r"\n[ \t]*\n\s*", text.strip("\n")) if p.strip())
    return Markup("\n").join(Markup('<p class="t w">{}</p>').format(_lines(p)) for p in paragraphs)


def _lines(text: str) -> Markup:
    """Escaped, with line breaks, and amounts that do not break."""
    return Markup("<br>").join(Markup("").join(_amounts(line)) for line in text.split("\n"))


def whole_references(heading: str) -> Markup:
    """A heading of ours, escaped, in which a reference in brackets does not break."""
    parts = re.split(r"(\[[^\]\s]+\])", heading)
    spans = ("{}", '<span class="nw">{}</span>')
    return Markup("").join(Markup(spans[at % 2]).format(part) for at, part in enumerate(parts))


def lead(sentence: str) -> Markup:
    """A sentence of ours, escaped, with what stands before its first colon in bold: « Annuler : répondez … »."""
    head, colon, rest = sentence.partition(f"{NBSP}:")
    return Markup("<strong>{}</strong>{}").format(head, colon + rest) if colon else escape(sentence)


def _amounts(line: str) -> Iterator[Markup]:
    start = 0
    for found in _AMOUNT.finditer(line):
        yield escape(line[start : found.start()])
        yield Markup('<span class="nw">{}</span>').format(found[0])
        start = found.end()
    yield escape(line[start:])


@pass_eval_context
def changed(context: EvalContext, old: str, new: str) -> str:
    """The way from `old` to `new`: `<del>` and `<ins>` in HTML, lines with RETIRÉ and AJOUTÉ in text."""
    if not context.autoescape:
        return "\n".join(_change_text(old, new))
    marks = {Kind.KEPT: "{}", Kind.REMOVED: '<del class="dl">{}</del>', Kind.ADDED: '<ins class="is">{}</ins>'}
    parts = (Markup(marks[s.kind]).format(_lines(s.text.rstrip("\n"))) + _gap(s.text) for s in change(old, new))
    return Markup('<p class="t w">{}</p>').format(Markup("").join(parts))


def _gap(text: str) -> Markup:
    """The line breaks a segment ends with."""
    return Markup("<br>") * (len(text) - len(text.rstrip("\n")))


def _change_text(old: str, new: str) -> Iterator[str]:
    signs = {Kind.REMOVED: "  - RETIRÉ : ", Kind.ADDED: "  + AJOUTÉ : "}
    for segment in change(old, new):
        if segment.kind is Kind.KEPT:
            yield _typed_text(segment.text.rstrip())
        else:
            yield signs[segment.kind] + segment.text.strip().replace("\n", f"\n{CHANGED}")


def file_type(file: File) -> str:
    """« PDF », « XLSX »: the ending of its name, else of its type, five letters at most."""
    ending = file.name.rpartition(".")[2] if "." in file.name else file.type.rpartition("/")[2]
    return re.sub(r"[^A-Z0-9]", "", ending.upper())[:5] or "?"


WHY = {
    "type": "Ce type de fichier n'est pas accepté : renvoyez-le en PDF, Excel, Word ou image.",
    "macro": "Les classeurs à macros ne sont pas acceptés : renvoyez le tableau en .xlsx ou en PDF.",
    "macro_text": "Les documents à macros ne sont pas acceptés : renvoyez-le en .docx ou en PDF.",
    "disguised": "Son contenu ne correspond pas à son nom : renvoyez le document sous son vrai nom, ou en PDF.",
    "infected": "Le contrôle antivirus y a trouvé un programme malveillant : faites vérifier votre poste.",
    "active": "Ce fichier contient un script : renvoyez-le imprimé en PDF.",
    "archive": "Les fichiers compressés ne sont pas acceptés : joignez directement ce que celui-ci contient.",
    "bomb": "Ce fichier ne peut pas être ouvert sans risque : renvoyez-le imprimé en PDF.",
    "formula": "Une formule y ouvre un programme ou un site : renvoyez le tableau en PDF, ou sans cette formule.",
    "locked": "Ce fichier est protégé par un mot de passe : renvoyez-le sans protection.",
    "damaged": "Ce fichier est endommagé, ou n'est pas ce que dit son nom : renvoyez-le en PDF.",
    "size": "Le fichier est trop lourd : renvoyez-le plus léger, ou en plusieurs messages.",
    "number": "Le message portait trop de fichiers : renvoyez celui-ci dans un autre message.",
}


def why_refused(file: File) -> str:
    """What the sender may do about a file that was not kept."""
    name, why = file.name.lower(), "infected" if file.verdict is Verdict.INFECTED else file.why
    if why == "type" and name.endswith((".xlsm", ".xlsb", ".xltm", ".docm", ".dotm", ".pptm")):
        why = "macro"
    if why == "macro" and name.endswith((".doc", ".docx", ".docm", ".dotm", ".odt", ".rtf")):
        why = "macro_text"
    return french(WHY[why])


def standing(file: File) -> tuple[str, str]:
    """What is said of a file that does not travel on, and why; ("", "") of one that does."""
    if file.verdict is Verdict.OK:
        return "", ""
    if file.verdict is Verdict.UNSCANNED:
        return french("À l'examen :"), french("le contrôle antivirus n'a pas pu être fait.")
    return "Non retenue.", why_refused(file)


SHORTLY = {
    "type": "ce type de fichier n'est pas accepté",
    "size": "trop lourde",
    "number": "trop de fichiers dans le message",
    "macro": "contient des macros",
    "disguised": "son contenu ne correspond pas à son nom",
    "infected": "le contrôle antivirus y a trouvé un programme malveillant",
    "active": "contient un script",
    "archive": "fichier compressé",
    "bomb": "ne peut pas être ouverte sans risque",
    "formula": "contient une formule qui ouvre un programme ou un site",
    "locked": "protégée par un mot de passe",
    "damaged": "endommagée, ou autre chose que ce que dit son nom",
}


def shortly(file: File) -> str:
    """The same on a page, whose reader did not send the file: « Non retenue : trop lourde. »"""
    if file.verdict in (Verdict.OK, Verdict.UNSCANNED):
        return " ".join(standing(file))
    why = "infected" if file.verdict is Verdict.INFECTED else file.why
    return french(f"Non retenue : {SHORTLY[why]}.")


def aside_lines(text: str, most: int = 6) -> tuple[list[str], int]:
    """(the first lines that hold something, each at most 200 characters, how many more there are)."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [line if len(line) <= 200 else line[:199] + "…" for line in lines[:most]], max(0, len(lines) - most)


def mailto(address: str, subject: str = "", body: str = "") -> str:
    """A mailto link (RFC 6068) of at most 500 characters: a subject that is too long is left out, then the body."""
    parts = [(f"subject={percent(subject)}" if subject else ""), (f"body={percent(body)}" if body else "")]
    link = ""
    for kept in (parts, parts[1:], []):
        link = "mailto:" + percent(address).replace("%40", "@")
        link += "?" * any(kept) + "&".join(filter(None, kept))
        if len(link) <= MAILTO_LIMIT:
            break
    return link


def percent(text: str) -> str:
    """Percent-encoded UTF-8 (RFC 3986 §2.1)."""
    return "".join(chr(b) if b in _SAFE else f"%{b:02X}" for b in text.encode())


def fold(text: str, whole: str = "") -> str:
    """The text part with lines of at most 72 columns; one blank line at most; the line `whole` is left as it is.

    Words are never cut, so an address or link may stand out. A typed line goes on with its mark, a list below itself.
    No line begins with `>`, `--` or `__`: mail programs take those for quotes and signatures.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        lines += [line] if line == whole else _fold(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _fold(line: str) -> Iterator[str]:
    line = line.rstrip(" ")
    if line.startswith((">", "--", "__")):
        line = " " + line
    follow = _follow(line)
    while len(line) > TEXT_WIDTH:
        at = _where(line, len(follow) + 1)
        if at < 0 or not line[:at].strip(" |"):
            at = line.find(" ", TEXT_WIDTH)
        if at < 0:
            break
        yield line[:at].rstrip(" ")
        line = follow + line[at + 1 :]
    yield line


def _where(line: str, begin: int) -> int:
    """The space at which a line goes on; one inside an amount, « 11 260 € », only where there is no other. -1: none."""
    last = at = line.rfind(" ", begin, TEXT_WIDTH + 1)
    while at > 0 and line[at - 1].isdigit() and re.match(r"[\d€%]", line[at + 1 : at + 2]):
        at = line.rfind(" ", begin, at)
    return at if at > 0 and line[:at].strip(" |") else last


def _follow(line: str) -> str:
    """What the next line of the same paragraph starts with."""
    typed = max((mark for mark in _TYPED if line.startswith(mark)), key=len, default="")
    if typed:
        return _TYPED[typed]
    found = _HANG.match(line)
    if found and found[0]:
        return "  " if found[0] == "! " else "    "
    return " " * (len(line) - len(line.lstrip(" ")))
