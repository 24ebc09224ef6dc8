"""Attack (g) on files and page: no number is in what is written but a released figure, or what is known without it.

The writers' types are closed, so no canary can be planted in what they are given. Instead every number in every text
and every piece of metadata must be accounted for: a figure of the release, a rate or change worked out from figures, a
date, a name, a parameter, or a fixed text. A number in its own right, such as an exact count, is none of these.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import Engine

from analysis.disclosure.kr5 import KR5
from analysis.disclosure.release_file import rule_of
from dashboards import states
from dashboards.exports import document as documents
from dashboards.exports import formats
from dashboards.labels import Names
from dashboards.life.states import LifeState
from dashboards.words import SAFETY
from models.releases import Cell, CellState, Release
from tests.dashboards.conftest import (  # noqa: F401  (fixtures)
    Visit,
    on_11_may_2026,
    register_dir,
    sqlite,
    store,
    visit,
)
from tests.dashboards.exports import readers
from tests.dashboards.exports.releases import NAMES, SUFFIXES, full
from tests.models.store.factories import BOARD, make_cell, make_release

pytestmark = pytest.mark.slow

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
FIXED = " ".join([SAFETY, *documents.NOTES, *documents.MEASURES.values(), *(" ".join(pair) for pair in states.KEY)])
"""Every fixed text with a number in it."""
GEOMETRY = re.compile(r' (?:d|x|y|x1|x2|y1|y2|cx|cy|r|width|height|points|transform|viewBox)="[^"]*"')
"""Where the parts of a picture stand: tests/dashboards/pictures has what they may depend on."""


def numbers(text: str) -> set[str]:
    """Every number in a text, without separators of thousands."""
    return {found.replace(",", "") for found in NUMBER.findall(text)}


def known_without_figures(release: Release) -> set[str]:
    """Numbers in dates, names, codes, parameters and fixed texts."""
    last = release.ends_before - timedelta(days=1)
    days = [release.starts_on, release.ends_before, last, release.register_version, release.cut_off.date()]
    dates = " ".join(f"{day:%Y %m %d} {day.day} {day.isoformat()}" for day in days)
    clock = "".join(f" {hour:02d} {minute:02d}" for hour in range(24) for minute in (0,))
    codes = " ".join([*NAMES.areas, *NAMES.areas.values(), *NAMES.agencies.values(), NAMES.referral_route])
    cells = " ".join(f"{c.measure} {c.measure.partition('_')[0]} {c.area} {c.indicator}" for c in release.cells)
    told = release.model_dump_json(exclude={"cells"})
    return numbers(" ".join([dates, clock, codes, cells, told, FIXED])) | {str(n) for n in range(1, 20)}


def seeded(seed: int) -> Release:
    """A release with every state everywhere, and figures that no date or code happens to hold."""
    draw = random.Random(seed)

    def cell(one: Cell) -> Cell:
        state = draw.choice(list(CellState))
        value = 5 * draw.randrange(400, 1800) if state is CellState.FIGURE else None
        return one.model_copy(update={"state": state, "value": value})

    return full().model_copy(update={"cells": tuple(map(cell, full().cells))})


def texts(suffix: str, content: bytes) -> str:
    """Everything of a file that a person or a program reads as text, metadata included."""
    if suffix in formats.FOR_PROGRAMS:
        return "\n".join(map(str, leaves(json.loads(content))))
    if suffix == "csv":
        # By field: the commas between them are no separators of thousands.
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return "\n".join(field for row in rows for field in row)
    if suffix == "pdf":
        pdf = PdfReader(io.BytesIO(content))
        pages = [page.extract_text() for page in pdf.pages]
        root = pdf.trailer["/Root"].get_object()
        xmp = root["/Metadata"].get_object().get_data().decode()  # type: ignore[index]
        outline = re.findall(r"/Title \((.*?)\)", str(pdf.outline))
        found = [value for name, value in (pdf.metadata or {}).items() if name != "/Producer"]
        named = [*ElementTree.fromstring(xmp.partition("?>")[2].rpartition("<?")[0]).itertext()]  # noqa: S314
        return "\n".join([*pages, *map(str, found), *outline, *named])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        meta = [name for name in archive.namelist() if "docProps" in name or name == "meta.xml"]
        about = [text for name in meta for text in ElementTree.fromstring(archive.read(name)).itertext()]  # noqa: S314
        names = archive.namelist()
    if suffix == "ods":
        sheets = readers.ods_sheets(content)
        cells = [str(cell) for rows in sheets.values() for row in rows for cell in row]
        return "\n".join([*about, *sheets, *cells])
    book = load_workbook(io.BytesIO(content))
    cells = [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    ]
    tables = [f"{table.displayName} {table.name}" for sheet in book for table in sheet.tables.values()]
    assert not [name for name in names if re.search(r"comments|custom|external|media|vba|printer", name, re.I)]
    return "\n".join([*about, *book.sheetnames, *tables, *cells])


def leaves(told: Any) -> Iterator[Any]:
    """Every name and value in a JSON document."""
    if isinstance(told, dict):
        yield from told
        for value in told.values():
            yield from leaves(value)
    elif isinstance(told, list):
        for value in told:
            yield from leaves(value)
    else:
        yield told


def unaccounted(release: Release, suffix: str) -> set[str]:
    """Numbers in a file that nothing explains."""
    rule = rule_of(release.parameters)
    figures = {str(cell.value) for cell in release.cells if cell.value is not None}
    likely = {str(end) for cell in release.cells for end in rule.likely(cell.value)}
    found = numbers(texts(suffix, formats.write(release, NAMES, suffix)))
    assert figures <= found, "the scan must at least see every figure"
    return found - figures - likely - known_without_figures(release)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("suffix", [*SUFFIXES, formats.LABELLED])
def test_every_number_in_a_file_is_a_released_figure_or_known_without_it(suffix: str, seed: int) -> None:
    assert unaccounted(seeded(seed), suffix) == set()


def test_the_description_and_the_schemas_hold_no_figure() -> None:
    for suffix in set(formats.FOR_PROGRAMS) - {formats.LABELLED}:
        assert len({formats.write(seeded(seed), NAMES, suffix) for seed in range(3)}) == 1, suffix


@pytest.mark.parametrize("suffix", [*SUFFIXES, formats.LABELLED])
def test_a_planted_number_is_found(suffix: str) -> None:
    real = documents.document

    def leaky(release: Release, names: Names, _notices: object) -> documents.ExportDocument:
        made = real(release, names)
        line = replace(made.lines[0], label=f"{made.lines[0].label} 7343")
        return replace(made, lines=(line, *made.lines[1:]))

    with patch.object(formats, "document", leaky):
        assert unaccounted(seeded(0), suffix) == {"7343"}


def test_no_file_tells_a_state_by_its_lines() -> None:
    release = seeded(0)
    low = release.model_copy(update={"cells": tuple(_low(cell) for cell in release.cells)})
    for read in (readers.from_csv, readers.from_xlsx, readers.from_ods):
        suffix = read.__name__.removeprefix("from_")
        before, after = (read(formats.write(one, NAMES, suffix)) for one in (release, low))
        assert [line.label for line in before] == [line.label for line in after]


def _low(cell: Cell) -> Cell:
    return cell.model_copy(update={"state": CellState.LOW, "value": None})


def test_every_number_on_the_page_is_released_worked_out_from_it_or_known(sqlite: Engine, visit: Visit) -> None:  # noqa: F811
    quarters = {"2026Q1": (2345, 3335, None), "2025Q4": (2415, None, 7785), "2025Q3": (2350, 3340, 7790)}
    measures = ("m1_children", "m9_children", "m10_children")
    releases = [
        make_release(quarter, tuple(make_cell(m, v) for m, v in zip(measures, values, strict=True)))
        for quarter, values in quarters.items()
    ]
    hidden = make_release("2025Q2", tuple(make_cell(measure, 8885) for measure in measures))
    store(sqlite, *releases)
    store(sqlite, hidden, checked=False, state=LifeState.BUILT)
    markup = visit(sqlite).get(f"/boards/{BOARD}").text
    figures = [value for values in quarters.values() for value in values if value is not None]
    population = 33_856
    worked_out = {f"{value * 10_000 / population:.1f}" for value in figures}
    worked_out |= {str(abs(one - other)) for one, other in permutations(figures, 2)}
    known = set().union(*map(known_without_figures, [*releases, hidden])) | numbers(FIXED)
    known |= {str(population), "10000", *(str(year) for year in range(2024, 2028)), *(f"{n:02d}" for n in range(60))}
    known |= {str(n) for n in range(101)}  # dates, the share's classes
    shown = re.sub(r'name="form_token" value="[^"]*"', " ", markup)  # by chance, and no figure
    shown = GEOMETRY.sub(" ", re.sub("#[0-9a-f]{6}", " ", shown))
    worked_out |= {str(end) for value in figures for end in KR5().likely(value)}
    found = numbers(re.sub(r"&#\d+;", " ", shown))
    assert {str(value) for value in figures} <= found
    assert found - {str(value) for value in figures} - worked_out - known == set()
    assert "8885" not in found
    assert "8,885" not in markup
