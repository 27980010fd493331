"""Turns HTML into lines, and marks those that mail clients mark: history, signatures, the place where history begins.

Linear, whatever the input: lexbor for what is nested as mail is, a plain removal of tags for anything deeper.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import pairwise
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from mailbot.mail import patterns
from mailbot.mail.quoting.lines import Line, Mark, fold, joined, line, prefixed
from mailbot.mail.quoting.remembered import remembered

_DEEPEST = 3_000  # lexbor takes quadratic time beyond: 100,000 nested elements, 14 s
_BEGINNING = 60  # nodes in which the first words of a heading stand
_TAG = re.compile(r"<[^<>]*>")
_NESTING = re.compile(r"<(/?)([a-zA-Z][\w:]*)")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_NAMES = frozenset({"id", "class", "name", "data-marker", "fairemail"})


def text(html: str) -> str:
    """The text of `html` as a person sees it: hidden elements left out, a table row a line."""
    return joined([found.text for found in lines(html)])


def lines(html: str) -> list[Line]:
    """The lines of `html` with their marks."""
    if _too_deep(html):
        return [line(unescape(row)) for row in _TAG.sub("\n", html).split("\n")]
    body = LexborHTMLParser(html).body
    if body is None:
        return []
    walk = _Walk()
    walk.over(body)
    return walk.out


def _too_deep(html: str) -> bool:
    depth = 0
    if html.count("<") <= _DEEPEST:
        return False
    for closing, name in _NESTING.findall(html):
        if name.lower() in patterns.NEVER_NESTED:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > _DEEPEST:
            return True
    return False


@dataclass
class _Row:
    """A table row that is being read: where its cells began."""

    cells: list[int] = field(default_factory=list)
    holds_table: bool = False


@dataclass
class _Walk:
    """One pass over the tree, without recursion: elements are left when their end is popped from the stack."""

    out: list[Line] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    links: list[bool] = field(default_factory=list)  #: of the open links, whether they lead to us; one line of each
    button: bool = True  #: all text of the line so far stands in a link to us
    mark: Mark = Mark.PLAIN
    lists: list[int | None] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    preformatted: int = 0

    def over(self, body: Any) -> None:
        stack: list[tuple[Any, Mark | None, str]] = [(body.child, None, "")]
        while stack:
            node, leave, tag = stack.pop()
            if leave is not None:
                self._leave(tag)
                if leave is not self.mark:
                    self._flush()
                    self.mark = leave
                continue
            if node is None:
                continue
            stack.append((node.next, None, ""))
            tag = str(node.tag)
            if tag == "-text":
                self._text(str(node.text_content or ""))
            elif tag not in patterns.UNSEEN_TAGS and not tag.startswith(("-", "!")):
                self._element(node, tag, stack)
        self._flush()

    def _element(self, node: Any, tag: str, stack: list[tuple[Any, Mark | None, str]]) -> None:
        attributes = {name: value or "" for name, value in node.attributes.items()}
        if _hidden(attributes):
            return
        tight = tag == "p" and _tight(attributes.get("class", "") + " " + attributes.get("style", ""))
        stack.append((None, self.mark, "div" if tight else tag))
        stack.append((node.child, None, ""))
        self._enter(tag)
        if tag == "img" and attributes.get("src", "").lower().startswith("cid:"):
            self.pictures.append(attributes["src"][4:])
        if tag == "a":
            self.links.append(bool(patterns.OUR_LINK.search(attributes.get("href", ""))))
        mark = _mark(tag, attributes) if attributes or tag == "blockquote" else Mark.PLAIN
        if mark is Mark.CUT and _is_history(node, attributes):
            self._flush()
            self.out.append(line("", Mark.CUT))
        elif mark in (Mark.QUOTED, Mark.SIGNATURE) and self.mark is not Mark.QUOTED:
            self._flush()
            self.mark = mark

    def _enter(self, tag: str) -> None:
        if tag == "br":
            self._flush(always=True)
        elif tag in ("td", "th") and self.rows:
            self._flush()
            self.rows[-1].cells.append(len(self.out))
        elif tag in patterns.BLOCK_TAGS:
            self._flush()
            if tag == "tr":
                self.rows.append(_Row())
            elif tag == "table" and self.rows:
                self.rows[-1].holds_table = True
            elif tag == "pre":
                self.preformatted += 1
            elif tag in ("ol", "ul"):
                self.lists.append(0 if tag == "ol" else None)
            elif tag == "li":
                self.pieces.append(self._bullet())

    def _bullet(self) -> str:
        """What a client shows before an item: its number in a numbered list."""
        if not self.lists or self.lists[-1] is None:
            return "- "
        self.lists[-1] += 1
        return f"{self.lists[-1]}. "

    def _leave(self, tag: str) -> None:
        if tag == "a":
            self.links.pop()
        if tag not in patterns.BLOCK_TAGS:
            return
        self._flush()
        if tag == "tr" and self.rows:
            self._row(self.rows.pop())
        elif tag == "pre":
            self.preformatted -= 1
        elif tag in ("ol", "ul") and self.lists:
            self.lists.pop()
        elif tag == "p" and self.out and not self.rows:
            self.out.append(line("", self.mark))

    def _row(self, row: _Row) -> None:
        """Join the cells of a row of data; a row that lays out paragraphs keeps its lines."""
        if row.holds_table or len(row.cells) < 2:
            return
        bounds = [*row.cells, len(self.out)]
        cells = [[x for x in self.out[a:b] if not x.blank] for a, b in pairwise(bounds)]
        marks = {x.mark for cell in cells for x in cell}
        if len(marks) == 1 and all(len(cell) <= 1 for cell in cells):
            self.out[row.cells[0] :] = [_joined([x for cell in cells for x in cell], marks.pop())]

    def _text(self, text: str) -> None:
        if not self.preformatted:
            self._piece(_SPACES.sub(" ", text))
            return
        first, *others = text.split("\n")
        self._piece(first)
        for other in others:
            self._flush(always=True)
            self._piece(other)

    def _piece(self, text: str) -> None:
        self.pieces.append(text)
        if self.button and text.strip():
            self.button = bool(self.links and self.links[-1])

    def _flush(self, always: bool = False) -> None:
        if not (self.pieces or self.pictures or always):
            self.button = True
            return
        text = "".join(self.pieces)
        self.pieces.clear()
        text = text.rstrip() if self.preformatted else text.strip(" ")
        if text or always or self.pictures:
            found = line(text, self.mark, tuple(self.pictures))
            found = prefixed(found) if ">" in text[:4] else found
            button = self.button and 0 < len(text) <= patterns.LONGEST_LABEL
            self.out.append(replace(found, button=True) if button else found)
            self.pictures.clear()
            if self.links:
                self.links[-1] = False  # a label is one line: what stands in further ones was typed
        self.button = True


def _joined(cells: list[Line], mark: Mark) -> Line:
    out = line(" ".join(x.text.strip() for x in cells), mark, tuple(name for x in cells for name in x.shown))
    return replace(out, button=True) if cells and all(x.button for x in cells) else out


def _hidden(attributes: dict[str, str]) -> bool:
    return bool(attributes) and ("hidden" in attributes or ("style" in attributes and _hides(attributes["style"])))


@remembered
def _hides(style: str) -> bool:
    return patterns.HIDDEN_STYLE.search(style) is not None


@remembered
def _tight(named: str) -> bool:
    return patterns.TIGHT.search(named) is not None


@remembered
def _cuts(style: str) -> bool:
    return patterns.HTML_CUT_STYLE.search(style) is not None


def _mark(tag: str, attributes: dict[str, str]) -> Mark:
    named = _named(tag, attributes) if not _NAMES.isdisjoint(attributes) else Mark.PLAIN
    if named in (Mark.SIGNATURE, Mark.QUOTED):
        return named
    style = attributes.get("style", "")
    if tag == "blockquote":
        indent = "type" not in attributes and "cite" not in attributes and patterns.HTML_INDENT.search(style)
        return Mark.PLAIN if indent or "indent" in attributes.get("class", "") else Mark.QUOTED
    return Mark.CUT if named is Mark.CUT or _cuts(style) else Mark.PLAIN


def _named(tag: str, attributes: dict[str, str]) -> Mark:
    """What the names of an element say."""
    name, classes = attributes.get("id", ""), attributes.get("class", "")
    key = f"{tag}#{name} .{classes} [{attributes.get('name', '')}] {attributes.get('data-marker', '')}"
    if "fairemail" in attributes:
        key += f" [{attributes['fairemail']}]"
    return _said_by(key.replace("x_", ""))  # Outlook puts it before every name inside what it quotes


@remembered
def _said_by(key: str) -> Mark:
    if patterns.HTML_SIGNATURE.search(key):
        return Mark.SIGNATURE
    if patterns.HTML_QUOTED.search(key):
        return Mark.QUOTED
    return Mark.CUT if patterns.HTML_CUT.search(key) else Mark.PLAIN


def _is_history(node: Any, attributes: dict[str, str]) -> bool:
    """A border alone may be a person's own: it must hold a header line or an attribution."""
    if not patterns.HTML_CUT_STYLE.search(attributes.get("style", "")):
        return True
    text = fold(_beginning(node))
    return bool(patterns.HEADER.match(text) or patterns.ATTRIBUTION_END.search(text))


def _beginning(node: Any) -> str:
    """The first words of an element: one inside another would else be read as often as they are deep."""
    out = ""
    stack = [node.child]
    for _ in range(_BEGINNING):
        inner = stack.pop() if stack else None
        if inner is None or len(out) >= patterns.LONGEST:
            break
        if inner.tag == "-text":
            out += str(inner.text_content or "")
        stack += [found for found in (inner.next, inner.child) if found is not None]
    return out[: patterns.LONGEST]
