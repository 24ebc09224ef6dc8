"""Command line of the contract: `python -m models schemas [--write]`."""

from __future__ import annotations

import sys

import click

from models.schemas.generate import FOLDER, out_of_step, write
from models.service.commands import tell_exits
from models.service.exits import DONE, NOT_ALL


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """The contract between agencies and the service."""


@cli.command()
@click.option("--write", "write_", is_flag=True, help="Write the documents; without it, only compare.")
def schemas(write_: bool) -> None:
    """Compare the published JSON Schemas and AsyncAPI document with the models, or write them anew."""
    if write_:
        write()
    wrong = out_of_step()
    for name in wrong:
        click.echo(f"{FOLDER.name}/{name} is not what the models say; run `python -m models schemas --write`")
    if not wrong:
        click.echo(f"{len(list(FOLDER.glob('*.json')))} documents in step")
    sys.exit(NOT_ALL if wrong else DONE)


tell_exits(cli, "models")

if __name__ == "__main__":
    cli(prog_name="python -m models")
