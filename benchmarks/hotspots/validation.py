"""`python -m benchmarks.hotspots.validation`: false alarms, power and the planted truth, written as a page.

Every number on the page was computed in that run. The seeds are fixed; the machine and the time are stated.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from scipy import sparse

from analysis.hotspots.predictive import areas_today
from analysis.hotspots.problem import Problem
from analysis.hotspots.scan import find, scan
from analysis.hotspots.significance import gumbel_p
from analysis.hotspots.simulation import simulate
from analysis.hotspots.zones import Floats, Zones
from analysis.signals.alarms import best_ratios
from benchmarks.hotspots.invented import BURST_DAYS, MONTHS_DAYS, Rise, Shape, bursts, counts, expectation, permutation
from benchmarks.hotspots.planted import planted_lines
from benchmarks.hotspots.power import demo_board, power_lines
from benchmarks.hotspots.prose import wrapped

OUT = Path(__file__).parents[2] / "docs" / "hotspot-validation.md"
LEVEL = 0.05
REPLICATES = 199
CALIBRATED = Shape(50, 455, 0.025)
LONG = Shape(50, 400, 0.02)
POWER = Shape(50, 200, 0.04)
COUNTED = ((28, BURST_DAYS), (84, BURST_DAYS), (0, BURST_DAYS), (28, MONTHS_DAYS), (84, MONTHS_DAYS))
"""In how many days a child counts once, and within how many days a child's episodes lie."""
RISES = (Rise(2, 1, 14), Rise(3, 1, 14), Rise(5, 1, 14), Rise(2, 5, 14), Rise(3, 5, 14), Rise(5, 5, 14))

_LAST = "## This run"

Make = Callable[[Floats, Zones, int], Problem]
Judge = Callable[[Problem, int], float]
SCANS: tuple[tuple[str, Make], ...] = (("permutation scan", permutation), ("expectation scan", expectation))


@dataclass(frozen=True)
class Rate:
    """How often, of how many."""

    hits: int
    of: int

    def __str__(self) -> str:
        share = self.hits / self.of
        error = 1.96 * (share * (1 - share) / self.of) ** 0.5
        return f"{100 * share:.1f} % (± {100 * error:.1f})"


def best_p(problem: Problem, seed: int) -> float:
    """The p-value of the best cluster, by rank."""
    clusters = scan(problem, REPLICATES, seed, "monte-carlo", workers=1)
    return (clusters[0].p or 1.0) if clusters else 1.0


def stream_p(problem: Problem, seed: int) -> float:
    """The same with the stream's ratio."""
    zones = problem.zones
    membership = sparse.lil_matrix((int(zones.whole.sum()), len(problem.cases)))
    for at, node in enumerate(np.flatnonzero(zones.whole)):
        membership[at, zones.members(int(node))] = 1.0
    maxima = simulate(problem, REPLICATES, seed, workers=1).maxima
    best = float(best_ratios(problem, sparse.csr_matrix(membership)).max())
    return float(1 + np.sum(maxima >= best)) / (len(maxima) + 1)


def false_alarms(make: Make, repeat_days: int, spread: int, longest: int, sets: int, judge: Judge) -> Rate:
    """Data of chance alone: how often the best cluster has p of 0.05 or less."""
    zones, hits = CALIBRATED.zones, 0
    for seed in range(sets):
        cases = counts(bursts(seed, CALIBRATED, None, spread), CALIBRATED, repeat_days)
        hits += judge(make(cases, zones, longest), seed) <= LEVEL
    return Rate(hits, sets)


def false_areas(repeat_days: int, spread: int, sets: int) -> tuple[Rate, Rate]:
    """The predictive method: areas and windows with p of 0.05 or less, and days with an alarm (false share 5 %)."""
    cells = hits = alarms = 0
    for seed in range(sets):
        verdicts = areas_today(counts(bursts(seed, LONG, None, spread), LONG, repeat_days))
        cells += int(np.sum(~np.isnan(verdicts.p)))
        hits += int(np.sum(verdicts.p <= LEVEL))
        alarms += bool(verdicts.alarm.any())
    return Rate(hits, cells), Rate(alarms, sets)


def power(make: Make, rise: Rise, sets: int) -> tuple[Rate, float | None, float | None]:
    """Share of rises found by their last day; median days until found; mean overlap (Jaccard) of areas on that day."""
    zones, hits = POWER.zones, 0
    days: list[int] = []
    overlaps: list[float] = []
    risen = set(zones.members(int(zones.start[0]) + rise.areas - 1))
    for seed in range(sets):
        sightings = bursts(seed, POWER, rise)
        null = simulate(make(counts(sightings, POWER, 28), zones, 28), REPLICATES, seed, workers=1).gumbel
        for day in range(1, rise.days + 1):
            cases = counts(sightings, POWER, 28, POWER.days - rise.days + day)
            best = next(find(make(cases, zones, 28)), None)
            if best is None or gumbel_p(best.ratio, *null) > LEVEL or not risen & set(best.areas):
                continue
            days.append(day)
            hits += 1
            last = next(find(make(counts(sightings, POWER, 28), zones, 28)))
            overlaps.append(len(risen & set(last.areas)) / len(risen | set(last.areas)))
            break
    return Rate(hits, sets), float(np.median(days)) if days else None, float(np.mean(overlaps)) if overlaps else None


