"""Attacks (a) to (e) of disclosure.md 3.1 on released ladders, by the rendered file and not by internals."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from analysis.disclosure.attacks import Attacks
from analysis.disclosure.gate import Candidate, Gated, attackers_of, gate
from numpy.typing import NDArray

from analysis.disclosure.algebra import Published, system_of
from analysis.disclosure.audit import Auditor, Policy, audit
from analysis.disclosure.build import candidate as make_candidate
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import Fact, Tally, tally
from analysis.disclosure.document import Document
from analysis.disclosure.export import export, insider
from analysis.disclosure.kr5 import KR5, Protected
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.system import OUTSIDER
from analysis.disclosure.windows import parts
from benchmarks import release_attack as independent
from benchmarks import release_boards
from benchmarks.release_attack import Document as ValidationDocument
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
            shown = Protected(CellState.LOW) if cell.value is None else cell  # 0 and 1-9 are low, told apart
            seen.setdefault((candidate.tally.children(key), 0 if of_one else biggest), set()).add(shown)
        assert all(len(values) == 1 for values in seen.values())


def test_guessing_from_margins_gains_nothing_over_guessing_without() -> None:
    """(e ii): the likeliest count of a low ward given its town and its neighbours, against the likeliest low count.

    The guesser knows how counts of wards are spread (from half of 200 data sets) and is tried on the other half.
    """
    sets = [_wards_of(seed) for seed in range(200)]
    known, tried = sets[::2], sets[1::2]
    spread = np.bincount([count for towns in known for _, wards in towns for count, _ in wards], minlength=200).astype(
        np.float64
    )
    lows = np.bincount([c for towns in known for _, wards in towns for c, shown in wards if shown is None])
    prior, hits, plain, guesses = int(lows.argmax()), 0, 0, 0
    for town, wards in (one for towns in tried for one in towns):
        chances = [_chances(spread, shown) for _, shown in wards]
        for number, (count, shown) in enumerate(wards):
            if shown is None and town is not None:
                others = np.ones(1)
                for other in chances[:number] + chances[number + 1 :]:
                    others = np.convolve(others, other)
                low, high = KR5().bounds(town)
                fits = [others[max(low - c, 0) : high - c + 1].sum() for c in range(10)]
                guess = int((chances[number][:10] * fits).argmax())
                hits, plain, guesses = hits + (guess == count), plain + (prior == count), guesses + 1
    assert guesses > 500
    assert (hits - plain) / guesses <= 0.05, f"{hits} against {plain} of {guesses}"


def _wards_of(seed: int) -> list[tuple[int | None, list[tuple[int, int | None]]]]:
    """For each town what is shown of it, and the true count and what is shown of each of its wards."""
    shape = boards.shape(indicators=1)
    rows = [fact for fact in boards.facts(seed, 250, shape, QUARTERS) if fact.measure == "m9_children"]
    counted = tally(rows, shape)
    cells = make_candidate(counted, LADDERS[2], ["2024FY"], boards.keys(seed), "cut", None, ["m9_children"]).cells
    towns = []
    for town, wards in shape.towns.items():
        keys = [CellKey("m9_children", "2024FY", "ward", ward) for ward in wards]
        shown = cells[CellKey("m9_children", "2024FY", "town", town)].value
        towns.append((shown, [(len(counted.children(key)), cells[key].value) for key in keys]))
    return towns


def _chances(spread: NDArray[np.float64], shown: int | None) -> NDArray[np.float64]:
    """How likely each count of a ward is, given what is shown of it."""
    low, high = KR5().bounds(shown)
    counts = np.arange(spread.size)
    within: NDArray[np.float64] = np.where((low <= counts) & (counts <= high), spread, 0.0)
    within /= within.sum()
    return within


def test_another_attack_agrees() -> None:
    """The attack of the validation, which shares no code with the gate: nothing in a release, much before the gate."""
    candidate, gated = released(2, 300, ["2024Q2"], indicators=8)
    groups: list[tuple[str, ...]] = [(), ("agency-0",), ("agency-0", "agency-1")]
    found = {}
    for name, cells in {"before": candidate.cells, "after": gated.cells}.items():
        published = replace(candidate, cells=dict(cells)).published()
        board = system_of([published], candidate.tally.shape)
        document = ValidationDocument.read(json.loads(json.dumps(export([published], board, OUTSIDER))))
        proven = []
        for group in groups:
            knowledge = board.knowledge(group, candidate.tally.known, candidate.cut_off)
            proven.append(independent.attack(document.insider(insider(board, knowledge)), exact=10))
        found[name] = sum(len(one or ()) for one in proven)
        assert None not in proven
    assert found["after"] == 0
    assert found["before"] > 0


def test_insiders_of_an_earlier_cut_off_are_heard() -> None:
    """(b): a cell published again with a later cut-off; who knows its own counts at both knows more than either."""
    windows = ["2024Q2"]
    first = boards.make(5, 80, windows, ladder=1)
    more = [*boards.facts(5, 80, first.tally.shape, windows), *_late(first.tally.shape)]
    later = tally(more, first.tally.shape)
    archive = [replace(first, cells=gate(first).cells, cut_off="2024-07-29").published()]
    again = make_candidate(later, LADDERS[1], windows, boards.keys(5), "2024-10-29")
    then = {"2024-07-29": first.tally}
    gated = gate(again, archive, then)
    attacks = Attacks(replace(again, cells=gated.cells).published(), archive, later, Policy(), then)
    assert attacks.proofs(replace(again, cells=gated.cells).published(), attackers_of(later.shape.sector_of, 2)) == []
    reading = attacks.readings(again.published())[0]
    assert [release.cut_off for release in reading] == ["2024-07-29", "2024-10-29"]
    changes = system_of(reading, later.shape).system.changes
    assert len(changes) == len(again.cells)


def _late(shape: Shape) -> list[Fact]:
    return [Fact("m9_children", f"late-{n}", "2024Q2", shape.wards[n], "agency-2") for n in range(6)]


def test_linked_windows_hold_when_some_facts_came_late() -> None:
    """(c): the year beside quarters that did not see all of it yet, for insiders who know what was seen when."""
    one = release_boards.board(7, 40)
    out: list[Published] = []
    then: dict[str, Tally] = {}
    for window in ("2024Q2", "2024Q3", "2024FY"):
        counted = one.tally(window)
        made = make_candidate(counted, LADDERS[2], [window], boards.keys(7), f"2099 {window}")
        gated = gate(made, out, then)
        published = replace(made, cells=gated.cells).published()
        attacks = Attacks(published, out, counted, Policy(), then)
        assert attacks.proofs(published, attackers_of(one.shape.sector_of, 2)) == []
        out.append(published)
        then[published.cut_off] = counted
    assert one.late


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
