"""What was planted is found again by the measures, from the agencies' exports and not from the world that wrote them.

On several boards: another seed is other children, places and days with the same plants. Tolerances are stated with
each and were set on eight boards (seeds 2024, 7, 99 and 1-5): narrow enough that no effect passes for another. What is
not found on all of them is said where it is tested.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from analysis.disclosure.build import build
from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import tally
from analysis.disclosure.facts import EVERY_COUNT, facts_of, placed
from analysis.disclosure.noise import RoundingKeys
from analysis.disclosure.stated import stated
from analysis.ledger.row import Row
from analysis.measures import m11
from analysis.measures.exact import figures_of
from analysis.measures.figures import ALL, DateSpan, Figure
from analysis.measures.linkage import pairs
from analysis.measures.picture import Picture, picture
from analysis.measures.setting import BoardSetting
from analysis.release import LADDER
from analysis.returns import duty_of
from analysis.silence import GRACE, heard, overdue_returns, silent_agencies
from analysis.training.effect import Outcome, outcome, programmes
from analysis.training.needs import listed, needs
from analysis.training.released import ReleasedBoard, ReleasedFigure
from demo.synthetic.__main__ import DEFAULT_SEED, generate
from demo.synthetic.borough import END, PLANT, START
from demo.synthetic.world import World, make_world
from models.contract.periods import bounds, quarters_between
from models.register import Duties, Register, load_register
from models.releases import CellState
from tests.demo.synthetic.support import REGISTER
from tests.support.synthetic_ledger import synthetic_rows

YEARS = ("2024FY", "2025FY")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[DEFAULT_SEED, 7, pytest.param(99, marks=pytest.mark.batch)])
def seed(request: pytest.FixtureRequest) -> int:
    """The demo's board and others."""
    return int(request.param)


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register(REGISTER)


@pytest.fixture(scope="module")
def world(seed: int) -> World:
    return make_world(seed, 1.0)


