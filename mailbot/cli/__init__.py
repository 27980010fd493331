"""The command line. `main` is the entry point; each file holds the commands of one kind."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

import click

from .. import __version__, maillog
from ..config import load
from ..errors import MailbotError
from . import act, admin, erase, keep, look, queues
from .common import Context


@click.group()
@click.version_option(__version__, prog_name="mailbot")
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("config.toml"), show_default=True)
@click.option("--log-json", is_flag=True, help="Write the log as JSON, one object a line.")
@click.option("--verbose", is_flag=True, help="Log what commands do, not only warnings.")
@click.pass_context
def cli(context: click.Context, path: Path, log_json: bool, verbose: bool) -> None:
    """mailbot asks an association's questions by ordinary email, and understands the replies."""
    serving = context.invoked_subcommand in ("serve", "demo")
    maillog.start(log_json, level=20 if serving or verbose else 30)
    context.obj = Context(path, lambda: load(path, os.environ))


for command in (*admin.COMMANDS, *look.COMMANDS, *queues.COMMANDS, *act.COMMANDS, *keep.COMMANDS, *erase.COMMANDS):
    cli.add_command(command)


def main() -> None:
    """Run the command line; a refused or failed command ends with one clear line on stderr and exit 1."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except MailbotError as error:
        click.echo(f"mailbot: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    except (sqlite3.DatabaseError, OSError, UnicodeError) as error:
        click.echo(f"mailbot: {type(error).__name__}: {error}", err=True)
        sys.exit(1)
