"""`python -m benchmarks.pages`: fills a store, starts the pages over it and prints how long each takes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

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
TODAY = datetime(2026, 5, 11, 10, tzinfo=UTC)
"""The demo's day."""
DATABASES = ("sqlite", "postgresql")


@click.command()
@click.option("--boards", default=20, show_default=True, help="Boards, all of the size of the demo's large one.")
@click.option("--years", default=10, show_default=True, help="Years of releases of each.")
@click.option("--rounds", default=2, show_default=True, help="How often each page is asked for after its first time.")
@click.option("--database", "databases", type=click.Choice(DATABASES), multiple=True, default=DATABASES)
@click.option("--out", type=click.Path(path_type=Path), default=FOLDER / "results.json", show_default=True)
def main(boards: int, years: int, rounds: int, databases: tuple[str, ...], out: Path) -> None:
    """Measure every page of every board, first hits and repeated hits apart.

    Exit 1 when a page misses its target on a database.
    """
    sys.exit(0 if run(boards, years, rounds, databases, out) else 1)


def run(boards: int, years: int, rounds: int, databases: tuple[str, ...] = DATABASES, out: Path | None = None) -> bool:
    """Measure, print a table for each database and write the figures; True when every target is met."""
    os.environ["YPSEM_CLOCK_OFFSET_SECONDS"] = str(int((TODAY - datetime.now(UTC)).total_seconds()))
    built = two_years(FOLDER, two_boards())
    register_dir = FOLDER / f"register-{boards}"
    register = write_register(register_dir, boards)
    met, found = True, {}
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
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        load = {"boards": boards, "years": years, "rounds": rounds}
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


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.pages")
