"""What waits: `inbox` and `outbox`, and how to put it back."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import UsageError
from ..service import cases, desk
from ..store import blobs, inbox, outbox
from .common import Context, as_json, lines, pass_context, person, show

WAITS = ("new", "held", "shunted")


@click.group("inbox")
def inbox_() -> None:
    """Mail that is new, held or shunted."""


@inbox_.command("list")
@click.option("--all", "everything", is_flag=True, help="Worked and closed mail as well.")
@as_json
@pass_context
def inbox_list(context: Context, everything: bool, as_json: bool) -> None:
    """One line a message that waits."""
    states = (*WAITS, "done", "closed") if everything else WAITS
    conn = context.app.system.store.conn
    found = [desk.inbox_line(conn, row) for row in inbox.waiting(conn, states)]
    lines(
        found, as_json, lambda m: f"{m['id']:>6} {m['at']} {m['state']:8} {m['from']}: {m['subject']} ({m['reason']})"
    )


@inbox_.command("show")
@click.argument("id")
@as_json
@pass_context
def inbox_show(context: Context, id: str, as_json: bool) -> None:
    """All that is known of one message."""
    row = _row(context, id)
    found = {name: row[name] for name in row.keys()}
    show(found, as_json, lambda: "\n".join(f"{name:16} {value}" for name, value in found.items()))


@inbox_.command("retry")
@click.argument("ids", nargs=-1, required=True)
@pass_context
def inbox_retry(context: Context, ids: tuple[str, ...]) -> None:
    """Put held or shunted messages back to work; its strikes are forgotten."""
    for id in ids:
        row = _row(context, id)
        if row["state"] not in ("held", "shunted"):
            raise UsageError(f"message {row['id']} is {row['state']}: only held or shunted mail is put back")
        with context.app.system.store.tx() as conn:
            inbox.set_state(conn, row["id"], "new")
        click.echo(f"message {row['id']} is new again; `mailbot serve` or `mailbot tick` works it")


@inbox_.command("assign")
@click.argument("id")
@click.argument("ref")
@click.option("--as", "email", help="Whose answer it is, where the sender is not registered at that firm.")
@pass_context
def inbox_assign(context: Context, id: str, ref: str, email: str | None) -> None:
    """File a held message as the answer to question REF."""
    row = _row(context, id)
    writer = person(context.app, email) if email else None
    state = desk.assign(context.app.system, row, ref, writer)
    click.echo(f"message {row['id']} is filed: {ref.upper()} is {state}")


@inbox_.command("export")
@click.argument("id")
@click.argument("place", type=click.Path(path_type=Path))
@click.option("--anonymous/--raw", default=True, help="Other names, addresses, figures and files; --raw keeps them.")
@pass_context
def inbox_export(context: Context, id: str, place: Path, anonymous: bool) -> None:
    """Write a message as a case of the corpus into a folder: its bytes, the letter it answers, what was understood.

    A file, or a name that ends in .eml, gets the bytes alone, as they came.
    """
    row, system = _row(context, id), context.app.system
    if row["erased_at"]:
        raise UsageError(f"message {row['id']}: effacé le {row['erased_at'][:10]}")
    if place.is_file() or (place.suffix == ".eml" and not place.is_dir()):
        place.write_bytes(blobs.get(system.store.conn, row["sha256"]))
        click.echo(f"wrote {place}")
        return
    found = cases.case(system, row, keep=not anonymous)
    place.mkdir(parents=True, exist_ok=True)
    stem = f"{_next_number(place):02}-message"
    for ending, data in found.files.items():
        (place / f"{stem}{ending}").write_bytes(data)
    click.echo(f"wrote {place / stem}{', '.join(found.files)}")
    if not found.alike:
        click.echo("it is not read as the original is: compare both before you keep it", err=True)


def _next_number(folder: Path) -> int:
    """The number that no case of the folder has yet."""
    heads = (path.name.partition("-")[0] for path in folder.iterdir())
    return max((int(head) for head in heads if head.isdecimal()), default=0) + 1


def _row(context: Context, id: str) -> inbox.sqlite3.Row:
    row = inbox.find(context.app.system.store.conn, id)
    if row is None:
        raise UsageError(f"no message {id}: `mailbot inbox list --all` lists them")
    return row


@click.group("outbox")
def outbox_() -> None:
    """Letters that are due, deferred or failed."""


@outbox_.command("list")
@click.option("--all", "everything", is_flag=True, help="Sent letters as well.")
@as_json
@pass_context
def outbox_list(context: Context, everything: bool, as_json: bool) -> None:
    """One line a letter."""
    states = ("due", "deferred", "failed", "bounced", *(("sent",) if everything else ()))
    rows = outbox.listing(context.app.system.store.conn, states)
    names = ("id", "date", "kind", "to_address", "subject", "state", "attempts", "due_at", "reply", "message_id")
    lines(
        [{name: row[name] for name in names} for row in rows],
        as_json,
        lambda r: (
            f"{r['id']:>6} {r['date']} {r['state']:8} {r['kind']:14} {r['to_address']}: {r['subject']} {r['reply']}"
        ),
    )


@outbox_.command("show")
@click.argument("id", type=click.IntRange(1, 2**62))
@click.option("--html", is_flag=True, help="The HTML part instead of the text.")
@pass_context
def outbox_show(context: Context, id: int, html: bool) -> None:
    """A letter as it reads."""
    row = outbox.get(context.app.system.store.conn, id)
    if row is None:
        raise UsageError(f"no letter {id}")
    click.echo(row["html"] if html else f"To: {row['to_address']}\nSubject: {row['subject']}\n\n{row['text']}")


@outbox_.command("retry")
@click.argument("ids", nargs=-1, type=click.IntRange(1, 2**62), required=True)
@pass_context
def outbox_retry(context: Context, ids: tuple[int, ...]) -> None:
    """Make deferred or failed letters due now."""
    system = context.app.system
    for id in ids:
        row = outbox.get(system.store.conn, id)
        if row is None or row["state"] not in ("deferred", "failed"):
            raise UsageError(f"letter {id} is {row['state'] if row else 'unknown'}: only deferred or failed ones")
        with system.store.tx() as conn:
            outbox.retry(conn, id, system.now())
        click.echo(f"letter {id} is due")


COMMANDS = (inbox_, outbox_)
