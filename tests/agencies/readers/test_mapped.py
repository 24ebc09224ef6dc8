"""Rows through a mapping: conversions, refusals with rule and field, duplicates, keys, conditions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from agencies.readers import UnreadableFile
from agencies.readers.reading import Reading
from agencies.rows import DuplicateRow, SkippedRow, SourceRow
from models.contract.refusals import Refusal
from tests.agencies.readers.support import reading, refused, source, table, warned, write
from tests.factories import BOARD

COLUMNS = "Ref,Kind,Start,End,Sex,DOB,Risk,Reasons,Ward,NHS,UPN,Surname,First,Marker"
MAPPING = """
name: Synthetic list
source_system: spreadsheet
optional: [Postcode, Score]
identifiers:
  nhs: NHS
  upn: UPN
  local: Ref
  demog: {surname: Surname, first_name: First, dob: DOB, sex: Sex}
tables:
  kinds: {Gone: missing, Away: A}
child:
  sex: {code: Sex, table: sex}
  age_band: {age_from: dob, column: DOB}
  areas.home: {first_of: [{area: Ward}, {area: Postcode, postcode: true}]}
events:
  - type: missing_episode
    key: [Ref, Start]
    when: {column: Kind, not_in: [Log]}
    fields:
      occurred_on: {date: Start}
      hour_band: {hour: Start}
      ended_on: {date: End}
      duration_band: {duration_from: Start, to: End}
      status: {code: Kind, table: kinds}
      police_grade: {code: Risk, table: police_grade, otherwise: unknown}
      reasons: {codes: Reasons, table: reasons_words}
      cse_marker: {yes_no: Marker}
  - type: screening
    key: [Ref]
    when: {column: Score, is: filled}
    about: {type: missing_episode, key: [Ref, Start]}
    fields:
      occurred_on: {date: Start}
      score: {number: Score}
"""
ROW = {
    "Ref": "77", "Kind": "Gone", "Start": "01/06/2025 22:30", "End": "02/06/2025 06:00", "Sex": "Female",
    "DOB": "03/06/2011", "Risk": "H",
    "Reasons": "Friends|Conflict", "Ward": "Ward 01", "NHS": "9990000026", "UPN": "B801200005001",
    "Surname": "Synthetic",
    "First": "Alex", "Marker": "Y",
}  # fmt: skip


def row(**changes: str) -> str:
    """The good row as CSV, with changes by column."""
    return ",".join({**ROW, **changes}.values())


def mapped(folder: Path, *rows: str, columns: str = COLUMNS, **options: Any) -> Reading:
    """A reading of these rows through the test's mapping."""
    mapping = write(folder, MAPPING, "mapping.yaml")
    return reading(write(folder, table(columns, *rows)), mapping=mapping, **options)


