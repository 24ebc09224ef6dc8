"""`python -m dashboards approve | withdraw | correct | releases | audit | life`: who decides about a release."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from dashboards.errors import DashboardError, DecisionRefused
from dashboards.life import changes, diagram, listing
from dashboards.life.states import DecisionReason, Fault, LifeState, check_typed
from dashboards.life.verify import verify
from dashboards.settings import PageSettings, kept_days
from models.service.exits import DONE, NOT_ALL
from models.service.settings import settings_of
from models.store import SchemaState, make_engine, schema_state
from models.store.audit import Head
from models.store.chain import Checkpoint

_DATABASE = click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")


def typed(_context: click.Context, _option: click.Parameter, who: str) -> str:
    """A name as `--as` takes it; raises `DecisionRefused` for any other, also for the subject of a person."""
    check_typed(who)
    return who


def removed_words(removed: Checkpoint | None) -> str:
    """What retention took away from the log, as a sentence; nothing if it took nothing."""
    if removed is None:
        return ""
    return (
        f"Rows 1 to {removed.last} were removed by retention on {removed.at:%Y-%m-%d}: they were older than "
        f"{removed.days} days."
    )


_WHO = click.option(
    "--as", "who", required=True, metavar="PRINCIPAL", callback=typed, help="Account name of the person who decides."
)
_IDS = click.argument("release_ids", metavar="RELEASE...", nargs=-1, required=True)


@contextmanager
def database(database_url: str | None) -> Iterator[Engine]:
    """The database these commands work on; raises `DashboardError` if it has no tables or does not answer."""
    engine = make_engine(settings_of(PageSettings, database_url=database_url).database_url)
    try:
        if schema_state(engine) is not SchemaState.CURRENT:
            raise DashboardError("the database does not have the tables of this version: start the sink once")
        yield engine
    except DBAPIError as error:
        raise DashboardError(f"the database does not answer ({type(error).__name__})") from None
    finally:
        engine.dispose()


@click.command()
@_IDS
@_WHO
@_DATABASE
def approve(release_ids: tuple[str, ...], who: str, database_url: str | None) -> None:
    """Approve releases. Whoever asked for one cannot approve it; one that nobody asked for needs two people."""
    _decide(release_ids, database_url, lambda engine, release_id: changes.approve(engine, release_id, who))


@click.command()
@_IDS
@_WHO
@click.option(
    "--reason", type=click.Choice([r.value for r in DecisionReason]), required=True, help="From a closed list."
)
@_DATABASE
def withdraw(release_ids: tuple[str, ...], who: str, reason: str, database_url: str | None) -> None:
    """Withdraw releases: their figures are no longer shown, and are not replaced."""
    _decide(
        release_ids,
        database_url,
        lambda engine, release_id: changes.withdraw(engine, release_id, who, DecisionReason(reason)),
    )


def _decide(release_ids: tuple[str, ...], database_url: str | None, act: Callable[[Engine, str], LifeState]) -> None:
    """Act on each release in turn. A refusal stops no other release, and the exit code reports it."""
    refused = False
    with database(database_url) as engine:
        for release_id in release_ids:
            try:
                click.echo(f"{release_id} {act(engine, release_id)}")
            except DecisionRefused as refusal:
                refused = True
                click.echo(f"{release_id} refused: {refusal}", err=True)
    sys.exit(NOT_ALL if refused else DONE)


@click.command()
@_IDS
@_WHO
@click.option("--reason", type=click.Choice([f.value for f in Fault]), required=True, help="From a closed list.")
@click.option(
    "--measure", default="", help="Measure whose figures are wrong, such as m9_children; by default all of the release."
)
@_DATABASE
def correct(release_ids: tuple[str, ...], who: str, reason: str, measure: str, database_url: str | None) -> None:
    """Put a dated correction notice beside releases: pages and new files say what is wrong.

    The release stays byte for byte as it was published, and the notice never says what a figure should have been:
    that would be a second publication of the same cell. If the figures must go, use withdraw.
    """
    _decide(
        release_ids,
        database_url,
        lambda engine, release_id: changes.correct(engine, release_id, who, Fault(reason), measure),
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
@_DATABASE
def releases(as_json: bool, database_url: str | None) -> None:
    """List the releases and the state of each. No figure is shown."""
    with database(database_url) as engine, engine.connect() as connection:
        listed = listing.releases(connection)
    if as_json:
        click.echo(json.dumps([row._asdict() | {"since": row.since.isoformat()} for row in listed], indent=2))
        return
    for row in listed:
        reason = f" ({row.reason})" if row.reason else ""
        click.echo(f"{row.release_id}  {row.state}{reason} since {row.since:%Y-%m-%d}, approvals: {row.approvals}")
    if not listed:
        click.echo("no release has been received yet", err=True)


@click.group()
def audit() -> None:
    """The log of who did what."""


@audit.command("verify")
@click.option("--head", "kept", help="number:hash that an earlier run printed, kept elsewhere.")
@_DATABASE
def verify_log(kept: str | None, database_url: str | None) -> None:
    """Find a changed, removed or inserted row, and any change to a release that the log does not record."""
    try:
        head = Head.parse(kept) if kept else None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with database(database_url) as engine, engine.connect() as connection:
        verdict = verify(connection, head, kept_days())
    if verdict.wrong is not None:
        click.echo(f"{verdict.wrong} at {verdict.where}", err=True)
        sys.exit(NOT_ALL)
    if verdict.removed:
        click.echo(removed_words(verdict.removed))
    click.echo(f"the log holds; keep this elsewhere: {verdict.head}")


@click.command()
@click.option("--write", is_flag=True, help="Bring docs/release-life.md in step instead.")
def life(write: bool) -> None:
    """Print the life of a release as a diagram and tables."""
    if write:
        document = diagram.DOCUMENT.read_text("utf-8")
        diagram.DOCUMENT.write_text(diagram.in_step(document), "utf-8")
    else:
        click.echo(diagram.drawn())


COMMANDS = (approve, withdraw, correct, releases, audit, life)
