"""A private PostgreSQL cluster for tests: this machine's binaries, a temporary folder, trust on loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from demo.processes import ChildProcess, accepts, free_port, start
from tests.support.full_disk import tiny_disk
from tests.support.pace import patience

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


class PostgresServer:
    """A cluster that can be stopped, killed and started again with its data; a context manager."""

    def __init__(self) -> None:
        """Raises `PostgresMissing`."""
        self._initdb, self._program, self._account = program("initdb"), program("postgres"), _account()
        self._stack = ExitStack()
        self._port = free_port()
        self._child: ChildProcess | None = None

    @property
    def url(self) -> URL:
        """The URL of its maintenance database."""
        return make_url(f"postgresql+psycopg://ypsem@127.0.0.1:{self._port}/postgres")

    @contextmanager
    def room(self, size: str) -> Iterator[Path]:
        """A separate disk for a tablespace, of so many bytes (`1m`); skips where none can be mounted."""
        with tiny_disk(self._folder / "room", size) as disk:
            space = disk / "space"
            space.mkdir(mode=0o700)
            for folder in (disk, space):
                if self._account is not None:
                    shutil.chown(folder, self._account)
            yield disk

    def __enter__(self) -> Self:
        name = tempfile.TemporaryDirectory(prefix="ypsem-postgres-", ignore_cleanup_errors=True)
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(name))
            if self._account is not None:
                shutil.chown(self._folder, self._account)
            options = ["-A", "trust", "-U", "ypsem", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
            with self._run("initdb", self._initdb, *options) as child:
                if child.wait(patience(60)) != 0:
                    raise child.failure("failed")
            stack.callback(self.stop)
            self.start()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def start(self) -> None:
        """Start it and wait until it lets a client in."""
        # Nothing here must survive a power cut, so nothing waits for the disk.
        loose = [f"-c{name}=off" for name in ("fsync", "full_page_writes", "synchronous_commit")]
        where = ["-p", str(self._port), "-clisten_addresses=127.0.0.1", "-cunix_socket_directories="]
        self._child = self._run("PostgreSQL", self._program, *where, *loose)
        self._child.wait_until(self._lets_in, patience(30))

    def stop(self) -> None:
        """Stop it without waiting for clients ("fast")."""
        if self._child is not None:
            self._child.stop(first=signal.SIGINT)
            self._child = None

    def kill(self) -> None:
        """SIGKILL to all of its processes; `start` recovers from its log."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _run(self, name: str, path: str, *options: str) -> ChildProcess:
        command = [path, *options, "-D", str(self._folder / "data")]
        log = self._folder / "log"
        return start(name, command, log, user=self._account, cwd=self._folder, dies_by=signal.SIGINT)

    def _lets_in(self) -> bool:
        if not accepts(self._port):
            return False
        engine = create_engine(self.url, poolclass=NullPool)
        try:
            engine.connect().close()
        except OperationalError:
            return False
        return True


@contextmanager
def running_server() -> Iterator[URL]:
    """A started cluster; yields the URL of its maintenance database. Raises `PostgresMissing`."""
    with PostgresServer() as server:
        yield server.url


@contextmanager
def empty_database(server: URL) -> Iterator[str]:
    """A new empty database on a server; yields its URL. At the end it is dropped, and connections to it are ended."""
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
