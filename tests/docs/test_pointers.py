"""Whatever a text in the repository points to is in the repository: files, headings, decisions, paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pointers import anchors, broken, texts
from tests.operations.files import ROOT

OURS = frozenset({ROOT / "tests" / "docs" / "test_pointers.py"})
"""This file is not read: it has wrong pointers below."""


def test_every_pointer_leads_somewhere() -> None:
    read = 0
    found: list[str] = []
    for path in texts(ROOT):
        if path not in OURS:
            read += 1
            found += [f"{path.relative_to(ROOT)}: {one}" for one in broken(ROOT, path, path.read_text("utf-8"))]
    assert read > 1_000
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("see docs/domain.md#ssda904", "docs/domain.md#ssda904"),
        ("see docs/domains.md", "docs/domains.md"),
        ("see domain.md#ssda904", "domain.md#ssda904"),
        ("ADR 0999 says why", "ADR 0999"),
        ("(docs/adr/0999)", "docs/adr/0999"),
        ("as analysis/no_such_module.py has it", "analysis/no_such_module.py"),
        ("as in `models/contract/no_such`.", "models/contract/no_such"),
        ("see `models.contract.codes.Sectors`", "models.contract.codes.Sectors"),
        ("see `models.no_such`", "models.no_such"),
        (f"(decision {18})", f"decision {1}"),
        ("Decisions 3 and 4", "Decisions 3"),
        ("(domain 1.6)", "domain 1."),
        ("[a page](no-page.md)", "no-page.md"),
        ("[a heading](#no-heading)", "#no-heading"),
    ],
)
def test_a_broken_pointer_is_found(text: str, wrong: str) -> None:
    assert wrong in set(broken(ROOT, ROOT / "docs" / "glossary.md", text))


@pytest.mark.parametrize(
    "text",
    [
        "docs/domain.md#ssda903, ADR 0020 and docs/adr/0020",
        "models/contract/codes.py, models/contract/codes and models/contract",
        "`models.contract.codes`, `models.contract.codes.Sector`, `models.releases.Release` and `analysis.link`",
        "models/catalogue/indicators-YYYY-MM-DD.yaml, docs/*.md and tests/<folder>/x",
        "[a heading](#states-of-a-cell), [a page](keys.md), [elsewhere](https://example.org/a.md)",
    ],
)
def test_what_is_there_is_not_reported(text: str) -> None:
    assert list(broken(ROOT, ROOT / "docs" / "protection.md", text)) == []


def test_anchors_are_made_as_on_the_web(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n## DfE's rules: `1004`, and so on\n\n## Twice\n\n## Twice\n", "utf-8")
    assert anchors(page) == {"a-page", "dfes-rules-1004-and-so-on", "twice", "twice-1"}
