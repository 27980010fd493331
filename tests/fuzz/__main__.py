"""`make fuzz`: made-up mail for everything that reads mail, ten minutes long. Exit 1 where anything went wrong.

make fuzz ARGS="--seconds 60 --seed 7 --target reply"
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from tests.fuzz import run
from tests.fuzz.targets import TARGETS, corpus


@click.command()
@click.option("--seconds", default=600.0, show_default=True)
@click.option("--seed", type=int, help="The same seed makes the same inputs; else each time others.")
@click.option("--target", "names", multiple=True, type=click.Choice(list(TARGETS)), help="Only this; may be repeated.")
@click.option("--into", default=Path("var/fuzz"), show_default=True, type=click.Path(path_type=Path))
def main(seconds: float, seed: int | None, names: tuple[str, ...], into: Path) -> None:
    """Try what reads mail, keep what goes wrong in the folder --into, and print what was tried."""
    seed = time.time_ns() % 1_000_000 if seed is None else seed
    tallies = run.fuzz(corpus(), seconds, seed, names or tuple(TARGETS))
    findings = [finding for tally in tallies.values() for finding in tally.findings]
    click.echo(f"seed {seed}")
    click.echo(run.table(tallies))
    if findings:
        for path in run.keep(findings, into):
            click.echo(str(path))
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
