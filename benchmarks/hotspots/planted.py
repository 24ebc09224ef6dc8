"""The planted rise of the synthetic borough: how well each method, and the stream's signals, detect it in a year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.row import Row
from analysis.signals.alarms import ALARM_DAYS, Intervals, exceedances, nulls, problems, scanned, seed_of
from analysis.signals.evidence import Evidence, evidence
from analysis.signals.gate import finest, verdict
from analysis.signals.places import Places, places_of
from analysis.signals.seen import LONGEST, seen
from analysis.signals.thresholds import thresholds_of
from benchmarks.hotspots.prose import wrapped
from demo.synthetic.borough import BOARD, END, HEALTH, PLANT, START
from demo.synthetic.world import World, make_world
from models.register import Board, load_register
from models.signals import ChildKind

SEED = 2024
WEEKS = 52
KEYS = RoundingKeys(b"r" * 32, b"s" * 32)
"""Keys for the gate's noise. Any will do, and the page says that they are one draw."""
TODAY = date(2026, 4, 6)
"""The Monday after the last exported day."""
ROOT = Path(__file__).parents[2]
KINDS: tuple[ChildKind, ...] = ("cse_concern", "cse_sign", "missing")
_REPLICATES = 199


def borough() -> tuple[Board, Places, Evidence]:
    """The synthetic board, and its events as the ledger would hold them, straight from the generator's world."""
    board = load_register(ROOT / "demo" / "register").board_by_code[BOARD]
    world = make_world(SEED, 1.0)
    rows = ((f"e{n:06}", row) for n, row in enumerate(_rows(world)))
    return board, places_of(board), evidence(rows, board.live_from)


def _rows(world: World) -> Iterator[Row]:
    for c in world.concerns:
        yield from _row("cse_concern", c.agency, c.child.number, c.ward, c.day, c.recorded)
    for s in world.sightings:
        # Health's records have no identifier, and so no token.
        if s.agency != HEALTH:
            yield from _row("indicator_observed", s.agency, s.child.number, s.sign.ward, s.sign.day, s.recorded)
    for m in (*world.police, *world.care):
        if m.deleted is None:
            day = m.start.date()
            yield from _row(
                "missing_episode", m.agency, m.episode.child.number, m.episode.child.ward, day, m.recorded.date()
            )


def _row(kind: str, agency: str, child: int, ward: str, day: date, recorded: date) -> Iterator[Row]:
    if START <= day <= END:
        role = "missing_from" if kind == "missing_episode" else "occurred"
        data = {
            "agency": agency,
            "board": BOARD,
            "occurred_on": day.isoformat(),
            "recorded_on": recorded.isoformat(),
            "areas": {role: ward},
            "tokens": [{"kind": "nhs", "epoch": 1, "token": f"child-{child}"}],
        }
        yield Row(kind, 0, "", data, 0)


@dataclass
class Score:
    """Counts over the weeks: alarms, those that cover the rise, and the day of the first of those."""

    alarms: int = 0
    true: int = 0
    weeks_found: int = 0
    first: date | None = None

    def note(self, places: list[tuple[int, ...]], ward: int, day: date, during: bool) -> None:
        """Add one week's alarms of one kind."""
        hits = [rows for rows in places if ward in rows and during]
        self.alarms += len(places)
        self.true += len(hits)
        self.weeks_found += bool(hits)
        if hits and self.first is None:
            self.first = day


def planted_lines(tell: Callable[[str], None]) -> Iterator[str]:
    """The section of the page."""
    board, places, known = borough()
    thresholds = thresholds_of(board)
    ward = places.wards.index(PLANT.rise_ward)
    # A window may still hold the rise a while after its end.
    until = PLANT.rise_to + timedelta(days=LONGEST)
    days = [TODAY - timedelta(days=7 * n) for n in range(WEEKS, -1, -1)]
    rise_weeks = sum(PLANT.rise_from < day <= until for day in days)
    scores: dict[tuple[str, ChildKind], Score] = {}
    for number, day in enumerate(days):
        tell(f"the planted truth: {number + 1} of {len(days)}")
        during = PLANT.rise_from < day <= until
        last = known.horizon(day)
        if last is None:
            continue
        for kind in KINDS:
            for method, intervals in _by_method(known, kind, places, day, last).items():
                score = scores.setdefault((method, kind), Score())
                score.note(_separate(intervals, places), ward, day, during)
        judged = verdict(known, places, day, KEYS, thresholds)
        signals = finest(judged, places, thresholds) if judged else []
        for kind in KINDS:
            score = scores.setdefault(("signals", kind), Score())
            score.note([signal.place.rows for signal in signals if signal.kind == kind], ward, day, during)
    yield "## The planted rise of the synthetic borough"
    yield ""
    yield from wrapped(
        f"Seed {SEED}; {PLANT.rise_children} children in one of 24 wards, {PLANT.rise_from} to "
        f"{PLANT.rise_to}, looked at "
        f"each Monday for a year ({len(days)} weeks, of which {rise_weeks} have the rise in an "
        f"{LONGEST}-day window). "
        "An alarm is a recurrence interval of a year for all kinds and detectors together. Rows of "
        "single detectors use "
        "all agencies' events; signals must stand without any one agency and on about ten children, by a "
        "count with noise (one draw of it). Places "
        "that overlap a "
        "stronger one are not counted again. The rise is planted in concerns and signs: children missing "
        "show false alarms. "
    )
    yield ""
    yield (
        "| method | kind | alarms (weeks × places) | of the rise (precision) | weeks found (recall) "
        "| days to the first |"
    )
    yield "|---|---|---|---|---|---|"
    for (method, kind), score in sorted(scores.items()):
        precision = f"{score.true} ({100 * score.true / score.alarms:.0f} %)" if score.alarms else "-"
        recall = (
            f"{score.weeks_found} of {rise_weeks} ({100 * score.weeks_found / rise_weeks:.0f} %)"
            if kind != "missing"
            else "-"
        )
        first = str((score.first - PLANT.rise_from).days) if score.first else "-"
        yield f"| {method} | {kind} | {score.alarms} | {precision} | {recall} | {first} |"


def _by_method(known: Evidence, kind: ChildKind, places: Places, day: date, last: date) -> dict[str, Intervals]:
    """Recurrence intervals of each detector by itself, over all agencies' events."""
    view = seen(known, kind, places, day, last)
    both = problems(view, places)
    null = nulls(both, seed_of(places.board, kind, day), _REPLICATES)
    by_method = {"predictive exceedance": exceedances(view, places)}
    for name, problem, gumbel in zip(
        ("permutation scan", "expectation scan"), both, (null.permutation, null.expectation), strict=True
    ):
        if problem is not None and gumbel is not None:
            by_method[name] = scanned(problem, gumbel, places)
    return by_method


def _separate(intervals: Intervals, places: Places) -> list[tuple[int, ...]]:
    """Places in alarm, the strongest first, without those that overlap a stronger one."""
    at = [int(i) for i in np.flatnonzero(intervals.max(axis=1) >= ALARM_DAYS)]
    at.sort(key=lambda i: (-intervals[i].max(), len(places.places[i].rows)))
    kept: list[tuple[int, ...]] = []
    for i in at:
        rows = places.places[i].rows
        if all(set(rows).isdisjoint(other) for other in kept):
            kept.append(rows)
    return kept