@pytest.fixture(scope="module")
def rows(seed: int, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """The board as the ledger would hold it."""
    if seed == DEFAULT_SEED:
        held: dict[str, Row] = request.getfixturevalue("ledger_rows")
        return held
    exports = tmp_path_factory.mktemp("exports")
    generate(exports, seed=seed)
    return synthetic_rows(exports, tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def seen(rows: dict[str, Row], register: Register) -> Picture:
    return picture(rows.items(), BoardSetting.of(register, register.boards[0], date(2026, 5, 12)))


@pytest.fixture(scope="module")
def boards(seen: Picture, register: Register) -> dict[str, ReleasedBoard]:
    """Both financial years as they would be released on the ladder in use, without splits by indicator."""
    shape = Shape.of(register, register.boards[0], ())
    facts = facts_of(seen.seen, seen.setting.rules, EVERY_COUNT)
    counted = tally(placed(facts, seen.seen, shape), shape)
    keys = RoundingKeys(b"r" * 32, b"s" * 32)
    found = {}
    for year in YEARS:
        silent = stated(LADDER.grid(year, shape), shape, register, seen.setting.rules, ())
        cells = build(counted, LADDER, [year], keys, stated=silent)
        whole = ((k, v) for k, v in cells.items() if k.level == "board" and k.indicator == "any")
        shown = (ReleasedFigure(k.measure, k.who.removeprefix("sector:"), v.state, v.value) for k, v in whole)
        found[year] = ReleasedBoard(year, tuple(shown))
    return found


def by_group(figures: list[Figure], split: str) -> dict[str, Figure]:
    return {figure.group: figure for figure in figures if figure.split == split}


def sector(seen: Picture, agency: str) -> str:
    return seen.setting.sector(agency)


def test_the_agency_that_recognises_late(seen: Picture) -> None:
    """Planted: 80 days against 10 and 28. Found: at least 30 days behind the early one, and 15 behind any other.

    Only the second year counts, because M2 looks back 12 months. On four boards (seeds 2024, 7, 1, 99) it is 38 to 46
    days behind, the others 0 to 18. The 12 to 18 are those of the under-reporter, in the year in which it raises few
    concerns. Without a look-back that year has the same figures.
    """
    behind = by_group(figures_of("m2", seen, DateSpan(START, END)), "behind the first to raise it")
    days = {name: figure.counts["median_days"] for name, figure in behind.items() if figure.counts["children"] >= 20}
    late, early = days.pop(sector(seen, PLANT.late_recogniser)), days[sector(seen, PLANT.early_recogniser)]
    assert 30 <= late - early <= 90
    assert late - max(days.values()) >= 15


def test_the_agency_that_under_reports(seen: Picture) -> None:
    """Planted: 30 % of what it would have raised, 0.41 of its share. Found: within 0.15, and it alone is below.

    On eight boards the ratio was 0.41 to 0.56, so that the flag of M4 (under half) was up on four of them only; that
    the sector is below what is expected of it (the interval ends under 1) was plain on all.
    """
    shares = by_group(figures_of("m4", seen, DateSpan(*bounds("2025FY"))), "sector")
    told = shares[sector(seen, PLANT.under_reporter)]
    assert told.value is not None
    assert told.value == pytest.approx(0.41, abs=0.15)
    assert [name for name, figure in shares.items() if figure.high is not None and figure.high < 0.8] == [told.group]
    assert [name for name, f in shares.items() if "below_half" in f.codes] == [told.group] * (told.value < 0.5)


def test_the_silent_agency(rows: dict[str, Row], register: Register, seen: Picture) -> None:
    """Found within 45 days of falling silent, at every check from then on, and no other ever; M5 names its returns."""
    signs, agencies = heard(rows.values()), register.agencies_of(register.boards[0].code)
    day = START
    while day <= END:
        silent = [found.agency for found in silent_agencies(signs, agencies, day)]
        if day >= PLANT.silent_from + timedelta(days=45):
            assert silent == [PLANT.silent_agency], day
        else:
            assert set(silent) <= {PLANT.silent_agency}, day
            assert not silent or day > PLANT.silent_from, day
        day += timedelta(days=7)
    due = by_group(figures_of("m5", seen, DateSpan(*bounds("2026Q1"))), "agency")
    missing = [name for name, figure in due.items() if figure.counts["received"] < figure.counts["due"]]
    assert missing == [PLANT.silent_agency]


def test_returns_silence_and_m5_agree_on_every_agency_and_quarter(
    rows: dict[str, Row], register: Register, seen: Picture
) -> None:
    """Judged a day after the grace of each quarter's return."""
    agencies = register.agencies_of(register.boards[0].code)
    signs = heard(rows.values())
    for quarter in quarters_between(START, END):
        on = max(duty_of(agency).due_on(quarter) for agency in agencies) + GRACE + timedelta(days=1)
        known = replace(seen, setting=replace(seen.setting, known_to=on + timedelta(days=1)))
        missing = {f.group for f in figures_of("m5", known, DateSpan(*bounds(quarter))) if f.group != ALL and f.codes}
        overdue = {agency.id for agency in agencies if quarter in overdue_returns(signs, agency, on)}
        assert missing == overdue, quarter


def test_the_gap_in_coverage(seen: Picture) -> None:
    """Every code of the category is listed as never recorded by the agency that has the gap."""
    name = f"{sector(seen, PLANT.gap_agency)} {PLANT.gap_category}"
    gap = by_group(figures_of("m6", seen, DateSpan(*bounds("2025FY"))), "sector x category")[name]
    assert gap.counts["recorded"] == 0
    assert gap.counts["expected"] >= 4


def test_needs_are_those_that_were_planted(boards: dict[str, ReleasedBoard], seen: Picture, register: Register) -> None:
    """From released cells alone: the gap, the late recogniser and the under-reporter, and nothing else is likely.

    Whether the gap is likely or worth asking about is up to the keys: its cells have some 40 children.
    """
    duties = Duties.of(register, register.boards[0])
    found = needs(boards["2025FY"], seen.setting.catalogue, boards["2024FY"], duties)
    told = {(need.sector, need.topic, need.moves): need.standing for need in listed(found)}
    planted = {
        (sector(seen, PLANT.gap_agency), PLANT.gap_category, "m18"),
        (sector(seen, PLANT.late_recogniser), "general", "m2"),
        (sector(seen, PLANT.under_reporter), "general", "m4"),
    }
    assert {need for need, standing in told.items() if standing == "likely"} <= planted
    assert told.keys() >= planted


def test_most_cells_for_coverage_and_training_say_something(boards: dict[str, ReleasedBoard], seen: Picture) -> None:
    """At least 80 % of sector x category cells that the catalogue expects and the sector records are figures.

    Neither low nor withheld; without the sector that sends no signs at all, whose cells say that (docs/adr/0014).
    """
    expected = seen.setting.catalogue.expected
    for board in boards.values():
        cells = [
            board.cell(f"m6_{category}", name)
            for name in board.sectors()
            for category in seen.setting.catalogue.categories
            if expected(name, category)
        ]
        meant = [cell for cell in cells if cell.state is not CellState.NOT_RECORDED]
        said = sum(cell.state is CellState.FIGURE for cell in meant)
        assert len(meant) >= 0.8 * len(cells)
        assert said >= 0.8 * len(meant), (board.window, said, len(meant))


def test_the_training_that_worked_and_the_one_that_did_not(boards: dict[str, ReleasedBoard], seen: Picture) -> None:
    """Planted: recording 4.25 times as likely after. Found: at least half as much again, and no other effect is clear.

    On these boards under these keys the ratio was 2.6 to 3.4 (a year with training in it is diluted). Whether its
    interval leaves out no change is up to the keys: how often, docs/conclusions-validation.md measures.
    """
    ranked = listed(needs(boards["2024FY"], seen.setting.catalogue))
    told: dict[tuple[str, str], Outcome] = {}
    for programme in programmes(seen.sessions):
        found = outcome(programme, seen.sessions, seen.feedback, boards, seen.setting.catalogue, ranked)
        assert (found.effect is None) != (found.refused is None)
        if programme.first >= START + timedelta(days=365):
            told[programme.sector, programme.topic] = found
    worked = told[sector(seen, PLANT.effective_agency), PLANT.effective_category]
    assert worked.effect is not None
    assert worked.effect.ratio >= 1.5
    assert 0.6 < worked.effect.low < 4.25 < worked.effect.high
    assert set(worked.confidence) == {"before", "after", "follow_up"}
    idle = told[sector(seen, PLANT.idle_agency), PLANT.idle_category]
    ranks = {(need.sector, need.topic): need.rank for need in ranked}
    assert idle.was_need == ranks.get((sector(seen, PLANT.idle_agency), PLANT.idle_category))
    assert idle.effect is None or not idle.effect.clear
    clear = [key for key, found in told.items() if found.effect is not None and found.effect.clear]
    assert set(clear) <= {(sector(seen, PLANT.effective_agency), PLANT.effective_category)}


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
    window = DateSpan(*bounds("2025FY"))
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
