"""The full alert record: everything behind a signal, exact counts included. Ledger tier only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta

import orjson

from analysis.hotspots.problem import Problem
from analysis.hotspots.scan import Cluster, scan
from analysis.hotspots.significance import recurrence_interval_days
from analysis.signals.alarms import REPLICATES, STREAMS, problems, seed_of
from analysis.signals.evidence import Evidence
from analysis.signals.places import Places
from analysis.signals.seen import seen
from models.signals import ChildKind


@dataclass(frozen=True, slots=True)
class Alert:
    """The best cluster of one scan, and all it takes to compute it again."""

    method: str
    stream: ChildKind
    areas: tuple[str, ...]
    boundary_set: str
    starts_on: date
    ends_on: date
    observed: float
    expected: float
    relative_risk: float | None
    llr: float
    p: float | None
    p_type: str
    replicates: int
    seed: int
    recurrence_days: float | None
    completeness: float
    """Mean over the window."""
    counted: int
    """Distinct children in the days scanned; a child counts once in 84 days in a ward (`seen.LONGEST`)."""
    baseline_days: int
    cut_off: date
    """What was known by the end of the day before is in it."""


def alerts(evidence: Evidence, kind: ChildKind, places: Places, boundary_set: str, today: date) -> list[Alert]:
    """The full Monte Carlo of both scans over all agencies' events, as it stands today."""
    last = evidence.horizon(today)
    if last is None:
        return []
    view = seen(evidence, kind, places, today, last)
    found = []
    for problem in problems(view, places):
        if problem is not None:
            seed = seed_of(places.board, kind, today)
            clusters = scan(problem, REPLICATES, seed, workers=1)
            days = view.exposure[-problem.cases.shape[1] :]
            found += [
                _alert(
                    problem, cluster, kind, places, boundary_set, last, today, seed, float(days[cluster.first :].mean())
                )
                for cluster in clusters[:1]
            ]
    return found


def _alert(
    problem: Problem,
    cluster: Cluster,
    kind: ChildKind,
    places: Places,
    boundary_set: str,
    last: date,
    today: date,
    seed: int,
    completeness: float,
) -> Alert:
    columns = problem.cases.shape[1]
    return Alert(
        method=problem.model,
        stream=kind,
        areas=tuple(sorted(places.wards[i] for i in cluster.areas)),
        boundary_set=boundary_set,
        starts_on=last - timedelta(days=columns - 1 - cluster.first),
        ends_on=last - timedelta(days=columns - 1 - cluster.last),
        observed=cluster.observed,
        expected=cluster.expected,
        relative_risk=cluster.relative_risk,
        llr=cluster.ratio,
        p=cluster.p,
        p_type=cluster.p_method,
        replicates=REPLICATES,
        seed=seed,
        recurrence_days=recurrence_interval_days(cluster.p) / STREAMS if cluster.p else None,
        completeness=completeness,
        counted=int(problem.total),
        baseline_days=columns,
        cut_off=today,
    )


def encode(found: list[Alert]) -> bytes:
    """As the ledger tier stores them."""
    return orjson.dumps([asdict(alert) for alert in found])
