"""A screening's outcome: the same category means what its own tool says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agencies.readers.support import fields, one, refused

SCREENED = {
    "Screening Ref": "S1",
    "Person ID": "9",
    "Date of Screening": "01/06/2025",
    "Ward": "Ward 03",
    "Next Step": "None",
}


@pytest.mark.parametrize(
    ("tool", "outcome", "native", "level"),
    [
        # The same word of two tools: Kent and Medway's toolkit, version 6, and SERAF by Hampshire's scoring guidance.
        ("Kent and Medway toolkit", "Category 1", "category_1", "at_risk"),
        ("SERAF 2013", "Category 1", "category_1", "no_current_cse_risk"),
        ("Kent", "Cat 2", "category_2", "significant"),
        ("SERAF 2016", "2", "category_2", "at_risk"),
        ("kent", "Category 3", "category_3", "serious"),
        ("SERAF", "Cat 3", "category_3", "significant"),
        ("Kent and Medway", "Medium", "medium", "significant"),
        ("Kent", "", None, None),
        ("Sandwell screening tool", "Serious risk", "serious", "serious"),
    ],
)
def test_a_category_means_what_its_own_tool_says(
    tmp_path: Path, tool: str, outcome: str, native: str | None, level: str | None
) -> None:
    got = fields(one(tmp_path, "screening", **SCREENED | {"Tool": tool, "Outcome": outcome}))
    assert (got.get("native"), got.get("level")) == (native, level)


@pytest.mark.parametrize(
    ("tool", "outcome"), [("Kent", "Category 4"), ("Sandwell screening tool", "Category 1"), ("Other tool", "Cat 2")]
)
def test_a_category_that_the_tool_does_not_have_is_refused(tmp_path: Path, tool: str, outcome: str) -> None:
    found = one(tmp_path, "screening", **SCREENED | {"Tool": tool, "Outcome": outcome})
    assert refused(found) == [("unknown-code", "level")]
