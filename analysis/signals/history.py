"""The signals of a board on one day, or over the weeks of history that it was loaded with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from analysis.signals.alarms import REPLICATES, Nulls
from analysis.signals.evidence import Evidence
from analysis.signals.gate import finest, verdict
from analysis.signals.life import Life, lived
from analysis.signals.places import Places
from models.signals import ChildKind

WEEKS = 52
"""How far back history is looked at, once a week."""
_CACHED_WEEKS = 4
_REPLICATES = 199
"""For history, where a year is looked at at once; enough for the two moments of a Gumbel distribution."""


def publication_days(today: date, published: date | None, history: bool) -> list[date]:
    """The days to be judged now, the last of them today; none when today has been already.

    While history is loaded: every week of the last year. Later: today alone, whatever days were missed.
    """
    weeks = range(WEEKS, -1, -1) if history else range(1)
    days = [today - timedelta(days=7 * back) for back in weeks]
    return [day for day in days if published is None or day > published]


def lives_after(lives: Iterable[Life], evidence: Evidence, places: Places, days: Iterable[date]) -> list[Life]:
    """The lives after these publication days, each judged by what was known by its eve.

    Over history the Monte Carlo of the whole board is kept for four weeks; a single day makes its own.
    """
    now, days = list(lives), list(days)
    replicates = REPLICATES if len(days) < _CACHED_WEEKS else _REPLICATES
    cached: dict[ChildKind, Nulls] = {}
    for number, day in enumerate(days):
        if number % _CACHED_WEEKS == 0:
            cached = {}
        judged = verdict(evidence, places, day, cached, replicates)
        now = lived(now, finest(judged, places) if judged else (), places, day)
    return now
