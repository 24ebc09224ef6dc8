"""Every noun of docs/glossary.md that names a class, type or module names one that exists, and none stands twice."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.docs.pointers import is_defined
from tests.operations.files import ROOT, tables

PAGE = (ROOT / "docs" / "glossary.md").read_text("utf-8")
SECTIONS = ("Children and agencies", "What is counted", "Protection", "Streaming")
ROWS = [row for section in SECTIONS for row in tables(PAGE, f"## {section}")]
NAMED = [(row[0], name) for row in ROWS for name in re.findall(r"`([\w.]+)`", row[2])]


@pytest.mark.parametrize(("word", "name"), NAMED)
def test_what_carries_a_noun_exists(word: str, name: str) -> None:
    assert is_defined(ROOT, name), f"{word}: {name}"


def test_the_page_was_read() -> None:
    assert len(NAMED) > 50
    assert all(len(row) == 3 for row in ROWS)


def test_a_noun_stands_once() -> None:
    words = Counter(word.strip() for row in ROWS for word in row[0].split(","))
    assert [word for word, times in words.items() if times > 1] == []


@pytest.mark.parametrize("name", ["models.releases.release.Cel", "models.releases.cell", "analysis.link.child"])
def test_a_name_that_is_not_there_is_found(name: str) -> None:
    assert not is_defined(ROOT, name)
