"""`python -m agencies serve-token`: the credentials of the HTTP intake, made, rotated, revoked and listed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from agencies.serve import credentials
from models.register import load_register
from models.service import clock
from models.service.atomic import write_whole
from models.service.commands import CommandFailed
from models.service.exits import DONE, NOT_ALL

FILE = click.Path(path_type=Path, dir_okay=False)

credentials_option = click.option(
    "--credentials", "path", type=FILE, envvar="YPSEM_SERVE_CREDENTIALS", required=True,
    help="File of salted hashes, mode 600, read by `serve`. [env YPSEM_SERVE_CREDENTIALS]",
)  # fmt: skip
register_option = click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), envvar="YPSEM_REGISTER", required=True,
    help="Directory of the register. [env YPSEM_REGISTER]",
)  # fmt: skip
agency_option = click.option("--agency", required=True, help="The agency's id in the register.")
out_option = click.option("--out", type=FILE, help="Write the credential to this new file, mode 600.")
print_option = click.option("--print", "shown", is_flag=True, help="Print the credential instead, this once.")


@click.group("serve-token")
def serve_token() -> None:
    """Credentials of the HTTP intake: shown once when made, kept as salted hashes."""


def _registered(agency: str, register_dir: Path) -> None:
    if agency not in load_register(register_dir, clock.today()).agency_by_id:
        raise CommandFailed(f"--agency {agency}: not in the register")


def _where(out: Path | None, shown: bool) -> None:
    """Refuse before anything is made: a credential that reaches nobody is of no use."""
    if (out is None) != shown:
        raise click.UsageError("give --out FILE, or --print to see the credential this once")
    if out is not None and out.exists():
        raise click.UsageError(f"{out} is there already; nothing is overwritten")


def _hand_over(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text)
        return
    write_whole(out, text + "\n", replace=False)
    click.echo(f"{out}: written; hand it over safely, then delete it here", err=True)


@serve_token.command("create")
@agency_option
@credentials_option
@register_option
@out_option
@print_option
def create(agency: str, path: Path, register_dir: Path, out: Path | None, shown: bool) -> None:
    """Make a credential for an agency."""
    _where(out, shown)
    _registered(agency, register_dir)
    _hand_over(credentials.create(path, agency), out)


@serve_token.command("rotate")
@agency_option
@credentials_option
@click.option("--keep-hours", type=click.FloatRange(0, 24 * 30), default=24.0, show_default=True,
              help="How long the earlier credentials go on working.")  # fmt: skip
@out_option
@print_option
def rotate(agency: str, path: Path, keep_hours: float, out: Path | None, shown: bool) -> None:
    """Make a new credential; the earlier ones end a little later."""
    _where(out, shown)
    until = clock.now() + timedelta(hours=keep_hours)
    _hand_over(credentials.rotate(path, agency, until), out)


@serve_token.command("revoke")
@credentials_option
@click.option("--agency", help="All credentials of this agency.")
@click.option("--id", "ident", help="One credential, by the id that `list` shows.")
def revoke(path: Path, agency: str | None, ident: str | None) -> None:
    """End credentials at once."""
    if (agency is None) == (ident is None):
        raise click.UsageError("give --agency or --id")
    n = credentials.revoke(path, lambda one: one.agency == agency or one.id == ident)
    click.echo(f"{n} revoked")
    raise SystemExit(DONE if n else NOT_ALL)


@serve_token.command("list")
@credentials_option
def list_(path: Path) -> None:
    """List the id, agency and dates of each credential."""
    for one in credentials.read(path):
        ends = f"  ends {one.expires:%Y-%m-%d %H:%M}Z" if one.expires else ""
        click.echo(f"{one.id}  {one.agency}  made {one.created:%Y-%m-%d}{ends}")
