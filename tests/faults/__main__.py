"""`python -m tests.faults`: injects every fault into the real services and prints what happened to the events.

Exit 0 if every fault was really injected and lost and doubled nothing; 2 if nothing could be run; 1 otherwise. No
fault is left out to save time: the last line says how long it took, and whether that is over the target.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import click

from demo.brokers.embedded import BrokerMissing
from demo.brokers.jars import class_path, java
from tests.faults.families import all_faults
from tests.faults.runner import TARGET, run_faults, table, took
from tests.support.postgres import PostgresMissing, program


@click.command(help=__doc__)
@click.option("--only", multiple=True, metavar="NAME", help="Only faults whose name holds this; may be given again.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of loads and of the points to strike at.")
@click.option("--times", type=click.IntRange(1), help="Inject each fault so many times.")
@click.option("--quick", is_flag=True, help="Each fault once or twice, with smaller loads.")
@click.option("--target", type=float, default=TARGET, show_default=True,
              help="Seconds to end in; a run that is behind makes its loads smaller.")  # fmt: skip
@click.option("--keep", type=click.Path(path_type=Path), help="Keep logs and data in this new folder.")
@click.option("--table", "path", type=click.Path(path_type=Path), default=Path("var/faults/table.txt"),
              show_default=True, help="Where the table is written, line by line as it grows.")  # fmt: skip
@click.option("--list", "list_", is_flag=True, help="List the faults.")
def main(only: tuple[str, ...], seed: int, times: int | None, quick: bool, target: float, keep: Path | None,
         path: Path, list_: bool) -> None:  # fmt: skip
    """See the module."""
    chosen = [fault for fault in all_faults() if not only or any(part in fault.name for part in only)]
    if times is not None:
        chosen = [replace(fault, times=times) for fault in chosen]
    if list_:
        for fault in chosen:
            click.echo(f"{fault.name:<44} {fault.times:>3} times   runbook: {fault.chapter}")
        return
    try:
        java(), class_path(), program("postgres")
    except (BrokerMissing, PostgresMissing) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    path.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with (
        path.open("w") as file,
        tempfile.TemporaryDirectory(prefix="ypsem-faults-", ignore_cleanup_errors=True) as name,
    ):

        def say(text: str) -> None:
            for where in (sys.stdout, file):
                click.echo(text, where)
                where.flush()

        say(f"{len(chosen)} faults, seed {seed}{', quick' if quick else ''}; {os.cpu_count()} cores, load {_load()}")
        rows = run_faults(chosen, keep or Path(name), seed, say, quick=quick, target=target)
        say(f"\n{table(rows)}\n{took(time.monotonic() - began, target)}; load {_load()}")
    bad = [row for row in rows if not (row.good or row.not_run)]
    sys.exit(1 if bad or not rows or all(row.not_run for row in rows) else 0)


def _load() -> str:
    """The machine's load averages: recovery takes longer while others work on it."""
    return " ".join(f"{number:.1f}" for number in os.getloadavg())


if __name__ == "__main__":
    main(prog_name="python -m tests.faults")
