"""`python -m benchmarks.release_validation`: attack two years of releases of many synthetic boards, and write it down.

Each board's releases are built in the order of their cut-offs, gated beside those before, and attacked twice: by the
gate's own audit, and by `release_attack`, which shares no code with it. One file a board in the checkpoint folder:
a run that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from analysis.disclosure.algebra import BoardSystem, Published, system_of
from analysis.disclosure.archive import relevant
from analysis.disclosure.attacks import Attacks, Contradictory
from analysis.disclosure.audit import Policy
from analysis.disclosure.build import candidate
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.export import export, insider
from analysis.disclosure.gate import GateClosed, attackers_of, gate
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.system import OUTSIDER
from analysis.disclosure.windows import bounds, kind_of
from benchmarks.release_attack import Document, attack
from benchmarks.release_boards import QUARTERS, YEARS, SyntheticBoard, batch, board, keys
from benchmarks.release_measures import stated
from benchmarks.release_report import write
from models.releases import CellState

LADDER = LADDERS[max(LADDERS)]
EXACT = 6
"""Groups solved one by one in each attack by the outsider and the two biggest agencies together."""
DEFAULT = Path("docs/disclosure-validation.md")
CHECKPOINTS = Path("var/disclosure-validation")


@dataclass
class Released:
    """One release that the gate let out, with what the attackers know."""

    published: Published
    tally: Tally
    earlier: list[Published]
    then: dict[str, Tally]

    def count(self, key: CellKey, agencies: tuple[str, ...]) -> int:
        """What some agencies knew of a cell by the cut-off it was released with."""
        return self._seen.get(key.window, self.tally).known(key, agencies)

    @cached_property
    def _seen(self) -> dict[str, Tally]:
        earlier = {key.window: self.then[release.cut_off] for release in self.earlier for key in release.cells}
        return earlier | {key.window: self.tally for key in self.published.cells}


@dataclass
class Found:
    """What came of one board; only synthetic boards are ever written down like this."""

    seed: int
    children: int
    big: float
    agencies: int
    cells: int = 0
    releases: int = 0
    refused: int = 0
    nudges: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    by_gate: int = 0
    by_attack: int = 0
    attacks: int = 0
    audits: int = 0
    steady: Counter[str] = field(default_factory=Counter)
    states: dict[str, Counter[str]] = field(default_factory=dict)
    error: dict[str, tuple[int, int]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the checkpoint."""
        return dict(vars(self))


def validate(seed: int, children: int) -> Found:
    """Release two years of one board, and attack all of it."""
    one = board(seed, children)
    found = Found(seed, children, one.big, len(one.shape.sector_of))
    archive: list[Published] = []
    released: list[Released] = []
    then: dict[str, Tally] = {}
    for window in sorted([*QUARTERS, *YEARS], key=lambda w: (bounds(w)[1], kind_of(w) == "year")):
        start, tally = time.process_time(), one.tally(window)
        silent = stated(LADDER, window, one.shape, one.without_missing)
        made = candidate(tally, LADDER, [window], keys(seed), _cut_off(window), stated=silent)
        earlier = relevant(archive, made.cells)
        try:
            gated = gate(made, earlier, then)
        except GateClosed:
            found.refused += 1
            continue
        finally:
            found.seconds.setdefault(kind_of(window), []).append(round(time.process_time() - start, 2))
        found.releases += 1
        found.nudges += gated.nudges
        found.withheld.update(f"{block.level} {block.split}" for block in gated.withheld)
        out = replace(made, cells=gated.cells).published()
        _utility(found, out, tally)
        then[out.cut_off] = tally
        released.append(Released(out, tally, earlier, {e.cut_off: then[e.cut_off] for e in earlier}))
        archive.append(out)
    for release in released:
        _attack(found, one, release)
    return found


def _cut_off(window: str) -> str:
    return f"{bounds(window)[1].isoformat()} {'b' if kind_of(window) == 'year' else 'a'}"


def _utility(found: Found, out: Published, tally: Tally) -> None:
    for key, cell in out.cells.items():
        name = f"{key.level} {kind_of(key.window)} {_split(key)}"
        found.cells += 1
        found.states.setdefault(name, Counter())[cell.state.value] += 1
        if cell.state is CellState.FIGURE:
            total, number = found.error.get(name, (0, 0))
            found.error[name] = total + abs((cell.value or 0) - len(tally.children(key))), number + 1


