"""Who may do what in the database: one login for each that needs it, each with the least; PostgreSQL only.

The tables belong to whoever migrates them, and nobody else can alter or drop one. The log of acts and the releases can
be added to and read by these logins, and changed by none. Only retention deletes, and only rows of the log past their
time. So neither a fault in the pages nor somebody who gains their login can rewrite what was published. (SQLite has no
logins: it is for one machine without strangers.)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import URL, Connection, Engine

from models.store import terminal
from models.store.base import Base

SINK, PAGES, REVIEWER, RETENTION = "ypsem_sink", "ypsem_pages", "ypsem_reviewer", "ypsem_retention"
READ, ADD = "SELECT", "INSERT"
CHANGE, REMOVE = "UPDATE", "DELETE"
VERSION = "alembic_version"
"""The table of the last migration, which every service checks when it starts."""

RIGHTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # Carries records into SQL, and requests out of it.
    SINK: {
        VERSION: (READ,),
        "releases": (READ, ADD),
        "release_cells": (READ, ADD),
        "submissions": (READ, ADD, CHANGE, REMOVE),
        "signals": (READ, ADD, CHANGE),
        "remedies": (READ, ADD, CHANGE),
        "requests": (READ, "UPDATE (published_at)"),
        "remedy_requests": (READ, "UPDATE (published_at, outcome, answered_at)"),
        "refused_rules": (READ, ADD, REMOVE),
        "sink_offsets": (READ, ADD, CHANGE, REMOVE),
        "leases": (READ, ADD, CHANGE, REMOVE),
        "service_state": (READ, ADD, CHANGE),
        "audit_log": (READ, ADD),
    },
    # Shows, notes in the log what it showed, keeps the sessions of those to whom it shows, and writes down what they
    # decide: the door of the pages says who may.
    PAGES: {
        VERSION: (READ,),
        **dict.fromkeys(Base.metadata.tables, (READ,)),
        "sessions": (READ, ADD, CHANGE, REMOVE),
        "typed_forms": (READ, ADD, REMOVE),
        "people": (READ, ADD, "UPDATE (name, signed_in_at)"),
        "requests": (READ, ADD),
        "remedy_requests": (READ, ADD, "UPDATE (confirmed_by, confirmed_at)"),
        "release_states": (READ, ADD, CHANGE),
        "release_approvals": (READ, ADD),
        "release_corrections": (READ, ADD),
        "release_annotations": (READ, ADD),
        "actions": (READ, ADD, "UPDATE (due_on, closed_on, impact, evidence)"),
        "action_agencies": (READ, ADD),
        "action_acknowledgements": (READ, ADD),
        "access_grants": (READ, ADD, "UPDATE (confirmed_by, confirmed_at, revoked_by, revoked_at)"),
        "audit_log": (READ, ADD),
    },
    # People at a terminal: they ask for releases, approve, withdraw and correct them, keep the boards' actions,
    # end somebody's sessions, and make and revoke tokens of service accounts. What they write is under a typed name:
    # `models/store/terminal.py` has the database refuse anything else.
    REVIEWER: {
        VERSION: (READ,),
        **dict.fromkeys(Base.metadata.tables, (READ,)),
        "requests": (READ, ADD),
        "release_states": (READ, ADD, CHANGE),
        "release_approvals": (READ, ADD),
        "release_corrections": (READ, ADD),
        "actions": (READ, ADD, CHANGE),
        "action_agencies": (READ, ADD),
        "sessions": (READ, "UPDATE (ended_at)"),
        "service_tokens": (READ, ADD, "UPDATE (revoked_at)"),
        "audit_log": (READ, ADD),
    },
    # Takes away what is past its time. The database lets go of no row of the log before that (migration 0012).
    RETENTION: {
        VERSION: (READ,),
        "audit_log": (READ, ADD, REMOVE),
        "people": (READ, REMOVE),
        "sessions": (READ,),
    },
}
"""Login -> table -> what it may do."""


def grant(connection: Connection) -> None:
    """Make the logins that are missing and give each just its rights, in the caller's transaction; may be repeated.

    The tables have to be there. Raises what the database raises if the connection's login is not their owner.
    """
    known = set(connection.exec_driver_sql("SELECT rolname FROM pg_roles").scalars())
    database = sql.Identifier(str(connection.engine.url.database))
    _do(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    _do(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    for login, tables in RIGHTS.items():
        name = sql.Identifier(login)
        if login not in known:
            _do(connection, "CREATE ROLE {}", name)
        # Whatever rights it had before.
        _do(connection, "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS", name)
        _do(connection, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}", name)
        _do(connection, "GRANT CONNECT ON DATABASE {} TO {}", database, name)
        _do(connection, "GRANT USAGE ON SCHEMA public TO {}", name)
        for table, rights in tables.items():
            for right in rights:
                _do(connection, f"GRANT {right} ON {{}} TO {{}}", sql.Identifier(table), name)
    for statement in terminal.statements(REVIEWER):
        connection.exec_driver_sql(statement.replace("%", "%%"))


def set_passwords(engine: Engine, passwords: Mapping[str, str]) -> None:
    """Give logins these passwords; the server is sent a salted hash, and no log of it can hold more."""
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        for login, password in passwords.items():
            verifier = driver.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
            _do(connection, "ALTER ROLE {} PASSWORD {}", sql.Identifier(login), sql.Literal(verifier))


def passwords_in(pgpass: Path, url: URL) -> dict[str, str]:
    """The passwords of our logins in one of libpq's password files, for the server and database of a URL.

    Raises `OSError` when it cannot be read.
    """
    passwords: dict[str, str] = {}
    for line in pgpass.read_text("utf-8").splitlines():
        if line.startswith("#") or len(fields := _fields(line)) != 5:
            continue
        host, port, database, user, password = fields
        parts = ((host, url.host), (port, str(url.port or 5432)), (database, url.database))
        if user in RIGHTS and all(written in ("*", wanted) for written, wanted in parts):
            passwords.setdefault(user, password)
    return passwords


def _fields(line: str) -> list[str]:
    """Split at colons; a backslash takes the next character as it is."""
    fields, taken = [""], iter(line)
    for character in taken:
        if character == ":":
            fields.append("")
        else:
            fields[-1] += next(taken, "") if character == "\\" else character
    return fields


def _do(connection: Connection, statement: str, *parts: sql.Composable) -> None:
    text = sql.SQL(statement).format(*parts).as_string(None)
    connection.exec_driver_sql(text.replace("%", "%%"))


__all__ = ["PAGES", "RETENTION", "REVIEWER", "RIGHTS", "SINK", "grant", "passwords_in", "set_passwords"]
