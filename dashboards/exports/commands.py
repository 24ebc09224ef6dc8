"""`python -m dashboards export`: approved releases as files."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

import click

from dashboards.exports import formats
from dashboards.exports.document import Names
from dashboards.exports.pdf import PdfUnavailable
from dashboards.life import listing
from dashboards.life.commands import database
from dashboards.life.states import SHOWN
from dashboards.settings import with_settings
from models.register import Register, RegisterError, load_register


@click.command()
@click.argument("release_ids", metavar="[RELEASE]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every approved release.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to.")
@click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), help="Directory. [YPSEM_REGISTER]")
def export(
    release_ids: tuple[str, ...], every: bool, out: Path, database_url: str | None, register_dir: Path | None
) -> None:
    """Write approved releases as JSON (the stored bytes), CSV, XLSX, ODS and PDF; a release's files never change.

    Where Pango is missing the PDF is left out, which is said. Exit code 1 if a release is not approved.
    """
    if every == bool(release_ids):
        raise click.UsageError("name releases, or say --all")
    registers = with_settings(register_dir=register_dir).register_dir
    with database(database_url) as engine, engine.connect() as connection:
        found = listing.releases(connection)
        if every:
            release_ids = tuple(row.release_id for row in found if row.state in SHOWN)
        bodies = {release_id: listing.shown_body(connection, release_id) for release_id in release_ids}
    if missing := [release_id for release_id, body in bodies.items() if body is None]:
        raise click.ClickException(f"not approved, or not there: {', '.join(missing)}")
    out.mkdir(parents=True, exist_ok=True)
    told = False
    for release_id, body in bodies.items():
        release = listing.parse(body or b"")
        _place(out / f"{release_id}.json", body or b"")
        names = Names.of(register_of(registers, release.register_version), release.board)
        for suffix in formats.FORMATS:
            try:
                _place(out / f"{release_id}.{suffix}", formats.write(release, names, suffix))
            except PdfUnavailable as reason:
                if not told:
                    click.echo(f"left out: {reason}", err=True)
                told = True
        click.echo(release_id)


@cache
def register_of(directory: Path, version: date) -> Register:
    """The register that a release was built with, else the newest; a `ClickException` if there is none."""
    try:
        return load_register(directory, version)
    except RegisterError:
        try:
            return load_register(directory)
        except RegisterError as error:
            raise click.ClickException(str(error)) from None


def _place(path: Path, content: bytes) -> None:
    """Write a file in one step, readable by its owner and group: nobody meets half of it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as part:
        part.write(content)
    os.chmod(part.name, 0o640)
    os.replace(part.name, path)


COMMANDS = (export,)
