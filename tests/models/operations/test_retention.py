"""One table says how long everything is kept; topics, tables, the compose file and the privacy page agree with it."""

from __future__ import annotations

import re

import pytest

from models.contract import topics
from models.operations import retention
from models.operations.retention import BY_STORE, POLICY
from models.operations.topic_specs import all_topics
from models.register.types import DEFAULT_MONTHS, Board
from models.store import Base
from tests.operations.files import ROOT, compose, tables

DAY_MS = 86_400_000
SPECS = {spec.name: spec.config for spec in all_topics(["an-agency"], retention_months=28)}
PAGE = (ROOT / "docs" / "privacy.md").read_text("utf-8")


def store_of(topic: str) -> str:
    """The name a topic has in the table."""
    if topic.endswith("-changelog"):
        return "changelog:" + topic.removeprefix(f"{topics.LEDGER_APP}-").removesuffix("-changelog")
    return f"topic:{topics.family(topic)}"


def test_every_store_has_one_time() -> None:
    assert len(BY_STORE) == len(POLICY)
    for kept in POLICY:
        if kept.days is not None:
            number, unit = kept.time.split()
            assert kept.days == int(number) * {"days": 1, "years": retention.YEAR}[unit], kept.store


def test_every_topic_is_in_the_table_and_no_other() -> None:
    named = {kept.store for kept in POLICY if kept.store.startswith(("topic:", "changelog:"))}
    assert {store_of(name) for name in SPECS} == named


def test_every_sql_table_is_in_the_table_and_no_other() -> None:
    named = {kept.store.removeprefix("table:") for kept in POLICY if kept.store.startswith("table:")}
    assert set(Base.metadata.tables) == named


@pytest.mark.parametrize("name", SPECS)
def test_a_topic_is_set_as_the_table_says(name: str) -> None:
    config, kept = SPECS[name], BY_STORE[store_of(name)]
    assert int(config["segment.ms"]) <= DAY_MS, "a record goes with its segment"
    if "compact" in config["cleanup.policy"]:
        assert int(config.get("min.compaction.lag.ms", 0)) < int(config["max.compaction.lag.ms"]) <= 7 * DAY_MS
        assert int(config["delete.retention.ms"]) == 7 * DAY_MS
    if "delete" in config["cleanup.policy"].split(","):
        wanted = kept.days * DAY_MS if kept.days else 28 * 31 * DAY_MS
        assert int(config["retention.ms"]) == wanted
        assert kept.built
    else:
        assert "retention.ms" not in config


def test_what_holds_tokens_is_removed_by_something_or_is_in_its_owners_hands() -> None:
    for kept in POLICY:
        if kept.holds == "tokens":
            assert kept.built or kept.by == "its owner", kept.store


def test_the_ledgers_default_is_the_registers() -> None:
    assert Board.model_fields["retention_months"].default == DEFAULT_MONTHS
    assert f"({DEFAULT_MONTHS} months by default)" in BY_STORE["topic:accepted"].time
    longer = {spec.name: spec.config for spec in all_topics([], retention_months=40)}
    assert int(longer[topics.ACCEPTED]["retention.ms"]) == 40 * 31 * DAY_MS


def test_prometheus_and_docker_keep_what_the_table_says() -> None:
    services = compose()["services"]
    assert f"--storage.tsdb.retention.time={BY_STORE['file:metrics'].days}d" in services["prometheus"]["command"]
    sizes = {
        int(one["logging"]["options"]["max-size"].removesuffix("m")) * int(one["logging"]["options"]["max-file"])
        for one in services.values()
        if "logging" in one
    }
    assert {f"the newest {size} MB of each service" for size in sizes} == {BY_STORE["file:logs"].time}


def test_the_privacy_page_repeats_the_table() -> None:
    rows = [[re.sub(r"`", "", cell) for cell in row] for row in tables(PAGE, "## How long it is kept")]
    wanted = [[k.store, k.what, k.holds, k.time, k.by + ("" if k.built else " (not built)")] for k in POLICY]
    assert rows == wanted


def test_no_program_has_a_default_of_its_own() -> None:
    """The months that a board keeps events by default stand in one place; a number beside `months` is a copy."""
    assert Board.model_fields["retention_months"].default == DEFAULT_MONTHS
    copied = re.compile(rf"(?:months|retention)\w*[^\n=]*=[^\n]*(?<![\d.]){DEFAULT_MONTHS}(?![\d.])")
    found = [
        str(path.relative_to(ROOT))
        for package in ("models", "agencies", "analysis", "streams", "consumers", "dashboards")
        for path in sorted((ROOT / package).rglob("*.py"))
        if copied.search(path.read_text("utf-8").lower())
    ]
    assert found == ["models/register/types.py"]
