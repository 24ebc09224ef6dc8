"""All measures of a board and window at once, exact: for analysts, and for the worked examples.

Inside the ledger's boundary only: nothing of this may go to a topic, SQL, a log or a metric.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from analysis import linkage
from analysis.measures import m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17
from analysis.measures.definition import Definition
from analysis.measures.figures import Figure, Window
from analysis.measures.picture import Picture

Figures = Callable[[Picture, Window], list[Figure]]

DEFINITIONS: tuple[Definition, ...] = tuple(
    module.DEFINITION for module in (m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17)
)
"""M1 to M17, in order."""

FROM_RECORDS: Mapping[str, Figures] = MappingProxyType(
    {
        module.DEFINITION.id: module.figures
        for module in (m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m15, m16, m17)
    }
)
"""Every measure that comes from events; M14 comes from the actions table."""


LINKED: Mapping[str, tuple[str, str, tuple[str, ...]]] = MappingProxyType(
    {
        "m2": ("over_30", "children", ("cse_concern", "indicator_observed", "missing_episode")),
        "m3": ("missed", "children", ("cse_concern", "indicator_observed", "missing_episode", "screening")),
        "m11": ("both", "children", ("cse_concern", "missing_episode")),
    }
)
"""Measures that rest on links: part, whole, and the types of event whose missed links move them."""


def figures_of(name: str, picture: Picture, window: Window) -> list[Figure]:
    """One measure's figures; with its bounds and the link rate of every pair where it rests on links."""
    found = FROM_RECORDS[name](picture, window)
    if name in LINKED:
        part, whole, kinds = LINKED[name]
        found = [*found, linkage.bounded(picture, window, found[0], part, whole, *kinds), *linkage.figures(picture)]
    return found


def all_figures(picture: Picture, window: Window) -> dict[str, list[Figure]]:
    """Measure id -> its figures."""
    return {name: figures_of(name, picture, window) for name in FROM_RECORDS}
