"""`python -m tests.fuzz`: a hundred thousand hostile messages to the raw topics and the HTTP intake.

Exit 0 when no service stopped, no word of a hostile message came out anywhere, and every valid message among them was
accepted; 1 otherwise; 2 when there is no Java or no jars.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from demo.brokers.apache import ApacheKafka
from demo.brokers.embedded import BrokerMissing
from demo.brokers.jars import class_path, java
from tests.fuzz.run import fuzz_everything


@click.command(help=__doc__)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--raw", type=click.IntRange(1), default=75_000, show_default=True, help="Messages to raw topics.")
@click.option("--http", "over_http", type=click.IntRange(1), default=30_000, show_default=True, help="Over HTTP.")
@click.option("--files", type=click.IntRange(1), default=1000, show_default=True, help="To an agency's own intake.")
def main(seed: int, raw: int, over_http: int, files: int) -> None:
    """See the module."""
    try:
        java(), class_path()
    except BrokerMissing as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    with tempfile.TemporaryDirectory(prefix="ypsem-fuzz-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with ApacheKafka(folder / "kafka") as cluster:
            result = fuzz_everything(folder / "run", cluster.bootstrap, seed, raw, over_http, files, click.echo)
    click.echo(
        f"{result.raw} to raw topics in {result.kinds} ways, {result.http} over HTTP, {result.files} files of "
        f"{result.rows} rows; {result.valid} valid among them"
    )
    click.echo("HTTP answers: " + ", ".join(f"{n} x {status}" for status, n in result.statuses.items()))
    click.echo("answers to files: " + ", ".join(f"{n} x {status}" for status, n in result.file_statuses.items()))
    click.echo(f"{result.shared} event ids were used by more than one agency")
    click.echo(f"{result.opaque_refused} of {result.opaque} events refused for an opaque key or header")
    click.echo(f"{result.surfaces} places searched, each once more with something planted in it")
    click.echo(f"{len(result.problems)} problems in {result.seconds:.0f} s")
    for problem in result.problems:
        click.echo(f"  {problem}")
    sys.exit(1 if result.problems else 0)


if __name__ == "__main__":
    main(prog_name="python -m tests.fuzz")
