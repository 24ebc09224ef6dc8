"""The page for people: its commands work as they stand, its settings are in the producers, its words the contract's."""

from __future__ import annotations

import re

import pytest

from models.contract.events import DATA_CLASSES, MAX_BYTES
from models.contract.fields import MAX_TOKENS
from models.contract.receipts import IntakeReceipt
from models.schemas import prose
from tests.operations.files import ROOT, tables
from tests.producers.toolchains import WORKED

PAGE = (WORKED / "README.md").read_text("utf-8")
SOURCES = {"Python": "python/producer.py", "JavaScript": "javascript/producer.mjs", "Java": "java/Producer.java"}
SOURCES["Go"] = "go/producer.go"


def test_every_setting_of_the_table_is_in_the_worked_producer() -> None:
    rows = tables(PAGE, "## The broker")
    assert len(rows) == 5
    for row in rows:
        for name, cell in zip(SOURCES, row[1:], strict=True):
            quoted = re.findall(r"`([^`]+)`", cell)
            assert quoted or cell == "the default", (row[0], name)
            for setting in quoted:
                assert setting in (WORKED / SOURCES[name]).read_text("utf-8"), (name, setting)


def test_every_command_of_the_table_is_of_a_file_that_is_there() -> None:
    for language, _, ready, run in tables(PAGE, "## The first event, in five minutes"):
        folder = WORKED / language.lower()
        assert folder.is_dir()
        for name in re.findall(r"[\w]+\.mjs", run):
            assert (folder / name).is_file()
        assert ready
    assert (WORKED / "javascript" / "package-lock.json").is_file()
    assert (WORKED / "go" / "go.sum").is_file()


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (WORKED / target).resolve().exists(), target


def test_limits_recipes_and_types_are_those_of_the_contract() -> None:
    assert f"at most {MAX_BYTES} bytes" in PAGE
    assert MAX_TOKENS == 8
    assert "At most eight tokens" in PAGE
    machine = " ".join("".join(prose.SECTIONS.values()).split())
    for quoted in ("0|event-id|v1", "1|link|v1", "1|local|v1", "ypsem/event/v1", "ypsem/link/v1", "0x1F"):
        assert quoted in PAGE
        assert quoted in machine
    named = set(re.findall(r"`(ypsem\.[a-z_]+\.v1)`", PAGE))
    assert named
    assert named <= set(DATA_CLASSES)


def test_every_kind_of_receipt_has_a_row() -> None:
    said = " ".join(row[0] for row in tables(PAGE, "## Receipts, and what to do"))
    assert all(f"`{kind}`" in said for kind in ("intake", "gap", "ledger", "warnings"))
    assert "warnings" in IntakeReceipt.model_fields


def test_it_is_two_pages_and_no_more() -> None:
    assert len(PAGE.split()) < 1600


@pytest.mark.parametrize("language", ["python", "javascript", "java", "go"])
def test_a_worked_producer_is_short(language: str) -> None:
    for path in (WORKED / language).iterdir():
        if path.suffix in {".py", ".mjs", ".java", ".go"}:
            assert len(path.read_text("utf-8").splitlines()) <= 200, path
    assert (ROOT / "docs" / "producers" / language).is_dir()
