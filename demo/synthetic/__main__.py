"""`python -m demo.synthetic --out DIR`: writes the synthetic agencies' exports, the manifest and the planted truth."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from demo.synthetic.borough import BOARD
from demo.synthetic.exports import all_exports
from demo.synthetic.manifest import manifest
from demo.synthetic.places import PLACES
from demo.synthetic.table import ExportFile, write
from demo.synthetic.truth import truth
from demo.synthetic.world import make_world

DEFAULT_SEED = 2024
SIZES = "1 is about 1,500 children a year on the large board, and about 400 on the small one."


def generate(directory: Path, seed: int = DEFAULT_SEED, scale: float = 1.0, board: str = BOARD) -> list[ExportFile]:
    """Write a board's exports under `directory` and return the files; the same seed and scale give the same bytes."""
    world = make_world(seed, scale, PLACES[board])
    files = all_exports(world)
    directory.mkdir(parents=True, exist_ok=True)
    for file in files:
        write(file, directory)
    _dump(directory / "manifest.json", manifest(files, seed, scale, board))
    _dump(directory / "truth.json", truth(world, files))
    return files


def _dump(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, default=_iso) + "\n", "utf-8")


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


@click.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where to write the files."
)
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Same seed, same bytes.")
@click.option("--scale", type=click.FloatRange(0.05, 5), default=1.0, show_default=True, help=SIZES)
@click.option("--board", type=click.Choice(sorted(PLACES)), default=BOARD, show_default=True, help="Large or small.")
def main(out: Path, seed: int, scale: float, board: str) -> None:
    """Write two years of synthetic agency exports of a fictional board.

    Every child, name, number and place is invented. Beside the files: manifest.json (how to publish them, what is
    dirty) and truth.json (what was planted).
    """
    files = generate(out, seed, scale, board)
    lines, events = sum(len(file.lines) for file in files), sum(file.events for file in files)
    click.echo(f"{out}: {len(files)} synthetic files, {lines:,} lines, {events:,} events counting both editions")


if __name__ == "__main__":
    main()
