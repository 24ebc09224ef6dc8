"""`calibrate-signals`: finds by simulation from which score a rise is a signal, and how large a rise must be."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from analysis.commands._errors import Unusable
from analysis.commands._register import board_of, board_option, register_option
from models.register import RegisterError, SignalCalibration
from models.register.load import calibration_path, read_calibrations

if TYPE_CHECKING:
    from analysis.signals.calibrating import Piece
    from analysis.signals.places import Places
    from analysis.signals.simulated import Setting
    from analysis.signals.thresholds import Thresholds

Results = dict[str, list[float]]


@click.command(name="calibrate-signals")
@register_option
@board_option
@click.option(
    "--children",
    type=click.IntRange(30, 20_000),
    required=True,
    help="About how many children a year the board has, over all kinds together. From what is published or agreed, "
    "not from an exact count: the result is shown on a page.",
)
@click.option(
    "--boards", type=click.IntRange(20, 100_000), default=5000, show_default=True,
    help="Board-years of chance alone, used three times: to find thresholds, to measure them, and with groups.",
)  # fmt: skip
@click.option("--processes", type=click.IntRange(1, 16), default=2, show_default=True)
@click.option(
    "--work", type=click.Path(file_okay=False, path_type=Path), default=Path("var/calibration"), show_default=True,
    help="Where finished pieces are kept. A run that was stopped continues from them.",
)  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="[default: beside the register]")
def command(
    register: Path, board: str | None, children: int, boards: int, processes: int, work: Path, output: Path | None
) -> None:
    """Work out by simulation when a rise becomes a signal, and write signals-YYYY-MM-DD.yaml beside the register.

    The threshold is set so that chance alone gives 0.2 new signals a year over all kinds. The simulation has the whole
    rule: noise, ten children, any one agency left out, a look every fortnight. The rate is measured on other boards
    than those that gave the threshold, and on boards where children come in groups. Then the command looks for the
    number of children that is noticed 4 times in 5. It reads no records and takes some minutes. When the file changes,
    the supervisor restarts the ledger's worker.
    """
    from analysis.signals import calibrating
    from analysis.signals.places import places_of
    from analysis.signals.simulated import Setting

    if register is None:
        raise click.UsageError("give --register, or set YPSEM_REGISTER")
    listed, of = board_of(register, board)
    if not of.wards:
        raise Unusable(f"{of.code} has no wards in the register: it has no signals about children")
    places, setting = places_of(of), Setting(children)
    kept = work / f"{of.code}-{of.places_digest}-{calibrating.rule_digest()}-{children}.jsonl"
    results = _kept(kept)
    pieces = calibrating.chance_pieces(boards)
    _work(pieces, places, setting, None, results, kept, processes)
    wanted = {piece.key for piece in pieces}
    chance = {key: value for key, value in results.items() if key in wanted}
    try:
        found = calibrating.thresholds_from(chance)
    except ValueError as error:
        raise Unusable(f"{of.code}: {error}") from None
    # Other thresholds, other rises: their pieces are kept by the threshold too.
    rises = kept.with_suffix(f".{found.told:.2f}.jsonl")
    of_rises = _kept(rises)
    _work(calibrating.rise_pieces(), places, setting, found, of_rises, rises, processes)
    made = calibrating.calibration(of, places, setting, chance | of_rises)
    target = output or calibration_path(register, listed.version)
    try:
        _write(target, of.code, made)
    except (OSError, RegisterError) as error:
        raise Unusable(f"{target}: cannot be written ({error}): give --output") from None
    click.echo(
        f"{target.name}: {of.code}, {children} children a year: told from a score of {made.told}. By chance alone "
        f"{made.by_chance} new signals a year, {made.in_groups} where children come in groups ({made.boards} "
        "board-years each)."
    )


def _work(
    pieces: Iterable[Piece],
    places: Places,
    setting: Setting,
    thresholds: Thresholds | None,
    results: Results,
    kept: Path,
    processes: int,
) -> None:
    """Do the pieces that are not done, beside each other, and keep each as soon as it is."""
    missing = [piece for piece in pieces if piece.key not in results]
    if not missing:
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.open("a", encoding="utf-8") as file:
        for done, (piece, value) in enumerate(_done(missing, places, setting, thresholds, processes), start=1):
            results[piece.key] = value
            file.write(json.dumps([piece.key, value]) + "\n")
            file.flush()
            click.echo(f"{done} of {len(missing)}: {piece.key}", err=True)


def _done(
    pieces: Sequence[Piece], places: Places, setting: Setting, thresholds: Thresholds | None, processes: int
) -> Iterator[tuple[Piece, list[float]]]:
    """Each piece as it is done; in this process where one is enough."""
    from analysis.signals.calibrating import run

    if processes == 1:
        for piece in pieces:
            yield piece, run(piece, places, setting, thresholds)
        return
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        tasks = {pool.submit(run, piece, places, setting, thresholds): piece for piece in pieces}
        for task in as_completed(tasks):
            yield tasks[task], task.result()


def _kept(path: Path) -> Results:
    """What earlier runs did. A last line that a stopped run left half is taken out, so that the next is whole."""
    if not path.is_file():
        return {}
    text = path.read_text("utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, "utf-8")
    return dict(json.loads(line) for line in whole.splitlines())


def _write(path: Path, board: str, made: SignalCalibration) -> None:
    """Put one board's calibration into the file, beside those of others, in one step."""
    every = read_calibrations(path) | {board: made}
    document = {code: one.model_dump(mode="json") for code, one in sorted(every.items())}
    head = "# Made by `python -m analysis calibrate-signals`; do not edit. Nothing in it comes from records.\n"
    new = path.with_suffix(".new")
    new.write_text(head + yaml.safe_dump(document, sort_keys=False), "utf-8")
    new.replace(path)
