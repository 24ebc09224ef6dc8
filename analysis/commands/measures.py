"""`measures`: exact figures for one board and period from a file of events, for inside the boundary only."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from analysis.commands._errors import Unusable
from analysis.commands._events import read_events
from analysis.commands._register import board_of, board_option, register_option
from analysis.measures.exact import FROM_RECORDS, figures_of
from analysis.measures.figures import DateSpan, Figure
from analysis.measures.picture import picture
from analysis.measures.registry import DEFINITIONS
from analysis.measures.setting import BoardSetting
from models.catalogue import CatalogueError, load_catalogue
from models.contract.periods import bounds
from models.service import clock

NAMES = FROM_RECORDS


@click.command(name="measures")
@click.argument("events", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--period", required=True, help="A quarter 2026Q1, a month 2026-01, or a financial year 2025FY.")
@click.option(
    "--measure", "wanted", multiple=True, type=click.Choice(NAMES), help="Only this measure; may be repeated."
)
@click.option(
    "--as-at",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day that the file covers; later follow-up is pending. Default: today.",
)
@click.option(
    "--catalogue",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Directory of indicators-YYYY-MM-DD.yaml files; default: the catalogue that comes with the code.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
@register_option
@board_option
def command(
    events: Path,
    period: str,
    wanted: tuple[str, ...],
    as_at: datetime | None,
    catalogue: Path | None,
    as_json: bool,
    register: Path | None,
    board: str | None,
) -> None:
    """Compute the measures of a board and period from EVENTS (canonical JSON, one per line).

    The output holds EXACT numbers of children. Run it inside the boundary in which the events may be read, and keep its
    output there: it must not go to a topic, a database, a log or a meeting. Figures for others come from releases.
    Newest revisions count; withdrawn events and events without a token do not.
    """
    if register is None:
        raise click.UsageError("give --register: sectors, schedules and populations are needed")
    book, entry = board_of(register, board)
    try:
        window = DateSpan(*bounds(period))
    except ValueError:
        raise click.UsageError("--period: give 2026Q1, 2026-01 or 2025FY") from None
    known_to = as_at.date() if as_at else clock.today()
    try:
        used = load_catalogue(catalogue, window.end) if catalogue else None
    except CatalogueError as error:
        raise Unusable(str(error)) from None
    setting = BoardSetting.of(book, entry, _next(known_to), used)
    current = picture(read_events(events, entry.code).items(), setting)
    figures = {name: figures_of(name, current, window) for name in wanted or NAMES}
    if as_json:
        click.echo(json.dumps(_document(entry.code, period, book.synthetic, figures), indent=1))
        return
    for line in _lines(figures):
        click.echo(line)


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _document(board: str, period: str, synthetic: bool, by_measure: dict[str, list[Figure]]) -> dict[str, Any]:
    titles = {definition.id: definition for definition in DEFINITIONS}
    return {
        "exact": "numbers of children: keep inside the boundary",
        "board": board,
        "period": period,
        "synthetic": synthetic,
        "measures": {
            name: {
                "title": titles[name].title,
                "figures": [figure.json() for figure in figures],
                "cannot_know": [{"why": u.why, "effect": u.effect} for u in titles[name].unknowns],
            }
            for name, figures in by_measure.items()
        },
    }


def _lines(by_measure: dict[str, list[Figure]]) -> list[str]:
    titles = {definition.id: definition.title for definition in DEFINITIONS}
    lines = ["EXACT numbers of children: keep inside the boundary."]
    for name, figures in by_measure.items():
        lines += ["", f"{name.upper()} {titles[name]}"]
        for figure in figures:
            counts = ", ".join(f"{key} {number}" for key, number in figure.counts.items())
            value = "" if figure.value is None else f"  = {figure.value:.3f}"
            between = "" if figure.low is None or figure.high is None else f" ({figure.low:.2f} to {figure.high:.2f})"
            codes = f"  [{', '.join(figure.codes)}]" if figure.codes else ""
            lines.append(f"  {figure.split}/{figure.group}: {counts}{value}{between}{codes}")
    return lines
