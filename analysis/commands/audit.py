"""`audit`: attack releases as a motivated intruder would, from published values only."""

from __future__ import annotations

import json
from pathlib import Path

import click

from analysis.commands._audited import is_document, read_attack, read_document, read_json
from analysis.commands._errors import Unusable
from analysis.commands._register import register_option
from analysis.disclosure.audit import Policy, Report, audit
from models.releases.files import releases_among
from models.service.exits import DONE, NOT_ALL, UNUSABLE


def _only_releases(_context: click.Context, _parameter: click.Parameter, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """What stands beside releases in a folder is left out, so that `*.json` may be given."""
    if paths and not releases_among(paths):
        raise click.BadParameter("these files stand beside releases, and none of them is one")
    return releases_among(paths)


releases_argument = click.argument(
    "releases", nargs=-1, required=True, callback=_only_releases,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)  # fmt: skip
insider_option = click.option("--insider", "insiders", multiple=True, help="Attack as this agency.")
knowns_option = click.option(
    "--knowns",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The insider's own counts, from `knowns`; for a generic document: {cell id: count}.",
)
steady_option = click.option(
    "--steady", is_flag=True, help="Assume that nothing was recorded late, so that quarters make up their year exactly."
)


@click.command(name="audit")
@releases_argument
@insider_option
@knowns_option
@steady_option
@register_option
@click.option("--json", "as_json", is_flag=True, help="Print every disclosed group, not only the first few.")
def command(
    releases: tuple[Path, ...],
    insiders: tuple[str, ...],
    knowns: tuple[Path, ...],
    steady: bool,
    register: Path | None,
    as_json: bool,
) -> None:
    """Find every group of children whose size can be proven too closely from RELEASE files together.

    A RELEASE is the output of `protect --json`, a stored release, or a generic audit document (only one file). For each
    cell, and each difference of cells that is a group of children, linear programming finds the least and the greatest
    count that fit everything published. P1: the count must be 1 to 4. P2: it may be 1 to 4, and at most three counts
    are possible. The true counts behind the release are not read.
    """
    policy = Policy()
    first = read_json(releases[0])
    if is_document(first):
        if len(releases) > 1 or insiders or len(knowns) > 1:
            raise click.UsageError("a generic document is audited alone, with at most one --knowns {id: count}")
        extra = {"knowns": {**first.get("knowns", {}), **read_json(knowns[0])}} if knowns else {}
        document = read_document(releases[0], {**first, **extra})
        try:
            system, knowledge, policy = document.problem()
        except ValueError as error:
            raise Unusable(f"{releases[0]}: {error}") from None
    else:
        attack = read_attack(releases, insiders, knowns, steady, register)
        system, knowledge = attack.board.system, attack.knowledge
        policy = Policy()
    report = audit(system, knowledge, policy)
    click.echo(_as_json(report, len(system.cells), policy) if as_json else _as_text(report))
    raise click.exceptions.Exit(UNUSABLE if report.contradictory else DONE if report.safe else NOT_ALL)


def _as_json(report: Report, cells: int, policy: Policy) -> str:
    return json.dumps(
        {
            "attacker": report.attacker,
            "verdict": _verdict(report),
            "cells": cells,
            "targets": report.targets,
            "policy": {"threshold": policy.threshold, "min_width": policy.min_width},
            "failures": [
                {"cell": f.target.cell, "minus": f.target.minus or None, "lo": f.low, "hi": f.high, "rule": f.rule}
                for f in report.failures
            ],
        },
        indent=1,
    )


def _as_text(report: Report) -> str:
    lines = [f"{_verdict(report)}: {len(report.failures)} of {report.targets} groups, attacker: {report.attacker}"]
    for failure in report.failures[:10]:
        group = failure.target.cell + (f" less {failure.target.minus}" if failure.target.minus else "")
        lines.append(f"{failure.rule}: {failure.low} to {failure.high} children: {group}")
    if len(report.failures) > 10:
        lines.append("more with --json")
    return "\n".join(lines)


def _verdict(report: Report) -> str:
    return "contradictory" if report.contradictory else "safe" if report.safe else "disclosed"
