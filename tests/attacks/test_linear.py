"""Attacks (a) to (e) of disclosure.md 3.1 on released ladders, by the rendered file and not by internals."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from analysis.disclosure.algebra import Published, system_of
from analysis.disclosure.audit import Auditor, Policy, audit
from analysis.disclosure.cells import CellKey
from analysis.disclosure.document import Document
from analysis.disclosure.export import export
from analysis.disclosure.gate import Candidate, Gated, attackers_of, gate
from analysis.disclosure.kr5 import KR5, Protected
from analysis.disclosure.windows import parts
from models.releases import CellState
from tests.attacks import boards

pytestmark = pytest.mark.slow

SIZES = [20, 60, 120, 300, 1000, 4000]
EVERY_SIZE = [(seed, size) for seed, size in enumerate(SIZES)]
MORE = [(seed, size) for seed in range(100, 112) for size in SIZES]
QUARTERS = parts("2024FY")


def released(seed: int, children: int, windows: list[str], indicators: int = 45) -> tuple[Candidate, Gated]:
    candidate = boards.make(seed, children, windows, indicators=indicators)
    return candidate, gate(candidate)


def attack(candidate: Candidate, gated: Gated, groups: list[tuple[str, ...]]) -> list[str]:
    """What anyone proves from the released cells alone, with own counts where they are insiders."""
    released_cells = replace(candidate, cells=gated.cells).published()
    board = system_of([released_cells], candidate.tally.shape)
    auditor = Auditor(board.system, worlds=board.worlds(candidate.ladder))
    proofs = []
    for group in groups:
        report = auditor.audit(board.knowledge(group, candidate.tally.known, candidate.cut_off))
        proofs += [f"{report.attacker}: {failure}" for failure in report.failures]
        proofs += ["contradictory"] * report.contradictory
    return proofs


def check(seed: int, size: int, indicators: int = 45) -> None:
    candidate, gated = released(seed, size, ["2024Q2"], indicators)
    everyone = attackers_of(candidate.tally.shape.sector_of, 2)
    assert attack(candidate, gated, everyone) == []


@pytest.mark.parametrize(("seed", "size"), [EVERY_SIZE[1], EVERY_SIZE[4]])
def test_no_one_and_no_pair_proves_a_small_group(seed: int, size: int) -> None:
    """(a), (d), (e i): outsider, every agency and every pair, on a released quarter."""
    check(seed, size, indicators=8)


@pytest.mark.parametrize(
    ("seed", "size"), [*EVERY_SIZE, *(pytest.param(*one, marks=pytest.mark.batch) for one in MORE)]
)
def test_no_one_and_no_pair_proves_a_small_group_on_many_boards(seed: int, size: int) -> None:
    check(seed, size)


@pytest.mark.batch
@pytest.mark.parametrize(("seed", "size"), [(7, 300)])
def test_a_year_with_its_quarters_holds(seed: int, size: int) -> None:
    """(c): linked windows. The quarters were released first; the year is gated beside them."""
    whole = boards.make(seed, size, [*QUARTERS, "2024FY"])
    archive: list[Published] = []
    for number, window in enumerate([*QUARTERS, "2024FY"]):
        cells = {key: cell for key, cell in whole.cells.items() if key.window == window}
        one = replace(whole, cells=cells, cut_off=f"2099-01-0{number + 1}")
        archive.append(replace(one, cells=gate(one, archive).cells).published())
    together = {key: cell for release in archive for key, cell in release.cells.items()}
    gated = Gated(together, 0, (), 0)
    everyone = attackers_of(whole.tally.shape.sector_of, 2)
    assert attack(replace(whole, cells=together), gated, everyone) == []


def test_consecutive_releases_never_show_a_cell_twice() -> None:
    """(b): each cell and window is in one release only, and the same facts give the same cells again."""
    candidate, gated = released(3, 300, ["2024Q2"], indicators=8)
    again = gate(boards.make(3, 300, ["2024Q2"], indicators=8))
    assert again.cells == gated.cells
    later = boards.make(3, 300, ["2024Q3"])
    assert not later.cells.keys() & candidate.cells.keys()


def test_equal_sets_show_equal_values() -> None:
    """(e iii): the same children and the same coalition always give the same published value."""
    for seed in range(4):
        candidate = boards.make(seed, 200, ["2024Q2", "2024Q3"])
        seen: dict[tuple[frozenset[str], int], set[Protected]] = {}
        for key, cell in candidate.cells.items():
            sets = candidate.tally.by_agency(key)
            biggest = max(len(frozenset().union(a, b)) for a in sets.values() for b in sets.values())
            of_one = len(sets) == 1
            seen.setdefault((candidate.tally.children(key), 0 if of_one else biggest), set()).add(cell)
        assert all(len(shown) == 1 for shown in seen.values())


def test_guessing_from_margins_gains_nothing_over_guessing_without() -> None:
    """(e ii): spreading a town's remainder over its low wards is no better than the commonest low count."""
    truths, guesses = [], []
    for seed in range(70):
        candidate = boards.make(seed, 250, ["2024FY"], measures=["m9_children"], indicators=1)
        shape, tally = candidate.tally.shape, candidate.tally
        for town, wards in shape.towns.items():
            parent = candidate.cells[CellKey("m9_children", "2024FY", "town", town)]
            keys = [CellKey("m9_children", "2024FY", "ward", ward) for ward in wards]
            low = [key for key in keys if candidate.cells[key].state is CellState.LOW]
            if low and parent.value is not None:
                shown = sum(candidate.cells[key].value or 0 for key in keys)
                guesses += [min(9, max(0, round((parent.value - shown) / len(low))))] * len(low)
                truths += [len(tally.children(key)) for key in low]
    hits = sum(truth == guess for truth, guess in zip(truths, guesses, strict=True)) / len(truths)
    prior = max(Counter(truths).values()) / len(truths)
    assert len(truths) > 100
    assert hits - prior <= 0.05, f"{hits:.3f} against {prior:.3f}"


