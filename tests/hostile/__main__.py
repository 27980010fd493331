"""`make hostile`: plays all cases, or the groups that are named, and prints a table.

Exit 1 where a group, or a request to the pages, is not as it should be.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from tests.hostile import run, web
from tests.hostile.test_hostile import short
from tests.hostile.world import world


@click.command()
@click.argument("groups", nargs=-1, type=click.Choice([*run.ORDER, "pages"]))
@click.option("--case", "names", multiple=True, help="Only this case; may be repeated.")
@click.option("--slow", is_flag=True, help="A byte every 20 seconds as it is, for five minutes, not 50 times as fast.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a case, before the table.")
def main(groups: tuple[str, ...], names: tuple[str, ...], slow: bool, as_json: bool) -> None:
    """Play the hostile cases of GROUPS (default: all) against a running service."""
    found = run.manifest()
    cases = run.chosen(found["cases"], groups or run.ORDER)
    cases = [case for case in cases if not names or case["name"] in names]
    results = []
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), found) as made:
        for result in run.play(made, cases, slow):
            results.append(result)
            if as_json:
                click.echo(json.dumps(asdict(result), ensure_ascii=False))
        pages = dict(web.play(made)) if "pages" in groups or not (groups or names) else {}
    click.echo(run.failures(results))
    click.echo("".join(f"pages       {name:30} {why}\n" for name, why in pages.items() if why), nl=False)
    click.echo(run.table(results))
    if pages:
        click.echo(f"pages: {len(pages)} requests, {sum(not why for why in pages.values())} all right")
    sys.exit(bool(any(r.unsafe for r in results) or short(results) or any(pages.values())))


if __name__ == "__main__":
    main()
