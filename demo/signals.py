"""What signals have come, and whether the planted rise is among them: read from SQL, scored against truth.json."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from models.store import SignalRow

OPERATIONAL = ("agency_silent", "refused_format")
FALSE_AT_MOST = 1
"""Chance alone gives less than one signal a year, and the demo covers one year of history."""


@dataclass(frozen=True)
class Score:
    """The signals of a run, counted."""

    by_kind: dict[str, int]
    open: int
    of_the_rise: int
    elsewhere: int
    """About children, and not in the ward of the planted rise."""

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_kind.values())

    @property
    def found(self) -> bool:
        """Whether the rise is a signal, and no more false ones came than the nominal rate allows."""
        return self.of_the_rise > 0 and self.elsewhere <= FALSE_AT_MOST


def score(engine: Engine, truth: Path) -> Score:
    """Count what is in SQL; a signal is of the planted rise if it names its ward and ends after the rise began."""
    planted: dict[str, Any] = json.loads(truth.read_text("utf-8"))["planted"]
    with engine.connect() as connection:
        signals = connection.execute(select(SignalRow.__table__)).all()
    of_rise = [
        row
        for row in signals
        if planted["rise_ward"] in row.areas.split()
        and row.ends_on is not None
        and row.ends_on.isoformat() >= planted["rise_from"]
    ]
    children = [row for row in signals if row.kind not in OPERATIONAL]
    return Score(
        dict(sorted(Counter(row.kind for row in signals).items())),
        sum(row.closed_on is None for row in signals),
        len(of_rise),
        len(children) - len(of_rise),
    )


def silence_has_come(engine: Engine) -> bool:
    """Whether the silent agency's signal, which is published last, is in SQL."""
    with engine.connect() as connection:
        rows = connection.execute(select(SignalRow.signal_id).where(SignalRow.kind == "agency_silent").limit(1))
        return rows.first() is not None
