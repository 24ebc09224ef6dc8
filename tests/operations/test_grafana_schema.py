"""The operations dashboard has the form Grafana expects of a provisioned one (by its schema only)."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import jsonschema
import pytest

from tests.operations.files import grafana

SOURCE: dict[str, Any] = {
    "type": "object",
    "required": ["type", "uid"],
    "properties": {"type": {"const": "prometheus"}, "uid": {"type": "string", "minLength": 1}},
    "additionalProperties": False,
}
TARGET: dict[str, Any] = {
    "type": "object",
    "required": ["refId", "datasource", "expr", "legendFormat"],
    "properties": {
        "refId": {"type": "string", "pattern": "^[A-Z]$"},
        "datasource": SOURCE,
        "expr": {"type": "string", "minLength": 1},
        "legendFormat": {"type": "string", "minLength": 1},
        "range": {"type": "boolean"},
        "instant": {"type": "boolean"},
    },
    "additionalProperties": False,
}
GRID: dict[str, Any] = {
    "type": "object",
    "required": ["x", "y", "w", "h"],
    "properties": {
        "x": {"type": "integer", "minimum": 0, "maximum": 23},
        "y": {"type": "integer", "minimum": 0},
        "w": {"type": "integer", "minimum": 1, "maximum": 24},
        "h": {"type": "integer", "minimum": 1},
    },
}
PANEL: dict[str, Any] = {
    "type": "object",
    "required": ["id", "type", "title", "gridPos"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "type": {"enum": ["row", "stat", "timeseries"]},
        "title": {"type": "string", "minLength": 1},
        "gridPos": GRID,
    },
    "if": {"properties": {"type": {"const": "row"}}},
    "then": {"required": ["collapsed", "panels"]},
    "else": {
        "required": ["description", "datasource", "fieldConfig", "options", "targets"],
        "properties": {
            "description": {"type": "string", "minLength": 10},
            "datasource": SOURCE,
            "targets": {"type": "array", "minItems": 1, "items": TARGET},
            "fieldConfig": {"type": "object", "required": ["defaults", "overrides"]},
        },
    },
}
DASHBOARD: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["uid", "title", "schemaVersion", "version", "time", "refresh", "panels", "templating", "annotations"],
    "properties": {
        "uid": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,40}$"},
        "title": {"type": "string", "minLength": 1},
        "schemaVersion": {"type": "integer", "minimum": 36},
        "editable": {"const": False},
        "panels": {"type": "array", "minItems": 1, "items": PANEL},
        "id": False,
    },
}
"""A provisioned dashboard must not carry an `id`: Grafana gives it one."""


def test_the_dashboard_has_the_form_that_grafana_provisions() -> None:
    jsonschema.Draft202012Validator.check_schema(DASHBOARD)
    jsonschema.Draft202012Validator(DASHBOARD).validate(grafana())


@pytest.mark.parametrize("without", ["targets", "datasource", "gridPos", "title", "description"])
def test_a_panel_that_lacks_something_is_noticed(without: str) -> None:
    spoilt = copy.deepcopy(grafana())
    panel = next(panel for panel in spoilt["panels"] if panel["type"] != "row")
    del panel[without]
    assert not jsonschema.Draft202012Validator(DASHBOARD).is_valid(spoilt)


def test_panels_have_their_own_ids_and_places() -> None:
    panels = grafana()["panels"]
    assert [number for number, n in Counter(panel["id"] for panel in panels).items() if n > 1] == []
    taken: Counter[tuple[int, int]] = Counter()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        taken.update(
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        )
    assert [cell for cell, n in taken.items() if n > 1] == []
