"""`python -m models.store tables`: for the owner of the database, so that services need no right to alter it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
from sqlalchemy import make_url
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from models.service.commands import CommandFailed, Program, tell_exits
from models.service.exits import NOT_ALL
from models.store import make_engine, upgrade, writing
from models.store.roles import RIGHTS, grant, passwords_in, set_passwords

PAUSE = 2.0


@click.group(cls=Program)
def main() -> None:
    """What the owner of the database does."""


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


tell_exits(main, "models.store")

if __name__ == "__main__":
    main()
