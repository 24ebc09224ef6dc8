"""A private PostgreSQL cluster for tests: this machine's binaries, a temporary folder, trust on loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

from demo.processes import Child, accepts, free_port, start

_DEBIAN = Path("/usr/lib/postgresql")


class PostgresMissing(RuntimeError):
    """PostgreSQL cannot be had on this machine; the message says what is missing."""


def program(name: str) -> str:
    """Path of a PostgreSQL program, on PATH or where Debian keeps them, newest version first."""
    versions = sorted(_DEBIAN.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    for folder in [None, *map(str, versions)]:
        found = shutil.which(name, path=folder)
        if found:
            return str(Path(found).resolve())
    raise PostgresMissing(f"no {name} on PATH or under {_DEBIAN}")


def _account() -> str | None:
    """The account to run as: this one, unless it is root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise PostgresMissing("PostgreSQL refuses to run as root, and there is no account postgres or nobody")


@contextmanager
def running_server() -> Iterator[URL]:
    """A started cluster; yields the URL of its maintenance database. Raises `PostgresMissing`."""
    initdb, postgres, account = program("initdb"), program("postgres"), _account()
    with tempfile.TemporaryDirectory(prefix="ypsem-postgres-", ignore_cleanup_errors=True) as name:
        folder, data = Path(name), Path(name) / "data"
        if account is not None:
            shutil.chown(folder, account)
        port = free_port()
        logs = {"log": Path(name) / "log", "user": account, "cwd": folder}
        options = ["-A", "trust", "-U", "ypsem", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D", str(data)]
        with start("initdb", [initdb, *options], **logs) as child:  # type: ignore[arg-type]
            if child.wait(60) != 0:
                raise child.failure("failed")
        # Nothing here must survive a power cut, so nothing waits for the disk.
        loose = [f"-c{name}=off" for name in ("fsync", "full_page_writes", "synchronous_commit")]
        where = ["-D", str(data), "-p", str(port), "-clisten_addresses=127.0.0.1", "-cunix_socket_directories="]
        server: Child = start("PostgreSQL", [postgres, *where, *loose], dies_by=signal.SIGINT, **logs)  # type: ignore[arg-type]
        try:
            server.wait_until(lambda: accepts(port), 30)
            server.wait_for_line("ready to accept connections", 30)
            yield make_url(f"postgresql+psycopg://ypsem@127.0.0.1:{port}/postgres")
        finally:
            server.stop(first=signal.SIGINT)  # "fast": does not wait for clients


@contextmanager
def empty_database(server: URL) -> Iterator[str]:
    """A new empty database on a server, dropped at the end with whoever is still connected; yields its URL."""
    name = f"ypsem_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        yield server.set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()
