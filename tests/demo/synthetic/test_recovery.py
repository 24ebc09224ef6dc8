"""What was planted is found again by the measures, from the agencies' exports and not from the world that wrote them.

Tolerances are stated with each: wide enough for another seed, narrow enough that no effect passes for another.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analysis.disclosure.build import build
from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import attribute, tally
from analysis.disclosure.facts import facts_of, homes_of
from analysis.disclosure.kr5 import RoundingKeys
from analysis.disclosure.ladder_next import NEXT
from analysis.ledger.row import Row
from analysis.linkage import pairs
from analysis.measures import m2, m4, m5, m6, m11
from analysis.measures.figures import Figure, Window
from analysis.measures.picture import Picture, picture
from analysis.measures.registry import MEASURES
from analysis.measures.released import RELEASED
from analysis.measures.setting import Setting
from analysis.release import INDICATORS
from analysis.silence import heard, silent_agencies
from analysis.training.effect import Outcome, outcome, programmes
from analysis.training.needs import needs
from analysis.training.released import Board, Shown
from demo.synthetic.borough import END, PLANT, START
from demo.synthetic.world import World
from models.contract.periods import bounds
from models.register import Register, load_register
from models.releases import CellState
from tests.demo.synthetic.support import REGISTER

YEARS = ("2024FY", "2025FY")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register(REGISTER)


@pytest.fixture(scope="module")
def seen(ledger_rows: dict[str, Row], register: Register) -> Picture:
    return picture(ledger_rows.items(), Setting.of(register, register.boards[0], date(2026, 5, 12)))


@pytest.fixture(scope="module")
def boards(seen: Picture, register: Register) -> dict[str, Board]:
    """Both financial years as ladder 3 would release them: counted, rounded and through the gate, each by itself."""
    shape = Shape.of(register, register.boards[0], INDICATORS)
    facts = facts_of(seen.seen, seen.setting.rules, {**MEASURES, **RELEASED})
    counted = tally(attribute(facts, shape, homes_of(seen.seen, shape)), shape)
    keys = RoundingKeys(b"r" * 32, b"s" * 32)
    found = {}
    for year in YEARS:
        cells = build(counted, NEXT, [year], keys, "2026-04-29T00:00:00+00:00").cells
        whole = ((k, v) for k, v in cells.items() if k.level == "board" and k.indicator == "any")
        shown = (Shown(k.measure, k.who.removeprefix("sector:"), v.state, v.value) for k, v in whole)
        found[year] = Board(year, tuple(shown))
    return found


def by_group(figures: list[Figure], split: str) -> dict[str, Figure]:
    return {figure.group: figure for figure in figures if figure.split == split}


def sector(seen: Picture, agency: str) -> str:
    return seen.setting.sector(agency)


def test_the_agency_that_recognises_late(seen: Picture) -> None:
    """Planted: 80 days against 10 and 28. Found: at least 30 days behind the early one, and no other is over a week."""
    behind = by_group(m2.figures(seen, Window(START, END)), "behind the first to raise it")
    days = {name: figure.counts["median_days"] for name, figure in behind.items() if figure.counts["children"] >= 20}
    late, early = days.pop(sector(seen, PLANT.late_recogniser)), days[sector(seen, PLANT.early_recogniser)]
    assert 30 <= late - early <= 90
    assert max(days.values()) <= 7


def test_the_agency_that_under_reports(seen: Picture) -> None:
    """Planted: 30 % of what it would have raised, 0.41 of its share. Found: within 0.15, and it alone is flagged."""
    shares = by_group(m4.figures(seen, Window(*bounds("2025FY"))), "sector")
    told = shares[sector(seen, PLANT.under_reporter)]
    assert told.value == pytest.approx(0.41, abs=0.15)
    assert [name for name, figure in shares.items() if "below_half" in figure.codes] == [told.group]


def test_the_silent_agency(ledger_rows: dict[str, Row], register: Register, seen: Picture) -> None:
    """Found within 45 days of falling silent, at every check from then on, and no other ever; M5 names its returns."""
    signs, agencies = heard(ledger_rows.values()), register.agencies_of(register.boards[0].code)
    day = START
    while day <= END:
        silent = [found.agency for found in silent_agencies(signs, agencies, day)]
        if day >= PLANT.silent_from + timedelta(days=45):
            assert silent == [PLANT.silent_agency], day
        else:
            assert set(silent) <= {PLANT.silent_agency}, day
            assert not silent or day > PLANT.silent_from, day
        day += timedelta(days=7)
    due = by_group(m5.figures(seen, Window(*bounds("2026Q1"))), "agency")
    assert [name for name, figure in due.items() if figure.counts["received"] < figure.counts["due"]] == [
        PLANT.silent_agency
    ]


def test_the_gap_in_coverage(seen: Picture) -> None:
    """Every code of the category is listed as never recorded by the agency that has the gap."""
    name = f"{sector(seen, PLANT.gap_agency)} {PLANT.gap_category}"
    gap = by_group(m6.figures(seen, Window(*bounds("2025FY"))), "sector x category")[name]
    assert gap.counts["recorded"] == 0
    assert gap.counts["expected"] >= 4


def test_the_top_need_is_the_one_that_was_planted(boards: dict[str, Board], seen: Picture) -> None:
    """From released cells alone; the late recogniser and the under-reporter are the first of their own measures."""
    found = needs(boards["2025FY"], seen.setting.catalogue, boards["2024FY"])
    top = found[0]
    assert (top.sector, top.topic) == (sector(seen, PLANT.gap_agency), PLANT.gap_category)
    assert top.rank == 1
    assert top.high < 0.5
    first = {need.moves: need for need in reversed(found)}
    assert first["m2"].sector == sector(seen, PLANT.late_recogniser)
    assert first["m2"].probability >= 0.7
    assert first["m4"].sector == sector(seen, PLANT.under_reporter)
    assert first["m4"].probability >= 0.9


def test_most_cells_for_coverage_and_training_say_something(boards: dict[str, Board], seen: Picture) -> None:
    """At least 80 % of sector x category cells that the catalogue expects are not low, not 1-9 and not withheld."""
    expected = seen.setting.catalogue.expected
    for board in boards.values():
        cells = [
            board.cell(f"m6_{category}", name)
            for name in board.sectors()
            for category in seen.setting.catalogue.categories
            if expected(name, category)
        ]
        said = sum(cell.state not in (CellState.LOW, CellState.ONE_TO_NINE, CellState.WITHHELD) for cell in cells)
        assert said >= 0.8 * len(cells), (board.window, said, len(cells))


def test_the_training_that_worked_and_the_one_that_did_not(boards: dict[str, Board], seen: Picture) -> None:
    """Planted: recording 4.25 times as likely after. Found: an interval above 1 that holds it; for the other, none."""
    ranked = needs(boards["2024FY"], seen.setting.catalogue)
    told: dict[tuple[str, str], Outcome] = {}
    for programme in programmes(seen.sessions):
        found = outcome(programme, seen.sessions, seen.feedback, boards, seen.setting.catalogue, ranked)
        assert (found.effect is None) != (found.refused is None)
        if programme.first >= START + timedelta(days=365):
            told[programme.sector, programme.topic] = found
    worked = told[sector(seen, PLANT.effective_agency), PLANT.effective_category]
    assert worked.effect is not None
    assert 1.2 < worked.effect.low < 4.25 < worked.effect.high
    assert set(worked.confidence) == {"before", "after", "follow_up"}
    idle = told[sector(seen, PLANT.idle_agency), PLANT.idle_category]
    assert idle.was_need == 1
    assert idle.effect is None or not idle.effect.clear
    clear = [key for key, found in told.items() if found.effect is not None and found.effect.clear]
    assert clear == [(sector(seen, PLANT.effective_agency), PLANT.effective_category)]


def test_link_rates_are_those_of_the_world(seen: Picture, world: World) -> None:
    """Pairs that share a kind find 90 % of the children both recorded: four school lines in ten have a UPN alone."""
    truly: dict[str, set[int]] = {}
    for episode_records in (world.police, world.care):
        for record in episode_records:
            if record.start.date() <= END:
                truly.setdefault(sector(seen, record.agency), set()).add(record.episode.child.number)
    for concern in world.concerns:
        truly.setdefault(sector(seen, concern.agency), set()).add(concern.child.number)
    for found in world.sightings:
        truly.setdefault(sector(seen, found.agency), set()).add(found.child.number)
    told = {(pair.one, pair.other): pair for pair in pairs(seen)}
    for one, other in (("education", "police"), ("childrens_social_care", "education"), ("police", "youth_justice")):
        pair = told[one, other]
        assert not pair.withheld
        assert pair.both >= 0.9 * len(truly[one] & truly[other]), (one, other)


def test_the_overlap_lies_within_its_bounds(seen: Picture, world: World) -> None:
    """M11 of the world itself lies between the bounds that missed links allow."""
    from analysis.measures.exact import figures_of

    window = Window(*bounds("2025FY"))
    bounded = by_group(figures_of("m11", seen, window), "bounds under missed links")["all"]
    near = timedelta(days=m11.NEAR.days)
    raised: dict[int, list[date]] = {}
    for concern in world.concerns:
        raised.setdefault(concern.child.number, []).append(concern.day)
    missing: dict[int, bool] = {}
    for episode in world.episodes:
        day = episode.start.date()
        if window.holds(day):
            found = any(abs(day - on) <= near for on in raised.get(episode.child.number, ()))
            missing[episode.child.number] = missing.get(episode.child.number, False) or found
    true = sum(missing.values()) / len(missing)
    assert bounded.low is not None
    assert bounded.high is not None
    assert bounded.low <= true <= bounded.high
