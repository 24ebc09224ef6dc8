"""A board and its shape from the register, for commands that take `--register` and `--board`."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.commands._errors import Unusable
from analysis.disclosure.cells import Shape
from models.contract.codes import Indicator
from models.register import Board, Register, load_register
from models.register.load import RegisterError

INDICATORS = tuple(sorted(code for code in Indicator if code not in ("unknown", "not_recorded")))

register_option = click.option(
    "--register",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="YPSEM_REGISTER",
    help="Directory of register-YYYY-MM-DD.yaml files. They give the town of each ward and the sector of each agency.",
)
board_option = click.option("--board", help="Board code; needed if the register has more than one board.")


def board_of(directory: Path, board: str | None) -> tuple[Register, Board]:
    """The newest register and one of its boards. Errors say what to correct."""
    try:
        register = load_register(directory)
    except RegisterError as error:
        raise Unusable(str(error)) from None
    if board is None and len(register.boards) == 1:
        return register, register.boards[0]
    if board is None:
        raise click.UsageError("the register has several boards: give --board")
    if board not in register.board_by_code:
        raise click.UsageError("--board: no such board in the register")
    return register, register.board_by_code[board]


def shape_of(directory: Path, board: str | None) -> Shape:
    """How the cells of a registered board nest."""
    return Shape.of(*board_of(directory, board), INDICATORS)
