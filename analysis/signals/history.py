"""The signals of a board on one day, or over the weeks of history that it was loaded with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from analysis.disclosure.noise import RoundingKeys
from analysis.signals.alarms import REPLICATES, Nulls
from analysis.signals.draws import LOOK_DAYS, look
from analysis.signals.evidence import Evidence
from analysis.signals.gate import finest, verdict
from analysis.signals.life import SignalLife, lived
from analysis.signals.places import Places
from models.signals import ChildKind

WEEKS = 52
"""How far back history is looked at."""
_CACHED_LOOKS = 2
_REPLICATES = 199
"""For history, where a year is looked at at once; enough for the two moments of a Gumbel distribution."""


def publication_days(today: date, published: date | None, history: bool) -> list[date]:
    """The days to be judged now, the last of them today; none when today has been already.

    A board is judged once in each fortnight, on the first day of it that is published: within one look nobody can try
    again. While history is loaded: every fortnight of the last year. Later: today alone, whatever days were missed.
    """
    looks = range(7 * WEEKS // LOOK_DAYS, -1, -1) if history else range(1)
    days = [today - timedelta(days=LOOK_DAYS * back) for back in looks]
    return [day for day in days if published is None or look(day) > look(published)]


def lives_after(
    lives: Iterable[SignalLife], evidence: Evidence, places: Places, days: Iterable[date], keys: RoundingKeys
) -> list[SignalLife]:
    """The lives after these publication days, each judged by what was known by its eve, with noise under `keys`.

    Over history the Monte Carlo of the whole board is kept for four weeks; a single day makes its own.
    """
    now, days = list(lives), list(days)
    replicates = REPLICATES if len(days) < _CACHED_LOOKS else _REPLICATES
    cached: dict[ChildKind, Nulls] = {}
    for number, day in enumerate(days):
        if number % _CACHED_LOOKS == 0:
            cached = {}
        judged = verdict(evidence, places, day, keys, cached, replicates)
        now = lived(now, finest(judged, places) if judged else (), places, day)
    return now
