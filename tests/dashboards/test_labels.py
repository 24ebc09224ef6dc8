"""Each cell of a release has one label, which no other cell of the release has, whatever the ladder and the board."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from analysis.measures.registry import COUNTS
from dashboards.labels import Names, label_of, label_of_voice, question_of, title_of, words_of
from models.register import load_register
from models.releases import Release
from models.releases.voices import THEMES, VOICES
from tests.dashboards.conftest import REGISTER
from tests.dashboards.exports.releases import NAMES, full, ladder_2
from tests.dashboards.ladder_3 import ladder_3
from tests.dashboards.ladder_4 import ladder_4
from tests.dashboards.ladder_5 import ladder_5
from tests.models.store.factories import BOARD, make_cell, make_release

RELEASES = {
    "ladder 1": make_release(),
    "every state": full(),
    "ladder 2": ladder_2("2025FY"),
    "ladder 3": ladder_3("2025FY", detection=True),
    "ladder 4": ladder_4("2025FY"),
    "ladder 5, quarter": ladder_5("2026Q1"),
    "ladder 5, year": ladder_5("2025FY"),
}


@pytest.mark.parametrize("name", list(RELEASES))
def test_no_two_cells_of_a_release_have_one_label(name: str) -> None:
    release: Release = RELEASES[name]
    found = Counter(label_of(cell, NAMES).casefold() for cell in release.cells)
    assert [label for label, times in found.items() if times > 1] == []


@pytest.mark.parametrize("name", list(RELEASES))
def test_a_label_holds_no_code(name: str) -> None:
    for cell in RELEASES[name].cells:
        label = label_of(cell, NAMES)
        assert not re.search(r"\bM\d|_|X0\d|\bany\b(?! sign)", label), label


def test_labels_read_as_sentences_do() -> None:
    def label(count: str, level: str = "board", area: str = BOARD, **more: str) -> str:
        return label_of(
            make_cell(
                count,
                level=level,
                area=area,
                **more,  # type: ignore[arg-type]
            ),
            NAMES,
        )

    assert label("m8_offered") == "Children offered a return interview, whole board"
    assert label("m8_offered", sector="childrens_social_care") == (
        "Children offered a return interview, whole board, children's social care"
    )
    assert label("m9_children", "town", f"{BOARD}-T1") == (
        "Children with a missing episode that started in the period, Hexmarsh (town)"
    )
    assert label("m9_children", "ward", "X05000001").endswith(", Amberlow (ward)")
    assert label("m1_children", indicator="ONLINE_GROOM").endswith(", whole board, sign: Online grooming")
    assert label("m19_place_online") == "Children with a concern, by kind of place: online, whole board"
    assert label("m19_model_online") == "Children with a concern, by model of exploitation: online, whole board"


def test_places_of_one_name_are_told_apart() -> None:
    board = load_register(REGISTER).board_by_code[BOARD]
    first, second, third = board.wards[0], board.wards[1], board.wards[5]
    alike = {ward.code: ward.model_copy(update={"name": "Same"}) for ward in (first, second, third)}
    wards = tuple(alike.get(ward.code, ward) for ward in board.wards)
    towns = tuple(town.model_copy(update={"name": "Same"}) if town == board.towns[0] else town for town in board.towns)
    listed = board.model_copy(update={"wards": wards, "towns": towns})
    areas = {town.code: town.name for town in towns} | {ward.code: ward.name for ward in wards}
    names = Names(board.name, areas=areas, listed=listed)
    found = [names.place("ward", ward.code) for ward in wards] + [names.place("town", town.code) for town in towns]
    assert len(set(found)) == len(found)
    assert names.place("ward", third.code) == "Same (ward in Quillhaven)"
    assert names.place("town", towns[0].code) == "Same (town)"


def test_agencies_of_one_name_are_told_apart() -> None:
    names = Names("A board", agencies={"a": "Same", "b": "Same", "c": "Other"})
    assert [names.agency(code) for code in "abcd"] == ["Same (a)", "Same (b)", "Other", "d"]


def test_every_count_has_words_a_title_and_a_question() -> None:
    for name in COUNTS:
        assert words_of(name).startswith(("Children", "Boys"))
        assert title_of(name)
        assert "?" in question_of(name)
    assert (words_of("m99_new"), title_of("m99_new"), question_of("m99_new")) == ("m99_new", "", "")


def test_no_two_counts_of_people_have_one_label() -> None:
    found = [label_of_voice(voice, theme) for voice in VOICES for theme in ("any", *THEMES)]
    assert len(set(found)) == len(found)
    assert label_of_voice("parents_carers", "help_came_late") == "People heard, parents and carers: Help came late"
