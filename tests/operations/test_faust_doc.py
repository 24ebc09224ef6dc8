"""docs/faust.md: every value is the one that the code sets, and every proof that it names exists."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any

import pytest
from yarl import URL

import consumers.broker
from models.contract import topics
from models.operations.topic_specs import all_topics
from streams.outputs import Outputs
from streams.settings import StreamSettings
from streams.worker import create_app
from tests.faults.families import all_faults
from tests.operations.files import ROOT, tables, variables

PAGE = (ROOT / "docs" / "faust.md").read_text("utf-8")
FAILURES = "## What goes wrong"
SETTINGS = "## Settings of both applications"
NOT_TESTED = "not tested: "


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in variables(StreamSettings):
        monkeypatch.delenv(name, raising=False)


def shown(value: Any) -> str:
    """A value as the page writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "none"
    if isinstance(value, Enum):
        return str(value.value)
    return value.__name__ if isinstance(value, type) else str(value)


def listed(heading: str) -> dict[str, str]:
    """Name -> value of a table of settings."""
    rows = tables(PAGE, heading)
    assert rows
    assert all(len(row) == 3 for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0].strip("`"): row[1].strip("`") for row in rows}


def test_every_setting_is_that_of_the_application_that_a_worker_runs() -> None:
    app = create_app(topics.LEDGER_APP, [topics.ACCEPTED], StreamSettings())
    page = listed(SETTINGS)
    found = {name: type(app.transport) if name == "transport" else getattr(app.conf, name) for name in page}
    assert page == {name: shown(value) for name, value in found.items()}
    assert URL(page["store"]).scheme == "memory"


def test_no_setting_that_the_code_makes_is_left_out() -> None:
    tree = ast.parse((ROOT / "streams" / "worker.py").read_text("utf-8"))
    (made,) = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "faust.App")
    given = {keyword.arg for keyword in made.keywords if keyword.arg}
    assert given - {"broker", "autodiscover"} <= set(listed(SETTINGS))


class Asked(Exception):
    """Raised instead of connecting."""


def recorder(into: dict[str, Any], raises: bool) -> Any:
    """Replaces a client's class, and keeps the arguments it was given."""

    class Client:
        def __init__(self, **given: Any) -> None:
            into.update(given)

        async def start(self) -> None:
            if raises:
                raise Asked

    return Client


def test_our_own_producer_is_set_as_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr("streams.outputs.aiokafka.AIOKafkaProducer", recorder(given, raises=True))
    with pytest.raises(Asked):
        asyncio.run(Outputs(StreamSettings(), "ledger").start())
    page = listed("## Settings of our own producer")
    assert page == {name: shown(value) for name, value in given.items() if name in page}
    assert set(given) - set(page) == {"bootstrap_servers", "client_id"}


def test_the_sinks_clients_are_set_as_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: dict[str, Any] = {}
    writes: dict[str, Any] = {}
    monkeypatch.setattr(consumers.broker, "KafkaConsumer", recorder(reads, raises=False))
    monkeypatch.setattr(consumers.broker, "KafkaProducer", recorder(writes, raises=False))
    monkeypatch.setattr(consumers.broker, "listens", lambda address: True)
    consumers.broker.Broker("127.0.0.1:1").connect()
    given = {f"consumer {name}": value for name, value in reads.items()}
    given |= {f"producer {name}": value for name, value in writes.items()}
    page = listed("## Settings of the sink's clients")
    assert page == {name: shown(given[name]) for name in page}
    left = {"bootstrap_servers", "client_id", "bootstrap_timeout_ms"}
    assert {name for name in given if name.split()[1] not in left} == set(page)


def test_topics_are_set_as_listed() -> None:
    specs = {spec.name: spec for spec in all_topics(["<agency>"])}
    rows = tables(PAGE, "## Settings of the topics")
    for names, settings, _ in rows:
        for name in re.findall(r"`([^`]+)`", names):
            spec = specs.pop(name)
            wanted = {"partitions": str(spec.partitions)} | spec.config
            assert dict(pair.split("=", 1) for pair in re.findall(r"`([^`]+)`", settings)) == wanted, name
    assert specs == {}


@cache
def names_in(path: str) -> frozenset[str]:
    """What a module defines: functions, classes, methods and constants."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(found)


def exists(reference: str) -> bool:
    """Whether a test, fault, setting or file of this name is there."""
    if reference.startswith("fault: "):
        return reference.removeprefix("fault: ") in {fault.name for fault in all_faults()}
    if reference.startswith("setting: "):
        return reference.removeprefix("setting: ") in listed(SETTINGS)
    path, _, name = reference.partition("::")
    if not (ROOT / path).is_file():
        return False
    if not name:
        return True
    if path.endswith(".py"):
        return name in names_in(path) and (not path.startswith("tests/") or name.startswith("test_") or name.isupper())
    return name in (ROOT / path).read_text("utf-8")


def rows() -> Iterator[tuple[str, str]]:
    """(what goes wrong, what shows that we are safe from it), from every table of failures."""
    for heading in ("## What had to be shown on real Kafka", FAILURES):
        for row in tables(PAGE, heading):
            assert len(row) == 3, row
            yield row[0], row[2]


def test_every_failure_is_shown_by_something_that_exists_or_said_not_to_be_tested() -> None:
    assert len(list(rows())) > 60
    assert len({what for what, _ in rows()}) == len(list(rows()))
    for what, by in rows():
        shown_by, _, untested = by.partition(NOT_TESTED)
        references = re.findall(r"`([^`]+)`", shown_by)
        assert [reference for reference in references if not exists(reference)] == [], what
        assert references or len(untested) > 10, what


def test_whatever_is_not_tested_is_in_the_list_of_what_is_not() -> None:
    own = {item.split("**")[1] for item in _section("## Not tested, and why").splitlines() if item.startswith("- **")}
    said = {part for _, by in rows() if NOT_TESTED in by for part in [by.split(NOT_TESTED)[1].split(";")[0].strip()]}
    assert said == own


def test_every_file_and_variable_that_it_names_is_there() -> None:
    for path in re.findall(r"`((?:[a-z]+/)+[\w.-]+\.[a-z]+)`", PAGE):
        assert (ROOT / path).is_file(), path
    known = variables(StreamSettings)
    assert {name for name in re.findall(r"\bYPSEM_[A-Z_]+\b", PAGE) if name not in known} == set()
    for page, anchor in re.findall(r"\]\(([\w/.-]+\.md)(?:#([\w-]+))?\)", PAGE):
        headings = (ROOT / "docs" / page).read_text("utf-8").splitlines()
        anchors = {line.lstrip("# ").lower().replace(" ", "-") for line in headings if line.startswith("#")}
        assert not anchor or anchor in anchors, (page, anchor)


def _section(heading: str) -> str:
    return PAGE.split(f"\n{heading}\n", 1)[1].split("\n## ")[0]


@pytest.mark.parametrize(
    "reference",
    [
        "tests/streams/test_feed.py::test_that_nobody_wrote",
        "tests/streams/test_feeds.py",
        "fault: worker thrown away",
        "setting: web_on",
        "docker-compose.yml::no_such_key",
    ],
)
def test_what_does_not_exist_is_noticed(reference: str) -> None:
    assert not exists(reference)
