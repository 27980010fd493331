"""Handing out and erasing: export, purge, forget."""

from __future__ import annotations

from pathlib import Path

import click

from ..service import evidence
from .common import Context, pass_context


@click.command()
@click.argument("ref")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="An empty folder, or a new one.",
)
@pass_context
def export(context: Context, ref: str, folder: Path) -> None:
    """The evidence file of dossier REF: letters, replies, files, decisions, hashes, an index. Nothing of others."""
    done = evidence.export(context.app.system, ref, folder)
    click.echo(
        f"wrote {done.files} files to {folder}: {done.questions} questions, {done.letters} letters, {done.mails} mails"
    )
    if done.shared:
        click.echo(f"{done.shared} letters and mails speak of other dossiers too: named in the index, not handed out")
    if done.gone:
        click.echo(f"{done.gone} were erased, or cannot be written again: the index says which")


COMMANDS = (export,)
