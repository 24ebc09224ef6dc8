"""Correction notices for the measures pages: a figure known to be wrong is marked wherever it is shown."""

from __future__ import annotations

from sqlalchemy import Connection

from analysis.shown.measure import columns_of
from dashboards.exports.document import notice
from dashboards.life.listing import of_board


def notices_of(connection: Connection, board: str, measure: str = "") -> tuple[tuple[str, str], ...]:
    """Window and words of a board's notices; given a measure, `m7`, only those on figures of its page."""
    names = {name for column in columns_of(measure) for name in (column.part, column.whole)} if measure else set()
    return tuple(
        (window, notice(correction))
        for window, correction in of_board(connection, board)
        if not measure or not correction.measure or correction.measure in names
    )
