"""`python -m streams keys`: make intake's and ledger's key files, list them, destroy an old epoch's gate key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from models.service.commands import CommandFailed
from models.service.keyfiles import KeyFileError, destroy_key, read_key, write_key
from streams.options import settings_of

_GATE = re.compile(r"gate-([1-9][0-9]{0,3})\.key")
_KEYS = click.option("--keys", type=click.Path(path_type=Path), help="Directory of that role's key files.")


@click.group(invoke_without_command=True)
@click.option("--role", type=click.Choice(("intake", "ledger")), help="Whose keys to make.")
@click.option("--epoch", type=click.IntRange(1, 9999), default=1, show_default=True, help="Epoch of the gate key.")
@_KEYS
@click.pass_context
def keys(context: click.Context, /, role: str | None, epoch: int, **given: Any) -> None:
    """Make the key files of intake or ledger, each in its own directory and custody. Nothing shows or overwrites them.

    Losing the gate key starts every child anew in the figures; losing the ledger's keys changes the rounding of
    figures not yet released. Back them up, apart from each other and from the data.
    """
    if context.invoked_subcommand:
        return
    if role is None:
        raise click.UsageError("give --role: intake or ledger")
    directory = settings_of(**given).keys
    wanted = (
        [(f"gate-{epoch}.key", "gate", epoch)]
        if role == "intake"
        else [("record.key", "record", 0), ("rounding.key", "rounding", 0)]
    )
    for name, purpose, number in wanted:
        write_key(directory / name, purpose, number)
        click.echo(f"{directory / name}: made")


@keys.command()
@click.argument("epoch", type=click.IntRange(1, 9999))
@_KEYS
@click.option("--yes", is_flag=True, help="Do not ask.")
def destroy(epoch: int, yes: bool, **given: Any) -> None:
    """Overwrite and remove intake's gate key of an old EPOCH for good: nobody can make that epoch's tokens again.

    Do it when the overlap is over: every agency has destroyed its link key of that epoch and has published once more.
    """
    directory = _directory(**given)
    path, lost = to_destroy(directory, epoch)
    if not yes:
        what = f"gate {epoch}"
        click.echo(lost, err=True)
        if click.prompt(f"Type {what!r} to destroy that key", default="", show_default=False, err=True) != what:
            raise CommandFailed("nothing was destroyed")
    destroy_key(path, "gate", epoch)
    click.echo(
        f"destroyed {path}; restart intake, which holds it in memory; find and destroy copies in backups by hand"
    )


def _directory(**given: Any) -> Path:
    """Of the subcommand's own option, or of the one before its name."""
    above = click.get_current_context().parent
    if given["keys"] is None and above is not None:
        given["keys"] = above.params.get("keys")
    return settings_of(**given).keys


def to_destroy(directory: Path, epoch: int) -> tuple[Path, str]:
    """The file of an epoch's gate key, and what stops working without it.

    Raises `KeyFileError` when there is none, and for the newest while an older one is there: intake would then refuse
    what agencies send today and take what they no longer should.
    """
    epochs = {int(found[1]): path for path in directory.glob("gate-*.key") if (found := _GATE.fullmatch(path.name))}
    path = directory / f"gate-{epoch}.key"
    if epoch not in epochs:
        raise KeyFileError(f"{path}: there is no such key file")
    if epoch == max(epochs) and len(epochs) > 1:
        raise KeyFileError(f"{path}: this key is in use, and an older one is there; destroy the older ones first")
    read_key(path, "gate")
    lost = (
        f"Intake refuses every event with a token of epoch {epoch} from its restart on (rule token-epoch), a replay of "
        "the raw topics included.\nChildren whose events carry no newer token are no longer linked with what comes."
    )
    if len(epochs) == 1:
        lost += "\nIt is the only gate key: intake does not start without one, and every child starts anew."
    return path, lost


@keys.command("list")
@_KEYS
def list_keys(**given: Any) -> None:
    """Show which key files there are: purpose, epoch and file, never a key."""
    directory = _directory(**given)
    names = sorted(path.name for path in directory.glob("*.key")) if directory.is_dir() else []
    if not names:
        raise CommandFailed(f"{directory}: no key files")
    for name in names:
        gate = _GATE.fullmatch(name)
        purpose = "gate" if gate else name.removesuffix(".key")
        key = read_key(directory / name, purpose)
        click.echo(f"{key.purpose:<10} epoch {key.epoch:<5} {name}")
