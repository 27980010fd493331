"""Keeping it going: pause, resume, results, verify, backup, restore."""

from __future__ import annotations

from pathlib import Path

import click

from .. import app as apps
from ..errors import UsageError
from ..service import brakes
from ..service import results as found
from ..service.keeping import copies as keeping
from ..service.keeping.copies import Places
from ..store import outbox
from ..store.copies import Content
from .common import Context, as_json, confirm, day, pass_context, progress, show

a_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")


@click.command()
@click.option("--reason", default="by hand", show_default=True, help="Said by `status`, and kept in the journal.")
@pass_context
def pause(context: Context, reason: str) -> None:
    """No letter leaves until `resume`; mail is taken in and worked all the same."""
    if not reason.strip():
        raise UsageError("the reason is empty: leave --reason out, or say something")
    brakes.pause(context.app.system, reason.strip())
    click.echo("paused: no letter leaves; `mailbot resume` lets them leave")


@click.command()
@click.option(
    "--skip-past", is_flag=True, help="What was due before now does not leave: after a restore or long pause."
)
@click.option("--yes", is_flag=True, help="Do not have the number typed.")
@pass_context
def resume(context: Context, skip_past: bool, yes: bool) -> None:
    """Let letters leave again: all that are due, or with --skip-past only what falls due from now on."""
    system = context.app.system
    reason = brakes.paused(system.store)
    click.echo(f"paused: {reason}" if reason else "not paused")
    count = outbox.count_due(system.store.conn, system.now())
    if skip_past and count:
        confirm(count, "letters that are due will not leave", yes)
    done = brakes.resume(system, skip_past) if reason or skip_past else {"due": count}
    if skip_past:
        click.echo(
            f"{done['skipped']} letters were passed over (`mailbot outbox list` shows them), and the reminders "
            f"of {done['reminders']} questions"
        )
    else:
        click.echo(f"{done['due']} letters leave now")


@click.command()
@a_file
@click.option("--since", help="Only questions that something happened to since that day, YYYY-MM-DD.")
@click.option("--files", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write their files there.")
@pass_context
def results(context: Context, file: Path, since: str | None, folder: Path | None) -> None:
    """Write a row a question to FILE (.xlsx, .csv or .json): as sent, the answer that was handed over, the outcome."""
    report = found.write(context.app.system, file, day(since) if since else None, folder)
    for missing in report.missing:
        click.echo(f"warning: {missing}: its bytes are gone", err=True)
    click.echo(f"wrote {report.rows} questions to {file}" + (f", {report.files} files to {folder}" if folder else ""))


@click.command()
@as_json
@pass_context
def verify(context: Context, as_json: bool) -> None:
    """Look whether all that is kept is what was written: journal chain, stored hashes, the database file."""
    findings = keeping.verify(context.app.system)
    looked = ", ".join(f"{count} {what}" for what, count in findings.counts.items())
    show(
        {"faults": findings.faults, "notes": findings.notes, "counts": findings.counts},
        as_json,
        lambda: "\n".join([*findings.notes, *findings.faults, f"looked at {looked}"]),
    )
    if findings.faults:
        raise UsageError(f"{len(findings.faults)} faults: docs/running.md says what to do")


@click.command()
@a_file
@dry_run
@pass_context
def backup(context: Context, file: Path, dry_run: bool) -> None:
    """Copy database and key to FILE and FILE.key, also while `serve` runs."""
    places = _places(context)
    if dry_run:
        size = context.app.system.store.path.stat().st_size
        click.echo(f"would write about {size} bytes to {file}, and the key to {keeping.key_beside(file)}")
        return
    context.app  # noqa: B018  the configuration, database and key can be read
    with progress() as bar:
        task = bar.add_task("backup")
        content = keeping.backup(places, file, lambda done, total: bar.update(task, completed=done, total=total))
    click.echo(f"wrote {file}: {_told(content)}")
    click.echo(f"wrote {keeping.key_beside(file)}: without it no reply address is known; whoever has it can forge them")


@click.command()
@a_file
@dry_run
@click.option("--yes", is_flag=True, help="Do not have the number typed.")
@pass_context
def restore(context: Context, file: Path, dry_run: bool, yes: bool) -> None:
    """Put a backup in the place of today's database, which is kept beside it; no letter leaves until `resume`."""
    places = _places(context)
    with apps.locked(context.config):
        prepared = keeping.prepare(places, file)
        try:
            click.echo(f"{file}: {_told(prepared.content)}")
            click.echo(f"key: {prepared.key or places.key}")
            if dry_run:
                return
            confirm(prepared.content.questions, "questions take the place of today's database", yes)
            for path in keeping.restore(places, prepared):
                click.echo(f"kept {path}")
        finally:
            keeping.discard(prepared)
    click.echo(
        "restored, and paused. Next: mailbot verify, then mailbot status and mailbot outbox list; start mailbot serve; "
        "then mailbot resume --skip-past (what was due before now does not leave) or mailbot resume"
    )


def _places(context: Context) -> Places:
    return Places(context.config.store.path, context.config.store.key_file)


def _told(content: Content) -> str:
    last = f"last event {content.last_at}" if content.last_at else "no event yet"
    return f"{content.questions} questions, {content.letters_due} letters due, {content.mails_new} mails new; {last}"


COMMANDS = (pause, resume, results, verify, backup, restore)
