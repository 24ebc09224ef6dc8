"""Fills a store of each kind, starts the pages over it, asks for everything, prints the table and keeps the figures."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmarks.measure import machine
from benchmarks.pages import asked, table
from benchmarks.pages.borough import two_years
from benchmarks.pages.filled import fill, write_register
from demo.boards import two_boards
from models.register import Register
from models.releases import Release
from models.store import make_engine
from tests.support.postgres import empty_database, running_server

FOLDER = Path("var/bench/pages")
RESULTS = FOLDER / "results.json"
TODAY = datetime(2026, 5, 11, 10, tzinfo=UTC)
"""The demo's day."""
DATABASES = ("sqlite", "postgresql")
BOARDS, YEARS, ROUNDS = 20, 10, 2


def run(
    boards: int = BOARDS, years: int = YEARS, rounds: int = ROUNDS, databases: tuple[str, ...] = DATABASES,
    out: Path = RESULTS,
) -> bool:  # fmt: skip
    """Measure, print a table for each database and write the figures; True when every target is met."""
    os.environ["YPSEM_CLOCK_OFFSET_SECONDS"] = str(int((TODAY - datetime.now(UTC)).total_seconds()))
    built = two_years(FOLDER, two_boards())
    register_dir = FOLDER / f"register-{boards}"
    register = write_register(register_dir, boards)
    met, found = True, dict[str, Any]()
    for name in databases:
        with _store(name, boards, years, register, built) as url:
            engine = make_engine(url)
            asked_for, unknown = asked.addresses(engine, register)
            with asked.serving(engine, url, register_dir, FOLDER / "serve.log") as (port, session, pid):
                pages, files = ([one for one in asked_for if one.file is file] for file in (False, True))
                answers = asked.ask(port, session, pid, pages, again=False)
                for _ in range(rounds):
                    answers += asked.ask(port, session, pid, pages, again=True)
                memory = asked.memory_mb(pid)
                for again in (False, True):
                    answers += asked.ask(port, session, pid, files, again=again)
                with_files = asked.memory_mb(pid)
            engine.dispose()
        click.echo(f"\npages over {name}: {boards} boards, {years} years of releases\n")
        met &= table.show(answers, unknown, memory, with_files)
        found[name] = {
            "memory_mb": round(memory),
            "memory_mb_with_files": round(with_files),
            "routes": table.figures(answers),
        }
    load = {"boards": boards, "years": years, "rounds": rounds}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"machine": machine(), "load": load, "found": found}, indent=1) + "\n", "utf-8")
    click.echo(f"\nresults in {out}")
    return met


@contextmanager
def _store(name: str, boards: int, years: int, register: Register, built: list[Release]) -> Iterator[str]:
    """The URL of a filled database. The file of SQLite is kept for the next run."""
    if name == "postgresql":
        with running_server() as server, empty_database(server) as url:
            _fill(url, register, built, years)
            yield url
        return
    path = FOLDER / f"store-{boards}-{years}.db"
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        _fill(f"sqlite:///{part}", register, built, years)
        part.rename(path)
    yield f"sqlite:///{path}"


def _fill(url: str, register: Register, built: list[Release], years: int) -> None:
    click.echo(f"filling a store: {len(register.boards)} boards, {years} years", err=True)
    engine = make_engine(url)
    fill(engine, register, built, years)
    engine.dispose()
