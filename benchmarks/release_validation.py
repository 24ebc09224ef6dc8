"""`python -m benchmarks.release_validation`: attacks two years of releases of many synthetic boards, and reports on it.

Each board's releases are built as real ones are, and attacked twice: by the linear programmes of `analysis audit`, and
by `release_attack`, which shares no code with them. The checkpoint folder has a file for each board, so a stopped run
continues where it was.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from analysis.disclosure.algebra import Published
from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.export import export, insider
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import STANDARD, Protected, uniform
from analysis.disclosure.system import OUTSIDER
from benchmarks.release_attack import Document, told
from benchmarks.release_boards import YEARS, SyntheticBoard, batch, board, keys, schedule_of
from benchmarks.release_insiders import Attacked, Attacker, Proof, attackers
from benchmarks.release_measures import stated
from benchmarks.release_report import MOST, write
from models.contract.periods import kind_of, last_year_of
from models.register.types import Schedule
from models.releases import CellState

LADDER = LADDERS[max(LADDERS)]
EXACT = 6
"""Groups solved one by one in each attack by the outsider and the two biggest agencies together."""
DEFAULT = Path("docs/disclosure-validation.md")
CHECKPOINTS = Path("var/disclosure-validation")
BY = ("outsider", "one agency", "two agencies")


@dataclass
class Found:
    """The results of one board; only synthetic boards are ever recorded like this."""

    seed: int
    children: int
    big: float
    agencies: int
    cells: int = 0
    schedule: Schedule = "quarters_and_years"
    releases: int = 0
    refused: int = 0
    audit: Counter[str] = field(default_factory=Counter)
    """By kind of attacker: attacks and proofs by the audit; right ones, and those of one to four children."""
    attack: Counter[str] = field(default_factory=Counter)
    """By kind of attacker: attacks and proofs by the other attack."""
    contradictory: int = 0
    """Attacks that found figures to contradict each other, where only what is certain was assumed."""
    nearly: Counter[str] = field(default_factory=Counter)
    """The same attacks with what only nearly holds: whether figures can go together, and proofs."""
    states: dict[str, Counter[str]] = field(default_factory=dict)
    error: dict[str, tuple[int, int]] = field(default_factory=dict)
    likely: tuple[int, int] = (0, 0)
    """Figures and low cells, and those of them whose count is within what pages say."""
    by_count: dict[int, list[int]] = field(default_factory=dict)
    """Count -> cells, errors and absolute errors before suppression; figures, errors and absolute errors after."""
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the checkpoint."""
        return dict(vars(self))


def validate(seed: int, children: int, schedule: Schedule | None = None) -> Found:
    """Release two years of one board, and attack all of it; by default on the schedule that its size calls for."""
    synthetic = board(seed, children, schedule)
    ladder = LADDER.of(synthetic.schedule)
    results = Found(seed, children, synthetic.big, len(synthetic.shape.sector_of), schedule=synthetic.schedule)
    tallies, cells = dict[str, Tally](), dict[str, dict[CellKey, Protected]]()
    for windows in synthetic.candidates:
        for window in windows:
            start = time.process_time()
            tallies[window] = synthetic.tally(window)
            counted = time.process_time()
            silent = stated(ladder, window, synthetic.shape, *sorted(synthetic.without_missing))
            made = build(tallies[window], ladder, [window], keys(seed), stated=silent)
            built = time.process_time()
            results.seconds.setdefault(f"{kind_of(window)}, counted", []).append(round(counted - start, 3))
            results.seconds.setdefault(f"{kind_of(window)}, drawn", []).append(round(built - counted, 3))
            results.releases += 1
            _utility(results, made, tallies[window], seed)
            cells[window] = made
        if synthetic.schedule == "quarters_and_years":  # releases of different years are independent
            _attack(results, synthetic, {w: cells[w] for w in windows}, tallies)
    if synthetic.schedule == "years_and_pairs_of_years":
        _attack(results, synthetic, cells, tallies)
    return results


