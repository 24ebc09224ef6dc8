"""The drafts in docs/governance say that they are drafts, have blanks of one form, and name commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.test_privacy_page import COMMANDS, problem
from tests.operations.files import ROOT

DRAFTS = sorted((ROOT / "docs" / "governance").glob("*.md"))
SECURITY = ROOT / "docs" / "security.md"
MARK = (
    "> **Draft.** The authority's own advisers complete it. It is not legal advice. Nobody has endorsed it: "
    "no agency, regulator, inspectorate or department."
)
BLANK = re.compile(r"\[to be filled in by [^:\[\]]+: (?:[^\[\]]|\[[^\[\]]*\]\([^()]*\))+\]")
"""Who fills it in, and with what; there may be links in it."""


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("draft", DRAFTS, ids=name)
def test_it_says_at_its_top_that_it_is_a_draft(draft: Path) -> None:
    heading, empty, mark, *_ = draft.read_text("utf-8").splitlines()
    assert heading.startswith("# ")
    assert not empty
    assert mark == MARK


@pytest.mark.parametrize("draft", DRAFTS, ids=name)
def test_a_blank_says_who_fills_it_in_and_with_what(draft: Path) -> None:
    text = draft.read_text("utf-8")
    assert BLANK.search(text)
    assert "to be filled in" not in BLANK.sub("", text)


def test_the_index_names_every_draft_and_other_pages_name_the_index() -> None:
    index = (ROOT / "docs" / "governance" / "README.md").read_text("utf-8")
    assert [draft.name for draft in DRAFTS if draft.name != "README.md" and f"({draft.name})" not in index] == []
    assert "(governance/README.md)" in (ROOT / "docs" / "architecture.md").read_text("utf-8")


@pytest.mark.parametrize("page", [*DRAFTS, SECURITY], ids=name)
def test_every_command_exists_with_its_options(page: Path) -> None:
    commands = re.findall(r"`(python -m (?:" + "|".join(COMMANDS) + r") [^`]*)`", page.read_text("utf-8"))
    assert [(text, wrong) for text in commands if (wrong := problem(text))] == []
