"""`export-audit`: an attack on releases as a generic document, so that an outside checker can judge it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from analysis.commands._audited import read_attack, read_notices, read_signals
from analysis.commands._errors import Unusable
from analysis.commands._register import register_option
from analysis.commands.audit import insider_option, knowns_option, releases_argument, steady_option
from analysis.disclosure.export import export
from analysis.disclosure.published import published_of
from models.service.atomic import NotWritten, write_whole

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="export-audit")
@releases_argument
@insider_option
@knowns_option
@steady_option
@register_option
@click.option("--signals", type=_FILE, help="Published signals of the board: a JSON list, or one per line.")
@click.option(
    "--notices",
    type=_FILE,
    help="Corrections and withdrawals, as docs/audit-format.md says; or the output of `dashboards releases --json`.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; by default the document is printed.",
)
def command(
    releases: tuple[Path, ...],
    insiders: tuple[str, ...],
    knowns: tuple[Path, ...],
    steady: bool,
    register: Path | None,
    signals: Path | None,
    notices: Path | None,
    output: Path | None,
) -> None:
    """Write everything that is published in RELEASE files, and all that follows from it, as one generic JSON document.

    It lists every cell with its state (hidden cells too), every relation that holds, how figures are made, what follows
    from the rule, and what the releases say besides their cells (docs/audit-format.md). With --insider it also holds
    the agency's own counts, which are exact: keep it inside the agency.
    """
    attack = read_attack(releases, insiders, knowns, steady, register)
    published_signals = read_signals(signals) if signals else []
    published_notices = read_notices(notices) if notices else []
    board = attack.board.shape.board
    if any(signal.board != board for signal in published_signals):
        raise click.UsageError("--signals: some are of another board")
    noted = {notice.release_id for notice in published_notices}
    if noted - {name for release in attack.releases for name in release.names}:
        raise click.UsageError("--notices: some are about releases that are not given")
    published = published_of(attack.sources, published_signals, published_notices)
    document = export(attack.releases, attack.board, attack.knowledge, published)
    text = json.dumps(document, indent=1)
    if output is None:
        click.echo(text)
    else:
        try:
            write_whole(output, text + "\n")
        except NotWritten as problem:
            raise Unusable(str(problem)) from None
