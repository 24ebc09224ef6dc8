"""`python -m dashboards export`: approved releases as files."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path

import click

from dashboards.errors import DecisionRefused
from dashboards.exports import formats
from dashboards.exports.pdf import PdfUnavailable
from dashboards.labels import Names
from dashboards.life import changes, listing
from dashboards.life.commands import database
from dashboards.life.states import SHOWN, check_typed
from dashboards.settings import PageSettings
from models.register import Register, RegisterError, load_register
from models.service.atomic import make_folder, write_whole
from models.service.commands import CommandFailed
from models.service.exits import NOT_ALL
from models.service.settings import settings_of

TERMINAL = "terminal"
"""The name in the audit log for an export without `--as`."""
SIDE_BY_SIDE = 4
"""From this many releases on, laying out their PDFs in several processes saves time."""


@click.command()
@click.argument("release_ids", metavar="[RELEASE]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every approved release.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to.")
@click.option("--as", "who", default=TERMINAL, metavar="PRINCIPAL", help="Account name for the audit log.")
@click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")
@click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register. [YPSEM_REGISTER]"
)
def export(
    release_ids: tuple[str, ...],
    every: bool,
    out: Path,
    who: str,
    database_url: str | None,
    register_dir: Path | None,
) -> None:
    """Write approved releases as JSON (the stored bytes), CSV, XLSX, ODS and PDF, and what people said as CSV.

    Beside them stand the JSON with labels, the description of the CSV, the schemas of the JSON, and the SHA-256 of each
    file. A release never changes. Every format but the JSON also holds the correction notices made so far.

    Each release is recorded in the audit log first. Without Pango the PDF is left out, and a message says so. If a file
    cannot be written, the files of the releases printed before it are complete.
    """
    if every == bool(release_ids):
        raise click.UsageError("name releases, or give --all")
    try:
        check_typed(who)
    except DecisionRefused as refusal:
        raise click.UsageError(f"--as: {refusal}") from None
    registers = settings_of(PageSettings, register_dir=register_dir).register_dir
    with database(database_url) as engine:
        with engine.connect() as connection:
            listed = listing.releases(connection)
            if every:
                release_ids = tuple(row.release_id for row in listed if row.state in SHOWN)
            bodies = {release_id: listing.shown_body(connection, release_id) for release_id in release_ids}
            notices = {release_id: listing.corrections(connection, release_id) for release_id in release_ids}
        if missing := [release_id for release_id, body in bodies.items() if body is None]:
            raise CommandFailed(f"not approved, or not there: {', '.join(missing)}", NOT_ALL)
        for release_id in bodies:
            changes.note_reading(engine, changes.ReadingKind.EXPORT, release_id, who=who)
    left_out = set()
    known = {name: body or b"" for name, body in bodies.items()}
    make_folder(out)
    for release_id, reason in _written(out, known, notices, registers):
        if reason and reason not in left_out:
            click.echo(f"left out: {reason}", err=True)
            left_out.add(reason)
        click.echo(release_id)


def _written(
    out: Path, bodies: dict[str, bytes], notices: dict[str, tuple[listing.Correction, ...]], registers: Path
) -> Iterator[tuple[str, str]]:
    """Write each release's files; yields its id and why it has no PDF, else empty. Many are written in parallel."""
    jobs = [(out, name, body, notices[name], registers) for name, body in bodies.items()]
    if len(jobs) < SIDE_BY_SIDE:
        yield from map(_write, jobs)
        return
    with ProcessPoolExecutor(os.cpu_count() or 1, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_write, jobs)


def _write(job: tuple[Path, str, bytes, tuple[listing.Correction, ...], Path]) -> tuple[str, str]:
    out, release_id, body, notices, registers = job
    release, reason = listing.parse(body), ""
    names = Names.of(register_of(registers, release.register_version), release.board)
    written: list[tuple[str, bytes]] = []
    try:
        for suffix, content in formats.every(body, release, names, notices):
            _place(out / f"{release_id}.{suffix}", content)
            written.append((suffix, content))
    except PdfUnavailable as unavailable:  # the PDF comes last, so the others are there
        reason = str(unavailable)
    _place(out / f"{release_id}.{formats.CHECKSUMS}", formats.checksums(release_id, written))
    return release_id, reason


@cache
def register_of(directory: Path, version: date) -> Register:
    """The register that a release was built with, else the newest; raises `RegisterError` if there is none."""
    try:
        return load_register(directory, version)
    except RegisterError:
        return load_register(directory)


def _place(path: Path, content: bytes) -> None:
    """Write a file in one step, readable by its owner and group, so that nobody reads half of it."""
    write_whole(path, content, mode=0o640)


COMMANDS = (export,)
