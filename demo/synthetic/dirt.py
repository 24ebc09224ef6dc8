"""Dirty lines and duplicates, added to honest exports: each says what it is, so that refusals can be checked exactly.

A line to be refused is a copy of an honest one under a new reference with one cell broken, so the truth about children
does not depend on it. Mistyped NHS numbers are put into honest lines: those events go out, without that token.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from demo.synthetic.identity import broken_nhs_number
from demo.synthetic.table import Cell, ExportFile, ExportLine

BAD_DAY = "31/02/2025"
MONTH_FIRST = "03/25/2025"
UNKNOWN_WARD = "No Such Ward"


@dataclass(frozen=True, slots=True)
class Dirt:
    """One kind of dirt in one column: `value` is the broken cell, or makes it from the honest one."""

    kind: str
    column: str
    value: Cell | Callable[[Cell], Cell]
    lines: int = 2
    in_place: bool = False
    """Break an honest line, which is still published."""


def bad_nhs(column: str = "NHS Number", lines: int = 2) -> Dirt:
    """A typed-in NHS number with a bad check digit."""
    return Dirt("nhs-check-digit", column, lambda cell: broken_nhs_number(str(cell)), lines, in_place=True)


def soil(rng: random.Random, file: ExportFile, plan: Iterable[Dirt], duplicates: int) -> None:
    """Add dirty lines of each kind and exact duplicates of honest lines, at random places, in place."""
    honest = list(file.lines)
    added = 0
    for dirt in plan:
        column = file.column(dirt.column)
        usable = [line for line in honest if line.cells[column] not in ("", None)]
        for _ in range(min(dirt.lines, len(usable))):
            added += 1
            if dirt.in_place:
                broken = usable.pop(rng.randrange(len(usable)))
                broken.cells[column] = _value(dirt, broken.cells[column])
                broken.planted = dirt.kind
                continue
            _insert(rng, file, _dirty(rng, file, rng.choice(usable), dirt, column, added))
    clean = [line for line in honest if line.planted is None]
    for line in rng.sample(clean, min(duplicates, len(clean))):
        first = file.lines.index(line)
        copy = ExportLine(list(line.cells), line.day, (), "duplicate")
        file.lines.insert(rng.randint(first + 1, len(file.lines)), copy)


def _dirty(rng: random.Random, file: ExportFile, line: ExportLine, dirt: Dirt, column: int, added: int) -> ExportLine:
    cells = list(line.cells)
    if file.reference is not None:
        cells[file.column(file.reference)] = f"{cells[file.column(file.reference)]}-X{added}"
    cells[column] = _value(dirt, cells[column])
    return replace(line, cells=cells, events=(), planted=dirt.kind)


def _value(dirt: Dirt, cell: Cell) -> Cell:
    return dirt.value(cell) if callable(dirt.value) else dirt.value


def _insert(rng: random.Random, file: ExportFile, line: ExportLine) -> None:
    file.lines.insert(rng.randint(0, len(file.lines)), line)
