"""Generic documents: what each kind of release means, and relations by structure as well as one by one."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from analysis.disclosure.audit import audit
from analysis.disclosure.document import Document


def cell(name: str, kind: dict[str, Any], **dims: str) -> dict[str, Any]:
    return {"id": name, "dims": dims, "release": kind}


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ({"kind": "exact", "value": 7}, 7, 7),
        ({"kind": "rounded", "value": 10, "base": 5, "mode": "random", "min": 5}, 6, 14),
        ({"kind": "rounded", "value": 5, "base": 5, "mode": "random", "min": 5}, 5, 9),
        ({"kind": "rounded", "value": 10, "base": 5, "mode": "nearest"}, 8, 12),
        ({"kind": "rounded", "value": 0, "base": 5}, 0, 2),
        ({"kind": "rounded", "value": 10, "base": 10, "mode": "nearest"}, 5, 15),
        ({"kind": "band", "lo": 1, "hi": 4}, 1, 4),
        ({"kind": "band", "lo": 3}, 3, float("inf")),
        ({"kind": "withheld"}, 0, float("inf")),
        ({"kind": "none"}, 0, float("inf")),
    ],
)
def test_kinds(kind: dict[str, Any], low: float, high: float) -> None:
    system, _, _ = Document.model_validate({"cells": [cell("a", kind)]}).problem()
    assert system.cells["a"] == (low, high)


def test_policy_and_protect_are_honoured() -> None:
    content: dict[str, Any] = {"cells": [cell("a", {"kind": "exact", "value": 7})]}
    assert audit(*Document.model_validate(content).problem()).safe
    content["policy"] = {"threshold": 8, "min_width": 3}
    assert not audit(*Document.model_validate(content).problem()).safe
    content["cells"][0]["protect"] = False
    assert audit(*Document.model_validate(content).problem()).safe


def test_stated_and_structural_relations_agree() -> None:
    """The same tables said one by one and by rule: sums over two levels with a hidden middle."""
    parent = {"w1": "t1", "w2": "t1", "w3": "t2", "t1": "b", "t2": "b"}
    cells = [cell("b", {"kind": "exact", "value": 13}, area="b")]
    cells += [cell(f"w{n}", {"kind": "band", "lo": 0, "hi": 5}, area=f"w{n}") for n in (1, 2, 3)]
    by_rule = {"cells": cells, "structure": {"hierarchies": {"area": {"parent": parent, "kind": "sum"}}}}
    hidden = [cell(name, {"kind": "none"}, area=name) for name in ("t1", "t2")]
    one_by_one = {
        "cells": cells + hidden,
        "relations": [
            {"type": "sum", "total": "t1", "parts": ["w1", "w2"]},
            {"type": "sum", "total": "t2", "parts": ["w3"]},
            {"type": "sum", "total": "b", "parts": ["t1", "t2"]},
        ],
    }
    found = [audit(*Document.model_validate(content).problem()) for content in (by_rule, one_by_one)]
    proven = [sorted((f.low, f.high, f.rule) for f in report.failures) for report in found]
    assert proven[0] == proven[1]
    assert not found[0].safe


def test_unions_by_rule_and_what_an_insider_knows() -> None:
    content: dict[str, Any] = {
        "cells": [
            cell("any", {"kind": "rounded", "value": 10, "base": 5, "mode": "random", "min": 5}, agency="any"),
            cell("own", {"kind": "none"}, agency="a"),
        ],
        "structure": {"hierarchies": {"agency": {"parent": {"a": "any", "b": "any"}, "kind": "union"}}},
    }
    assert audit(*Document.model_validate(content).problem()).safe
    report = audit(*Document.model_validate(content | {"knowns": {"own": 13}}).problem())
    assert [(f.low, f.high, f.target.minus) for f in report.failures] == [(0, 1, "own")]


def test_names_that_do_not_exist_are_refused() -> None:
    content = {"cells": [cell("a", {"kind": "none"})], "knowns": {"b": 1}}
    with pytest.raises(ValueError, match="1 cells that are not listed"):
        Document.model_validate(content).problem()
    with pytest.raises(ValidationError):
        Document.model_validate({"cells": [cell("a", {"kind": "guess"})]})
    with pytest.raises(ValidationError):
        Document.model_validate({"cells": [], "relation": []})
