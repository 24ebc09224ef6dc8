"""The command `check`: a dry run of `publish` that needs no key and no broker, and sends nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from agencies.options import test_identifiers_option
from agencies.readers import FORMATS, read
from agencies.readers.events import checked
from agencies.readers.summary import ReadingSummary, summarise
from models.register import Register, load_register
from models.register.dates import accepted_dates
from models.service import clock

READABLE = click.Path(path_type=Path, exists=True, dir_okay=False)


def check_file(
    path: Path,
    format: str,
    *,
    register: Register | None = None,
    mapping: str | Path | None = None,
    header: Path | None = None,
    episodes: Path | None = None,
    previous: Path | None = None,
    collection_year: int | None = None,
    board: str | None = None,
    postcodes: Path | None = None,
    test_identifiers: bool | None = None,
    preview: int = 0,
    today: date,
) -> ReadingSummary:
    """Read a file and say what would become of it.

    Raises `UnreadableFile` or `MappingError` as `agencies.readers.read` does; their texts hold no value from the file.
    """
    reading = read(
        path,
        format,
        register=register,
        mapping=mapping,
        header=header,
        episodes=episodes,
        previous=previous,
        collection_year=collection_year,
        postcodes=postcodes,
        board=board,
        test_identifiers=test_identifiers,
        today=today,
    )
    if format == "events":
        known = register.board_by_code.get(board) if register and board else None
        reading = checked(reading, accepted_dates(known, today), register, clock.now(), today)
    return summarise(reading, format, register=register, board=board, preview=preview)


@click.command("check")
@click.argument("file", type=READABLE)
@click.option("--format", "format_", required=True, type=click.Choice(FORMATS), help="What the file is.")
@click.option("--mapping", help="For mapped-csv: a mapping shipped with this program, or a mapping file.")
@click.option(
    "--board", help="Board of every row: its accepted dates are applied, other boards' wards are out of area."
)
@click.option("--header", type=READABLE, help="SSDA903 Header file; otherwise looked for beside FILE.")
@click.option("--episodes", type=READABLE, help="SSDA903 Episodes file; otherwise looked for beside FILE.")
@click.option("--previous", type=READABLE, help="Last year's SSDA903 Missing file, for the rule that compares years.")
@click.option("--collection-year", type=click.IntRange(2000, 2100), metavar="YEAR",
              help="SSDA903: year in which the collection year begins; by default the year of most dates.")  # fmt: skip
@click.option("--postcodes", type=READABLE, help="CSV of postcode and ward, for sources that hold postcodes.")
@test_identifiers_option
@click.option("--preview", type=click.IntRange(0, 100), default=0, metavar="N",
              help="Show the first N outgoing events, ids and tokens masked.")  # fmt: skip
@click.option("--register", "register_dir", type=click.Path(path_type=Path), envvar="YPSEM_REGISTER",
              help="Directory of the register; needed where a mapping reads wards. [env YPSEM_REGISTER]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(
    file: Path, format_: str, mapping: str | None, board: str | None, header: Path | None, episodes: Path | None,
    previous: Path | None, collection_year: int | None, postcodes: Path | None, test_identifiers: bool | None,
    preview: int, register_dir: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Show what `publish` would make of FILE: rows read, rows refused by rule, warnings, events. Nothing is sent.

    The output holds line numbers and rules, but no value from the file.
    """
    today = clock.today()
    summary = check_file(
        file,
        format_,
        register=load_register(register_dir, today) if register_dir else None,
        mapping=mapping,
        header=header,
        episodes=episodes,
        previous=previous,
        collection_year=collection_year,
        board=board,
        postcodes=postcodes,
        test_identifiers=test_identifiers,
        preview=preview,
        today=today,
    )
    click.echo(summary.to_json() if as_json else summary.to_text())
    raise SystemExit(summary.exit_code)
