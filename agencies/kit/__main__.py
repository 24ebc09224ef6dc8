"""`python -m agencies.kit OUT.zip`: build the zip that an agency installs."""

from __future__ import annotations

from pathlib import Path

import click

from agencies.kit.build import build_kit
from agencies.kit.lock import LockError
from models.service.atomic import NotWritten


@click.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
def main(out: Path) -> None:
    """Build the agency kit as OUT, a zip file."""
    try:
        made = build_kit(out)
    except (LockError, NotWritten) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{made}: {made.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main(prog_name="python -m agencies.kit")
