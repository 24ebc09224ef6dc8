"""`knowns`: what an agency can count by itself, so that releases can be attacked as that agency would."""

from __future__ import annotations

from pathlib import Path

import click
from pydantic import ValidationError

from analysis.commands._errors import Unusable
from analysis.commands._register import board_of, board_option, register_option, shape_of
from analysis.disclosure.counting import tally
from analysis.disclosure.facts import facts_of
from analysis.disclosure.knowns import knowns_of
from analysis.ledger.row import Record, Row, fold
from models.contract.events import EVENT, short_name
from models.contract.refusals import from_validation


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
    rows = _rows(events, agency, shape.board)
    counted = tally(facts_of(rows.items(), entry.repeat_missing), shape)
    known = knowns_of(counted, agency).model_copy(update={"cut_off": cut_off})
    click.echo(known.model_dump_json())


def _rows(events: Path, agency: str, board: str) -> dict[str, Row]:
    """Newest revisions of the agency's events for the board."""
    rows: dict[str, Row] = {}
    try:
        with events.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    event = EVENT.validate_json(line)
                except ValidationError as error:
                    refusal = from_validation(error, limit=1)[0]
                    raise Unusable(f"{events}, line {number}: {refusal.rule} at {refusal.path}") from None
                data = event.data
                if data.agency != agency or data.board != board:
                    continue
                content = data.model_dump(mode="json", exclude_none=True)
                record = Record(data.event_id, data.revision, short_name(event.type), content, 0, number, 0)
                rows[data.event_id] = fold(rows.get(data.event_id), record)
    except OSError as error:
        raise Unusable(f"{events}: not readable ({type(error).__name__})") from None
    return rows
