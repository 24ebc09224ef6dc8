"""The slides: native charts and tables with words for people who do not see them, and nothing of whoever made them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from tests.dashboards.pack.conftest import PERSON, World


@pytest.fixture(scope="module")
def deck(pack_world: World) -> Any:
    """The slides, as a program reads them."""
    return Presentation(io.BytesIO(pack_world.file("slides")))


def _texts(slide: Any) -> str:
    return " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_every_slide_says_what_it_is_of_and_who_took_it(pack_world: World, deck: Any) -> None:
    slides = list(deck.slides)
    assert 12 <= len(slides) <= 24
    for number, slide in enumerate(slides, 1):
        said = _texts(slide)
        assert f"{pack_world.stamp.release_id} · made for {PERSON} on 11 May 2026" in said
        assert f"slide {number} of {len(slides)}" in said
        assert "Handling: for the YPSEM group" in said
        assert slide.shapes.title.text_frame.text


def test_charts_and_tables_are_native_and_have_words_in_place_of_them(deck: Any) -> None:
    frames = [s for slide in deck.slides for s in slide.shapes if s.has_chart or s.has_table]
    assert sum(frame.has_chart for frame in frames) >= 7
    assert sum(frame.has_table for frame in frames) >= 4
    for frame in frames:
        words = frame._element._nvXxPr.cNvPr.get("descr")
        assert words.startswith(("Chart: ", "Table: "))
        assert len(words) > 40
    assert not [shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == 13], (
        "no pictures of text"
    )


def test_a_chart_has_released_numbers_and_no_other(pack_world: World, deck: Any) -> None:
    released = {row["children"] for rows in pack_world.rows.values() for row in rows.values()}
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    for chart in charts:
        counts = "%" not in chart.plots[0].data_labels.number_format
        for series in chart.plots[0].series:
            for value in series.values:
                assert value is None or not counts or f"{value:.0f}" in released
        book = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        [sheet] = book.worksheets
        numbers = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)]
        drawn = [value for series in chart.plots[0].series for value in series.values if value is not None]
        assert sorted(numbers) == sorted(drawn), "nothing behind the chart that it does not show"


def test_notes_have_the_evidence_by_the_labels_of_the_table_of_figures(pack_world: World, deck: Any) -> None:
    labels = {label for rows in pack_world.rows.values() for label in rows}
    lines = [line for slide in deck.slides for line in slide.notes_slide.notes_text_frame.text.splitlines()]
    evidence = [line for line in lines if "likely" in line and ": " in line]
    assert len(evidence) > 40
    for line in evidence:
        label = line.rpartition(": ")[0].rpartition(", ")[0]
        assert label in labels, line


def test_the_file_tells_nothing_of_whoever_made_it(pack_world: World, deck: Any) -> None:
    core = deck.core_properties
    assert (core.author, core.last_modified_by) == ("YPSEM intelligence", "YPSEM intelligence")
    assert {core.created.year, core.modified.year} == {2000}
    with zipfile.ZipFile(io.BytesIO(pack_world.file("slides"))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in archive.namelist() if "thumbnail" in name or "printerSettings" in name]
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"/tmp" not in whole
