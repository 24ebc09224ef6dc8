"""`python -m benchmarks.pages`: fills a store, starts the pages over it and prints how long each takes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmarks.pages.measured import BOARDS, DATABASES, RESULTS, ROUNDS, YEARS, run


@click.command()
@click.option("--boards", default=BOARDS, show_default=True, help="Boards, all of the size of the demo's large one.")
@click.option("--years", default=YEARS, show_default=True, help="Years of releases of each.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="How often each page is asked for after its first.")
@click.option("--database", "databases", type=click.Choice(DATABASES), multiple=True, default=DATABASES)
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS, show_default=True, help="Results file.")
def main(boards: int, years: int, rounds: int, databases: tuple[str, ...], out: Path) -> None:
    """Measure every page of every board, first hits and repeated hits apart.

    Exit 1 when a page or the memory misses its target on a database.
    """
    sys.exit(0 if run(boards, years, rounds, databases, out) else 1)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.pages")
