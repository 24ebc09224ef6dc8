"""Which published cells can loosen a disclosed group, and which table is left out when nothing else helps.

Nothing here looks at a count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from analysis.disclosure.cells import ANY, ELSEWHERE, CellKey, Place, Shape
from analysis.disclosure.windows import containing

_DEPTH = {"board": 0, "town": 1, "ward": 2}


class Block(NamedTuple):
    """One table of a release, withheld whole or not at all: the wards of a town, the splits of a town or the board."""

    measure: str
    window: str
    level: str
    parent: str
    """The area that the table is about: of wards, their town; of towns without a split, the board."""
    split: str

    @property
    def coarse(self) -> int:
        """How much a reader loses: the finest tables go first, the board's own totals last of all."""
        return {"ward": 0, "town": 1, "board": 2}[self.level] * 2 + (self.split == ANY)


def block_of(key: CellKey, shape: Shape) -> Block:
    """The table that a cell stands in."""
    chain = shape.chain(key.area) if key.level == "ward" else ()
    split = " x ".join(name for name, value in (("sector", key.who), ("indicator", key.indicator)) if value != ANY)
    own = key.area if key.level == "town" and split else shape.board
    parent = next((area for level, area in chain if level == "town"), own)
    return Block(key.measure, key.window, key.level, parent, split or ANY)


def ancestors(key: CellKey, shape: Shape) -> Iterator[CellKey]:
    """Cells that count this one's children too, nearest first: wider area, any agency, longer window, any kind."""
    seen, todo = {key}, [key]
    while todo:
        one = todo.pop(0)
        for wider in _wider(one, shape):
            if wider not in seen:
                seen.add(wider)
                todo.append(wider)
                yield wider


def _wider(key: CellKey, shape: Shape) -> Iterator[CellKey]:
    for level, area in _parent_places(key, shape):
        yield key._replace(level=level, area=area)
    if key.who != ANY:
        yield key._replace(who=ANY)
    for window in containing(key.window)[1:2]:
        yield key._replace(window=window)
    if key.indicator != ANY:
        yield key._replace(indicator=ANY)


def _parent_places(key: CellKey, shape: Shape) -> Iterator[Place]:
    if key.level == "board":
        return
    places: list[Place] = [("board", shape.board), *(("town", town) for town in shape.towns)]
    for level, area in places:
        if key.place in shape.parts((level, area)):
            yield level, area


def nearest_block(keys: Sequence[CellKey], shown: Collection[CellKey], shape: Shape) -> Block | None:
    """The finest table still shown that has to do with a disclosed group; None when nothing is shown any more."""

    def distance(cell: CellKey) -> tuple[int, ...]:
        return min(
            (
                cell.measure != key.measure,
                cell.window != key.window,
                not _related(cell, key, shape),
                ((cell.who == ANY) != (key.who == ANY)) + ((cell.indicator == ANY) != (key.indicator == ANY)),
                -_DEPTH[cell.level],
            )
            for key in keys
        )

    nearest = min(shown, key=lambda cell: (distance(cell), cell), default=None)
    return None if nearest is None else block_of(nearest, shape)


def _related(cell: CellKey, key: CellKey, shape: Shape) -> bool:
    """Whether one area is, or lies in, the other; a hidden rest stands for the area it is a rest of."""
    if key.area.endswith(ELSEWHERE):
        key = next(ancestors(_plain(key), shape))
    return any(
        a.place == b.place or any(up.place == b.place for up in ancestors(_plain(a), shape))
        for a, b in ((cell, key), (key, cell))
    )


def _plain(key: CellKey) -> CellKey:
    return key._replace(who=ANY, indicator=ANY)
