"""The board's main figures over time, as pictures."""

from __future__ import annotations

from markupsafe import Markup

from dashboards.measures.finding import pictures
from dashboards.measures.known import Known

MAIN = ("m1", "m9", "m10")
"""The measures whose first figure is drawn: concerns, missing, repeat missing."""


def trends(known: Known) -> tuple[tuple[str, str, Markup], ...]:
    """Measure, title and picture of each main figure over the board's shorter windows; none for fewer than three."""
    windows = known.windows[known.board.windows[0]]
    drawn = []
    for measure in MAIN:
        table, _ = known.tables(measure, windows)
        if not table.columns:
            continue
        for title, picture in pictures(known.board, f"{measure}-trend", table, known.absent(windows).get)[:1]:
            drawn.append((measure, title, picture))
    return tuple(drawn)
