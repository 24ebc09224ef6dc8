"""From ledger rows to the facts that ladder 2 counts: M1, M9 and M10 children with home area and indicator.

Each fact has one month, so that quarters and years are unions of it; an agency of a fact is one that reported the
very concern or episode counted, so that cells of agencies and sectors nest as the algebra says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from analysis.disclosure.counting import Fact
from analysis.disclosure.windows import window_of_day
from analysis.episodes import Episode, Report, merge
from analysis.ledger.row import Row
from analysis.link import link_children
from analysis.measures.children import recorded_on, report_of, tokens_of
from models.register.types import RepeatRule


def facts_of(rows: Iterable[tuple[str, Row]], repeat: RepeatRule) -> list[Fact]:
    """Facts of a board's rows, by event time; rows withdrawn or without a token give none."""
    current = {name: row for name, row in rows if not row.withdrawn}
    links = link_children({name: tokens_of(row.data) for name, row in current.items()})
    reports: defaultdict[str, list[Report]] = defaultdict(list)
    facts: list[tuple[date, Fact]] = []
    for name, child in links.items():
        row = current[name]
        if row.short_type == "cse_concern":
            facts += _concern(child, row)
        elif row.short_type == "missing_episode":
            reports[child].append(report_of(name, row))
    for child, found in reports.items():
        homes = {report.event_id: _home(current[report.event_id]) for report in found}
        facts += _episodes(child, merge(found), homes, repeat)
    return [fact for _, fact in sorted(facts)]


def _concern(child: str, row: Row) -> Iterator[tuple[date, Fact]]:
    """M1 counts by the day the agency recorded the concern, else by the day of the concern."""
    day = recorded_on(row)
    for indicator in row.data.get("indicators") or ("",):
        yield day, Fact("m1_children", child, window_of_day(day), _home(row), row.agency, indicator)


def _episodes(
    child: str, episodes: list[Episode], homes: dict[str, str], repeat: RepeatRule
) -> Iterator[tuple[date, Fact]]:
    """M9 counts every start, M10 those that are at least the n-th within the repeat rule's days."""
    starts = [episode.started_on for episode in episodes]
    for number, episode in enumerate(episodes):
        day, area = episode.started_on, homes[episode.event_ids[0]]
        before = number - repeat.episodes + 1
        reached = before >= 0 and day - starts[before] < timedelta(days=repeat.days)
        for agency in sorted(episode.agencies):
            yield day, Fact("m9_children", child, window_of_day(day), area, agency)
            if reached:
                yield day, Fact("m10_children", child, window_of_day(day), area, agency)


def _home(row: Row) -> str:
    return str(row.data.get("areas", {}).get("home", ""))