def lines(sets: int, boards: int, tell: Callable[[str], None]) -> Iterator[str]:
    """The page."""
    began = time.time()
    yield "# How the hotspot methods do"
    yield ""
    yield from wrapped(
        "Generated by `make validate-hotspots`; do not edit. All data are invented. Plus and minus are "
        "95 % intervals "
        "of the simulation. The published answers that the methods must match are in "
        "`tests/analysis/hotspots`. "
    )
    yield ""
    yield "## False alarms by chance alone, with repeat missing"
    yield ""
    yield from wrapped(
        f"{sets} data sets each (seeds 0 to {sets - 1}), {CALIBRATED.areas} areas, {CALIBRATED.days} "
        "days, on average 2.5 "
        "episodes a child, inside 14 days or over 120 (assumed); a child counts once in so many days. "
        f"Nominal 5 %, target at most 7 %; {REPLICATES} "
        "replicates. The last scan "
        "is the stream's: its ratio allows for what is expected being itself an estimate from one year, "
        "and it looks at 28 days only. In the stream the permutation scan and the predictive method look "
        "at up to 84 days, and a child counts once in 84. "
    )
    yield ""
    yield "| | | inside 14 days | | | over 120 days | |"
    yield "|---|---|---|---|---|---|---|"
    yield "| method | longest window | once in 28 days | in 84 | every episode | once in 28 days | in 84 |"
    for name, make, judge in (
        *((name, make, best_p) for name, make in SCANS),
        ("expectation scan, the stream's", expectation, stream_p),
    ):
        for longest in (28,) if judge is stream_p else (28, 84):
            tell(f"false alarms: {name}, {longest} days")
            rates = [false_alarms(make, repeat, spread, longest, sets, judge) for repeat, spread in COUNTED]
            yield f"| {name} | {longest} days | " + " | ".join(map(str, rates)) + " |"
    fewer = max(10, sets // 10)
    tell("false alarms: predictive")
    areas = [false_areas(repeat, spread, fewer) for repeat, spread in COUNTED]
    yield "| predictive, areas at p ≤ 0.05 | 28 days | " + " | ".join(str(a) for a, _ in areas) + " |"
    yield "| predictive, days with any alarm | 28 days | " + " | ".join(str(d) for _, d in areas) + " |"
    yield ""
    yield from wrapped(
        f"The predictive rows: {fewer} sets of {LONG.areas} areas and {LONG.days} days; alarms hold the "
        "false share at 5 %. "
    )
    yield ""
    yield "## Power and days to detection"
    yield ""
    tried = max(10, sets // 5)
    yield from wrapped(
        f"{tried} data sets each, {POWER.areas} areas, {POWER.rate * 28:.1f} children an area in 28 days, "
        "a rise over the last "
        "14 days, looked at daily (p ≤ 0.05 each day, so that some early finds are chance); overlap is "
        "Jaccard's, on the "
    )
    yield "last day."
    yield ""
    yield "| method | rate ratio | areas | found | median days | overlap |"
    yield "|---|---|---|---|---|---|"
    for name, make in SCANS:
        for rise in RISES:
            tell(f"power: {name}, {rise.ratio:g} times in {rise.areas}")
            rate, median, overlap = power(make, rise, tried)
            middle = "-" if median is None else f"{median:.0f}"
            shared = "-" if overlap is None else f"{overlap:.2f}"
            yield f"| {name} | {rise.ratio:g} | {rise.areas} | {rate} | {middle} | {shared} |"
    yield ""
    tell("the planted truth")
    yield from planted_lines(tell)
    yield ""
    yield from power_lines(boards, tell, demo_board())
    yield ""
    yield _LAST
    yield ""
    yield from wrapped(
        f"{time.strftime('%Y-%m-%d', time.gmtime(began))}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, "
        f"Python {platform.python_version()}; {time.process_time():.0f} s of CPU, "
        f"{time.time() - began:.0f} s of clock on a "
        "machine shared with others. "
    )


@click.command()
@click.option("--sets", default=150, show_default=True, type=click.IntRange(10), help="Data sets of chance alone.")
@click.option(
    "--boards", default=1000, show_default=True, type=click.IntRange(20), help="Board-years of each threshold."
)
@click.option("--only", type=click.Choice(["power", "planted"]), help="Make one section anew, and keep the others.")
@click.option("--out", type=click.Path(path_type=Path), default=OUT, help="Where to write the page.")
def main(sets: int, boards: int, only: str | None, out: Path) -> None:
    """Validate the hotspot methods on invented data and write the page; minutes of CPU."""

    def tell(text: str) -> None:
        click.echo(text, err=True)

    if only is not None:
        section = power_lines(boards, tell, demo_board()) if only == "power" else planted_lines(tell)
        page = with_section(out.read_text("utf-8"), "\n".join(section))
    else:
        page = "\n".join(lines(sets, boards, tell)) + "\n"
    out.write_text(page, "utf-8")
    click.echo(out.name)


def with_section(page: str, section: str) -> str:
    """The page with one section, by its heading, in place of the one that it has; before the last if it has none."""
    heading = section.splitlines()[0]
    start = page.find(heading)
    if start < 0:
        start = end = page.index(_LAST)
    else:
        end = page.index("\n## ", start + 1) + 1
    return page[:start] + section + "\n\n" + page[end:]


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.hotspots.validation")
