"""The commands under `keys`: create, rotate, destroy, list, export-link and import-link."""

from __future__ import annotations

from pathlib import Path

import click

from agencies import keys
from models.service.atomic import NotWritten
from models.service.commands import CommandFailed

KEYS = click.option(
    "--keys", "directory", type=click.Path(path_type=Path, file_okay=False), envvar="YPSEM_KEYS", required=True,
    help="Directory of your key files. [env YPSEM_KEYS]",
)  # fmt: skip
LINK_FROM = click.option(
    "--link-from", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Link key file you were given: all agencies that share a linkage use the same one.",
)  # fmt: skip
EPOCH = click.IntRange(0, 9999)

LOST = {
    "link": "No one holding only this directory can make that epoch's tokens again: events that carry no newer token\n"
    "are no longer linked with what comes.",
    "local": "Your events are no longer linked with each other by your own record ids.",
    "event-id": "Your published events can no longer be revised or withdrawn, and would be counted twice.",
}


@click.group("keys")
def keys_group() -> None:
    """Make, rotate, hand over, list and destroy your key files. No command ever shows a key."""


@keys_group.command("create")
@KEYS
@LINK_FROM
def keys_create(directory: Path, link_from: Path | None) -> None:
    """Make the key files you need; one that exists is never touched.

    Back the directory up: with another event-id key your events would be counted twice.
    """
    before = {path.name for path in directory.glob("*.key")}
    try:
        made = keys.create_keys(directory, link_from)
    except NotWritten as problem:
        done = sorted({path.name for path in directory.glob("*.key")} - before)
        raise CommandFailed(f"{problem}" + f"; complete are: {', '.join(done)}" * bool(done)) from None
    for path in made:
        click.echo(f"made {path}")
    if link_from is None:
        click.echo(
            "the link key is new: the other agencies need the same one, or nothing links across agencies", err=True
        )


@keys_group.command("rotate")
@KEYS
@LINK_FROM
def keys_rotate(directory: Path, link_from: Path | None) -> None:
    """Begin the next epoch of the link key. Event ids stay; the next publish revises events to the new tokens.

    Until you destroy the link key before it, events carry their strongest token under both.
    """
    click.echo(f"made {keys.rotate_link(directory, link_from)}")
    before = list(keys.link_files(directory))[-2]
    click.echo(f"epoch {before} overlaps until: python -m agencies keys destroy link {before}", err=True)


@keys_group.command("destroy")
@click.argument("purpose", type=click.Choice(tuple(LOST)))
@click.argument("epoch", type=EPOCH)
@KEYS
@click.option("--yes", is_flag=True, help="Do not ask.")
def keys_destroy(purpose: str, epoch: int, directory: Path, yes: bool) -> None:
    """Overwrite and remove one key file for good: PURPOSE is link, local or event-id; EPOCH is 0 for the last two."""
    what = f"{purpose} {epoch}"
    if not yes:
        click.echo(LOST[purpose], err=True)
        if click.prompt(f"Type {what!r} to destroy that key", default="", show_default=False, err=True) != what:
            raise CommandFailed("nothing was destroyed")
    click.echo(f"destroyed {keys.destroy(directory, purpose, epoch)}; find and destroy copies in backups by hand")


@keys_group.command("list")
@KEYS
def keys_list(directory: Path) -> None:
    """Show which keys there are: purpose, epoch, file and use."""
    found = keys.list_keys(directory)
    if not found:
        raise CommandFailed(f"{directory}: no keys; run: python -m agencies keys create --keys {directory}")
    for key in found:
        click.echo(f"{key.purpose:<10} epoch {key.epoch:<5} {key.file:<14} {key.state}")


@keys_group.command("export-link")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@KEYS
@click.option("--epoch", type=click.IntRange(1, 9999), help="Which one; otherwise the newest.")
def keys_export_link(out: Path, directory: Path, epoch: int | None) -> None:
    """Copy the link key into the new file OUT, for an agency that joins or rotates with you.

    Do not hand OUT over by the same channel as the data, and leave no copy behind.
    """
    key = keys.export_link(directory, out, epoch)
    click.echo(f"made {out}: link key of epoch {key.epoch}; mode 600; whoever has it can make your children's tokens")


@keys_group.command("import-link")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@KEYS
def keys_import_link(file: Path, directory: Path) -> None:
    """Take in the link key FILE that you were given: your first one, or that of the next epoch."""
    click.echo(f"made {keys.import_link(directory, file)}; now destroy {file}")
