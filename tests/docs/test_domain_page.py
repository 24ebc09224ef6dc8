"""docs/domain.md is in step with the code: code lists, event types, measures, DfE's rules, levels and states."""

from __future__ import annotations

import inspect
import re
from enum import StrEnum
from pathlib import Path

import pytest
import yaml

from agencies.readers.ssda903_rules import ALL
from analysis.measures.definition import Definition
from analysis.measures.registry import DEFINITIONS
from models.contract import codes
from models.contract.codes import NativeLevel, RiskLevel
from models.contract.events import DATA_CLASSES, short_name
from tests.operations.files import ROOT, tables

PAGE = (ROOT / "docs" / "domain.md").read_text("utf-8")
MAPPINGS = ROOT / "agencies" / "mappings" / "tables"


def test_every_code_list_is_on_the_page() -> None:
    lists = {name for name, one in inspect.getmembers(codes, inspect.isclass) if issubclass(one, StrEnum)} - {"StrEnum"}
    listed = {name for row in tables(PAGE, "## Code lists") for name in re.findall(r"`(\w+)`", row[0])}
    assert listed == lists


def test_every_event_type_is_on_the_page() -> None:
    listed = {name for row in tables(PAGE, "## Event types") for name in re.findall(r"`(\w+)`", row[0])}
    assert listed == {short_name(event_type) for event_type in DATA_CLASSES}


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.id)
def test_a_measure_has_its_title_and_paragraphs(definition: Definition) -> None:
    rows = {row[0]: row for row in tables(PAGE, "## Measures")}
    row = rows[f"M{definition.number}"]
    assert row[1] == definition.title
    assert re.findall(r"\d{3}", row[3]) == re.findall(r"\b1[5-7]\d\b", definition.source)


def test_every_paragraph_that_a_measure_names_is_told() -> None:
    listed = {number for row in tables(PAGE, "## The review") for number in re.findall(r"\d{3}", row[0])}
    named = {number for one in DEFINITIONS for number in re.findall(r"\b1[5-7]\d\b", one.source)}
    assert named <= listed


def test_the_rules_of_the_903_are_those_of_the_reader() -> None:
    text = PAGE.split("DfE's checks that the reader makes")[1].split("What each means")[0]
    assert set(re.findall(r"\b(?:\d{3,4}|INT\d\d)\b", text)) - {"903"} == set(ALL) - {"no-episode-row"}


def words(table: Path) -> set[str]:
    """The codes that a table of the mappings gives."""
    values = yaml.safe_load(table.read_text("utf-8"))["values"].values()
    return {one["code"] if isinstance(one, dict) else str(one) for one in values}


def test_words_are_put_on_the_regions_levels_by_one_table_and_categories_by_one_for_each_tool() -> None:
    """And the tool's own words stay the tool's own."""
    levels = {str(level) for level in RiskLevel}
    assert [table.name for table in sorted(MAPPINGS.glob("*.yaml")) if words(table) <= levels] == [
        "risk_level.yaml",
        "risk_level_kent.yaml",
        "risk_level_seraf.yaml",
    ]
    assert "`agencies/mappings/tables/risk_level_<tool>.yaml`" in PAGE
    assert words(MAPPINGS / "risk_native.yaml") <= {str(level) for level in NativeLevel}
    assert "`agencies/mappings/tables/risk_level.yaml`" in PAGE
    assert not [
        table.name
        for table in MAPPINGS.glob("*.yaml")
        if "levels of different scales are never" in table.read_text("utf-8")
    ]
