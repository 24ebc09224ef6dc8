"""`python -m models.store tables` and `retention`: the owner makes the tables, retention empties them by rule."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from pathlib import Path

import click
from sqlalchemy import make_url
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from models.operations.retention import YEAR
from models.service.commands import CommandFailed, Program, tell_exits
from models.service.exits import NOT_ALL
from models.service.logs import log_to_stderr
from models.service.settings import AuditSettings
from models.store import make_engine, upgrade, writing
from models.store.audit_retention import LogBroken, forget_names, remove_past
from models.store.roles import RIGHTS, grant, passwords_in, set_passwords

PAUSE = 2.0
HOUR = 3600.0
log = logging.getLogger(__name__)


@click.group(cls=Program)
def main() -> None:
    """What the owner of the database does, and what removes from it."""


@main.command("tables")
@click.option(
    "--database-url",
    envvar="YPSEM_DATABASE_URL",
    required=True,
    help="postgresql://owner@host/name. [YPSEM_DATABASE_URL]",
)
@click.option(
    "--pgpass", envvar="PGPASSFILE", type=click.Path(path_type=Path, dir_okay=False),
    help="The owner's password file, with a line for each login as well. [PGPASSFILE]",
)  # fmt: skip
@click.option(
    "--wait", type=click.FloatRange(0), default=60, show_default=True, help="Seconds for the database to answer."
)
def tables(database_url: str, pgpass: Path | None, wait: float) -> None:
    """Make or upgrade the tables, and give sink, pages and reviewers a login with the least rights.

    It may be repeated. Run it after an upgrade, and after changing a password in the file.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        raise click.UsageError("only PostgreSQL has logins")
    engine = make_engine(database_url)
    until = time.monotonic() + wait
    try:
        while True:
            try:
                upgrade(engine)
                break
            except (OperationalError, InterfaceError):
                if time.monotonic() > until:
                    raise
                time.sleep(PAUSE)
        with writing(engine).begin() as connection:
            grant(connection)
        passwords = passwords_in(pgpass, url) if pgpass is not None else {}
        set_passwords(engine, passwords)
    except (SQLAlchemyError, OSError) as error:
        raise CommandFailed(f"the database does not answer, or refuses ({type(error).__name__})") from None
    finally:
        engine.dispose()
    click.echo(f"tables are the newest; {len(RIGHTS)} logins, {len(passwords)} passwords set")
    if missing := RIGHTS.keys() - passwords.keys():
        click.echo(f"no line in the password file for: {', '.join(sorted(missing))}", err=True)
        sys.exit(NOT_ALL)


@main.command("retention")
@click.option(
    "--database-url", envvar="YPSEM_DATABASE_URL", required=True,
    help="sqlite:///file or postgresql://ypsem_retention@host/name. [YPSEM_DATABASE_URL]",
)  # fmt: skip
@click.option(
    "--audit-years", envvar="YPSEM_AUDIT_YEARS", type=click.IntRange(1, 100),
    default=AuditSettings().audit_years, show_default=True, help="How long the audit log is kept. [YPSEM_AUDIT_YEARS]",
)  # fmt: skip
@click.option("--daily", is_flag=True, help="Do it every day until stopped, instead of once.")
def retention(database_url: str, audit_years: int, daily: bool) -> None:
    """Remove what is past its time: rows of the audit log, and names of people whom nothing mentions any more.

    The log says what was removed, and its chain still holds. Nothing is removed from a log that does not hold. It may
    be repeated.
    """
    log_to_stderr("models")
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        try:
            _remove(database_url, audit_years)
        except CommandFailed as failure:
            if not daily:
                raise
            log.error("%s; trying again in an hour", failure.message)
            stop.wait(HOUR)
            continue
        if not daily:
            return
        stop.wait(24 * HOUR)


def _remove(database_url: str, audit_years: int) -> None:
    engine = make_engine(database_url)
    try:
        rows, names = remove_past(engine, audit_years * YEAR), forget_names(engine)
    except LogBroken as broken:
        raise CommandFailed(str(broken), NOT_ALL) from None
    except SQLAlchemyError as error:
        raise CommandFailed(f"the database does not answer, or refuses ({type(error).__name__})") from None
    finally:
        engine.dispose()
    click.echo(f"{rows} rows of the audit log older than {audit_years} years and {names} names were removed")


tell_exits(main, "models.store")

if __name__ == "__main__":
    main()
