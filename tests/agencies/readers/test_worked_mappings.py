"""The worked mapping files: each loads, fits the header row it documents, and turns a row into the right events.

All rows are invented; NHS numbers are of the 999 test range.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from agencies.readers.mapping import MAPPINGS, load_mapping
from agencies.readers.tabular import column_key
from agencies.rows import SkippedRow
from tests.agencies.readers.support import HEADERS, fields, one, refused, source

WORKED = sorted(path.stem for path in MAPPINGS.glob("*.yaml"))


def test_every_mapping_documents_its_header_row() -> None:
    assert set(HEADERS) == set(WORKED)
    assert set(WORKED) >= {
        "lcs-missing", "compact-missing", "cse-concern", "screening", "return-interviews", "cpoms", "training",
    }  # fmt: skip


@pytest.mark.parametrize("name", WORKED)
def test_a_mapping_reads_the_header_row_it_documents(name: str) -> None:
    documented = {column_key(column) for column in HEADERS[name].split(",")}
    assert {column_key(column) for column in load_mapping(name).required()} <= documented


def test_lcs_missing(tmp_path: Path) -> None:
    found = one(
        tmp_path, "lcs-missing",
        **{
            "Person ID": "5001", "DOB": "01/02/2010", "Gender": "Male", "Ethnicity": "ABAN", "Placement Type": "K2",
            "Missing Status": "Missing", "Start Date/Time": "01/06/2025 22:00", "End Date/Time": "02/06/2025 07:00",
            "RHI Offered": "Yes", "RHI Accepted": "Yes", "RHI Completed Date": "04/06/2025",
            "NHS Number": "999 000 0026",
        },
    )  # fmt: skip
    assert fields(found) == {
        "source_system": "lcs", "occurred_on": "2025-06-01", "hour_band": "18-24", "ended_on": "2025-06-02",
        "ended_hour_band": "06-12",
        "duration_band": "6_24h", "scheme": "local", "status": "M", "age_band": "14-15", "sex": "M",
        "ethnic_group": "asian",
        "placement_group": "childrens_home",
    }  # fmt: skip
    interview = source(found, 1)
    assert interview.event_type == "ypsem.return_interview.v1"
    assert interview.about == ("ypsem.missing_episode.v1", source(found, 0).record_key)
    of_the_child = {"source_system", "age_band", "sex", "ethnic_group", "placement_group"}
    assert {name: value for name, value in interview.fields.items() if name not in of_the_child} == {
        "occurred_on": "2025-06-04", "returned_on": "2025-06-02", "state": "completed", "offered": "yes",
        "accepted": "yes",
        "completed": "yes", "completed_on": "2025-06-04", "within_72h": "yes",
    }  # fmt: skip
    assert source(found).identifiers == {"nhs": "9990000026", "local": "5001"}


def test_lcs_open_episode_owes_no_interview_yet(tmp_path: Path) -> None:
    found = one(tmp_path, "lcs-missing", **{"Person ID": "1", "Start Date/Time": "01/06/2025", "Missing Status": "A"})
    assert len(found.rows) == 1
    assert fields(found)["duration_band"] == "open"
    assert fields(found)["status"] == "A"


@pytest.mark.parametrize(
    ("offered", "accepted", "state"),
    [("No", "", "required"), ("Yes", "", "offered"), ("Yes", "No", "declined"), ("", "", "not_recorded")],
)
def test_lcs_interview_states(tmp_path: Path, offered: str, accepted: str, state: str) -> None:
    cells = {
        "Person ID": "1",
        "Start Date/Time": "01/06/2025",
        "End Date/Time": "02/06/2025",
        "RHI Offered": offered,
        "RHI Accepted": accepted,
    }
    assert fields(one(tmp_path, "lcs-missing", **cells), 1)["state"] == state


def test_compact_missing(tmp_path: Path) -> None:
    found = one(
        tmp_path, "compact-missing",
        **{
            "Misper Ref": "MP/1", "Nominal ID": "N77", "Age": "15", "Sex": "F", "Ethnic Appearance": "IC3",
            "Date/Time Reported": "02/06/2025 00:30",
            "Date/Time Last Seen": "01/06/2025 17:59", "Date/Time Located": "02/06/2025 00:10", "Risk Level": "M",
            "Missing From Type": "Home",
            "Beat/Ward": "Ward 01", "CSE Marker": "Y", "LAC Y/N": "N", "NHS Number": "9990000026",
        },
    )  # fmt: skip
    assert fields(found) == {
        "source_system": "compact", "occurred_on": "2025-06-01", "hour_band": "12-18", "recorded_on": "2025-06-02",
        "ended_on": "2025-06-02",
        "ended_hour_band": "00-06", "duration_band": "6_24h", "scheme": "police_app_2017", "status": "missing",
        "police_grade": "medium",
        "missing_from": "home", "cse_marker": "yes", "areas": {"missing_from": "X05000001", "home": "X05000001"},
        "placement_area": "not_looked_after", "placement_group": "not_looked_after", "age_band": "14-15", "sex": "F",
        "ethnic_group": "black",
    }  # fmt: skip
    assert source(found).identifiers == {"nhs": "9990000026", "local": "N77"}


@pytest.mark.parametrize(
    ("level", "scheme", "status", "grade"),
    [
        ("NAR", "police_app_2017", "nar", "nar"),
        ("No apparent risk", "police_app_2017", "nar", "nar"),
        ("No apparent risk (absence)", "police_app_2017", "nar", "nar"),
        ("very low", "police_app_2017", "nar", "nar"),
        ("Very low risk", "police_app_2017", "nar", "nar"),
        ("Absent", "police_2013", "absent", "nar"),
        ("High", "police_app_2017", "missing", "high"),
        ("", "police_app_2017", "missing", None),
    ],
)
def test_compact_grades_and_their_aliases(
    tmp_path: Path, level: str, scheme: str, status: str, grade: str | None
) -> None:
    got = fields(
        one(tmp_path, "compact-missing", **{"Misper Ref": "1", "Date/Time Reported": "01/06/2025", "Risk Level": level})
    )
    assert (got["scheme"], got["status"], got.get("police_grade")) == (scheme, status, grade)


@pytest.mark.parametrize(
    ("lac", "placing", "area"),
    [
        ("Y", "Aldermere", "in_area"),
        ("Y", "Elsewhere", "out_of_area_theirs"),
        ("Y", "", None),
        ("N", "", "not_looked_after"),
        ("", "", None),
    ],
)
def test_compact_placing_authority(tmp_path: Path, lac: str, placing: str, area: str | None) -> None:
    cells = {"Misper Ref": "1", "Date/Time Reported": "01/06/2025", "LAC Y/N": lac, "Placing Authority": placing}
    assert fields(one(tmp_path, "compact-missing", **cells)).get("placement_area") == area


def test_cse_concern_with_screening(tmp_path: Path) -> None:
    found = one(
        tmp_path, "cse-concern", extra="Home Ward,DOB",
        **{
            "Referral ID": "R1", "Date of Concern": "01/06/2025", "Date Recorded": "03/06/2025", "Source Code": "3E",
            "Risk Level": "Significant",
            "Screening Tool Date": "05/06/2025", "Indicators (pipe list)": "GIFTS_MONEY|Older partner",
            "Model": "Peer on peer|Online",
            "Location Type": "Hotel", "Ward": "Ward 02", "Outcome": "Strategy discussion", "Home Ward": "Ward 01",
            "DOB": "01/02/2011",
        },
    )  # fmt: skip
    assert fields(found) == {
        "source_system": "spreadsheet", "occurred_on": "2025-06-01", "hour_band": "not_recorded",
        "recorded_on": "2025-06-03",
        "indicators": ["CTRL_ADULT", "GIFTS_MONEY"],
        "risk": {"scheme": "west_midlands", "native": "significant", "level": "significant"},
        "models": ["online", "peer"], "location_type": "hotel_bnb", "referral_route": "a_and_e",
        "next_step": "s47_strategy",
        "areas": {"home": "X05000001", "occurred": "X05000002"}, "age_band": "14-15",
    }  # fmt: skip
    screening = source(found, 1)
    assert screening.about == ("ypsem.cse_concern.v1", "R1")
    assert screening.fields["occurred_on"] == "2025-06-05"
    assert screening.fields["tool"] == "west_midlands"
    assert screening.fields["level"] == "significant"


def test_cse_concern_without_the_added_columns(tmp_path: Path) -> None:
    found = one(tmp_path, "cse-concern", **{"Referral ID": "R1", "Date of Concern": "01/06/2025", "Risk Level": "High"})
    assert len(found.rows) == 1
    assert fields(found)["risk"] == {"scheme": "low_medium_high", "native": "high", "level": "serious"}
    assert "areas" not in fields(found)


def test_screening(tmp_path: Path) -> None:
    found = one(
        tmp_path, "screening",
        **{
            "Screening Ref": "S1", "Person ID": "9", "DOB": "01/02/2010", "Gender": "F", "Ethnicity": "W1",
            "Date of Screening": "01/06/2025",
            "Tool": "SERAF 2013", "Outcome": "Category 3", "Score": "12", "Override": "N", "Next Step": "NRM",
            "Ward": "Ward 03", "Concern Ref": "R1",
        },
    )  # fmt: skip
    got = fields(found)
    assert (got["tool"], got["native"], got["level"], got["score"]) == (
        "seraf_2013_6m",
        "category_3",
        "significant",
        12,
    )
    assert (got["professional_override"], got["next_step"], got["areas"]) == ("no", "nrm", {"home": "X05000003"})
    assert source(found).about == ("ypsem.cse_concern.v1", "R1")


def test_return_interviews(tmp_path: Path) -> None:
    cells = {
        "Interview Ref": "I1", "Misper Ref": "MP/1", "Returned Date/Time": "01/06/2025 10:00", "Offered": "Y",
        "Offered Date": "02/06/2025",
        "Accepted": "Y", "Completed": "Y", "Completed Date/Time": "04/06/2025 10:01", "Provider": "Commissioned VCS",
        "Reasons (pipe list)": "conflict",
        "Ward": "Ward 01", "Placement Type": "Agency foster care", "Gender": "U", "Ethnicity": "NOBT",
    }  # fmt: skip
    found = one(tmp_path, "return-interviews", **cells)
    got = fields(found)
    assert (got["state"], got["within_72h"], got["provider"]) == ("completed", "no", "commissioned_vcs")
    assert (got["sex"], got["ethnic_group"], got["placement_group"]) == ("unknown", "not_recorded", "foster_agency")
    assert source(found).about is None
    not_reached = fields(
        one(
            tmp_path,
            "return-interviews",
            **cells | {"Accepted": "Not reached", "Completed": "N", "Completed Date/Time": ""},
        )
    )
    assert (not_reached["state"], not_reached["accepted"], not_reached["occurred_on"]) == (
        "not_reached",
        "no",
        "2025-06-02",
    )


def test_cpoms(tmp_path: Path) -> None:
    cells = {
        "Incident Date": "01/06/2025",
        "Date Added": "02/06/2025",
        "Year Group": "Year 8",
        "Incident ID": "C1",
        "Ward": "Ward 01",
    }
    concern = one(
        tmp_path,
        "cpoms",
        **cells | {"Categories": "Attendance|Child Sexual Exploitation", "Subcategory": "Unexplained gifts|Lateness"},
    )
    assert source(concern).event_type == "ypsem.cse_concern.v1"
    assert fields(concern)["indicators"] == ["GIFTS_MONEY"]
    assert fields(concern)["age_band"] == "12-13"
    seen = one(tmp_path, "cpoms", **cells | {"Categories": "Attendance", "Subcategory": "School absence|Lateness"})
    assert source(seen).event_type == "ypsem.indicator_observed.v1"
    assert fields(seen)["indicators"] == ["SCHOOL_ABSENCE"]
    assert one(tmp_path, "cpoms", **cells | {"Categories": "Bullying", "Subcategory": "Lateness"}).rows == [
        SkippedRow(2)
    ]


def test_training(tmp_path: Path) -> None:
    found = one(
        tmp_path, "training",
        **{
            "Session Ref": "T1", "Date": "01/06/2025", "Topics (pipe list)": "online|missing",
            "Role Group": "Frontline", "In Scope": "40", "Places": "20",
            "Attended": "18", "Before n": "18", "Before mean": "2.5", "After n": "16", "After mean": "5",
            "Follow-up n": "", "Follow-up mean": "",
        },
    )  # fmt: skip
    session, before, after = (source(found, place) for place in range(3))
    assert session.fields["topics"] == ["missing", "online"]
    assert session.fields["attended"] == 18
    assert (before.fields["stage"], before.fields["mean_score"]) == ("before", 3.75)
    assert (after.fields["stage"], after.fields["mean_score"]) == ("after", 10.0)
    assert before.about == after.about == ("ypsem.training_session.v1", session.record_key)
    assert len({row.record_key for row in (before, after)}) == 2
    assert len(found.rows) == 3
    assert session.identifiers == {}


def test_a_score_off_its_scale_is_refused(tmp_path: Path) -> None:
    cells = {
        "Session Ref": "T1",
        "Date": "01/06/2025",
        "Topics (pipe list)": "online",
        "Before n": "18",
        "Before mean": "7",
    }
    found = one(tmp_path, "training", **cells)
    assert [type(row).__name__ for row in found] == ["RefusedRow"]


@pytest.mark.parametrize(
    ("completed", "outcome", "indicators", "types"),
    [
        ("Y", "No concern", "", ["screening"]),
        ("Y", "Concern - referred", "STI_REPEAT", ["screening", "cse_concern"]),
        ("Y", "Concern - advice given", "Pregnancy", ["screening", "indicator_observed"]),
        ("N", "", "", []),
    ],
)
def test_sexual_health_has_months_and_no_child(
    tmp_path: Path, completed: str, outcome: str, indicators: str, types: list[str]
) -> None:
    cells = {"Attendance Month": "06/2025", "Age Band": "16-17", "Sex": "F", "Proforma Ref": "P1", "Ward": "Ward 01"}
    found = one(
        tmp_path,
        "sexual-health",
        **cells | {"Proforma Completed": completed, "Outcome": outcome, "Indicators": indicators},
    )
    if not types:
        assert found.rows == [SkippedRow(2)]
        return
    assert [source(found, place).event_type for place in range(len(found.rows))] == [
        f"ypsem.{name}.v1" for name in types
    ]
    for place in range(len(types)):
        got = fields(found, place)
        assert got["occurred_on"] == "2025-06-01"
        assert "hour_band" not in got
        assert source(found, place).identifiers == {}


def test_indicators(tmp_path: Path) -> None:
    found = one(
        tmp_path, "indicators", extra="Surname,First Name",
        **{
            "Record Ref": "Y1", "DOB": "01/02/2010", "Sex": "Boy", "Ethnic Group": "Dual heritage",
            "Date Seen": "01/06/2025 09:15",
            "Indicators (pipe list)": "Involved in offending|DRUGS", "Location Type": "Bus station", "Ward": "Ward 02",
            "Surname": "Synthetic", "First Name": "Sam",
        },
    )  # fmt: skip
    got = fields(found)
    assert got["indicators"] == ["DRUGS", "OFFENDING"]
    assert (got["location_type"], got["ethnic_group"], got["areas"]) == (
        "transport_hub",
        "mixed",
        {"occurred": "X05000002"},
    )
    assert source(found).identifiers == {"demog": "synthetic|s|2010-02-01|M"}


def test_a_return_for_a_period_to_come_is_refused(tmp_path: Path) -> None:
    found = one(tmp_path, "submission-returns", **{"Period": "2027Q1", "Submitted On": "10/04/2026"})
    assert refused(found) == [("date-window", "period")]


def test_submission_returns(tmp_path: Path) -> None:
    got = fields(
        one(
            tmp_path,
            "submission-returns",
            **{"Period": "2026Q1", "Submitted On": "10/04/2026", "Nil": "N", "Concerns": "3"},
        )
    )
    assert got == {
        "source_system": "spreadsheet", "period": "2026Q1", "submitted_on": "2026-04-10", "nil": False,
        "counts": {"cse_concern": 3},
    }  # fmt: skip
    assert (
        fields(
            one(tmp_path, "submission-returns", **{"Period": "2025-12", "Submitted On": "10/01/2026", "Nil": "Yes"})
        )["nil"]
        is True
    )
