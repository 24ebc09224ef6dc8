"""The rules that were weighed (`python -m benchmarks.release_rules`): small boards, and the reimplemented rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.disclosure.noise import STANDARD
from analysis.disclosure.system import Relation
from benchmarks.release_boards import keys
from benchmarks.release_rules import main
from benchmarks.rules import controlled, kr5
from benchmarks.rules.gaussian import Gaussian, expected, odds


@pytest.mark.slow
def test_the_page_says_who_proves_what_under_each_rule(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    arguments = ["--small", "--children", "60", "--draws", "1", "--sample", "10", "--out", str(page)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    text = page.read_text("utf-8")
    rows = {row.split(" | ")[0].strip("|* "): row for row in text.splitlines() if row.startswith("| ")}
    proven = text.split("## Groups that somebody proves")[1].split("## Odds")[0]
    by_rule = {row.split(" | ")[0].strip("|* "): row for row in proven.splitlines() if row.startswith("| ")}
    for name in ("KR5, floor and gate (before)", "controlled rounding, nearest", "controlled rounding, at random"):
        assert "| yes |" in by_rule[name], name
    for name in ("noise, deviation 3 (in use)", "noise, deviation 2", "restricted: 2 beside 3"):
        assert "0 (0) / 0 (0) / 0 (0) | 0 %" in by_rule[name], name
    assert "0 (0) / 0 (0) / 0 (0)" in by_rule["KR5, all statements gated"]
    assert "30" in rows, "errors up to 30 children"


def test_noise_with_the_parameters_in_use_is_the_rule_in_use() -> None:
    rule = Gaussian(STANDARD.deviation, STANDARD.base, STANDARD.lowest)
    for size in range(40):
        children = frozenset(f"child-{n}" for n in range(size))
        for cell in ("a", "b", "c"):
            shown = STANDARD.protect(children, cell, keys(1))
            assert rule.shown(rule.noisy(children, cell, keys(1))) == shown.value
            assert rule.bounds(shown.value) == STANDARD.bounds(shown.value)
    assert expected(rule, 7).shown == pytest.approx(1 - STANDARD.likelihood(None, 7), abs=1e-9)
    assert all(abs(expected(rule, count).bias) < 0.01 for count in range(31))
    assert odds(rule.rho(1)) == pytest.approx(2.3, abs=0.05)


def test_kr5_shows_equal_sets_alike_and_no_more_than_the_floor_allows() -> None:
    for size in range(40):
        children = frozenset(f"child-{n}" for n in range(size))
        most = {"a": frozenset(sorted(children)[: size // 2]), "b": children - frozenset(sorted(children)[: size // 2])}
        free = kr5.protect(children, {}, keys(1))
        assert abs(free - size) < kr5.BASE
        assert free == kr5.protect(frozenset(sorted(children)), {}, keys(1))
        shown = kr5.protect(children, most, keys(1))
        assert size <= (6 if shown < kr5.LOWEST else shown + 1), "what two agencies know is all of it"


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_controlled_rounding_adds_up_and_keeps_parts_below_wholes(seed: int | None) -> None:
    counts = {"all": 23, "a": 11, "b": 7, "c": 5, "part": 6, "part of a": 4}
    relations = [
        Relation("sum", "all", ("a", "b", "c")),
        Relation("subset", "all", ("part",)),
        Relation("subset", "a", ("part of a",)),
    ]
    found = controlled.rounded(counts, relations, seed)
    assert found["all"] == found["a"] + found["b"] + found["c"]
    assert found["part"] <= found["all"]
    assert found["part of a"] <= found["a"]
    assert all(abs(found[cell] - count) < controlled.BASE for cell, count in counts.items())
    assert found["c"] == 5
