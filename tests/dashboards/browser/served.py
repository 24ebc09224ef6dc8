"""The pages and the demo's provider as their own processes, over one small database that each test begins anew."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select, update

from demo.boards import write_register
from demo.processes import free_port, start
from demo.rundir import ROOT, RunFolder, module
from models.store import Base, SessionRow, audit, make_engine, upgrade, writing
from tests.dashboards.conftest import TODAY
from tests.support.pace import patience


@dataclass(frozen=True)
class Served:
    """What runs, and its database as the test sees it."""

    url: str
    """Of the pages, without a slash at its end."""
    provider: str
    engine: Engine
    offset: int
    """Seconds by which its clock is not ours."""
    _live: Path
    _empty: Path

    def begin_anew(self) -> None:
        """Put the database back to what it was before any test: migrated, and nothing in it."""
        with closing(sqlite3.connect(self._empty)) as empty, closing(sqlite3.connect(self._live, timeout=30)) as live:
            empty.backup(live)

    def log(self, *without: str) -> list[tuple[str, str, str, str]]:
        """The audit log: who, act, about what, detail; without some acts, and without looks at pages."""
        left_out = {"view", *without}
        with self.engine.connect() as connection:
            found = [(one.who, one.action, one.subject, one.detail) for one in audit.entries(connection)]
        return [row for row in found if row[1] not in left_out]

    def rows(self, table: type[Base], *columns: str) -> list[tuple[object, ...]]:
        """Every row of a table, as some of its columns."""
        with self.engine.connect() as connection:
            found = connection.execute(select(*(getattr(table, name) for name in columns)))
            return [tuple(row) for row in found]

    def long_ago(self, idle: timedelta) -> None:
        """Let every session that is open have been idle for so long."""
        with writing(self.engine).begin() as connection:
            seen = SessionRow.seen_at
            for number, at in connection.execute(select(SessionRow.session_hash, seen)).all():
                row = update(SessionRow).where(SessionRow.session_hash == number)
                connection.execute(row.values(seen_at=at - idle))


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The pages by `python -m dashboards serve`, and people to choose from by `python -m demo.provider`."""
    live, empty = folder / "store.db", folder / "empty.db"
    for path in (live, empty):
        made = make_engine(f"sqlite:///{path}")
        upgrade(made)
        made.dispose()
    write_register(folder / "register")
    port, beside = free_port(), free_port()
    url, provider = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{beside}"
    offset = int((TODAY - datetime.now(UTC)).total_seconds())
    nothing: dict[str, str | None] = {name: None for name in os.environ if name.startswith("YPSEM_")}
    environment = nothing | {
        "YPSEM_DATABASE_URL": f"sqlite:///{live}", "YPSEM_REGISTER": str(folder / "register"),
        "YPSEM_CLOCK_OFFSET_SECONDS": str(offset), **RunFolder.of_pages(url, provider),
    }  # fmt: skip
    pages = module("dashboards", "serve", "--port", str(port), "--metrics-port", "0")
    choose = module("demo.provider", "--port", str(beside), "--pages", url)
    engine = make_engine(f"sqlite:///{live}")
    with (
        start("pages", pages, folder / "pages.log", env=environment, cwd=ROOT) as one,
        start("provider", choose, folder / "provider.log", env=environment, cwd=ROOT) as other,
    ):
        one.wait_for_port(port, patience(60))
        other.wait_for_port(beside, patience(60))
        yield Served(url, provider, engine, offset, live, empty)
    engine.dispose()
