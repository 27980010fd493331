"""What the commands share: the configuration, read when first needed, and how they print."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..app import App, build
from ..config import Config
from ..domain.model import Person
from ..errors import UsageError
from ..letters.typography import one_line
from ..mail.unseen import seen
from ..store import people

if TYPE_CHECKING:
    from rich.progress import Progress


@dataclass
class Context:
    """Handed to every command."""

    path: Path
    load: Callable[[], Config] = field(repr=False)

    @cached_property
    def config(self) -> Config:
        return self.load()

    @cached_property
    def app(self) -> App:
        return build(self.config)


pass_context = click.make_pass_decorator(Context)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


def show(value: Any, as_json: bool, text: Callable[[], str]) -> None:
    """Print `value` as JSON, or as `text` says."""
    click.echo(_json(value, 2) if as_json else seen(text()))


def lines(values: list[dict[str, Any]], as_json: bool, text: Callable[[dict[str, Any]], str]) -> None:
    """Print a list, a line each."""
    for value in values:
        click.echo(_json(value) if as_json else one_line(text(value)))


def _json(value: Any, indent: int | None = None) -> str:
    """JSON in which what does not print is escaped: nothing that was mailed to us moves a terminal or breaks a line."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def person(app: App, email: str) -> Person:
    """The person with that address. Raises UsageError."""
    found = people.by_email(app.system.store.conn, email)
    if found is None:
        raise UsageError(f"nobody is registered as {email}")
    return found


def progress() -> Progress:
    """A progress bar that leaves nothing behind; none where nobody looks."""
    from rich.progress import Progress  # its import would cost `serve` a tenth of its start

    return Progress(transient=True, disable=not sys.stdout.isatty())


def confirm(count: int, what: str, yes: bool) -> None:
    """Have the number typed before something leaves for many people. Raises UsageError where it is not."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{count} {what}: without a terminal add --yes")
    if click.prompt(f"{count} {what}. Type the number to go on", default="", show_default=False) != str(count):
        raise UsageError("not confirmed: nothing was done")


def day(value: str) -> date:
    """A date as typed, YYYY-MM-DD. Raises UsageError."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"{value} is no date: write YYYY-MM-DD") from None
