"""What a page reads does not grow with the years of a board's releases: rows and documents are counted, not seconds.

A page that lists every release reads a line for each. No page reads documents of windows that it does not show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from dashboards.people.mapped import COSTLY, ROUTES
from dashboards.queries import conclusions
from dashboards.queries.opened import KEPT
from models.contract.periods import parts
from models.store import writing
from models.store.actions import Source, open_action
from tests.dashboards.conftest import TODAY, Visit, store
from tests.dashboards.ladder_5 import ladder_5
from tests.models.store.factories import BOARD

RECENT, LONG = (tuple(f"{year}FY" for year in years) for years in (range(2022, 2026), range(2016, 2022)))
"""Four years, which is as far as the page of training looks back, and the six before them."""
LINES = 30 * 3 * 400
"""The bytes of a line, at most, for each of the 30 more releases, read three times at most. One document more for each
of the six years would be over 90,000."""
MEASURES = ("m1", "m4", "m6", "m15", "m18")
ACTION = "act-0123456789abcdef"


@dataclass
class Read:
    """What was read for a page."""

    parsed: int = 0
    size: int = 0
    """Bytes of text and documents in the rows that the database gave."""


@contextmanager
def counted(engine: Engine) -> Iterator[Read]:
    """Counts what is read meanwhile, by a process that has kept nothing."""
    read, before = Read(), KEPT.parsed
    KEPT.forget()
    conclusions.forget()

    def row(_cursor: Any, values: tuple[Any, ...]) -> tuple[Any, ...]:
        read.size += sum(len(value) for value in values if isinstance(value, str | bytes))
        return values

    def count(dbapi_connection: Any, _record: Any, _proxy: Any) -> None:
        dbapi_connection.row_factory = row

    event.listen(engine, "checkout", count)
    try:
        yield read
    finally:
        event.remove(engine, "checkout", count)
    read.parsed = KEPT.parsed - before


def addresses() -> list[str]:
    """Every page of a board, with one release and one action, and a few measures."""
    known = {"{code}": BOARD, "{release}": f"{BOARD}.2025FY.l5", "{action}": ACTION, "{measure}": "m1"}
    found = []
    for method, route in ROUTES:
        if method == "GET" and (method, route) not in COSTLY and route.startswith("/boards/{code}"):
            for name, value in known.items():
                route = route.replace(name, value)
            found += [route] if "{" not in route else []
    return [*found, *(f"/boards/{BOARD}/measures/{measure}" for measure in MEASURES)]


def each(client: TestClient, engine: Engine) -> dict[str, Read]:
    found = {}
    for path in addresses():
        with counted(engine) as read:
            assert client.get(path).status_code == 200, path
        found[path] = read
    return found


def test_a_page_reads_no_more_after_ten_years_than_after_four(sqlite: Engine, visit: Visit) -> None:
    client = visit(sqlite)
    store(sqlite, *(ladder_5(window) for year in RECENT for window in (*parts(year), year)))
    with writing(sqlite).begin() as connection:
        open_action(
            connection, "chair", board=BOARD, source=Source.AUDIT, owner="aldermere-police", title="x",
            opened_on=TODAY.date(), due_on=TODAY.date(), action_id=ACTION,
        )  # fmt: skip
    recent = each(client, sqlite)
    store(sqlite, *(ladder_5(window) for year in LONG for window in (*parts(year), year)), checked=False)
    long = each(client, sqlite)
    assert recent[f"/boards/{BOARD}/training"].parsed == len(RECENT)
    more_parsed = {path: (recent[path].parsed, read.parsed) for path, read in long.items()}
    assert {path: both for path, both in more_parsed.items() if both[0] < both[1]} == {}
    more_read = {path: read.size - recent[path].size for path, read in long.items()}
    assert {path: size for path, size in more_read.items() if size > LINES} == {}