def _utility(results: Found, cells: dict[CellKey, Protected], tally: Tally, seed: int) -> None:
    within, both = results.likely
    for key, cell in cells.items():
        name = f"{key.level} {kind_of(key.window)} {_split(key)}"
        results.cells += 1
        results.states.setdefault(name, Counter())[cell.state.value] += 1
        if cell.state not in (CellState.FIGURE, CellState.LOW):
            continue
        children = tally.children(key)
        count = len(children)
        low, high = STANDARD.likely(cell.value)
        within, both = within + (low <= count <= high), both + 1
        noisy = count + STANDARD.draw(uniform(children, key.label, keys(seed)))
        rounded = STANDARD.base * ((2 * noisy + STANDARD.base) // (2 * STANDARD.base))
        row = results.by_count.setdefault(count, [0] * 6) if count <= MOST else [0] * 6
        row[0], row[1], row[2] = row[0] + 1, row[1] + rounded - count, row[2] + abs(rounded - count)
        if cell.value is not None:
            error = cell.value - count
            row[3], row[4], row[5] = row[3] + 1, row[4] + error, row[5] + abs(error)
            total, number = results.error.get(name, (0, 0))
            results.error[name] = total + abs(error), number + 1
    results.likely = within, both


def _split(key: CellKey) -> str:
    return " x ".join(n for n, v in (("sector", key.who), ("indicator", key.indicator)) if v != "any") or "any"


def _attack(
    results: Found, synthetic: SyntheticBoard, cells: dict[str, dict[CellKey, Protected]], tallies: dict[str, Tally]
) -> None:
    """Attack as every attacker, twice: with relations that certainly hold, and with those that only nearly do."""
    together = [Published("year", LADDER, {k: c for made in cells.values() for k, c in made.items()}, STANDARD)]
    apart = [Published(_cut_off(synthetic, window), LADDER, made, STANDARD) for window, made in cells.items()]
    later = {}
    if synthetic.schedule == "years_and_pairs_of_years":
        first, last = YEARS  # the first year as the pair sees it, which no release shows
        later = {(_cut_off(synthetic, last), first): synthetic.tally(first, at=last)}
    certain = Attacked(apart if synthetic.late else together, synthetic.shape, tallies, synthetic.roles, later=later)
    everyone = attackers(tuple(synthetic.shape.sector_of))
    for attacker in everyone:
        _count(results, attacker, certain.proofs(attacker))
    nearly = Attacked(together, synthetic.shape, tallies, synthetic.roles, strict=False)
    for attacker in everyone:
        proofs = nearly.proofs(attacker)
        results.nearly["contradictory" if proofs is None else "consistent"] += 1
        results.nearly["proofs"] += len(proofs or ())
        results.nearly["right"] += sum(proof.right for proof in proofs or ())
    _by_the_other(results, certain, everyone)


def _cut_off(synthetic: SyntheticBoard, window: str) -> str:
    """A name for it: quarters see less than their year where facts come late, and a year less than the next."""
    return window if synthetic.schedule == "quarters_and_years" else f"end of {last_year_of(window)}"


def _by(attacker: Attacker) -> str:
    return BY[len(attacker)]


def _count(results: Found, attacker: Attacker, proofs: Sequence[Proof] | None) -> None:
    by = _by(attacker)
    results.audit[f"{by}: attacks"] += 1
    if proofs is None:
        results.contradictory += 1
        return
    results.audit[f"{by}: proofs"] += len(proofs)
    results.audit[f"{by}: right"] += sum(proof.right for proof in proofs)
    results.audit[f"{by}: small"] += sum(proof.small for proof in proofs)


def _by_the_other(results: Found, certain: Attacked, everyone: Sequence[Attacker]) -> None:
    content = json.loads(json.dumps(export(certain.releases, certain.board, OUTSIDER)))
    figures, without = Document.read(content), Document.read(content, told=False)
    biggest = tuple(sorted(certain.shape.sector_of)[:2])
    for attacker in everyone:
        by = _by(attacker)
        results.attack[f"{by}: attacks"] += 1
        known = certain.knowledge(attacker)
        add = insider(certain.board, known)
        exact = EXACT if attacker in ((), biggest) else 0
        proven = told(figures.insider(add), without.insider(add), exact, results.seed)
        if proven is None:
            results.contradictory += 1
        results.attack[f"{by}: proofs"] += len(proven or ())


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--boards", default=100, show_default=True, help="How many, of 20 to 4,000 children a year.")
@click.option("--first-seed", default=1, show_default=True)
@click.option("--checkpoints", type=click.Path(path_type=Path), default=CHECKPOINTS, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=DEFAULT, show_default=True, help="The report.")
@click.option("--report-only", is_flag=True, help="Write the report of the boards there are, run none.")
def main(boards: int, first_seed: int, checkpoints: Path, out: Path, *, report_only: bool) -> None:
    """Validate disclosure control on seeded synthetic boards.

    Exit 1 when a small group is proven, or when an attack found figures that contradict each other: contradictory
    figures were not really attacked.

    It can be stopped at any time, and continues where it was.
    """
    checkpoints.mkdir(parents=True, exist_ok=True)
    wanted = batch(boards, first_seed)
    # Every tenth board first, then those between, so that even a part of the run has boards of all sizes.
    for seed, children in sorted(wanted, key=lambda pair: ((pair[0] - first_seed) % 10, pair[0])):
        file = _checkpoint(checkpoints, seed, children)
        if report_only or file.exists():
            continue
        results = validate(seed, children)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(results.as_json()), "utf-8")
        part.rename(file)
        click.echo(
            f"board {seed}, {children} children a year: {results.releases} releases, {results.cells:,} cells; proofs: "
            f"{sum(results.audit[f'{by}: proofs'] for by in BY)} by the audit, "
            f"{sum(results.attack[f'{by}: proofs'] for by in BY)} by the other attack; "
            f"{results.contradictory} attacks found a contradiction"
        )
    every = [
        json.loads(file.read_text("utf-8")) for file in (_checkpoint(checkpoints, *w) for w in wanted) if file.exists()
    ]
    disclosed = write(out, every, boards, LADDER.version)
    click.echo(f"{len(every)} of {boards} boards, {disclosed} disclosures; report in {out}")
    raise SystemExit(1 if disclosed or any(board["contradictory"] for board in every) else 0)


def _checkpoint(folder: Path, seed: int, children: int, version: int = LADDER.version) -> Path:
    few = "-pairs" * (schedule_of(children) == "years_and_pairs_of_years")
    return folder / f"ladder-{version}{few}-board-{seed:04d}-{children}.json"


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.release_validation")
