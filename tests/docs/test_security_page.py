"""docs/security.md lists every requirement of ASVS 5.0's levels 1 and 2 once, with one verdict, and adds up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tests.operations.files import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
VERDICTS = ("met", "not applicable", "not met")
REQUIREMENTS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16,
    17: 7,
}  # fmt: skip
"""How many of levels 1 and 2 each chapter of version 5.0.0 has."""


def judged() -> Iterator[tuple[str, str, str]]:
    """(requirement, verdict, where) of every line of the chapters' tables."""
    for first, verdict, where in re.findall(r"^\| (\d+\.\d+\.\d+[^|]*) \| ([^|]*) \| (.*)\|$", PAGE, re.MULTILINE):
        for requirement in re.findall(r"\d+\.\d+\.\d+", first):
            yield requirement, verdict, where


def test_every_requirement_is_judged_once() -> None:
    listed = Counter(requirement for requirement, _, _ in judged())
    assert [requirement for requirement, times in listed.items() if times > 1] == []
    assert Counter(int(requirement.partition(".")[0]) for requirement in listed) == REQUIREMENTS


def test_a_requirement_stands_in_its_chapter() -> None:
    chapters = re.split(r"^### V(\d+) ", PAGE.partition("## ASVS")[2], flags=re.MULTILINE)[1:]
    for chapter, text in zip(chapters[::2], chapters[1::2], strict=True):
        assert set(re.findall(r"^\| (\d+)\.\d+\.\d+", text, re.MULTILINE)) == {chapter}


def test_verdicts_are_of_three_kinds_and_each_has_a_reason() -> None:
    assert {verdict for _, verdict, _ in judged()} == set(VERDICTS)
    assert [requirement for requirement, _, where in judged() if not where.strip()] == []


def test_the_sums_are_right() -> None:
    counted = Counter((int(requirement.partition(".")[0]), verdict) for requirement, verdict, _ in judged())
    for chapter in REQUIREMENTS:
        sums = " | ".join(str(counted[chapter, verdict]) for verdict in VERDICTS)
        assert re.search(rf"^\| V{chapter} [^|]* \| {re.escape(sums)} \|$", PAGE, re.MULTILINE), (chapter, sums)
    of_all = " | ".join(str(sum(counted[chapter, verdict] for chapter in REQUIREMENTS)) for verdict in VERDICTS)
    assert f"| all | {of_all} |" in PAGE
