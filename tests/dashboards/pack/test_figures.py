"""Every figure of every paper is in the release's table of figures, under its label; nothing else is."""

from __future__ import annotations

import re

import pytest

from dashboards.labels import label_of
from dashboards.pack.blocks import Drawing, Grid, Share
from tests.dashboards.pack.conftest import AGENCIES, World

WHOLE = ("meeting", "brief", "slides", "police")
NUMBER = re.compile(r"\d[\d,]*")


@pytest.mark.parametrize("name", WHOLE)
def test_every_figure_is_found_in_the_csv_by_its_label(pack_world: World, name: str) -> None:
    figures = [figure for figure in pack_world.papers[name].figures if figure.cell is not None]
    assert len(figures) >= (2 if name == "brief" else 40)
    for figure in figures:
        assert figure.cell is not None
        row = pack_world.rows[figure.window][label_of(figure.cell, pack_world.names)]
        # Only the thousands separator may differ: programs read the file.
        assert figure.text.replace(",", "") == row["children"], figure
        if figure.value is not None:
            assert (str(figure.low), str(figure.high)) == (row["likely_from"], row["likely_to"])


def test_every_share_is_that_of_its_two_figures(pack_world: World) -> None:
    shares = [
        entry
        for part in pack_world.papers["meeting"].parts
        for block in part.blocks
        if isinstance(block, Drawing)
        for _, entry in block.points
        if isinstance(entry, Share)
    ]
    assert len(shares) > 4
    for share in shares:
        if share.part.value is not None and share.whole.value:
            assert share.text == f"{100 * min(1.0, share.part.value / share.whole.value):.0f}%"


def test_no_number_stands_in_a_table_of_figures_as_plain_text(pack_world: World) -> None:
    """Besides ranges, shares and changes, which are worked out from the figures of their row."""
    worked_out = re.compile(r"(up|down) [\d,]+|[\d,]+ to [\d,]+%?|[\d,]+%|–|no .*|not .*|cannot .*|fewer .*|[A-Z].*")
    for name in WHOLE:
        for part in pack_world.papers[name].parts:
            for block in part.blocks:
                if isinstance(block, Grid) and block.numeric:
                    entries = [entry for row in block.rows for entry in row.entries if isinstance(entry, str)]
                    assert [entry for entry in entries if not worked_out.fullmatch(entry)] == []


def test_findings_carry_the_figures_that_they_say(pack_world: World) -> None:
    [first, *_] = pack_world.papers["meeting"].parts
    told = [point for block in first.blocks for point in getattr(block, "points", ())]
    assert 3 <= len(told) <= 5
    compared = [point for point in told if ": up from " in point.text or ": down from " in point.text]
    assert compared
    for point in compared:
        assert point.figures
        if "%" not in point.text:
            said = set(NUMBER.findall(point.text.partition(" from ")[2].replace("fewer than 10", "")))
            assert said <= {figure.text for figure in point.figures}, point


def test_a_sheet_has_the_figures_of_its_sector_alone(pack_world: World) -> None:
    for one in AGENCIES:
        figures = list(pack_world.papers[f"agency-{one.id}"].figures)
        assert {figure.cell.sector for figure in figures if figure.cell is not None} <= {one.sector.value}
