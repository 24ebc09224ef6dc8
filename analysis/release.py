"""Builds the releases of one board: count, protect, lay out the full grid (ADR 0008, 0020).

What is not on the ladder is not in a release. Windows that end in one financial year and have one cut-off are built
together: the year beside its quarters, or beside the pair of years that ends with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from analysis.beside import Beside, noisy, ten_points
from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import Fact, Tally, tally
from analysis.disclosure.facts import EVERY_COUNT, facts_of, placed
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import STANDARD, Protected, RoundingKeys
from analysis.disclosure.release_file import ShapeData, cell_of
from analysis.disclosure.stated import stated
from analysis.homes import Settled, homes_held, newly_settled
from analysis.ledger.row import Row
from analysis.measures.children import BoardView, view
from analysis.measures.history import Rules
from analysis.measures.registry import COUNTS
from analysis.returns import duty_of
from models.contract.codes import Indicator
from models.contract.periods import bounds, containing, kind_of, last_year_of, windows_between
from models.register import Board, Register
from models.releases import CellState, NoiseParameters, Release

LADDER_VERSION = max(LADDERS)
"""The ladder that releases are built on: the newest."""
LADDER = LADDERS[LADDER_VERSION]
INDICATORS = tuple(sorted(code for code in Indicator if code not in ("unknown", "not_recorded")))

MOST_EVENTS = 10
"""Of a child, in the share of events with a token: so much a child can move it."""
EVENTS_DEVIATION = 20
"""Standard deviation of the draws of that share, in events."""
FEWEST_EVENTS_TOLD = 60
"""Under so many events, by the count with its draw, the share is not told."""

if missing := set(LADDER.measures) - set(COUNTS):
    raise RuntimeError(f"ladder {LADDER_VERSION} has measures that nothing counts: {sorted(missing)}")


@dataclass(frozen=True, slots=True)
class Built:
    """Releases of one candidate, in order of window, and the home areas they settle."""

    releases: tuple[Release, ...]
    homes: tuple[Settled, ...] = field(repr=False)
    """New records only; to be stored before the releases are."""


def closed_windows(board: Board, register_from: date, today: date) -> list[str]:
    """Windows of the board's schedule whose cut-off (end plus the board's cut-off days) has passed, oldest first."""
    return windows_between(register_from, today - timedelta(days=board.cut_off_days), board.windows)


def may_join(window: str, released: Iterable[str]) -> bool:
    """Whether a window may be released beside those of the board that are: a board may have changed its schedule.

    Never both a quarter and a pair of years that holds it: the bound of docs/privacy.md counts them apart.
    """
    start, end = bounds(window)
    foes = {"quarter": "pair", "pair": "quarter"}.get(kind_of(window))
    spans = [bounds(one) for one in released if kind_of(one) == foes]
    return not any(first < end and start < last for first, last in spans)


def candidates(windows: Iterable[str]) -> list[tuple[str, ...]]:
    """Windows of one cut-off in the groups that are built together, by the financial year they end in, oldest first."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for window in windows:
        groups[last_year_of(window)].append(window)
    return [tuple(sorted(set(group), key=_by_start)) for _, group in sorted(groups.items())]


def build_releases(
    register: Register,
    board: Board,
    windows: Sequence[str],
    seen: BoardView,
    keys: RoundingKeys,
    cut_off: datetime,
    held: Sequence[Settled] = (),
    besides: Beside = Beside(),  # noqa: B008 - frozen
) -> Built:
    """The releases of a group of windows, one candidate; the same arguments give the same bytes.

    `cut_off` is the releases' one timestamp: records the broker had later do not count, so
    `seen` must come from `board_at` with the same one. `held` are the board's settled home areas; `besides` is what
    the releases carry beside their cells, by the same cut-off.
    """
    ladder = LADDER.of(board.releases)
    facts, counted = counted_at(register, board, seen, held, windows)
    shape, rules = counted.shape, Rules.of(board)
    empty = {
        key: state for window in windows for key, state in _stated(register, window, seen, shape, rules, ladder).items()
    }
    cells = build(counted, ladder, windows, keys, STANDARD, stated=empty)
    releases = tuple(
        _release(register, board, window, seen, cut_off, shape, cells, besides, keys) for window in windows
    )
    measures, wanted = frozenset(ladder.measures), frozenset(windows)
    whole = [f for f in facts if not f.sector and f.measure in measures]
    settles = [f for f in whole if not wanted.isdisjoint(containing(f.window))]
    return Built(releases, tuple(newly_settled(seen, settles, held, cut_off.astimezone(UTC).isoformat())))


