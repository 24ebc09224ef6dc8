"""All measures of a board and window at once, exact: for analysts, and for the worked examples.

Inside the ledger's boundary only: nothing of this may go to a topic, SQL, a log or a metric.
"""

from __future__ import annotations

from analysis.measures import linkage
from analysis.measures.figures import DateSpan, Figure
from analysis.measures.occurred import Occurred
from analysis.measures.picture import Picture
from analysis.measures.registry import MEASURES, OCCURS, measure_of

FROM_RECORDS: tuple[str, ...] = tuple(of.id for of in MEASURES if of.figures or of.of_records)
"""Every measure that comes from events; M14 comes from the actions table."""


def figures_of(name: str, picture: Picture, window: DateSpan, occurred: Occurred | None = None) -> list[Figure]:
    """One measure's figures; with its bounds and the link rate of every pair where it rests on links.

    Raises `ValueError` for a measure that does not come from events.
    """
    measure = measure_of(name)
    if measure.figures is not None:
        lines = measure.figures(occurred or Occurred(picture, OCCURS), window)
    elif measure.of_records is not None:
        lines = measure.of_records(picture, window)
    else:
        raise ValueError(f"{name} does not come from events")
    if (links := measure.links) is not None:
        bounds = linkage.bounded(picture, window, lines[0], links.exact_part, links.exact_whole, *links.kinds)
        lines = [*lines, bounds, *linkage.figures(picture)]
    return lines


def all_figures(picture: Picture, window: DateSpan) -> dict[str, list[Figure]]:
    """Measure id -> its figures."""
    occurred = Occurred(picture, OCCURS)
    return {name: figures_of(name, picture, window, occurred) for name in FROM_RECORDS}
