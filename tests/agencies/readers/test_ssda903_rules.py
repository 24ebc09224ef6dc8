"""Every DfE rule of the missing module, broken by a hand-written row, and its nearest row that does not break it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agencies.readers import UnreadableFile
from agencies.readers.reading import Reading
from agencies.readers.ssda903_rules import NEEDS_EPISODES, NEEDS_HEADER
from agencies.rows import DuplicateRow, RefusedRow, SourceRow
from tests.agencies.readers.support import reading, refused, source, table, warned, write
from tests.factories import BOARD

MISSING = "CHILD,DOB,MISSING,MIS_START,MIS_END"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
CHILD, BORN = "900001", "01/02/2010"
YEAR = {"collection_year": 2025}


def missing(folder: Path, *rows: str, header: str = "", episodes: str = "", **options: Any) -> Reading:
    """A return in a folder of its own."""
    if header:
        write(folder, table(HEADER, header), "header.csv")
    if episodes:
        write(folder, table(EPISODES, *episodes.split("\n")), "episodes.csv")
    path = write(folder, table(MISSING, *rows), "missing.csv")
    return reading(path, "ssda903-missing", **{**YEAR, **options})


def episode(began: str, ended: str = "", reason: str = "", place: str = "K2", child: str = CHILD) -> str:
    """A line of Episodes.csv."""
    return f"{child},{began},S,C2,N1,{place},PR1,{ended},{reason},,,,"


def line(start: str, end: str = "", kind: str = "M", born: str = BORN, child: str = CHILD) -> str:
    """A line of Missing.csv."""
    return f"{child},{born},{kind},{start},{end}"


BORN_THAT_DAY = line("01/06/2025", born="01/06/2025")


@pytest.mark.parametrize(
    ("row", "rule", "path"),
    [
        (line("31/06/2025", "02/07/2025"), "1004", "MIS_START"),
        (line("06/31/2025", "02/07/2025"), "1004", "MIS_START"),
        (line("01/06/2025", "2025-06-02"), "1005", "MIS_END"),
        (line("01/06/2025", "44197"), "1005", "MIS_END"),
        (line("01/06/2025", "02/06/2025", kind="X"), "1006", "MISSING"),
        (line("", "", kind="M"), "564", "MIS_START"),
        (line("01/06/2025", "", kind=""), "565", "MISSING"),
        (line("", "02/06/2025", kind=""), "566", "MISSING"),
        (line("02/06/2025", "01/06/2025"), "567", "MIS_END"),
        (line("01/04/2026", ""), "570", "MIS_START"),
        (line("01/06/2025", "02/06/2025", born="02/06/2025"), "586", "MIS_START"),
    ],
)
def test_rules_of_the_line_that_refuse(tmp_path: Path, row: str, rule: str, path: str) -> None:
    assert (rule, path) in refused(missing(tmp_path, row))


@pytest.mark.parametrize("end", ["31/03/2025", "01/04/2026"])
def test_571_an_end_outside_of_the_year_warns(tmp_path: Path, end: str) -> None:
    assert warned(missing(tmp_path, line("30/03/2025", end))) == ["571"]


@pytest.mark.parametrize(
    "row",
    [
        line("31/03/2026"),
        line("01/04/2025", "01/04/2025"),
        line("10/03/2025", "31/03/2026"),
        line("01/06/2025", born="01/06/2025"),
    ],
)
def test_rows_on_the_edge_break_nothing(tmp_path: Path, row: str) -> None:
    assert warned(missing(tmp_path, row)) == []


def test_a_line_of_nothing_but_a_child_is_refused(tmp_path: Path) -> None:
    assert refused(missing(tmp_path, line("", "", kind=""))) == [("no-period", "MIS_START")]
    assert refused(missing(tmp_path, line("01/06/2025", child=""))) == [("no-key", "CHILD")]


@pytest.mark.parametrize(
    ("rows", "breaks"),
    [
        ([("01/06/2025", "05/06/2025"), ("04/06/2025", "09/06/2025")], [False, True]),
        ([("04/06/2025", "09/06/2025"), ("01/06/2025", "05/06/2025")], [True, False]),
        ([("01/06/2025", ""), ("04/06/2025", "09/06/2025")], [False, True]),
        ([("01/06/2025", "05/06/2025"), ("05/06/2025", "09/06/2025")], [False, False]),
        (
            [("01/06/2025", "20/06/2025"), ("02/06/2025", "03/06/2025"), ("10/06/2025", "11/06/2025")],
            [False, True, True],
        ),
    ],
)
def test_574_is_counted_on_the_later_period(tmp_path: Path, rows: list[tuple[str, str]], breaks: list[bool]) -> None:
    found = missing(tmp_path, *(line(start, end) for start, end in rows))
    assert ["574" in warned(found, place) for place in range(len(rows))] == breaks


def test_574_is_about_one_child(tmp_path: Path) -> None:
    found = missing(tmp_path, line("01/06/2025", ""), line("04/06/2025", "", child="900002"))
    assert warned(found, 0) == warned(found, 1) == []


@pytest.mark.parametrize(
    ("row", "episodes", "expected"),
    [
        # 575: the placement ended, the period is open; an end after the placement's is no breach.
        (line("05/06/2025"), [episode("01/05/2025", "10/06/2025", "X1"), episode("10/06/2025")], ["575"]),
        (line("05/06/2025", "12/06/2025"), [episode("01/05/2025", "10/06/2025", "X1"), episode("10/06/2025")], []),
        (line("05/06/2025"), [episode("01/05/2025")], []),
        # 577: care ended, the period is open (the placement ended too: 575; and the child was missing then: 580).
        (line("05/06/2025"), [episode("01/05/2025", "10/06/2025", "E4A")], ["575", "577", "580"]),
        (line("05/06/2025"), [episode("01/05/2025", "10/06/2025", "E8")], ["575", "577"]),
        (line("05/06/2025", "06/06/2025"), [episode("01/05/2025", "10/06/2025", "E4A")], []),
        # 578: after care ended; not on the day itself; not when care has begun again.
        (line("11/06/2025", "12/06/2025"), [episode("01/05/2025", "10/06/2025", "E4A")], ["578"]),
        (line("10/06/2025", "12/06/2025"), [episode("01/05/2025", "10/06/2025", "E8")], []),
        (line("21/06/2025", "22/06/2025"), [episode("01/05/2025", "10/06/2025", "E4A"), episode("20/06/2025")], []),
        (
            line("15/06/2025", "22/06/2025"),
            [episode("01/05/2025", "10/06/2025", "E4A"), episode("20/06/2025")],
            ["578"],
        ),
        # 580: missing on the day care ended.
        (line("05/06/2025", "10/06/2025"), [episode("01/05/2025", "10/06/2025", "E4A")], ["580"]),
        (line("05/06/2025", "09/06/2025"), [episode("01/05/2025", "10/06/2025", "E4A")], []),
        # 581: before the first care.
        (line("30/04/2025", "02/05/2025"), [episode("01/05/2025")], ["581"]),
        # Overlapping episodes are one time in care that lasts as long as the longest.
        (
            line("05/07/2025", "06/07/2025"),
            [episode("01/05/2025", "10/07/2025", "E3"), episode("02/05/2025", "01/06/2025", "X1")],
            [],
        ),
        (line("05/06/2025", "06/06/2025", child="900009"), [episode("01/05/2025")], ["no-episode-row"]),
    ],
)
def test_rules_with_episodes(tmp_path: Path, row: str, episodes: list[str], expected: list[str]) -> None:
    assert sorted(warned(missing(tmp_path, row, episodes="\n".join(episodes)))) == sorted(expected)


def test_int04_and_int13(tmp_path: Path) -> None:
    found = missing(tmp_path, line("01/06/2025", child="900002"), header=f"{CHILD},M,{BORN},WBRI,,,")
    assert refused(found) == [("INT04", "CHILD")]
    found = missing(tmp_path, line("01/06/2025", born="02/02/2010"), header=f"{CHILD},M,{BORN},WBRI,,,")
    assert warned(found) == ["INT13"]


def test_576_counts_open_periods_of_last_year_that_are_gone(tmp_path: Path) -> None:
    earlier = [line("20/03/2025"), line("21/03/2025", child="900002"), line("01/03/2025", "02/03/2025", child="900003")]
    previous = write(tmp_path, table(MISSING, *earlier), "previous.csv")
    found = missing(tmp_path, line("20/03/2025", "05/04/2025"), previous=previous)
    assert [warning.rule for warning in found.file_warnings] == ["576"]
    assert "576" not in found.rules_not_run


def test_rules_without_their_file_are_said_not_to_have_run(tmp_path: Path) -> None:
    found = missing(tmp_path, line("01/06/2025"))
    assert set(found.rules_not_run) == {*NEEDS_HEADER, *NEEDS_EPISODES, "576"}
    assert "--header" in found.rules_not_run["INT04"]
    write(tmp_path, table(HEADER, f"{CHILD},1,{BORN},WBRI,,,"), "header.csv")
    write(tmp_path, table(HEADER, f"{CHILD},2,{BORN},WBRI,,,"), "header-of-last-year.csv")
    assert "several" in missing(tmp_path, line("01/06/2025")).rules_not_run["INT13"]
    given = reading(tmp_path / "missing.csv", "ssda903-missing", **YEAR | {"header": tmp_path / "header.csv"})
    assert "INT04" not in given.rules_not_run


def test_the_year_is_the_one_most_dates_lie_in(tmp_path: Path) -> None:
    rows = [line(f"0{day}/06/2025", f"0{day}/06/2025", child=f"90000{day}") for day in range(1, 5)]
    found = missing(tmp_path, *rows, line("01/04/2026", child="900009"), collection_year=None)
    assert refused(found, 4) == [("570", "MIS_START")]


def test_fields_come_from_header_and_the_episode_in_force(tmp_path: Path) -> None:
    episodes = [
        episode("01/05/2025", "10/06/2025", "X1", place="U4").replace("PR1", "PR4"),
        episode("10/06/2025", place="K3"),
    ]
    found = missing(
        tmp_path,
        line("05/06/2025", "09/06/2025", kind="A"),
        line("10/06/2025"),
        header=f"{CHILD},F,{BORN},MWAS,B801200005001,,",
        episodes="\n".join(episodes),
    )
    first, second = source(found, 0), source(found, 1)
    assert first.fields == {
        "source_system": "ssda903", "scheme": "ssda903", "status": "A", "occurred_on": "2025-06-05",
        "ended_on": "2025-06-09",
        "duration_band": "3_7d", "age_band": "14-15", "sex": "F", "ethnic_group": "mixed", "missing_from": "care",
        "placement_group": "foster_agency", "placement_area": "unknown",
        "areas": {"home": "unknown", "missing_from": "unknown"},
    }  # fmt: skip
    assert second.fields["placement_group"] == "supported_accommodation"
    assert second.fields["duration_band"] == "open"
    assert "ended_on" not in second.fields
    assert first.record_key == f"{CHILD}|2025-06-05"
    assert first.identifiers == {"local": CHILD, "upn": "B801200005001"}
    assert first.ward is None


@pytest.mark.parametrize(
    ("sex", "year", "expected", "warnings"),
    [
        ("1", 2023, "M", []),
        ("2", 2025, "F", ["code-not-in-force"]),
        ("U", 2025, "unknown", []),
        ("", 2025, "not_recorded", []),
        ("X", 2025, "unknown", ["unknown-code"]),
    ],
)
def test_sex_is_read_by_the_codes_of_its_year(
    tmp_path: Path, sex: str, year: int, expected: str, warnings: list[str]
) -> None:
    row = line(f"01/06/{year}", f"02/06/{year}")
    found = missing(tmp_path, row, header=f"{CHILD},{sex},{BORN},WBRI,,,", collection_year=year)
    assert source(found).fields["sex"] == expected
    assert warned(found) == warnings


def test_unfit_upns_are_left_out(tmp_path: Path) -> None:
    found = missing(tmp_path, line("01/06/2025"), header=f"{CHILD},M,{BORN},WBRI,B123456789012,,")
    assert "upn" not in source(found).identifiers
    assert warned(found) == ["bad-upn"]
    assert warned(missing(tmp_path, line("01/06/2025"), header=f"{CHILD},M,{BORN},WBRI,UN3,,")) == []


def test_placement_area_by_postcode(tmp_path: Path) -> None:
    lookup = write(
        tmp_path, "postcode,ward\nZZ1 1AA,X05000001\nZZ2 2BB,X05100001\nZZ3 3CC,E05009999\n", "postcodes.txt"
    )
    expected = {"ZZ1 1AA": "in_area", "zz22bb": "out_of_area_ours", "ZZ3 3CC": "out_of_area_ours", "ZZ9 9ZZ": "unknown"}
    for postcode, area in expected.items():
        episodes = f"{CHILD},01/05/2025,S,C2,N1,K2,PR1,,,,,{postcode},"
        found = missing(tmp_path, line("01/06/2025"), episodes=episodes, postcodes=lookup, board=BOARD)
        assert source(found).fields["placement_area"] == area


def test_repeats_are_duplicates_and_other_content_under_one_key_is_refused(tmp_path: Path) -> None:
    row = line("01/06/2025", "02/06/2025")
    found = missing(tmp_path, row, row, line("01/06/2025", "03/06/2025"))
    assert isinstance(found.rows[0], SourceRow)
    assert found.rows[1] == DuplicateRow(3, 2)
    assert refused(found, 2) == [("repeated-key", "(key)")]


def test_the_boards_dates_are_applied_only_with_a_board(tmp_path: Path) -> None:
    row = line("01/06/2017", "02/06/2017", born="01/02/2005")
    assert isinstance(missing(tmp_path, row, collection_year=2017).rows[0], SourceRow)
    found = missing(tmp_path, row, collection_year=2017, board=BOARD)
    assert refused(found) == [("date-window", "occurred_on"), ("date-window", "ended_on")]


def test_a_future_date_is_refused_with_or_without_a_board(tmp_path: Path) -> None:
    assert refused(missing(tmp_path, line("13/05/2026"), collection_year=2026)) == [("date-window", "occurred_on")]
    assert isinstance(missing(tmp_path, line("12/05/2026"), collection_year=2026).rows[0], SourceRow)


def test_a_bad_birth_date_leaves_the_age_unknown(tmp_path: Path) -> None:
    found = missing(tmp_path, line("01/06/2025", born="2010"))
    assert source(found).fields["age_band"] == "not_recorded"
    assert warned(found) == ["bad-birth-date"]


def test_a_file_of_other_columns_is_unreadable(tmp_path: Path) -> None:
    path = write(tmp_path, "CHILD,DOB\n900001,01/02/2010\n")
    with pytest.raises(UnreadableFile) as error:
        reading(path, "ssda903-missing")
    assert "MIS_START" in str(error.value)
    assert "900001" not in str(error.value)


def test_refusals_hold_no_values(tmp_path: Path) -> None:
    found = missing(tmp_path, line("CANARY", "CANARY", kind="CANARY", born="CANARY", child="CANARY"))
    assert isinstance(found.rows[0], RefusedRow)
    assert "CANARY" not in repr(found)
