"""The public 43-row sample: the measured breaches, recounted here slowly from the files and the rules' own words."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from agencies.check import check_file
from agencies.readers import read
from agencies.readers.reading import Reading
from agencies.rows import SourceRow

SHARED = Path(os.environ.get("YPSEM_SHARED", Path(__file__).parents[3] / "../shared")) / "data/ssda903"
SAMPLE = SHARED / "missing_43rows.csv"
TODAY = date(2026, 5, 11)

pytestmark = pytest.mark.skipif(not SAMPLE.is_file(), reason=f"the public 903 sample is not at {SHARED} (YPSEM_SHARED)")


@pytest.fixture(scope="module")
def sample() -> Reading:
    """The sample, its siblings found beside it."""
    return read(SAMPLE, "ssda903-missing", today=TODAY)


def rows_of(name: str) -> list[dict[str, str]]:
    """A file of the sample, plainly."""
    with (SHARED / name).open(newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    """A dd/mm/yyyy date or nothing."""
    return datetime.strptime(text, "%d/%m/%Y").date() if text else None  # noqa: DTZ007


def test_nothing_is_refused_and_breaches_are_as_measured(sample: Reading) -> None:
    assert len(sample.rows) == 43
    assert all(isinstance(row, SourceRow) for row in sample)
    counts = Counter(warning.rule for row in sample if isinstance(row, SourceRow) for warning in row.warnings)
    assert counts["574"] == 1
    assert counts["578"] == 4
    assert counts["no-episode-row"] == 7
    assert set(counts) == {"574", "578", "580", "no-episode-row", "bad-upn"}
    children = {row.identifiers["local"] for row in sample if isinstance(row, SourceRow)}
    assert len(children) == 39
    assert len({row.record_key for row in sample if isinstance(row, SourceRow)}) == 43


def test_the_json_tells_rows_children_and_which_rules_were_run() -> None:
    told = check_file(SAMPLE, "ssda903-missing", today=TODAY).to_dict()
    warnings: dict[str, dict[str, object]] = told["warnings_by_rule"]  # type: ignore[assignment]
    assert (warnings["no-episode-row"]["rows"], warnings["no-episode-row"]["children"]) == (7, 6)
    run, not_run = told["rules_run"], told["rules_not_run"]
    assert {"574", "575", "577", "578", "INT04"} <= set(run)  # type: ignore[call-overload]
    assert set(not_run) == {"576"}  # type: ignore[call-overload]


def test_every_rule_agrees_with_a_slow_recount(sample: Reading) -> None:
    """Day by day instead of by interval arithmetic: what is true on each day of each line."""
    lines, episodes = rows_of("missing_43rows.csv"), rows_of("episodes_for_missing_children.csv")
    expected: dict[int, set[str]] = {}
    for number, line in enumerate(lines, 2):
        start, end = day(line["MIS_START"]), day(line["MIS_END"])
        assert start is not None
        assert end is not None, "the sample has no open period, so nothing can break 575 or 577"
        broken: set[str] = set()
        for other in lines:
            first, last = day(other["MIS_START"]), day(other["MIS_END"])
            assert first is not None
            assert last is not None
            if other["CHILD"] == line["CHILD"] and first < start < last:
                broken.add("574")
        own = [(day(e["DECOM"]), day(e["DEC"]), e["REC"]) for e in episodes if e["CHILD"] == line["CHILD"]]
        if not own:
            broken.add("no-episode-row")
        elif not any(began and began <= start and (ended is None or start <= ended) for began, ended, _ in own):
            before = any(began and began <= start for began, _, _ in own)
            broken.add("578" if before else "581")
        for _, ended, reason in own:
            # A day on which care ended: no episode goes on from it.
            goes_on = [b for b, e, _ in own if b and ended and b <= ended and (e is None or e > ended)]
            if ended and start <= ended <= end and not goes_on and reason != "E8":
                broken.add("580")
        expected[number] = broken
    found = {
        row.number: {warning.rule for warning in row.warnings} - {"bad-upn"}
        for row in sample
        if isinstance(row, SourceRow)
    }
    assert found == expected


def test_the_summary_says_what_was_not_run_and_shows_no_child(sample: Reading) -> None:
    summary = check_file(SAMPLE, "ssda903-missing", today=TODAY, preview=43)
    assert (summary.read, summary.publishable, summary.refused) == (43, 43, 0)
    assert summary.exit_code == 0
    assert set(summary.rules_not_run) == {"576"}
    values = {row[column] for row in rows_of("missing_43rows.csv") for column in ("CHILD", "DOB", "MIS_START")}
    values |= {row[column] for row in rows_of("header_for_missing_children.csv") for column in ("UPN", "DOB")}
    for output in (summary.to_json(), summary.to_text(), repr(sample)):
        words = set(output.replace('"', " ").replace(",", " ").split())
        assert not {value for value in values if value in words or (len(value) > 5 and value in output)}
