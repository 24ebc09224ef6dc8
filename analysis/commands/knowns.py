"""`knowns`: what an agency can count by itself, so that releases can be attacked as that agency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from analysis.commands._events import read_events
from analysis.commands._register import board_of, board_option, register_option, shape_of
from analysis.commands.protect import LadderType
from analysis.disclosure.insiders import Insiders
from analysis.disclosure.knowns import known_by, knowns_of
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from analysis.measures.children import view
from analysis.measures.history import Rules
from analysis.release import day_of
from models.service import clock


@click.command(name="knowns")
@click.argument("events", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", required=True, help="Register id; only its own EVENTS are counted. A+B: two that pool.")
@click.option(
    "--sees",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Events of other agencies that it sees, in the same form. The register says what it learns from them.",
)
@click.option("--cut-off", help="The cut-off of the release, as in its file. Events published later do not count.")
@click.option(
    "--ladder", type=LadderType(), default=str(max(LADDERS)), show_default=True, help="Ladder version of the releases."
)
@register_option
@board_option
def command(
    events: Path,
    agency: str,
    sees: tuple[Path, ...],
    cut_off: str | None,
    ladder: Ladder,
    register: Path | None,
    board: str | None,
) -> None:
    """Count an agency's own children at every level of the ladder, from its EVENTS (canonical JSON, one per line).

    The output holds exact counts: run this inside the agency's boundary and keep it there. It is the input of
    `audit --insider A --knowns FILE`. Newest revisions count; events without a token do not. An agency that
    interviewed, screened or responded knows the child and the outcome. An agency that shares a case system (by the
    register) knows the records in it, if those events are given by --sees.
    """
    if register is None:
        raise click.UsageError("give --register: areas and sectors are needed")
    shape = shape_of(register, board)
    members = frozenset(agency.split("+"))
    if not members <= shape.sector_of.keys():
        raise click.UsageError("--agency: not registered for this board")
    read, entry = board_of(register, board)
    insiders = Insiders.of(read, entry)
    rows = {name: row for name, row in read_events(events, shape.board).items() if row.agency in members}
    for path in sees:
        rows = {**read_events(path, shape.board), **rows}
    shared = {other for member in members for other in insiders.shares.get(member, ())} - members
    board_view = view(rows.items(), _milliseconds(cut_off), shape.sector_of)
    counted = known_by(
        board_view,
        shape,
        Rules.of(read, entry, _day(cut_off, [a.returns_from for a in read.agencies_of(entry.code)])),
        ladder,
        insiders,
    )
    known = knowns_of(counted, agency, shared & {row.agency for row in rows.values()})
    click.echo(known.model_copy(update={"cut_off": cut_off}).model_dump_json())


def _moment(cut_off: str) -> datetime:
    try:
        moment = datetime.fromisoformat(cut_off)
    except ValueError:
        raise click.UsageError("--cut-off: give it as in the release, such as 2025-07-29T00:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _milliseconds(cut_off: str | None) -> int | None:
    return None if cut_off is None else int(_moment(cut_off).timestamp() * 1000)


def _day(cut_off: str | None, owed_from: Sequence[date]) -> date:
    """The day by which the look-back of measures is judged.

    Without a cut-off, releases of several are meant, each judged at its own. By then the records of its windows were
    kept, so only the day on which records began counts.
    """
    if cut_off is not None:
        return day_of(_moment(cut_off))
    return min(owed_from, default=clock.today())
