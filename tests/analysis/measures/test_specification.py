"""Every measure by its worked examples: small ledgers in, exact numbers out (analysis/measures/examples)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analysis.measures import m14
from analysis.measures.exact import figures_of
from analysis.measures.examples import load
from analysis.measures.figures import DateSpan, Figure
from analysis.measures.registry import DEFINITIONS
from models.contract.periods import bounds
from tests.analysis.measures.ledger import board

CASES = [(d.id, example) for d in DEFINITIONS for example in load(d.id)]


def figures(measure: str, example: dict[str, Any]) -> dict[str, Figure]:
    window = DateSpan(*bounds(example.get("period", "2026Q1")))
    if measure == "m14":
        actions = [
            m14.Action(**{**a, "disseminated_to": frozenset(a.get("disseminated_to", ()))}) for a in example["actions"]
        ]
        found = m14.figures(actions, frozenset({"police", "care"}), window, date(2026, 5, 12))
    else:
        found = figures_of(measure, board(example["events"], example.get("known_to", date(2026, 5, 12))), window)
    named = {f"{figure.split}/{figure.group}": figure for figure in found}
    assert len(named) == len(found), "two lines of one name"
    return named


@pytest.mark.parametrize(("measure", "example"), CASES, ids=[f"{m}: {e['name']}" for m, e in CASES])
def test_worked_example(measure: str, example: dict[str, Any]) -> None:
    found = figures(measure, example)
    for name, wanted in example["expect"].items():
        assert name in found, sorted(found)
        figure = found[name]
        for key, value in wanted.items():
            if key in ("value", "low", "high") and key not in figure.counts:
                assert getattr(figure, key) == pytest.approx(value, abs=1e-9), (name, key)
            elif key == "codes":
                assert list(figure.codes) == value, name
            else:
                assert figure.counts[key] == value, (name, key, dict(figure.counts))
    for name in example.get("absent", ()):
        assert name not in found


def test_every_measure_has_examples_and_a_paragraph() -> None:
    assert [d.number for d in DEFINITIONS] == list(range(1, 22))
    for definition in DEFINITIONS:
        assert len(load(definition.id)) >= 2, definition.id
        assert "paragraph" in definition.source
        assert definition.unknowns


def test_a_wrong_number_is_found() -> None:
    spoilt = {**load("m1")[0], "expect": {"all/all": {"children": 2}}}
    with pytest.raises(AssertionError):
        test_worked_example("m1", spoilt)
