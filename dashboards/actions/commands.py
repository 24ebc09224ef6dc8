"""`python -m dashboards actions add | list | update | close`: the board's actions at the terminal.

Exit codes: 0 done, 1 refused, 2 wrong usage. Texts must name nobody: the identifier detectors check them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from dashboards.actions import changes
from dashboards.errors import DecisionRefused
from dashboards.life.commands import database, typed
from dashboards.settings import PageSettings
from models.register import Register, load_register
from models.service import clock
from models.service.exits import NOT_ALL
from models.service.settings import settings_of
from models.store.actions import ActionError, Impact, Listed, Source
from models.store.actions import actions as actions_of
from models.store.texts import LONGEST

_DATABASE = click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")
_REGISTER = click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register. [YPSEM_REGISTER]"
)
_WHO = click.option(
    "--as", "who", required=True, metavar="PRINCIPAL", callback=typed, help="Account name of the person who writes."
)
_ID = click.argument("action_id", metavar="ACTION")
_DAY = click.DateTime(["%Y-%m-%d"])
_TELL = click.option("--tell", multiple=True, metavar="AGENCY", help="Agency told of it; `all` for every one.")


@click.group()
def actions() -> None:
    """The board's actions: recommendations, who owes them, and what came of them. They hold no child data."""


@actions.command("add")
@click.argument("title")
@click.option("--board", required=True, help="Code of the board.")
@click.option("--owner", required=True, metavar="AGENCY", help="Agency that owes it.")
@click.option("--source", required=True, type=click.Choice([s.value for s in Source]), help="Where it comes from.")
@click.option("--due", required=True, type=_DAY, help="Due date.")
@click.option("--opened", type=_DAY, help="Day the action was agreed, if that was earlier; today by default.")
@_TELL
@_WHO
@_REGISTER
@_DATABASE
def add(
    title: str,
    board: str,
    owner: str,
    source: str,
    due: datetime,
    opened: datetime | None,
    tell: tuple[str, ...],
    who: str,
    register_dir: Path | None,
    database_url: str | None,
) -> None:
    """Open an action. TITLE says what is to be done, in at most 280 characters, and names no person or place."""
    register = _register(register_dir)
    with database(database_url) as engine, _refusals():
        since = opened.date() if opened else None
        click.echo(changes.add(engine, register, who, board, Source(source), owner, title, due.date(), tell, since))


@actions.command("update")
@_ID
@_TELL
@click.option("--due", type=_DAY, help="Another due date; the log keeps the one before.")
@click.option("--impact", type=click.Choice([Impact.EVIDENCED.value, Impact.NONE_FOUND.value]), help="What came of it.")
@click.option("--evidence", default="", help=f"For `evidenced`: in at most {LONGEST} characters, naming nobody.")
@_WHO
@_REGISTER
@_DATABASE
def update(
    action_id: str,
    tell: tuple[str, ...],
    due: datetime | None,
    impact: str | None,
    evidence: str,
    who: str,
    register_dir: Path | None,
    database_url: str | None,
) -> None:
    """Record which agencies were told, another due date, or evidence of impact."""
    if not (tell or due or impact):
        raise click.UsageError("give --tell, --due or --impact")
    if evidence and impact != Impact.EVIDENCED:
        raise click.UsageError("--evidence goes with --impact evidenced")
    register, outcome = _register(register_dir), Impact(impact) if impact else None
    with database(database_url) as engine, _refusals():
        changes.change(engine, register, who, action_id, tell, due.date() if due else None, outcome, evidence)
        click.echo(f"{action_id} updated")


@actions.command("close")
@_ID
@click.option("--on", type=_DAY, help="Day it was done; today by default.")
@_WHO
@_DATABASE
def close(action_id: str, on: datetime | None, who: str, database_url: str | None) -> None:
    """Close an action that is done. Its impact is recorded separately, with `update --impact`."""
    with database(database_url) as engine, _refusals():
        changes.close(engine, who, action_id, on.date() if on else None)
        click.echo(f"{action_id} closed")


@actions.command("list")
@click.option("--board", required=True, help="Code of the board.")
@click.option("--overdue", is_flag=True, help="Only those that are open and past their due date.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
@_DATABASE
def list_actions(board: str, overdue: bool, as_json: bool, database_url: str | None) -> None:
    """List a board's actions in order of due date."""
    today = clock.today()
    with database(database_url) as engine, engine.connect() as connection:
        listed = [action for action in actions_of(connection, board) if action.overdue(today) or not overdue]
    if as_json:
        click.echo(json.dumps([_json(action, today) for action in listed], indent=2))
        return
    for action in listed:
        state = "closed" if action.closed_on else "OVERDUE" if action.overdue(today) else "open"
        click.echo(f"{action.action_id}  due {action.due_on}  {state}  {action.owner}  {action.source}  {action.title}")
    if not listed:
        click.echo("the board has no such action", err=True)


def _json(action: Listed, today: date) -> dict[str, object]:
    days = {name: str(getattr(action, name)) for name in ("opened_on", "due_on")}
    closed = action.closed_on.isoformat() if action.closed_on else None
    rest = {"closed_on": closed, "told": sorted(action.told), "overdue": action.overdue(today)}
    return action._asdict() | days | rest


def _register(directory: Path | None) -> Register:
    return load_register(settings_of(PageSettings, register_dir=directory).register_dir, clock.today())


@contextmanager
def _refusals() -> Iterator[None]:
    """Print a refusal as one line, and exit with its code."""
    try:
        yield
    except (ActionError, DecisionRefused) as refusal:
        click.echo(f"refused: {refusal}", err=True)
        sys.exit(NOT_ALL)


COMMANDS = (actions,)
