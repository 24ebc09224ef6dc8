"""`python -m benchmarks.release_schedules`: what boards with few children see by quarter, year and pair of years.

For docs/adr/0021: which cells are figures, and how often, on boards of 60 to 300 children a year. Nothing is attacked
here; that is `benchmarks.release_validation`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import click

from analysis.disclosure.build import build
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import STANDARD
from benchmarks.release_boards import board, keys
from models.contract.periods import kind_of
from models.register.types import SCHEDULES, Schedule
from models.releases import CellState

NEWEST = LADDERS[max(LADDERS)]
Cell = tuple[Schedule, str, str, str, str]
"""Schedule, level, kind of window, split, measure."""


def wide(ladder: Ladder) -> Ladder:
    """A ladder that gives small boards, by year and by pair, everything that boards with quarters have by year."""
    years = [rung for rung in ladder.of("quarters_and_years").rungs if rung.window == "year"]
    rungs = tuple(
        rung.model_copy(update={"window": window, "schedule": "years_and_pairs_of_years"})
        for rung in years
        for window in ("year", "pair")
    )
    own = tuple(rung for rung in ladder.rungs if rung.schedule == "quarters_and_years")
    return ladder.model_copy(update={"rungs": own + rungs})


def shares(children: int, seeds: int, ladder: Ladder) -> Mapping[Cell, Counter[CellState]]:
    """The states of cells on some boards of one size, by schedule."""
    states: defaultdict[Cell, Counter[CellState]] = defaultdict(Counter)
    for seed in range(1, seeds + 1):
        for schedule in SCHEDULES:
            synthetic, own = board(seed, children, schedule), ladder.of(schedule)
            for window in (window for windows in synthetic.candidates for window in windows):
                for key, cell in build(synthetic.tally(window), own, [window], keys(seed), STANDARD).items():
                    names = (("sector", key.who), ("indicator", key.indicator))
                    split = " x ".join(name for name, value in names if value != "any") or "any"
                    states[schedule, key.level, kind_of(window), split, key.measure][cell.state] += 1
    return states


def lines(sizes: list[int], seeds: int, ladder: Ladder, *, each: bool) -> Iterator[str]:
    """A table in Markdown: share of figures by size; `each` measure by itself, or all of a rung together."""
    by_size: dict[int, dict[tuple[str, ...], Counter[CellState]]] = {}
    for size in sizes:
        together: defaultdict[tuple[str, ...], Counter[CellState]] = defaultdict(Counter)
        for cell, states in shares(size, seeds, ladder).items():
            together[cell if each else cell[:4]].update(states)
            if not each:
                together[cell[0], "all cells"].update(states)
        by_size[size] = dict(together)
    yield f"| cells | {' | '.join(str(size) for size in sizes)} |"
    yield "|---" * (len(sizes) + 1) + "|"
    for name in sorted({name for states_by_cell in by_size.values() for name in states_by_cell}):
        row = [by_size[size].get(name, Counter()) for size in sizes]
        yield f"| {' '.join(name).replace('_', ' ')} | {' | '.join(map(_share, row))} |"


def _share(states: Counter[CellState]) -> str:
    return f"{100 * states[CellState.FIGURE] / states.total():.0f} % of {states.total():,}" if states else "-"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--size", "sizes", type=int, multiple=True, default=(60, 100, 200, 299), show_default=True)
@click.option("--seeds", default=6, show_default=True, help="Boards of each size.")
@click.option("--wide", "everything", is_flag=True, help="For small boards every cell that others have by year.")
@click.option("--each", is_flag=True, help="Each measure by itself.")
def main(sizes: tuple[int, ...], seeds: int, everything: bool, each: bool) -> None:
    """Print the share of cells that are figures, by schedule and size of the board."""
    ladder = wide(NEWEST) if everything else NEWEST
    for line in lines(list(sizes), seeds, ladder, each=each):
        click.echo(line)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.release_schedules")
