"""`knowns`: what an agency can count by itself, so that releases can be attacked as that agency would."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.commands._events import read_events
from analysis.commands._register import board_of, board_option, register_option, shape_of
from analysis.disclosure.counting import attribute, tally
from analysis.disclosure.facts import facts_of, homes_of
from analysis.disclosure.knowns import knowns_of
from analysis.measures.children import view
from analysis.measures.history import Rules


@click.command(name="knowns")
@click.argument("events", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", required=True, help="Register id; only its events are counted.")
@click.option("--cut-off", help="The release cut-off the counts are for, as printed in the release file.")
@register_option
@board_option
def command(events: Path, agency: str, cut_off: str | None, register: Path | None, board: str | None) -> None:
    """Count an agency's own children at every level of the ladder, from its EVENTS (canonical JSON, one a line).

    The output holds exact counts: run this inside the agency's boundary and keep it there. It is what
    `audit --insider A --knowns FILE` takes. Newest revisions count; events without a token count nowhere.
    """
    if register is None:
        raise click.UsageError("give --register: areas and sectors are needed")
    shape = shape_of(register, board)
    if agency not in shape.sector_of:
        raise click.UsageError("--agency: not registered for this board")
    _, entry = board_of(register, board)
    rows = read_events(events, shape.board, agency)
    seen = view(rows.items(), None)
    counted = tally(attribute(facts_of(seen, Rules.of(entry)), shape, homes_of(seen, shape)), shape)
    known = knowns_of(counted, agency).model_copy(update={"cut_off": cut_off})
    click.echo(known.model_dump_json())