def test_the_exported_document_gives_the_same_verdicts() -> None:
    """What an outside checker is handed says neither more nor less than the gate was told."""
    candidate = boards.make(11, 300, ["2024Q2"], indicators=20)  # before the gate, so that there is something to find
    published = candidate.published()
    board = system_of([published], candidate.tally.shape)
    found = 0
    for group in [(), ("agency-0",), ("agency-0", "agency-1")]:
        known = board.knowledge(group, candidate.tally.known, candidate.cut_off)
        own = audit(board.system, known)
        text = json.dumps(export([published], board, known))
        system, knowledge, policy = Document.model_validate_json(text).problem()
        theirs = audit(system, knowledge, policy)
        assert {(f.target, f.low, f.high) for f in own.failures} <= {(f.target, f.low, f.high) for f in theirs.failures}
        assert own.safe == theirs.safe
        assert policy == Policy()
        found += len(own.failures)
    assert found, "nothing to find: the comparison was empty"


def test_order_and_length_of_a_release_say_nothing() -> None:
    few, many = boards.make(1, 20, ["2024Q2"]), boards.make(1, 4000, ["2024Q2"])
    assert list(few.cells) == list(many.cells)
    assert all(a < b for a, b in pairwise(few.cells))


@pytest.mark.parametrize(
    "weaker",
    [KR5(coalition=1), KR5(width=1)],
    ids=["coalition of one", "floor of one"],
)
def test_a_weaker_rule_is_caught(weaker: KR5) -> None:
    """Mutation: without the gate, insiders prove small groups under the weaker rule, hardly any under KR5."""
    proofs = {}
    for rule in (weaker, KR5()):
        found = 0
        for seed in range(40):
            candidate = boards.make(seed, 120, ["2024Q2"], ladder=1, rule=rule)
            groups = [("agency-0",), ("agency-1",), ("agency-0", "agency-1")]
            found += len(attack(candidate, Gated(candidate.cells, 0, (), 0), groups))
        proofs[rule] = found
    assert proofs[weaker] > 10
    assert proofs[KR5()] <= proofs[weaker] / 5, "what is left is for the gate"
