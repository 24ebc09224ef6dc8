"""`protect`: makes protected tables from a file of children, by the same rule as every release."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import click
import yaml
from pydantic import ValidationError

from analysis.commands._errors import Unusable
from analysis.commands._register import board_option, register_option, shape_of
from analysis.commands._units import read_units
from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import for_sectors_too, tally
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import KeyedNoise, Protected, RoundingKeys
from analysis.disclosure.release_file import ReleaseFile, ShapeData, Tables, cell_of
from models.contract.periods import bounds
from models.releases import NoiseParameters
from models.service.keyfiles import KeyFileError, read_key
from models.service.yaml_text import read_yaml


class LadderType(click.ParamType):
    """A click parameter: a ladder version, or a file that holds a ladder."""

    name = "ladder"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Ladder:
        """Read the ladder. A click error says what is wrong with it."""
        if isinstance(value, Ladder):
            return value
        text = str(value)
        if text.isdecimal() and int(text) in LADDERS:
            return LADDERS[int(text)]
        if not Path(text).is_file():
            self.fail(f"neither a file nor one of the versions {', '.join(map(str, sorted(LADDERS)))}", param, ctx)
        try:
            return Ladder.model_validate(read_yaml(Path(text).read_text("utf-8")), strict=False)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
            self.fail(f"{text} is not a ladder: {error}", param, ctx)


@click.command(name="protect")
@click.argument("units", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ladder", type=LadderType(), required=True, help="Ladder version, or a YAML or JSON file.")
@click.option("--key-file", type=click.Path(path_type=Path), help="Key file with purpose rounding, mode 0600.")
@click.option("--seed", type=int, help="In place of a key: reproducible, for tests and synthetic data only.")
@click.option("--window", "windows", multiple=True, help="Only these (2025Q2, 2025FY); by default all whole ones.")
@click.option("--cut-off", help="The only timestamp of the releases; by default 28 days after the last window.")
@click.option("--json", "as_json", is_flag=True, help="Print the release file, not a summary.")
@register_option
@board_option
def command(
    units: Path,
    ladder: Ladder,
    key_file: Path | None,
    seed: int | None,
    windows: tuple[str, ...],
    cut_off: str | None,
    as_json: bool,
    register: Path | None,
    board: str | None,
) -> None:
    """Protect counts of distinct children: add keyed noise of a known distribution, then round to five.

    UNITS.csv has the columns child, area, period, agency and indicator, and optionally measure, town and sector. A row
    says that an agency knows that a child counts in a period (a date, month, quarter or financial year), with a home
    area and an indicator (both may be empty). The file is personal data: read it only inside the boundary.

    The output holds protected cells only. Check it with `audit` and `export-audit`.
    """
    keys = _keys(key_file, seed)
    read = read_units(units)
    shape = shape_of(register, board) if register else read.shape(board or "board")
    wanted = list(windows) or read.windows()
    try:
        last = max(bounds(window)[1] for window in wanted)
        counted = tally(for_sectors_too(read.facts, shape), shape, ladder.most_indicators)
        if absent := sorted(counted.measures - set(ladder.measures)):
            click.echo(f"not on the ladder, so not shown: {', '.join(absent)}", err=True)
        stamp = cut_off or (last + timedelta(days=28)).isoformat()
        cells = build(counted, ladder, wanted, keys, measures=counted.measures)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    file = release_file(ladder, shape, wanted, stamp, cells, synthetic=seed is not None)
    click.echo(file.model_dump_json() if as_json else _summary(file))


def release_file(
    ladder: Ladder, shape: Shape, windows: list[str], cut_off: str, cells: dict[CellKey, Protected], *, synthetic: bool
) -> ReleaseFile:
    """The release file for some windows of one board."""
    rule = KeyedNoise()
    by_window: dict[str, list[CellKey]] = {window: [] for window in windows}
    for key in sorted(cells):
        by_window[key.window].append(key)
    return ReleaseFile(
        board=shape.board,
        cut_off=cut_off,
        synthetic=synthetic,
        ladder=ladder,
        parameters=NoiseParameters(deviation=rule.deviation, base=rule.base, lowest=rule.lowest),
        shape=ShapeData(
            towns=dict(shape.towns),
            wards=shape.wards,
            sectors=dict(shape.sector_of),
            indicators=shape.indicators,
        ),
        releases=tuple(
            Tables(
                release_id=f"{shape.board}.{window}.l{ladder.version}",
                window=window,
                cells=tuple(cell_of(key, cells[key]) for key in keys),
            )
            for window, keys in by_window.items()
        ),
    )


def _keys(key_file: Path | None, seed: int | None) -> RoundingKeys:
    if (key_file is None) == (seed is None):
        raise click.UsageError("give one of --key-file and --seed")
    if key_file is None:
        master = hashlib.sha256(f"ypsem synthetic seed {seed}".encode()).digest()
        return RoundingKeys.derive(master, master, 0)
    try:
        key = read_key(key_file, "rounding")
    except KeyFileError as error:
        raise Unusable(str(error)) from None
    return RoundingKeys.derive(key.secret, key.secret, key.epoch)


def _summary(file: ReleaseFile) -> str:
    lines = [f"board {file.board}, ladder {file.ladder.version}, cut-off {file.cut_off}"]
    for tables in file.releases:
        states = Counter(cell.state for cell in tables.cells)
        counts = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        lines.append(f"{tables.window}: {len(tables.cells)} cells: {counts}")
    return "\n".join(lines)
