"""What operations see: held topics, records passed over and open losses, each with the command that mends it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from consumers.store import SinkStore
from models.contract import topics
from models.operations.remedies import Gap, Hold, Skip
from models.store import writing
from tests.dashboards.conftest import TODAY, browser, signed_in
from tests.dashboards.filling import words
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD

RAW = topics.raw("aldermere-police")


def test_what_is_in_force_and_what_to_run(engine: Engine, register_dir: Path) -> None:
    store = SinkStore(engine)
    skip = Skip(topic=RAW, partition=1, offset=77, rule="skipped", reason="cannot be read", by="ops", at=TODAY)
    lifted = skip.model_copy(update={"offset": 78, "lifted": True})
    gap = Gap(topic=RAW, partition=2, first=5, last=9, cause="truncated", by="worker", at=TODAY)
    with writing(engine).begin() as connection:
        for message in (Hold(agency="aldermere-police", held=True, by="worker", at=TODAY), skip, lifted, gap):
            store.apply(connection, message, b"{}", 1)
    client = browser(engine, register_dir, signed_in(engine, "operations:*"))
    held, passed, gaps = Page(client.get("/operations").text).tables
    assert held[1][0] == "What Aldermere Police (synthetic) sends is not read"
    assert held[1][3].endswith("python -m streams resume --agency aldermere-police --as YOU")
    assert [row[0] for row in passed[1:]] == [f"{RAW}, partition 1, offset 77"]
    assert passed[1][3].endswith("redrive --rule skipped --since 2026-05-11 --as YOU")
    assert gaps[1][0] == f"{RAW}, partition 2, offset 5 to 9"
    assert gaps[1][3].endswith(f"gaps close {RAW} 2 5 --by YOU")


def test_it_is_for_operations_of_every_board(engine: Engine, register_dir: Path) -> None:
    for grant in (f"operations:{BOARD}", "information-governance:*", "administrator:*"):
        assert browser(engine, register_dir, signed_in(engine, grant)).get("/operations").status_code == 403
    client = browser(engine, register_dir, signed_in(engine, "operations:*"))
    assert "No loss is open." in words(client.get("/operations"))
    assert Page(client.get("/").text).having("a", href="/operations")
