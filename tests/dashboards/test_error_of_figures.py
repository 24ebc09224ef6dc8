"""The error of a figure is said once on every page that shows figures, by the rule of the releases on that page."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine

from analysis.disclosure.accuracy import fates
from analysis.disclosure.noise import STANDARD
from analysis.measures.registry import BY_ID
from dashboards.methods import methods_of
from models.releases import CellState, Release
from tests.dashboards.conftest import Visit, store
from tests.dashboards.html import Page
from tests.dashboards.ladder_3 import ladder_3
from tests.dashboards.ladder_4 import ladder_4
from tests.dashboards.ladder_5 import LADDER as NEWEST
from tests.dashboards.ladder_5 import ladder_5
from tests.models.store.factories import BOARD

NOISE = f"9 figures in 10 are within {STANDARD.margin(0.9)} of the number, 99 in 100 within {STANDARD.margin(0.99)}."
APART = "Two figures that are equal say nothing about who is in them."
ROUNDED = "Each figure is less than 5 away from the number of children."
COUNTING = [f"measures/m{n}" for n in range(1, 22) if n not in (5, 13, 14, 15)]
VIEWS = ["board", "sector", "indicator", "town", "town-sector", "ward"]
WITH_FIGURES = ["", "measures", *COUNTING, "training", *(f"figures?window=2025FY&view={view}" for view in VIEWS)]
WITHOUT = ["measures/m5", "measures/m13", "measures/m14", "measures/m15", "actions", "signals"]
OF_OLD = (
    "[c]", "1-9", "one to nine", "withheld", "a multiple of 5", "fewer than ten", "Fewer than 10",
    "rounding leaves open",
)  # fmt: skip
"""What is no longer true of any figure."""


def words(visit: Visit, engine: Engine, path: str) -> str:
    answer = visit(engine).get(f"/boards/{BOARD}/{path}".rstrip("/"))
    assert answer.status_code == 200, path
    return " ".join(Page(answer.text).text.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("releases", "noisy", "older"),
    [
        ([ladder_4("2025FY"), ladder_4("2026Q1")], 1, 0),
        ([ladder_3("2025FY"), ladder_3("2026Q1")], 0, 1),
        ([ladder_4("2025FY"), ladder_3("2024FY"), ladder_3("2025Q4"), ladder_4("2026Q1")], 1, 1),
    ],
    ids=["ladder 4", "ladder 3", "both"],
)
def test_the_error_stands_once_on_every_page_that_shows_figures(
    sqlite: Engine, visit: Visit, releases: list[Release], noisy: int, older: int
) -> None:
    store(sqlite, *releases)
    views = VIEWS if noisy else VIEWS[:2]
    for path in WITH_FIGURES[: len(WITH_FIGURES) - len(VIEWS) + len(views)]:
        said = words(visit, sqlite, path)
        of_one_release = path.startswith("figures")
        assert said.count(NOISE) == said.count(APART) == noisy, path
        assert said.count(ROUNDED) == (0 if of_one_release and noisy else older), path
    for path in WITHOUT:
        assert NOISE not in words(visit, sqlite, path), path


@pytest.mark.slow
def test_nothing_is_said_that_is_true_of_older_releases_alone(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_4("2025FY"), ladder_4("2024FY"), ladder_4("2026Q1"), ladder_4("2025Q4"))
    for path in WITH_FIGURES:
        said = words(visit, sqlite, path)
        if not path:
            said = re.sub(r" Signals No signal is open.*?Returns from agencies", "", said)
        assert not [phrase for phrase in OF_OLD if phrase in said], path


def test_a_measure_that_has_no_quarters_promises_none(sqlite: Engine, visit: Visit) -> None:
    """Nor a column for what only the year has."""
    store(sqlite, ladder_5("2025FY"), ladder_5("2024FY"), ladder_5("2026Q1"))
    by_quarter = {r.measures for r in NEWEST.rungs if (r.level, r.window, r.split) == ("board", "quarter", "any")}
    having = {name.split("_")[0] for names in by_quarter for name in names} | {"m4"}
    for path in COUNTING:
        measure, said = path.removeprefix("measures/"), words(visit, sqlite, path)
        assert ("By quarter" in said) == (measure in having), measure
        # M3 is no longer released, and M18 is of sectors alone: neither has a table by window.
        by_window = measure not in ("m3", "m18")
        assert ("Released for financial years only" in said) == (by_window and measure not in having), measure
        assert "not in this release" not in said, measure  # nor in the key, which has what stands on the page
    assert (
        "with a response"
        not in words(visit, sqlite, "measures/m10").partition("By quarter")[2].partition("By sector")[0]
    )


def test_quarters_of_older_releases_stay(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_4("2025FY"), ladder_4("2026Q1"), ladder_3("2025Q4"))
    page = Page(visit(sqlite).get(f"/boards/{BOARD}/measures/m2").text)
    assert [row[0] for row in page.tables[1]] == ["Quarter", "Oct to Dec 2025"]
    both = Page(visit(sqlite).get(f"/boards/{BOARD}/measures/m10").text).tables[1]
    rows = {row[0]: row for row in both}
    assert rows["Jan to Mar 2026"][3] == "not in this release"
    assert rows["Oct to Dec 2025"][3].isdigit()


def test_a_figure_with_noise_is_read_by_its_own_error(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_4("2025FY", m7_screened=CellState.LOW), ladder_3("2024FY", m7_screened=CellState.LOW))
    rows = Page(visit(sqlite).get(f"/boards/{BOARD}/measures/m7").text).tables[0]
    said = {row[0]: row[2] for row in rows}
    assert said["Apr 2025 to Mar 2026"] == "fewer than 10 (about 10 or fewer, or none)"
    assert said["Apr 2024 to Mar 2025"] == "fewer than 10 (fewer than ten, or none)"


def titles(codes: str) -> str:
    """Measures as the page names them, from a list that is quick to write."""
    pairs = (code.partition(" ") for code in codes.split(", "))
    return "; ".join(f"{BY_ID[code.lower()].definition.title}{f' ({part})' if part else ''}" for code, _, part in pairs)


def test_the_page_on_methods_states_the_rule_its_parameters_and_the_table(sqlite: Engine, visit: Visit) -> None:
    store(sqlite)
    page = Page(visit(sqlite).get("/methods").text)
    said = " ".join(page.text.split())
    assert NOISE in said
    assert "nobody can prove anything from the figures" in said
    tables = {table[0][0]: table for table in page.tables}
    assert [row[1] for row in tables["Parameter"][1:]] == ["3", "5", "10", "6"]
    told = tables["Children"][1:]
    assert [row[0] for row in told] == [str(n) for n in (0, 1, 2, 3, 4, 5, 7, 10, 12, 15, 20)]
    assert told[0][1] == "99.9%"
    assert told[7] == ["10", "43.4%", "0.00", "11.8", "+1.8"]
    assert [row[4] for row in told] == [f"{one.bias:+.1f}" for one in fates()]
    assert {row[2] for row in told} == {"0.00"}
    assert len(tables["Boards"]) == len(NEWEST.rungs) + 1
    first = [
        "300 children a year or more",
        "Whole board",
        "Quarter",
        "no split",
        titles("M1, M7, M8, M9, M10 in part"),
    ]
    assert tables["Boards"][1] == first
    assert [row[:3] for row in tables["Boards"] if row[0] == "Fewer"][-1] == [
        "Fewer",
        "Towns",
        "Pair of financial years",
    ]
    assert methods_of().own == titles("M1, M6, M9, M10 in part, M17")
    assert "Accepted by the board of the invented borough (synthetic) on 15 March 2024." in said
    assert "Agencies compare notes here: Synthetic example - the weekly exploitation meeting" in said