def test_a_row_becomes_an_event(tmp_path: Path) -> None:
    found = mapped(tmp_path, row())
    assert source(found).fields == {
        "source_system": "spreadsheet", "occurred_on": "2025-06-01", "hour_band": "18-24", "ended_on": "2025-06-02",
        "duration_band": "6_24h", "status": "missing", "police_grade": "high",
        "reasons": ["conflict", "contact_with_friends"],
        "cse_marker": "yes", "sex": "F", "age_band": "12-13", "areas": {"home": "X05000001"},
    }  # fmt: skip
    only = source(found)
    assert only.identifiers == {
        "nhs": "9990000026", "upn": "B801200005001", "demog": "synthetic|a|2011-06-03|F", "local": "77",
    }  # fmt: skip
    assert (only.number, only.ward, only.record_key) == (2, "X05000001", "77|2025-06-01T22:30")
    assert only.warnings == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"Start": "31/06/2025"},
            [("bad-date", "occurred_on"), ("bad-date", "hour_band"), ("bad-date", "duration_band")],
        ),
        ({"Start": ""}, [("no-date", "occurred_on"), ("no-key", "(key)")]),
        ({"End": "31/05/2025"}, [("end-before-start", "ended_on")]),
        ({"Kind": "Lost"}, [("unknown-code", "status")]),
        ({"Sex": "Apache"}, [("unknown-code", "sex")]),
        ({"Reasons": "Friends|Wanderlust"}, [("unknown-code", "reasons")]),
        ({"Ward": "Nowhere"}, [("unknown-ward", "areas.home")]),
        ({"Marker": "maybe"}, [("unknown-code", "cse_marker")]),
        ({"Ref": ""}, [("no-key", "(key)")]),
        ({"DOB": "1900"}, [("bad-date", "age_band")]),
        ({"DOB": "02/06/2025"}, [("age-out-of-range", "age_band")]),
        ({"DOB": "01/06/1999"}, [("age-out-of-range", "age_band")]),
        ({"Start": "13/05/2026", "End": ""}, [("date-window", "occurred_on")]),
    ],
)
def test_refusals_name_rule_and_field(tmp_path: Path, changes: dict[str, str], expected: list[tuple[str, str]]) -> None:
    found = refused(mapped(tmp_path, row(**changes)))
    assert set(expected) <= set(found)


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"Sex": "M"}, "sex", "M"),
        ({"Sex": "2"}, "sex", "F"),
        ({"Sex": "n/k"}, "sex", "unknown"),
        ({"Sex": "U"}, "sex", "unknown"),
        ({"Sex": ""}, "sex", None),
        ({"Risk": "no apparent risk"}, "police_grade", "nar"),
        ({"Risk": "purple"}, "police_grade", "unknown"),
        ({"Risk": "#N/A"}, "police_grade", None),
        ({"Risk": "NULL"}, "police_grade", None),
        ({"Marker": "1"}, "cse_marker", "yes"),
        ({"Marker": "False"}, "cse_marker", "no"),
        ({"Marker": "TRUE"}, "cse_marker", "yes"),
        ({"Marker": "Not known"}, "cse_marker", "unknown"),
        ({"Marker": " "}, "cse_marker", None),
        ({"Reasons": ""}, "reasons", None),
        ({"Reasons": "Conflict| conflict|"}, "reasons", ["conflict"]),
        ({"Reasons": "unknown"}, "reasons", ["unknown"]),
        ({"Start": "45809"}, "occurred_on", "2025-06-01"),
        ({"Start": "01/06/2025"}, "hour_band", "not_recorded"),
        ({"End": ""}, "duration_band", "open"),
        ({"DOB": ""}, "age_band", None),
        ({"Ward": ""}, "areas", None),
        ({"Ward": "E05009999"}, "areas", {"home": "out_of_area"}),
    ],
)
def test_conversions(tmp_path: Path, changes: dict[str, str], field: str, value: object) -> None:
    assert source(mapped(tmp_path, row(**changes))).fields.get(field) == value


@pytest.mark.parametrize(
    ("changes", "rule", "kind"),
    [
        ({"NHS": "9990000027"}, "bad-nhs-number", "nhs"),
        ({"UPN": "Q207000016049"}, "bad-upn", "upn"),
        ({"First": ""}, "incomplete-demographics", "demog"),
        ({"Sex": ""}, "incomplete-demographics", "demog"),
    ],
)
def test_an_unfit_identifier_is_left_out_with_a_warning(
    tmp_path: Path, changes: dict[str, str], rule: str, kind: str
) -> None:
    found = mapped(tmp_path, row(**changes))
    assert warned(found) == [rule]
    assert kind not in source(found).identifiers


def test_blank_identifiers_are_no_warning(tmp_path: Path) -> None:
    found = mapped(tmp_path, row(NHS="", UPN="", Surname="", First=""))
    assert source(found).identifiers == {"local": "77"}
    assert warned(found) == []


def test_test_numbers_need_a_synthetic_register(tmp_path: Path) -> None:
    from tests.factories import register

    found = mapped(tmp_path, row(), register=register(synthetic=False))
    assert warned(found) == ["test-nhs-number"]


def test_repeats(tmp_path: Path) -> None:
    again = row().replace("Gone", " Gone ")
    found = mapped(tmp_path, row(), row(), "", row(Risk="M"), again)
    assert isinstance(found.rows[0], SourceRow)
    assert found.rows[1] == DuplicateRow(3, 2)
    assert refused(found, 2) == [("repeated-key", "(key)")]
    assert found.rows[3] == DuplicateRow(6, 2)


def test_a_row_that_is_not_ours_is_skipped(tmp_path: Path) -> None:
    assert mapped(tmp_path, row(Kind="Log")).rows == [SkippedRow(2)]


def test_rows_of_another_width_are_refused(tmp_path: Path) -> None:
    assert refused(mapped(tmp_path, row() + ",x")) == [("ragged-row", "(row)")]
    assert refused(mapped(tmp_path, "Total: 12 rows")) == [("ragged-row", "(row)")]
    assert source(mapped(tmp_path, row() + ",,")).number == 2


def test_two_events_from_a_row_and_the_link_between_them(tmp_path: Path) -> None:
    found = mapped(tmp_path, row() + ",12", columns=COLUMNS + ",Score")
    first, second = source(found, 0), source(found, 1)
    assert (first.event_type, second.event_type) == ("ypsem.missing_episode.v1", "ypsem.screening.v1")
    assert second.about == ("ypsem.missing_episode.v1", first.record_key)
    assert second.fields["score"] == 12
    assert first.number == second.number