def counted_at(
    register: Register,
    board: Board,
    seen: BoardView,
    held: Sequence[Settled] = (),
    windows: Sequence[str] | None = None,
    ladder: Ladder = LADDER,
) -> tuple[list[Fact], Tally]:
    """The facts of a board and the children of every cell of some windows: what releases are made from.

    `ladder` is another than the one in use for the audit of a draft. Exact, so never written.
    """
    shape = Shape.of(register, board, INDICATORS)
    counts = EVERY_COUNT | frozenset(ladder.measures)
    facts = placed(facts_of(seen, Rules.of(board), counts), seen, shape, homes_held(seen, held))
    return facts, tally(facts, shape, ladder.most_indicators, windows)


def board_at(register: Register, board: Board, rows: Iterable[tuple[str, Row]], cut_off: datetime) -> BoardView:
    """The board as the broker's records up to the cut-off show it; serves every window with that cut-off."""
    sectors = {agency.id: str(agency.sector) for agency in register.agencies_of(board.code)}
    return view(rows, int(cut_off.timestamp() * 1000), sectors)


def linked_class(linked: int, total: int) -> str:
    """The share of events with a token in ten-point classes, so that no event moves it."""
    return ten_points(linked / total) if total else "no events"


def linked_share(seen: BoardView, keys: RoundingKeys) -> str:
    """The class, by counts with keyed noise: else a record could be seen where a class begins.

    A child counts with `MOST_EVENTS` at most.
    """
    linked = sum(min(MOST_EVENTS, sum(1 for _ in child.records)) for child in seen.children.values())
    without = seen.child_events - seen.linked_events
    named = (linked, "linked"), (without, "not linked")
    told = [max(0, noisy(number, name, keys, EVENTS_DEVIATION)) for number, name in named]
    return linked_class(told[0], sum(told)) if sum(told) >= FEWEST_EVENTS_TOLD else linked_class(0, 0)


def _release(
    register: Register,
    board: Board,
    window: str,
    seen: BoardView,
    cut_off: datetime,
    shape: Shape,
    cells: dict[CellKey, Protected],
    besides: Beside,
    keys: RoundingKeys,
) -> Release:
    start, end = bounds(window)
    expected = _expected(register, board.code, window)
    own = {key: shown for key, shown in sorted(cells.items()) if key.window == window}
    return Release.model_validate(
        {
            "release_id": f"{board.code}.{window}.l{LADDER_VERSION}",
            "board": board.code,
            "window": window,
            "starts_on": start,
            "ends_before": end,
            "cut_off": cut_off.astimezone(UTC),
            "ladder_version": LADDER_VERSION,
            "register_version": register.version,
            "boundary_set": board.boundary_set,
            "parameters": NoiseParameters(deviation=STANDARD.deviation, base=STANDARD.base, lowest=STANDARD.lowest),
            "synthetic": register.synthetic,
            "linked_share": linked_share(seen, keys),
            "agencies_returned": sum(seen.returns.of(agency, window) is not None for agency in expected),
            "agencies_expected": len(expected),
            "cells": tuple(cell_of(key, shown) for key, shown in own.items()),
            "shape": ShapeData(
                towns=dict(shape.towns), wards=shape.wards, sectors=dict(shape.sector_of), indicators=shape.indicators
            ),
            "training": besides.training(window),
            "links": besides.links(keys),
        }
    )


def _stated(
    register: Register, window: str, seen: BoardView, shape: Shape, rules: Rules, ladder: Ladder
) -> dict[CellKey, CellState]:
    """Cells of a window without a count, for reasons that everyone knows."""
    silent = _silent_sectors(shape, seen, window, _expected(register, shape.board, window))
    return stated(ladder.grid(window, shape), shape, register, rules.catalogue, silent)


def _expected(register: Register, board: str, window: str) -> list[str]:
    """Agencies that owed returns for a window."""
    return [agency.id for agency in register.agencies_of(board) if duty_of(agency).owes(window)]


def _silent_sectors(shape: Shape, seen: BoardView, window: str, expected: Collection[str]) -> frozenset[str]:
    """Sectors that owed a return for the window and sent none, not even for a quarter of it."""
    spoke = {agency for agency in expected if seen.returns.any_quarter(agency, window)}
    return frozenset(
        sector
        for sector, agencies in shape.agencies_in.items()
        if agencies.intersection(expected) and agencies.isdisjoint(spoke)
    )


def _by_start(window: str) -> tuple[date, date]:
    return bounds(window)
