"""Definitions on the pages are for people who have not our files."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from analysis.measures.definition import Definition
from analysis.measures.registry import DEFINITIONS
from analysis.shown.measure import unknowns
from dashboards.words import lay


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.id)
def test_no_definition_points_into_our_files(definition: Definition) -> None:
    texts = [getattr(definition, f.name) for f in fields(definition) if f.name not in ("number", "unknowns")]
    for text in [*texts, *(unknown.effect for unknown in unknowns(definition))]:
        said = lay(text)
        assert not re.search(r"domain\.md|decision \d|analysis/|ADR \d|`", said), said
        assert said.strip(" ;")
        assert said.count("(") == said.count(")")


def test_what_is_not_a_pointer_stays() -> None:
    assert lay("concerns of the period (`occurred_on`) whose child") == (
        "concerns of the period (the day it happened) whose child"
    )
    assert lay("paragraphs 157, 169; domain.md 6") == "paragraphs 157, 169"
    assert lay("flagged (decision 18); shown (3 in 90 days)") == "flagged; shown (3 in 90 days)"