def test_one_bad_event_refuses_the_whole_row(tmp_path: Path) -> None:
    for score in ("12.5", "-1", "201", "twelve"):
        found = mapped(tmp_path, f"{row()},{score}", columns=COLUMNS + ",Score")
        assert len(found.rows) == 1
        assert refused(found)[0][1] == "score"


def test_events_about_staff_get_no_child_tokens(tmp_path: Path) -> None:
    rules = "{held_on: {date: Start}, topics: {constant: online}}"
    text = MAPPING[: MAPPING.index("child:")] + f"events: [{{type: training_session, key: [Ref], fields: {rules}}}]\n"
    path = write(tmp_path, table(COLUMNS, row()))
    found = reading(path, mapping=write(tmp_path, text, "mapping.yaml"))
    assert source(found).fields["topics"] == ["online"]
    assert source(found).identifiers == {}


def test_a_workbook_gives_the_same_keys_as_a_csv(tmp_path: Path) -> None:
    from datetime import datetime

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(COLUMNS.split(","))
    values: list[Any] = list({**ROW, "Ref": 77, "NHS": 9990000026}.values())
    values[2] = datetime(2025, 6, 1, 22, 30)  # noqa: DTZ001
    sheet.append(values)
    book.save(tmp_path / "export.xlsx")
    mapping = write(tmp_path, MAPPING, "mapping.yaml")
    in_book, in_csv = reading(tmp_path / "export.xlsx", mapping=mapping), mapped(tmp_path, row())
    assert source(in_book) == source(in_csv)


def test_month_first_dates_warn_about_the_whole_file(tmp_path: Path) -> None:
    found = mapped(tmp_path, row(), row(Start="06/13/2025"))
    assert found.file_warnings == [Refusal("month-first-dates", "(file)")]
    assert mapped(tmp_path, row(Start="32/13/2025")).file_warnings == []


def test_postcodes_are_used_and_leave_no_trace(tmp_path: Path) -> None:
    lookup = write(tmp_path, "postcode,ward\nZZ1 1AA,X05000002\n", "postcodes.csv")
    columns, line = COLUMNS + ",Postcode", row(Ward="") + ",ZZ1 1AA"
    found = mapped(tmp_path, line, columns=columns, postcodes=lookup)
    assert source(found).fields["areas"] == {"home": "X05000002"}
    assert "ZZ1" not in str(source(found).fields)
    without = mapped(tmp_path, line, columns=columns)
    assert source(without).fields["areas"] == {"home": "unknown"}
    assert "postcode-lookup" in without.rules_not_run


def test_the_boards_floor_and_other_boards_wards(tmp_path: Path) -> None:
    old = row(Start="01/06/2023", End="", DOB="01/06/2010")
    assert isinstance(mapped(tmp_path, old).rows[0], SourceRow)
    assert refused(mapped(tmp_path, old, board=BOARD)) == [("date-window", "occurred_on")]
    elsewhere = mapped(tmp_path, row(Ward="X05100001"), board=BOARD)
    assert source(elsewhere).fields["areas"] == {"home": "out_of_area"}


def test_usual_order_of_dates_is_only_a_warning(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Record Ref,NHS Number,DOB,Sex,Ethnic Group,Date Seen,Date Recorded,Indicators (pipe list),Location Type,Ward\n"
        "1,,01/02/2010,F,White,05/06/2025,04/06/2025,DRUGS,Park,\n",
    )
    assert warned(reading(path, mapping="indicators")) == ["recorded-before-event"]


def test_a_board_that_is_not_in_the_register_is_said(tmp_path: Path) -> None:
    cases: list[dict[str, Any]] = [{"board": "X08999999"}, {"board": BOARD, "register": None}]
    for options in cases:
        with pytest.raises(UnreadableFile) as error:
            mapped(tmp_path, row(), **options)
        assert error.value.rule == "no-board"


def test_without_a_register_wards_are_not_looked_up(tmp_path: Path) -> None:
    for text, area in [("X05999999", "X05999999"), ("Ward 01", "unknown"), ("Nowhere", "unknown")]:
        found = mapped(tmp_path, row(Ward=text), register=None)
        assert source(found).fields["areas"] == {"home": area}
        assert "unknown-ward" in found.rules_not_run


def test_refusals_and_reprs_hold_no_values(tmp_path: Path) -> None:
    line = ",".join(["CANARY"] * len(ROW))
    found = mapped(tmp_path, line, row(Surname="CANARY", Ref="CANARY"))
    assert "CANARY" not in repr(found)
