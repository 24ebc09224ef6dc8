"""`python -m tests.mutants`: put faults into what decides, and see the tests fail."""

from __future__ import annotations

import sys
from collections import Counter
from math import inf

import click

from tests.mutants import report, worker
from tests.mutants.run import RESULTS, Chosen, Result, TestsFail, forget_survivors, known, results, sample


@click.command()
@click.option("--sample", "size", type=click.IntRange(1), default=1000, show_default=True, help="How many mutants.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which: the same seed and code give the same.")
@click.option("--only", default="", metavar="PATH", help="Only files whose path holds this.")
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True, help="How many at a time.")
@click.option("--list", "listed", is_flag=True, help="Print the mutants and run none.")
@click.option("--report-only", is_flag=True, help="Write docs/mutants.md of what was found, and run none.")
@click.option("--survivors", is_flag=True, help="Run those anew that survived: there is a test for them now.")
@click.option(
    "--budget", type=click.FloatRange(1), default=inf,
    help="Seconds of tests that a mutant meets, the likeliest first; what they do not catch survived.  [default: all]",
)  # fmt: skip
@click.option("--anew", is_flag=True, help="Forget what earlier runs found.")
@click.option("--least", type=click.FloatRange(0, 1), default=0.9, show_default=True, help="Exit 1 below this share.")
def mutants(
    size: int,
    seed: int,
    only: str,
    workers: int,
    listed: bool,
    report_only: bool,
    survivors: bool,
    budget: float,
    anew: bool,
    least: float,
) -> None:
    """Run a sample of mutants and write docs/mutants.md (with --only nothing is written).

    Interrupt it when you like: it writes what it has, and run again it goes on where it was. Exit 0 when enough were
    caught, 1 when not, 2 when the tests fail without a fault.
    """
    chosen = sample(size, seed, only)
    if listed:
        for mutant, _ in chosen:
            click.echo(f"{mutant.id} {mutant.path}:{mutant.line}  {mutant.before!r} -> {mutant.after!r}")
        return
    if anew:
        RESULTS.unlink(missing_ok=True)
    if survivors:
        forget_survivors()
    found = _known(chosen) if report_only else _run(chosen, workers, budget)
    order = {mutant.id: number for number, (mutant, _) in enumerate(chosen)}
    found.sort(key=lambda result: order[result.mutant.id])
    explained = report.explanations()
    if not only:
        report.DOCUMENT.write_text(report.document(found, len(chosen), seed, explained), "utf-8")
    share, verdicts = report.share_killed(found, explained), Counter(result.outcome.verdict for result in found)
    click.echo(f"{len(found)} mutants: {dict(verdicts)}; {share:.1%} of those not explained were caught")
    sys.exit(0 if share >= least else 1)


def _known(chosen: Chosen) -> list[Result]:
    done = known()
    return [Result(mutant, done[mutant.id]) for mutant, _ in chosen if mutant.id in done]


def _run(chosen: Chosen, workers: int, budget: float) -> list[Result]:
    worker.preload()
    found: list[Result] = []
    try:
        for result in results(chosen, workers, click.echo, budget=budget):
            found.append(result)
            if result.outcome.verdict == "survived":
                mutant = result.mutant
                click.echo(f"{mutant.id} {mutant.path}:{mutant.line}  {mutant.before!r} -> {mutant.after!r}")
    except TestsFail as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("interrupted: what is known so far is kept", err=True)
    return found


if __name__ == "__main__":
    mutants()
