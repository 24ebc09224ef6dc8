"""Five deliberately bad releases: a gate that never fails has not been tested."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analysis.__main__ import main

Json = dict[str, Any]


def cell(area: str, kind: Json, **dims: str) -> Json:
    named = {"release": "r1", "area": area, "period": "2024Q2", "agency": "any", **dims}
    return {"id": "|".join(named.values()), "dims": named, "release": kind}


def exact(value: int) -> Json:
    return {"kind": "exact", "value": value}


def rounded(value: int) -> Json:
    return {"kind": "rounded", "value": value, "base": 5, "mode": "random", "min": 5}


LOW: Json = {"kind": "band", "lo": 0, "hi": 9}
AREAS: Json = {"area": {"parent": {"a": "all", "b": "all", "c": "all"}, "kind": "sum"}}


def document(*cells: Json, **structure: Any) -> Json:
    return {"cells": list(cells), "structure": {"hierarchies": AREAS, **structure}}


def knowing(area: str, count: int, *cells: Json) -> Json:
    own = cell(area, {"kind": "none"}, agency="a")
    content = document(*cells, own)
    content["structure"]["hierarchies"] = AREAS | {"agency": {"parent": {"a": "any", "b": "any"}, "kind": "union"}}
    return content | {"knowns": {own["id"]: count}}


def windows(**spans: list[str]) -> Json:
    return {"dim": "period", "spans": spans}


QUARTER, NINETY_DAYS = ["2024-04-01", "2024-07-01"], ["2024-04-02", "2024-07-01"]
BAD = {
    "one single suppression": document(
        cell("all", exact(31)), cell("a", exact(12)), cell("b", exact(16)), cell("c", {"kind": "withheld"})
    ),
    "exact totals under bands": document(cell("all", exact(11)), cell("a", LOW), cell("b", LOW), cell("c", exact(9))),
    "a cell published again, one more": document(
        cell("all", exact(30)),
        cell("all", exact(31), release="r2"),
        releases={"dim": "release", "order": ["r1", "r2"], "nested": False},
    ),
    "a 90-day window beside the quarter": document(
        cell("all", exact(30)),
        cell("all", exact(28), period="days"),
        windows=windows(**{"2024Q2": QUARTER, "days": NINETY_DAYS}),
    ),
    "a missing floor": knowing("all", 12, cell("all", rounded(10))),
}
GOOD = {
    "a release under the rule": document(
        cell("all", rounded(30)), cell("a", rounded(15)), cell("b", rounded(10)), cell("c", LOW)
    ),
    "a cell published again, rounded": document(
        cell("all", rounded(30)),
        cell("all", rounded(30), release="r2"),
        releases={"dim": "release", "order": ["r1", "r2"], "nested": False},
    ),
    "a nested window, rounded": document(
        cell("all", rounded(30)),
        cell("all", rounded(30), period="days"),
        windows=windows(**{"2024Q2": QUARTER, "days": NINETY_DAYS}),
    ),
    "the floor kept": knowing("all", 12, cell("all", rounded(15))),
}


def run(tmp_path: Path, content: Json) -> tuple[int, Json]:
    path = tmp_path / "document.json"
    path.write_text(json.dumps(content), "utf-8")
    result = CliRunner().invoke(main, ["audit", str(path), "--json"])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize("name", BAD)
def test_bad_releases_are_caught(name: str, tmp_path: Path) -> None:
    code, report = run(tmp_path, BAD[name])
    assert (code, report["verdict"]) == (1, "disclosed")
    assert all(failure["hi"] <= 4 or failure["hi"] - failure["lo"] < 3 for failure in report["failures"])


@pytest.mark.parametrize("name", GOOD)
def test_the_same_releases_under_the_rule_pass(name: str, tmp_path: Path) -> None:
    """Else the five above could fail for any reason at all."""
    code, report = run(tmp_path, GOOD[name])
    assert (code, report["failures"]) == (0, [])


def test_a_wrong_figure_is_contradictory(tmp_path: Path) -> None:
    content = document(cell("all", rounded(30)), cell("a", LOW), cell("b", LOW), cell("c", LOW))
    assert run(tmp_path, content)[0] == 0
    content["cells"][0]["release"] = rounded(40)
    assert run(tmp_path, content)[0] == 2


def test_to_date_tables_are_nested(tmp_path: Path) -> None:
    """For figures "so far this year" the earlier is inside the later, and what joined is a group."""
    releases = {"dim": "release", "order": ["r1", "r2"], "nested": True}
    content = document(cell("all", exact(30)), cell("all", exact(33), release="r2"), releases=releases)
    code, report = run(tmp_path, content)
    assert code == 1
    assert [(f["lo"], f["hi"]) for f in report["failures"]] == [(3, 3)]
    content["cells"][1]["release"] = exact(29)
    assert run(tmp_path, content)[0] == 2
