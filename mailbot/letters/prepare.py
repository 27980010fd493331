"""Makes a scene fit to print: every time in the OGA's zone, every text free of control characters."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from .scene import Scene
from .typography import clean, one_line, plural

MULTILINE = frozenset(
    {"text", "added", "set_aside", "comment", "draft", "footer", "typed"}
)  #: fields that keep their lines


#: characters of one typed text that a letter shows at most: the rest is kept, and shown on the page
TEXT_LIMIT = 60_000


def prepare(scene: Scene, limit: int = TEXT_LIMIT) -> Scene:
    """The same scene: its times in `scene.oga.timezone`, names on one line, nothing that hides or reorders text.

    A typed text of more than `limit` characters (a line weighs 60) is cut there, and its end says how much there is.
    """
    prepared: Scene = _dataclass(scene, Fit(scene.oga.timezone, limit, {}))
    return prepared


def fitted(value: Any, zone: tzinfo | None) -> Any:
    """Any dataclass made fit to print in the same way, for pages: nothing is cut, what is shown may be edited."""
    return _dataclass(value, Fit(zone, 2**63, {}))


class Fit(NamedTuple):
    """What to fit a scene to."""

    zone: tzinfo | None
    limit: int
    seen: dict[int, Any]  #: what was fitted already, by identity: a letter names the same people many times


def _dataclass(value: Any, fit: Fit) -> Any:
    if id(value) in fit.seen:
        return fit.seen[id(value)]
    changed = {}
    for field in fields(value):
        old = getattr(value, field.name)
        new = _value(field.name, old, fit)
        if new is not old:
            changed[field.name] = new
    fitted_ = fit.seen[id(value)] = replace(value, **changed) if changed else value
    return fitted_


def _value(name: str, old: Any, fit: Fit) -> Any:
    if isinstance(old, str):
        return _clip(clean(old), fit.limit) if name in MULTILINE else _single(old)
    if isinstance(old, datetime):
        return old.astimezone(fit.zone) if fit.zone else old
    if isinstance(old, tuple):
        return _tuple(name, old, fit)
    return _dataclass(old, fit) if is_dataclass(old) else old


def _tuple(name: str, old: tuple[Any, ...], fit: Fit) -> tuple[Any, ...]:
    new = tuple(_value(name, item, fit) for item in old)
    return new if any(a is not b for a, b in zip(new, old, strict=True)) else old


def _single(text: str) -> str:
    return text if text.isprintable() else one_line(text)


def _clip(text: str, limit: int) -> str:
    weight = len(text) + 60 * text.count("\n")
    if weight <= limit:
        return text
    shown = text[: limit * len(text) // weight]
    return f"{shown}…\n\n[… et {plural(len(text) - len(shown), 'caractère')} de plus, conservés]"
