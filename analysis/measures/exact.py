"""Exact figures of all measures for one board and window: for analysts, and for the worked examples.

These figures stay inside the ledger's boundary. They must never reach a topic, SQL, a log or a metric.
"""

from __future__ import annotations

from analysis.measures import linkage
from analysis.measures.figures import DateSpan, Figure
from analysis.measures.occurred import Occurred
from analysis.measures.picture import Picture
from analysis.measures.registry import BY_ID, MEASURES, OCCURS

FROM_RECORDS: tuple[str, ...] = tuple(measure.id for measure in MEASURES if measure.figures or measure.of_records)
"""Ids of all measures that are computed from events. M14 is not: it comes from the actions table."""


def figures_of(name: str, picture: Picture, window: DateSpan, occurred: Occurred | None = None) -> list[Figure]:
    """The exact figures of one measure.

    For a measure that depends on links, its bounds under missed links and the link rate of each pair of sectors
    follow. Raises `ValueError` for a measure that is not computed from events.
    """
    measure = BY_ID[name]
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
    """Measure id -> its exact figures, for every measure in `FROM_RECORDS`."""
    occurred = Occurred(picture, OCCURS)
    return {name: figures_of(name, picture, window, occurred) for name in FROM_RECORDS}
