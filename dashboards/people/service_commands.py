"""`python -m dashboards service-tokens make | list | revoke`: what programs read pages and files with."""

from __future__ import annotations

import re

import click

from dashboards.errors import DashboardError
from dashboards.life.commands import database, typed
from dashboards.people import changes
from dashboards.people.permissions import FOR_SERVICES
from models.store import service_tokens

_ACT = click.Choice(sorted(FOR_SERVICES))
_BOARD = re.compile(r"[A-Z][0-9]{8}")
_AS = click.option("--as", "who", required=True, metavar="PRINCIPAL", callback=typed, help="Your account name.")
_DATABASE = click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")


@click.group("service-tokens")
def service_tokens_group() -> None:
    """Make, list and revoke the tokens with which programs read pages and files."""


@service_tokens_group.command("make")
@click.argument("name")
@click.option("--act", "acts", multiple=True, required=True, type=_ACT, help="What it may do; one or more.")
@click.option("--board", "boards", multiple=True, required=True, metavar="CODE", help="On which boards; one or more.")
@click.option("--days", type=int, default=90, show_default=True, help="Until it expires; at most a year.")
@_AS
@_DATABASE
def make(
    name: str, acts: tuple[str, ...], boards: tuple[str, ...], days: int, who: str, database_url: str | None
) -> None:
    """Make a token for the service account NAME and print it, this once: the database has its hash alone."""
    if wrong := [board for board in boards if not _BOARD.fullmatch(board)]:
        raise DashboardError(f"{len(wrong)} of the boards are no code such as X08000001: name each by its code")
    with database(database_url) as engine:
        token = changes.token_made(engine, name, [FOR_SERVICES[act] for act in acts], boards, days, who)
    click.echo(token)
    click.echo(
        f"service:{name} can use it for {days} days. Keep it in a file of mode 600; it is not shown again.", err=True
    )


@service_tokens_group.command("list")
@_DATABASE
def list_tokens(database_url: str | None) -> None:
    """List every token that was made: name, state, acts, boards, until when, by whom. Never the token."""
    with database(database_url) as engine, engine.connect() as connection:
        for token in service_tokens.every(connection):
            state = "revoked" if token.revoked_at else "in force" if token.in_force() else "expired"
            acts, boards = token.acts.replace(" ", ","), token.boards.replace(" ", ",")
            until = f"{token.expires_at:%Y-%m-%d %H:%M} UTC"
            click.echo("\t".join((token.name, state, acts, boards, until, token.made_by)))


@service_tokens_group.command("revoke")
@click.argument("name")
@_AS
@_DATABASE
def revoke(name: str, who: str, database_url: str | None) -> None:
    """End the token of the service account NAME at once. Its name cannot be used again."""
    with database(database_url) as engine:
        changes.token_revoked(engine, name, who)
    click.echo("revoked")
