"""Awkward files: titles above the header, BOM, Windows-1252, other delimiters, workbooks with real dates."""

from __future__ import annotations

import random
import warnings
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from agencies.readers.reading import UnreadableFile
from agencies.readers.tabular import Grid, has_columns, open_table
from tests.agencies.readers.support import write

WANTED = ["Person ID", "Start"]


def cells(grid: Grid, name: str) -> list[str]:
    """One column."""
    return [row[grid.columns[name]] for _, row in grid.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(tmp_path: Path, delimiter: str) -> None:
    text = "Person ID,Start\n1,01/02/2025\n".replace(",", delimiter)
    assert cells(open_table(write(tmp_path, text), WANTED), "start") == ["01/02/2025"]


def test_the_header_may_be_under_a_title_and_blank_lines(tmp_path: Path) -> None:
    text = "Missing report, synthetic\n\n  PERSON  id , start ,Note\n 1 , 01/02/2025 ,x\n,,\n2,,\n"
    grid = open_table(write(tmp_path, text), WANTED)
    assert [number for number, _ in grid.rows] == [4, 6]
    assert cells(grid, "person id") == ["1", "2"]
    assert cells(grid, "start") == ["01/02/2025", ""]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "Person ID,Start,Team\n1,01/02/2025,Caf\u00e9 \u2013 team\n", encoding=encoding)
    assert cells(open_table(path, WANTED), "team") == ["Caf\u00e9 \u2013 team"]


def test_quoted_cells_may_hold_line_breaks_and_lines_are_still_counted(tmp_path: Path) -> None:
    text = 'Person ID,Start\n"1\nand more",01/02/2025\n2,02/02/2025\n'
    grid = open_table(write(tmp_path, text), WANTED)
    assert [number for number, _ in grid.rows] == [2, 4]


def test_a_workbook_gives_the_same_text_as_a_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Synthetic report"])
    sheet.append([])
    sheet.append(["Person ID", "Start", "When", "Serial", "Flag", "Name"])
    sheet.append([510000, date(2025, 2, 1), datetime(2025, 2, 1, 14, 30), 44197, True, " x "])  # noqa: DTZ001
    midnight = sheet.cell(5, 3, datetime(2025, 2, 1))  # noqa: DTZ001
    midnight.number_format = "dd/mm/yyyy hh:mm"
    sheet.cell(5, 1, "2")
    book.save(tmp_path / "export.xlsx")
    grid = open_table(tmp_path / "export.xlsx", WANTED)
    assert grid.rows[0] == (4, ["510000", "01/02/2025", "01/02/2025 14:30:00", "44197", "TRUE", "x"])
    assert grid.rows[1][1][2] == "01/02/2025 00:00:00"


def test_short_rows_of_a_workbook_are_filled_up_and_long_ones_are_not_cut(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for cells_of_row in (["Person ID", "Start", "Note"], ["1"], ["2", "x", "y", "z"]):
        sheet.append(cells_of_row)
    book.save(tmp_path / "export.xlsx")
    grid = open_table(tmp_path / "export.xlsx", WANTED)
    assert [row for _, row in grid.rows] == [["1", "", ""], ["2", "x", "y", "z"]]


def test_sheets_are_chosen_by_name_or_number(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    second = book.create_sheet("Data")
    second.append(WANTED)
    second.append(["7", "01/02/2025"])
    book.save(tmp_path / "export.xlsx")
    for choice in ("Data", 2):
        assert cells(open_table(tmp_path / "export.xlsx", WANTED, choice), "person id") == ["7"]
    for choice in ("Nothing", 3):
        with pytest.raises(UnreadableFile) as error:
            open_table(tmp_path / "export.xlsx", WANTED, choice)
        assert error.value.rule == "no-sheet"


def test_a_missing_column_is_named_and_nothing_of_the_file_is_shown(tmp_path: Path) -> None:
    path = write(tmp_path, "Person ID;Surname\n1;CANARY\n")
    with pytest.raises(UnreadableFile) as error:
        open_table(path, WANTED)
    assert error.value.rule == "no-header"
    assert "Start" in str(error.value)
    assert "Surname" not in str(error.value)
    assert "CANARY" not in str(error.value)


def test_a_workbook_damaged_anywhere_is_unreadable_or_read(tmp_path: Path) -> None:
    whole = workbook(tmp_path, [["Person ID", "Start"], *[[str(n), "01/06/2025"] for n in range(50)]]).read_bytes()
    rng = random.Random(4)
    path = tmp_path / "export.xlsx"
    rules: set[str] = set()
    for turn in range(400):
        content = bytearray(whole)
        for _ in range(rng.randrange(1, 20)):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        path.write_bytes(content[: rng.randrange(len(content))] if turn % 4 == 0 else content)
        try:
            open_table(path, WANTED)
        except UnreadableFile as error:
            rules.add(error.rule)
    assert "bad-spreadsheet" in rules


def test_a_number_in_a_cell_formatted_as_a_date_is_in_no_warning(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["Person ID", "Start"], ["1", 9990000018]], number_format="dd/mm/yyyy")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        open_table(path, WANTED)
    assert [str(one.message) for one in said] == []


def workbook(folder: Path, rows: Sequence[Sequence[str | int]], number_format: str = "General") -> Path:
    """A spreadsheet whose cells all have this format."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for line in sheet.iter_rows():
        for cell in line:
            cell.number_format = number_format
    path = folder / "export.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"PK\x03\x04 but no workbook", "bad-spreadsheet"),
        (b"\x00\x01\x02\x81\x00", "bad-encoding"),
        (b"", "no-header"),
        (b"Person ID,Start,Start\n1,2,3\n", "repeated-column"),
    ],
)
def test_unreadable_files(tmp_path: Path, content: bytes, rule: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as error:
        open_table(path, WANTED)
    assert error.value.rule == rule


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no such file"):
        open_table(tmp_path / "nothing.csv", WANTED)


def test_files_beside_are_known_by_their_first_line(tmp_path: Path) -> None:
    assert has_columns(write(tmp_path, "\ufeffperson id, START ,x\n"), WANTED)
    assert not has_columns(write(tmp_path, "Person ID,x\n"), WANTED)
    assert not has_columns(tmp_path / "nothing.csv", WANTED)
