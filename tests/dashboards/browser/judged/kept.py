"""The demo's releases of both boards, two years long, with signals, returns and actions: kept as one small file.

Invented figures would leave pages without what makes them long: needs, signals, breaks, figures that are withheld.
`python -m tests.dashboards.browser.judged.kept DATABASE_URL` writes it anew from the database of `make demo ONCE=1`.
"""

from __future__ import annotations

import json
import lzma
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, Engine, insert, select

from models.releases import Release
from models.store import Base, ReleaseCellRow, make_engine

FILE = Path(__file__).with_name("demo.json.xz")
TABLES = (
    "releases", "release_states", "release_approvals", "signals", "submissions", "actions", "action_agencies",
    "service_state",
)  # fmt: skip
"""What is kept. Cells are in the releases' bodies; people, sessions and the log are made by tests themselves."""


def write(engine: Engine, path: Path = FILE) -> int:
    """Keep what a demo's database holds; the file's size in bytes."""
    held: dict[str, list[dict[str, Any]]] = {}
    with engine.connect() as connection:
        for name in TABLES:
            table = Base.metadata.tables[name]
            rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            held[name] = [{column: _plain(value) for column, value in row.items()} for row in rows]
    content = lzma.compress(json.dumps(held).encode(), preset=9 | lzma.PRESET_EXTREME)
    path.write_bytes(content)
    return len(content)


def load(connection: Connection, path: Path = FILE) -> None:
    """Put it into a migrated empty database; raises what SQLAlchemy raises where a table has other columns by now."""
    held: dict[str, list[dict[str, Any]]] = json.loads(lzma.decompress(path.read_bytes()))
    for name, rows in held.items():
        made = [{column: _typed(value) for column, value in row.items()} for row in rows]
        connection.execute(insert(Base.metadata.tables[name]), made)
    bodies = (Release.model_validate_json(row["body"]["bytes"]) for row in held["releases"])
    connection.execute(insert(ReleaseCellRow), list(_cells(bodies)))


def _cells(releases: Iterable[Release]) -> Iterable[dict[str, Any]]:
    return ({"release_id": release.release_id, **cell.model_dump()} for release in releases for cell in release.cells)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"bytes": value.decode()} if isinstance(value, bytes) else value


def _typed(value: Any) -> Any:
    match value:
        case {"moment": said}:
            return datetime.fromisoformat(said)
        case {"day": said}:
            return date.fromisoformat(said)
        case {"bytes": said}:
            return said.encode()
    return value


if __name__ == "__main__":
    click.echo(f"{write(make_engine(sys.argv[1]))} bytes")
