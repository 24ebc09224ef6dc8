"""Building the releases of a large board: a quarter, and a year with its quarters; each is attacked before it counts.

24 wards in six towns, eight agencies, every indicator, about 1,500 synthetic children a year.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

import click

from analysis.disclosure.algebra import Published
from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import Protected
from benchmarks.measure import Result
from benchmarks.release_boards import SyntheticBoard, completed, facts, keys, shape
from benchmarks.release_insiders import Attacked
from models.contract.periods import parts

LADDER = LADDERS[max(LADDERS)]
TARGETS = {"a quarter's release": 10.0, "a year's release with its quarters": 60.0}
"""Seconds of CPU time, so that a machine's other work does not count. One thread."""
_YEAR = "2024FY"
_WINDOWS = {"a quarter's release": parts(_YEAR)[2:3], "a year's release with its quarters": (*parts(_YEAR), _YEAR)}


class WrongRelease(AssertionError):
    """The release says something untrue or discloses a group, so its time is meaningless."""


def run(rounds: int, say: Callable[[str], None], children: int = 1500) -> list[Result]:
    """Count and build, once a round; each release is checked before its time counts."""
    nesting = shape()
    synthetic = completed(
        1, children, 0.8, nesting, facts(1, children, nesting, parts(_YEAR)), frozenset(), frozenset()
    )
    results = []
    for number in range(1, rounds + 1):
        for name, windows in _WINDOWS.items():
            say(f"round {number}: {name}")
            before, wall = os.times(), time.perf_counter()
            tallies = {window: synthetic.tally(window) for window in windows}
            cells = {k: c for window in windows for k, c in build(tallies[window], LADDER, [window], keys(1)).items()}
            wall, after = time.perf_counter() - wall, os.times()
            check(synthetic, windows, cells, tallies)
            cpu = after.user + after.system - before.user - before.system
            results.append(Result("release", name, number, len(cells), cpu, wall))
    return results


def check(
    synthetic: SyntheticBoard, windows: Sequence[str], cells: dict[CellKey, Protected], tallies: dict[str, Tally]
) -> None:
    """Check the full grid, that no cell is far from its count, and that an outsider can prove no small group."""
    if set(cells) != {key for window in windows for key in LADDER.grid(window, synthetic.shape)}:
        raise WrongRelease("the grid is not full")
    out = Published("0", LADDER, cells)
    for key, cell in cells.items():
        low, high = out.rule.bounds(cell.value)
        if not low <= len(tallies[key.window].children(key)) <= high:
            raise WrongRelease("a cell does not mean what it says")
    if Attacked([out], synthetic.shape, tallies).proofs(()) != []:
        raise WrongRelease("an outsider can prove a small group")


def show(results: list[Result]) -> bool:
    """Print seconds beside the targets; True when every round met them."""
    met = True
    for name, target in TARGETS.items():
        rounds = [result for result in results if result.variant == name]
        seconds = ", ".join(f"{r.cpu_seconds:.1f} s CPU ({r.wall_seconds:.1f} s by the clock)" for r in rounds)
        fast = max(result.cpu_seconds for result in rounds) < target
        click.echo(f"{name}, ladder {LADDER.version}, {rounds[0].events:,} cells: {seconds}; ", nl=False)
        click.echo(f"target under {target:.0f} s: {'met' if fast else 'MISSED'}")
        met &= fast
    return met
