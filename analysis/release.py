"""Builds the releases of one board: count, protect, pass the gate, lay out the full grid (disclosure.md 2; ADR 0008).

What is not on the ladder is not in a release, and what the gate cannot make safe beside the earlier releases does not
leave. Windows of one financial year and one cut-off are built together, the year beside its quarters (decision 17).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from analysis.beside import Beside
from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import Fact, attribute, tally
from analysis.disclosure.facts import facts_of, homes_of
from analysis.disclosure.gate import attackers_of
from analysis.disclosure.kr5 import KR5, Protected, RoundingKeys
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.release_file import GateResult, ShapeData, cell_of, published_release
from analysis.disclosure.statements import AtLeast
from analysis.disclosure.windows import containing, financial_year_of, kind_of, parts
from analysis.homes import Settled, homes_held, newly_settled
from analysis.ledger.row import Row
from analysis.measures.children import BoardView, view
from analysis.measures.history import Rules
from analysis.measures.registry import MEASURES
from analysis.measures.sources import stated
from models.contract.codes import Indicator
from models.contract.periods import bounds, windows_between
from models.register import Board, Register
from models.releases import CellState, Release

LADDER_VERSION = max(LADDERS)
"""The ladder that releases are built on: the newest."""
LADDER = LADDERS[LADDER_VERSION]
INDICATORS = tuple(sorted(code for code in Indicator if code not in ("unknown", "not_recorded")))

if missing := set(LADDER.measures) - set(MEASURES):
    raise RuntimeError(f"ladder {LADDER_VERSION} has measures that nothing counts: {sorted(missing)}")


@dataclass(frozen=True, slots=True)
class Built:
    """Releases of one candidate, in order of window, and the home areas they settle."""

    releases: tuple[Release, ...]
    homes: tuple[Settled, ...] = field(repr=False)
    """New records only; to be stored before the releases are."""


def closed_windows(board: Board, register_from: date, today: date) -> list[str]:
    """Quarters and financial years whose cut-off (end plus the board's cut-off days) has passed, oldest first."""
    return windows_between(register_from, today - timedelta(days=board.cut_off_days))


def candidates(windows: Iterable[str]) -> list[tuple[str, ...]]:
    """Windows of one cut-off in the groups that are built and gated together: a financial year each, oldest first."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for window in windows:
        groups[financial_year_of(window)].append(window)
    return [tuple(sorted(set(group), key=_by_start)) for _, group in sorted(groups.items())]


def archive_years(window: str) -> frozenset[str]:
    """The financial years whose releases the gate reads beside a window's: its own and the one before (decision 17)."""
    year = int(financial_year_of(window)[:4])
    return frozenset({f"{year}FY", f"{year - 1}FY"})


def build_releases(
    register: Register,
    board: Board,
    windows: Sequence[str],
    seen: BoardView,
    keys: RoundingKeys,
    cut_off: datetime,
    earlier: Sequence[Release] = (),
    held: Sequence[Settled] = (),
    besides: Beside = Beside(),  # noqa: B008 - frozen
    then: Mapping[datetime, BoardView] | None = None,
    said: Sequence[AtLeast] = (),
) -> Built:
    """The releases of a group of windows, one candidate; the same arguments give the same bytes.

    `earlier` is every release of the board there has been in the windows' financial year and the one before,
    withdrawn ones included; the gate audits these windows beside them and raises `GateClosed` when nothing safe can
    be said. `cut_off` is the releases' one timestamp: records the broker had later do not count (decision 17), so
    `seen` must come from `board_at` with the same one. `held` are the board's settled home areas; `besides` is what
    the releases carry beside their cells, by the same cut-off. `then` is the board by the cut-offs of earlier releases,
    which is what insiders knew of them, and `said` what signals told of it (decision 15): both are for the gate alone.
    """
    shape = Shape.of(register, board, INDICATORS)
    rules = Rules.of(board)
    placed = _placed(seen, shape, rules, held)
    archive = [published_release(release) for release in earlier]
    at = _stamp(cut_off)  # as in the archive: releases with one cut-off are read together
    empty = {key: state for window in windows for key, state in _stated(register, window, seen, shape, rules).items()}
    known = {_stamp(at): tally(_placed(view, shape, rules, held), shape) for at, view in (then or {}).items()}
    made = build(tally(placed, shape), LADDER, windows, keys, at, archive, stated=empty, then=known, said=said)
    gate = GateResult(
        attackers=len(attackers_of(shape.sector_of, KR5().coalition)),
        nudges=made.nudges,
        withheld=tuple(" ".join(block) for block in made.withheld),
    )
    releases = tuple(
        _release(register, board, window, seen, cut_off, shape, made.cells, gate, besides) for window in windows
    )
    measures, wanted = frozenset(LADDER.measures), frozenset(windows)
    counted = [f for f in placed if f.measure in measures and not wanted.isdisjoint(containing(f.window))]
    return Built(releases, tuple(newly_settled(seen, counted, held, at)))


def _placed(seen: BoardView, shape: Shape, rules: Rules, held: Sequence[Settled]) -> list[Fact]:
    """The board's facts, each child with its one home area of the year."""
    return attribute(facts_of(seen, rules), shape, homes_of(seen, shape) | homes_held(seen, held))


def _stamp(cut_off: datetime) -> str:
    return cut_off.astimezone(UTC).isoformat()


def board_at(rows: Iterable[tuple[str, Row]], cut_off: datetime) -> BoardView:
    """The board as the broker's records up to the cut-off show it; serves every window with that cut-off."""
    return view(rows, int(cut_off.timestamp() * 1000))


def linked_class(linked: int, total: int) -> str:
    """The share of events with a token in ten-point classes, so that no event moves it (decision 4)."""
    if total == 0:
        return "no events"
    tenth = min(10 * linked // total, 9)
    names = {0: "under 10%", 9: "90% or more"}
    return names.get(tenth, f"{tenth}0-{tenth}9%")


def has_returned(returns: Collection[tuple[str, str]], agency: str, window: str) -> bool:
    """Whether an agency's returns cover a window: one for it, or one for each of its parts."""
    inside = parts(window)
    return (agency, window) in returns or (bool(inside) and all(has_returned(returns, agency, part) for part in inside))


def _release(
    register: Register,
    board: Board,
    window: str,
    seen: BoardView,
    cut_off: datetime,
    shape: Shape,
    cells: dict[CellKey, Protected],
    gate: GateResult,
    besides: Beside,
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
            "synthetic": register.synthetic,
            "linked_share": linked_class(seen.linked_events, seen.child_events),
            "agencies_returned": sum(has_returned(seen.returns, agency, window) for agency in expected),
            "agencies_expected": len(expected),
            "cells": tuple(cell_of(key, shown) for key, shown in own.items()),
            "shape": ShapeData(
                towns=dict(shape.towns), wards=shape.wards, sectors=dict(shape.sector_of), indicators=shape.indicators
            ),
            "gate": gate,
            "training": besides.training(window),
            "links": besides.links,
        }
    )


def _stated(register: Register, window: str, seen: BoardView, shape: Shape, rules: Rules) -> dict[CellKey, CellState]:
    """Cells of a window without a count, for reasons that everyone knows: the gate reads them so too."""
    silent = _silent_sectors(shape, seen, window, _expected(register, shape.board, window))
    return stated(LADDER.grid(window, shape), shape, register, rules.catalogue, silent)


def _expected(register: Register, board: str, window: str) -> list[str]:
    """Agencies that owed returns for a window."""
    return [agency.id for agency in register.agencies_of(board) if agency.returns_from < bounds(window)[1]]


def _silent_sectors(shape: Shape, seen: BoardView, window: str, expected: Collection[str]) -> frozenset[str]:
    """Sectors that owed a return for the window and sent none, not even for a part of it."""
    times = parts(window) if kind_of(window) == "year" else (window,)
    spoke = {agency for agency in expected for time in times if has_returned(seen.returns, agency, time)}
    return frozenset(
        sector
        for sector, agencies in shape.agencies_in.items()
        if agencies.intersection(expected) and agencies.isdisjoint(spoke)
    )


def _by_start(window: str) -> tuple[date, date]:
    return bounds(window)
