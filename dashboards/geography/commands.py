"""`python -m dashboards outlines check`: whether the pages could use a file with outlines."""

from __future__ import annotations

from pathlib import Path

import click

from dashboards.errors import DashboardError
from dashboards.geography.files import checked, path_of, strangers
from dashboards.geography.ground import ground
from models.register import load_register
from models.service import clock
from models.service.settings import ServiceSettings, settings_of

SHOWN = 10
"""Pairs that are listed at most."""


@click.group("outlines")
def outlines_group() -> None:
    """Check outlines of wards before they are put beside the register."""


@outlines_group.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--board", "code", required=True, metavar="CODE", help="The board whose wards they are.")
@click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register. [YPSEM_REGISTER]"
)
def check(file: Path, code: str, register_dir: Path | None) -> None:
    """Check the GeoJSON FILE for a board: every ward has an outline, and each outline is one."""
    settings = settings_of(ServiceSettings, register_dir=register_dir)
    register = load_register(settings.register_dir, clock.today())
    board = register.board_by_code.get(code)
    if board is None:
        raise DashboardError("the register has no board of this code")
    wards = {w.code for b in register.boards if b.boundary_set == board.boundary_set for w in b.wards}
    try:
        outlines = checked(file, wards)
    except OSError:
        raise DashboardError("the file cannot be read: is its path right, and may this account read it?") from None
    drawn = ground(outlines.rings, {ward.code: ward.town for ward in board.wards})
    given = sum(len(ring) for rings in outlines.rings.values() for ring in rings)
    weight = sum(len(shape.path) for shape in drawn.areas.values())
    click.echo(f"{len(wards)} wards, {given:,} points; the map takes {weight / 1000:.0f} kB before compression")
    if not outlines.credit:
        click.echo("the file names nobody to credit (metadata.attribution): most licences ask for a line on the page")
    pairs = strangers(board, outlines)
    if pairs:
        listed = "; ".join(f"{one} and {other}" for one, other in pairs[:SHOWN])
        more = f"; and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else ""
        click.echo(
            f"{len(pairs)} pairs of wards border on each other in the register or in the file, and not in both: "
            f"{listed}{more}. Outlines that are simplified one by one do not meet, and then lines of towns look torn"
        )
    put = path_of(settings.register_dir, board.boundary_set)
    if put is None:
        raise DashboardError("the boundary set's name in the register cannot be the name of a file")
    click.echo(f"it can be used: put it beside the register as {put.name}")


COMMANDS = (outlines_group,)
