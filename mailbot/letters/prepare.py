"""Makes a scene fit to print: every time in the OGA's zone, every text free of control characters."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from ..domain.model import File
from ..mail.unseen import seen
from .scene import Scene
from .typography import inner, one_line, plural, shortened

MULTILINE = frozenset(
    {"text", "added", "set_aside", "comment", "draft", "footer", "typed"}
)  #: fields that keep their lines


#: characters of one typed text that a letter shows at most: the rest is kept, and shown on the page
TEXT_LIMIT = 60_000
LINE_LIMIT = 400  #: characters of a name, a title or anything else that stands on one line
NAME_LIMIT = 60  #: characters of the name of a file: it holds on one line, so that no line of the letter begins with it
#: fields that hold addresses and links of ours, and nothing that anybody typed
OURS = frozenset({"reply_to", "page", "bot"})
#: a token of ours that was typed, in an address or a link: a reply to our letter must never be taken for one to that
_TOKEN = re.compile(r"((?:[+-]|%2b|/)[a-z2-7]{3})[a-z2-7]{20}([a-z2-7]{3})(?![a-z2-7])", re.IGNORECASE)
TOKEN = 26  #: characters that a token has
_MARKER = re.compile(r"—+ *(répondez au-dessus de cette ligne) *—+", re.IGNORECASE)


def prepare(scene: Scene, limit: int = TEXT_LIMIT) -> Scene:
    """The same scene: its times in `scene.oga.timezone`, names on one line, nothing that hides or reorders text, and
    neither token nor marker line but our own.

    A typed text of more than `limit` characters (a line weighs 60) is cut there, and its end says how much there is.
    """
    prepared: Scene = _dataclass(scene, Fit(scene.oga.timezone, limit, True, {}))
    return prepared


def fitted(value: Any, zone: tzinfo | None) -> Any:
    """Any dataclass made fit to print in the same way, for pages: nothing is cut, what is shown may be edited."""
    return _dataclass(value, Fit(zone, 2**63, False, {}))


class Fit(NamedTuple):
    """What to fit a scene to."""

    zone: tzinfo | None
    limit: int
    letter: bool  #: it is answered by mail, so that nothing in it may look like a token of ours
    seen: dict[int, Any]  #: what was fitted already, by identity: a letter names the same people many times


def _dataclass(value: Any, fit: Fit) -> Any:
    if id(value) in fit.seen:
        return fit.seen[id(value)]
    changed: dict[str, Any] = {}
    for field in fields(value):
        old = getattr(value, field.name)
        new = _value(field.name, old, fit)
        if new is not old:
            changed[field.name] = new
    if fit.letter and isinstance(value, File) and (named := _named(changed.get("name", value.name))) != value.name:
        changed["name"] = named
    fitted_ = fit.seen[id(value)] = replace(value, **changed) if changed else value
    return fitted_


def _value(name: str, old: Any, fit: Fit) -> Any:
    if isinstance(old, str):
        return _text(name, old, fit)
    if isinstance(old, datetime):
        return old.astimezone(fit.zone) if fit.zone else old
    if isinstance(old, tuple):
        return _tuple(name, old, fit)
    return _dataclass(old, fit) if is_dataclass(old) else old


def _text(name: str, old: str, fit: Fit) -> str:
    new = seen(old) if name in MULTILINE else _single(old)
    if fit.letter and name not in OURS and len(new) >= TOKEN:
        new = _MARKER.sub(r"\1", _TOKEN.sub(r"\1…\2", new))
    if name in MULTILINE:
        return _clip(new, fit.limit)
    if fit.letter and name == "files":
        return _named(new)
    return shortened(new, min(LINE_LIMIT, fit.limit)) if fit.letter and name not in OURS else new


def _tuple(name: str, old: tuple[Any, ...], fit: Fit) -> tuple[Any, ...]:
    new = tuple(_value(name, item, fit) for item in old)
    return new if any(a is not b for a, b in zip(new, old, strict=True)) else old


def _single(text: str) -> str:
    return text if text.isascii() and text.isprintable() else one_line(text)


def _named(file: str) -> str:
    """The name of a file as a letter shows it, in a list or between quotation marks."""
    return inner(shortened(file, NAME_LIMIT))


def _clip(text: str, limit: int) -> str:
    weight = len(text) + 60 * text.count("\n")
    if weight <= limit:
        return text
    shown = text[: limit * len(text) // weight]
    return f"{shown}…\n\n[… et {plural(len(text) - len(shown), 'caractère')} de plus, conservés]"
