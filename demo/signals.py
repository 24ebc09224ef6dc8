"""The signals of each board, read from SQL, and whether the planted rise and the silent agency are among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine, select

from demo.planted import Planted
from models.register import Board
from models.store import SignalRow

SILENT = "agency_silent"
OPERATIONAL = (SILENT, "refused_format")
FALSE_AT_MOST = 1
"""Chance alone gives less than one signal a year, and the demo covers one year of history."""


@dataclass(frozen=True)
class Score:
    """The signals of a board, counted."""

    by_kind: dict[str, int]
    open: int
    of_the_rise: int
    elsewhere: int
    """About children, and not of the planted rise."""
    silent: frozenset[str]
    """Agencies with a signal that they have gone silent."""

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_kind.values())

    @property
    def few_false(self) -> bool:
        """Whether no more false ones came than the nominal rate allows."""
        return self.elsewhere <= FALSE_AT_MOST

    @property
    def found(self) -> bool:
        """Whether the rise is a signal, and no more false ones came than the nominal rate allows."""
        return self.of_the_rise > 0 and self.few_false


def score(engine: Engine, board: Board, planted: Planted) -> Score:
    """Count a board's in SQL.

    A signal is of the planted rise if it names the ward or a place that holds it, its town or the board, and if its
    weeks and those of the rise overlap.
    """
    with engine.connect() as connection:
        signals = connection.execute(select(SignalRow.__table__).where(SignalRow.board == board.code)).all()
    towns = {ward.town for ward in board.wards if ward.code == planted["rise_ward"]}
    places = {planted["rise_ward"], board.code, *towns}
    of_rise = [
        row
        for row in signals
        if not places.isdisjoint(row.areas.split())
        and row.ends_on is not None
        and row.ends_on.isoformat() >= planted["rise_from"]
        and row.starts_on.isoformat() <= planted["rise_to"]
    ]
    children = [row for row in signals if row.kind not in OPERATIONAL]
    return Score(
        dict(sorted(Counter(row.kind for row in signals).items())),
        sum(row.closed_on is None for row in signals),
        len(of_rise),
        len(children) - len(of_rise),
        frozenset(row.agency for row in signals if row.kind == SILENT),
    )


def silence_has_come(engine: Engine, boards: Collection[str]) -> bool:
    """Whether each board's signal of a silent agency, which is published last, is in SQL."""
    with engine.connect() as connection:
        rows = connection.execute(select(SignalRow.board).where(SignalRow.kind == SILENT).distinct())
        return set(rows.scalars()) >= set(boards)
