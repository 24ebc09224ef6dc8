"""The page of releases and files: what may be taken, what each file is good for, and how to check one."""

from __future__ import annotations

import hashlib
import re

import pytest
from sqlalchemy import Engine

from dashboards.exports import formats
from dashboards.files.view import about_words, likely_size, size_words
from dashboards.life.states import LifeState
from tests.dashboards.conftest import People, Visit, store
from tests.dashboards.exports.releases import NAMES, needs_pango
from tests.dashboards.html import Page
from tests.dashboards.ladder_5 import ladder_5
from tests.dashboards.voices.releases import with_voices
from tests.models.store.factories import BOARD, make_release, wire

PATH = f"/boards/{BOARD}/files"
YEAR, QUARTER, OLD = f"{BOARD}.2025FY.l5", f"{BOARD}.2026Q1.l5", f"{BOARD}.2025Q4.l5"


def words(page: Page) -> str:
    return re.sub(r"\s+", " ", page.text)


def links(page: Page, release: str) -> set[str]:
    found = (a["href"] for a in page.having("a"))
    return {link.removeprefix(f"/releases/{release}.") for link in found if link.startswith(f"/releases/{release}.")}


def test_the_newest_of_each_kind_has_every_file_and_earlier_ones_their_main_files(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, with_voices(), ladder_5("2026Q1"))
    store(sqlite, ladder_5("2025Q4"), state=LifeState.SUPERSEDED, checked=False)
    page = Page(visit(sqlite).get(PATH).text)
    assert links(page, YEAR) == set(formats.TYPES)
    assert links(page, QUARTER) == set(formats.TYPES) - {formats.VOICES}
    assert links(page, OLD) == {"csv", "xlsx", "ods", "pdf", "json", "sha256"}
    said = words(page)
    assert "October to December 2025, quarter, an earlier period" in said
    assert hashlib.sha256(wire(with_voices())).hexdigest() in said
    assert "A workbook with a sheet for each question" in said


def test_a_release_that_is_not_approved_is_not_on_it(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2026Q1"), state=LifeState.BUILT)
    store(sqlite, make_release("2025Q4"), state=LifeState.WITHDRAWN, checked=False)
    page = Page(visit(sqlite).get(PATH).text)
    assert not [a for a in page.having("a") if a["href"].startswith("/releases/")]
    assert "No release has been approved yet" in words(page)


def test_only_who_decides_is_led_to_where_it_is_decided(engine: Engine, people: People) -> None:
    store(engine, make_release())
    release = f"/boards/{BOARD}/releases/{BOARD}.2026Q1.l1"
    hrefs = {
        role: {a["href"] for a in Page(people("somebody", role).get(PATH).text).having("a")}
        for role in (f"viewer:{BOARD}:aldermere-police", f"publisher:{BOARD}")
    }
    assert [release in found for found in hrefs.values()] == [False, True]
    assert people("stranger", "publisher:X08000002").get(PATH).status_code == 403


@needs_pango
def test_the_checksums_are_those_of_the_files_that_one_takes(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release())
    client = visit(sqlite)
    release = f"{BOARD}.2026Q1.l1"
    told = client.get(f"/releases/{release}.{formats.CHECKSUMS}").text
    sums = {name: digest for digest, name in (line.split("  ") for line in told.splitlines())}
    assert set(sums) == {f"{release}.{suffix}" for suffix in set(formats.TYPES) - {formats.VOICES, formats.CHECKSUMS}}
    for name, digest in sums.items():
        assert hashlib.sha256(client.get(f"/releases/{name}").content).hexdigest() == digest, name


@pytest.mark.slow
@pytest.mark.parametrize("window", ["2026Q1", "2025FY"])
def test_a_size_that_the_page_tells_is_about_right(window: str) -> None:
    release = ladder_5(window)
    for suffix in ("csv", "xlsx", "ods", *formats.FOR_PROGRAMS):
        size = len(formats.write(release, NAMES, suffix))
        assert 0.6 < likely_size(suffix, len(release.cells)) / size < 1.6, (suffix, size)


def test_sizes_in_words() -> None:
    exact = {958: "958 bytes", 9_041: "9.0 kB", 490_686: "491 kB", 1_234_567: "1.2 MB"}
    assert {size: size_words(size) for size in exact} == exact
    about = {958: "about 1 kB", 6_940: "about 7 kB", 16_400: "about 16 kB", 94_000: "about 90 kB"}
    assert {size: about_words(size) for size in about} == about
