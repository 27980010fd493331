"""Setting up and running: init, check, import, ask, serve, tick, status, demo."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import click

from .. import app as apps
from .. import resources
from ..errors import UsageError
from ..service import checks, imports
from ..service.questions import ask as ask_questions
from ..service.questions import letters as letters_of
from ..service.status import status as status_of
from ..store import dossiers, questions
from .common import Context, as_json, confirm, pass_context, progress, show


@click.command()
@click.option("--sandbox", is_flag=True, help="A database whose clock may be moved ahead.")
@pass_context
def init(context: Context, sandbox: bool) -> None:
    """Create database, key file, folders and the question catalogue; safe to repeat."""
    if not context.path.exists():
        context.path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(resources.shipped("config.toml"), context.path)
        click.echo(f"made {context.path}: set [oga] and [mail] to your own")
    made = apps.initialise(context.config, sandbox)
    for what in made:
        click.echo(f"made {what}")
    click.echo("next: mailbot check, then mailbot import FILE... and mailbot ask")


@click.command()
@as_json
@pass_context
def check(context: Context, as_json: bool) -> None:
    """Look at configuration, database and templates; exit 1 where something is an error."""
    found = checks.run(context.path, lambda: context.config, lambda: context.app.system)
    show(
        [line.__dict__ for line in found],
        as_json,
        lambda: "\n".join(f"{line.level:8} {line.what}: {line.says}" for line in found),
    )
    if any(line.level == "error" for line in found):
        raise UsageError("something needs attention: see the lines marked error")


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@pass_context
def import_(context: Context, files: tuple[Path, ...], dry_run: bool) -> None:
    """Import cabinets, people, dossiers, questions, documents and statistics; all or nothing."""
    system = context.app.system
    with progress() as bar:
        task = bar.add_task("import")
        report = imports.import_files(
            system.store,
            files,
            context.config.questions.catalogue,
            system.now(),
            dry_run,
            lambda done, total: bar.update(task, completed=done, total=total),
            own=system.bot.address,
        )
    for warning in report.warnings:
        click.echo(f"warning: {warning}", err=True)
    for kind, counts in report.counts.items():
        click.echo(f"{kind}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    click.echo("nothing was changed (--dry-run)" if dry_run else "next: mailbot ask --dry-run")


@click.command()
@click.option("--dossier", "ref", help="Only the questions of this dossier.")
@click.option("--dry-run", is_flag=True, help="Say who would be asked, and ask nobody.")
@click.option("--yes", is_flag=True, help="Do not have the number typed.")
@pass_context
def ask(context: Context, ref: str | None, dry_run: bool, yes: bool) -> None:
    """Queue the letters of all questions that were not asked yet."""
    system = context.app.system
    conn = system.store.conn
    dossier_id = dossiers.id_of(conn, ref) if ref else None
    if ref and dossier_id is None:
        raise UsageError(f"no dossier {ref}")
    ids = questions.drafts(conn, dossier_id)
    letters = letters_of(system, ids)
    click.echo(f"{len(ids)} questions, {letters} letters")
    if dry_run or not ids:
        return
    confirm(letters, "letters will leave", yes)
    with progress() as bar:
        task = bar.add_task("ask", total=len(ids))
        count = ask_questions(system, ids, progress=lambda: bar.advance(task))
    click.echo(f"asked {count} questions; `mailbot serve` or `mailbot tick` sends the letters")


@click.command()
@pass_context
def serve(context: Context) -> None:
    """Take mail, serve pages, send letters, until SIGTERM."""
    config = context.config
    with apps.locked(config):
        asyncio.run(apps.serve(context.app, lambda line: click.echo(line)))


@click.command()
@click.option("--at", "when", help="The instant to run as, ISO 8601 (ahead of the clock: in a sandbox only).")
@as_json
@pass_context
def tick(context: Context, when: str | None, as_json: bool) -> None:
    """Run once all that is due: inbox and outbox."""
    with apps.locked(context.config), apps.reading_apart(context.app) as app:
        if when:
            app.clock.set(apps.at(when))
        out = apps.sender(context.config)
        try:
            counts = apps.tick(app, out)
        finally:
            out.close()
    show(counts, as_json, lambda: ", ".join(f"{n} {what}" for what, n in counts.items()))


@click.command()
@as_json
@pass_context
def status(context: Context, as_json: bool) -> None:
    """Counts by state, what waits, and what to type next."""
    found = status_of(context.app.system)
    show(found.as_json(), as_json, found.as_text)


@click.command()
@click.option("--script", is_flag=True, help="Play the story in the terminal: exit 0 only if every step holds.")
@click.option("--port", type=click.IntRange(0, 65535), help="Of the page; 0: any free one.  [default: 8200, if free]")
@click.option("--dir", "folder", type=click.Path(file_okay=False, path_type=Path), help="Keep the sandbox there.")
def demo(script: bool, port: int | None, folder: Path | None) -> None:
    """The sandbox: sample data and real mail on loopback, with a page to read, reply and approve; nothing outside."""
    from ..demo import story, visit

    if script:
        story.play(folder, click.echo)
    else:
        visit.receive(folder, port, click.echo)


COMMANDS = (init, check, import_, ask, serve, tick, status, demo)
