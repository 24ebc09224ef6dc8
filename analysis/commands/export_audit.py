"""`export-audit`: the same attack as a generic document, so that an outside checker can judge it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from analysis.commands._audited import read_attack
from analysis.commands._errors import Unusable
from analysis.commands._register import register_option
from analysis.commands.audit import insider_option, knowns_option, releases_argument, steady_option
from analysis.disclosure.export import export
from models.contract.atomic import NotWritten, write_whole


@click.command(name="export-audit")
@releases_argument
@insider_option
@knowns_option
@steady_option
@register_option
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; else printed.")
def command(
    releases: tuple[Path, ...],
    insiders: tuple[str, ...],
    knowns: tuple[Path, ...],
    steady: bool,
    register: Path | None,
    output: Path | None,
) -> None:
    """Write what an attacker can write down about RELEASE files as one generic JSON document.

    It lists every cell (published: rounded, band or withheld; hidden: none), every relation (sum, union, subset),
    how dimensions nest, and with --insider the agency's own counts. It then holds exact counts: keep it inside.
    """
    attack = read_attack(releases, insiders, knowns, steady, register)
    text = json.dumps(export(attack.releases, attack.board, attack.knowledge), indent=1)
    if output is None:
        click.echo(text)
    else:
        try:
            write_whole(output, text + "\n")
        except NotWritten as problem:
            raise Unusable(str(problem)) from None
