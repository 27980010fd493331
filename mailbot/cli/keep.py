"""Keeping it going: pause, resume, results, verify, backup, restore."""

from __future__ import annotations

import click

from ..errors import UsageError
from ..service import brakes
from ..store import outbox
from .common import Context, confirm, pass_context


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
    if reason or skip_past:
        count = brakes.resume(system, skip_past)
    click.echo(
        f"{count} letters " + ("were passed over: `mailbot outbox list` shows them" if skip_past else "leave now")
    )


COMMANDS = (pause, resume)
