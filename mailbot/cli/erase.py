"""Handing out and erasing: export, purge, forget."""

from __future__ import annotations

from pathlib import Path

import click

from .. import app as apps
from ..domain.model import Role
from ..errors import AlreadyRunning, UsageError
from ..service.keeping import erasing, evidence, forgetting
from ..service.keeping.erasing import Done, Who
from ..store import dossiers, retention
from ..store.erasing import settle
from .common import Context, as_json, confirm, day, pass_context, person, progress, show

REMAINS = (
    "Backups that were made before, exports, and databases that were moved aside (mailbot.db.before-…) still hold it: "
    "delete them when their own time has come"
)
dry_run = click.option("--dry-run", is_flag=True, help="Say what would go, and erase nothing.")
yes_ = click.option("--yes", is_flag=True, help="Do not have the number typed.")
by_ = click.option(
    "--by", "email", help="The member of staff who decided it; the journal keeps it with your user name."
)


@click.command()
@click.argument("ref")
@click.option(
    "--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="An empty folder."
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


@click.command()
@click.option("--before", "since", help="Dossiers to which nothing happened since that day, YYYY-MM-DD.")
@dry_run
@yes_
@by_
@click.option("--reason", default="durée de conservation", show_default=True, help="Kept in the journal: no names.")
@as_json
@pass_context
def purge(
    context: Context, since: str | None, dry_run: bool, yes: bool, email: str | None, reason: str, as_json: bool
) -> None:
    """Erase closed dossiers to which nothing happened since a day; without --before, all that [retention] says."""
    system = context.app.system
    who = _who(context, email, reason)
    limits = erasing.before(system, day(since) if since else None)
    found = erasing.plan(system, limits)
    refs = sorted({one.ref for one in found.dossiers})
    show({**found.told(), "refs": refs}, as_json, lambda: _counts(found.told(), refs))
    if since and found.dossiers:
        _warn_of_young(context, found.dossiers)
    if dry_run:
        return
    if found.things:
        confirm(found.things, "dossiers, mails, letters and traces are erased for good", yes)
    with progress() as bar:
        task = bar.add_task("purge", total=len(found.dossiers))
        done = erasing.purge(system, found, limits, who, lambda: bar.advance(task))
    _end(context, done, as_json)


def _counts(counts: dict[str, int], refs: list[str]) -> str:
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing is due"
    return said + (f"\n{' '.join(refs[:20])}{' …' if len(refs) > 20 else ''}" if refs else "")


def _warn_of_young(context: Context, found: list[retention.Due]) -> None:
    """Younger than [retention] says: the operator may have his reasons, and should know."""
    system = context.app.system
    limit = erasing.before(system, None).dossiers
    young = sum(one.last_at >= limit.astimezone(system.now().tzinfo).strftime("%Y-%m-%dT%H:%M:%SZ") for one in found)
    if young:
        years = system.policy.retention.dossiers_years
        click.echo(f"warning: {young} of them are younger than [retention] dossiers_years = {years}", err=True)


@click.command()
@click.argument("who")
@click.option("--keep-evidence", "keep", is_flag=True, help="Answers and other people's mails stay, without the name.")
@dry_run
@yes_
@by_
@click.option("--reason", default="demande d'effacement", show_default=True, help="Kept in the journal: no names.")
@as_json
@pass_context
def forget(
    context: Context, who: str, keep: bool, dry_run: bool, yes: bool, email: str | None, reason: str, as_json: bool
) -> None:
    """Erase a person: WHO is an address; or the reference of a closed dossier, whose member asks for it."""
    deciding = _who(context, email, reason)
    if "@" in who:
        _forget_person(context, who, keep, dry_run, yes, deciding, as_json)
    else:
        _forget_dossier(context, who, dry_run, yes, deciding, as_json)


def _forget_person(context: Context, email: str, keep: bool, dry_run: bool, yes: bool, who: Who, as_json: bool) -> None:
    system = context.app.system
    found = forgetting.find(system, email)
    counts = found.told(keep)
    show({**counts, "retained": found.retained}, as_json, lambda: _counts(counts, []))
    if found.retained and not keep:
        click.echo(
            f"his answers in {len(found.retained)} dossiers go ({', '.join(found.retained[:10])}), their hashes stay: "
            "`mailbot export` them first where they must be kept, or add --keep-evidence",
            err=True,
        )
    if found.subject.homonym:
        click.echo("his name is short, or somebody else bears it: texts are searched for his address only", err=True)
    if dry_run:
        return
    if found.subject.person_id or any(counts.values()):
        confirm(sum(counts.values()) + 1, "people, letters, mails and answers are erased for good", yes)
        done = forgetting.forget(system, found, who, keep)
        if not as_json:
            click.echo(f"{found.subject.addresses[0]} is now « {found.subject.label} »")
    else:
        done = Done()
        erasing.end(system, done)
    _end(context, done, as_json)


def _forget_dossier(context: Context, ref: str, dry_run: bool, yes: bool, who: Who, as_json: bool) -> None:
    system = context.app.system
    id = dossiers.id_of(system.store.conn, ref)
    if id is None:
        raise UsageError(f"nobody and no dossier is known as {ref}")
    open_ = retention.open_questions(system.store.conn, id)
    if open_:
        raise UsageError(f"{ref}: {', '.join(open_[:10])} are open: have them treated or withdrawn first")
    parts = retention.parts_of(system.store.conn, id)
    counts = {"years": len(parts), "questions": sum(one.questions for one in parts)}
    show(counts, as_json, lambda: _counts(counts, []))
    if dry_run:
        return
    confirm(max(1, counts["questions"]), "questions with all that was answered are erased for good", yes)
    done = Done()
    erasing.whole(system, id, who, done)
    erasing.end(system, done)
    _end(context, done, as_json)


def _who(context: Context, email: str | None, reason: str) -> Who:
    if not reason.strip():
        raise UsageError("the reason is empty: leave --reason out, or say something")
    by = person(context.app, email) if email else None
    if by and by.role is not Role.STAFF:
        raise UsageError(f"{email} is no member of staff")
    return Who(reason.strip(), by)


def _end(context: Context, done: Done, as_json: bool) -> None:
    """Overwrite what the file may still hold, and say what was done."""
    store = context.app.system.store
    try:
        with apps.locked(context.config):
            emptied, anew = settle(store, alone=True)
    except AlreadyRunning:
        emptied, anew = settle(store, alone=False)
    said = f"erased: {done.dossiers} dossier years, {done.mails} mails, {done.letters} letters"
    lines = [said]
    if done.shared:
        lines.append(f"{done.shared} mails also speak of other dossiers: they go with the last of them")
    if done.left:
        lines.append(f"{done.left} dossiers were left alone: something happened to them meanwhile")
    if not anew:
        lines.append(
            "the file is large and `serve` runs: stop it and type `mailbot purge --before 2000-01-01 --yes` once,"
        )
        lines.append("so that nothing stays in its free pages")
    if not emptied:
        lines.append("somebody reads the database: its log is emptied at the next purge, or when `serve` ends")
    click.echo("\n".join([*lines, REMAINS]), err=as_json)


COMMANDS = (export, purge, forget)
