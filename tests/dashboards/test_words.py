"""Definitions on the pages are for people without our files: they are written so, and nothing is cut out of them."""

from __future__ import annotations

from dataclasses import fields

import pytest

from analysis.measures.definition import Definition
from analysis.measures.registry import DEFINITIONS
from analysis.shown.measure import unknowns
from dashboards.words import sector_words
from models.contract.codes import Sector


@pytest.mark.parametrize("sector", list(Sector))
def test_a_sector_is_written_as_people_write_it(sector: Sector) -> None:
    words = sector_words(sector)
    assert words[0].isupper()
    assert not [slip for slip in ("_", "Childrens", "Adults s") if slip in words]


OURS = ("`", ".md", ".py", "analysis/", "docs/", "ADR", "decision ", "occurred_on", "recorded_on")
"""What only somebody with the repository could follow."""


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.id)
def test_no_definition_points_into_our_files(definition: Definition) -> None:
    texts = [getattr(definition, f.name) for f in fields(definition) if f.name not in ("number", "unknowns")]
    for text in [*texts, *(unknown.effect for unknown in unknowns(definition))]:
        assert not [mark for mark in OURS if mark in text], text
        assert text.strip(" ;")
        assert text.count("(") == text.count(")")
