"""The worked mappings of responses and themes, and whose staff came to a training session. All rows are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agencies.readers.support import fields, one, source


def test_training_says_whose_staff_came(tmp_path: Path) -> None:
    row = {"Session Ref": "T1", "Date": "01/06/2025", "Topics (pipe list)": "online"}
    said = (("Schools", "education"), ("Probation", "probation"), ("Children's homes", "childrens_homes"))
    for told, audience in (*said, ("Several", "unknown"), ("", "not_recorded")):
        found = one(tmp_path, "training", "Audience Sector", **row, **{"Audience Sector": told})
        assert fields(found).get("audience", "not_recorded") == audience


def test_responses(tmp_path: Path) -> None:
    found = one(
        tmp_path, "responses",
        **{
            "Response Ref": "R1", "Concern Ref": "C1", "Person ID": "77", "DOB": "01/02/2010", "Gender": "F",
            "Date Opened": "01/06/2025", "Date Recorded": "03/06/2025", "Response": "Strategy meeting",
        },
    )  # fmt: skip
    got = fields(found)
    assert (got["kind"], got["occurred_on"], got["recorded_on"]) == ("strategy_discussion", "2025-06-01", "2025-06-03")
    about = source(found).about
    assert about is not None
    assert about[0] == "ypsem.cse_concern.v1"


@pytest.mark.parametrize("words", ["Lead practitioner", "Lead practitioner named", "Lead professional"])
def test_who_leads_is_one_code_by_the_word_of_2015_and_of_today(tmp_path: Path, words: str) -> None:
    found = one(tmp_path, "responses", **{"Response Ref": "R1", "Date Opened": "01/06/2025", "Response": words})
    assert fields(found)["kind"] == "lead_professional"


@pytest.mark.parametrize("words", ["Independent service", "Commissioned service", "Commissioned VCS"])
def test_a_commissioned_provider_need_not_be_voluntary(tmp_path: Path, words: str) -> None:
    row = {"Interview Ref": "I1", "Misper Ref": "MP/1", "Returned Date/Time": "01/06/2025 10:00", "Offered": "Y"}
    found = one(tmp_path, "return-interviews", **row, **{"Provider": words})
    assert fields(found)["provider"] == "commissioned_vcs"


def test_themes(tmp_path: Path) -> None:
    row = {"Theme Ref": "H1", "Date": "01/06/2025", "Voice": "faith_communities", "People": "14"}
    found = one(tmp_path, "themes", **row, **{"Themes (pipe list)": "community_not_reached|whom_to_tell_unknown"})
    got = fields(found)
    assert (got["voice"], got["people"]) == ("faith_communities", 14)
    assert got["themes"] == ["community_not_reached", "whom_to_tell_unknown"]
