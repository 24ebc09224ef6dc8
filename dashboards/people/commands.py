"""`python -m dashboards roles | end-sessions | service-tokens`: who may do what, and how somebody is kept out."""

from __future__ import annotations

import click

from dashboards.errors import DashboardError
from dashboards.life.commands import database, typed
from dashboards.life.states import SUBJECT
from dashboards.people import changes, printed
from dashboards.people.service_commands import service_tokens_group


@click.command()
@click.option("--write", is_flag=True, help="Bring docs/roles.md in step instead.")
def roles(write: bool) -> None:
    """Print who may do what, on which board."""
    if write:
        document = printed.DOCUMENT.read_text("utf-8")
        printed.DOCUMENT.write_text(printed.in_step(document), "utf-8")
    else:
        click.echo(printed.printed())


@click.command("end-sessions")
@click.argument("person", metavar="SUBJECT")
@click.option(
    "--as", "who", required=True, metavar="PRINCIPAL", callback=typed, help="Account name of whoever ends them."
)
@click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")
def end_sessions(person: str, who: str, database_url: str | None) -> None:
    """End every session of a person at once, for instance when a laptop is lost. SUBJECT is as in the audit log.

    They can sign in again unless the provider stops them: to keep somebody out, take the account or roles away there.
    """
    if not SUBJECT.fullmatch(person):
        raise DashboardError("that is no person: name one as the audit log does, sub:...")
    with database(database_url) as engine:
        ended = changes.ended(engine, person, who)
    click.echo(f"{ended} sessions ended")


COMMANDS = (roles, end_sessions, service_tokens_group)
