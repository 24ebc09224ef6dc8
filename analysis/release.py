"""Builds the releases of one board: counts children, protects the cells and fills the whole grid (ADR 0008, 0020).

A release holds only cells of the ladder. Windows with the same cut-off that end in the same financial year are built
together: the year with its quarters, or with the pair of years that ends with it.
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
from analysis.disclosure.facts import facts_of, placed
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import STANDARD, Protected, RoundingKeys
from analysis.disclosure.release_file import ShapeData, cell_of
from analysis.disclosure.stated import counted_from, stated
from analysis.disclosure.tied import TiedBoard, tied
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
from models.service.clock import LONDON

LADDER_VERSION = max(LADDERS)
"""The version of the ladder that releases are built on: the newest."""
LADDER = LADDERS[LADDER_VERSION]
INDICATORS = tuple(sorted(code for code in Indicator if code not in ("unknown", "not_recorded")))

MOST_EVENTS = 10
"""The most events of one child that count in the share of linked events, so that no child moves the share further."""
EVENTS_DEVIATION = 20
"""Standard deviation of the draws of that share, in events."""
FEWEST_EVENTS_TOLD = 60
"""With fewer events than this, noise included, the share of linked events is not published."""

if missing := set(LADDER.measures) - set(COUNTS):
    raise RuntimeError(f"ladder {LADDER_VERSION} has measures that nothing counts: {sorted(missing)}")


@dataclass(frozen=True, slots=True)
class Built:
    """The releases of one group of windows, in order of window, and the home areas that they settle."""

    releases: tuple[Release, ...]
    homes: tuple[Settled, ...] = field(repr=False)
    """The new records only. They must be stored before the releases."""


def closed_windows(board: Board, register_from: date, today: date) -> list[str]:
    """The windows of the board's schedule whose cut-off (end plus cut-off days) has passed, oldest first."""
    return windows_between(register_from, today - timedelta(days=board.cut_off_days), board.windows)


def may_join(window: str, released: Iterable[str]) -> bool:
    """Whether a window may be released after the windows that the board has already released.

    A board may have changed its schedule. A quarter and a pair of years that contains it are never both released,
    because the bound in docs/privacy.md does not cover the two together.
    """
    start, end = bounds(window)
    excluded_kind = {"quarter": "pair", "pair": "quarter"}.get(kind_of(window))
    spans = [bounds(earlier) for earlier in released if kind_of(earlier) == excluded_kind]
    return not any(first < end and start < last for first, last in spans)


def candidates(windows: Iterable[str]) -> list[tuple[str, ...]]:
    """Group windows with one cut-off by the financial year in which they end, oldest first. Each is built together."""
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
    """The releases of a group of windows. The same arguments give the same bytes.

    `cut_off` is the only timestamp of the releases. Records that the broker received later do not count, so `seen` must
    come from `board_at` with the same `cut_off`, and `besides` from `beside`. `held` are the board's settled home
    areas.
    """
    ladder = LADDER.of(board.releases)
    rules = Rules.of(register, board, day_of(cut_off))
    facts, counted = counted_at(register, board, seen, rules, held, windows)
    shape = counted.shape
    records = {window: tied(seen, window, keys, by_sector=board.has_sectors) for window in windows}
    empty = {
        key: state
        for window in windows
        for key, state in _stated(register, window, seen, shape, rules, ladder, records[window]).items()
    }
    cells = build(counted, ladder, windows, keys, STANDARD, stated=empty)
    releases = tuple(
        _release(register, board, window, seen, cut_off, shape, rules, cells, besides, records[window], keys)
        for window in windows
    )
    measures, wanted = frozenset(ladder.measures), frozenset(windows)
    whole = [f for f in facts if not f.sector and f.measure in measures]
    settles = [f for f in whole if not wanted.isdisjoint(containing(f.window))]
    return Built(releases, tuple(newly_settled(seen, settles, held, cut_off.astimezone(UTC).isoformat())))


def counted_at(
    register: Register,
    board: Board,
    seen: BoardView,
    rules: Rules,
    held: Sequence[Settled] = (),
    windows: Sequence[str] | None = None,
) -> tuple[list[Fact], Tally]:
    """The facts of a board, and the children of every cell of some windows. Releases are made from these.

    They are exact, so they are never written.
    """
    shape = Shape.of(register, board, INDICATORS)
    facts = placed(facts_of(seen, rules, frozenset(LADDER.measures)), seen, shape, homes_held(seen, held))
    return facts, tally(facts, shape, LADDER.most_indicators, windows)


def board_at(register: Register, board: Board, rows: Iterable[tuple[str, Row]], cut_off: datetime) -> BoardView:
    """The board from the records that the broker had received by the cut-off. Serves every window with that cut-off."""
    sectors = {agency.id: str(agency.sector) for agency in register.agencies_of(board.code)}
    return view(rows, int(cut_off.timestamp() * 1000), sectors)


def day_of(cut_off: datetime) -> date:
    """The London day of a cut-off. It decides from which day on the records are whole."""
    return cut_off.astimezone(LONDON).date()


def linked_class(linked: int, total: int) -> str:
    """The share of events with a token, as a ten-point class; `no events` if there are none."""
    return ten_points(linked / total) if total else "no events"


def linked_share(seen: BoardView, keys: RoundingKeys) -> str:
    """The class of the share of events with a token, from counts with keyed noise.

    Without noise, a single record could be seen where a class begins. A child counts with at most `MOST_EVENTS` events.
    """
    linked = sum(min(MOST_EVENTS, sum(1 for _ in child.records)) for child in seen.children.values())
    without = seen.child_events - seen.linked_events
    named = (linked, "linked"), (without, "not linked")
    counts = [max(0, noisy(number, name, keys, EVENTS_DEVIATION)) for number, name in named]
    return linked_class(counts[0], sum(counts)) if sum(counts) >= FEWEST_EVENTS_TOLD else linked_class(0, 0)


def _release(
    register: Register,
    board: Board,
    window: str,
    seen: BoardView,
    cut_off: datetime,
    shape: Shape,
    rules: Rules,
    cells: dict[CellKey, Protected],
    besides: Beside,
    records: TiedBoard,
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
            "tied": records.released(),
            # In the longest windows only, so that each person moves few figures.
            "voices": besides.voices(window, keys) if kind_of(window) == board.windows[-1] else (),
            "records_from": rules.records_from,
            "counted_from": counted_from(rules),
        }
    )


def _stated(
    register: Register,
    window: str,
    seen: BoardView,
    shape: Shape,
    rules: Rules,
    ladder: Ladder,
    records: TiedBoard,
) -> dict[CellKey, CellState]:
    """The cells of a window that have a state instead of a count (`analysis.disclosure.stated`)."""
    silent = _silent_sectors(shape, seen, window, _expected(register, shape.board, window))
    return stated(ladder.grid(window, shape), shape, register, rules, silent, records)


def _expected(register: Register, board: str, window: str) -> list[str]:
    """The agencies that owed returns for a window."""
    return [agency.id for agency in register.agencies_of(board) if duty_of(agency).owes(window)]


def _silent_sectors(shape: Shape, seen: BoardView, window: str, expected: Collection[str]) -> frozenset[str]:
    """The sectors that owed a return for the window and sent none, not even for one of its quarters."""
    returned = {agency for agency in expected if seen.returns.any_quarter(agency, window)}
    return frozenset(
        sector
        for sector, agencies in shape.agencies_in.items()
        if agencies.intersection(expected) and agencies.isdisjoint(returned)
    )


def _by_start(window: str) -> tuple[date, date]:
    return bounds(window)
