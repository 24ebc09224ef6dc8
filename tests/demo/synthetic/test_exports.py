"""The files look as the agencies' systems print them, hold what the manifest says, and nothing of a real place."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from demo.synthetic.borough import AGENCIES, BOARD, HOUSING
from models.contract.periods import quarter_of
from tests.demo.synthetic.support import EARLIER_EDITIONS

pytestmark = pytest.mark.slow

MAPPINGS = Path(__file__).parents[3] / "agencies" / "mappings"


def text_of(path: Path) -> str:
    """A file's text, or the text of every cell of a workbook."""
    if path.suffix == ".xlsx":
        sheet = load_workbook(path).worksheets[0]
        return "\n".join("\t".join(str(cell) for cell in row) for row in sheet.iter_rows(values_only=True))
    return path.read_bytes().decode("cp1252" if "police/" in str(path) else "utf-8-sig")


def table(path: Path, titles: int = 0) -> list[dict[str, str]]:
    lines = text_of(path).splitlines(keepends=True)[titles:]
    return list(csv.DictReader(io.StringIO("".join(lines))))


def test_every_listed_file_is_there_with_its_lines(exports: Path, manifest: dict[str, Any]) -> None:
    assert manifest["synthetic"] is True
    assert {file["agency"] for file in manifest["files"]} == set(AGENCIES)
    for file in manifest["files"]:
        assert (exports / file["path"]).is_file()
        assert file["mapping"] is None or (MAPPINGS / file["mapping"]).is_file()
        assert file["options"].get("board", BOARD) == BOARD
        for option in ("header", "episodes"):
            assert option not in file["options"] or (exports / file["options"][option]).is_file()
    orders: dict[str, list[int]] = defaultdict(list)
    for file in manifest["files"]:
        orders[file["agency"]].append(file["order"])
    assert all(order == list(range(1, len(order) + 1)) for order in orders.values())


def test_twenty_thousand_events_and_more_beside_revisions(manifest: dict[str, Any]) -> None:
    last = [file for file in manifest["files"] if Path(file["path"]).name not in EARLIER_EDITIONS]
    assert 20_000 <= sum(file["events"] for file in last) <= 28_000


def test_the_two_files_of_facts_say_that_they_are_synthetic(exports: Path) -> None:
    for name in ("manifest.json", "truth.json"):
        assert json.loads((exports / name).read_text("utf-8"))["synthetic"] is True


def test_no_ward_of_the_real_series_and_no_real_postcode(exports: Path) -> None:
    files = [path for path in exports.rglob("*") if path.suffix in (".csv", ".xlsx")]
    assert len(files) >= 25
    for path in files:
        text = text_of(path)
        assert not re.search(r"\b[EWSN]0[0-9]{7}\b", text), path.name
        assert set(re.findall(r"\b[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}\b", text)) <= {"ZZ99 9ZZ"}, path.name


def test_every_ten_digit_number_is_of_the_test_range(exports: Path) -> None:
    for path in exports.rglob("*.csv"):
        assert all(number.startswith("999") for number in re.findall(r"\b[0-9]{10}\b", text_of(path))), path.name


def test_formats_are_as_untidy_as_real_ones(exports: Path) -> None:
    police = (exports / "aldermere-police/2-missing-to-2026-03-31.csv").read_bytes()
    assert b"\x96" in police.splitlines()[0]  # a Windows-1252 dash, which is no UTF-8
    with pytest.raises(UnicodeDecodeError):
        police.decode("utf-8")
    assert police.decode("cp1252").splitlines()[3].startswith("Misper Ref,")
    care = (exports / "aldermere-social-care/2-lcs-missing-to-2026-03-31.csv").read_bytes()
    assert care.startswith(b"\xef\xbb\xbfPerson ID,")
    assert b"Missing  ," in care
    assert (exports / "aldermere-housing/1-indicators.csv").read_bytes().startswith(b"Record Ref;NHS Number;")
    sheet = load_workbook(exports / "aldermere-youth-justice/1-indicators.xlsx").worksheets[0]
    assert [row[0] for row in sheet.iter_rows(max_row=4, values_only=True)][3] == "Record Ref"
    seen = [row[5] for row in sheet.iter_rows(min_row=5, values_only=True)]
    assert sum(isinstance(day, int) for day in seen) > 0.95 * len(seen)  # Excel serials; the rest is dirt


def test_an_open_episode_of_the_first_edition_is_closed_in_the_last(exports: Path) -> None:
    first = {row["Misper Ref"]: row for row in table(exports / "aldermere-police/1-missing-to-2025-12-31.csv", 3)}
    last = {row["Misper Ref"]: row for row in table(exports / "aldermere-police/2-missing-to-2026-03-31.csv", 3)}
    opened = [ref for ref, row in first.items() if not row["Date/Time Located"] and ref in last]
    assert len(opened) >= 5
    assert sum(bool(last[ref]["Date/Time Located"]) for ref in opened) >= 5
    assert len([ref for ref in first if ref not in last and "-X" not in ref]) >= 5  # deleted since
    corrected = [ref for ref in first.keys() & last.keys() if first[ref]["Risk Level"] != last[ref]["Risk Level"]]
    assert len(corrected) >= 3
    assert any(not row["Date/Time Located"] for row in last.values())


def test_truth_agrees_with_a_count_of_the_files(exports: Path, truth: dict[str, Any]) -> None:
    """Counted from the two final missing lists by NHS number, which a few lines lack or mistype."""
    counted: dict[str, set[str]] = defaultdict(set)
    lists = (
        ("aldermere-police/2-missing-to-2026-03-31.csv", 3, "Date/Time Last Seen"),
        ("aldermere-social-care/2-lcs-missing-to-2026-03-31.csv", 0, "Start Date/Time"),
    )
    for name, titles, column in lists:
        for row in table(exports / name, titles):
            if row["NHS Number"]:
                day = datetime.strptime(row[column].strip()[:10], "%d/%m/%Y").date()  # noqa: DTZ007
                counted[quarter_of(day)].add(row["NHS Number"])
    for quarter, measures in truth["quarters"].items():
        assert len(counted[quarter]) == pytest.approx(measures["M9"]["recorded"], rel=0.03)


def test_returns_are_late_nil_and_silent_as_planted(exports: Path, truth: dict[str, Any]) -> None:
    returns = {
        path.parent.name: {row["Period"]: row for row in table(path)}
        for path in exports.glob("*/*-submission-returns.csv")
    }
    planted = truth["planted"]
    assert max(returns[HOUSING]) == "2025Q2"
    assert all(len(found) == 8 for agency, found in returns.items() if agency != HOUSING)
    nil = {(agency, period) for agency, found in returns.items() for period, row in found.items() if row["Nil"] == "Y"}
    assert nil == {(planted["nil_agency"], planted["nil_quarter"])}
    for agency, period in planted["late_returns"]:
        day, month, year = returns[agency][period]["Submitted On"].split("/")
        end_month = 3 * int(period[5])
        later = (int(year) - int(period[:4])) * 12 + int(month) - end_month
        assert later >= 1
        assert later > 1 or int(day) > 20
