"""`mechanism`: how far releases, made by the real build on invented boards, move the odds of one fact."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial

import click

from analysis.mechanism import stated
from analysis.mechanism.audit import MechanismReport, audit
from analysis.mechanism.board import AGENCIES, CARE, POLICE
from analysis.mechanism.worlds import KINDS
from models.register.types import SCHEDULES, Schedule
from models.service.exits import DONE, NOT_ALL


@click.command(name="mechanism")
@click.option(
    "--keys", default=100, show_default=True, help="Number of keys under which the worst pair of each kind is built."
)
@click.option("--pads", default=3, show_default=True, help="Known children in every cell of those builds.")
@click.option("--every", is_flag=True, help="Secrets of every agency, invented records of every other; takes minutes.")
@click.option(
    "--schedule", type=click.Choice(list(SCHEDULES)), default="quarters_and_years", show_default=True,
    help="The board's schedule, as in the register (`releases`).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Every attacker and kind as JSON.")
def command(keys: int, pads: int, every: bool, schedule: Schedule, as_json: bool) -> None:
    """Compare worlds that differ by one thing, with the counting and the build that make releases.

    One record, home, link, child or group is recorded in one world and not in the other. The command prints the factor
    by which the odds change in at most 1 of 100 draws of the keys, and whether anything can be published in one world
    and never in the other: for an outsider, for every agency and pair of agencies, and for those that also send
    invented records. The boards are invented; no file is read.
    """
    victims, senders = (tuple(AGENCIES), tuple(AGENCIES)) if every else ((CARE,), (POLICE,))
    progress = partial(click.echo, err=True)
    report = audit(victims, senders, keys, pads, progress, schedule=schedule)
    click.echo(as_document(report) if as_json else as_text(report))
    raise click.exceptions.Exit(DONE if report.held else NOT_ALL)


def as_document(report: MechanismReport) -> str:
    """The report as JSON."""
    lines = [
        {
            "kind": line.kind, "attacker": line.attacker, "worst": line.what, "pairs": line.tried,
            **line.odds._asdict(), "tied": line.tied, "certain_proofs": line.certain,
        }
        for line in report.lines
    ]  # fmt: skip
    trials = [{**asdict(trial), "drawn": trial.drawn._asdict()} for trial in report.trials]
    schedule = report.schedule
    bounds = {kind: {"rho": stated.cost(kind, schedule), "factor": stated.factor(kind, schedule)} for kind in KINDS}
    return json.dumps(
        {
            "schedule": schedule,
            "held": report.held,
            "certain_proofs": report.proofs,
            "bounds": bounds,
            "lines": lines,
            "trials": trials,
        },
        indent=1,
    )


def as_text(report: MechanismReport) -> str:
    """The report as text: the worst pair of each kind, for attackers who only read and for those who also send."""
    out = [f"releases of {report.schedule.replace('_', ' ')}"]
    out += ["the odds of one thing change by more than this in at most 1 of 100 draws of the keys", ""]
    head = f"{'what differs':58} {'cells':>5} {'rho':>7} {'factor':>9} {'middle':>9} {'right':>6} {'stated':>9}"
    out.append(f"{head} {'tied':>6}")
    for sends in (False, True):
        who = [line for line in report.lines if line.attacker.endswith("likes") == sends]
        out.append("who sends records of his choice" if sends else "who reads, and knows all but this")
        for kind in KINDS:
            if of_kind := [line for line in who if line.kind == kind]:
                odds = max(of_kind, key=lambda line: line.odds.rho).odds
                tied = max(line.tied for line in of_kind)
                out.append(
                    f"  {kind:56} {odds.cells:5} {odds.rho:7.2f} {odds.exceeded:9.3g} {odds.median:9.3g}"
                    f" {odds.success:6.1%} {stated.factor(kind, report.schedule):9.3g} {tied:6.2f}"
                )
    names = ("middle", "1 in 100", "above", "limit", "right")
    out += ["", f"{'built under many keys':58} {'keys':>5} {'{:>9} {:>9} {:>5} {:>6} {:>6}'.format(*names)}"]
    for trial in report.trials:
        d = trial.drawn
        out.append(
            f"  {trial.kind:56} {d.keys:5} {d.median:9.3g} {d.quantile:9.3g} {d.above:5} {d.limit:6.1%}"
            f" {d.right / (2 * d.keys):6.1%}" + ("  more than the cells differs" if trial.beside else "")
        )
    attackers = len({line.attacker for line in report.lines})
    out.append("")
    out.append(
        f"{report.proofs} pairs of worlds with a certain proof; {attackers} attackers; bound held: {report.held}"
    )
    return "\n".join(out)
