"""The signals of a board on one day, or over the weeks of history that it was loaded with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from analysis.disclosure.noise import RoundingKeys
from analysis.signals.draws import LOOK_DAYS, look
from analysis.signals.evidence import Evidence
from analysis.signals.gate import finest, verdict
from analysis.signals.life import SignalLife, lived
from analysis.signals.places import Places
from analysis.signals.thresholds import Thresholds

WEEKS = 52
"""How far back history is looked at."""


def publication_days(today: date, published: date | None, history: bool) -> list[date]:
    """The days to be judged now, the last of them today; none when today has been already.

    A board is judged once in each fortnight, on the first day of it that is published: within one look nobody can try
    again. While history is loaded: every fortnight of the last year. Later: today alone, whatever days were missed.
    """
    looks = range(7 * WEEKS // LOOK_DAYS, -1, -1) if history else range(1)
    days = [today - timedelta(days=LOOK_DAYS * back) for back in looks]
    return [day for day in days if published is None or look(day) > look(published)]


def lives_after(
    lives: Iterable[SignalLife],
    evidence: Evidence,
    places: Places,
    days: Iterable[date],
    keys: RoundingKeys,
    thresholds: Thresholds,
) -> list[SignalLife]:
    """The lives after these publication days, each judged by what was known by its eve, with noise under `keys`."""
    now = list(lives)
    for day in days:
        judged = verdict(evidence, places, day, keys, thresholds)
        now = lived(now, finest(judged, places, thresholds) if judged else (), places, day)
    return now
