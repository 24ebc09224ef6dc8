"""The commands `keys create`, `keys rotate` and `keys list`."""

from __future__ import annotations

from pathlib import Path

import click

from agencies import keys
from agencies.guard import Guarded, Unusable

KEYS = click.option(
    "--keys", "directory", type=click.Path(path_type=Path, file_okay=False), envvar="YPSEM_KEYS", required=True,
    help="Directory of your key files. [env YPSEM_KEYS]",
)  # fmt: skip
LINK_FROM = click.option(
    "--link-from", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Link key file you were given: all agencies that share a linkage use the same one.",
)  # fmt: skip


@click.group("keys")
def keys_group() -> None:
    """Make, rotate and list your key files. No command ever shows a key."""


@keys_group.command("create", cls=Guarded)
@KEYS
@LINK_FROM
def keys_create(directory: Path, link_from: Path | None) -> None:
    """Make the key files you need; one that exists is never touched.

    Back the directory up: with another event-id key your events would be counted twice.
    """
    for path in keys.create_keys(directory, link_from):
        click.echo(f"made {path}")
    if link_from is None:
        click.echo(
            "the link key is new: the other agencies need the same one, else nothing links across agencies", err=True
        )


@keys_group.command("rotate", cls=Guarded)
@KEYS
@LINK_FROM
def keys_rotate(directory: Path, link_from: Path | None) -> None:
    """Add the link key of the next epoch. Event ids stay; the next publish revises events to the new tokens."""
    click.echo(f"made {keys.rotate_link(directory, link_from)}")


@keys_group.command("list", cls=Guarded)
@KEYS
def keys_list(directory: Path) -> None:
    """Show which keys there are: purpose and epoch."""
    found = keys.list_keys(directory)
    if not found:
        raise Unusable(f"{directory}: no keys; run: python -m agencies keys create --keys {directory}")
    for key in found:
        click.echo(f"{key.purpose:<10} epoch {key.epoch:<5} {key.file}")
