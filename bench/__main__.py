"""Prints the figures: median, minimum and maximum over a few rounds, each in fresh sandboxes."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import tempfile
from pathlib import Path

import click

from bench import incoming, letters, reading
from bench.starts import Starts
from bench.ticks import Ticks

WIDTH = 62


@click.command()
@click.option("--rounds", default=3, show_default=True)
def main(rounds: int) -> None:
    """Print the figures. Needs some 3 GB of room for temporary files."""
    rows: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        ticks, starts = Ticks(Path(folder)), Starts(Path(folder))
        click.echo("databases built", err=True)
        for n in range(rounds):
            for name, value in _round(ticks, starts).items():
                rows.setdefault(name, []).append(value)
            click.echo(f"round {n + 1} of {rounds}", err=True)
    click.echo(f"{machine()}; {rounds} {'round' if rounds == 1 else 'rounds'}")
    click.echo(f"{'':{WIDTH}}{'median':>12}{'min':>12}{'max':>12}")
    for name, values in rows.items():
        click.echo(f"{name:{WIDTH}}{_show(statistics.median(values))}{_show(min(values))}{_show(max(values))}")


def _round(ticks: Ticks, starts: Starts) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        return incoming.figures(here) | letters.figures(here) | reading.figures() | ticks.figures() | starts.figures()


def _show(value: float) -> str:
    return f"{value:12,.0f}" if value >= 1000 else f"{value:12.2f}"


def machine() -> str:
    """What the figures were measured on."""
    names = (line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    model = next(names, platform.machine()).partition(": ")[2] or platform.machine()
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores ({model}), Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


if __name__ == "__main__":
    main()
