"""Correction notices beside the measures: a figure that is known to be wrong says so wherever it stands."""

from __future__ import annotations

from sqlalchemy import Connection

from analysis.shown.measure import columns_of
from dashboards.exports.document import notice
from dashboards.life.listing import of_board


def notices_of(connection: Connection, board: str, measure: str = "") -> tuple[tuple[str, str], ...]:
    """Window and words of the notices of a board; of one measure, `m7`, those that touch a figure on its page."""
    names = {name for column in columns_of(measure) for name in (column.part, column.whole)} if measure else set()
    return tuple(
        (window, notice(one))
        for window, one in of_board(connection, board)
        if not measure or not one.measure or one.measure in names
    )