def _split(key: CellKey) -> str:
    return " x ".join(n for n, v in (("sector", key.who), ("indicator", key.indicator)) if v != "any") or "any"


def _attack(found: Found, one: SyntheticBoard, release: Released) -> None:
    """By everybody: with the gate's audit and with the other attack, as certain and as if nothing came late."""
    shape, out = one.shape, release.published
    everyone = attackers_of(shape.sector_of, KR5().coalition)
    attacks = Attacks(out, release.earlier, release.tally, Policy(), release.then)
    try:
        found.by_gate += len(attacks.proofs(out, everyone))
    except Contradictory:
        found.by_gate += 1
    found.audits += attacks.audits
    # What silence could mean is the gate's own reading: the document says of such a cell that nothing is told.
    told = [reading for reading in attacks.readings(out) if not any(r.silence_is_none for r in reading)]
    for number, reading in enumerate(told):
        system = system_of(reading, shape)
        document = Document.read(json.loads(json.dumps(export(reading, system, OUTSIDER))))
        _by_everyone(found, release, number, system, document, everyone)


def _by_everyone(
    found: Found,
    release: Released,
    number: int,
    system: BoardSystem,
    document: Document,
    everyone: Sequence[tuple[str, ...]],
) -> None:
    biggest = sorted(release.tally.shape.sector_of)[:2]
    for attacker in everyone:
        knowledge = system.knowledge(attacker, release.count, release.published.cut_off)
        told = document.insider(insider(system, knowledge))
        proven = attack(told, EXACT if list(attacker) in ([], biggest) else 0, found.seed)
        found.attacks += 1
        if proven is None and number == 0:
            found.by_attack += 1
        elif number > 0:
            found.steady["contradictory" if proven is None else "consistent"] += 1
        found.by_attack += len(proven or ())


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--boards", default=100, show_default=True, help="How many, of 20 to 4,000 children a year.")
@click.option("--first-seed", default=1, show_default=True)
@click.option("--checkpoints", type=click.Path(path_type=Path), default=CHECKPOINTS, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=DEFAULT, show_default=True, help="The report.")
@click.option("--report-only", is_flag=True, help="Write the report of the boards there are, run none.")
def main(boards: int, first_seed: int, checkpoints: Path, out: Path, *, report_only: bool) -> None:
    """Validate disclosure control on seeded synthetic boards. Exit 1 when anything small is proven.

    A run of all boards takes hours of CPU time; it can be stopped at any time and goes on where it was.
    """
    checkpoints.mkdir(parents=True, exist_ok=True)
    wanted = batch(boards, first_seed)
    # Every tenth board first, then those between: a part of the run has all sizes in it, too.
    for seed, children in sorted(wanted, key=lambda pair: ((pair[0] - first_seed) % 10, pair[0])):
        file = _checkpoint(checkpoints, seed, children)
        if report_only or file.exists():
            continue
        found = validate(seed, children)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(found.as_json()), "utf-8")
        part.rename(file)
        click.echo(
            f"board {seed}, {children} children a year: {found.releases} releases, {found.nudges} nudges, "
            f"{sum(found.withheld.values())} tables withheld, {found.refused} refused; "
            f"disclosures: {found.by_gate} by the gate's audit, {found.by_attack} by the other attack"
        )
    every = _found(checkpoints, wanted, LADDER.version)
    older = {version: _found(checkpoints, wanted, version) for version in LADDERS if version != LADDER.version}
    disclosed = write(out, every, boards, LADDER.version, {version: runs for version, runs in older.items() if runs})
    click.echo(f"{len(every)} of {boards} boards, {disclosed} disclosures; report in {out}")
    raise SystemExit(1 if disclosed else 0)


def _found(folder: Path, wanted: Sequence[tuple[int, int]], version: int) -> list[dict[str, Any]]:
    files = [_checkpoint(folder, seed, children, version) for seed, children in wanted]
    return [json.loads(file.read_text("utf-8")) for file in files if file.exists()]


def _checkpoint(folder: Path, seed: int, children: int, version: int = LADDER.version) -> Path:
    return folder / f"ladder-{version}-board-{seed:04d}-{children}.json"


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.release_validation")
