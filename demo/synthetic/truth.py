"""truth.json: what was planted and the true figures, counted from the world itself and not from any file.

`world` counts what happened; `recorded` what at least one agency had recorded by the last export. Exact
counts of children are written here only because these children are invented.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from demo.synthetic import borough as b
from demo.synthetic.borough import END, START
from demo.synthetic.catalogue import category
from demo.synthetic.histories import YEARS, InventedEpisode
from demo.synthetic.manifest import planted_lines
from demo.synthetic.missing_records import MissingRecord
from demo.synthetic.table import ExportFile
from demo.synthetic.world import World
from models.contract.periods import quarter_of, quarters_between

Children = dict[str, set[int]]


def truth(world: World, files: list[ExportFile]) -> dict[str, object]:
    """Everything a later analysis can be scored against, as JSON values."""
    return {
        "synthetic": True,
        "note": "The planted truth about invented children. Never publish figures like these about real ones.",
        "board": world.borough.place.board,
        "planted": _named(asdict(world.plant), world) | _rise(world),
        "quarters": _quarters(world),
        "years": _years(world),
        "recording": _recording(world),
        "files": {file.path: dict(sorted(planted_lines(file).items())) for file in files if file.format != "companion"},
    }


def _named(value: Any, world: World) -> Any:
    """The same with parts of the story replaced by the agencies that play them here."""
    if isinstance(value, dict):
        return {key: _named(one, world) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_named(one, world) for one in value]
    return world.borough.place.agencies.get(value, value) if isinstance(value, str) else value


def _rise(world: World) -> dict[str, object]:
    """The rise as it was recorded: children with a concern in its ward and time, all told and without one agency."""
    plant = world.plant
    concerns = [c for c in world.concerns if c.ward == plant.rise_ward and plant.rise_from <= c.day <= plant.rise_to]
    agencies = sorted({c.agency for c in concerns})
    year_before = timedelta(days=365)
    before = {
        c.child.number
        for c in world.concerns
        if c.ward == plant.rise_ward and plant.rise_from - year_before <= c.day <= plant.rise_to - year_before
    }
    return {
        "rise_children": sum(story.rise for story in world.stories),
        "rise_children_with_concern": len({c.child.number for c in concerns}),
        "rise_children_same_months_a_year_before": len(before),
        "rise_children_leaving_out": {
            world.borough.place.agencies[agency]: len({c.child.number for c in concerns if c.agency != agency})
            for agency in agencies
        },
    }


def recorded_episodes(world: World) -> list[InventedEpisode]:
    """True episodes that police or social care hold a record of in their last export."""
    kept: dict[int, InventedEpisode] = {}
    for record in (*world.police, *world.care):
        if record.start.date() <= END and record.as_at(b.LAST_EDITION) is not None:
            kept[id(record.episode)] = record.episode
    return list(kept.values())


def children_missing(episodes: Iterable[InventedEpisode]) -> Children:
    """M9 by quarter: children with an episode that began in it."""
    found: Children = defaultdict(set)
    for episode in episodes:
        found[quarter_of(episode.start.date())].add(episode.child.number)
    return found


def children_repeat_missing(episodes: Iterable[InventedEpisode], least: int = 3, days: int = 90) -> Children:
    """M10 by quarter: children whose `least`-th start within `days` days fell in it."""
    starts: dict[int, list[date]] = defaultdict(list)
    for episode in episodes:
        starts[episode.child.number].append(episode.start.date())
    found: Children = defaultdict(set)
    for child, dates in starts.items():
        dates.sort()
        for first, last in zip(dates, dates[least - 1 :], strict=False):
            if last - first < timedelta(days=days):
                found[quarter_of(last)].add(child)
    return found


def children_with_concern(world: World, raised: bool) -> Children:
    """M1 by quarter: children about whom a concern was raised in it, or (as M1 is defined) recorded in it.

    Health's concerns have no identifier and count nowhere that children are counted.
    """
    found: Children = defaultdict(set)
    for concern in world.concerns:
        if concern.recorded <= b.LAST_EDITION:
            found[quarter_of(concern.day if raised else concern.recorded)].add(concern.child.number)
    return found


def _quarters(world: World) -> dict[str, dict[str, dict[str, int]]]:
    recorded = recorded_episodes(world)
    tables = {
        ("M1", "raised"): children_with_concern(world, raised=True),
        ("M1", "recorded"): children_with_concern(world, raised=False),
        ("M9", "world"): children_missing(world.episodes),
        ("M9", "recorded"): children_missing(recorded),
        ("M10", "world"): children_repeat_missing(world.episodes),
        ("M10", "recorded"): children_repeat_missing(recorded),
    }
    quarters: dict[str, dict[str, dict[str, int]]] = {}
    for quarter in quarters_between(START, END + timedelta(days=1)):
        measures: dict[str, dict[str, int]] = defaultdict(dict)
        for (measure, kind), children in tables.items():
            measures[measure][kind] = len(children[quarter])
        quarters[quarter] = dict(measures)
    return quarters


def _years(world: World) -> dict[str, dict[str, float]]:
    return {f"{first.year}-{last:%y}": _year(world, first, last) for first, last in YEARS}


def _year(world: World, first: date, last: date) -> dict[str, float]:
    episodes = [e for e in world.episodes if first <= e.start.date() <= last]
    care = [e for e in episodes if e.child.part == "care"]
    children = {e.child.number for e in episodes}
    children |= {c.child.number for c in world.concerns if first <= c.day <= last}
    children |= {s.child.number for s in world.sightings if first <= s.sign.day <= last}
    children |= {s.child.number for s in world.screenings if first <= s.day <= last}
    missing_from_care = len({e.child.number for e in care})
    return {
        "children_in_all_streams": len(children),
        "episodes": len(episodes),
        "children_missing": len({e.child.number for e in episodes}),
        "children_missing_from_care": missing_from_care,
        "episodes_per_child_missing_from_care": round(len(care) / max(1, missing_from_care), 2),
        "open_at_end": sum(e.end is None or e.end.date() > last for e in episodes),
    }


def _recording(world: World) -> dict[str, object]:
    """What the planted habits came to, in numbers of lines."""
    plant = world.plant

    def lines(agency: str, of: str) -> list[date]:
        return [s.sign.day for s in world.sightings if s.agency == agency and category(s.sign.code) == of]

    effective = lines(plant.effective_agency, plant.effective_category)
    concerns = [c.day for c in world.concerns if c.agency == plant.under_reporter]
    return {
        "effective_training_lines_before": sum(day < plant.effective_from for day in effective),
        "effective_training_lines_after": sum(day >= plant.effective_from for day in effective),
        "gap_lines": len(lines(plant.gap_agency, plant.gap_category)),
        "under_reporter_concerns_before": sum(day < plant.under_from for day in concerns),
        "under_reporter_concerns_after": sum(day >= plant.under_from for day in concerns),
        "deleted_police_records": sum(record.deleted is not None for record in world.police),
        "second_hand_concerns": sum(concern.second_hand for concern in world.concerns),
        "corrected_records": sum(_corrected(record) for record in (*world.police, *world.care)),
    }


def _corrected(record: MissingRecord) -> bool:
    return record.corrected is not None
