"""`python -m benchmarks [NAME…]`: runs the benchmarks and prints one table of ratios."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

import click

from benchmarks import measures, pipeline, release
from benchmarks.hotspots import timing
from benchmarks.measure import Result, save
from benchmarks.pages import measured as pages

DEFAULT = Path("var/bench/results.json")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--events", default=60_000, show_default=True, help="Events in the pipeline's load.")
@click.option("--rounds", default=2, show_default=True, help="A/B pairs; medians are shown.")
@click.option("--out", type=click.Path(path_type=Path), default=DEFAULT, show_default=True, help="Results file.")
def main(events: int, rounds: int, out: Path) -> None:
    """Measure against peers in the same run: answers are checked before any time is printed.

    Exit 1 when the durable pipeline is under three times naive Faust, or a release, a hotspot method or a page misses
    its target.
    """
    quick = pages.run()
    hotspots = timing.run(lambda text: click.echo(text, err=True))
    releases = release.run(rounds, lambda text: click.echo(text, err=True))
    results = pipeline.run(events, rounds, lambda text: click.echo(text, err=True))
    save(out, [*results, *releases], {"load": f"{events} synthetic events, real Apache Kafka, one worker"})
    ratio = show(results)
    fast = release.show(releases)
    click.echo(f"\nmeasures as history grows (docs/adr/0012)\n{measures.table()}")
    click.echo("\n" + "\n".join(timing.table(hotspots)))
    click.echo(f"\nresults in {out}")
    sys.exit(0 if ratio >= 3 and fast and quick and all(hotspot.met for hotspot in hotspots) else 1)


def show(results: list[Result]) -> float:
    """Print the table; returns durable over naive, events per CPU-second."""
    medians = {
        variant: statistics.median(r.per_cpu_second for r in results if r.variant == variant)
        for variant in dict.fromkeys(r.variant for r in results)
    }
    naive = medians["naive Faust"]
    click.echo(f"{'pipeline':34} {'events per CPU-second':>22} {'vs naive':>9}   rounds")
    for variant, median in medians.items():
        rounds = ", ".join(f"{r.per_cpu_second:,.0f}" for r in results if r.variant == variant)
        click.echo(f"{variant:34} {median:22,.0f} {median / naive:8.1f}x   {rounds}")
    return medians["durable pipeline"] / naive


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
