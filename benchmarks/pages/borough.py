"""Two years of releases of the demo's large board, built once by the builder of releases, and kept in a folder."""

from __future__ import annotations

from pathlib import Path

from analysis.beside import beside
from analysis.disclosure.noise import RoundingKeys
from analysis.homes import Settled
from analysis.release import board_at, build_releases, candidates, closed_windows
from demo.boards import LARGE
from demo.synthetic.__main__ import generate
from demo.synthetic.borough import START
from models.register import Register
from models.releases import Release
from models.service import clock
from tests.support.synthetic_ledger import synthetic_rows

NAME = "releases.jsonl"


def two_years(folder: Path, register: Register) -> list[Release]:
    """The releases of both years of the demo's large board, oldest first. Builds them if the folder has none yet."""
    kept = folder / NAME
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        built = _built(folder, register)
        # Renamed when it is whole, so that a run that was stopped leaves nothing that looks like a result.
        part = kept.with_suffix(".part")
        part.write_text("".join(f"{release.model_dump_json()}\n" for release in built), "utf-8")
        part.replace(kept)
    return [Release.model_validate_json(line) for line in kept.read_text("utf-8").splitlines()]


def _built(folder: Path, register: Register) -> list[Release]:
    board = register.board_by_code[LARGE]
    generate(folder / "exports")
    rows = synthetic_rows(folder / "exports", folder / "keys", register).items()
    keys, cut_off, held = RoundingKeys.derive(b"r" * 32, b"k" * 32, 1), clock.now(), list[Settled]()
    sector_of = {agency.id: str(agency.sector) for agency in register.agencies_of(board.code)}
    besides = beside(rows, sector_of, cut_off)
    seen = board_at(register, board, rows, cut_off)
    releases: list[Release] = []
    for windows in candidates(closed_windows(board, START, clock.today())):
        built = build_releases(register, board, windows, seen, keys, cut_off, held, besides)
        held += built.homes
        releases += built.releases
    return releases


__all__ = ["two_years"]
