"""`python -m benchmarks.release_rules`: compares rules for making figures, and writes a page about it."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.rules.gaussian import Gaussian
from benchmarks.rules.made import Board
from benchmarks.rules.moves import Moved
from benchmarks.rules.page import PROFILES, write
from benchmarks.rules.weigh import Weighed, moves, weigh

DEFAULT = Path("docs/disclosure-rules.md")
READING = Path(__file__).parent / "rules" / "reading.md"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--children", "sizes", multiple=True, type=int, default=(100, 400, 1500), show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--draws", default=20, show_default=True, help="Keys for the errors of rules that are no noise.")
@click.option("--sample", default=300, show_default=True, help="Children whose records are taken out.")
@click.option("--small", is_flag=True, help="Boards of four wards and five agencies: seconds, for tests.")
@click.option("--out", type=click.Path(path_type=Path), default=DEFAULT, show_default=True, help="The page.")
def main(sizes: tuple[int, ...], seed: int, draws: int, sample: int, out: Path, *, small: bool) -> None:
    """Weigh the rules on boards of some sizes; some minutes."""
    results: dict[str, dict[int, Weighed]] = {profile.name: {} for profile in PROFILES}
    moved: dict[int, tuple[Moved, Moved]] = {}
    for children in sizes:
        board = Board.of(seed, children, small=small)
        moved[children] = moves(board, sample)
        for profile in PROFILES:
            # The errors of noise are known exactly.
            times = 1 if isinstance(profile.rule, Gaussian) else draws
            weighed = weigh(board, profile.rule, times, gate=profile.gate, beside=profile.beside)
            results[profile.name][children] = weighed
            click.echo(
                f"{children}: {profile.name}: {dict(weighed.proofs)}, {weighed.withheld} of {weighed.cells} withheld"
            )
    write(out, results, moved, READING.read_text("utf-8").splitlines())
    click.echo(f"page in {out}")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.release_rules")
