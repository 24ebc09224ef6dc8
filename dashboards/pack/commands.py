"""`python -m dashboards pack`: every paper of a board's meeting pack, as files."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from dashboards.errors import DecisionRefused
from dashboards.exports.pdf import PdfUnavailable
from dashboards.life.commands import database
from dashboards.life.states import check_typed
from dashboards.settings import PageSettings
from models.register import load_register
from models.service import clock
from models.service.atomic import make_folder, write_whole
from models.service.commands import CommandFailed
from models.service.exits import NOT_ALL
from models.service.settings import settings_of

TERMINAL = "terminal"
"""The name in the audit log, and on the papers, without `--as`."""
CHECKSUMS = "SHA256SUMS"
"""The list of checksums beside the papers, as `sha256sum --check` reads it."""


@click.command()
@click.option("--board", "code", required=True, metavar="CODE", help="Code of the board.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to.")
@click.option("--as", "who", default=TERMINAL, metavar="PRINCIPAL", help="Account name for papers and audit log.")
@click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")
@click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register. [YPSEM_REGISTER]"
)
def pack(code: str, out: Path, who: str, database_url: str | None, register_dir: Path | None) -> None:
    """Write the meeting pack of a board: PDFs, slides, and a sheet for each of its agencies.

    All are from the newest approved release. Each is recorded in the audit log before it is written; the file
    SHA256SUMS has the checksums. Without Pango the PDFs are left out, and a message says so.
    """
    # Imported here, because needs load the statistics libraries. That takes a second, and other commands need none.
    from dashboards.geography.files import Maps
    from dashboards.pack import made
    from dashboards.pack.kinds import KINDS
    from dashboards.pack.source import read

    try:
        check_typed(who)
    except DecisionRefused as refusal:
        raise click.UsageError(f"--as: {refusal}") from None
    directory = settings_of(PageSettings, register_dir=register_dir).register_dir
    register = load_register(directory)
    board = register.board_by_code.get(code)
    if board is None:
        raise click.UsageError(f"--board: the register has no board {code}")
    with database(database_url) as engine:
        with engine.connect() as connection:
            source = read(connection, register, board, clock.today(), Maps(directory), sees_waiting=True)
        if source is None:
            raise CommandFailed("no release of this board is approved", NOT_ALL)
        make_folder(out)
        sums, left_out = [], ""
        jobs = [partial(made.paper, source, kind, who) for kind in KINDS]
        jobs += [partial(made.sheet, source, one, who) for one in register.agencies_of(code)]
        for job in jobs:
            try:
                file = job()
            except PdfUnavailable as unavailable:
                left_out = str(unavailable)
                continue
            made.note(engine, file, who)
            write_whole(out / file.name, file.content, mode=0o640)
            sums.append(f"{file.checksum}  {file.name}")
            click.echo(file.name)
    if left_out:
        click.echo(f"left out: {left_out}", err=True)
    write_whole(out / CHECKSUMS, ("\n".join(sums) + "\n").encode(), mode=0o640)


COMMANDS = (pack,)
