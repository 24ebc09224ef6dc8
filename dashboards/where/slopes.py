"""Two windows of every place as slopes: those that changed by more than error and chance stand out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from dashboards.pictures.slopes import Slope, slopes, undrawn
from dashboards.where.entries import PlaceRow
from dashboards.words import listed, short_quarter
from models.contract.periods import before

FEWEST = 2
"""Lines of a picture: one is quicker read in the table."""


class Slopes(NamedTuple):
    """The picture, and what it leaves out."""

    picture: Markup
    left: str
    """The places without a line, in a sentence; empty if every one has its line."""


def slopes_of(rows: Sequence[PlaceRow], title: str, window: str) -> Slopes | None:
    """The places of a table and the window before; None where these may not be compared, or too few have figures."""
    lines = [
        Slope(
            row.name,
            row.before.text,
            row.shown.text,
            None if row.past is None else row.past.value,
            None if row.cell is None else row.cell.value,
            row.change if row.moved else "",
        )
        for row in rows
        if row.before is not None
    ]
    if sum(one.drawn for one in lines) < FEWEST:
        return None
    names = [one.name for one in undrawn(lines)]
    left = f"No line, because one of the two has no figure: {listed(names)}." if names else ""
    return Slopes(slopes("slopes", title, (short_quarter(before(window)), short_quarter(window)), lines), left)
