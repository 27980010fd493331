"""Looking: show, address, read, why."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ..app import at as instant
from ..errors import UsageError
from ..letters.render import render
from ..letters.scene import Scene
from ..mail.envelope import Envelope
from ..mail.token import Purpose
from ..service import addresses, describe, desk, digests
from ..service.correspondence import Post
from ..service.digests import Digest
from ..service.sheet import sheet
from ..service.system import System
from ..store import inbox
from .common import Context, as_json, lines, pass_context, person, show

_FROM = re.compile(rb"^from:[^\n]*\n(?:[ \t][^\n]*\n)*", re.I | re.M)
GRADES = ("none", "claimed", "token", "proven")


@click.command("show")
@click.argument("ref")
@as_json
@pass_context
def show_(context: Context, ref: str, as_json: bool) -> None:
    """A question, dossier, cabinet, person or message with its whole history."""
    found = sheet(context.app.system, ref)
    if found is None:
        raise UsageError(
            f"nothing is known as {ref}: a question (D0042-2025-3), dossier, cabinet, address or Message-ID"
        )
    show(found, as_json, lambda: "\n".join(_told(found)))


def _told(found: dict[str, Any], indent: str = "") -> Iterator[str]:
    for name, value in found.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{indent}{name}:"
            for item in value:
                yield from (f"{indent}  {'- ' if n == 0 else '  '}{line}" for n, line in enumerate(_told(item)))
        elif isinstance(value, str) and "\n" in value:
            yield f"{indent}{name}:"
            yield from (f"{indent}  | {line}" for line in value.splitlines())
        else:
            yield f"{indent}{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"


@click.command()
@click.argument("ref")
@click.option("--person", "email", required=True, help="The registered address of the person.")
@click.option("--purpose", required=True, type=click.Choice([p.name.lower() for p in addresses.OFFERED]))
@as_json
@pass_context
def address(context: Context, ref: str, email: str, purpose: str, as_json: bool) -> None:
    """The reply address (and page) that this person holds for REF; for support."""
    found = addresses.address(context.app.system, ref, person(context.app, email), Purpose[purpose.upper()])
    show(found, as_json, lambda: "\n".join(f"{name}: {value}" for name, value in found.items()))


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--sent", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The text it answers.")
@click.option("--text", "only_text", is_flag=True, help="Print only what the person wrote.")
@click.option("--to", help="The address it came to, instead of its own headers.")
@click.option("--as", "writer", help="The person it would come from.")
@click.option("--trust", type=click.Choice(GRADES), default=None, help="The grade to assume.")
@click.option("--at", "when", default=None, help="The clock, ISO 8601.")
@pass_context
def read(
    context: Context,
    files: tuple[str, ...],
    sent: Path | None,
    only_text: bool,
    to: str | None,
    writer: str | None,
    trust: str | None,
    when: str | None,
) -> None:
    """How raw messages are understood, without storing them: JSON lines. - is stdin, a folder all its .eml files."""
    quoted = sent.read_text(encoding="utf-8") if sent else ""
    matching = not only_text and not sent and context.path.exists() and context.config.store.path.exists()
    at = instant(when) if when else None
    system = context.app.system if matching else None
    if system and at:
        system = replace(system, now=lambda: at)
    for name, raw in _messages(files):
        if isinstance(raw, OSError):
            found = describe.unread(f"unreadable: {raw.strerror}")
        elif system:
            found = describe.with_database(system, *_as(raw, writer, to, at), trust or "")
        else:
            found = describe.describe(*_as(raw, writer, to, at), quoted, trust or "")
        click.echo(found["text"] if only_text else json.dumps({"file": name, **found}, ensure_ascii=False))


def _as(raw: bytes, writer: str | None, to: str | None, at: datetime | None) -> tuple[bytes, Envelope]:
    """The message with its envelope, as if that person had written it."""
    raw = _written_by(raw, writer) if writer else raw
    return raw, describe.envelope(raw, at, to)


def _written_by(raw: bytes, email: str) -> bytes:
    """The message with one From header, that of `email`: what it would do if that person had written it."""
    head, separator, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    kept = _FROM.sub(b"", head + b"\r\n").rstrip(b"\r\n")
    return b"\r\n".join([f"From: <{email}>".encode(), kept]) + (separator or b"\r\n\r\n") + body


def _messages(names: tuple[str, ...]) -> Iterator[tuple[str, bytes | OSError]]:
    """Each file with its bytes, or with why it cannot be read. Raises UsageError for one that is not there."""
    for name in names:
        path = Path(name)
        if name == "-":
            yield name, sys.stdin.buffer.read()
        elif path.is_dir():
            yield from ((str(file), _bytes(file)) for file in sorted(path.glob("*.eml")))
        elif path.exists():
            yield name, _bytes(path)
        else:
            raise UsageError(f"no file {name}")


def _bytes(path: Path) -> bytes | OSError:
    try:
        return path.read_bytes()
    except OSError as error:
        return error


@click.command()
@click.argument("id", required=False)
@as_json
@pass_context
def why(context: Context, id: str | None, as_json: bool) -> None:
    """The chain of decisions for a message; without ID the last 20 that were held or shunted."""
    conn = context.app.system.store.conn
    if id is None:
        rows = inbox.latest(conn, ("held", "shunted"))
        lines(
            [desk.inbox_line(conn, row) for row in rows],
            as_json,
            lambda m: f"{m['id']:>6} {m['at']} {m['state']:8} {m['from']}: {m['subject']} ({m['reason']})",
        )
        return
    row = inbox.find(conn, id)
    if row is None:
        raise UsageError(f"no message {id}: `mailbot inbox list --all` lists them")
    found = {**desk.why(conn, row), "cut": desk.cut(context.app.system, row)}
    show(found, as_json, lambda: "\n".join(_told(found)))


@click.command()
@click.option("--at", "when", help="As if it were that instant, ISO 8601.")
@click.option("--preview", is_flag=True, help="The letters as they would read.")
@as_json
@pass_context
def digest(context: Context, when: str | None, preview: bool, as_json: bool) -> None:
    """Who would get which digest now; nothing is sent (`tick` and `serve` send them at [digest] at)."""
    system = context.app.system
    if when:
        at = instant(when)
        system = replace(system, now=lambda: at)
    found = [_digest(system, *one) for one in digests.preview(system)]
    if preview and not as_json:
        click.echo("\n\n".join(f"To: {one['to']}\nSubject: {one['subject']}\n\n{one['text']}" for one in found))
        return
    shown = found if preview else [{name: one[name] for name in one if name != "text"} for one in found]
    lines(shown, as_json, lambda one: f"{one['to']:40} {one['subject']} ({len(one['lines'])} lines)")


def _digest(system: System, digest: Digest, scene: Scene, post: Post) -> dict[str, Any]:
    letter = render(system.templates, post.kind, scene)
    held = [{"label": i.label, "kind": i.kind, "question": i.question_id, "message": i.inbox_id} for i in digest.items]
    return {"to": digest.reader.email, "subject": letter.subject, "lines": held, "text": letter.text}


COMMANDS = (show_, address, read, why, digest)
