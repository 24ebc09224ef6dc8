"""Pairs of financial years: what an attacker may write down of them is true, and every checker reads them alike."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.disclosure.algebra import Published, system_of
from analysis.disclosure.audit import audit
from analysis.disclosure.cells import CellKey
from analysis.disclosure.document import Document
from analysis.disclosure.export import export
from analysis.disclosure.noise import Protected
from analysis.disclosure.system import OUTSIDER
from analysis.ledger.row import Row
from analysis.release import LADDER
from analysis.verification.checker.reading import Kit, of_document
from models.releases import CellState
from tests.analysis.disclosure.ledgers import SHAPE, cells_of, counted, ledger
from tests.analysis.disclosure.test_algebra import truth_of, violated
from tests.analysis.verification.empty import check
from tests.analysis.verification.test_kit import audited, kit, knowns, write

SMALL = LADDER.of("years_and_pairs_of_years")
WINDOWS = ("2024FY", "2025FY", "2024FY2")
EARLY, LATE = "2025-04-29T00:00:00Z", "2026-04-29T00:00:00Z"


def a_year_later(row: Row) -> Row:
    days = ("occurred_on", "recorded_on", "ended_on", "returned_on")
    moved = {name: f"{int(row.data[name][:4]) + 1}{row.data[name][4:]}" for name in days if row.data.get(name)}
    return replace(row, data=row.data | moved)


def two_years(seed: int) -> dict[str, Row]:
    """Records of two financial years about the same children, half of whom have moved."""
    later = {f"{name}/later": a_year_later(row) for name, row in ledger(seed + 100).items()}
    return {name: row for name, row in (ledger(seed) | later).items() if "02-29" not in json.dumps(row.data)}


@pytest.mark.parametrize("seed", range(6))
def test_the_true_counts_fit_every_bound_and_relation_of_a_pair(seed: int) -> None:
    of = counted(two_years(seed))
    board = system_of([Published(LATE, LADDER, cells_of(of, windows=WINDOWS))], SHAPE)
    assert violated(board, truth_of(board, of)) == []
    pairs = [
        r for r in board.system.relations if r.kind == "union" and "|2024FY2|" in r.total and "|2024FY|" in r.parts[0]
    ]
    assert pairs, "a pair is the union of its years"


def test_towns_do_not_add_up_over_two_years() -> None:
    """A child who moved counts in both: as a sum the relation would be false, and prove what is not so."""
    more = 0
    for seed in range(6):
        of = counted(two_years(seed))
        at = [CellKey("m1_children", "2024FY2", "town", town) for town in (*SHAPE.towns, "ZZ")]
        total = len(of.children(CellKey("m1_children", "2024FY2", "board", SHAPE.board)))
        parts = [len(of.children(key)) for key in at]
        more += sum(parts) > total
        assert max(parts) <= total <= sum(parts)
    assert more > 0


def test_a_child_counts_once_in_a_pair_and_in_the_two_pairs_of_its_year() -> None:
    of = counted(two_years(1))
    key = CellKey("m1_children", "2024FY", "board", SHAPE.board)
    windows = ("2024FY", "2025FY", "2026FY", "2024FY2", "2025FY2")
    first, second, third, both, after = (of.children(key._replace(window=window)) for window in windows)
    assert first & second
    assert both == first | second
    assert after == second | third


def test_a_pair_with_a_later_cut_off_than_its_first_year_is_tied_to_it_only_by_the_change() -> None:
    shown = {
        window: {CellKey("m1_children", window, "board", SHAPE.board): Protected(CellState.FIGURE, value)}
        for window, value in zip(WINDOWS, (65, 40, 25), strict=True)
    }
    apart = system_of(
        [Published(EARLY, SMALL, shown["2024FY"]), Published(LATE, SMALL, shown["2025FY"] | shown["2024FY2"])], SHAPE
    )
    assert not audit(apart.system).contradictory, "records of the first year may have been withdrawn since"
    assert len(apart.system.changes) == 1
    together = system_of([Published(LATE, SMALL, {k: c for found in shown.values() for k, c in found.items()})], SHAPE)
    assert audit(together.system).contradictory, "a year of 48 or more in a pair of 42 or fewer"


def test_an_exported_pair_says_the_same_as_the_releases(tmp_path: Path) -> None:
    of = counted(two_years(2))
    late = {**cells_of(of, windows=("2025FY",)), **cells_of(of, windows=("2024FY2",))}
    late = {key: cell for key, cell in late.items() if key in SMALL.grid(key.window, SHAPE)}
    early = {key: cells_of(of, windows=("2024FY",))[key] for key in SMALL.grid("2024FY", SHAPE)}
    releases = [Published(EARLY, SMALL, early), Published(LATE, SMALL, late)]
    board = system_of(releases, SHAPE)
    content = json.loads(json.dumps(export(releases, board, OUTSIDER)))
    assert content["structure"]["windows"]["order"] == ["2024FY", "2024FY2", "2025FY"]
    assert content["structure"]["windows"]["days"]["2024FY2"] == ["2024-04-01", "2026-04-01"]
    assert content["structure"]["hierarchies"]["area"]["kind"] == "union"
    system = Document.model_validate(content, strict=False).problem()[0]
    assert set(board.system.relations) <= set(system.relations)
    assert violated_of(system.relations, {cell: len(of.children(key)) for cell, (_, key) in board.where.items()}) == []
    assert not audit(system).contradictory
    of_document(content).proofs()  # raises where nothing fits


def violated_of(relations: object, truth: dict[str, int]) -> list[str]:
    """Relations among known cells that the true counts do not keep to."""
    found = []
    for kind, total, parts in relations:  # type: ignore[attr-defined]
        if {total, *parts} <= truth.keys():
            counts = [truth[part] for part in parts]
            fits = truth[total] == sum(counts) if kind == "sum" else truth[total] >= max(counts)
            if not fits or (kind == "union" and truth[total] > sum(counts)):
                found.append(f"{kind} {total}")
    return found


def test_the_checker_of_the_kit_adds_areas_up_within_a_year_alone(tmp_path: Path) -> None:
    of = counted(two_years(3))
    cells = {key: cell for key, cell in cells_of(of, windows=WINDOWS).items() if key in SMALL.grid(key.window, SHAPE)}
    path = write(tmp_path / "late.json", LADDER.version, cells, WINDOWS, LATE)
    made = Kit(kit(tmp_path, path))
    tables = made.audit(made.releases(json.loads(path.read_text("utf-8"))), []).tables
    by_area = [
        (kind, tables.dims[total]["period"])
        for kind, total, parts in tables.relations
        if any(tables.dims[part]["area"] == "ZZ" for part in parts) and tables.dims[total]["area"] == SHAPE.board
    ]
    assert set(by_area) == {("sum", "2024FY"), ("sum", "2025FY"), ("union", "2024FY2")}


@pytest.mark.slow
def test_the_checker_of_the_kit_comes_to_the_verdict_of_audit_on_pairs(tmp_path: Path) -> None:
    """For an outsider and an agency: on releases as they are, and on figures that a pair and its year cannot have."""
    of = counted(two_years(3))
    grid = {window: SMALL.grid(window, SHAPE, ["m1_children", "m9_children"]) for window in WINDOWS}
    cells = {key: cell for key, cell in cells_of(of, windows=WINDOWS).items() if key in grid[key.window]}
    path = write(tmp_path / "late.json", LADDER.version, cells, WINDOWS, LATE)
    folder = kit(tmp_path, path)
    own = knowns(tmp_path, of, "care")
    for arguments in ((), ("--insider", "care", "--knowns", str(own))):
        code, proofs = audited(str(path), *arguments)
        found = check(folder, *arguments)
        assert (found.code, code) == (0, 0)
        assert {(p["low"], p["high"]) for p in found.verdicts[0]["proofs"]} == {(lo, hi) for _, lo, hi in proofs}
    wrong = cells | {
        CellKey("m9_children", "2024FY", "board", SHAPE.board): Protected(CellState.FIGURE, 90),
        CellKey("m9_children", "2024FY2", "board", SHAPE.board): Protected(CellState.FIGURE, 20),
    }
    bad = write(tmp_path / "bad.json", LADDER.version, wrong, WINDOWS, LATE)
    assert audited(str(bad))[0] == 2
    assert check(kit(tmp_path, bad)).code == 2


def test_a_pair_is_on_the_ladder_of_boards_with_few_children_alone(tmp_path: Path) -> None:
    """The kit holds a release to the rungs of one schedule: a year of sectors beside pairs is none of them."""
    folder = kit(tmp_path, write(tmp_path / "r.json", LADDER.version, {}, ("2024FY2",), LATE))
    made = Kit(folder)
    by = {"level": "board", "sector": "any", "indicator": "any", "measure": "m1_children"}
    pair = {"window": "2024FY2", "ladder_version": str(LADDER.version), "cells": [by, by | {"level": "town"}]}
    assert made.off_ladder(pair) == 0
    assert made.off_ladder(pair | {"cells": [by | {"sector": "police"}]}) == 1
    assert made.off_ladder(pair | {"window": "2024Q2", "cells": [by | {"measure": "m6_any"}]}) == 1
