"""Each question has a sheet whose name any spreadsheet program takes, and which no other question has."""

from __future__ import annotations

import re

import pytest

from analysis.disclosure.ladders import LADDERS
from dashboards.exports.questions import LONGEST_NAME, question_of, sheet_name, unnamed, what_people_said

RELEASED = sorted({measure for ladder in LADDERS.values() for rung in ladder.rungs for measure in rung.measures})


def test_every_measure_that_is_released_has_a_sheet_of_its_own() -> None:
    assert unnamed() == ()
    by_measure = {count.partition("_")[0]: question_of(count) for count in RELEASED}
    names = [question.name.casefold() for question in (*by_measure.values(), what_people_said())]
    assert len(set(names)) == len(names)
    for question in (*by_measure.values(), what_people_said()):
        assert question.name == sheet_name(question.name)
        assert question.counts.endswith(".")
        assert not re.search(r"\bM\d|_", question.name + question.counts)


def test_the_counts_of_a_measure_are_on_one_sheet() -> None:
    assert question_of("m7_children") == question_of("m7_screened") != question_of("m8_offered")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Plain", "Plain"),
        ("What's [this]: a/b?", "What s this a b"),
        ("A question that is too long for the name of a sheet", "A question that is too long for"),
        ("x" * 40, "x" * LONGEST_NAME),
    ],
)
def test_a_name_is_cut_at_a_word_and_holds_nothing_that_programs_refuse(text: str, name: str) -> None:
    assert sheet_name(text) == name


def test_a_count_that_no_measure_has_gets_a_sheet_too() -> None:
    assert question_of("m99_new").name == "m99_new"
