"""What each rule discloses on one board, and how useful its figures are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis.disclosure.cells import CellKey
from benchmarks.release_boards import keys
from benchmarks.release_insiders import Attacked, Attacker, Proof, attackers
from benchmarks.rules.made import LADDER, WINDOWS, Board, Made, Rule, make
from benchmarks.rules.moves import Moved, moved

BY = ("outsider", "one", "two")
MOST = 30
ROUNDS = 12


@dataclass
class Weighed:
    """One rule on one board."""

    proofs: Counter[str] = field(default_factory=Counter)
    """By kind of attacker: groups, and those of them that are right and of one to four children."""
    contradictory: int = 0
    withheld: int = 0
    cells: int = 0
    shown: Counter[str] = field(default_factory=Counter)
    """Figures by level."""
    of: Counter[str] = field(default_factory=Counter)
    """Cells by level."""
    by_count: dict[int, list[int]] = field(default_factory=dict)
    """Count -> cells, errors, absolute errors before suppression; figures, errors, absolute errors after."""
    seconds: dict[str, float] = field(default_factory=dict)


def weigh(
    board: Board,
    rule: Rule,
    draws: int,
    *,
    gate: str = "",
    beside: Rule | None = None,
) -> Weighed:
    """Attack a rule's figures by everybody, and measure errors over several draws of the keys.

    `gate` withholds what somebody could prove: "its own" as KR5's gate read cells, "all" with all that the rule says.
    `beside` is a profile that the same reader has, too.
    """
    weighed, made = Weighed(cells=len(board.grid)), make(board, rule)
    other = make(board, beside) if beside is not None else None
    if gate:
        made = gated(made, statements=gate == "all")
    weighed.withheld = len(board.grid) - len(made.figures)
    attacked = made.attacked(beside=other)
    for attacker in attackers(tuple(board.one.shape.sector_of)):
        by, proofs = BY[len(attacker)], attacked.proofs(attacker)
        weighed.contradictory += proofs is None
        weighed.proofs[by] += len(proofs or ())
        weighed.proofs[f"{by}, small"] += sum(proof.small for proof in proofs or ())
    above = above_wholes(made, attacked)
    weighed.proofs["outsider"] += len(above)
    weighed.proofs["outsider, small"] += sum(proof.small for proof in above)
    for key in board.grid:
        weighed.of[key.level] += 1
        weighed.shown[key.level] += made.figures.get(key) is not None
    for draw in range(draws):
        count_errors(weighed, made if draw == 0 else make(board, rule, keys(1 + draw)))
    for name, windows in (("quarter", WINDOWS[:1]), ("year with quarters", WINDOWS)):
        weighed.seconds[name] = make(board, rule, windows=windows).seconds
    return weighed


def count_errors(weighed: Weighed, made: Made) -> None:
    """Add the errors of figures, by true count."""
    for key, count in made.board.counts.items():
        if count <= MOST:
            row = weighed.by_count.setdefault(count, [0] * 6)
            off = made.before[key] - count
            row[0], row[1], row[2] = row[0] + 1, row[1] + off, row[2] + abs(off)
            if (value := made.figures.get(key)) is not None:
                row[3], row[4], row[5] = row[3] + 1, row[4] + value - count, row[5] + abs(value - count)


def above_wholes(made: Made, attacked: Attacked) -> list[Proof]:
    """Groups that everyone can prove by KR5's promise that equal sets show the same: a part shown above its whole."""
    if made.rule != "KR5":
        return []
    proofs: dict[str, Proof] = {}
    board = attacked.board
    for _, total, parts in board.system.relations:
        whole = board.where[total][1]
        if whole not in made.figures:
            continue
        most = int(made.says(whole).high)
        for part in parts:
            key = board.where[part][1]
            value = made.figures.get(key)
            if value is not None and value > (made.figures[whole] or 0) and 1 <= most - (value - 4) <= 4:
                size = attacked.size(whole) - attacked.size(key)
                name = f"{total} less {part}"
                proofs[name] = Proof((), name, 1, most - (value - 4), "P1", size)
    return list(proofs.values())


def gated(made: Made, *, statements: bool) -> Made:
    """Withhold cells until nobody proves anything: the part of each group, else the whole, else a related cell.

    Without `statements`, as KR5's gate did: by bounds alone, and insiders know only what they reported.
    """
    everyone = attackers(tuple(made.board.one.shape.sector_of))
    suspects: Sequence[Attacker] = everyone
    for _ in range(ROUNDS):
        attacked = made.attacked(statements=statements, roles=statements)
        proofs: list[Proof] = above_wholes(made, attacked) if statements else []
        guilty = []
        for attacker in suspects:
            if proven := attacked.proofs(attacker):
                proofs += proven
                guilty.append(attacker)
        if proofs:
            made = made.without(sorted({key for proof in proofs for key in _held(proof, made, attacked)}))
            suspects = guilty
        elif len(suspects) == len(everyone):
            break
        else:
            suspects = everyone
    return made


def _held(proof: Proof, made: Made, attacked: Attacked) -> list[CellKey]:
    board = attacked.board
    names = [name for name in proof.group.split(" less ") if name in board.where]
    shown = [board.where[name][1] for name in names if board.where[name][1] in made.figures]
    if shown:
        return shown[-1:]
    near = [
        board.where[name][1]
        for relation in board.system.relations
        if {relation.total, *relation.parts} & {*names}
        for name in (relation.total, *relation.parts)
    ]
    return [key for key in near if key in made.figures][-1:]


def moves(board: Board, sample: int) -> tuple[Moved, Moved]:
    """How many cells of the year and its quarters one record moves, and one child."""
    return moved(board.one, LADDER, WINDOWS, sample)
