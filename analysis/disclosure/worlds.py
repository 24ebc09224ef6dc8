"""Children who might exist: ways in which any table of counts can grow and still fit all relations.

If one more child (with one home, one window and those around it, one sector, one indicator or none) is added to a table
that fits, the result fits too. So one solved table yields thousands more without solving. The audit needs them only as
witnesses that the size of a group is not determined.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.cells import ANY, CellKey, Shape
from analysis.disclosure.ladder import Ladder
from models.contract.periods import parts

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]
T = TypeVar("T", bound=Hashable)
_AXES = 6


@dataclass(frozen=True, slots=True)
class _Axis:
    """One dimension of the cells: the value of each cell, and which kinds of children count under each value."""

    code: Ints
    """For each column, the number of its cell's value."""
    counts: Flags
    """Value x kind: whether a child of the kind counts under the value."""


class Worlds:
    """The kinds of children in a system. Its cells are given as (cut-off, key) in the order of its columns."""

    def __init__(
        self, columns: Sequence[tuple[str, CellKey]], shape: Shape, ladder: Ladder, *, sectors_apart: bool = False
    ) -> None:
        """`sectors_apart`: no relation ties a sector's cells to others, so a child may count in one sector only."""
        keys = [key for _, key in columns]
        self._axes = (
            _apart([cut_off for cut_off, _ in columns]),
            _measures([key.measure for key in keys], ladder),
            _homes(keys, shape),
            _windows([key.window for key in keys]),
            (_apart if sectors_apart else _unions)([key.who for key in keys]),
            _unions([key.indicator for key in keys]),
        )
        self._at = tuple(axis.code for axis in self._axes)
        self._values = tuple(axis.counts.shape[0] for axis in self._axes)

    def rises(self, room: Floats, plus: Ints, minus: Ints) -> Floats:
        """How far each `plus` column can rise by adding children of one kind, while its `minus` column stays the same.

        `room` is how far the count of each column may rise. `minus` is -1 if there is none. Zero if no kind fits.
        """
        most = np.full(self._values, np.inf)
        most[self._at] = room
        for number, axis in enumerate(self._axes):
            most = _reduced(most, number, axis.counts.T, np.minimum, np.inf)
        most[~np.isfinite(most)] = 0
        rise = np.zeros(plus.size)
        apart = np.stack([axis.code[plus] != axis.code[minus] for axis in self._axes])
        apart[:, minus < 0] = False
        for number in range(-1, _AXES):
            which = np.flatnonzero(apart[number] if number >= 0 else ~apart.any(axis=0))
            if which.size:
                rise[which] = self._best(most, number, plus[which], minus[which])
        return rise

    def _best(self, most: Floats, apart: int, plus: Ints, minus: Ints) -> Floats:
        """The greatest rise by a kind that counts under `plus` and not under `minus`; these differ in one dimension."""
        at = []
        for number, axis in enumerate(self._axes):
            if number == apart:
                pairs, code = np.unique(np.stack([axis.code[plus], axis.code[minus]]), axis=1, return_inverse=True)
                counts = axis.counts[pairs[0]] & ~axis.counts[pairs[1]]
            else:
                values, code = np.unique(axis.code[plus], return_inverse=True)
                counts = axis.counts[values]
            most = _reduced(most, number, counts, np.maximum, 0.0)
            at.append(code)
        best: Floats = most[tuple(at)]
        return best


def _reduced(array: Floats, axis: int, groups: Flags, by: np.ufunc, empty: float) -> Floats:
    """Reduce each group of positions along an axis to its least or greatest value."""
    if groups.shape[0] == groups.shape[1] and (groups == np.eye(len(groups), dtype=bool)).all():
        return array
    moved = np.moveaxis(array, axis, 0)
    out = np.full((len(groups), *moved.shape[1:]), empty)
    for number, group in enumerate(groups):
        if group.any():
            by.reduce(moved[group], axis=0, out=out[number])
    return np.moveaxis(out, 0, axis)


def _apart(values: Sequence[str]) -> _Axis:
    """An axis on which a child counts under one value only, such as the cut-off by which it was recorded."""
    names, code = _coded(values)
    return _Axis(code, np.eye(len(names), dtype=bool))


def _measures(values: Sequence[str], ladder: Ladder) -> _Axis:
    """The axis of measures: a child counts under one measure, and under those in which it is nested."""
    names, code = _coded(values)
    counts = np.eye(len(names), dtype=bool)
    for _ in ladder.nested:  # repeated, because a chain of nested measures needs one round per step
        for pair in ladder.nested:
            if pair.part in names and pair.whole in names:
                counts[names.index(pair.whole)] |= counts[names.index(pair.part)]
    return _Axis(code, counts)


def _homes(keys: Sequence[CellKey], shape: Shape) -> _Axis:
    """The axis of places: a child counts in its home area, and in every place that contains it."""
    places, code = _coded([key.place for key in keys])
    chains = {tuple(place in shape.chain(leaf) for place in places) for leaf in (*shape.wards, *shape.towns, "ZZ")}
    return _Axis(code, np.array(sorted(chains, reverse=True), dtype=bool).T)


def _windows(values: Sequence[str]) -> _Axis:
    """The axis of windows: a child counts in one narrowest window, and in those that contain it."""
    names, code = _coded(values)
    narrow = [name for name in names if not any(part in names for part in parts(name))]

    def inside(part: str, name: str) -> bool:
        return part == name or any(inside(part, shorter) for shorter in parts(name))

    return _Axis(code, np.array([[inside(part, name) for part in narrow] for name in names]))


def _unions(values: Sequence[str]) -> _Axis:
    """An axis on which a child counts under one part and the total, or only under the total if there are no parts."""
    names, code = _coded(values)
    kinds = [name for name in names if name != ANY] or [ANY]
    return _Axis(code, np.array([[name in (ANY, kind) for kind in kinds] for name in names]))


def _coded(values: Sequence[T]) -> tuple[list[T], Ints]:
    names = list(dict.fromkeys(values))
    codes = {name: number for number, name in enumerate(names)}
    return names, np.array([codes[value] for value in values], dtype=np.intp)
