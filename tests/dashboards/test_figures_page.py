"""The page of all figures: every cell of a release, in every view, as the files have it; and who looked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select

from dashboards.exports import formats
from dashboards.labels import label_of, words_of
from dashboards.life.states import LifeState
from dashboards.queries.views import VIEWS
from dashboards.words import sector_words
from models.releases import Release
from models.releases.written import WRITTEN
from models.store import AuditRow
from tests.dashboards.conftest import READER, Visit, store
from tests.dashboards.exports import readers
from tests.dashboards.exports.releases import BOARD_ENTRY, NAMES, TOWNS, ladder_2
from tests.dashboards.html import Page
from tests.dashboards.ladder_4 import ladder_4
from tests.models.store.factories import BOARD, make_cell, make_release

PATH = f"/boards/{BOARD}/figures"


def shown(markup: str) -> list[list[str]]:
    """The rows of the table of figures, without what is only read aloud."""
    table = Page(markup).tables[0]
    return [[re.sub(r" \((?!CSE|synthetic).*\)$", "", text) for text in row] for row in table if any(row[1:])]


@pytest.mark.parametrize("window", ["2026Q1", "2025FY"])
@pytest.mark.parametrize("made", [ladder_2, ladder_4])
def test_every_cell_is_on_the_page_once_in_its_view_and_says_what_the_files_say(
    sqlite: Engine, visit: Visit, window: str, made: Callable[[str], Release]
) -> None:
    release = made(window)
    store(sqlite, release)
    client = visit(sqlite)
    [*lines] = readers.from_csv(client.get(f"/releases/{release.release_id}.csv").content)
    in_file = {line.label: line.shown for line in lines}
    seen: set[str] = set()
    tables: dict[tuple[str, str], list[list[str]]] = {}
    for cell in release.cells:
        view = next(v for v in VIEWS if v.kind == (cell.level, cell.sector != "any", cell.indicator != "any"))
        if (view.name, cell.measure) not in tables:
            answer = client.get(PATH, params={"window": window, "view": view.name, "measure": cell.measure})
            tables[view.name, cell.measure] = shown(answer.text)
        rows = tables[view.name, cell.measure]
        words = {
            "measure": words_of(cell.measure),
            "area": NAMES.areas[cell.area],
            "sector": sector_words(cell.sector),
            "indicator": NAMES.indicators.get(cell.indicator, "Any indicator"),
        }
        column = 1 if view.columns is None else rows[0].index(words[view.columns])
        [row] = [row for row in rows[1:] if row[0] == words[view.rows]]
        expected = in_file[label_of(cell, NAMES)]
        if isinstance(expected, int):
            assert row[column] == f"{expected:,}"
        else:
            assert (row[column], expected) == (WRITTEN[cell.state].word, WRITTEN[cell.state].in_files)
        seen.add(view.name)
    by_year = {"ward"} if made is ladder_2 else {"ward", "indicator", "town-sector"}
    never = set() if made is ladder_2 else {"sector-indicator", "town-indicator"}
    assert seen == {view.name for view in VIEWS} - never - (set() if window == "2025FY" else by_year)


def test_views_are_those_that_the_release_has(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_2("2026Q1"), ladder_2("2025FY"))
    client = visit(sqlite)

    def options(window: str) -> set[str]:
        page = Page(client.get(PATH, params={"window": window}).text)
        return {a["value"] for a in page.having("option")}

    assert "ward" in options("2025FY")
    assert "ward" not in options("2026Q1")


def test_a_total_that_was_not_released_is_not_made_up(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2026Q1", (make_cell(value=45, sector="police"), make_cell("m9_children", 60))))
    rows = shown(visit(sqlite).get(PATH, params={"view": "sector"}).text)
    assert rows[1][1:] == ["not in this release", "45"]


def test_wards_are_under_their_towns_and_in_order_of_name_whatever_the_figures(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_2("2025FY"))
    table = Page(visit(sqlite).get(PATH, params={"view": "ward"}).text).tables[0]
    heads = [row[0] for row in table[2:] if not any(row[1:])]
    assert heads == sorted(NAMES.areas[town] for town in TOWNS)
    first = [row[0] for row in table[3:7]]
    in_first = [w.name for w in BOARD_ENTRY.wards if NAMES.areas[w.town] == heads[0]]
    assert first == sorted(in_first)


@pytest.mark.parametrize("params", [{"window": "2019Q1"}, {"window": "x' OR 1=1"}])
def test_a_window_that_is_not_released_is_not_there(sqlite: Engine, visit: Visit, params: dict[str, str]) -> None:
    store(sqlite, ladder_2("2026Q1"))
    assert visit(sqlite).get(PATH, params=params).status_code == 404


def test_nonsense_for_view_and_measure_is_the_whole_board_and_nothing_is_echoed(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_2("2026Q1"))
    answer = visit(sqlite).get(PATH, params={"view": "zz-canary", "measure": "<zz-canary>", "zz": "zz-canary"})
    assert answer.status_code == 200
    assert "zz-canary" not in answer.text
    assert "Whole board" in Page(answer.text).text


@pytest.mark.parametrize("state", [LifeState.BUILT, LifeState.APPROVED_ONCE, LifeState.WITHDRAWN])
def test_figures_that_may_not_be_seen_are_not_there(sqlite: Engine, visit: Visit, state: LifeState) -> None:
    store(sqlite, ladder_2("2026Q1"), state=state)
    assert visit(sqlite).get(PATH, params={"window": "2026Q1"}).status_code == 404


def test_the_page_says_how_far_to_rely_on_it(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_2("2025FY").model_copy(update={"cut_off": datetime(2026, 4, 28, 23, tzinfo=UTC)}))
    text = " ".join(Page(visit(sqlite).get(PATH).text).text.split())
    assert "arrived by 29 April 2026, 00:00" in text
    assert "6 of 8 for the whole period" in text
    assert "do not add up to the year" in text


def readings(engine: Engine) -> list[tuple[str, str, str, str]]:
    columns = (AuditRow.who, AuditRow.action, AuditRow.subject, AuditRow.detail)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(AuditRow.number))]  # type: ignore[misc]


def test_who_saw_or_took_which_release_is_in_the_audit_log(engine: Engine, visit: Visit) -> None:
    release = ladder_2("2026Q1")
    store(engine, release)
    client = visit(engine)
    client.get(f"/boards/{BOARD}")
    client.get(PATH, params={"view": "town"})
    client.get(f"/releases/{release.release_id}.csv")
    client.get(f"/releases/{release.release_id}.json")
    client.get(f"/releases/{BOARD}.2019Q1.l2.csv")
    who = READER
    assert readings(engine) == [
        (who, "view", BOARD, "overview"),
        (who, "view", release.release_id, "town"),
        (who, "download", release.release_id, "csv"),
        (who, "download", release.release_id, "json"),
    ]


def test_what_cannot_be_noted_is_not_shown(sqlite: Engine, visit: Visit) -> None:
    release = ladder_2("2026Q1")
    store(sqlite, release)
    with sqlite.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER no BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'no'); END")
    client = visit(sqlite)
    for path in (PATH, f"/boards/{BOARD}", f"/releases/{release.release_id}.csv"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert not re.search(r"\b(45|60)\b", Page(answer.text).text)


def test_the_files_of_a_ladder_2_release_hold_every_cell() -> None:
    release = ladder_2("2025FY")
    for suffix, reader in (("csv", readers.from_csv), ("xlsx", readers.from_xlsx), ("ods", readers.from_ods)):
        assert len(reader(formats.write(release, NAMES, suffix))) == len(release.cells)
