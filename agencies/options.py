"""Command-line options that several commands share, so that each reads the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, TypeVar

import click
import orjson

from agencies import readers
from agencies.settings import DEFAULT_OUTBOX

F = TypeVar("F", bound=Callable[..., object])
FILE = click.Path(path_type=Path, dir_okay=False)
READABLE = click.Path(path_type=Path, exists=True, dir_okay=False)


class FileOptions(TypedDict):
    """What `file_options` gives a command, as `agencies.readers.read` takes it."""

    mapping: str | None
    board: str | None
    header: Path | None
    episodes: Path | None
    previous: Path | None
    collection_year: int | None
    postcodes: Path | None
    test_identifiers: bool | None


def _all(command: F, options: list[Callable[[F], F]]) -> F:
    for option in reversed(options):
        command = option(command)
    return command


test_identifiers_option = click.option(
    "--test-identifiers/--no-test-identifiers", "test_identifiers", default=None, envvar="YPSEM_TEST_IDENTIFIERS",
    help="Also link by numbers of the test ranges (NHS numbers from 999, UPNs of authority 999); by default where the "
    "register is synthetic. [env YPSEM_TEST_IDENTIFIERS]",
)  # fmt: skip


def file_options(command: F) -> F:
    """FILE, `--format` and everything about how FILE is read."""
    return _all(
        command,
        [
            click.argument("file", type=READABLE),
            click.option("--format", "format_", required=True, type=click.Choice(readers.FORMATS),
                         help="What the file is."),
            click.option("--mapping", help="For mapped-csv: a mapping shipped with this program, or a mapping file."),
            click.option("--board", help="Board of every row; otherwise the board of each row's ward."),
            click.option("--header", type=READABLE, help="SSDA903 Header file; otherwise looked for beside FILE."),
            click.option("--episodes", type=READABLE,
                         help="SSDA903 Episodes file; otherwise looked for beside FILE."),
            click.option("--previous", type=READABLE,
                         help="Last year's SSDA903 Missing file, for the rule that compares years."),
            click.option("--collection-year", type=click.IntRange(2000, 2100), metavar="YEAR",
                         help="SSDA903: year in which the collection year begins; by default of the latest start."),
            click.option("--postcodes", type=READABLE,
                         help="CSV of postcode and ward, for sources that hold postcodes; it stays here."),
            test_identifiers_option,
        ],
    )  # fmt: skip


def outbox_option(command: F) -> F:
    """`--outbox`."""
    return click.option(
        "--outbox", "outbox_path", type=FILE, default=DEFAULT_OUTBOX, envvar="YPSEM_OUTBOX", show_default=True,
        help="Your store of what was published; keep it and back it up. One per agency. [env YPSEM_OUTBOX]",
    )(command)  # fmt: skip


def broker_options(command: F) -> F:
    """`--bootstrap` and `--kafka-config`."""
    return _all(
        command,
        [
            click.option("--bootstrap", envvar="YPSEM_BOOTSTRAP", metavar="HOST:PORT", required=True,
                         help="The broker's address. [env YPSEM_BOOTSTRAP]"),
            click.option("--kafka-config", type=READABLE, envvar="YPSEM_KAFKA_CONFIG",
                         help="File of NAME=value lines (security_protocol, sasl_mechanism, sasl_username, "
                         "sasl_password, ssl_cafile, ssl_certfile, ssl_keyfile, compression ...), mode 600. Each can "
                         "be an environment variable YPSEM_KAFKA_<NAME> instead. [env YPSEM_KAFKA_CONFIG]"),
        ],
    )  # fmt: skip


def output_options(command: F) -> F:
    """`--json`, `--quiet` and `--metrics-file`."""
    return _all(
        command,
        [
            click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON."),
            click.option("--quiet", is_flag=True, help="No progress bar."),
            click.option("--metrics-file", type=FILE,
                         help="Also write a .prom file for node_exporter's textfile collector."),
        ],
    )  # fmt: skip


def show(as_dict: dict[str, object], text: str, as_json: bool) -> None:
    """Print JSON or text to standard output."""
    click.echo(orjson.dumps(as_dict, option=orjson.OPT_INDENT_2).decode() if as_json else text)
